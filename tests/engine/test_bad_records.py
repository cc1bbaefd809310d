"""What is no event of ours is set aside with the reason, and no good event beside it is lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import orjson
import pytest

from shared import envelope, heal
from shared.apply import CONTRADICTS
from shared.batch import REPEATED, Record, batches
from shared.envelope import Envelope, Undecodable, decode, event_id
from tests.engine.pipeline import POISON, Bench, running
from tests.waiting import eventually

KEY = "north|patient-a"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
GOOD = Envelope(
    id=event_id("counting", "north", "counter-a", 1),
    source="/counting",
    type="hep.counting.thing.counted.v1",
    subject="counter-a",
    time=NOON,
    recorded=NOON,
    tenant="north",
    key=KEY,
    sequence=1,
    epoch=1,
    commit=1,
    index=0,
    size=1,
    version=1,
    data={"amount": 1},
)
# As deep as JSON can be written without anybody noticing its size.
DEEP = b"[" * 100_000 + b"]" * 100_000


def changed(**attributes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return what gives a CloudEvent other attributes; None takes one away."""

    def change(found: dict[str, Any]) -> dict[str, Any]:
        merged = found | attributes
        return {name: value for name, value in merged.items() if value is not None}

    return change


def nested(levels: int) -> Any:
    """Return an object that is nested so deep."""
    value: Any = {}
    for _ in range(levels):
        value = {"inner": value}
    return value


