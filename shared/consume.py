"""Apply published events once each: position, ledger and documents in one transaction.

One mechanism for every projection and policy. A batch is records of one partition. Its
transaction first compares and sets the position (the fence: a deposed worker changes nothing),
then loads the ledger of each key, drops what is not newer, applies what is next, and writes
documents, ledgers, intents and due work together.

A fault stops its partition, loudly, and no other: a handler that fails, a sequence that jumps, a
topic that is not the one it was. An engine that is away stops nothing: the loop waits.
"""

import contextlib
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from threading import Event
from typing import Any

import structlog
from pymongo.client_session import ClientSession
from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared import kafka
from shared.envelope import Envelope, Undecodable, decode
from shared.ledger import Gap, Ledgers
from shared.metrics import APPLIED, CONFLICTS, HALTED, LAG, REPEATED
from shared.mongo import Database, Document
from shared.publication import topic_name
from shared.views import Projection, Views

BATCH_EVENTS = 250
BATCH_BYTES = 2 * 1024 * 1024
TRIES = 3
RETRY_SECONDS = 2.0
SAY_AGAIN_SECONDS = 30.0
POSITIONS = "positions"
SET_ASIDE = "undecodable"

log = structlog.get_logger("consume")


class Halt(Exception):
    """This partition cannot go on; the message says why."""


class Fenced(Exception):
    """Another worker moved this position: read it again."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a partition, decoded; `event` is None where that was not possible."""

    offset: int
    size: int
    event: Envelope | None
    raw: bytes


