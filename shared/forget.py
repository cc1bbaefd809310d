"""What was kept as received, and is of a person who is to be forgotten, is destroyed.

A parked key goes on after the commit that failed. What a person had left out before stays left out,
so that a fold knows of it; the record keeps nothing but its place.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from shared.aside import COLLECTION as ASIDE
from shared.envelope import Undecodable, decode, encode
from shared.mongo import Database, Document
from shared.park import DISCARDED, PARKED, NotParked, discard

REASON = "The patient was erased."
ACTOR = "erasure"


def forget(database: Database, patient: str) -> dict[str, int]:
    """Destroy the records as received that name a patient; return how many of each kind."""
    parked = list(_naming(database, PARKED, patient))
    for found in parked:
        # Somebody may have drained it meanwhile.
        with suppress(NotParked):
            discard(database, found["_id"], REASON, ACTOR)
    for found in _naming(database, DISCARDED, patient):
        emptied = {"raw": _emptied(found["raw"]), "reason": REASON}
        database[DISCARDED].update_one({"_id": found["_id"]}, {"$set": emptied})
    aside = [found["_id"] for found in _naming(database, ASIDE, patient)]
    database[ASIDE].delete_many({"_id": {"$in": aside}})
    return {"parked": len(parked), "undecodable": len(aside)}


def _naming(database: Database, collection: str, patient: str) -> Iterator[Document]:
    """Yield the records that hold a patient's id; there are few of them at any time."""
    for found in list(database[collection].find({})):
        if patient.encode() in bytes(found["raw"] or b""):
            yield found


def _emptied(raw: bytes) -> bytes:
    """Return an event's record without its payload: a fold has to know that it was left out."""
    try:
        return encode(replace(decode(raw), data={}))
    except Undecodable:
        return b""
