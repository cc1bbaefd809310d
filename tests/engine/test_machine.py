"""Whatever comes in whatever order: each event once, in order, commits whole, and all in the end.

A machine does what writers, relays, members of a consumer, a healer, a broker and a person may do
in any order, one step at a time and over the real engines, and compares each step with a model: how
far each key must be, and whether it is parked.
"""

import contextlib
import os
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test
from pymongo.errors import OperationFailure

from shared import apply, consume, heal, park, stream, term
from shared.mongo import Database, transaction
from shared.store import Conflict, Repeated
from tests.engine.actors import Death, Died, Leader, Member, expire
from tests.engine.pipeline import POISON
from tests.engine.world import NAMES, PARTITIONS, WHOLE, World
from tests.waiting import eventually

KEYS = st.sampled_from(NAMES)
LEADERS = st.sampled_from(["r1", "r2"])
MEMBERS = st.sampled_from(["c1", "c2"])
EXAMPLES = int(os.environ.get("HEP_EXAMPLES", "10"))
BOUNDED = settings(
    max_examples=EXAMPLES,
    stateful_step_count=25,
    derandomize="CI" in os.environ,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
DEATH = Death()
# Of Kafka's clients: few partitions, and what is lost is noticed at once.
QUICK = {"PARTITIONS": PARTITIONS, "POLL_MS": 20, "METADATA_MS": 100}


def dying(*points: str) -> st.SearchStrategy[str]:
    """Seldom at one of these points, mostly at none."""
    return st.sampled_from(["", "", "", *points])


class Machine(World):
    """What may happen, in any order."""

    # Writers.

    @initialize()
    def begin(self) -> None:
        DEATH.at = ""
        for name in self.models:
            for size in (1, 2, 3):
                self.commit(name, size, poison=0)
        self.relay("r1", "", looks=False)
        self.consume("c1", "")

    @rule(name=KEYS, size=st.integers(1, 3), poison=st.integers(0, 3))
    def commit(self, name: str, size: int, poison: int) -> None:
        """Commit some events; the one numbered `poison`, if there is one, is bound to fail."""
        amounts = [next(self.amounts) for _ in range(size)]
        POISON.update(amounts[poison - 1 : poison] if poison else [])
        self.know(name, amounts, self.bench.count(name, *amounts, note="private"))

    @rule(name=KEYS)
    def commit_and_die(self, name: str) -> None:
        """Nobody was answered: the command is sent again, and is what it was."""
        amount, DEATH.at = next(self.amounts), "stream.after_append"
        with pytest.raises(Died):
            self.bench.count(name, amount, command=f"command-{amount}")
        with pytest.raises(Repeated) as earlier:
            self.bench.count(name, amount, command=f"command-{amount}")

        assert earlier.value.commit == self.commits(name)[-1]
        self.know(name, [amount], earlier.value.commit)

    @rule(name=KEYS)
    def repeat(self, name: str) -> None:
        """Send the last command again: it is what it was."""
        known = self.commits(name)
        with pytest.raises(Repeated) as earlier:
            self.bench.count(name, 1, command=known[-1].command)

        assert earlier.value.commit == known[-1]
        assert self.commits(name) == known

    @rule(name=KEYS)
    def commit_to_what_was_read_before(self, name: str) -> None:
        """Append at a version that another command has taken."""
        known = self.commits(name)
        with pytest.raises(Conflict):
            self.bench.streams.store.append(replace(known[-1], command="late"))

        assert self.commits(name) == known

    # Relays.

    @rule(
        name=LEADERS,
        looks=st.booleans(),
        dies=dying("relay.in_scan", "relay.before_ack", "relay.after_ack"),
    )
    def relay(self, name: str, dies: str, *, looks: bool) -> None:
        """Take a step of a relay: of the one that leads, of one that may, or of a zombie."""
        leader, before = self.leaders[name], self.checkpoint()
        zombie = name in self.zombies()
        # To send to a topic that is not there takes as long as its client waits for one.
        leader.looks, DEATH.at = looks or not self.topic.id, dies
        try:
            leader.step()
        except Died:
            leader.be_another()
        DEATH.at = ""
        self.topic.read()

        assert not zombie or self.checkpoint() == before

    @rule(noticed=st.booleans())
    def depose(self, *, noticed: bool) -> None:
        """Let the other lead; the one that did may go on for a while without knowing."""
        for name in self.leading():
            other = "r1" if name == "r2" else "r2"
            expire(self.bench)
            if noticed:
                self.leaders[name].lost.set()
            self.leaders[other].end()
            self.relay(other, "", looks=False)

    @rule(key=KEYS)
    def go_on_as_a_zombie(self, key: str) -> None:
        """Send what it holds and what has come since; it moves nothing."""
        self.commit(key, 1, poison=0)
        for name in self.zombies():
            self.relay(name, "", looks=False)

    @rule(made_anew=st.booleans())
    def wipe(self, *, made_anew: bool) -> None:
        """Have the broker lose everything: a relay that leads makes the topic anew."""
        self.topic.wipe()
        for name in self.leading() * made_anew:
            self.relay(name, "", looks=True)
            self.relay(name, "", looks=False)

    @rule(places=st.lists(st.integers(0, 100), min_size=1, max_size=4))
    def send_again(self, places: list[int]) -> None:
        """Put commits on the topic again that it has, in any order."""
        known = [event for log in self.topic.log.values() for event in log]
        ends = [event for event in known if event.index == event.size - 1]
        # Not drawn from what is there: that is as far as engines have come, and never twice so.
        for event in [ends[place % len(ends)] for place in places if ends]:
            events = self.models[event.identity].events
            self.bench.send(*next(found for found in events if found[-1] == event))
        self.topic.read()

    # Members of the consumer.

    @rule(name=MEMBERS, dies=dying("consume.before_commit", "consume.after_commit"))
    def consume(self, name: str, dies: str) -> None:
        """Take a member's steps to the end of the log; it comes there unless it dies."""
        member, DEATH.at = self.members[name], dies
        if not member.share:
            return
        with contextlib.suppress(Died):
            eventually(lambda: self.steps_to_end(member))
        DEATH.at = ""

    def steps_to_end(self, member: Member) -> bool:
        try:
            member.step()
        except Died:
            member.be_another()
            raise
        finally:
            self.follow()
        stored = self.stored()
        return not self.topic.id or all(
            stored.get(number, 0) == len(self.topic.log[number]) for number in member.share
        )

    @rule(share=st.sets(st.sampled_from(sorted(WHOLE))), noticed=st.booleans())
    def rebalance(self, share: set[int], *, noticed: bool) -> None:
        """Give a member what another has, which may go on with it for a while."""
        self.members["c2"].give(WHOLE - share)
        if noticed:
            self.members["c1"].give(share)

    @rule(key=KEYS)
    def hold_what_another_has_applied(self, key: str) -> None:
        """A member is late; another was given its partitions, and has applied what it holds."""
        self.rebalance(set(), noticed=False)
        self.commit(key, 3, poison=0)
        for name in self.leading():
            self.relay(name, "", looks=False)
        self.consume("c2", "")
        self.consume("c1", "")

    @rule(member=MEMBERS, name=KEYS)
    def consume_beside_another(self, member: str, name: str) -> None:
        """Another worker writes a key's ledger meanwhile: nothing of it is done, and all later."""
        before, busy = self.bench.amounts(name), {"_id": self.ledger(name).get("_id")}
        if not self.members[member].share:
            return
        with transaction(self.bench.database) as session:
            touch = {"$inc": {"seen_by": 1}}
            found = self.bench.database["ledgers"].update_one(busy, touch, session=session)
            for _ in range(3 if found.matched_count else 0):
                self.members[member].step()
            assert not found.matched_count or self.bench.amounts(name) == before
        self.follow()

    # Whatever else comes to the ledgers.

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
    def deliver_beside_another(self, name: str) -> None:
        """Another worker writes the ledger meanwhile: nothing is done, and all of it later."""
        model, busy = self.models[name], {"_id": self.ledger(name).get("_id")}
        before = self.bench.amounts(name)
        with transaction(self.bench.database) as session:
            ledgers = self.bench.database["ledgers"]
            if not ledgers.update_one(
                busy, {"$inc": {"seen_by": 1}}, session=session
            ).matched_count:
                return
            with contextlib.suppress(OperationFailure):
                self.bench.apply(*model.all())
            assert self.bench.amounts(name) == before
        for number in range(len(model.commits)):
            model.take(number)
        self.bench.apply(*model.all())

    @rule(dies=dying("heal.before_commit", "heal.after_commit"))
    def heal(self, dies: str) -> None:
        """Fill what waits; what nothing was seen of is found by its head, and filled next."""
        healer, DEATH.at = self.bench.healer(), dies
        healer.peers = self  # type: ignore[assignment]
        with contextlib.suppress(Died):
            healer.step()
        DEATH.at = ""
        healer.step()
        healer.step()
        for model in self.models.values():
            for number in range(len(model.commits)):
                model.take(number)

    # A person.

    @precondition(lambda _: POISON)
    @rule()
    def mend(self) -> None:
        """Mend the handlers: what is parked stays so until a person drains it."""
        POISON.clear()

    @rule()
    def drain(self) -> None:
        for name, model in self.models.items():
            if model.parked:
                park.drain(self.bench.database, self.ledger(name)["_id"])
                model.parked = False

    @rule()
    def discard(self) -> None:
        for name, model in self.models.items():
            if model.parked:
                park.discard(self.bench.database, self.ledger(name)["_id"], "wrong", "ada")
                model.discarded.add(model.head)
                model.head += 1
                model.parked = False

    # The end.

    def teardown(self) -> None:
        try:
            self._come_to_rest()
        finally:
            for actor in (*self.leaders.values(), *self.members.values()):
                actor.end()
            self.topic.wipe()
            self.bench.database.client.drop_database(self.bench.database.name)

    def _come_to_rest(self) -> None:
        """Have a new relay and a new member do what is left: nothing is, and nothing is lost."""
        self.mend()
        self.drain()
        expire(self.bench)
        last = self.leaders["last"] = Leader(self.bench, "last", looks=True)
        events = [event for model in self.models.values() for event in model.all()]
        eventually(lambda: self.relays(last) >= {event.id for event in events})
        self.rebalance(WHOLE, noticed=True)
        self.consume("c1", "")
        self.heal("")
        self.first_occurrences_are_in_order()
        self.each_key_is_where_it_must_be()
        for name, model in self.models.items():
            assert model.head == len(model.commits)
            assert (self.ledger(name)["state"], self.ledger(name)["seen"]) == ("open", {})

    def relays(self, leader: Leader) -> set[str]:
        """Take a step of a relay; return what the topic has then."""
        leader.step()
        self.topic.read()
        return {event.id for log in self.topic.log.values() for event in log}


@pytest.mark.timeout(300 + 10 * EXAMPLES)
@pytest.mark.invariant(n=1)
@pytest.mark.invariant(n=2)
@pytest.mark.invariant(n=3)
@pytest.mark.invariant(n=4)
@pytest.mark.invariant(n=5)
@pytest.mark.invariant(n=6)
@pytest.mark.invariant(n=7)
@pytest.mark.invariant(n=8)
def test_every_event_is_applied_once_in_order_and_none_is_left(
    database: Database, kafka: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (stream, term, consume, heal):
        monkeypatch.setattr(module, "failpoint", DEATH)
    monkeypatch.setattr(apply, "TRY_SECONDS", 0)
    monkeypatch.setattr(heal, "COMPARE_EVERY", timedelta(0))
    # Few events at once: who dies leaves a part undone, who is late holds what others have done.
    monkeypatch.setattr(term, "BATCH_EVENTS", 4)
    monkeypatch.setattr(consume, "BATCH_EVENTS", 1)
    for name, value in QUICK.items():
        monkeypatch.setattr(f"shared.kafka.{name}", value)
    # What was committed this moment is not on its way any more: steps do not overlap.
    monkeypatch.setattr(term, "SETTLED", timedelta(seconds=-60))

    run_state_machine_as_test(lambda: Machine(database, kafka), settings=BOUNDED)
