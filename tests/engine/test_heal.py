"""What is missing is noticed and filled, whoever lost it, and nothing is applied twice."""

import contextlib
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from kafka.admin import KafkaAdminClient
from pymongo.errors import OperationFailure

from shared import envelope, heal, kafka, relay, term
from shared.clock import system
from shared.mongo import transaction
from shared.publication import topic_name
from shared.term import Term
from tests.engine.pipeline import LONG_AGO, Bench, Owner, running, wipe
from tests.waiting import eventually


def test_a_gap_makes_its_key_wait_and_no_other(bench: Bench) -> None:
    _, late = (bench.published(bench.count("a", n))[0] for n in (1, 2))
    (other,) = bench.published(bench.count("b", 7))
    bench.send(late, other)

    with running(bench.consumer()):
        eventually(lambda: bench.amounts("b") == [7])
        eventually(lambda: bench.ledger("a"))

    assert bench.amounts("a") == []
    assert bench.ledger("a")["state"] == "waiting"


def test_a_relay_that_starts_over_fills_the_gap_by_itself(bench: Bench) -> None:
    early, late = (bench.published(bench.count("a", n))[0] for n in (1, 2))
    bench.send(late, early, late)

    with running(bench.consumer()):
        eventually(lambda: bench.amounts("a") == [1, 2])

    assert bench.ledger("a")["state"] == "open"


@pytest.mark.invariant(n=7)
def test_a_gap_that_stays_is_filled_from_the_owner(bench: Bench) -> None:
    commits = [bench.count("a", n, n + 10) for n in (1, 2, 3)]
    bench.send(*bench.published(commits[2]))

    with running(bench.consumer(), bench.healer()):
        eventually(lambda: bench.amounts("a") == [1, 11, 2, 12, 3, 13])
        bench.send(*bench.published(commits[0]), *bench.published(bench.count("a", 4)))
        eventually(lambda: bench.amounts("a") == [1, 11, 2, 12, 3, 13, 4])

    assert bench.ledger("a")["state"] == "open"


@pytest.mark.invariant(n=3)
def test_a_commit_cut_short_is_seen_whole_or_not_at_all(bench: Bench) -> None:
    first, second = bench.published(bench.count("a", 1, 2))
    (other,) = bench.published(bench.count("b", 7))
    # The other commit's key may lie in another partition: its own key's next one may not.
    (following,) = bench.published(bench.count("a", 3))
    bench.send(first, following, other)

    with running(bench.consumer()):
        eventually(lambda: bench.ledger("a"))
        cut = bench.amounts("a")
        bench.send(first, second, following)
        eventually(lambda: bench.amounts("a") == [1, 2, 3])

    assert cut == []


@pytest.mark.invariant(n=9)
def test_an_owner_that_is_away_means_waiting_and_not_parking(bench: Bench) -> None:
    bench.send(bench.published([bench.count("a", n) for n in (1, 2)][1])[0])
    with running(bench.consumer()):
        eventually(lambda: bench.ledger("a"))
    healer = bench.healer()
    healer.peers = Owner(bench, away=True)  # type: ignore[assignment]

    healer.step()
    while_away = bench.ledger("a")["state"]
    healer.peers = Owner(bench)  # type: ignore[assignment]
    healer.step()

    assert while_away == "waiting"
    assert bench.amounts("a") == [1, 2]


def test_an_owner_that_is_away_keeps_no_key_of_another_waiting(bench: Bench) -> None:
    bench.count("a", 1)
    bench.apply(*bench.published(bench.count("a", 2)))
    healer = bench.healer()
    both = replace(bench.projection, services=("gone", bench.service))
    healer.generations = lambda: [(both, LONG_AGO)]
    healer.peers = Owner(bench, gone=("gone",))  # type: ignore[assignment]

    healer.step()

    assert bench.amounts("a") == [1, 2]


