"""Carry every committed published event to Kafka: at least once, in order, never a hole.

One leader a service tails the change stream of `commits`, which is commit order. The checkpoint
moves only past an acknowledged prefix; any failed send starts over from it with a new producer.
What a change stream may skip without an error is found by sweeping over what was recorded lately.
At the first start, with a lost resume token, or when the broker has lost records, a new token is
pinned and the whole store is sent. Whoever reads Kafka drops what is not newer.
"""

import contextlib
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import structlog
from pymongo.errors import OperationFailure, PyMongoError

from shared import envelope, kafka, waits
from shared.clock import Clock, system
from shared.codec import Codec
from shared.failpoint import failpoint
from shared.lease import Lease, renewed
from shared.metrics import RELAY_HELD, RELAY_SCANS, RELAYED
from shared.mongo import Database, Document
from shared.publication import Publication, topic_name
from shared.store import Commit, Store, commits, from_document
from shared.written import BrokerLost, Written, is_short

BATCH_EVENTS = 500
NOTE_SECONDS = 3.0
RETRY_SECONDS = 2.0
SWEEP_SECONDS = 30.0
# Recorded by the writers' clocks: what is younger may still be on its way through the stream.
SETTLED = timedelta(seconds=15)
OVERLAP = timedelta(seconds=30)
# What a sweep looks back at, with room to spare: what was sent of it is remembered.
SWEPT = timedelta(minutes=5)
REMEMBERED_STREAMS = 100_000
INSERTS = [{"$match": {"operationType": "insert"}}]
CHECKPOINT = "relay"
# FailedToParse (a token of another kind of server), InvalidResumeToken, ChangeStreamFatalError,
# ChangeStreamHistoryLost.
LOST_TOKEN = {9, 260, 280, 286}

log = structlog.get_logger("relay")


class Deposed(Exception):
    """Another process holds the lease now; what it wrote stands."""


