"""One service with a counter, its relay, its consumer and its healer, over the real engines."""

import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from kafka.admin import KafkaAdminClient
from marshmallow import Schema, fields
from prometheus_client import REGISTRY

from shared import due, envelope, kafka, ledger, send, waits
from shared.apply import Application, Target, persevere
from shared.clock import system
from shared.codec import Codec
from shared.consume import Consumer
from shared.envelope import Envelope
from shared.heal import Healer
from shared.ledger import LEDGERS, ledger_id
from shared.mongo import Database, transaction
from shared.park import MOST, Failure
from shared.peers import Away, Head
from shared.publication import Publication, topic_name
from shared.relay import Relay
from shared.snapshot import Snapshots
from shared.store import Commit, MongoStore
from shared.stream import Cause, Kind, Streams
from shared.views import Projection, Views
from tests.waiting import eventually

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Counted:
    """Something was counted."""

    amount: int


@dataclass(frozen=True, slots=True)
class Noted:
    """Something was noted, for this service only."""

    word: str


class CountedSchema(Schema):
    amount = fields.Integer(required=True)


PUBLISHED = {Counted: Publication("thing.counted", CountedSchema)}
CODEC = Codec([Counted, Noted])
POISON: set[int] = set()
# What a handler makes of these no store can take.
UNWRITABLE = {666}
COUNTER = Kind("counter", 0, lambda state, event: state + getattr(event, "amount", 0))


class Broken(Exception):
    """A handler's own fault."""


def on_counted(event: Envelope, views: Views) -> None:
    if event.data["amount"] in POISON:
        raise Broken
    if event.data["amount"] in UNWRITABLE:
        views.put("totals", {"_id": event.subject, "amounts": {1, 2}})
        return
    total = views.get("totals", event.subject) or {"_id": event.subject, "amounts": []}
    total["amounts"].append(event.data["amount"])
    views.put("totals", total)


@dataclass(frozen=True, slots=True)
class Bench:
    """One service with a counter, its relay and its consumer."""

    service: str
    database: Database
    bootstrap: str
    streams: Streams

    def through(self, database: Database, bootstrap: str) -> "Bench":
        """Return the same service, reached another way."""
        streams = replace(self.streams, store=MongoStore(database))
        return replace(self, database=database, bootstrap=bootstrap, streams=streams)

    def count(self, stream: str, *amounts: int, command: str = "", note: str = "") -> Commit:
        cause = Cause(tenant="north", actor="bo", command=command or uuid.uuid4().hex)
        loaded = self.streams.load(COUNTER, cause, stream)
        events: list[object] = [Counted(amount) for amount in amounts]
        if note:
            events.insert(0, Noted(note))
        return self.streams.append(loaded, events, cause, key=f"patient-{stream}")

    def relay(self, holder: str = "r1") -> Relay:
        return Relay(
            service=self.service,
            database=self.database,
            store=self.streams.store,
            codec=CODEC,
            published=PUBLISHED,
            bootstrap=self.bootstrap,
            holder=holder,
            # Who steps through a term waits no longer than this for a commit that does not come.
            await_ms=50,
        )

    @property
    def projection(self) -> Projection:
        return Projection(
            name="totals",
            version=1,
            services=(self.service,),
            handlers={f"hep.{self.service}.thing.counted.v1": on_counted},
            documents=lambda event: [("totals", event.subject)],
        )

    def consumer(self, holder: str = "c1", most: int = MOST) -> Consumer:
        return Consumer(self.projection, self.database, self.bootstrap, LONG_AGO, holder, most)

    def healer(self) -> Healer:
        return Healer(
            lambda: [(self.projection, LONG_AGO)],
            self.database,
            Owner(self),  # type: ignore[arg-type]
            "h1",
            patience=timedelta(0),
            settled=timedelta(0),
        )

    def ledger(self, stream: str) -> Any:
        wanted = ledger_id("totals@1", topic_name(self.service), 1, f"north|patient-{stream}")
        return self.database[LEDGERS].find_one({"_id": wanted})

    def published(self, commit: Commit) -> list[Envelope]:
        return list(envelope.publish(commit, self.service, CODEC, PUBLISHED))

    def send(self, *events: Envelope) -> None:
        """Put events on the topic, as a relay that goes wrong might."""
        self.put(*((event.key, envelope.encode(event)) for event in events))

    def put(self, *records: tuple[str, bytes | None]) -> None:
        """Put whatever this is on the topic, each with its key."""
        kafka.ensure_topic(self.bootstrap, topic_name(self.service))
        producer = kafka.producer(self.bootstrap, "test")
        topic = topic_name(self.service)
        sent = [producer.send(topic, key=key.encode(), value=value) for key, value in records]
        for future in sent:
            future.get(10)
        producer.close()

    def apply(self, *events: Envelope) -> None:
        """Apply events as a consumer does, without Kafka."""
        target = Target(self.projection, self.database, topic_name(self.service), LONG_AGO)

        def transact(failures: Mapping[str, Failure]) -> int:
            with transaction(self.database) as session:
                return Application(target, session, system(), failures).apply(events)

        persevere(transact)

    def skip_changes(self) -> None:
        """Have a relay resume its change stream from now on."""
        with self.database["commits"].watch(max_await_time_ms=50) as changes:
            while changes.resume_token is None:
                changes.try_next()
            token = {"token": changes.resume_token}
        self.database["checkpoints"].update_one({"_id": "relay"}, {"$set": token})

    def amounts(self, stream: str) -> list[int]:
        found = self.database["totals.totals@1"].find_one({"_id": f"counter-{stream}"})
        return found["amounts"] if found else []