def test_a_key_that_its_owner_cannot_fill_lets_others_by(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heal, "WINDOW", 1)
    (known,) = bench.published(bench.count("a", 1))
    bench.apply(replace(known, sequence=9))
    bench.count("b", 7)
    bench.apply(*bench.published(bench.count("b", 8)))
    healer = bench.healer()

    eventually(lambda: healer.step() >= 0 and bench.amounts("b") == [7, 8])

    assert bench.ledger("a")["state"] == "waiting"


def test_a_key_that_is_being_written_keeps_no_other_waiting(bench: Bench) -> None:
    bench.count("a", 1)
    bench.apply(*bench.published(bench.count("a", 2)))
    bench.apply(*bench.published(bench.count("b", 7)))
    bench.count("b", 8)
    busy = {"_id": bench.ledger("b")["_id"]}

    with transaction(bench.database) as session:
        bench.database["ledgers"].update_one(busy, {"$set": {"touched": 1}}, session=session)
        with contextlib.suppress(OperationFailure):
            bench.healer().step()

    assert bench.amounts("a") == [1, 2]


def test_a_head_whose_key_is_being_written_hides_no_other(bench: Bench) -> None:
    bench.count("a", 1)
    bench.apply(*bench.published(bench.count("b", 7)))
    bench.count("b", 8)
    healer, busy = bench.healer(), {"_id": bench.ledger("b")["_id"]}

    with transaction(bench.database) as session:
        bench.database["ledgers"].update_one(busy, {"$set": {"touched": 1}}, session=session)
        healer.step()
        healer.step()
        meanwhile = bench.amounts("a")
    eventually(lambda: healer.step() and bench.amounts("b") == [7, 8])

    assert meanwhile == [1]


def test_the_lost_last_event_of_a_stream_is_found_by_its_head(bench: Bench) -> None:
    bench.send(*bench.published(bench.count("a", 1)))
    bench.count("a", 2)

    with running(bench.consumer(), bench.healer()):
        eventually(lambda: bench.amounts("a") == [1, 2])


@pytest.mark.invariant(n=5)
def test_a_topic_that_was_made_anew_is_filled_again_without_effect(bench: Bench) -> None:
    bench.count("a", 1)
    with running(bench.relay(), bench.consumer(), bench.healer()):
        eventually(lambda: bench.amounts("a") == [1])
        admin = KafkaAdminClient(bootstrap_servers=bench.bootstrap)
        admin.delete_topics([topic_name(bench.service)])
        admin.close()
        bench.count("a", 2)
        bench.count("b", 7)
        eventually(lambda: (bench.amounts("a"), bench.amounts("b")) == ([1, 2], [7]), 90)


def test_a_log_that_ends_before_what_was_acknowledged_is_filled_again(bench: Bench) -> None:
    bench.count("a", 1)
    with running(bench.relay(), bench.consumer()):
        eventually(lambda: bench.amounts("a") == [1])
    # The broker forgot: neither the checkpoint nor the position may be believed any more.
    checkpoints, positions = bench.database["checkpoints"], bench.database["positions"]
    acknowledged = {str(number): 100 for number in range(kafka.PARTITIONS)}
    checkpoints.update_one({"_id": "relay"}, {"$set": {"acknowledged": acknowledged}})
    positions.update_many({}, {"$set": {"offset": 100}})

    with running(bench.relay("r2"), bench.consumer("c2")):
        bench.count("a", 2)
        eventually(lambda: bench.amounts("a") == [1, 2], 60)
    ends = kafka.ends(bench.bootstrap, topic_name(bench.service))

    assert sum(ends.values()) >= 3


@pytest.mark.invariant(n=5)
def test_a_lost_resume_token_falls_back_to_the_whole_store(bench: Bench) -> None:
    bench.count("a", 1)
    with running(bench.relay()):
        eventually(lambda: bench.database["checkpoints"].find_one({"token": {"$exists": True}}))
    lost = {"_data": uuid.uuid4().hex}
    bench.database["checkpoints"].update_one({"_id": "relay"}, {"$set": {"token": lost}})
    bench.count("a", 2)

    with running(bench.relay("r2"), bench.consumer()):
        eventually(lambda: bench.amounts("a") == [1, 2], 60)


