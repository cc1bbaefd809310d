"""`verify` finds what is planted and nothing else."""

import threading
import uuid
from dataclasses import dataclass, replace
from datetime import timedelta

import flask
import pytest
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from shared import envelope, kafka
from shared.commands import identify
from shared.envelope import Envelope
from shared.mongo import Database
from shared.publication import Publication, topic_name
from shared.send import Intent
from shared.service import Definition, Service
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
        api=Blueprint(name, __name__),
        pages=flask.Blueprint("pages", __name__),
    )


@dataclass(frozen=True)
class Counting:
    """A service whose two counters each counted 1, 2, 3, all of it applied."""

    definition: Definition
    service: Service

    def findings(self) -> list[str]:
        return [str(finding) for finding in verify(self.definition, self.service).findings]

    def total(self, stream: str) -> int:
        found = self.service.database["totals@1"].find_one({"_id": f"north|{stream}"})
        return found["total"] if found else 0


@pytest.fixture
def counting(database: Database, kafka: str) -> Counting:
    definition = define(f"svc{uuid.uuid4().hex[:8]}")
    service = given.build(definition, database)
    service = replace(service, settings=replace(service.settings, kafka=kafka))
    counting = Counting(definition, service)
    stop = threading.Event()
    roles = [run for role in ("relay", "consume") for _, run in parts(definition, service, role)]
    threads = [threading.Thread(target=run, args=(stop,)) for run in roles]
    for thread in threads:
        thread.start()
    for stream in STREAMS:
        for amount in (1, 2, 3):
            cause = Cause("north", "bo", uuid.uuid4().hex)
            loaded = service.streams.load(COUNTER, cause, stream)
            service.streams.append(loaded, [Counted(amount)], cause)
    try:
        eventually(lambda: [counting.total(stream) for stream in STREAMS] == [6, 6])
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)
    return counting


def test_what_is_whole_gives_no_finding_and_the_counts(counting: Counting) -> None:
    report = verify(counting.definition, counting.service)

    assert report.findings == []
    assert (report.streams, report.events, report.documents) == (2, 6, 8)


def test_a_hole_in_a_stream_is_found(counting: Counting) -> None:
    counting.service.database["commits"].delete_one({"_id": "north|counter-a|0000000002"})
    topic = topic_name(counting.definition.name)

    assert counting.findings() == [
        "north|counter-a|0000000003: version 2 is missing",
        "north|counter-a|0000000003: published sequences [3] do not go on from 1",
        f"{topic}: counter-a 2 is not in the store",
    ]


def test_an_event_that_never_reached_kafka_is_found(counting: Counting) -> None:
    cause = Cause("north", "bo", "unsent")
    loaded = counting.service.streams.load(COUNTER, cause, "a")
    counting.service.streams.append(loaded, [Counted(4)], cause)
    topic = topic_name(counting.definition.name)

    assert counting.findings() == [f"{topic}: counter-a 4 is in the store and not in Kafka"]


def test_an_event_that_was_not_applied_is_found(counting: Counting) -> None:
    cause = Cause("north", "bo", "unapplied")
    loaded = counting.service.streams.load(COUNTER, cause, "a")
    commit = counting.service.streams.append(loaded, [Counted(4)], cause)
    name = counting.definition.name
    (event,) = envelope.publish(
        commit, name, counting.definition.codec, counting.definition.published
    )
    producer = kafka.producer(counting.service.settings.kafka, "test")
    value = envelope.encode(event)
    producer.send(topic_name(name), key=event.key.encode(), value=value).get(10)
    producer.close()

    cheer = identify(event.id, "cheer")
    assert counting.findings() == [
        f"totals@1 of {topic_name(name)}: counter-a was applied to 3 of 4",
        f"intents: {cheer} is missing",
        "totals@1: north|a differs from its events in latest, total",
    ]


def test_documents_that_are_not_the_fold_of_their_events_are_found(counting: Counting) -> None:
    totals = counting.service.database["totals@1"]
    totals.update_one({"_id": "north|a"}, {"$inc": {"total": 1}})
    totals.delete_one({"_id": "north|b"})
    totals.insert_one({"_id": "north|c", "tenant": "north", "total": 1})

    assert counting.findings() == [
        "totals@1: north|b is missing",
        "totals@1: north|c follows from no event",
        "totals@1: north|a differs from its events in total",
    ]


def test_an_intent_that_was_lost_is_found(counting: Counting) -> None:
    lost = counting.service.database["intents"].find_one_and_delete({})

    assert lost is not None
    assert counting.findings() == [f"intents: {lost['_id']} is missing"]
