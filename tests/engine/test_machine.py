"""Whatever comes in whatever order: each event once, in order, commits whole, and all in the end.

A machine does to the ledgers, over the real store, what a relay, a consumer, a healer and a person
may do in any order, and compares each step with a model: how far each key must be, and whether it
is parked.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import accumulate, chain, count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pymongo.errors import OperationFailure

from shared import apply, heal, park
from shared.envelope import Envelope
from shared.mongo import transaction
from shared.peers import Head
from shared.store import Commit, Conflict, Repeated
from tests.engine.pipeline import POISON, Bench, Owner

KEYS = st.sampled_from(["a", "b", "c"])
BOUNDED = settings(
    max_examples=int(os.environ.get("HEP_EXAMPLES", "20")),
    stateful_step_count=20,
    derandomize="CI" in os.environ,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@dataclass
class Model:
    """What must be so of one key.

    Attributes:
        commits: amounts of each commit.
        events: the same as they are published.
        head: how many commits are behind it.
        parked: whether the one at its head has failed.
        discarded: which commits a person left out.
    """

    commits: list[list[int]] = field(default_factory=list)
    events: list[list[Envelope]] = field(default_factory=list)
    head: int = 0
    parked: bool = False
    discarded: set[int] = field(default_factory=set)

    def take(self, number: int) -> None:
        """Let a whole commit come."""
        if number == self.head and not self.parked:
            self.parked = bool(POISON & set(self.commits[number]))
            self.head += not self.parked

    def applied(self) -> list[int]:
        kept = (n for n in range(self.head) if n not in self.discarded)
        return list(chain.from_iterable(self.commits[n] for n in kept))


class Machine(RuleBasedStateMachine):
    """Three keys of one projection."""

    runs = count()

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        POISON.clear()
        self.bench = bench
        # Streams of their own: what another run left is of no concern.
        self.run = next(self.runs)
        self.amounts = count(1)
        self.models = {name: Model() for name in "abc"}

    @initialize()
    def begin(self) -> None:
        for name in self.models:
            for size in (1, 2, 3):
                self.commit(name, size, poison=0)

    @rule(name=KEYS, size=st.integers(1, 3), poison=st.integers(0, 3))
    def commit(self, name: str, size: int, poison: int) -> None:
        """Commit some events; the one numbered `poison`, if there is one, is bound to fail."""
        amounts = [next(self.amounts) for _ in range(size)]
        POISON.update(amounts[poison - 1 : poison] if poison else [])
        commit = self.bench.count(self.stream(name), *amounts, note="private")
        self.models[name].commits.append(amounts)
        self.models[name].events.append(self.bench.published(commit))

    @rule(name=KEYS)
    def repeat(self, name: str) -> None:
        """Send the last command again: it is what it was."""
        known = self.commits(name)
        with pytest.raises(Repeated) as earlier:
            self.bench.count(self.stream(name), 1, command=known[-1].command)

        assert earlier.value.commit == known[-1]
        assert self.commits(name) == known

    @rule(name=KEYS)
    def commit_to_what_was_read_before(self, name: str) -> None:
        """Append at a version that another command has taken."""
        known = self.commits(name)
        with pytest.raises(Conflict):
            self.bench.streams.store.append(replace(known[-1], command="late"))

        assert self.commits(name) == known

    @rule(name=KEYS)
    def deliver_beside_another(self, name: str) -> None:
        """Another worker writes the ledger meanwhile: nothing is done, and all of it later."""
        model, busy = self.models[name], {"_id": self.ledger(name).get("_id")}
        before = self.bench.amounts(self.stream(name))
        with transaction(self.bench.database) as session:
            ledgers = self.bench.database["ledgers"]
            if not ledgers.update_one(
                busy, {"$inc": {"seen_by": 1}}, session=session
            ).matched_count:
                return
            with contextlib.suppress(OperationFailure):
                self.bench.apply(*chain.from_iterable(model.events))
            assert self.bench.amounts(self.stream(name)) == before
        self.deliver_all(name)

    @invariant()
    def streams_are_whole(self) -> None:
        for name in self.models:
            events = [event for commit in self.commits(name) for event in commit.events]
            versions = [commit.version for commit in self.commits(name)]
            published = [event.sequence for event in events if event.sequence]
            lengths = (len(commit.events) for commit in self.commits(name))
            assert versions == list(accumulate(lengths, initial=1))[:-1]
            assert published == list(range(1, len(published) + 1))

    def commits(self, name: str) -> list[Commit]:
        return self.bench.streams.store.load("north", f"counter-{self.stream(name)}")

    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        """Commits in any order, whole or cut short, again or not at all."""
        known = [
            (name, n) for name, model in self.models.items() for n in range(len(model.commits))
        ]
        pieces = st.tuples(st.sampled_from(known), st.sampled_from([0, 0, 1, 2]))
        batch = []
        for (name, number), cut in data.draw(st.lists(pieces, min_size=1, max_size=8)):
            events = self.models[name].events[number]
            batch += events[: max(0, len(events) - cut)]
            if not cut:
                self.models[name].take(number)
        self.bench.apply(*batch)

    @rule(name=KEYS)
    def deliver_all(self, name: str) -> None:
        """All that a relay sends which starts from the beginning."""
        model = self.models[name]
        for number in range(len(model.commits)):
            model.take(number)
        self.bench.apply(*chain.from_iterable(model.events))

    @rule()
    def heal(self) -> None:
        """Fill what waits; what nothing was seen of is found by its head, and filled next."""
        for model in self.models.values():
            for number in range(len(model.commits)):
                model.take(number)
        healer = self.bench.healer()
        healer.peers = self  # type: ignore[assignment]
        healer.step()
        healer.step()

    def events(self, owner: str, tenant: str, stream: str, after: int) -> Iterator[list[Envelope]]:
        """Answer as the owner of the streams."""
        return Owner(self.bench).events(owner, tenant, stream, after)

    def heads(self, *_: object) -> Iterator[list[Head]]:
        """Answer how far the streams of this run go."""
        ends = [model.events[-1][-1] for model in self.models.values()]
        yield [Head(event.key, event.subject, 1, event.sequence) for event in ends]

    @rule()
    def mend(self) -> None:
        """Mend the handlers: what is parked stays so until a person drains it."""
        POISON.clear()

    def any_is_parked(self) -> bool:
        return any(model.parked for model in self.models.values())

    @precondition(any_is_parked)
    @rule()
    def drain(self) -> None:
        for name, model in self.models.items():
            if model.parked:
                park.drain(self.bench.database, self.ledger(name)["_id"])
                model.parked = False

    @precondition(any_is_parked)
    @rule()
    def discard(self) -> None:
        for name, model in self.models.items():
            if model.parked:
                park.discard(self.bench.database, self.ledger(name)["_id"], "wrong", "ada")
                model.discarded.add(model.head)
                model.head += 1
                model.parked = False

    @invariant()
    def each_key_is_where_it_must_be(self) -> None:
        for name, model in self.models.items():
            assert self.bench.amounts(self.stream(name)) == model.applied()
            assert (self.ledger(name)["state"] == "parked") == model.parked

    def teardown(self) -> None:
        self.mend()
        self.drain()
        self.heal()
        self.each_key_is_where_it_must_be()
        for name, model in self.models.items():
            assert model.head == len(model.commits)
            assert (self.ledger(name)["state"], self.ledger(name)["seen"]) == ("open", {})

    def stream(self, name: str) -> str:
        return f"{name}{self.run}"

    def ledger(self, name: str) -> Any:
        return self.bench.ledger(self.stream(name)) or {"state": "open", "seen": {}}


@pytest.mark.invariant(n=7)
def test_every_event_is_applied_once_in_order_and_none_is_left(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply, "TRY_SECONDS", 0)
    monkeypatch.setattr(heal, "COMPARE_EVERY", timedelta(0))

    run_state_machine_as_test(lambda: Machine(bench), settings=BOUNDED)
