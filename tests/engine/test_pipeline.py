"""From commit to document, over the real engines: relay and consumer at their work."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from marshmallow import Schema, fields

from shared import due, envelope, kafka, send
from shared.clock import system
from shared.codec import Codec
from shared.consume import Consumer
from shared.envelope import Envelope
from shared.mongo import Database
from shared.publication import Publication, topic_name
from shared.relay import Relay
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
COUNTER = Kind("counter", 0, lambda state, event: state + getattr(event, "amount", 0))


def on_counted(event: Envelope, views: Views) -> None:
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
        )

    def consumer(self, holder: str = "c1") -> Consumer:
        projection = Projection(
            name="totals",
            version=1,
            services=(self.service,),
            handlers={f"hep.{self.service}.thing.counted.v1": on_counted},
            documents=lambda event: [("totals", event.subject)],
        )
        return Consumer(projection, self.database, self.bootstrap, LONG_AGO, holder)

    def amounts(self, stream: str) -> list[int]:
        found = self.database["totals@1"].find_one({"_id": f"counter-{stream}"})
        return found["amounts"] if found else []


@pytest.fixture
def bench(database: Database, kafka: str) -> Bench:
    store = MongoStore(database)
    store.prepare()
    due.prepare(database)
    send.prepare(database)
    service = f"svc{uuid.uuid4().hex[:8]}"
    return Bench(service, database, kafka, Streams(store, CODEC, PUBLISHED, system))


@contextmanager
def running(*parts: Relay | Consumer) -> Iterator[None]:
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


def test_what_is_committed_becomes_documents_once_and_in_order(bench: Bench) -> None:
    bench.count("a", 1, 2)
    with running(bench.relay(), bench.consumer()):
        bench.count("a", 3, note="private")
        bench.count("b", 7)
        eventually(lambda: (bench.amounts("a"), bench.amounts("b")) == ([1, 2, 3], [7]))


def test_a_relay_that_starts_again_repeats_without_effect(bench: Bench) -> None:
    bench.count("a", 1)
    with running(bench.relay()):
        eventually(lambda: bench.database["checkpoints"].find_one({"token": {"$exists": True}}))
    bench.database["checkpoints"].update_one({"_id": "relay"}, {"$unset": {"token": ""}})
    bench.count("a", 2)

    with running(bench.relay("r2"), bench.consumer()):
        eventually(lambda: bench.amounts("a") == [1, 2])
        bench.count("a", 3)
        eventually(lambda: bench.amounts("a") == [1, 2, 3])

    ledger = bench.database["ledgers"].find_one({})
    assert ledger is not None
    assert ledger["streams"] == {"counter-a": 3}


def test_consumers_share_the_partitions_and_apply_each_event_once(bench: Bench) -> None:
    names = [f"s{n}" for n in range(24)]
    for name in names:
        bench.count(name, 1, 2)
    with running(bench.relay(), bench.consumer("c1"), bench.consumer("c2")):
        eventually(lambda: all(bench.amounts(name) == [1, 2] for name in names))
        for name in names:
            bench.count(name, 3)
        eventually(lambda: all(bench.amounts(name) == [1, 2, 3] for name in names))


def test_a_record_that_cannot_be_decoded_is_set_aside_and_blocks_nothing(bench: Bench) -> None:
    kafka.ensure_topic(bench.bootstrap, topic_name(bench.service))
    producer = kafka.producer(bench.bootstrap, "test")
    for partition in range(kafka.PARTITIONS):
        producer.send(topic_name(bench.service), value=b"{", partition=partition).get(10)
    producer.close()

    with running(bench.relay(), bench.consumer()):
        bench.count("a", 5)
        eventually(lambda: bench.amounts("a") == [5])
        eventually(lambda: bench.database["undecodable"].count_documents({}) == kafka.PARTITIONS)


def test_a_sequence_that_jumps_stops_its_partition(bench: Bench) -> None:
    kafka.ensure_topic(bench.bootstrap, topic_name(bench.service))
    first = bench.count("a", 1)
    second = bench.count("a", 2)
    (early,) = envelope.publish(first, bench.service, CODEC, PUBLISHED)
    (late,) = envelope.publish(second, bench.service, CODEC, PUBLISHED)
    producer = kafka.producer(bench.bootstrap, "test")
    topic = topic_name(bench.service)
    producer.send(topic, key=late.key.encode(), value=envelope.encode(late)).get(10)
    consumer = bench.consumer()

    with running(consumer):
        eventually(lambda: list(consumer.halted.values()))
        producer.send(topic, key=early.key.encode(), value=envelope.encode(early)).get(10)
        producer.close()

    assert list(consumer.halted.values()) == ["counter-a jumps from 0 to 2"]
    assert bench.amounts("a") == []
