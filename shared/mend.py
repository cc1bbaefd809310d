"""What a person has done about a service where it does not, or not yet, do it by itself."""

from collections.abc import Iterable
from datetime import datetime

from shared.aside import COLLECTION as SET_ASIDE
from shared.due import DUE
from shared.heal import compare_soon
from shared.mongo import Database, Document
from shared.park import DISCARDED
from shared.term import CHECKPOINT
from shared.views import Projection


def republish(database: Database) -> None:
    """Have the relay send its whole store again; consumers drop what they know.

    A relay that leads finds itself deposed within half a minute, and begins anew.
    """
    database["checkpoints"].update_one(
        {"_id": CHECKPOINT}, {"$set": {"fence": 0}, "$unset": {"token": ""}}
    )


def compare(database: Database, projections: Iterable[Projection]) -> None:
    """Have the ledgers compared with all heads of their owners, and what is missing fetched."""
    for projection in projections:
        compare_soon(database, projection)


def retry(database: Database, now: datetime) -> int:
    """Have due work that failed five times decided again, once its cause is mended.

    Returns:
        How many there were.
    """
    again = {"$set": {"state": "open", "tries": 0, "due_at": now}}
    return database[DUE].update_many({"state": "failed"}, again).modified_count


def aside(database: Database) -> list[Document]:
    """Return the records that are no events, as they were received."""
    return list(database[SET_ASIDE].find({}).sort("_id", 1))


def dismiss(database: Database, record: str, reason: str, actor: str) -> bool:
    """Take a record that is no event off the list, and keep it with the reason.

    Returns:
        Whether it was there.
    """
    found = database[SET_ASIDE].find_one({"_id": record})
    if found is None:
        return False
    kept = found | {"error": found.get("reason", ""), "reason": reason, "actor": actor}
    database[DISCARDED].replace_one({"_id": record}, kept, upsert=True)
    database[SET_ASIDE].delete_one({"_id": record})
    return True
