"""Apply published events once each: position, ledger and documents in one transaction.

One mechanism for every projection and policy. A batch is records of one partition. Its
transaction first compares and sets the position (the fence: a deposed worker changes nothing),
then applies the batch (shared/apply.py). The position always moves on: a key whose handler fails
is parked, one with a gap waits, a record that cannot be decoded is set aside, and all others go
on. An engine that is away parks nothing: the loop waits.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Any

import structlog
from pymongo.client_session import ClientSession
from pymongo.errors import PyMongoError

from shared import aside, heal, kafka, waits
from shared.apply import Application, Target, persevere
from shared.batch import BATCH_EVENTS, Record, batches, doubted, read
from shared.clock import system
from shared.failpoint import failpoint
from shared.metrics import APPLIED, CONFLICTS, LAG, REPEATED, SET_ASIDE
from shared.mongo import Database, is_conflict, take_over, transaction
from shared.park import MOST, Failure, Full
from shared.pause import Pauses
from shared.publication import topic_name
from shared.views import Projection

TRIES = 3
RETRY_SECONDS = 2.0
# A topic is there as soon as its owner's relay leads.
TOPIC_SECONDS = 0.2
POSITIONS = "positions"
# The end of a commit follows its beginning at once: one that a deposed relay cut off never comes.
HELD_SECONDS = 10.0
# Where the client reads is looked at now and then: a log is seldom cut off.
ALIGN_SECONDS = 1.0
# A consumer that starts over meets what stopped it soon.
CALM_SECONDS = 5.0

Subscribe = Callable[[Any, Sequence[str]], None]

log = structlog.get_logger("consume")


class Fenced(Exception):
    """Another worker moved this position: read it again."""


class LogChanged(Exception):
    """The broker's log is not the one that was read: look at it anew."""


