"""A lease in MongoDB: at most one holder, on the server's clock, with a fencing token.

The token grows with every change of holder. Whoever writes under the lease writes the token too,
so that a holder that was deposed without noticing changes nothing.
"""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError, PyMongoError

from shared import waits
from shared.mongo import Database, Document, majority

SECONDS = 10
RENEW_SECONDS = 3.0
IDLE_SECONDS = 0.2
RETRY_SECONDS = 2.0


@dataclass(slots=True)
class Lease:
    """One lease, as one would-be holder sees it.

    Attributes:
        database: where the lease is kept.
        name: what it is for, for example `relay`.
        holder: who asks; unique among processes.
        token: the fencing token while held, 0 otherwise.
    """

    database: Database
    name: str
    holder: str
    token: int = field(default=0, init=False)

    def prepare(self) -> None:
        """Write the lease's document; racing upserts would answer nothing."""
        try:
            self._leases().insert_one({"_id": self.name, "token": 0})
        except DuplicateKeyError:
            return

    def acquire(self) -> bool:
        """Take or renew the lease; tell whether it is held now."""
        free: Document = {
            "$or": [
                {"$eq": ["$holder", self.holder]},
                {"$not": ["$until"]},
                # As dates some servers compare these two as equal: numbers are safe.
                {"$lte": [{"$toLong": "$until"}, {"$toLong": "$$NOW"}]},
            ]
        }
        changes = {"$ne": ["$holder", self.holder]}
        expiry: dict[str, Any] = {
            "$dateAdd": {"startDate": "$$NOW", "unit": "second", "amount": SECONDS}
        }
        found = self._leases().find_one_and_update(
            {"_id": self.name},
            [
                {"$set": {"free": free, "changes": changes}},
                {
                    "$set": {
                        "token": {
                            "$cond": [
                                {"$and": ["$free", "$changes"]},
                                {"$add": ["$token", 1]},
                                "$token",
                            ]
                        },
                        "holder": {"$cond": ["$free", self.holder, "$holder"]},
                        "until": {"$cond": ["$free", expiry, "$until"]},
                    }
                },
                {"$unset": ["free", "changes"]},
            ],
            return_document=ReturnDocument.AFTER,
        )
        held = found is not None and found.get("holder") == self.holder
        self.token = found["token"] if held and found else 0
        return held

    def release(self) -> None:
        """Give the lease up, keeping its token: a deleted lease would start again from 1."""
        self._leases().update_one(
            {"_id": self.name, "holder": self.holder}, {"$unset": {"holder": "", "until": ""}}
        )
        self.token = 0

    def _leases(self) -> Any:
        return majority(self.database, "leases")


def held(database: Database) -> set[str]:
    """Return the names of the leases that are held now, on the server's clock."""
    # Compared as numbers: see `acquire`.
    lasting = {"$expr": {"$gt": [{"$toLong": "$until"}, {"$toLong": "$$NOW"}]}}
    return {found["_id"] for found in database["leases"].find(lasting)}


def lead(
    lease: Lease,
    step: Callable[[], int],
    stop: Event,
    *,
    idle: float = IDLE_SECONDS,
    away: tuple[type[Exception], ...] = waits.FAULTS,
) -> None:
    """Call `step` again and again while the lease is held, until `stop`.

    A step returns how much it did; after one that did nothing it rests for `idle` seconds.
    While an engine is away, which shows in the faults `away`, or another process leads, it waits.
    """
    while not stop.is_set():
        try:
            lease.prepare()
            if lease.acquire():
                with renewed(lease) as lost:
                    while not lost.is_set() and not stop.is_set():
                        done = step()
                        waits.end(lease.name)
                        if not done:
                            stop.wait(idle)
            else:
                waits.end(lease.name)
        except away as fault:
            waits.begin(lease.name, fault)
        stop.wait(RETRY_SECONDS)
    with contextlib.suppress(PyMongoError):
        lease.release()


@contextmanager
def renewed(lease: Lease) -> Iterator[Event]:
    """Keep a lease beside what is done under it, which may take longer than it lasts.

    Yields:
        What is set once the lease may be another's.
    """
    lost, done = Event(), Event()

    def renew() -> None:
        with contextlib.suppress(PyMongoError):
            while not done.wait(RENEW_SECONDS):
                if not lease.acquire():
                    break
        lost.set()

    keeper = Thread(target=renew, name=f"keep {lease.name}", daemon=True)
    keeper.start()
    try:
        yield lost
    finally:
        done.set()
        keeper.join()
