"""Carry every committed published event to Kafka: at least once, in order, never a hole.

One leader a service tails the change stream of `commits`, which is commit order. The checkpoint
moves only past an acknowledged prefix; any failed send starts over from it with a new producer.
Whoever reads Kafka drops what is not newer.
"""

import contextlib
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import structlog
from pymongo.errors import PyMongoError

from shared import envelope, kafka
from shared.codec import Codec
from shared.lease import Lease
from shared.metrics import RELAY_HELD, RELAYED
from shared.mongo import Database, Document
from shared.publication import Publication, topic_name
from shared.store import Commit, Store, from_document

BATCH = 500
RENEW_SECONDS = 3.0
RETRY_SECONDS = 2.0
REMEMBERED_STREAMS = 100_000
INSERTS = [{"$match": {"operationType": "insert"}}]
CHECKPOINT = "relay"

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
    """

    service: str
    database: Database
    store: Store
    codec: Codec
    published: Mapping[type, Publication]
    bootstrap: str
    holder: str
    heads: OrderedDict[tuple[str, str], int] = field(default_factory=OrderedDict, init=False)

    def run(self, stop: Event) -> None:
        """Lead while the lease is held, until `stop`; wait out whatever is away."""
        lease = Lease(self.database, "relay", self.holder)
        while not stop.is_set():
            try:
                lease.prepare()
                if lease.acquire():
                    self._lead(lease, stop)
            except Deposed:
                log.warning("relay_deposed")
            except (PyMongoError, kafka.Fault, OSError) as fault:
                log.warning("relay_waits", fault=type(fault).__name__)
            except kafka.TopicChanged:
                log.exception("relay_halted")
            RELAY_HELD.set(0)
            stop.wait(RETRY_SECONDS)
        with contextlib.suppress(PyMongoError):
            lease.release()

    def _lead(self, lease: Lease, stop: Event) -> None:
        topic_id = kafka.ensure_topic(self.bootstrap, topic_name(self.service))
        checkpoint = self._take_over(lease, topic_id)
        self.heads.clear()
        RELAY_HELD.set(1)
        log.info("relay_leads", token=lease.token)
        producer = kafka.producer(self.bootstrap, f"{self.service}.relay")
        try:
            with self._changes(checkpoint.get("token")) as changes:
                if "token" not in checkpoint:
                    self._scan(lease, producer, changes)
                self._tail(lease, producer, changes, stop)
        finally:
            producer.close(timeout=5)

    def _take_over(self, lease: Lease, topic_id: str) -> Document:
        """Put this leader's fencing token into the checkpoint and return it."""
        checkpoints = self.database["checkpoints"]
        checkpoints.update_one(
            {"_id": CHECKPOINT}, {"$setOnInsert": {"topic_id": topic_id, "fence": 0}}, upsert=True
        )
        found = checkpoints.find_one_and_update(
            {"_id": CHECKPOINT, "fence": {"$lte": lease.token}}, {"$set": {"fence": lease.token}}
        )
        if found is None:
            raise Deposed
        if found["topic_id"] != topic_id:
            raise kafka.TopicChanged(
                f"{topic_name(self.service)} was {found['topic_id']} and is {topic_id}"
            )
        return found

    def _changes(self, token: Any) -> Any:
        return self.database["commits"].watch(
            INSERTS, resume_after=token, max_await_time_ms=50, batch_size=BATCH
        )

    def _scan(self, lease: Lease, producer: Any, changes: Any) -> None:
        """Send all that the store holds; the token of `changes` was pinned before."""
        pinned = self._pin(changes)
        batch: list[Commit] = []
        for document in self.database["commits"].find({}).sort("_id", 1):
            batch.append(from_document(document))
            if len(batch) == BATCH:
                self._send(producer, batch)
                self._renew(lease)
                batch = []
        self._send(producer, batch)
        self._move(lease, pinned)

    @staticmethod
    def _pin(changes: Any) -> Any:
        """Return a token from before the scan; what comes meanwhile is sent again after it."""
        while changes.resume_token is None:
            changes.try_next()
        return changes.resume_token

    def _tail(self, lease: Lease, producer: Any, changes: Any, stop: Event) -> None:
        renewed = time.monotonic()
        moved = None
        while not stop.is_set():
            batch = [from_document(change["fullDocument"]) for change in _available(changes)]
            if batch:
                self._send(producer, batch)
            due = time.monotonic() - renewed > RENEW_SECONDS
            if due:
                self._renew(lease)
                renewed = time.monotonic()
            # An idle stream's token moves too; kept, it outlives the server's own log.
            if changes.resume_token != moved and (batch or due):
                self._move(lease, changes.resume_token)
                moved = changes.resume_token

    def _send(self, producer: Any, batch: Sequence[Commit]) -> None:
        """Send the commits in order and wait until all are acknowledged."""
        futures = [
            producer.send(
                topic_name(self.service),
                key=event.key.encode(),
                value=envelope.encode(event),
                headers=[("content-type", envelope.CONTENT_TYPE.encode())],
            )
            for commit in batch
            for whole in self._without_holes(commit)
            for event in envelope.publish(whole, self.service, self.codec, self.published)
        ]
        for future in futures:
            future.get(timeout=30)
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

    def _renew(self, lease: Lease) -> None:
        if not lease.acquire():
            raise Deposed

    def _move(self, lease: Lease, token: Any) -> None:
        """Move the checkpoint, unless a later leader has taken it."""
        moved = self.database["checkpoints"].update_one(
            {"_id": CHECKPOINT, "fence": lease.token}, {"$set": {"token": token}}
        )
        if moved.matched_count == 0:
            raise Deposed


def _available(changes: Any, limit: int = BATCH) -> Iterator[Document]:
    """Yield the changes that are there, waiting a moment for the first one only."""
    for _ in range(limit):
        change = changes.try_next()
        if change is None:
            return
        yield change