@dataclass(slots=True)
class Relay:
    """The relay of one service.

    Attributes:
        service: its name; the topic is `hep.<service>.v1`.
        database: where `commits`, `leases` and `checkpoints` are.
        store: to read what the change stream skipped.
        codec: the service's events.
        published: which are published and how.
        bootstrap: Kafka's address.
        holder: name of this process in the lease.
        clock: the one that commits are recorded by.
        written: what this leader knows to be on the topic.
        lost: set once another process may lead.
    """

    service: str
    database: Database
    store: Store
    codec: Codec
    published: Mapping[type, Publication]
    bootstrap: str
    holder: str
    clock: Clock = system
    heads: OrderedDict[tuple[str, str], int] = field(default_factory=OrderedDict, init=False)
    sent: dict[str, datetime] = field(default_factory=dict, init=False)
    written: Written = field(init=False)
    lost: Event = field(init=False)

    def run(self, stop: Event) -> None:
        """Lead while the lease is held, until `stop`; wait out whatever is away."""
        lease = Lease(self.database, "relay", self.holder)
        while not stop.is_set():
            try:
                lease.prepare()
                if lease.acquire():
                    # Beside the work: a piece of it may take longer than the lease lasts.
                    with renewed(lease) as self.lost:
                        self._lead(lease, stop)
                else:
                    waits.end("relay")
            except Deposed:
                log.warning("relay_deposed")
            except BrokerLost as fault:
                log.warning("broker_lost_records", reason=str(fault))
                continue
            except kafka.FAULTS as fault:
                waits.begin("relay", fault)
            RELAY_HELD.set(0)
            stop.wait(RETRY_SECONDS)
        with contextlib.suppress(PyMongoError):
            lease.release()

    def _lead(self, lease: Lease, stop: Event) -> None:
        topic = topic_name(self.service)
        topic_id = kafka.ensure_topic(self.bootstrap, topic)
        checkpoint = self._take_over(lease)
        reason = self._to_scan(checkpoint, topic_id)
        if reason:
            self._forget_token(lease)
        known = {} if reason else dict(checkpoint["acknowledged"])
        self.written = Written(self.bootstrap, topic, topic_id, known)
        self.heads.clear()
        self.sent.clear()
        RELAY_HELD.set(1)
        log.info("relay_leads", token=lease.token, scan=reason)
        producer = kafka.producer(self.bootstrap, f"{self.service}.relay")
        try:
            with self._changes(None if reason else checkpoint["token"]) as changes:
                swept = checkpoint.get("swept") or self.clock()
                if reason:
                    RELAY_SCANS.labels(reason).inc()
                    swept = self._scan(lease, producer, changes)
                self._tail(lease, producer, changes, swept, stop)
        except (BrokerLost, OperationFailure) as fault:
            if isinstance(fault, BrokerLost) or fault.code in LOST_TOKEN:
                self._forget_token(lease)
            raise
        finally:
            kafka.close(producer)

    def _take_over(self, lease: Lease) -> Document:
        """Put this leader's fencing token into the checkpoint and return it."""
        checkpoints = self.database["checkpoints"]
        checkpoints.update_one(
            {"_id": CHECKPOINT}, {"$setOnInsert": {"fence": 0, "acknowledged": {}}}, upsert=True
        )
        found = checkpoints.find_one_and_update(
            {"_id": CHECKPOINT, "fence": {"$lte": lease.token}}, {"$set": {"fence": lease.token}}
        )
        if found is None:
            raise Deposed
        return found

    def _to_scan(self, checkpoint: Document, topic_id: str) -> str:
        """Return why the whole store must be sent, or nothing."""
        if "token" not in checkpoint:
            return "no_token"
        if checkpoint.get("topic_id") != topic_id:
            return "new_topic"
        short = is_short(self.bootstrap, topic_name(self.service), checkpoint["acknowledged"])
        return "short_log" if short else ""

    def _forget_token(self, lease: Lease) -> None:
        """Have the whole store sent, and sent again where that is cut off."""
        self.database["checkpoints"].update_one(
            {"_id": CHECKPOINT, "fence": lease.token}, {"$unset": {"token": ""}}
        )

    def _changes(self, token: Any) -> Any:
        return commits(self.database).watch(
            INSERTS, resume_after=token, max_await_time_ms=50, batch_size=BATCH_EVENTS
        )

    def _scan(self, lease: Lease, producer: Any, changes: Any) -> datetime:
        """Send all that the store holds; return from when on a sweep is to look."""
        # Pinned before: what comes meanwhile is sent again after it.
        pinned, begun = self._pin(changes), self.clock()
        for batch in _chunks(map(from_document, commits(self.database).find({}).sort("_id", 1))):
            self._send(producer, batch)
            failpoint("relay.in_scan")
        self._move(lease, {"token": pinned, "topic_id": self.written.topic_id, "swept": begun})
        return begun

    @staticmethod
    def _pin(changes: Any) -> Any:
        """Return the token of where the change stream stands."""
        while changes.resume_token is None:
            changes.try_next()
        return changes.resume_token

    def _tail(
        self, lease: Lease, producer: Any, changes: Any, swept: datetime, stop: Event
    ) -> None:
        noted = looked = time.monotonic()
        moved = None
        while not stop.is_set():
            batch = next(_chunks(_available(changes)), [])
            if batch:
                self._send(producer, batch)
                failpoint("relay.after_ack")
            due = time.monotonic() - noted > NOTE_SECONDS
            # An idle stream's token moves too; kept, it outlives the server's own log.
            if changes.resume_token != moved and (batch or due):
                self._move(lease, {"token": changes.resume_token})
                moved, noted = changes.resume_token, time.monotonic()
            if time.monotonic() - looked > SWEEP_SECONDS:
                self.written.check()
                swept = self._sweep(lease, producer, swept)
                looked = time.monotonic()
            waits.end("relay")

    def _sweep(self, lease: Lease, producer: Any, since: datetime) -> datetime:
        """Send what was recorded lately and not sent, with all that follows it in its stream."""
        until = self.clock() - SETTLED
        span = {"recorded": {"$gte": since - OVERLAP, "$lte": until}}
        # What was recorded long ago is not remembered as sent: each is sent once in a sweep.
        again: set[str] = set()
        # In the order of their streams, whichever of two writers' clocks is fast.
        for commit in map(from_document, commits(self.database).find(span).sort("_id", 1)):
            if commit.id not in self.sent and commit.id not in again:
                log.info("relay_sends_swept", stream=commit.stream, version=commit.version)
                after = commit.version - 1
                for following in _chunks(self.store.load(commit.tenant, commit.stream, after)):
                    self._send(producer, following)
                    again.update(found.id for found in following)
        self._move(lease, {"swept": until})
        self.sent = {name: at for name, at in self.sent.items() if at >= until - OVERLAP}
        return until

    def _send(self, producer: Any, batch: Sequence[Commit]) -> None:
        """Send the commits in order and wait for all, unless another process may lead by now."""
        if self.lost.is_set():
            raise Deposed
        whole = [found for commit in batch for found in self._without_holes(commit)]
        futures = [
            producer.send(
                topic_name(self.service),
                key=event.key.encode(),
                value=envelope.encode(event),
                headers=[("content-type", envelope.CONTENT_TYPE.encode())],
            )
            for commit in whole
            for event in envelope.publish(commit, self.service, self.codec, self.published)
        ]
        failpoint("relay.before_ack")
        for future in futures:
            self.written.note(future.get(timeout=30))
        lately = self.clock() - SWEPT
        self.sent.update((found.id, found.recorded) for found in whole if found.recorded > lately)
        RELAYED.inc(len(futures))

    def _without_holes(self, commit: Commit) -> Iterator[Commit]:
        """Yield what the change stream skipped of this stream, then the commit."""
        stream = (commit.tenant, commit.stream)
        head = self.heads.get(stream)
        if head is not None and commit.version > head + 1:
            log.warning("relay_fills_gap", after=head, before=commit.version)
            for skipped in self.store.load(commit.tenant, commit.stream, after=head):
                if skipped.version < commit.version:
                    yield skipped
        self.heads[stream] = max(commit.last, head or 0)
        self.heads.move_to_end(stream)
        if len(self.heads) > REMEMBERED_STREAMS:
            self.heads.popitem(last=False)
        yield commit

    def _move(self, lease: Lease, changes: Document) -> None:
        """Move the checkpoint, unless a later leader has taken it."""
        moved = self.database["checkpoints"].update_one(
            {"_id": CHECKPOINT, "fence": lease.token},
            {"$set": {**changes, "acknowledged": self.written.ends}},
        )
        if moved.matched_count == 0:
            raise Deposed


def _chunks(found: Iterable[Commit]) -> Iterator[list[Commit]]:
    """Yield the commits in pieces that memory has room for, whatever one of them holds."""
    chunk: list[Commit] = []
    events = 0
    for commit in found:
        chunk.append(commit)
        events += len(commit.events)
        if events >= BATCH_EVENTS:
            yield chunk
            chunk, events = [], 0
    if chunk:
        yield chunk


def _available(changes: Any) -> Iterator[Commit]:
    """Yield the commits that are there, waiting a moment for the first one only."""
    while change := changes.try_next():
        yield from_document(change["fullDocument"])
