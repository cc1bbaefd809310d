"""Parked keys: what a handler could not apply is kept as received until a person has looked.

Its key applies nothing more on that topic, other keys go on. Draining fetches from the owner what
came since and applies it in order; discarding leaves out the one commit that fails, with a reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pymongo.client_session import ClientSession

from shared.envelope import Envelope
from shared.ledger import EVER, LEDGERS, WAITING, settle
from shared.ledger import PARKED as STATE
from shared.mongo import Database, Document, insist

PARKED = "parked"
DISCARDED = "discarded"
# So many keys whose handler fails are not so many strange events, but one fault of ours.
MOST = 1000


class NotParked(Exception):
    """This key is not parked: somebody else was faster, or it never was."""


class Full(Exception):
    """No more keys of this consumer may be parked."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A handler's failure on one event.

    Attributes:
        ledger: id of the ledger of its key.
        event: the event.
        error: which fault, and where in our code; never its text, which may hold data.
    """

    ledger: str
    event: Envelope
    error: str

    def document(self, raw: bytes, now: datetime) -> Document:
        """Return it as the collection `parked` keeps it, with the record as received."""
        return {
            "_id": self.ledger,
            "type": self.event.type,
            "tenant": self.event.tenant,
            "subject": self.event.subject,
            "sequence": self.event.sequence,
            "last": self.event.sequence + self.event.size - 1 - self.event.index,
            "error": self.error,
            "raw": raw,
            "parked": now,
        }


def describe(fault: BaseException) -> str:
    """Return a fault's class and the innermost place of ours, without its text."""
    where = ""
    trace = fault.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        where = f" in {code.co_name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(fault).__name__}{where}"


def count(database: Database, consumer: str, session: ClientSession | None = None) -> int:
    """Return how many keys of a consumer are parked."""
    mine = {"_id": {"$gte": f"{consumer}|", "$lt": f"{consumer}}}"}}
    return database[PARKED].count_documents(mine, session=session)


def drain(database: Database, ledger: str) -> None:
    """Let a parked key be filled from the owner, in order; it parks again where it fails again.

    Raises:
        NotParked: the key is not parked.
    """
    insist(database, lambda session: _release(database, session, ledger, {}))


def discard(database: Database, ledger: str, reason: str, actor: str) -> None:
    """Leave out the commit that fails, for a reason, and let the key go on after it.

    Raises:
        NotParked: the key is not parked.
        ValueError: no reason is given.
    """
    if not reason.strip():
        raise ValueError("a reason is needed")

    def write(session: ClientSession) -> None:
        record = database[PARKED].find_one({"_id": ledger}, session=session)
        if record is None:
            raise NotParked(ledger)
        _release(database, session, ledger, {record["subject"]: record["last"]})
        identity = f"{ledger}|{record['subject']}|{record['sequence']}"
        database[DISCARDED].insert_one(
            {**record, "_id": identity, "reason": reason, "actor": actor}, session=session
        )

    insist(database, write)


def _release(
    database: Database, session: ClientSession, ledger: str, heads: Mapping[str, int]
) -> None:
    found = database[LEDGERS].find_one({"_id": ledger, "state": STATE}, session=session)
    if found is None:
        raise NotParked(ledger)
    found["streams"].update(heads)
    found.update(state=WAITING, since=EVER)
    settle(found)
    database[LEDGERS].replace_one({"_id": ledger}, found, session=session)
    database[PARKED].delete_one({"_id": ledger}, session=session)


def listed(database: Database) -> list[Document]:
    """Return the parked keys, oldest first, without the records."""
    return list(database[PARKED].find({}, {"raw": 0}).sort("parked", 1))


def shown(database: Database, ledger: str) -> Document:
    """Return a parked key with the record as received.

    Raises:
        NotParked: the key is not parked.
    """
    found = database[PARKED].find_one({"_id": ledger})
    if found is None:
        raise NotParked(ledger)
    return found
