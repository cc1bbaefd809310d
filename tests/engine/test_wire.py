"""What networks and fail-overs do to the engine's clients: nothing is lost, nothing comes twice."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from prometheus_client import REGISTRY
from pymongo.errors import AutoReconnect

from shared import commands, kafka, lease
from shared.clock import system
from shared.due import Due, Timer
from shared.publication import topic_name
from shared.send import Intent, Outcome, Sender
from shared.store import Commit
from shared.stream import Cause
from tests.engine.pipeline import COUNTER, Bench, Counted, running
from tests.waiting import eventually
from tests.wire.kafka import KafkaProxy
from tests.wire.mongodb import (
    HISTORY_LOST,
    NO_SUCH_TRANSACTION,
    NOT_WRITABLE_PRIMARY,
    MongoProxy,
    resumes,
    tails,
)

NAMES = [f"s{number}" for number in range(12)]


def test_a_commit_whose_answer_is_lost_is_there_once(wired: Bench, store: MongoProxy) -> None:
    lost = store.lose("insert")

    wired.count("a", 1)

    assert lost.hurt == 1
    assert wired.database["commits"].count_documents({}) == 1


@pytest.mark.invariant(n=4)
def test_a_command_that_heard_nothing_gets_its_own_commit_when_it_comes_again(
    wired: Bench, store: MongoProxy
) -> None:
    cause = Cause("north", "bo", uuid.uuid4().hex)
    store.lose("insert", times=2)

    with pytest.raises(AutoReconnect):
        commands.run(lambda: add(wired, cause, 1), cause)
    commit, repeated = commands.run(lambda: add(wired, cause, 1), cause)

    assert repeated
    assert wired.streams.store.load("north", "counter-a") == [commit]


def test_a_command_that_meets_a_new_primary_commits_once(wired: Bench, store: MongoProxy) -> None:
    deposed = store.answer("insert", NOT_WRITABLE_PRIMARY)

    wired.count("a", 1)

    assert deposed.hurt == 1
    assert wired.database["commits"].count_documents({}) == 1


def test_what_is_committed_is_applied_before_its_writer_hears_of_it(
    wired: Bench, bench: Bench, store: MongoProxy
) -> None:
    with (
        ThreadPoolExecutor(1) as writer,
        running(bench.relay(), bench.consumer()),
        store.held("insert"),
    ):
        commit = writer.submit(wired.count, "a", 1)
        eventually(lambda: bench.amounts("a") == [1])
        unanswered = not commit.done()

    assert unanswered
    assert commit.result().version == 1


@pytest.mark.invariant(n=7)
@pytest.mark.parametrize("times", [1, 2])
def test_a_batch_whose_end_nobody_heard_of_is_applied_once(
    wired: Bench, bench: Bench, store: MongoProxy, times: int
) -> None:
    bench.count("a", 1, 2)
    lost = store.lose("commitTransaction", times)

    with running(bench.relay(), wired.consumer()):
        eventually(lambda: lost.hurt == times)
        bench.count("a", 3)
        eventually(lambda: bench.amounts("a") == [1, 2, 3])


@pytest.mark.invariant(n=7)
def test_a_batch_that_was_committed_and_is_said_not_to_be_is_applied_once(
    wired: Bench, bench: Bench, store: MongoProxy
) -> None:
    bench.count("a", 1, 2)
    denied = store.answer("commitTransaction", NO_SUCH_TRANSACTION, executed=True)

    with running(bench.relay(), wired.consumer()):
        eventually(lambda: denied.hurt == 1)
        bench.count("a", 3)
        eventually(lambda: bench.amounts("a") == [1, 2, 3])


def test_a_batch_that_meets_a_new_primary_is_applied_once(
    wired: Bench, bench: Bench, store: MongoProxy
) -> None:
    bench.count("a", 1, 2)
    labels = {"errorLabels": ["TransientTransactionError"]}
    deposed = store.answer(
        "update", NOT_WRITABLE_PRIMARY | labels, chosen=lambda found: "autocommit" in found
    )

    with running(bench.relay(), wired.consumer()):
        eventually(lambda: bench.amounts("a") == [1, 2])

    assert deposed.hurt == 1


@pytest.mark.invariant(n=5)
def test_a_relay_whose_change_stream_was_overtaken_sends_the_whole_store_once(
    wired: Bench, bench: Bench, store: MongoProxy
) -> None:
    scans = counted("hep_relay_scans_total", reason="no_token")
    with running(wired.relay(), bench.consumer()):
        bench.count("a", 1)
        eventually(lambda: bench.amounts("a") == [1])
        overtaken = store.answer("getMore", HISTORY_LOST, chosen=tails)
        eventually(lambda: overtaken.hurt == 1)
        bench.count("a", 2)
        eventually(lambda: bench.amounts("a") == [1, 2])

    assert counted("hep_relay_scans_total", reason="no_token") == scans + 2


def test_a_relay_that_cannot_go_on_with_its_change_stream_sends_the_whole_store_once(
    wired: Bench, bench: Bench, store: MongoProxy
) -> None:
    with running(wired.relay()):
        bench.count("a", 1)
        eventually(lambda: bench.database["checkpoints"].find_one({"acknowledged": {"$ne": {}}}))
    scans = counted("hep_relay_scans_total", reason="no_token")
    bench.count("a", 2)
    lost = store.answer("aggregate", HISTORY_LOST, chosen=resumes)

    with running(wired.relay("r2"), bench.consumer()):
        eventually(lambda: bench.amounts("a") == [1, 2])

    assert lost.hurt == 1
    assert counted("hep_relay_scans_total", reason="no_token") == scans + 1


def test_a_relay_whose_checkpoint_was_not_answered_loses_nothing(
    wired: Bench, bench: Bench, store: MongoProxy
) -> None:
    with running(wired.relay(), bench.consumer()):
        bench.count("a", 1)
        eventually(lambda: bench.amounts("a") == [1])
        lost = store.lose("update", times=2)
        bench.count("a", 2)
        eventually(lambda: lost.hurt == 2)
        bench.count("a", 3)
        eventually(lambda: bench.amounts("a") == [1, 2, 3])


def test_records_that_the_broker_took_without_an_answer_are_there_once(
    wired: Bench, bench: Bench, broker: KafkaProxy
) -> None:
    lost = broker.lose("Produce")
    bench.count("a", 1, 2, 3)

    with running(wired.relay(), bench.consumer()):
        eventually(lambda: bench.amounts("a") == [1, 2, 3])

    assert lost.hurt == 1
    assert written(bench) == 3


@pytest.mark.invariant(n=5)
def test_the_checkpoint_moves_only_past_what_the_broker_has_acknowledged(
    wired: Bench, bench: Bench, broker: KafkaProxy
) -> None:
    with running(wired.relay(), bench.consumer()):
        bench.count("a", 1)
        eventually(lambda: acknowledged(bench) == 1)
        with broker.held("Produce"):
            bench.count("a", 2)
            eventually(lambda: bench.amounts("a") == [1, 2])
            meanwhile = acknowledged(bench)
        eventually(lambda: acknowledged(bench) == 2)

    assert meanwhile == 1


@pytest.mark.invariant(n=9)
def test_connections_that_end_all_the_time_lose_nothing_and_repeat_nothing(
    wired: Bench, bench: Bench, store: MongoProxy, broker: KafkaProxy
) -> None:
    with running(wired.relay(), wired.consumer()):
        for amount in (1, 2, 3, 4):
            for name in NAMES:
                bench.count(name, amount)
            eventually(lambda amount=amount: any(amount in bench.amounts(name) for name in NAMES))
            (broker if amount % 2 else store).cut()
        eventually(lambda: all(bench.amounts(name) == [1, 2, 3, 4] for name in NAMES))
        eventually(lambda: counted("hep_consumer_lag_records", consumer="totals@1") == 0)


def test_a_fetch_that_ends_in_the_middle_is_made_again(
    wired: Bench, bench: Bench, broker: KafkaProxy
) -> None:
    bench.count("a", 1)
    with running(bench.relay(), wired.consumer()):
        eventually(lambda: bench.amounts("a") == [1])
        lost = broker.lose("Fetch", times=5)
        for amount in (2, 3, 4):
            bench.count("a", amount)
        eventually(lambda: lost.hurt == 5)
        eventually(lambda: bench.amounts("a") == [1, 2, 3, 4])


def test_slow_engines_delay_and_lose_nothing(
    wired: Bench, bench: Bench, store: MongoProxy, broker: KafkaProxy
) -> None:
    for proxy in (store, broker):
        proxy.delay(0.02)
    bench.count("a", 1, 2)

    with running(wired.relay(), wired.consumer()):
        bench.count("a", 3)
        eventually(lambda: bench.amounts("a") == [1, 2, 3])


def test_a_gap_filled_without_an_answer_is_filled_once(
    wired: Bench, bench: Bench, store: MongoProxy
) -> None:
    bench.count("a", 1)
    bench.apply(*bench.published(bench.count("a", 2)))
    lost = store.lose("commitTransaction", times=2)

    with running(wired.healer()):
        eventually(lambda: lost.hurt == 2)
        eventually(lambda: bench.amounts("a") == [1, 2])
        eventually(lambda: bench.ledger("a")["state"] == "open")


@pytest.mark.invariant(n=14)
def test_a_due_command_whose_answer_is_lost_takes_effect_once(
    wired: Bench, bench: Bench, store: MongoProxy
) -> None:
    now = system()
    bench.database["due"].insert_one(Due("d1", "add", "north", "a", now, 1, {}).document())
    lost = store.lose("insert", times=2)

    def decide(due: Due) -> None:
        cause = Cause("north", "clock", due.id)
        commands.run(lambda: add(wired, cause, 1), cause)

    timer = Timer(wired.database, {"add": decide}, lambda: now, "t1")
    with running(timer):
        eventually(lambda: bench.database["due"].find_one({"state": "done"}))

    assert lost.hurt == 2
    assert len(bench.streams.store.load("north", "counter-a")) == 1


@pytest.mark.parametrize("lost", ["claim", "outcome"])
def test_a_message_whose_claim_or_outcome_was_not_answered_is_sent_once(
    wired: Bench, bench: Bench, store: MongoProxy, lost: str
) -> None:
    now = system()
    intent = Intent("i1", "post", "north", now, now, {})
    bench.database["intents"].insert_one(intent.document())
    delivered: list[str] = []
    recorded: list[str] = []

    def deliver(intent: Intent) -> str:
        delivered.append(intent.id)
        return "post"

    def record(intent: Intent, outcome: Outcome) -> None:
        del intent
        recorded.append(outcome.state)

    wanted = {"claim": "sending", "outcome": "closing"}[lost]
    fault = store.lose("update", times=2, chosen=lambda found: moves(found, wanted))
    with running(Sender(wired.database, {"post": deliver}, record, lambda: now, "s1")):
        eventually(lambda: bench.database["intents"].find_one({"state": "sent"}))

    assert fault.hurt == 2
    assert (delivered, recorded) == (["i1"], ["sent"])


@pytest.mark.invariant(n=9)
def test_a_store_that_only_seems_connected_is_noticed_and_nothing_is_lost(
    wired: Bench, bench: Bench, store: MongoProxy
) -> None:
    with running(wired.relay(), wired.consumer()):
        bench.count("a", 1)
        eventually(lambda: bench.amounts("a") == [1])
        store.half_open()
        bench.count("a", 2)
        eventually(lambda: "getMore" in store.swallowed)
        store.flow()
        eventually(lambda: bench.amounts("a") == [1, 2])


@pytest.mark.invariant(n=9)
def test_a_broker_that_only_seems_connected_is_noticed_and_nothing_is_lost(
    wired: Bench, bench: Bench, broker: KafkaProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka, "REQUEST_MS", 1_000)
    with running(wired.relay(), wired.consumer()):
        bench.count("a", 1)
        eventually(lambda: bench.amounts("a") == [1])
        broker.half_open()
        bench.count("a", 2)
        eventually(lambda: "Produce" in broker.swallowed)
        broker.flow()
        eventually(lambda: bench.amounts("a") == [1, 2])


def test_a_member_that_is_never_told_of_its_group_asks_again(
    wired: Bench, bench: Bench, broker: KafkaProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka, "BETWEEN_POLLS_MS", 1_000)
    monkeypatch.setattr(kafka, "REQUEST_MS", 1_000)
    bench.count("a", 1)
    untold = broker.swallow("JoinGroup")

    with running(bench.relay(), wired.consumer()):
        eventually(lambda: bench.amounts("a") == [1])

    assert untold.hurt == 1


@pytest.mark.invariant(n=6)
def test_a_relay_that_only_seems_connected_is_replaced_and_moves_nothing_back(
    wired: Bench, bench: Bench, store: MongoProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "SECONDS", 1)
    monkeypatch.setattr(lease, "RENEW_SECONDS", 0.2)
    with running(wired.relay("r1"), bench.consumer()), ExitStack() as others:
        bench.count("a", 1)
        eventually(lambda: bench.amounts("a") == [1])
        store.half_open()
        bench.count("a", 2)
        others.enter_context(running(bench.relay("r2")))
        eventually(lambda: bench.amounts("a") == [1, 2])
        store.flow()
        bench.count("a", 3)
        eventually(lambda: bench.amounts("a") == [1, 2, 3])

    assert checkpoint(bench)["fence"] >= 2


def add(bench: Bench, cause: Cause, amount: int) -> Commit:
    """Load, decide, append."""
    loaded = bench.streams.load(COUNTER, cause, "a")
    return bench.streams.append(loaded, [Counted(amount)], cause)


def counted(name: str, **labels: str) -> float:
    """Return a metric's value, 0 before it has one."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


def acknowledged(bench: Bench) -> int:
    """Return how many records the relay's checkpoint has behind it."""
    return sum(checkpoint(bench).get("acknowledged", {}).values())


def checkpoint(bench: Bench) -> dict[str, Any]:
    """Return the relay's checkpoint, nothing before the first."""
    return bench.database["checkpoints"].find_one({"_id": "relay"}) or {}


def written(bench: Bench) -> int:
    """Return how many records the topic holds."""
    return sum(kafka.ends(bench.bootstrap, topic_name(bench.service)).values())


def moves(found: dict[str, Any], state: str) -> bool:
    """Tell whether an `update` moves an intent to a state."""
    return any(change["u"].get("$set", {}).get("state") == state for change in found["updates"])
