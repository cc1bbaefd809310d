"""Carry every committed published event to Kafka: at least once, in order, never a hole.

One leader a service tails the change stream of `commits`, which is commit order. The checkpoint
moves only past an acknowledged prefix; any failed send starts over from it with a new producer.
At the first start, with a lost resume token, or when the broker has lost records, the whole store
is sent. What one leader does, pass after pass, is in shared/term.py. Whoever reads Kafka drops what
is not newer.
"""

import contextlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import structlog
from pymongo.errors import OperationFailure, PyMongoError

from shared import envelope, kafka, waits
from shared.clock import Clock, system
from shared.codec import Codec
from shared.lease import Lease, renewed
from shared.metrics import RELAY_HELD
from shared.mongo import Database, Document
from shared.publication import Publication, topic_name
from shared.store import Commit, Store, commits, from_document
from shared.term import BATCH_EVENTS, CHECKPOINT, Deposed, Term, Unpublishable
from shared.written import BrokerLost, Written, is_short

RETRY_SECONDS = 2.0
AWAIT_MS = 1000
INSERTS = [{"$match": {"operationType": "insert"}}]
# FailedToParse (a token of another kind of server), InvalidResumeToken, ChangeStreamFatalError,
# ChangeStreamHistoryLost.
LOST_TOKEN = {9, 260, 280, 286}

log = structlog.get_logger("relay")


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
        await_ms: how long the store may let a look at the change stream wait for a commit.
        blocked: id of the commit that could not be published, or nothing.
    """

    service: str
    database: Database
    store: Store
    codec: Codec
    published: Mapping[type, Publication]
    bootstrap: str
    holder: str
    clock: Clock = system
    await_ms: int = AWAIT_MS
    blocked: str = field(default="", init=False)

    def run(self, stop: Event) -> None:
        """Lead while the lease is held, until `stop`; wait out whatever is away."""
        lease = Lease(self.database, "relay", self.holder)
        while not stop.is_set():
            try:
                lease.prepare()
                self._try_again()
                if lease.acquire():
                    # Beside the work: a piece of it may take longer than the lease lasts.
                    with renewed(lease) as lost, self.leading(lease.token, lost) as term:
                        while not stop.is_set():
                            term.step()
                            waits.end("relay")
                else:
                    waits.end("relay")
            except Deposed:
                log.warning("relay_deposed")
            except BrokerLost as fault:
                log.warning("broker_lost_records", reason=str(fault))
                continue
            except Unpublishable as fault:
                waits.begin("relay", fault)
                self.blocked = fault.commit
                # A process that runs a newer version may know it.
                _give_up(lease)
            except kafka.FAULTS as fault:
                waits.begin("relay", fault)
            RELAY_HELD.set(0)
            stop.wait(RETRY_SECONDS)
        _give_up(lease)

    @contextmanager
    def leading(self, token: int, lost: Event) -> Iterator[Term]:
        """Begin a term, and end it with its producer and its change stream.

        Args:
            token: of the lease.
            lost: set once another process may lead.

        Yields:
            The term, to be stepped through.

        Raises:
            Deposed: a later leader has written to the checkpoint.
            BrokerLost: the broker has not what was written: the next term sends the whole store.
        """
        topic = topic_name(self.service)
        topic_id = kafka.ensure_topic(self.bootstrap, topic)
        checkpoint = self._take_over(token)
        reason = self._to_scan(checkpoint, topic_id)
        if reason:
            self._forget_token(token)
        known = {} if reason else dict(checkpoint["acknowledged"])
        RELAY_HELD.set(1)
        log.info("relay_leads", token=token, scan=reason)
        producer = kafka.producer(self.bootstrap, f"{self.service}.relay")
        try:
            with self._changes(None if reason else checkpoint["token"]) as changes:
                yield Term(
                    database=self.database,
                    store=self.store,
                    clock=self.clock,
                    records=self.records,
                    fence=token,
                    lost=lost,
                    producer=producer,
                    changes=changes,
                    written=Written(self.bootstrap, topic, topic_id, known),
                    swept=checkpoint.get("swept") or self.clock(),
                    scan=reason,
                )
        except (BrokerLost, OperationFailure) as fault:
            if isinstance(fault, BrokerLost) or fault.code in LOST_TOKEN:
                self._forget_token(token)
            raise
        finally:
            kafka.close(producer)

    def records(self, commit: Commit) -> list[tuple[bytes, bytes]]:
        """Return the keys and values of the records that a commit is published by.

        Raises:
            Unpublishable: it is none of ours.
        """
        try:
            events = envelope.publish(commit, self.service, self.codec, self.published)
            return [(event.key.encode(), envelope.encode(event)) for event in events]
        except Exception as fault:
            raise Unpublishable(commit.id, waits.describe(fault)) from fault

    def _try_again(self) -> None:
        """Try the commit that could not be published, before anything is sent once more."""
        if self.blocked:
            found = commits(self.database).find_one({"_id": self.blocked})
            if found:
                self.records(from_document(found))
            self.blocked = ""

    def _take_over(self, token: int) -> Document:
        """Put this leader's fencing token into the checkpoint and return it."""
        checkpoints = self.database["checkpoints"]
        checkpoints.update_one(
            {"_id": CHECKPOINT}, {"$setOnInsert": {"fence": 0, "acknowledged": {}}}, upsert=True
        )
        found = checkpoints.find_one_and_update(
            {"_id": CHECKPOINT, "fence": {"$lte": token}}, {"$set": {"fence": token}}
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

    def _forget_token(self, token: int) -> None:
        """Have the whole store sent, and sent again where that is cut off."""
        self.database["checkpoints"].update_one(
            {"_id": CHECKPOINT, "fence": token}, {"$unset": {"token": ""}}
        )

    def _changes(self, token: Any) -> Any:
        return commits(self.database).watch(
            INSERTS,
            resume_after=token,
            max_await_time_ms=self.await_ms,
            batch_size=BATCH_EVENTS,
        )


def _give_up(lease: Lease) -> None:
    with contextlib.suppress(PyMongoError):
        lease.release()