@pytest.mark.invariant(n=5)
def test_what_the_change_stream_skipped_is_found_by_the_sweep(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(term, "SWEEP_SECONDS", 0.2)
    monkeypatch.setattr(term, "SETTLED", term.SETTLED * 0)
    bench.count("a", 1)
    with running(bench.relay()):
        eventually(lambda: bench.database["checkpoints"].find_one({"swept": {"$exists": True}}))
    bench.count("a", 2)
    # As if the stream had gone past it without a word.
    bench.skip_changes()

    with running(bench.relay("r2"), bench.consumer()):
        eventually(lambda: bench.amounts("a") == [1, 2])


def test_a_sweep_over_what_was_recorded_long_ago_sends_it_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(term, "SWEEP_SECONDS", 0.2)
    with running(bench.relay()):
        eventually(lambda: swept(bench))
    first = swept(bench)
    for number in range(6):
        bench.count("a", number)
    late = bench.relay("r2")
    late.clock = lambda: system() + timedelta(minutes=10)

    with running(late):
        eventually(lambda: swept(bench) > first)

    # Once by the change stream, once by the sweep.
    assert sum(kafka.ends(bench.bootstrap, topic_name(bench.service)).values()) == 2 * 6


def swept(bench: Bench) -> Any:
    """Return up to when a sweep has looked, None before the first."""
    return (bench.database["checkpoints"].find_one({"_id": "relay"}) or {}).get("swept")


@pytest.mark.invariant(n=5)
def test_a_scan_that_was_cut_off_begins_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(term, "BATCH_EVENTS", 1)
    monkeypatch.setattr(relay, "RETRY_SECONDS", 0.05)
    bench.count("a", 1)
    with running(bench.relay()):
        eventually(lambda: sent(bench) == ["counter-a"])
        ends = kafka.ends(bench.bootstrap, topic_name(bench.service))
        bench.count("b", 1)
        eventually(lambda: sent(bench) == ["counter-a", "counter-b"])
        eventually(lambda: bench.database["checkpoints"].find_one({"topic_id": {"$exists": True}}))
    # The broker lost a record of stream a's partition: what is sent again of it hides that.
    acknowledged = {str(number): end + 1 for number, end in ends.items() if end}
    bench.database["checkpoints"].update_one(
        {"_id": "relay"}, {"$set": {"acknowledged": acknowledged}}
    )
    cut, send = iter([False, True]), Term.send

    def interrupted(self: Term, batch: Any) -> None:
        if next(cut, False):
            raise kafka.Fault
        send(self, batch)

    monkeypatch.setattr(Term, "send", interrupted)

    with running(bench.relay("r2")):
        eventually(lambda: sent(bench).count("counter-b") == 2)


def test_a_topic_made_anew_under_a_running_relay_is_filled_again(bench: Bench) -> None:
    topic = topic_name(bench.service)
    for stream in ("a", "b"):
        bench.count(stream, 1)
    with running(bench.relay()):
        eventually(lambda: sent(bench) == ["counter-a", "counter-b"])
        wipe(bench.bootstrap, topic)
        for stream in ("a", "b"):
            bench.count(stream, 2)
        eventually(lambda: len(sent(bench)) >= 4)


def sent(bench: Bench) -> list[str]:
    """Return the stream of each record of the topic."""
    topic = topic_name(bench.service)
    values = kafka.records(bench.bootstrap, topic, kafka.ends(bench.bootstrap, topic))
    return sorted(envelope.decode(value).subject for value in values)


def test_a_healer_ends_nobodys_transaction_but_a_healers(bench: Bench) -> None:
    """What the driver lends to one part of a process after another is nobody's to abort."""
    healer = bench.healer()
    healer.step()

    with transaction(bench.database) as session:
        bench.database["notes"].insert_one({"_id": "a"}, session=session)
        healer.step()

    assert bench.database["notes"].count_documents({}) == 1
