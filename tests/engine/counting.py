"""A service whose counters add up; a week after each count they send a cheer and are reviewed."""

import sys
import threading
import uuid
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import flask
from click.testing import CliRunner
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from shared import kafka
from shared.clock import Clock, system
from shared.commands import identify
from shared.due import Due
from shared.envelope import Envelope, encode, publish
from shared.main import command_line
from shared.mongo import Database
from shared.peers import Away, Head
from shared.publication import Publication, topic_name
from shared.send import Intent
from shared.service import Definition, Front, Service
from shared.store import MongoStore
from shared.stream import Cause, Kind
from shared.tenancy import qualify
from shared.verify import verify
from shared.views import Projection, Views
from shared.work import parts
from tests import given
from tests.waiting import eventually


@dataclass(frozen=True, slots=True)
class Counted:
    """Something was counted."""

    amount: int


class CountedSchema(Schema):
    amount = fields.Integer(required=True)


COUNTER = Kind("counter", 0, lambda state, event: state + event.amount)
STREAMS = ("a", "b")
POISON: set[int] = set()


class Broken(Exception):
    """A handler's own fault."""


def on_counted(event: Envelope, views: Views) -> None:
    if event.data["amount"] in POISON:
        raise Broken
    identity = qualify(event.tenant, event.identity)
    total = views.get("totals", identity) or {"_id": identity, "tenant": event.tenant, "total": 0}
    total["total"] += event.data["amount"]
    total["latest"] = event.recorded
    views.put("totals", total)
    week = event.recorded + timedelta(days=7)
    name = identify(event.id, "cheer")
    later = week + timedelta(days=7)
    views.intend(event, Intent(name, "cheer", event.tenant, week, later, {"counter": identity}))
    name = identify(event.id, "review")
    views.schedule(
        event, Due(name, "review", event.tenant, event.subject, week, event.sequence, {})
    )


def define(name: str) -> Definition:
    totals = Projection("totals", 1, (name,), {f"hep.{name}.counter.counted.v1": on_counted})
    return Definition(
        name=name,
        events=[Counted],
        published={Counted: Publication("counter.counted", CountedSchema)},
        handlers={},
        projections=[totals],
        due={"review": lambda *_: None},
        channels={"cheer": lambda *_: "by hand"},
        front=lambda: Front(Blueprint(name, __name__), flask.Blueprint("pages", __name__)),
    )


@dataclass(frozen=True)
class Counting:
    """A service whose two counters each counted 1, 2, 3, all of it applied."""

    definition: Definition
    service: Service

    def findings(self) -> list[str]:
        return [str(finding) for finding in verify(self.definition, self.service).findings]

    def count(self, stream: str, amount: int, clock: Clock = system) -> list[Envelope]:
        """Count, at the moment of a clock; return what is published of it."""
        cause = Cause("north", "bo", uuid.uuid4().hex)
        streams = replace(self.service.streams, clock=clock)
        loaded = streams.load(COUNTER, cause, stream)
        commit = streams.append(loaded, [Counted(amount)], cause)
        definition = self.definition
        return list(publish(commit, definition.name, definition.codec, definition.published))

    def send(self, *events: Envelope) -> None:
        """Put events on the topic, as a relay that goes wrong might."""
        self.send_raw(*((event.key.encode(), encode(event)) for event in events))

    def send_raw(self, *records: tuple[bytes, bytes]) -> None:
        """Put records on the topic."""
        producer = kafka.producer(self.service.settings.kafka, "test")
        for key, value in records:
            producer.send(topic_name(self.definition.name), key=key, value=value).get(10)
        producer.close()

    def total(self, stream: str) -> int:
        (totals,) = self.definition.projections
        found = self.service.documents(totals, "totals").get("north", stream)
        return found["total"] if found else 0


@dataclass
class Itself:
    """Answers what a service answers about its own streams, without HTTP."""

    definition: Definition
    database: Database

    def events(self, owner: str, tenant: str, stream: str, after: int) -> Iterator[list[Envelope]]:
        self._check(owner)
        for commit in MongoStore(self.database).load(tenant, stream):
            definition = self.definition
            found = publish(commit, owner, definition.codec, definition.published)
            if events := [event for event in found if event.sequence > after]:
                yield events

    def heads(self, owner: str, since: datetime | None, until: datetime) -> Iterator[list[Head]]:
        del since
        self._check(owner)
        commits = self.database["commits"].find({"recorded": {"$lte": until}})
        yield [
            Head(found["key"], found["stream"].split("|")[1], 1, found["sequence"])
            for found in commits
        ]

    def _check(self, owner: str) -> None:
        if owner != self.definition.name:
            raise Away(owner)


def open_counting(database: Database, bootstrap: str) -> Counting:
    """Make a service of its own, that nothing runs yet."""
    definition = define(f"svc{uuid.uuid4().hex[:8]}")
    return Counting(definition, build(definition, database, bootstrap))


def build(definition: Definition, database: Database, bootstrap: str) -> Service:
    """Build a service that reads a real broker, and is its own only peer."""
    service = given.build(definition, database)
    settings = replace(service.settings, kafka=bootstrap)
    peers: Any = Itself(definition, database)
    return replace(service, settings=settings, peers=peers)


@contextmanager
def working(counting: Counting, *roles: str) -> Iterator[None]:
    """Run what `work` runs: to relay and to consume, or these roles."""
    stop = threading.Event()
    runs = [
        run
        for role in roles or ("relay", "consume")
        for _, run in parts(counting.definition, counting.service, role)
    ]
    threads = [threading.Thread(target=run, args=(stop,)) for run in runs]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)


def fill(counting: Counting) -> None:
    """Count 1, 2, 3 on two counters and wait until it is applied."""
    for stream in STREAMS:
        for amount in (1, 2, 3):
            counting.count(stream, amount)
    eventually(lambda: [counting.total(stream) for stream in STREAMS] == [6, 6])


@dataclass(frozen=True)
class CommandLine:
    """`python -m <service>` of a counting service.

    Attributes:
        name: of the service.
        environment: its settings.
    """

    name: str
    environment: dict[str, str]

    def __call__(self, *arguments: str) -> tuple[int, str]:
        """Run a command; return its exit code and what it printed."""
        run = CliRunner().invoke(command_line(self.name), arguments, env=self.environment)
        if run.exception and not isinstance(run.exception, SystemExit):
            raise run.exception
        return run.exit_code, run.stdout


@contextmanager
def commanded(counting: Counting, mongodb: str, folder: Path) -> Iterator[CommandLine]:
    """Have the service found by its name, as one whose code is in a folder is."""
    (folder / "secret").write_text("secret")
    (folder / "key").write_bytes(b64encode(given.MASTER_KEY))
    name = counting.definition.name
    environment = {
        "HEP_MONGODB": mongodb,
        "HEP_DATABASE": counting.service.database.name,
        "HEP_KAFKA": counting.service.settings.kafka,
        "HEP_ISSUER": "http://localhost/issuer",
        "HEP_ORIGIN": "http://localhost",
        "HEP_CLIENT_SECRET_FILE": str(folder / "secret"),
        "HEP_MASTER_KEY_FILE": str(folder / "key"),
    }
    module: Any = SimpleNamespace(DEFINITION=counting.definition)
    with mock.patch.dict(sys.modules, {f"{name}.app": module}):
        yield CommandLine(name, environment)
