"""What the state machine acts in, and what holds there after every step.

A service of its own with three keys, two relays and two members that share the partitions, and a
model of how far each key must be, and whether it is parked.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate, chain, count
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, invariant

from shared.envelope import Envelope
from shared.mongo import Database
from shared.peers import Head
from shared.store import Commit
from tests.engine.actors import Leader, Member, Topic
from tests.engine.pipeline import POISON, Owner, open_bench

NAMES = "abc"
PARTITIONS = 3
WHOLE = set(range(PARTITIONS))


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

    def take_event(self, event: Envelope) -> None:
        """Let an event come from the topic: with its last one a commit is whole."""
        if event.index == event.size - 1:
            self.take([events[-1] for events in self.events].index(event))

    def all(self) -> list[Envelope]:
        return list(chain.from_iterable(self.events))

    def applied(self) -> list[int]:
        kept = (n for n in range(self.head) if n not in self.discarded)
        return list(chain.from_iterable(self.commits[n] for n in kept))


class World(RuleBasedStateMachine):
    """Engines, actors and a model."""

    runs = count()

    def __init__(self, database: Database, bootstrap: str) -> None:
        super().__init__()
        POISON.clear()
        name = f"{database.name}_{next(self.runs)}"
        self.bench = open_bench(database.client[name], bootstrap)
        self.amounts = count(1)
        self.models = {name: Model() for name in NAMES}
        self.topic = Topic(self.bench)
        self.leaders = {name: Leader(self.bench, name) for name in ("r1", "r2")}
        self.members = {
            "c1": Member(self.bench, "c1", WHOLE),
            "c2": Member(self.bench, "c2", set()),
        }
        self.positions: dict[str, int] = defaultdict(int)
        self.fence = 0

    def know(self, name: str, amounts: list[int], commit: Commit) -> None:
        self.models[name].commits.append(amounts)
        self.models[name].events.append(self.bench.published(commit))

    def follow(self) -> None:
        """Let all come to the model that lies below the stored positions."""
        for number, position in self.stored().items():
            identity = f"{self.topic.id}|{number}"
            for event in self.topic.log[number][self.positions[identity] : position]:
                self.models[event.identity].take_event(event)
            assert position >= self.positions[identity]
            self.positions[identity] = position

    def stored(self) -> dict[int, int]:
        """Return how far the topic was applied, by partition."""
        return {
            int(found["_id"].rpartition("|")[2]): found["offset"]
            for found in self.bench.database["positions"].find({})
            if f"|{self.topic.id}|" in found["_id"]
        }

    def events(self, owner: str, tenant: str, stream: str, after: int) -> Iterator[list[Envelope]]:
        """Answer as the owner of the streams."""
        return Owner(self.bench).events(owner, tenant, stream, after)

    def heads(self, *_: object) -> Iterator[list[Head]]:
        """Answer how far the streams go."""
        ends = [model.events[-1][-1] for model in self.models.values()]
        yield [Head(event.key, event.subject, 1, event.sequence) for event in ends]

    def checkpoint(self) -> Any:
        return self.bench.database["checkpoints"].find_one({"_id": "relay"}) or {}

    def zombies(self) -> list[str]:
        """Return the relays that go on with a term after which another began."""
        fence = self.checkpoint().get("fence", 0)
        return [name for name, found in self.leaders.items() if found.is_zombie(fence)]

    def leading(self) -> list[str]:
        """Return the relay that leads, if one does."""
        acting = {name for name, found in self.leaders.items() if found.acting}
        return sorted(acting - set(self.zombies()))

    def commits(self, name: str) -> list[Commit]:
        return self.bench.streams.store.load("north", f"counter-{name}")

    def ledger(self, name: str) -> Any:
        return self.bench.ledger(name) or {"state": "open", "seen": {}}

    @invariant()
    def first_occurrences_are_in_order(self) -> None:
        for log in self.topic.log.values():
            heads: dict[str, int] = defaultdict(int)
            for event in log:
                assert event.sequence <= heads[event.subject] + 1
                heads[event.subject] = max(heads[event.subject], event.sequence)

    @invariant()
    def what_is_on_the_topic_was_committed(self) -> None:
        known = {event.id: event for model in self.models.values() for event in model.all()}
        for event in chain.from_iterable(self.topic.log.values()):
            assert event == known[event.id]

    @invariant()
    def no_fence_falls(self) -> None:
        fence = self.checkpoint().get("fence", 0)

        assert fence >= self.fence
        self.fence = fence

    @invariant()
    def streams_are_whole(self) -> None:
        for name in self.models:
            commits = self.commits(name)
            published = [at.sequence for found in commits for at in found.events if at.sequence]
            lengths = (len(commit.events) for commit in commits)
            assert [at.version for at in commits] == list(accumulate(lengths, initial=1))[:-1]
            assert published == list(range(1, len(published) + 1))

    @invariant()
    def each_key_is_where_it_must_be(self) -> None:
        for name, model in self.models.items():
            assert self.bench.amounts(name) == model.applied()
            assert (self.ledger(name)["state"] == "parked") == model.parked
