"""From commit to document, over the real engines: relay and consumer at their work."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from kafka import KafkaConsumer
from pymongo.errors import AutoReconnect
from structlog.testing import capture_logs

from shared import commands, consume, heal, kafka, relay
from shared.consume import Consumer, LogChanged
from shared.publication import topic_name
from shared.rebuild import progress
from shared.store import Conflict
from shared.stream import Cause
from shared.term import Term
from tests.engine.pipeline import Bench, running
from tests.waiting import eventually


def test_what_is_committed_becomes_documents_once_and_in_order(bench: Bench) -> None:
    bench.count("a", 1, 2)
    with running(bench.relay(), bench.consumer()):
        bench.count("a", 3, note="private")
        bench.count("b", 7)
        eventually(lambda: (bench.amounts("a"), bench.amounts("b")) == ([1, 2, 3], [7]))


@pytest.mark.invariant(n=1)
def test_writers_that_race_leave_neither_hole_nor_repeat_in_a_stream(bench: Bench) -> None:
    def accepted(number: int) -> bool:
        cause = Cause("north", "bo", f"c{number}")
        try:
            commands.run(lambda: bench.count("a", number, number, command=cause.command), cause)
        except Conflict:
            return False
        return True

    def write(number: int) -> None:
        eventually(lambda: accepted(number))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, [n // 2 for n in range(40)]))

    commits = bench.streams.store.load("north", "counter-a")
    events = [event for commit in commits for event in commit.events]
    assert [commit.version for commit in commits] == list(range(1, 41, 2))
    assert [event.sequence for event in events] == list(range(1, 41))


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


@pytest.mark.invariant(n=7)
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
    spoil(bench)

    with running(bench.relay(), bench.consumer()):
        bench.count("a", 5)
        eventually(lambda: bench.amounts("a") == [5])
        eventually(lambda: bench.database["undecodable"].count_documents({}) == kafka.PARTITIONS)


def test_a_record_that_was_set_aside_and_is_read_anew_blocks_nothing(bench: Bench) -> None:
    spoil(bench)
    with running(bench.consumer()):
        eventually(lambda: bench.database["undecodable"].count_documents({}) == kafka.PARTITIONS)
    # As a consumer does that finds the log shorter than what it read.
    bench.database["positions"].update_many({}, {"$set": {"offset": 0}})

    with running(bench.relay(), bench.consumer("c2")):
        bench.count("a", 5)
        eventually(lambda: bench.amounts("a") == [5])


def test_a_commit_that_was_cut_and_came_again_longer_than_a_poll_is_applied(bench: Bench) -> None:
    events = bench.published(bench.count("a", *range(500)))
    bench.send(*events[:100], *events)

    with running(bench.consumer()):
        eventually(lambda: bench.amounts("a") == list(range(500)))


@pytest.mark.invariant(n=3)
def test_a_commit_whose_end_never_comes_holds_nothing_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consume, "HELD_SECONDS", 0.5)
    first, second = bench.published(bench.count("a", 1, 2))
    cut, _ = bench.published(bench.count("a", 3, 4))
    # The first is known: a relay that was deposed has begun to send it again.
    bench.send(first, second, first)
    bench.send(cut)

    with running(bench.consumer()):
        eventually(lambda: progress(bench.database, bench.bootstrap, bench.projection) == (4, 4))

    assert bench.amounts("a") == [1, 2]
    assert bench.ledger("a")["state"] == "waiting"


def test_a_partition_that_is_taken_away_meanwhile_ends_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    seek, lost = KafkaConsumer.seek, iter([True, False])

    def taken(self: Any, partition: Any, offset: int) -> None:
        if next(lost, False):
            raise ValueError("Unassigned partition")
        seek(self, partition, offset)

    monkeypatch.setattr(KafkaConsumer, "seek", taken)
    bench.count("a", 1)

    with running(bench.relay(), bench.consumer()):
        eventually(lambda: bench.amounts("a") == [1])


def test_a_store_that_is_away_when_the_log_changes_ends_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = iter([AutoReconnect("away")])
    changes = iter([LogChanged("another topic")])
    compare_soon, check = heal.compare_soon, Consumer._check_topics  # noqa: SLF001

    def away(*args: Any) -> None:
        for fault in faults:
            raise fault
        compare_soon(*args)

    def changed(self: Consumer, client: Any) -> None:
        for change in changes:
            raise change
        check(self, client)

    monkeypatch.setattr(consume, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(heal, "compare_soon", away)
    monkeypatch.setattr(Consumer, "_check_topics", changed)
    bench.count("a", 1)

    with running(bench.relay(), bench.consumer()):
        eventually(lambda: bench.amounts("a") == [1])


@pytest.mark.invariant(n=6)
def test_a_consumer_that_was_overtaken_applies_nothing_again_and_goes_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    transact, times = Consumer._transact, iter([1])  # noqa: SLF001

    def overtaken(self: Consumer, partition: Any, batch: Any, failures: Any) -> int:
        # Another worker was given the partition, and is as far as this one wants to be.
        if next(times, 0):
            transact(self, partition, batch, failures)
        return transact(self, partition, batch, failures)

    monkeypatch.setattr(Consumer, "_transact", overtaken)
    bench.count("a", 1)

    with running(bench.relay(), bench.consumer()):
        eventually(lambda: bench.amounts("a") == [1])
        bench.count("a", 2)
        eventually(lambda: bench.amounts("a") == [1, 2])


@pytest.mark.invariant(n=9)
def test_a_store_and_a_broker_that_are_away_park_nothing_and_lose_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consume, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(relay, "RETRY_SECONDS", 0.05)
    fail(monkeypatch, Consumer, "_transact", AutoReconnect("away"))
    fail(monkeypatch, Term, "send", kafka.Fault("away"))
    for number in range(3):
        bench.count("a", number)

    with running(bench.relay(), bench.consumer()):
        eventually(lambda: bench.amounts("a") == [0, 1, 2])
        eventually(lambda: progress(bench.database, bench.bootstrap, bench.projection)[0] >= 3)

    assert bench.ledger("a")["state"] == "open"


def fail(monkeypatch: pytest.MonkeyPatch, kind: type, name: str, fault: Exception) -> None:
    """Have a method meet a fault five times, before and after its work in turn."""
    work, times = getattr(kind, name), iter(range(5))

    def away(*args: Any) -> Any:
        time = next(times, None)
        if time is None:
            return work(*args)
        if time % 2:
            work(*args)
        raise fault

    monkeypatch.setattr(kind, name, away)


def spoil(bench: Bench) -> None:
    """Put a record that is no event into each partition."""
    kafka.ensure_topic(bench.bootstrap, topic_name(bench.service))
    producer = kafka.producer(bench.bootstrap, "test")
    for partition in range(kafka.PARTITIONS):
        producer.send(topic_name(bench.service), value=b"{", partition=partition).get(10)
    producer.close()


def test_a_consumer_makes_no_topic_and_waits_for_the_one_who_does(bench: Bench) -> None:
    """A topic that others made anew would take what comes meanwhile before what came earlier."""
    bench.count("a", 1)
    topic = topic_name(bench.service)
    with running(bench.consumer()), capture_logs() as logs:
        eventually(lambda: any(found["event"] == "waits" for found in logs))
        assert kafka.topic_ids(bench.bootstrap, [topic]) == {}

        with running(bench.relay()):
            eventually(lambda: bench.amounts("a") == [1])
