"""Seals over the audit: every hour the root of a Merkle tree over what was written since.

A seal holds how far it goes in each chain and the hash of the seal before. Its root goes to the
log, which leaves the machine: whoever could write to the database could make chains and seals
anew, but not what was logged.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

import structlog

from shared.audit import AUDIT, digest
from shared.clock import Clock
from shared.lease import Lease, lead
from shared.mongo import Database, Document, majority

SEALS = "seals"
EVERY = timedelta(hours=1)
# A chain that nothing was added to for so long is not looked at again.
BACK = timedelta(days=2)
IDLE_SECONDS = 30.0

log = structlog.get_logger("audit")


@dataclass(slots=True)
class Sealer:
    """Seals a service's audit, one process at a time."""

    database: Database
    clock: Clock
    holder: str

    def run(self, stop: Event) -> None:
        """Seal every hour until `stop`."""
        lead(Lease(self.database, "seal", self.holder), self.step, stop, idle=IDLE_SECONDS)

    def step(self) -> int:
        """Seal what was written, if the last seal is an hour old; return how much it was."""
        now, last = self.clock(), latest(self.database)
        if last and now - last["at"] < EVERY:
            return 0
        entries = list(unsealed(self.database, last))
        if not entries:
            return 0
        seal = made(entries, last, now)
        majority(self.database, SEALS).insert_one(seal)
        log.info("audit_sealed", seal=seal["_id"], root=seal["root"], entries=seal["entries"])
        return len(entries)


def latest(database: Database) -> Document | None:
    """Return the last seal."""
    return database[SEALS].find_one({}, sort=[("_id", -1)])


def made(entries: Sequence[Document], last: Document | None, now: datetime) -> Document:
    """Return the seal over these entries, which stand in the order of their ids."""
    seal: Document = {
        "_id": (last["_id"] if last else 0) + 1,
        "at": now,
        "chains": _chains(entries),
        "entries": len(entries),
        "root": root(entry["hash"] for entry in entries),
        "previous": last["hash"] if last else "",
    }
    return seal | {"hash": digest(seal)}


def unsealed(database: Database, last: Document | None) -> Iterator[Document]:
    """Yield the entries that no seal holds, in the order of their ids."""
    since = {"at": {"$gte": last["at"] - BACK}} if last else {}
    sealed = _sealed(database, last)
    for entry in database[AUDIT].find(since).sort("_id", 1):
        writer, number = entry["_id"].split("|")
        if int(number) > sealed.get(writer, 0):
            yield entry


def root(hashes: Iterable[str]) -> str:
    """Return the root of a Merkle tree over hashes, in hexadecimal (RFC 9162, section 2.1.1)."""
    return _root([hashlib.sha256(b"\0" + bytes.fromhex(found)).digest() for found in hashes]).hex()


def _root(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256(b"").digest()
    while len(leaves) > 1:
        pairs = [leaves[start : start + 2] for start in range(0, len(leaves), 2)]
        leaves = [_pair(pair) for pair in pairs]
    return leaves[0]


def _pair(pair: Sequence[bytes]) -> bytes:
    return hashlib.sha256(b"\1" + b"".join(pair)).digest() if len(pair) > 1 else pair[0]


def _chains(entries: Iterable[Document]) -> list[list[object]]:
    """Return each chain with its first and last number: [writer, from, to]."""
    found: dict[str, list[int]] = {}
    for entry in entries:
        writer, number = entry["_id"].split("|")
        found.setdefault(writer, []).append(int(number))
    return [[writer, numbers[0], numbers[-1]] for writer, numbers in found.items()]


def _sealed(database: Database, last: Document | None) -> dict[str, int]:
    """Return how far each chain is sealed that may have grown lately."""
    if last is None:
        return {}
    lately = database[SEALS].find({"at": {"$gte": last["at"] - 2 * BACK}})
    far: dict[str, int] = {}
    for seal in lately:
        for writer, _, to in seal["chains"]:
            far[writer] = max(far.get(writer, 0), to)
    return far
