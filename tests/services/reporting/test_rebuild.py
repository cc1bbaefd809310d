"""The timeline built anew equals the live one, whatever the order in which its topics came.

Ten seeds, each a world of its own: two topics, six patients, events that a relay repeats, holds
back or never sends. The live generation is read by consumers that end in the middle; the next one
is built by consumers that die in the middle of a transaction, and is finished by others.
"""

import random
import threading
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import bson
import orjson
import pytest

from reporting.app import DEFINITION
from reporting.projections import TIMELINE
from shared import generation, kafka, ledger, mongo
from shared.clock import system
from shared.consume import POSITIONS
from shared.envelope import Envelope, encode, event_id, load
from shared.generation import GENERATIONS
from shared.heal import Healer
from shared.ledger import LEDGERS
from shared.mongo import Database
from shared.peers import Away, Head
from shared.publication import topic_name
from shared.rebuild import Builder, Consumers
from shared.views import Handler, Views
from tests.events import LONG_AGO, documents, event, fold, interleaved
from tests.people import ANA_ID
from tests.unit.reporting.diary import (
    DAY,
    MONDAY,
    PROGRAM,
    days,
    ended,
    patient,
    prescribed,
    published,
    reached,
    revised,
    sessions,
)
from tests.waiting import eventually

# Ten worlds are read at once: at the end of a long suite the broker has many topics more.
BOUND = 240
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
    pytest.mark.timeout(900),
]
SEEDS = range(10)
COLLECTIONS = ("patients", "exercises", "programs", "months")
PLAIN, ERASED, PARKED, LATE, HOLED, CUT_OFF = range(6)
WEEK = "x h 7 x x x h x"


class Cut(BaseException):
    """The process ends here, whatever it was doing."""


def diary(number: int) -> list[Envelope]:
    """Return what is published of one patient."""
    told = sessions(days(WEEK))
    found = [
        patient(),
        prescribed(),
        revised(effective=MONDAY + DAY * 3),
        ended(MONDAY + DAY * 9, sequence=3),
        *told,
        reached("first_session", 1, MONDAY, sequence=len(told) + 1),
    ]
    if number == ERASED:
        gone = {"patient": ANA_ID}
        found.append(event("prescription.patient.erased", f"patient-{ANA_ID}", gone, sequence=2))
    return [of(number, one) for one in found]


def of(number: int, found: Envelope) -> Envelope:
    """Return the same event of another patient; one of the parked patient's no handler takes."""
    raw = encode(found).replace(ANA_ID.encode(), b"%032x" % number)
    text = orjson.loads(raw.replace(PROGRAM.encode(), b"%032x" % (100 + number)))
    stream = (text["tenant"], text["subject"], text["streamversion"])
    again = load(text | {"id": event_id(text["source"][1:], *stream)})
    data = dict(again.data)
    if number == PARKED and again.source == "/adherence" and again.sequence == 4:
        del data["entries"]
    return replace(again, data=data)


def is_parked(found: Envelope) -> bool:
    return (
        found.source == "/adherence"
        and found.subject == f"program-{100 + PARKED:032x}"
        and found.sequence >= 4
    )


