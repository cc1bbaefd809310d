"""Records that are no events of their streams are set aside, and block nothing.

They are kept as received, with the reason.
"""

from collections.abc import Mapping, Sequence

import structlog
from pymongo import ReplaceOne
from pymongo.client_session import ClientSession

from shared.batch import Record
from shared.mongo import Database

COLLECTION = "undecodable"

log = structlog.get_logger("aside")


def keep(
    database: Database,
    session: ClientSession,
    position: str,
    batch: Sequence[Record],
    refused: Mapping[str, str],
) -> int:
    """Keep what a batch holds of them, for a person to look at; return how many they are.

    Args:
        database: of the consumer.
        session: of the batch's transaction.
        position: id of the partition's position.
        batch: records.
        refused: by event id, why what could be read is none all the same.
    """
    aside = [
        (record, refused[record.event.id] if record.event else record.reason)
        for record in batch
        if record.event is None or record.event.id in refused
    ]
    if aside:
        # Met again where the broker lost its end and the partition is read anew.
        writes = [
            ReplaceOne(
                {"_id": f"{position}|{record.offset}"},
                {"raw": record.raw, "reason": reason},
                upsert=True,
            )
            for record, reason in aside
        ]
        database[COLLECTION].bulk_write(writes, session=session)
        log.error(
            "records_set_aside",
            position=position,
            first=aside[0][0].offset,
            records=len(aside),
            reasons=sorted({reason for _, reason in aside}),
        )
    return len(aside)
