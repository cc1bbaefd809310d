"""`verify` finds what is planted and nothing else."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared import park
from shared.kafka import ensure_topic
from shared.mongo import Database
from shared.publication import topic_name
from shared.verify import verify
from shared.verify.report import lines, written
from tests.engine.counting import POISON, Counting, commanded, fill, open_counting, working
from tests.waiting import eventually


@pytest.fixture
def counting(database: Database, kafka: str) -> Iterator[Counting]:
    found = open_counting(database, kafka)
    with working(found):
        fill(found)
    yield found
    POISON.clear()


def test_what_is_whole_gives_no_finding_and_the_counts(counting: Counting) -> None:
    report = verify(counting.definition, counting.service)

    assert report.findings == []
    assert (report.streams, report.events, report.documents) == (2, 6, 14)


@pytest.mark.invariant(n=1)
def test_a_hole_in_a_stream_is_found(counting: Counting) -> None:
    counting.service.database["commits"].delete_one({"_id": "north|counter-a|0000000002"})
    topic = topic_name(counting.definition.name)

    assert counting.findings() == [
        "north|counter-a|0000000003: version 2 is missing",
        "north|counter-a|0000000003: published sequences [3] do not go on from 1",
        f"{topic}: counter-a 2 is not in the store",
    ]


def test_an_event_that_never_reached_kafka_is_found(counting: Counting) -> None:
    counting.count("a", 4)
    topic = topic_name(counting.definition.name)

    assert counting.findings() == [f"{topic}: counter-a 4 is in the store and not in Kafka"]


def test_an_event_that_was_not_read_is_one_finding(counting: Counting) -> None:
    counting.send(*counting.count("a", 4))
    topic = topic_name(counting.definition.name)

    (found,) = counting.findings()

    assert found.startswith(f"totals@1 of {topic} ")
    assert found.endswith(" of 4 are read")


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


def test_what_no_command_mends_is_told_as_what_it_is(counting: Counting) -> None:
    database = counting.service.database
    database["commits"].update_one({"_id": "north|counter-a|0000000003"}, {"$set": {"key": "b"}})
    for name in ("intents", "due"):
        database[name].insert_one({"_id": "foreign", "state": "done"})

    report = verify(counting.definition, counting.service)

    assert [finding.name for finding in report.findings] == [
        "store-key",
        "intent-foreign",
        "due-foreign",
    ]
    assert all(not finding.command for finding in report.findings)


def test_an_event_that_came_late_is_only_noted(counting: Counting) -> None:
    first, second = counting.count("a", 4), counting.count("a", 5)
    counting.send(*second, *first)
    with working(counting):
        eventually(lambda: counting.total("a") == 15)

    report = verify(counting.definition, counting.service)

    assert report.findings == []
    assert "topic-order" in {note.name for note in report.notes}


def test_code_that_cannot_take_what_was_applied_is_told(counting: Counting) -> None:
    POISON.add(3)

    findings = verify(counting.definition, counting.service).findings

    assert [finding.name for finding in findings].count("fold-failed") == 2


def test_a_parked_key_is_no_wrong_document(counting: Counting) -> None:
    POISON.add(4)
    for amount in (4, 5):
        counting.count("a", amount)
    with working(counting):
        eventually(lambda: is_parked(counting))

    (finding,) = verify(counting.definition, counting.service).findings

    assert finding.name == "ledger-parked"
    assert " by counter-a 4: Broken in on_counted, line " in finding.what


def test_a_commit_that_was_left_out_is_left_out_of_the_comparison(counting: Counting) -> None:
    POISON.add(4)
    for amount in (4, 5):
        counting.count("a", amount)
    with working(counting):
        eventually(lambda: is_parked(counting))
        (key,) = park.listed(counting.service.database)
        park.discard(counting.service.database, key["_id"], "counted twice", "ada")
        eventually(lambda: counting.total("a") == 11)
    assert counting.findings() == []


def is_parked(counting: Counting) -> bool:
    return len(park.listed(counting.service.database)) == 1


def test_an_owner_that_is_away_is_noted_and_its_topic_believed(
    counting: Counting, kafka: str
) -> None:
    other = f"{counting.definition.name}x"
    ensure_topic(kafka, topic_name(other))
    (totals,) = counting.definition.projections
    both = replace(totals, services=(*totals.services, other))
    definition = replace(counting.definition, projections=[both])

    report = verify(definition, counting.service)

    assert report.findings == []
    assert "owner-away" in {note.name for note in report.notes}


def test_a_report_is_grouped_counted_and_cut(counting: Counting) -> None:
    counting.service.database["intents"].delete_many({})

    shown = list(lines("counting", verify(counting.definition, counting.service)))

    assert shown[0] == "counting: 2 streams, 6 published events, 8 documents, 6 findings"
    assert shown[1] == "  effect: intents are missing (6)"
    assert shown[7:10] == [
        "    and 1 more",
        "    > python -m counting verify --restore",
        "    They are written back.",
    ]


def test_commands_are_named_as_hep_takes_them() -> None:
    assert (
        written("reporting", ("rebuild", "timeline"), hep=True) == "hep rebuild reporting timeline"
    )
    assert written("reporting", ("work", "--roles", "relay"), hep=True) == "hep up"
    assert written("reporting", ("parked", "drain", "a|b")) == (
        "python -m reporting parked drain 'a|b'"
    )


def test_the_command_fails_where_anything_is_wrong_and_tells_programs_all(
    counting: Counting, mongodb: str, tmp_path: Path
) -> None:
    with commanded(counting, mongodb, tmp_path) as command:
        whole = command("verify")
        counting.service.database["intents"].delete_many({})
        code, shown = command("verify", "--json")

    assert whole[0] == 0
    assert code == 1
    assert {found["fault"] for found in json.loads(shown)["findings"]} == {"intent-lost"}
    assert len(json.loads(shown)["findings"]) == 6


def reader(counting: Counting) -> Counting:
    """Another service, that reads the topic of the first and owns no stream."""
    name = f"{counting.definition.name}r"
    definition = replace(counting.definition, name=name)
    database = counting.service.database.client[f"{counting.service.database.name}r"]
    settings = replace(counting.service.settings, service=name)
    service = replace(counting.service, settings=settings, database=database)
    definition.prepare(service)
    return Counting(definition, service)


def test_what_another_service_published_is_compared_with_what_it_says_itself(
    counting: Counting, kafka: str
) -> None:
    other = reader(counting)
    ensure_topic(kafka, topic_name(other.definition.name))
    with working(other, "consume"):
        eventually(lambda: other.total("a") == 6)

    report = verify(other.definition, other.service)
    other.service.database["ledgers"].update_one(
        {"streams.counter-a": 3}, {"$set": {"streams.counter-a": 5}}
    )

    assert report.findings == []
    assert "owner-away" not in {note.name for note in report.notes}
    (beyond,) = verify(other.definition, other.service).findings
    assert beyond.what == "counter-a was applied to 5, its owner has 3"


def test_what_only_the_owner_has_and_was_fetched_from_it_is_no_wrong_document(
    counting: Counting, kafka: str
) -> None:
    other = reader(counting)
    ensure_topic(kafka, topic_name(other.definition.name))
    counting.count("a", 4, lambda: datetime.now(UTC) - timedelta(hours=1))
    with working(other, "consume"):
        eventually(lambda: other.total("a") == 10)

    assert other.findings() == []


def test_a_command_that_mends_many_is_named_once(counting: Counting) -> None:
    shown = list(lines("counting", verify(counting.definition, counting.service), hep=True))

    assert shown[1] == "  lease: leases are held by nobody (6, nothing is wrong)"
    assert shown.count("    > hep up") == 1
