"""States of long streams, kept so that a load need not begin at the first commit.

A snapshot is a copy of what the commits say: it may be dropped at any time, and a failure to keep
one fails no command. It is used only where it fits today's state and the stream it was taken of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from pymongo.errors import DuplicateKeyError, PyMongoError

from shared.codec import converter
from shared.mongo import MAX_BYTES, Database, Document, encoded_size
from shared.store import Commit

if TYPE_CHECKING:
    from shared.stream import Kind, Loaded

# Commits since the last one after which another is taken: reading fewer costs less than keeping.
EVERY = 200
SNAPSHOTS = "snapshots"

log = structlog.get_logger("snapshot")


@dataclass(frozen=True, slots=True)
class Snapshots:
    """The snapshots of one service.

    Attributes:
        database: where they are.
        every: commits after which one is taken.
    """

    database: Database
    every: int = EVERY

    def find(self, kind: "Kind[Any]", tenant: str, stream: str) -> Document | None:
        """Return the snapshot of a stream, unless its state has another shape today."""
        if not kind.shape:
            return None
        return self.database[SNAPSHOTS].find_one({"_id": f"{tenant}|{stream}", "shape": kind.shape})

    def keep(self, kind: "Kind[Any]", tenant: str, loaded: "Loaded[Any]") -> None:
        """Keep a state for the next load, where enough commits have come since the last one."""
        if not kind.shape or len(loaded.commits) < self.every:
            return
        last = loaded.commits[-1]
        document = {
            "_id": f"{tenant}|{loaded.stream}",
            "shape": kind.shape,
            "version": last.version,
            "command": last.command,
            "site": loaded.site,
            "state": converter.unstructure(loaded.state),
        }
        try:
            if encoded_size(document) <= MAX_BYTES:
                self._replace(document)
        except PyMongoError as fault:
            log.warning("snapshot_not_kept", fault=type(fault).__name__)

    def _replace(self, document: Document) -> None:
        older = {
            "_id": document["_id"],
            "$or": [
                {"shape": {"$lt": document["shape"]}},
                {"shape": document["shape"], "version": {"$lt": document["version"]}},
            ],
        }
        try:
            self.database[SNAPSHOTS].replace_one(older, document, upsert=True)
        except DuplicateKeyError:
            return  # a newer one is there


def fits(snapshot: Document, commits: Sequence[Commit]) -> bool:
    """Tell whether commits go on from a snapshot: the first is the last that it holds."""
    return bool(commits) and commits[0].command == snapshot["command"]
