"""Effects: what is to be sent and decided follows from events, and is sent and decided in time."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from shared.due import DUE
from shared.ledger import EVER
from shared.mongo import Database, Document
from shared.send import INTENTS
from shared.verify.report import Finding

# Longer than any pause between tries.
LATE = timedelta(minutes=10)
NAMES = {INTENTS: "intent", DUE: "due"}


def compared(
    name: str, there: set[str], owed: Mapping[str, Document], allowed: Mapping[str, Document]
) -> Iterator[Finding]:
    """Compare the ids of intents or due work with those that follow from events."""
    kind = NAMES[name]
    for identity in sorted(owed.keys() - there):
        yield Finding(f"{kind}-lost", name, f"{identity} is missing")
    for identity in sorted(there - allowed.keys()):
        yield Finding(f"{kind}-foreign", name, f"{identity} follows from no event")


def restore(database: Database, lost: list[tuple[str, Document]]) -> int:
    """Write lost intents and due work back; return how many."""
    for name, document in lost:
        database[name].update_one({"_id": document["_id"]}, {"$setOnInsert": document}, upsert=True)
    return len(lost)


def overdue(database: Database, now: datetime) -> Iterator[Finding]:
    """Yield what was to be sent or decided long ago, and what failed."""
    past = {"$gt": EVER, "$lte": now - LATE}
    unsent = {"state": {"$in": ["open", "sending", "closing"]}, "due_at": past}
    for found in database[INTENTS].find(unsent).sort("_id", 1):
        yield Finding("intent-stuck", INTENTS, _late(found))
    for found in database[DUE].find({"state": "open", "due_at": past}).sort("_id", 1):
        yield Finding("due-overdue", DUE, _late(found))
    for found in database[DUE].find({"state": "failed"}).sort("_id", 1):
        what = f"{found['_id']} ({found['kind']}) by {found['reason']}"
        yield Finding("due-failed", DUE, what, (found["_id"],))


def _late(found: Document) -> str:
    kind = f"{found['kind']}, {found['state']}"
    return f"{found['_id']} ({kind}) since {found['due_at']:%Y-%m-%d %H:%M}"
