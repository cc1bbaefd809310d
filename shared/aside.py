"""Records that are no events are set aside: kept as received with the reason, blocking nothing."""

from collections.abc import Sequence

import structlog
from pymongo import ReplaceOne
from pymongo.client_session import ClientSession

from shared.batch import Record
from shared.mongo import Database

COLLECTION = "undecodable"

log = structlog.get_logger("aside")


def keep(database: Database, session: ClientSession, position: str, batch: Sequence[Record]) -> int:
    """Keep what a batch holds of them, for a person to look at; return how many they are.

    Args:
        database: of the consumer.
        session: of the batch's transaction.
        position: id of the partition's position.
        batch: records.
    """
    aside = [record for record in batch if record.event is None]
    if aside:
        # Met again where the broker lost its end and the partition is read anew.
        writes = [
            ReplaceOne(
                {"_id": f"{position}|{record.offset}"},
                {"raw": record.raw, "reason": record.reason},
                upsert=True,
            )
            for record in aside
        ]
        database[COLLECTION].bulk_write(writes, session=session)
        log.error(
            "records_set_aside",
            position=position,
            first=aside[0].offset,
            records=len(aside),
            reasons=sorted({record.reason for record in aside}),
        )
    return len(aside)
