"""A service whose counters add up, and send a cheer a week after each count."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import flask
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from shared.commands import identify
from shared.envelope import Envelope, publish
from shared.mongo import Database
from shared.peers import Head
from shared.publication import Publication
from shared.send import Intent
from shared.service import Definition, Front, Service
from shared.store import from_document
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


def on_counted(event: Envelope, views: Views) -> None:
    identity = qualify(event.tenant, event.identity)
    total = views.get("totals", identity) or {"_id": identity, "tenant": event.tenant, "total": 0}
    total["total"] += event.data["amount"]
    total["latest"] = event.recorded
    views.put("totals", total)
    week = event.recorded + timedelta(days=7)
    name = identify(event.id, "cheer")
    views.intend(event, Intent(name, "cheer", event.tenant, week, week, {"counter": identity}))


def define(name: str) -> Definition:
    totals = Projection("totals", 1, (name,), {f"hep.{name}.counter.counted.v1": on_counted})
    return Definition(
        name=name,
        events=[Counted],
        published={Counted: Publication("counter.counted", CountedSchema)},
        handlers={},
        projections=[totals],
        front=lambda: Front(Blueprint(name, __name__), flask.Blueprint("pages", __name__)),
    )


@dataclass(frozen=True)
class Counting:
    """A service whose two counters each counted 1, 2, 3, all of it applied."""

    definition: Definition
    service: Service

    def findings(self) -> list[str]:
        return [str(finding) for finding in verify(self.definition, self.service).findings]

    def count(self, stream: str, amount: int) -> None:
        cause = Cause("north", "bo", uuid.uuid4().hex)
        loaded = self.service.streams.load(COUNTER, cause, stream)
        self.service.streams.append(loaded, [Counted(amount)], cause)

    def total(self, stream: str) -> int:
        (totals,) = self.definition.projections
        found = self.service.documents(totals, "totals").get("north", stream)
        return found["total"] if found else 0


@dataclass(frozen=True)
class Itself:
    """What the service answers about its own streams, without HTTP."""

    definition: Definition
    service: Service

    def heads(self, *_: object) -> Iterator[list[Head]]:
        commits = map(from_document, self.service.database["commits"].find({}))
        yield [Head(found.key, found.stream, 1, found.sequence) for found in commits]

    def events(self, owner: str, tenant: str, stream: str, after: int) -> Iterator[list[Envelope]]:
        codec, published = self.definition.codec, self.definition.published
        for commit in self.service.streams.store.load(tenant, stream, after=after):
            yield list(publish(commit, owner, codec, published))


def open_counting(database: Database, bootstrap: str) -> Counting:
    """Make a service of its own, that nothing runs yet."""
    definition = define(f"svc{uuid.uuid4().hex[:8]}")
    service = given.build(definition, database)
    service = replace(
        service,
        settings=replace(service.settings, kafka=bootstrap),
        peers=Itself(definition, service),  # type: ignore[arg-type]
    )
    return Counting(definition, service)


@contextmanager
def working(counting: Counting) -> Iterator[None]:
    """Run what `work` runs to relay and to consume."""
    stop = threading.Event()
    roles = ("relay", "consume")
    runs = [run for role in roles for _, run in parts(counting.definition, counting.service, role)]
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