@dataclass
class Owner:
    """The owner's answers without HTTP; away where a test says so."""

    bench: Bench
    away: bool = False
    gone: tuple[str, ...] = ()

    def events(self, owner: str, tenant: str, stream: str, after: int) -> Iterator[list[Envelope]]:
        if self.away or owner in self.gone:
            raise Away("asked too early")
        for commit in self.bench.streams.store.load(tenant, stream):
            events = [event for event in self.bench.published(commit) if event.sequence > after]
            if events:
                yield events

    def heads(self, owner: str, *_: object) -> Iterator[list[Head]]:
        if owner in self.gone:
            raise Away(owner)
        yield [
            Head(found["key"], found["stream"].split("|")[1], 1, found["sequence"])
            for found in self.bench.database["commits"].find({})
        ]


def open_bench(database: Database, bootstrap: str) -> Bench:
    """Make a service of its own."""
    store = MongoStore(database)
    store.prepare()
    ledger.prepare(database)
    due.prepare(database)
    send.prepare(database)
    service = f"svc{uuid.uuid4().hex[:8]}"
    return Bench(
        service, database, bootstrap, Streams(store, CODEC, PUBLISHED, system, Snapshots(database))
    )


def wipe(bootstrap: str, topic: str) -> None:
    """Make a topic anew, as a broker has it whose disk was emptied."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.delete_topics([topic])
    admin.close()
    eventually(lambda: not kafka.topic_ids(bootstrap, [topic]))
    kafka.ensure_topic(bootstrap, topic)


class Part(Protocol):
    """What `work` runs in a thread of its own."""

    def run(self, stop: threading.Event) -> None: ...


@contextmanager
def running(*parts: Part) -> Iterator[None]:
    stop = threading.Event()
    threads = [threading.Thread(target=part.run, args=(stop,)) for part in parts]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)
        assert not any(thread.is_alive() for thread in threads)


def told(bench: Bench) -> str:
    """Return who waits for what."""
    return waits.told(bench.database)


def waiting(part: str, engine: str) -> float | None:
    """Return the metric of a part that waits for an engine."""
    return REGISTRY.get_sample_value("hep_waits", {"part": part, "engine": engine})