@dataclass
class World:
    """One order of the events, on topics of its own.

    Attributes:
        seed: of the order.
        fuse: how many events are applied until whoever applies them dies; None for ever.
        dead: whether somebody died of it.
        names: its owners, by the service whose events they publish.
        events: all that the owners have committed, in this world's order.
    """

    seed: int
    fuse: int | None = None
    dead: bool = False
    names: dict[str, str] = field(init=False)
    events: list[Envelope] = field(init=False)

    def __post_init__(self) -> None:
        story = [one for number in range(6) for one in diary(number)]
        self.events = interleaved([published(), *story], self.seed)
        self.names = {owner: f"{owner}{uuid.uuid4().hex[:8]}" for owner in TIMELINE.services}
        self.projection = replace(
            TIMELINE,
            name=f"timeline{self.seed}",
            services=tuple(self.names.values()),
            handlers={name: self.fused(handler) for name, handler in TIMELINE.handlers.items()},
        )

    def fused(self, handler: Handler) -> Handler:
        def applied(found: Envelope, views: Views) -> None:
            if self.fuse is not None:
                self.dead = self.dead or not self.fuse
                if self.dead:
                    raise Cut
                self.fuse -= 1
            handler(found, views)

        return applied

    @cached_property
    def records(self) -> list[Envelope]:
        """What reaches the topics: with repeats, with some late and some never."""
        rng, sent, late = random.Random(self.seed), [], []
        for found in self.events:
            number = int(found.subject.split("-")[1], 16) % 100
            own = found.source == "/adherence"
            if own and number == HOLED and found.sequence == 3:
                continue
            if own and number == CUT_OFF and found.sequence > 6:
                continue
            if own and number == LATE and found.sequence == 2:
                late.append(found)
                continue
            sent.append(found)
            if rng.random() < 0.2:
                sent.append(rng.choice(sent))
        return sent + late

    def send(self, bootstrap: str, events: Sequence[Envelope]) -> None:
        producer = kafka.producer(bootstrap, "test")
        for found in events:
            topic = topic_name(self.names[found.source[1:]])
            producer.send(topic, key=found.key.encode(), value=encode(found))
        producer.flush()
        producer.close()

    @cached_property
    def applied(self) -> list[Envelope]:
        """What is applied of it: all but what comes after the event that fails."""
        return [found for found in self.events if not is_parked(found)]


@dataclass
class Owners:
    """The owners' answers in all worlds, without HTTP.

    Attributes:
        worlds: whose owners.
        asked: whether they say how far their streams go; else they are away, and what is read is
            what the topics hold.
    """

    worlds: Sequence[World]
    asked: bool = False

    def _events(self, owner: str) -> Iterator[Envelope]:
        for world in self.worlds:
            for service, name in world.names.items():
                if name == owner:
                    yield from (one for one in world.events if one.source == f"/{service}")

    def events(self, owner: str, tenant: str, stream: str, after: int) -> Iterator[list[Envelope]]:
        for found in self._events(owner):
            if (found.tenant, found.subject) == (tenant, stream) and found.sequence > after:
                yield [found]

    def heads(self, owner: str, since: datetime | None, until: datetime) -> Iterator[list[Head]]:
        del since, until
        if not self.asked:
            raise Away(owner)
        yield [Head(one.key, one.subject, 1, one.sequence) for one in self._events(owner)]


@dataclass
class Worlds:
    """All of them, read by one service."""

    database: Database
    bootstrap: str
    each: list[World]

    @contextmanager
    def read(self) -> Iterator[Owners]:
        """Run what `work --roles consume` runs, with a healer that waits for nothing."""
        stop, projections = threading.Event(), [world.projection for world in self.each]
        definition = replace(DEFINITION, projections=projections)
        consumers = Consumers(definition, self.database, self.bootstrap, LONG_AGO, "c")
        owners = Owners(self.each)
        peers: Any = owners
        healer = Healer(consumers.generations, self.database, peers, "h", patience=timedelta(0))
        builder = Builder(projections, self.database, self.bootstrap, "b")
        parts = (consumers, healer, builder)
        threads = [threading.Thread(target=part.run, args=(stop,)) for part in parts]
        for thread in threads:
            thread.start()
        try:
            yield owners
        finally:
            stop.set()
            for thread in threads:
                thread.join(20)

    def have_come(self, number: int) -> bool:
        """Tell whether a generation stands where its topics end."""
        read = Counter[str]()
        for found in self.database[POSITIONS].find({}):
            read[found["_id"].split("|")[0]] += found["offset"]
        return all(
            read[f"{world.projection.name}@{number}"] == len(world.records) for world in self.each
        )

    def are_read(self) -> bool:
        """Tell whether all is applied live but what is parked."""
        heads = {
            (topic, subject): sequence
            for found in self.database[LEDGERS].find({})
            for topic in [found["_id"].split("|")[1]]
            for subject, sequence in found["streams"].items()
        }
        return all(
            heads.get((topic_name(world.names[found.source[1:]]), found.subject), 0)
            >= found.sequence
            for world in self.each
            for found in world.applied
        )

    def are_live(self, number: int) -> bool:
        """Tell whether a generation is live in all worlds."""
        found = self.database[GENERATIONS].find({})
        return {one["live"] for one in found} == {number}