@dataclass(slots=True)
class Consumer:
    """One consumer's share of the partitions.

    Attributes:
        projection: what it makes of the events.
        database: where positions, ledgers and documents are.
        bootstrap: Kafka's address.
        since: what was recorded earlier sends and decides nothing.
        holder: name of this process.
    """

    projection: Projection
    database: Database
    bootstrap: str
    since: datetime
    holder: str
    topics: dict[str, str] = field(default_factory=dict, init=False)
    ready: dict[Any, int] = field(default_factory=dict, init=False)
    halted: dict[Any, str] = field(default_factory=dict, init=False)
    said: float = field(default=0.0, init=False)

    def run(self, stop: Event) -> None:
        """Apply what comes, until `stop`."""
        while not stop.is_set():
            try:
                self._consume(stop)
            except (PyMongoError, kafka.Fault, OSError) as fault:
                log.warning(
                    "consumer_waits", consumer=self.projection.consumer, fault=type(fault).__name__
                )
                stop.wait(RETRY_SECONDS)

    def _consume(self, stop: Event) -> None:
        names = [topic_name(service) for service in self.projection.services]
        # Made here too: a consumer may start before the relay of a service it listens to.
        self.topics = {name: kafka.ensure_topic(self.bootstrap, name) for name in names}
        self.ready.clear()
        self.halted.clear()
        consumer = kafka.consumer(
            self.bootstrap, f"hep.{self.database.name}.{self.projection.consumer}", self.holder
        )
        try:
            consumer.subscribe(names)
            while not stop.is_set():
                polled = consumer.poll(timeout_ms=kafka.POLL_MS, max_records=2 * BATCH_EVENTS)
                fresh = self._take(consumer)
                for partition, records in polled.items():
                    if partition in self.ready and partition not in fresh:
                        self._advance(consumer, partition, records)
                self._observe(consumer)
        finally:
            consumer.close(autocommit=False)

    def _take(self, consumer: Any) -> set[Any]:
        """Seek partitions that are new here to their stored position; return them."""
        assigned: set[Any] = consumer.assignment()
        for gone in set(self.ready) - assigned:
            del self.ready[gone]
            self.halted.pop(gone, None)
        fresh = assigned - set(self.ready)
        for partition in fresh:
            self.ready[partition] = self._position(partition)
            consumer.seek(partition, self.ready[partition])
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

    def _advance(self, consumer: Any, partition: Any, polled: Sequence[Any]) -> None:
        """Apply polled records; on a fault stop the partition and say so."""
        if partition in self.halted:
            return
        try:
            records = self._decode(partition, polled)
            for batch in batches(records):
                self._apply(partition, batch)
        except Fenced:
            self.ready[partition] = self._position(partition)
        except Halt as fault:
            self.halted[partition] = str(fault)
            consumer.pause(partition)
            self.said = 0.0
            log.exception("partition_halted", consumer=self.projection.consumer)
        # What was not applied, an incomplete commit at the end included, is fetched again.
        if consumer.position(partition) != self.ready[partition]:
            consumer.seek(partition, self.ready[partition])

    def _decode(self, partition: Any, polled: Sequence[Any]) -> list[Record]:
        position = self.ready[partition]
        records = []
        for found in polled:
            if found.offset < position:
                continue
            try:
                event = decode(found.value)
            except Undecodable:
                event = None
            records.append(Record(found.offset, len(found.value or b""), event, found.value))
        if records and records[0].offset != position:
            raise Halt(f"the log begins at {records[0].offset}, the position is {position}")
        return records

    def _apply(self, partition: Any, batch: Sequence[Record]) -> None:
        """Apply a batch, folding it again after a conflict, in halves after three."""
        for _ in range(TRIES):
            try:
                self._transact(partition, batch)
            except (DuplicateKeyError, BulkWriteError):
                CONFLICTS.labels(self.projection.consumer).inc()
            except PyMongoError as fault:
                if not fault.has_error_label("TransientTransactionError"):
                    raise
                CONFLICTS.labels(self.projection.consumer).inc()
            else:
                self.ready[partition] = batch[-1].offset + 1
                return
        halves = list(batches(batch, limit=max(1, len(batch) // 2)))
        if len(halves) == 1:
            raise Fenced
        for half in halves:
            self._apply(partition, half)

    def _transact(self, partition: Any, batch: Sequence[Record]) -> None:
        with self.database.client.start_session() as session:
            session.start_transaction(
                read_concern=ReadConcern("snapshot"),
                write_concern=WriteConcern(w="majority", j=True),
            )
            try:
                self._fence(session, partition, batch)
                applied = self._fold(session, partition, batch)
            except BaseException:
                with contextlib.suppress(PyMongoError):
                    session.abort_transaction()
                raise
            session.commit_transaction()
        APPLIED.labels(self.projection.consumer).inc(applied)
        REPEATED.labels(self.projection.consumer).inc(len(batch) - applied)

    def _fence(self, session: ClientSession, partition: Any, batch: Sequence[Record]) -> None:
        moved = self.database[POSITIONS].update_one(
            {"_id": self._position_id(partition), "offset": batch[0].offset},
            {"$set": {"offset": batch[-1].offset + 1}},
            session=session,
        )
        if moved.matched_count == 0:
            raise Fenced

    def _fold(self, session: ClientSession, partition: Any, batch: Sequence[Record]) -> int:
        views = Views(self.since, lambda name, ids: self._read(session, name, ids))
        ledgers = Ledgers(self.projection.consumer, partition.topic, self.database, session)
        events = [record.event for record in batch if record.event is not None]
        ledgers.load(events)
        newer = self._newer(ledgers, events)
        known = [event for event in newer if event.type in self.projection.handlers]
        views.preload(chain.from_iterable(map(self.projection.documents, known)))
        for event in known:
            try:
                self.projection.handlers[event.type](event, views)
            except PyMongoError:
                raise
            except Exception as fault:
                raise Halt(f"{event.type} of {event.subject} at {event.sequence}") from fault
        for record in batch:
            if record.event is None:
                self._set_aside(session, partition, record)
        views.flush(self.projection, self.database, session)
        ledgers.flush()
        return len(newer)

    def _read(self, session: ClientSession, name: str, ids: list[str]) -> Iterable[Document]:
        collection = self.database[self.projection.collection(name)]
        return collection.find({"_id": {"$in": ids}}, session=session)

    @staticmethod
    def _newer(ledgers: Ledgers, events: Sequence[Envelope]) -> list[Envelope]:
        try:
            newer = [event for event in events if ledgers.take(event)]
            ledgers.check_whole()
        except Gap as fault:
            raise Halt(str(fault)) from fault
        return newer

    def _set_aside(self, session: ClientSession, partition: Any, record: Record) -> None:
        """Keep a record that cannot be decoded, for a person to look at; it blocks nothing."""
        identity = f"{self._position_id(partition)}|{record.offset}"
        self.database[SET_ASIDE].insert_one({"_id": identity, "raw": record.raw}, session=session)
        log.error("record_set_aside", record=identity)

    def _observe(self, consumer: Any) -> None:
        name = self.projection.consumer
        LAG.labels(name).set(
            sum(
                max(0, (consumer.highwater(partition) or 0) - position)
                for partition, position in self.ready.items()
            )
        )
        HALTED.labels(name).set(len(self.halted))
        if self.halted and time.monotonic() - self.said > SAY_AGAIN_SECONDS:
            self.said = time.monotonic()
            for partition, reason in self.halted.items():
                log.error(
                    "partition_is_halted",
                    consumer=name,
                    topic=partition.topic,
                    partition=partition.partition,
                    reason=reason,
                )


def batches(records: Sequence[Record], limit: int = BATCH_EVENTS) -> Iterator[list[Record]]:
    """Split records into batches that cut no commit in two.

    A batch grows past its limit rather than cut a commit; a commit that the records end in the
    middle of is left out, to be fetched again with its end.
    """
    batch: list[Record] = []
    whole = 0
    size = 0
    for record in records:
        batch.append(record)
        size += record.size
        if record.event is None or record.event.index == record.event.size - 1:
            whole = len(batch)
            if whole >= limit or size >= BATCH_BYTES:
                yield batch
                batch, whole, size = [], 0, 0
    if whole:
        yield batch[:whole]
