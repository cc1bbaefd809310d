"""`verify` finds what is planted and nothing else."""

import pytest

from shared import envelope, kafka
from shared.commands import identify
from shared.mongo import Database
from shared.publication import topic_name
from shared.stream import Cause
from shared.verify import verify
from tests.engine.counting import COUNTER, Counted, Counting, fill, open_counting, working


@pytest.fixture
def counting(database: Database, kafka: str) -> Counting:
    found = open_counting(database, kafka)
    with working(found):
        fill(found)
    return found


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
        "totals.totals@1: north|a differs from its events in latest, total",
    ]


def test_documents_that_are_not_the_fold_of_their_events_are_found(counting: Counting) -> None:
    totals = counting.service.database["totals.totals@1"]
    totals.update_one({"_id": "north|a"}, {"$inc": {"total": 1}})
    totals.delete_one({"_id": "north|b"})
    totals.insert_one({"_id": "north|c", "tenant": "north", "total": 1})

    assert counting.findings() == [
        "totals.totals@1: north|b is missing",
        "totals.totals@1: north|c follows from no event",
        "totals.totals@1: north|a differs from its events in total",
    ]


def test_an_intent_that_was_lost_is_found(counting: Counting) -> None:
    lost = counting.service.database["intents"].find_one_and_delete({})

    assert lost is not None
    assert counting.findings() == [f"intents: {lost['_id']} is missing"]
