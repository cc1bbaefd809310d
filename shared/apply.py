"""Apply events to the documents of a projection, inside a transaction that the caller opens.

Whole commits in order: what is not newer is dropped, what jumps makes its key wait, what a handler
cannot take parks its key. Whoever consumes, heals or drains applies by this.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain

import orjson
import structlog
from pymongo.client_session import ClientSession
from pymongo.errors import PyMongoError

from shared.batch import REPEATED, Whole, agree, commits
from shared.envelope import Envelope, decode, encode
from shared.ledger import Ledgers
from shared.mongo import Database, Document
from shared.park import MOST, PARKED, Failure, Full, count, describe
from shared.views import Projection, Views

TRIES = 3
TRY_SECONDS = 0.1
CONTRADICTS = "its sequence and its version contradict what was applied of its stream"

log = structlog.get_logger("apply")


class Failed(Exception):
    """A handler failed: the transaction is to be given up and tried again."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.event.type}: {failure.error}")
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Target:
    """Where the events of one topic go.

    Attributes:
        projection: what it makes of them.
        database: where its documents and ledgers are.
        topic: the topic's name.
        since: what was recorded earlier sends and decides nothing.
        most: how many of its keys may be parked.
    """

    projection: Projection
    database: Database
    topic: str
    since: datetime
    most: int = MOST


@dataclass(frozen=True, slots=True)
class Application:
    """One transaction's work.

    Attributes:
        target: where the events go.
        session: of the transaction.
        now: when this is; a key waits from then.
        failures: by ledger, what was tried often enough: its key is parked there.
        received: by event id, records as received from a topic, where anybody may have put them;
            what its owner was asked for is not doubted, and encoded anew.
        ledgers: of the keys.
        refused: event id to why it was received and is no event of its stream.
        kept: ledger to the event that it is parked by.
    """

    target: Target
    session: ClientSession
    now: datetime
    failures: Mapping[str, Failure] = field(default_factory=dict)
    received: Mapping[str, bytes] = field(default_factory=dict)
    ledgers: Ledgers = field(init=False)
    refused: dict[str, str] = field(default_factory=dict, init=False)
    kept: dict[str, Envelope | None] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        ledgers = Ledgers(
            self.target.projection.consumer,
            self.target.topic,
            self.target.database,
            self.session,
            self.now,
        )
        object.__setattr__(self, "ledgers", ledgers)

    def apply(self, events: Sequence[Envelope]) -> int:
        """Apply what is next; return how many events that were.

        Args:
            events: in the order of their topic, or of their streams.

        Raises:
            Failed: a handler failed.
            Full: it failed often enough, and no more keys may be parked.
        """
        self.ledgers.load(events)
        whole, cut = commits(events)
        newer = list(chain.from_iterable(commit for commit in whole if self._admit(commit)))
        for event in cut:
            self.ledgers.see(self.ledgers.identity(event), event.subject, event.sequence)
        views = Views(self.target.since, self._read, self._left(newer))
        self._handle(views, newer)
        views.flush(self.target.projection, self.target.database, self.session)
        self.ledgers.flush()
        return len(newer)

    def _left(self, newer: Sequence[Envelope]) -> frozenset[str]:
        """Return the events that the generation before has not applied, and may never apply.

        Where it does all the same, what it sends and decides has the same ids.
        """
        before = self.target.projection.replaces
        if before is None:
            return frozenset()
        database, topic = self.target.database, self.target.topic
        old = [at for at in newer if before.since <= at.recorded < self.target.since]
        ledgers = Ledgers(before.consumer, topic, database, self.session, self.now)
        if old:
            ledgers.load(old)
        return frozenset(event.id for event in old if ledgers.head(event) < event.sequence)

    def _admit(self, commit: Whole) -> bool:
        if commit[0].id in self.received and (reason := self._doubt(commit)):
            self.refused.update((event.id, reason) for event in commit)
            return False
        if not self.ledgers.admit(commit):
            return False
        failure = self.failures.get(self.ledgers.identity(commit[0]))
        if failure is not None and failure.event.id in {event.id for event in commit}:
            self._park(commit, failure)
            return False
        self.ledgers.apply(commit)
        return True

    def _doubt(self, commit: Whole) -> str:
        """Return why a commit cannot be of its stream, as far as its ledger knows, or nothing."""
        if self.ledgers.contradicts(commit):
            return CONTRADICTS
        parked = self._parked_by(self.ledgers.identity(commit[0]))
        if parked and any(at.id == parked.id and not agree(at, parked) for at in commit):
            return REPEATED
        return ""

    def _parked_by(self, ledger: str) -> Envelope | None:
        if ledger not in self.kept and self.ledgers.is_parked(ledger):
            found = self.target.database[PARKED].find_one({"_id": ledger}, session=self.session)
            self.kept[ledger] = decode(found["raw"]) if found else None
        return self.kept.get(ledger)

    def _park(self, commit: Whole, failure: Failure) -> None:
        consumer = self.target.projection.consumer
        if count(self.target.database, consumer, self.session) >= self.target.most:
            raise Full(consumer)
        self.ledgers.park(commit)
        raw = self.received.get(failure.event.id) or encode(failure.event)
        self.target.database[PARKED].replace_one(
            {"_id": failure.ledger},
            failure.document(raw, self.now),
            upsert=True,
            session=self.session,
        )

    def _handle(self, views: Views, newer: Sequence[Envelope]) -> None:
        projection = self.target.projection
        known = [event for event in newer if event.type in projection.handlers]
        views.preload(chain.from_iterable(map(projection.documents, known)))
        for event in known:
            try:
                projection.handlers[event.type](_own(event), views)
            except PyMongoError:
                raise
            except Exception as fault:
                failure = Failure(self.ledgers.identity(event), event, describe(fault))
                raise Failed(failure) from fault

    def _read(self, name: str, ids: list[str]) -> Iterable[Document]:
        collection = self.target.database[self.target.projection.collection(name)]
        return collection.find({"_id": {"$in": ids}}, session=self.session)


def _own(event: Envelope) -> Envelope:
    """Return the event with data that a handler may keep and change: it may be run again."""
    return replace(event, data=orjson.loads(orjson.dumps(event.data)))


def persevere(transact: Callable[[Mapping[str, Failure]], int]) -> int:
    """Run a transaction again when a handler fails, and park the key after three failures.

    Args:
        transact: runs the transaction with the failures to park by, and returns what it applied.
    """
    failures: dict[str, Failure] = {}
    tries: Counter[str] = Counter()
    while True:
        try:
            return transact(failures)
        except Failed as fault:
            failure = fault.failure
            tries[failure.event.id] += 1
            if tries[failure.event.id] < TRIES:
                time.sleep(TRY_SECONDS)
                continue
            failures[failure.ledger] = failure
            log.exception("key_parked", type=failure.event.type, stream=failure.event.subject)