BAD = {
    "another version": (changed(specversion="2.0"), "it is not CloudEvents 1.0"),
    "another tenant's key": (changed(tenant="south"), "partitionkey is another tenant's"),
    "no id": (changed(id=None), "id is missing or is no text"),
    "a number as its stream": (changed(subject=7), "subject is missing or is no text"),
    "a stream that no store takes": (changed(subject="counter-\0"), "subject is missing or"),
    "a stream without a kind": (changed(subject="a"), "subject is no stream"),
    "no sequence": (changed(sequence=None), "sequence is missing or is no number from 1 on"),
    "a sequence before the first": (changed(sequence=0), "sequence is missing or is no number"),
    "a sequence that no store takes": (changed(sequence=2**63), "sequence is missing or is"),
    "a place before the first": (changed(commitindex=-1, commitsize=0), "commitindex is missing"),
    "a place beyond the last": (changed(commitindex=1), "commitindex, commitsize and sequence"),
    "a commit without end": (changed(commitsize=10**9), "commitindex, commitsize and sequence"),
    "another's id": (changed(id="e1"), "id is not the one of its stream and version"),
    "an id under another version": (changed(streamversion=2), "id is not the one of its stream"),
    "an id in another stream": (changed(subject="counter-b"), "id is not the one of its stream"),
    "more sequences than versions": (changed(sequence=2), "streamversion, sequence and commit"),
    "a commit of its future": (changed(commit=2), "streamversion, sequence and commit cannot be"),
    "no moment": (changed(time="yesterday"), "time is no moment"),
    "a moment of no zone": (
        changed(recordedtime="2026-03-02T12:00:00"),
        "recordedtime has no zone",
    ),
    "data that is no object": (changed(data=[1]), "data is no object"),
    "no data": (changed(data=None), "data is no object"),
    "data nested deep": (changed(data=nested(200)), "it is nested deeper than 50 levels"),
}
NO_EVENTS: dict[str, tuple[bytes | None, str]] = {
    "nothing": (None, "it cannot be read as JSON"),
    "half a record": (b'{"id": "1', "it cannot be read as JSON"),
    "text of no encoding": (b"\xff\xfe", "it cannot be read as JSON"),
    "a hundred thousand levels": (DEEP, "it cannot be read as JSON"),
    "a list": (b"[1]", "it is not CloudEvents 1.0"),
    "a word": (b'"word"', "it is not CloudEvents 1.0"),
    "another object": (b'{"specversion": "1.0"}', "id is missing or is no text"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_event_of_ours_is_told_by_the_reason(case: str) -> None:
    change, reason = BAD[case]
    text = orjson.loads(envelope.encode(GOOD))

    assert decode(orjson.dumps(text)) == GOOD
    with pytest.raises(Undecodable, match=f"^{reason}"):
        decode(orjson.dumps(change(text)))


def test_each_kind_is_kept_as_received_with_its_reason_and_all_good_events_go_on(
    bench: Bench,
) -> None:
    good = [bench.published(bench.count("a", amount))[0] for amount in (1, 2)]
    text = orjson.loads(envelope.encode(good[0]))
    made = {case: (orjson.dumps(change(text)), why) for case, (change, why) in BAD.items()}
    bad = list((made | NO_EVENTS).values())
    bench.put(
        (good[0].key, envelope.encode(good[0])),
        *((KEY, raw) for raw, _ in bad),
        (good[1].key, envelope.encode(good[1])),
    )

    with running(bench.consumer()):
        eventually(lambda: bench.amounts("a") == [1, 2])
    kept = list(bench.database["undecodable"].find({}).sort("_id"))

    assert {record["raw"] for record in kept} == {raw for raw, _ in bad}
    reasons = {record["raw"]: record["reason"] for record in kept}
    assert all(reasons[raw].startswith(why) for raw, why in bad)


def test_a_thousand_bad_records_between_good_ones_lose_none_of_them(bench: Bench) -> None:
    events = bench.published(bench.count("a", *range(100)))
    events += bench.published(bench.count("a", *range(100, 200)))
    records: list[tuple[str, bytes | None]] = []
    for number, event in enumerate(events):
        bad = [(KEY, orjson.dumps({"bad": number, "again": again})) for again in range(5)]
        records += [*bad, (event.key, envelope.encode(event))]
    bench.put(*records)

    with running(bench.consumer()):
        eventually(lambda: bench.amounts("a") == list(range(200)))

    assert bench.database["undecodable"].count_documents({}) == 1000
    assert bench.ledger("a")["state"] == "open"


def test_a_bad_record_in_the_middle_of_a_commit_leaves_it_whole() -> None:
    first, bad, last = (
        Record(0, 1, replace(GOOD, size=2), b""),
        Record(1, 1, None, b"{", "it cannot be read as JSON"),
        Record(2, 1, replace(GOOD, index=1, size=2, sequence=2), b""),
    )

    assert list(batches([first, bad], limit=1)) == []
    assert list(batches([first, bad, last], limit=1)) == [[first, bad, last]]


def test_an_event_of_an_unknown_type_only_moves_the_ledger(bench: Bench) -> None:
    (known,) = bench.published(bench.count("a", 1))
    (later,) = bench.published(bench.count("a", 2))
    strange = replace(known, type=f"hep.{bench.service}.thing.counted.v9")

    bench.apply(strange, later)

    assert bench.amounts("a") == [2]
    assert bench.ledger("a")["streams"] == {"counter-a": 2}
    assert bench.database["undecodable"].count_documents({}) == 0


def test_of_an_id_that_comes_with_another_body_the_first_stands(bench: Bench) -> None:
    """Before the end of its commit has come, or with it."""
    first, last = bench.published(bench.count("a", 1, 2))
    bench.send(first, replace(first, data={"amount": 99}), last)

    with running(bench.consumer()):
        eventually(lambda: bench.amounts("a") == [1, 2])

    assert aside(bench) == [(99, REPEATED)]


def test_an_id_that_was_applied_is_not_applied_under_another_sequence(bench: Bench) -> None:
    known = [bench.published(bench.count("a", n, note="private"))[0] for n in (1, 2)]
    bench.send(*known)
    with running(bench.consumer()):
        eventually(lambda: bench.amounts("a") == [1, 2])
        (late,) = bench.published(bench.count("a", 3))
        # As whoever wrote it says: what follows, of a stream that had fewer private events.
        bench.send(replace(known[1], sequence=3, data={"amount": 99}), late)
        eventually(lambda: bench.amounts("a") == [1, 2, 3])

    assert aside(bench) == [(99, CONTRADICTS)]


def test_a_head_that_comes_again_as_another_event_is_set_aside(bench: Bench) -> None:
    known = bench.published(bench.count("a", 1))[0]
    version = known.version + 1
    other = event_id(bench.service, "north", known.subject, version)
    bench.send(known)

    with running(bench.consumer()):
        eventually(lambda: bench.amounts("a") == [1])
        bench.send(replace(known, id=other, version=version, data={"amount": 99}), known)
        eventually(lambda: aside(bench))

    assert aside(bench) == [(99, CONTRADICTS)]
    assert bench.amounts("a") == [1]


def test_what_was_set_aside_and_was_true_is_asked_of_its_owner(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record that lies ahead is believed; then its stream's own next event contradicts it."""
    monkeypatch.setattr(heal, "COMPARE_EVERY", timedelta(0))
    first, second, third = (bench.published(bench.count("a", n))[0] for n in (1, 2, 3))
    ahead = event_id(bench.service, "north", first.subject, 9)
    bench.send(replace(first, id=ahead, version=9, commit=9), second, third)

    with running(bench.consumer(), bench.healer()):
        eventually(lambda: bench.amounts("a") == [1, 2, 3])
        eventually(lambda: bench.ledger("a")["state"] == "open")

    assert CONTRADICTS in {why for _, why in aside(bench)}


def test_what_a_key_is_parked_by_stands_when_its_id_comes_with_another_body(bench: Bench) -> None:
    POISON.add(13)
    (first,) = bench.published(bench.count("a", 13))
    bench.send(first)

    with running(bench.consumer()):
        eventually(lambda: bench.database["parked"].find_one({}))
        bench.send(replace(first, data={"amount": 99}))
        eventually(lambda: aside(bench))

    assert aside(bench) == [(99, REPEATED)]


def test_a_repeat_by_a_newer_version_that_says_more_is_no_other_body(bench: Bench) -> None:
    (first,) = bench.published(bench.count("a", 1))
    (later,) = bench.published(bench.count("a", 2))
    bench.send(first, replace(first, data={"amount": 1, "unit": "times"}), later)

    with running(bench.consumer()):
        eventually(lambda: bench.amounts("a") == [1, 2])

    assert aside(bench) == []


def test_whole_commits_that_come_again_are_set_aside_by_nobody(bench: Bench) -> None:
    known = [bench.published(bench.count("a", n, n + 10, note="private")) for n in (1, 2, 3)]
    bench.send(*chain.from_iterable(known))
    with running(bench.consumer()):
        eventually(lambda: bench.amounts("a") == [1, 11, 2, 12, 3, 13])
        (last,) = bench.published(bench.count("a", 4))
        bench.send(*chain.from_iterable(known[1:]), *known[0], last)
        eventually(lambda: bench.amounts("a")[-1] == 4)

    assert aside(bench) == []


def aside(bench: Bench) -> list[tuple[int, str]]:
    """Return the amounts that were set aside, each with the reason."""
    found = bench.database["undecodable"].find({}).sort("_id")
    return [(orjson.loads(at["raw"])["data"]["amount"], at["reason"]) for at in found]


def test_what_is_parked_is_the_body_that_failed(bench: Bench) -> None:
    POISON.add(13)
    (first,) = bench.published(bench.count("a", 13))
    bench.send(first, replace(first, data={"amount": 99}))

    with running(bench.consumer()):
        eventually(lambda: bench.database["parked"].find_one({}))

    kept = bench.database["parked"].find_one({}) or {}
    assert decode(kept["raw"]).data == {"amount": 13}


def test_sequences_out_of_order_are_applied_in_order(bench: Bench) -> None:
    events: list[Envelope] = []
    for amount in range(1, 6):
        events += bench.published(bench.count("a", amount))
    bench.send(*(events[place] for place in (4, 1, 0, 3, 2)))

    with running(bench.consumer(), bench.healer()):
        eventually(lambda: bench.amounts("a") == [1, 2, 3, 4, 5])
        eventually(lambda: bench.ledger("a")["state"] == "open")
