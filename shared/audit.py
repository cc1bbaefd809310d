"""Who looked at whose record, or changed it: written down before the answer, never changed after.

One chain a process: an entry holds the hash of the one before, so that none can be changed, left
out or put in between without a trace. `shared/seal.py` seals the chains every hour. Whoever waits
while somebody writes is written with all others who wait, so that many requests cost one write.
An entry holds ids, never a person's data; it stays when the person is erased.
"""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import orjson
from pymongo.errors import BulkWriteError, PyMongoError

from shared.clock import Clock
from shared.mongo import DUPLICATE_KEY, Database, Document, majority

AUDIT = "audit"
LET_THROUGH, REFUSED = "let_through", "refused"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that somebody did or was refused.

    Attributes:
        tenant: the practice group; empty for what spans all of them.
        actor: the asker's id at the issuer.
        roles: the asker's.
        action: of the table of permissions.
        patients: ids of those whose records were let through, or asked for and refused.
        outcome: let_through or refused.
        method: of HTTP.
        route: the address as it is declared, without ids.
        traceparent: W3C trace context of the request.
    """

    tenant: str
    actor: str
    roles: tuple[str, ...]
    action: str
    patients: tuple[str, ...]
    outcome: str
    method: str
    route: str
    traceparent: str


@dataclass(slots=True)
class Waiting:
    """An entry on its way; `document` once it has its place in the chain."""

    entry: Entry
    document: Document = field(default_factory=dict)
    written: bool = False


@dataclass(slots=True)
class Journal:
    """The chain of one process.

    Attributes:
        database: of the service.
        clock: the platform's time.
        writer: names the chain.
    """

    database: Database
    clock: Clock
    writer: str = field(default_factory=lambda: uuid.uuid4().hex)
    number: int = field(default=0, init=False)
    previous: str = field(default="", init=False)
    waiting: list[Waiting] = field(default_factory=list, init=False)
    unsure: list[Waiting] = field(default_factory=list, init=False)
    joining: Lock = field(default_factory=Lock, init=False)
    writing: Lock = field(default_factory=Lock, init=False)

    def write(self, entry: Entry) -> None:
        """Write an entry down, with those of all who wait.

        Raises:
            PyMongoError: the store did not take it: the answer must not be sent.
        """
        mine = Waiting(entry)
        with self.joining:
            self.waiting.append(mine)
        with self.writing:
            if mine.written:
                return
            try:
                self._write()
            except PyMongoError:
                # Who is not answered leaves nothing behind, unless it has its place already.
                with self.joining:
                    self.waiting = [one for one in self.waiting if one is not mine]
                raise

    def _write(self) -> None:
        """Write what an earlier write left unsure, which has its place already; then the rest."""
        self._settle()
        with self.joining:
            self.unsure, self.waiting = self.waiting, []
        for one in self.unsure:
            one.document = self._chained(one.entry)
        self._settle()

    def _settle(self) -> None:
        if self.unsure:
            self._insert([one.document for one in self.unsure])
        for one in self.unsure:
            one.written = True
        self.unsure = []

    def _chained(self, entry: Entry) -> Document:
        self.number += 1
        document: Document = {
            "_id": f"{self.writer}|{self.number:010d}",
            "at": self.clock(),
            "tenant": entry.tenant,
            "actor": entry.actor,
            "roles": list(entry.roles),
            "action": entry.action,
            "patients": sorted(set(entry.patients)),
            "outcome": entry.outcome,
            "method": entry.method,
            "route": entry.route,
            "traceparent": entry.traceparent,
            "previous": self.previous,
        }
        self.previous = document["hash"] = digest(document)
        return document

    def _insert(self, documents: Sequence[Document]) -> None:
        try:
            majority(self.database, AUDIT).insert_many(documents, ordered=False)
        except BulkWriteError as fault:
            # Ours alone: what is there already was written by a try that was not answered.
            if any(error["code"] != DUPLICATE_KEY for error in fault.details["writeErrors"]):
                raise


def digest(document: Document) -> str:
    """Return the hash of an entry: SHA-256 over all but itself, as JSON with sorted names."""
    plain = {name: _plain(value) for name, value in document.items() if name != "hash"}
    return hashlib.sha256(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).hexdigest()


def prepare(database: Database) -> None:
    """Create the indexes: by whose record, and by time."""
    audit = database[AUDIT]
    audit.create_index([("tenant", 1), ("patients", 1), ("at", 1)], name="tenant_patients_at")
    audit.create_index([("at", 1)], name="at")


def looked(database: Database, tenant: str, patient: str, limit: int) -> list[Document]:
    """Return the latest entries about a patient, the newest first."""
    wanted = {"tenant": tenant, "patients": patient}
    return list(database[AUDIT].find(wanted).sort("at", -1).limit(limit))


def _plain(value: Any) -> Any:
    return int(value.timestamp() * 1000) if hasattr(value, "timestamp") else value
