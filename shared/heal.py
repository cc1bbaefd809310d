"""Fill what is missing: from the owner of a stream, for keys that wait and for lost ends.

A gap waits ten seconds, since a relay that starts over fills it by itself; then all that follows
the key's ledger is fetched from the owner and applied in order. The last event of a stream leaves
no gap to see: hourly, and after the broker's log has changed, ledgers are compared with the owner's
heads. An owner that is away means waiting, never parking.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event

import structlog
from pymongo.client_session import ClientSession
from pymongo.errors import PyMongoError

from shared.apply import Application, Target, persevere
from shared.clock import Clock, system
from shared.envelope import Envelope
from shared.failpoint import failpoint
from shared.lease import Lease, lead
from shared.ledger import EVER, LEDGERS, PARKED, WAITING, Ledgers, ledger_id, missing, parts
from shared.metrics import HEALED, PARKED_KEYS, WAITING_KEYS
from shared.mongo import Database, Document, is_conflict, take_over, transaction, under
from shared.park import MOST, Failure, Full
from shared.peers import Away, Head, Peers
from shared.publication import owner_of, topic_name
from shared.views import Projection

PATIENCE = timedelta(seconds=10)
COMPARE_EVERY = timedelta(hours=1)
# What was committed this moment is on its way, not missing.
SETTLED = timedelta(seconds=60)
# Heads are asked for by when they were recorded, and clocks differ.
OVERLAP = timedelta(minutes=10)
IDLE_SECONDS = 1.0
WINDOW = 50
COMPARISONS = "comparisons"

Generations = Callable[[], Sequence[tuple[Projection, datetime]]]

log = structlog.get_logger("heal")


@dataclass(slots=True)
class Healer:
    """Fills what the projections of one service miss.

    Attributes:
        generations: returns the projections to heal, each with its `since`.
        database: where their ledgers are.
        peers: the owners of streams.
        holder: name of this process in the lease.
        clock: the one that commits are recorded by.
        patience: how long a gap may fill by itself.
        settled: how old a head must be to be missed.
        most: how many keys of a consumer may be parked.
        session: of its transactions, so that a successor can abort what it left open.
    """

    generations: Generations
    database: Database
    peers: Peers
    holder: str
    clock: Clock = system
    patience: timedelta = PATIENCE
    settled: timedelta = SETTLED
    most: int = MOST
    session: ClientSession = field(init=False)

    def __post_init__(self) -> None:
        self.session = self.database.client.start_session()

    def run(self, stop: Event) -> None:
        """Heal, until `stop`."""
        lead(Lease(self.database, "heal", self.holder), self.step, stop, idle=IDLE_SECONDS)

    def step(self) -> int:
        """Fill one window of waiting keys of each projection and owner; return how many were."""
        take_over(self.database, "heal", self.session)
        filled = 0
        waiting, parked = self._count(WAITING), self._count(PARKED)
        compared = {found["_id"]: found for found in self.database[COMPARISONS].find({})}
        for projection, since in self.generations():
            consumer = projection.consumer
            WAITING_KEYS.labels(consumer).set(waiting.get(consumer, 0))
            PARKED_KEYS.labels(consumer).set(parked.get(consumer, 0))
            for owner in projection.services:
                try:
                    keys = self._waiting(projection, owner) if consumer in waiting else ()
                    filled += sum(self._fill(projection, since, key) for key in keys)
                    self._compare(projection, owner, compared.get(_comparison(projection, owner)))
                except Away as fault:
                    log.warning("owner_away", consumer=consumer, reason=str(fault))
        return filled

    def _count(self, state: str) -> dict[str, int]:
        """Return how many keys of each consumer are in a state."""
        match: Document = {"$match": {"state": state}}
        group: Document = {"$group": {"_id": "$consumer", "keys": {"$sum": 1}}}
        found = self.database[LEDGERS].aggregate([match, group])
        return {one["_id"]: one["keys"] for one in found}

    def _waiting(self, projection: Projection, owner: str) -> list[Document]:
        chosen = {
            "state": WAITING,
            "consumer": projection.consumer,
            "since": {"$lte": system() - self.patience},
            "_id": under(projection.consumer, topic_name(owner)),
        }
        return list(self.database[LEDGERS].find(chosen).sort("since", 1).limit(WINDOW))

    def _fill(self, projection: Projection, since: datetime, ledger: Document) -> bool:
        """Apply all that follows a ledger; tell whether anything came."""
        _, topic, _, key = parts(ledger["_id"])
        target = Target(projection, self.database, topic, since, self.most)
        came = False
        for subject, head in missing(ledger):
            for events in self.peers.events(owner_of(topic), key.split("|")[0], subject, head):
                came = True
                if not self._apply(target, ledger["_id"], events):
                    return False
        if not came:
            log.error("owner_lacks_events", consumer=projection.consumer, ledger=ledger["_id"])
            self._postpone(ledger["_id"])
        return came

    def _postpone(self, ledger: str) -> None:
        """Let other keys come first, and this one in a while."""
        self.database[LEDGERS].update_one(
            {"_id": ledger, "state": WAITING}, {"$set": {"since": system()}}
        )

    def _apply(self, target: Target, ledger: str, events: Sequence[Envelope]) -> bool:
        """Apply events of one stream; tell whether that went through, or is to be done again."""

        def transact(failures: Mapping[str, Failure]) -> int:
            with transaction(self.database, self.session) as session:
                # The write lock on the ledger first: a consumer at the same key then conflicts
                # at once, with a label, instead of at the end.
                self.database[LEDGERS].update_one(
                    {"_id": ledger}, {"$set": {"touched": system()}}, session=session
                )
                applied = Application(target, session, system(), failures).apply(events)
                failpoint("heal.before_commit")
            failpoint("heal.after_commit")
            return applied

        try:
            applied = persevere(transact)
        except Full:
            self._postpone(ledger)
            return False
        except PyMongoError as fault:
            if not is_conflict(fault):
                raise
            return False
        HEALED.labels(target.projection.consumer).inc(applied)
        log.info("gap_filled", consumer=target.projection.consumer, ledger=ledger, events=applied)
        return True

    def _compare(self, projection: Projection, owner: str, known: Document | None) -> None:
        """Compare the ledgers with an owner's heads, when it is time.

        Args:
            projection: whose ledgers.
            owner: a service.
            known: when they were compared and are to be again; nothing where all heads are to be.
        """
        comparisons = self.database[COMPARISONS]
        identity = _comparison(projection, owner)
        first: Document = {"until": None, "next": EVER}
        if known is None:
            comparisons.update_one({"_id": identity}, {"$setOnInsert": first}, upsert=True)
        kept = known or first
        if kept["next"] > system():
            return
        since, until = kept["until"] and kept["until"] - OVERLAP, self.clock() - self.settled
        noted = [
            self._note(projection, owner, heads[start : start + WINDOW])
            for heads in self.peers.heads(owner, since, until)
            for start in range(0, len(heads), WINDOW)
        ]
        # Not where all of them are to be compared again meanwhile.
        if all(noted):
            comparisons.update_one(
                {"_id": identity, "until": kept["until"]},
                {"$set": {"until": until, "next": system() + COMPARE_EVERY}},
            )

    def _note(self, projection: Projection, owner: str, heads: Sequence[Head]) -> bool:
        """Have keys wait for what their heads tell; tell whether none was busy."""
        try:
            self._see(projection, topic_name(owner), heads)
        except PyMongoError as fault:
            if not is_conflict(fault):
                raise
            if len(heads) == 1:
                return False
            half = len(heads) // 2
            noted = [self._note(projection, owner, part) for part in (heads[:half], heads[half:])]
            return all(noted)
        return True

    def _see(self, projection: Projection, topic: str, heads: Sequence[Head]) -> None:
        by_ledger = [
            (ledger_id(projection.consumer, topic, head.epoch, head.key), head) for head in heads
        ]
        with transaction(self.database, self.session) as session:
            ledgers = Ledgers(projection.consumer, topic, self.database, session, system())
            ledgers.load_ids({identity for identity, _ in by_ledger})
            for identity, head in by_ledger:
                ledgers.see(identity, head.stream, head.sequence)
            found = len(ledgers.changed)
            ledgers.flush()
        if found:
            log.warning("heads_ahead", consumer=projection.consumer, topic=topic, keys=found)


def compare_soon(database: Database, projection: Projection) -> None:
    """Have all heads compared: the broker's log is not the one it was."""
    identities = [_comparison(projection, owner) for owner in projection.services]
    database[COMPARISONS].delete_many({"_id": {"$in": identities}})


def compared(database: Database, projection: Projection) -> bool:
    """Tell whether all heads were compared since the broker's log last changed."""
    identities = [_comparison(projection, owner) for owner in projection.services]
    chosen = {"_id": {"$in": identities}, "until": {"$ne": None}}
    return database[COMPARISONS].count_documents(chosen) == len(identities)


def _comparison(projection: Projection, owner: str) -> str:
    return f"{projection.consumer}|{owner}"
