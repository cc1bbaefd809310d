"""A relay leads alone, loses no order, and takes no more into memory than it has room for."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from shared import envelope, kafka, lease, relay, term, waits
from shared.clock import system
from shared.codec import Codec
from shared.publication import topic_name
from shared.relay import Relay
from shared.store import Commit
from shared.term import Term
from tests.engine.pipeline import Bench, Noted, running
from tests.waiting import eventually

SEND = Term.send


def sent(bench: Bench) -> list[tuple[str, int]]:
    """Return stream and sequence of each record of the topic."""
    topic = topic_name(bench.service)
    values = kafka.records(bench.bootstrap, topic, kafka.ends(bench.bootstrap, topic))
    return [(event.subject, event.sequence) for event in map(envelope.decode, values)]


def checkpoint(bench: Bench) -> dict[str, Any]:
    return bench.database["checkpoints"].find_one({"_id": "relay"}) or {}


def test_a_scan_whose_pieces_take_longer_than_the_lease_comes_to_its_end(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(self: Term, batch: Sequence[Commit]) -> None:
        threading.Event().wait(1.2 if batch else 0)
        SEND(self, batch)

    monkeypatch.setattr(lease, "SECONDS", 1)
    monkeypatch.setattr(lease, "RENEW_SECONDS", 0.2)
    monkeypatch.setattr(relay, "RETRY_SECONDS", 0.2)
    monkeypatch.setattr(term, "BATCH_EVENTS", 1)
    monkeypatch.setattr(Term, "send", slow)
    for stream in "abcd":
        bench.count(stream, 1)

    with running(bench.relay("r1"), bench.relay("r2")):
        eventually(lambda: "token" in checkpoint(bench))


@pytest.mark.invariant(n=5)
def test_a_sweep_keeps_the_order_of_a_stream_whichever_writer_was_fast(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(term, "SWEEP_SECONDS", 0.2)
    monkeypatch.setattr(term, "BATCH_EVENTS", 1)
    with running(bench.relay()):
        eventually(lambda: "token" in checkpoint(bench))
    fast = replace(bench.streams, clock=lambda: system() + timedelta(seconds=20))
    replace(bench, streams=fast).count("a", 1)
    bench.count("a", 2)
    # As if the change stream had gone past both without a word.
    bench.skip_changes()
    monkeypatch.setattr(term, "SETTLED", timedelta(seconds=-60))

    with running(bench.relay("r2")):
        eventually(lambda: len(sent(bench)) >= 2)

    assert sent(bench)[:2] == [("counter-a", 1), ("counter-a", 2)]


@pytest.mark.invariant(n=16)
def test_no_more_than_a_commit_too_many_is_sent_at_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = []

    def watched(self: Term, batch: Sequence[Commit]) -> None:
        pieces.append(sum(len(commit.events) for commit in batch))
        SEND(self, batch)

    monkeypatch.setattr(Term, "send", watched)
    for _ in range(4):
        bench.count("a", *range(400))

    with running(bench.relay()):
        eventually(lambda: "token" in checkpoint(bench))
        for _ in range(4):
            bench.count("a", *range(400))
        eventually(lambda: sum(pieces) >= 8 * 400)

    assert max(pieces) < 500 + 400


@pytest.mark.invariant(n=6)
def test_a_relay_that_was_deposed_moves_no_checkpoint(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = {"fence": 99, "token": "later"}

    def overtaken(self: Term, batch: Sequence[Commit]) -> None:
        bench.database["checkpoints"].update_one({"_id": "relay"}, {"$set": theirs})
        SEND(self, batch)

    monkeypatch.setattr(Term, "send", overtaken)
    bench.count("a", 1)

    with running(bench.relay()):
        eventually(lambda: sent(bench))

    found = checkpoint(bench)
    assert {name: found[name] for name in theirs} == theirs


def test_a_commit_that_its_code_does_not_know_makes_the_relay_wait_and_say_so(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "RETRY_SECONDS", 0.05)
    bench.count("a", 1)
    strange = bench.count("b", 2)
    rename(bench, strange, "Foreseen")
    told = f"relay waits for the operator: commit {strange.id} cannot be published"

    with running(bench.relay()), capture_logs() as logs:
        eventually(lambda: told in waits.told(bench.database))
        while_it_waits = sent(bench)
        rename(bench, strange, "Counted")
        # Two streams are in two partitions: which comes first says nothing.
        eventually(lambda: sorted(sent(bench)) == [("counter-a", 1), ("counter-b", 1)])

    assert while_it_waits == []
    assert waits.told(bench.database) == ""
    assert "no event of this version is called Foreseen" in str(logs)


def test_a_relay_that_waits_for_newer_code_sends_nothing_again_meanwhile(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(term, "BATCH_EVENTS", 1)
    bench.count("a", 1)
    rename(bench, bench.count("b", 2), "Foreseen")
    tries: list[str] = []
    records = Relay.records
    monkeypatch.setattr(Relay, "records", lambda at, c: tries.append(c.stream) or records(at, c))

    with running(bench.relay()):
        eventually(lambda: tries.count("counter-b") > 5)

    assert sent(bench) == [("counter-a", 1)]


def test_a_relay_that_waits_for_newer_code_lets_it_lead(bench: Bench) -> None:
    bench.count("a", 1)
    old = bench.relay("old")
    old.codec = Codec([Noted])

    with running(old):
        eventually(lambda: old.blocked)
        with running(bench.relay("new")):
            eventually(lambda: sent(bench) == [("counter-a", 1)])


def rename(bench: Bench, commit: Commit, name: str) -> None:
    """Store a commit's event under another name, as a newer version might."""
    bench.database["commits"].update_one({"_id": commit.id}, {"$set": {"events.0.type": name}})
