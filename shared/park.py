"""Parked keys: what a handler could not apply is kept as received until a person has looked.

Its key applies nothing more on that topic, other keys go on. Draining fetches from the owner what
came since and applies it in order; discarding leaves out the one commit that fails, with a reason.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo.client_session import ClientSession

from shared.envelope import Envelope
from shared.ledger import EVER, LEDGERS, WAITING, settle
from shared.ledger import PARKED as STATE
from shared.mongo import Database, Document, insist, under

PARKED = "parked"
DISCARDED = "discarded"
PAUSED = "paused"
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
    return database[PARKED].count_documents({"_id": under(consumer)}, session=session)


def drain(database: Database, ledger: str, at: datetime = EVER) -> None:
    """Let a parked key be filled from the owner, in order; it parks again where it fails again.

    Args:
        database: where it is parked.
        ledger: its id.
        at: not before; at once if left out.

    Raises:
        NotParked: the key is not parked.
    """
    insist(database, lambda session: _release(database, session, ledger, {}, at))


def drain_all(database: Database, now: datetime, rate: int = 0) -> int:
    """Drain every parked key of a service; return how many.

    Args:
        database: where they are parked.
        now: when the first begins.
        rate: how many begin in a minute; all at once if 0.
    """
    drained = 0
    for place, record in enumerate(listed(database)):
        at = now + timedelta(minutes=place / rate) if rate else EVER
        # Somebody else may have drained it meanwhile.
        with suppress(NotParked):
            drain(database, record["_id"], at)
            drained += 1
    return drained


def discard(
    database: Database, ledger: str, reason: str, actor: str, sequence: int | None = None
) -> None:
    """Leave out the commit that fails, for a reason, and let the key go on after it.

    Args:
        database: where it is parked.
        ledger: its id.
        reason: why; kept with the record.
        actor: who decides this.
        sequence: of the event that was looked at: another that fails since then stays.

    Raises:
        NotParked: the key is not parked, or by another event.
        ValueError: no reason is given.
    """
    if not reason.strip():
        raise ValueError("a reason is needed")

    def write(session: ClientSession) -> None:
        record = database[PARKED].find_one({"_id": ledger}, session=session)
        if record is None or sequence not in {None, record["sequence"]}:
            raise NotParked(ledger)
        _release(database, session, ledger, {record["subject"]: record["last"]}, EVER)
        identity = f"{ledger}|{record['subject']}|{record['sequence']}"
        database[DISCARDED].insert_one(
            {**record, "_id": identity, "reason": reason, "actor": actor}, session=session
        )

    insist(database, write)


def _release(
    database: Database,
    session: ClientSession,
    ledger: str,
    heads: Mapping[str, int],
    at: datetime,
) -> None:
    found = database[LEDGERS].find_one({"_id": ledger, "state": STATE}, session=session)
    if found is None:
        raise NotParked(ledger)
    found["streams"].update(heads)
    for subject in heads:
        # Of what was left out the version is not known.
        found.get("versions", {}).pop(subject, None)
    found.update(state=WAITING, since=at)
    settle(found)
    database[LEDGERS].replace_one({"_id": ledger}, found, session=session)
    database[PARKED].delete_one({"_id": ledger}, session=session)


def listed(database: Database, after: str = "", limit: int = 0) -> list[Document]:
    """Return parked keys in the order of their ids, without the records.

    Args:
        database: where they are parked.
        after: the id that the page before ended with.
        limit: at most so many; all if 0.
    """
    following = {"_id": {"$gt": after, "$lt": "\U0010ffff"}}
    return list(database[PARKED].find(following, {"raw": 0}).sort("_id", 1).limit(limit))


def shown(database: Database, ledger: str) -> Document:
    """Return a parked key with the record as received.

    Raises:
        NotParked: the key is not parked.
    """
    found = database[PARKED].find_one({"_id": ledger})
    if found is None:
        raise NotParked(ledger)
    return found


def paused(database: Database) -> list[str]:
    """Return the consumers of a service that have paused a partition: too many keys are parked."""
    return sorted({found["consumer"] for found in database[PAUSED].find({})})


def told(database: Database) -> str:
    """Return who is paused, as a probe answers it, or nothing."""
    found = ", ".join(paused(database))
    return f"too many keys are parked, partitions are paused: {found}\n" if found else ""