@dataclass(slots=True)
class Consumer:
    """One consumer's share of the partitions.

    Attributes:
        projection: what it makes of the events.
        database: where positions, ledgers and documents are.
        bootstrap: Kafka's address.
        since: what was recorded earlier sends and decides nothing.
        holder: name of this process.
        most: how many of its keys may be parked.
        topics: name to id.
        ready: partition to the position that is stored.
        session: of its transactions, so that a successor can abort what it left open.
        held: partition to what was read beyond it: a commit whose end has not come.
        quiet: partition to since when nothing has come.
        began: when it began, or began again.
        aligned: when it was last seen that the client reads where it is to.
        pauses: partitions that stand still because too many keys are parked.
    """

    projection: Projection
    database: Database
    bootstrap: str
    since: datetime
    holder: str
    most: int = MOST
    topics: dict[str, str] = field(default_factory=dict, init=False)
    ready: dict[Any, int] = field(default_factory=dict, init=False)
    session: ClientSession = field(init=False)
    held: dict[Any, list[Record]] = field(default_factory=dict, init=False)
    quiet: dict[Any, float] = field(default_factory=dict, init=False)
    began: float = field(default=0.0, init=False)
    aligned: float = field(default=0.0, init=False)
    pauses: Pauses = field(init=False)

    def __post_init__(self) -> None:
        self.session = self.database.client.start_session()
        self.pauses = Pauses(self.projection.consumer, self.database, self.most)

    def run(self, stop: Event) -> None:
        """Apply what comes, until `stop`."""
        while not stop.is_set():
            try:
                with self.reading() as client:
                    while not stop.is_set():
                        self.step(client)
            except LogChanged as fault:
                log.warning("log_changed", consumer=self.projection.consumer, reason=str(fault))
            except kafka.FAULTS as fault:
                waits.begin(self.projection.consumer, fault)
                stop.wait(TOPIC_SECONDS if isinstance(fault, kafka.Unknown) else RETRY_SECONDS)

    @contextmanager
    def reading(self, subscribe: Subscribe = kafka.subscribe) -> Iterator[Any]:
        """Look at the topics as they are now, and read them.

        Args:
            subscribe: has a client share these topics with its group.

        Yields:
            The client, to be stepped with.

        Raises:
            Unknown: a topic is not there yet.
            LogChanged: a topic is not the one that it was.
        """
        names = [topic_name(service) for service in self.projection.services]
        # Its owner's relay alone makes a topic: it then sends all of it, in order, before anything
        # that comes meanwhile.
        self.topics = kafka.topic_ids(self.bootstrap, names)
        if missing := set(names) - self.topics.keys():
            raise kafka.Unknown(*missing)
        self.began = time.monotonic()
        self.ready.clear()
        self.held.clear()
        client = kafka.consumer(
            self.bootstrap, f"hep.{self.database.name}.{self.projection.consumer}", self.holder
        )
        try:
            subscribe(client, names)
            yield client
        except LogChanged:
            heal.compare_soon(self.database, self.projection)
            raise
        finally:
            self.pauses.clear()
            client.close(autocommit=False)

    def step(self, client: Any) -> None:
        """Apply what has come to the partitions that are this member's now."""
        polled = kafka.poll(client, 2 * BATCH_EVENTS)
        self._check_topics(client)
        fresh = self._take(client)
        for partition, records in polled.items():
            if partition in self.ready and partition not in fresh:
                self._advance(client, partition, records)
        self._let_go(client)
        self.pauses.end(client, self.ready)
        if time.monotonic() - self.aligned > ALIGN_SECONDS:
            self._realign(client)
            self.aligned = time.monotonic()
        self._observe(client)

    def _check_topics(self, consumer: Any) -> None:
        for name, known in self.topics.items():
            found = kafka.known_topic_id(consumer, name)
            if found not in {None, known}:
                raise LogChanged(f"{name} was {known} and is {found}")

    def _take(self, consumer: Any) -> set[Any]:
        """Seek partitions that are new here to their stored position; return them."""
        assigned: set[Any] = consumer.assignment()
        for gone in set(self.ready) - assigned:
            del self.ready[gone]
            self.held.pop(gone, None)
            self.pauses.lose(gone)
        fresh = assigned - set(self.ready)
        for partition in fresh:
            take_over(self.database, self._position_id(partition), self.session)
            self.ready[partition] = self._position(partition)
            kafka.seek(consumer, partition, self.ready[partition])
            self.pauses.forget(partition, self._position_id(partition))
        return fresh

    def _position(self, partition: Any) -> int:
        identity = self._position_id(partition)
        self.database[POSITIONS].update_one(
            {"_id": identity}, {"$setOnInsert": {"offset": 0}}, upsert=True
        )
        found = self.database[POSITIONS].find_one({"_id": identity})
        return int(found["offset"]) if found else 0

    def _position_id(self, partition: Any) -> str:
        topic_id = self.topics[partition.topic]
        return f"{self.projection.consumer}|{topic_id}|{partition.partition}"

    def _let_go(self, consumer: Any) -> None:
        """Apply what was held for long as it is: its key waits, and the position moves on."""
        late = time.monotonic() - HELD_SECONDS
        for partition in [held for held, found in self.held.items() if found]:
            if self.quiet[partition] < late:
                self._advance(consumer, partition, [], whole=False)

    def _advance(
        self, consumer: Any, partition: Any, polled: Sequence[Any], *, whole: bool = True
    ) -> None:
        """Apply polled records, and keep an incomplete commit at their end for the next ones."""
        self.quiet[partition] = time.monotonic()
        held = self.held.get(partition, [])
        records = list(doubted([*held, *read(polled, self._next(partition))]))
        try:
            for batch in batches(records) if whole else [records]:
                self._apply(partition, batch)
        except Fenced:
            self.ready[partition] = self._position(partition)
            self.held.pop(partition, None)
            return
        except Full:
            self.held.pop(partition, None)
            self.pauses.begin(consumer, partition, self._position_id(partition))
            return
        self.held[partition] = [r for r in records if r.offset >= self.ready[partition]]

    def _next(self, partition: Any) -> int:
        """Return which offset is to be read next."""
        held = self.held.get(partition)
        return held[-1].offset + 1 if held else self.ready[partition]

    def _apply(self, partition: Any, batch: Sequence[Record]) -> None:
        """Apply a batch, loading and folding it again after a conflict, in halves after three."""
        for _ in range(TRIES):
            try:
                persevere(lambda failures: self._transact(partition, batch, failures))
            except PyMongoError as fault:
                if not is_conflict(fault):
                    raise
                CONFLICTS.labels(self.projection.consumer).inc()
            else:
                self.ready[partition] = batch[-1].offset + 1
                waits.end(self.projection.consumer)
                return
        halves = list(batches(batch, limit=max(1, len(batch) // 2)))
        if len(halves) <= 1:
            raise Fenced
        for half in halves:
            self._apply(partition, half)

    def _transact(
        self, partition: Any, batch: Sequence[Record], failures: Mapping[str, Failure]
    ) -> int:
        target = Target(self.projection, self.database, partition.topic, self.since, self.most)
        # Of an id that came twice the first is applied.
        received = {record.event.id: record.raw for record in reversed(batch) if record.event}
        with transaction(self.database, self.session) as session:
            self._fence(session, partition, self.ready[partition], batch[-1].offset + 1)
            application = Application(target, session, system(), failures, received)
            applied = application.apply([record.event for record in batch if record.event])
            position, refused = self._position_id(partition), application.refused
            kept = aside.keep(self.database, session, position, batch, refused)
            failpoint("consume.before_commit")
        failpoint("consume.after_commit")
        APPLIED.labels(self.projection.consumer).inc(applied)
        SET_ASIDE.labels(self.projection.consumer).inc(kept)
        REPEATED.labels(self.projection.consumer).inc(len(batch) - kept - applied)
        return applied

    def _fence(
        self, session: ClientSession | None, partition: Any, expected: int, offset: int
    ) -> None:
        moved = self.database[POSITIONS].update_one(
            {"_id": self._position_id(partition), "offset": expected},
            {"$set": {"offset": offset}},
            session=session,
        )
        if moved.matched_count == 0:
            raise Fenced

    def _realign(self, consumer: Any) -> None:
        """Notice a log that ends before what was read of it: the broker has lost records.

        The client then reads from somewhere else than it was told to.
        """
        for partition, position in self.ready.items():
            expected, found = self._next(partition), kafka.position(consumer, partition)
            if found is None or found == expected:
                continue
            if found < expected:
                end = consumer.end_offsets([partition])[partition]
                if end < expected:
                    # What was written since may lie anywhere: ledgers drop what is known.
                    with contextlib.suppress(Fenced):
                        self._fence(None, partition, position, 0)
                    raise LogChanged(f"{partition.topic} ends at {end}, {expected} is next")
            kafka.seek(consumer, partition, expected)

    def _observe(self, consumer: Any) -> None:
        if kafka.is_silent(consumer):
            waits.begin(self.projection.consumer, kafka.Silent())
        elif time.monotonic() - self.began > CALM_SECONDS:
            waits.end(self.projection.consumer)
        LAG.labels(self.projection.consumer).set(
            sum(
                max(0, (consumer.highwater(partition) or 0) - position)
                for partition, position in self.ready.items()
            )
        )
