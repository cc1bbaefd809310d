"""What a person can have done at once that a service does by itself now and then."""

from collections.abc import Iterable

from shared.heal import compare_soon
from shared.mongo import Database
from shared.relay import CHECKPOINT
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
