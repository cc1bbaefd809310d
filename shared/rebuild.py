"""Rebuild a projection: how far the next generation is, making it live, dropping an old one."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Event, Thread

import structlog
from pymongo.errors import PyMongoError

from shared import aside, kafka, waits
from shared.clock import Clock, system
from shared.consume import POSITIONS, Consumer
from shared.failpoint import failpoint
from shared.generation import GENERATIONS, Running, live, running
from shared.heal import COMPARISONS, compared
from shared.lease import Lease, lead
from shared.ledger import LEDGERS, OPEN
from shared.mongo import Database, under
from shared.park import MOST, PARKED
from shared.publication import topic_name
from shared.service import Definition
from shared.views import Projection

LOOK_SECONDS = 1.0
JOIN_SECONDS = 10

log = structlog.get_logger("rebuild")


@dataclass(slots=True)
class Consumers:
    """Keeps a consumer running for each generation that is to be kept up to date.

    Attributes:
        definition: of the service.
        database: its own.
        bootstrap: Kafka's address.
        since: what was recorded earlier sends and decides nothing.
        holder: name of this process.
        clock: the one that commits are recorded by.
        most: how many keys of a consumer may be parked.
    """

    definition: Definition
    database: Database
    bootstrap: str
    since: datetime
    holder: str
    clock: Clock = system
    most: int = MOST
    threads: dict[str, tuple[Thread, Event]] = field(default_factory=dict, init=False)

    def generations(self) -> list[Running]:
        """Return the generations that are to be kept up to date, each with its `since`."""
        return running(self.database, self.definition.projections, self.since, self.clock())

    def run(self, stop: Event) -> None:
        """Start and stop consumers as generations come and go, until `stop`."""
        try:
            while not stop.is_set():
                try:
                    self._look()
                    waits.end("consume")
                except PyMongoError as fault:
                    waits.begin("consume", fault)
                stop.wait(LOOK_SECONDS)
        finally:
            for _, end in self.threads.values():
                end.set()
            for thread, _ in self.threads.values():
                thread.join(JOIN_SECONDS)

    def _look(self) -> None:
        wanted = {projection.consumer: (projection, at) for projection, at in self.generations()}
        for name in self.threads.keys() - wanted.keys():
            self.threads.pop(name)[1].set()
        for name in wanted.keys() - self.threads.keys():
            self._start(*wanted[name])
        for name, (thread, _) in self.threads.items():
            if not thread.is_alive():
                raise RuntimeError(f"{name} has ended by a fault")

    def _start(self, projection: Projection, since: datetime) -> None:
        self.definition.prepare_documents(self.database, projection)
        consumer = Consumer(
            projection, self.database, self.bootstrap, since, self.holder, self.most
        )
        end = Event()
        name = f"consume {projection.consumer}"
        thread = Thread(target=consumer.run, args=(end,), name=name, daemon=True)
        self.threads[projection.consumer] = (thread, end)
        thread.start()


@dataclass(slots=True)
class Builder:
    """Makes a generation live once it has caught up; one of a service's processes does it.

    Attributes:
        projections: of the service.
        database: its own.
        bootstrap: Kafka's address.
        holder: name of this process in the lease.
    """

    projections: Sequence[Projection]
    database: Database
    bootstrap: str
    holder: str

    def run(self, stop: Event) -> None:
        """Look again and again, until `stop`."""
        lead(
            Lease(self.database, "build", self.holder),
            self.step,
            stop,
            idle=LOOK_SECONDS,
            away=kafka.FAULTS,
        )

    def step(self) -> int:
        """Make live what has caught up; return how many."""
        begun = {found["_id"] for found in self.database[GENERATIONS].find({}) if found["building"]}
        built = [projection for projection in self.projections if projection.name in begun]
        return sum(switch(self.database, self.bootstrap, projection) for projection in built)


def progress(database: Database, bootstrap: str, projection: Projection) -> tuple[int, int]:
    """Return how many records a generation has behind it, and how many there are.

    Raises:
        Fault: the broker does not show all of its topics.
    """
    done = total = 0
    names = [topic_name(service) for service in projection.services]
    topics = kafka.topic_ids(bootstrap, names)
    if missing := set(names) - topics.keys():
        raise kafka.Unknown(*missing)
    for name, topic_id in topics.items():
        for number, end in kafka.ends(bootstrap, name).items():
            identity = f"{projection.consumer}|{topic_id}|{number}"
            found = database[POSITIONS].find_one({"_id": identity}) or {"offset": 0}
            done += min(found["offset"], end)
            total += end
    return done, total


def switch(database: Database, bootstrap: str, projection: Projection) -> bool:
    """Make the generation that is being built the live one, if it has caught up."""
    found = database[GENERATIONS].find_one({"_id": projection.name})
    if not found or not found["building"]:
        return False
    building = found["building"]
    built = replace(projection, generation=building["number"])
    done, total = progress(database, bootstrap, built)
    # A broker that came back empty has nothing to catch up with: the owners know how far it goes.
    if done < total or not compared(database, built):
        return False
    if _lacks(database, built, replace(projection, generation=found["live"])):
        return False
    failpoint("rebuild.before_switch")
    moved = database[GENERATIONS].update_one(
        {"_id": projection.name, "building.number": building["number"]},
        {
            "$set": {
                "live": building["number"],
                "replaced": found["live"],
                "version": building["version"],
                "since": building["since"],
                "building": None,
            }
        },
    )
    failpoint("rebuild.after_switch")
    if moved.modified_count:
        log.info("generation_is_live", projection=projection.name, number=building["number"])
    return bool(moved.modified_count)


def _lacks(database: Database, built: Projection, living: Projection) -> bool:
    """Tell whether a key waits or is parked that is open or further in the live generation."""
    unfinished = {"consumer": built.consumer, "state": {"$ne": OPEN}}
    for ledger in database[LEDGERS].find(unfinished):
        identity = ledger["_id"].replace(built.consumer, living.consumer, 1)
        twin = database[LEDGERS].find_one({"_id": identity}) or {"state": OPEN}
        if twin["state"] == OPEN or _is_behind(ledger["streams"], twin["streams"]):
            return True
    return False


def _is_behind(streams: Mapping[str, int], others: Mapping[str, int]) -> bool:
    return any(streams.get(subject, 0) < sequence for subject, sequence in others.items())


def watch(database: Database, bootstrap: str, projection: Projection, number: int) -> Iterator[str]:
    """Yield a line a second on how far a generation is, with an estimate, until it is live."""
    built = replace(projection, generation=number)
    began, first = time.monotonic(), progress(database, bootstrap, built)[0]
    while live(database, projection).generation < number:
        done, total = progress(database, bootstrap, built)
        spent = time.monotonic() - began
        rate = (done - first) / spent if spent else 0
        left = f", about {(total - done) / rate:.0f} s left" if rate else ""
        yield f"{built.consumer}: {done} of {total} records{left}"
        time.sleep(LOOK_SECONDS)
    yield f"{built.consumer} is live."


def old(database: Database, projection: Projection) -> Sequence[int]:
    """Return the generations that are neither live nor being built and still take room."""
    found = database[GENERATIONS].find_one({"_id": projection.name})
    if found is None:
        return ()
    kept = {found["live"], (found["building"] or {}).get("number")}
    numbers = {
        int(ledger["consumer"].rsplit("@", 1)[1])
        for number in range(1, found["last"] + 1)
        if (ledger := database[LEDGERS].find_one({"consumer": f"{projection.name}@{number}"}))
    }
    return sorted(numbers - kept)


def drop(database: Database, projection: Projection, number: int) -> None:
    """Remove a generation that is not used any more.

    Raises:
        ValueError: it is live or being built, or it is gone.
    """
    if number not in old(database, projection):
        raise ValueError(f"{projection.name}@{number} is not an old generation")
    gone = replace(projection, generation=number)
    for name in database.list_collection_names():
        if gone.owns(name):
            database[name].drop()
    database[LEDGERS].delete_many({"consumer": gone.consumer})
    # What was discarded, and why, stays.
    for kept in (POSITIONS, aside.COLLECTION, PARKED, COMPARISONS):
        database[kept].delete_many({"_id": under(gone.consumer)})
