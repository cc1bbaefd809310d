"""One leader's term at the relay: what it sends, pass after pass, until it ends.

A term that owes a scan first pins a new token and sends the whole store; a step then tails the
change stream. What that may skip without an error is looked for now and then: the broker is asked
whether it still has what it acknowledged, and what was recorded lately is swept over.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import structlog

from shared.clock import Clock
from shared.envelope import CONTENT_TYPE
from shared.failpoint import failpoint
from shared.metrics import RELAY_SCANS, RELAYED
from shared.mongo import Database, Document
from shared.store import Commit, Store, commits, from_document
from shared.written import Written

BATCH_EVENTS = 500
# What comes in so short a time goes together, as each batch costs a wait for the broker, a
# checkpoint and a transaction of every consumer; where much has come, more is there already.
GATHER_SECONDS = 0.05
FEW = 50
NOTE_SECONDS = 3.0
SWEEP_SECONDS = 30.0
# Recorded by the writers' clocks: what is younger may still be on its way through the stream.
SETTLED = timedelta(seconds=15)
OVERLAP = timedelta(seconds=30)
# What a sweep looks back at, with room to spare: what was sent of it is remembered.
SWEPT = timedelta(minutes=5)
REMEMBERED_STREAMS = 100_000
CHECKPOINT = "relay"
HEADERS = [("content-type", CONTENT_TYPE.encode())]

log = structlog.get_logger("relay")


class Deposed(Exception):
    """Another process holds the lease now; what it wrote stands."""


class Unpublishable(Exception):
    """A stored commit that this code cannot publish: most often a newer version wrote it.

    Attributes:
        commit: its id.
        told: which it is and why, without what it holds.
    """

    awaits = "operator"

    def __init__(self, commit: str, why: str) -> None:
        self.commit = commit
        self.told = f"commit {commit} cannot be published: {why}"
        super().__init__(self.told)


@dataclass(slots=True)
class Term:
    """What a leader holds, and what it knows.

    Attributes:
        database: where `commits` and `checkpoints` are.
        store: to read what the change stream skipped.
        clock: the one that commits are recorded by.
        records: returns the keys and values of the records that a commit is published by.
        fence: the lease's token; once a later leader has written a higher one, this moves nothing.
        lost: set once another process may lead.
        producer: of this term alone.
        changes: the change stream, from the checkpoint on.
        written: what this leader knows to be on the topic.
        swept: from when on a sweep is to look.
        scan: why the whole store is to be sent first, or nothing.
        heads: stream to the version that was last sent.
        sent: commits that were recorded lately and sent, to when that was.
    """

    database: Database
    store: Store
    clock: Clock
    records: Callable[[Commit], Iterable[tuple[bytes, bytes]]]
    fence: int
    lost: Event
    producer: Any
    changes: Any
    written: Written
    swept: datetime
    scan: str
    heads: OrderedDict[tuple[str, str], int] = field(default_factory=OrderedDict, init=False)
    sent: dict[str, datetime] = field(default_factory=dict, init=False)
    moved: Any = field(default=None, init=False)
    noted: float = field(default_factory=time.monotonic, init=False)
    looked: float = field(default_factory=time.monotonic, init=False)

    def step(self) -> None:
        """Send what is owed or has come, and look now and then for what was skipped.

        Raises:
            Deposed: another process leads.
            BrokerLost: the broker has not what it acknowledged.
            Unpublishable: a commit is none of ours; nothing of its batch was sent.
        """
        if self.scan:
            self._scan()
        self._tail()
        if time.monotonic() - self.looked > SWEEP_SECONDS:
            self.look()

    def look(self) -> None:
        """Ask the broker for what it acknowledged, and send what the change stream skipped."""
        self.written.check()
        self._sweep()
        self.looked = time.monotonic()

    def send(self, batch: Sequence[Commit]) -> None:
        """Send commits in order and wait for all, unless another process may lead by now."""
        if self.lost.is_set():
            raise Deposed
        whole = [found for commit in batch for found in self._without_holes(commit)]
        records = [record for commit in whole for record in self.records(commit)]
        futures = [
            self.producer.send(self.written.topic, key=key, value=value, headers=HEADERS)
            for key, value in records
        ]
        failpoint("relay.before_ack")
        for future in futures:
            self.written.note(future.get(timeout=30))
        lately = self.clock() - SWEPT
        self.sent.update((found.id, found.recorded) for found in whole if found.recorded > lately)
        RELAYED.inc(len(futures))

    def _scan(self) -> None:
        """Send all that the store holds."""
        RELAY_SCANS.labels(self.scan).inc()
        # Pinned before: what comes meanwhile is sent again after it.
        pinned, begun = self._pin(), self.clock()
        for batch in _chunks(map(from_document, commits(self.database).find({}).sort("_id", 1))):
            self.send(batch)
            failpoint("relay.in_scan")
        self._move({"token": pinned, "topic_id": self.written.topic_id, "swept": begun})
        self.swept, self.scan = begun, ""

    def _pin(self) -> Any:
        """Return the token of where the change stream stands."""
        while self.changes.resume_token is None:
            self.changes.try_next()
        return self.changes.resume_token

    def _tail(self) -> None:
        batch = next(_chunks(_available(self.changes)), [])
        if batch:
            self.send(batch)
            failpoint("relay.after_ack")
            if len(batch) < FEW:
                self.lost.wait(GATHER_SECONDS)
        due = time.monotonic() - self.noted > NOTE_SECONDS
        # An idle stream's token moves too; kept, it outlives the server's own log.
        if self.changes.resume_token != self.moved and (batch or due):
            self._move({"token": self.changes.resume_token})
            self.moved, self.noted = self.changes.resume_token, time.monotonic()

    def _sweep(self) -> None:
        """Send what was recorded lately and not sent, with all that follows it in its stream."""
        until = self.clock() - SETTLED
        span = {"recorded": {"$gte": self.swept - OVERLAP, "$lte": until}}
        # What was recorded long ago is not remembered as sent: each is sent once in a sweep.
        again: set[str] = set()
        # In the order of their streams, whichever of two writers' clocks is fast.
        for commit in map(from_document, commits(self.database).find(span).sort("_id", 1)):
            if commit.id not in self.sent and commit.id not in again:
                log.info("relay_sends_swept", stream=commit.stream, version=commit.version)
                after = commit.version - 1
                for following in _chunks(self.store.load(commit.tenant, commit.stream, after)):
                    self.send(following)
                    again.update(found.id for found in following)
        self._move({"swept": until})
        self.sent = {name: at for name, at in self.sent.items() if at >= until - OVERLAP}
        self.swept = until

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

    def _move(self, changes: Document) -> None:
        """Move the checkpoint, unless a later leader has taken it."""
        moved = self.database["checkpoints"].update_one(
            {"_id": CHECKPOINT, "fence": self.fence},
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
    """Yield the commits that the server has ready, waiting a moment for the first one only."""
    while change := changes.try_next():
        yield from_document(change["fullDocument"])
        # There is no public door to it; seen in pymongo 4.20. Asked for more, it waits again.
        if not changes._cursor._has_next():  # noqa: SLF001
            return