@pytest.fixture(scope="module")
def worlds(mongodb: str, kafka: str) -> Iterator[Worlds]:
    """Ten worlds whose timelines were read live, in two parts, and built anew, in two parts."""
    with mongo.connect(mongodb, "tests") as client:
        found = Worlds(client[f"test_{uuid.uuid4().hex[:12]}"], kafka, [World(n) for n in SEEDS])
        ledger.prepare(found.database)
        live(found)
        build(found)
        yield found


def live(worlds: Worlds) -> None:
    """Send all in two parts, each read by a process that ends."""
    for half in range(2):
        for world in worlds.each:
            for name in world.names.values():
                kafka.ensure_topic(worlds.bootstrap, topic_name(name))
            records = world.records
            middle = len(records) // 2
            world.send(worlds.bootstrap, records[middle:] if half else records[:middle])
        with worlds.read() as owners:
            if half:
                eventually(lambda: worlds.have_come(1), BOUND)
                owners.asked = True
                eventually(worlds.are_read, BOUND)


def build(worlds: Worlds) -> None:
    """Build the next generation: by a process that dies in a transaction, then by another."""
    for world in worlds.each:
        generation.begin(worlds.database, world.projection, system())
        world.fuse = 12
    with worlds.read():
        # With one of them the process ends, wherever the others stand.
        eventually(lambda: any(world.dead for world in worlds.each), BOUND)
    assert not worlds.are_live(2)
    for world in worlds.each:
        world.fuse, world.dead = None, False
    with worlds.read() as owners:
        eventually(lambda: worlds.have_come(2), BOUND)
        owners.asked = True
        eventually(lambda: worlds.are_live(2), BOUND)


def stored(worlds: Worlds, seed: int, number: int) -> dict[str, dict[str, bytes]]:
    return {
        name: {
            found["_id"]: bson.encode(found)
            for found in worlds.database[f"timeline{seed}.{name}@{number}"].find({})
        }
        for name in COLLECTIONS
    }


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: f"seed {seed}")
def test_what_is_built_anew_equals_the_live_one_byte_for_byte(worlds: Worlds, seed: int) -> None:
    before, after = stored(worlds, seed, 1), stored(worlds, seed, 2)

    assert {name: len(found) for name, found in after.items()} == {
        "patients": 6,
        "exercises": 1,
        "programs": 6,
        "months": 6,
    }
    assert {name: found.keys() for name, found in before.items()} == {
        name: found.keys() for name, found in after.items()
    }
    assert before == after


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: f"seed {seed}")
def test_it_is_the_fold_of_all_that_is_not_parked(worlds: Worlds, seed: int) -> None:
    views = fold(TIMELINE, worlds.each[seed].applied)

    for name, found in stored(worlds, seed, 2).items():
        assert {one: bson.decode(raw) for one, raw in found.items()} == documents(views, name)


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: f"seed {seed}")
def test_what_is_parked_in_the_live_one_is_parked_and_all_else_is_open(
    worlds: Worlds, seed: int
) -> None:
    states = {
        number: {
            found["_id"].split("|")[4]: found["state"]
            for found in worlds.database[LEDGERS].find({"consumer": f"timeline{seed}@{number}"})
            if found["_id"].split("|")[1].startswith("hep.adherence")
        }
        for number in (1, 2)
    }

    assert states[1] == states[2]
    assert states[2].pop(f"{PARKED:032x}") == "parked"
    assert set(states[2].values()) == {"open"}


def test_building_sends_nothing(worlds: Worlds) -> None:
    assert "intents" not in worlds.database.list_collection_names()
    assert "due" not in worlds.database.list_collection_names()
