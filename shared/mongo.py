"""The one place that makes MongoDB clients."""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import bson
import pymongo
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.database import Database as PymongoDatabase
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

Document = dict[str, Any]
Database = PymongoDatabase[Document]
Client = MongoClient[Document]


def connect(uri: str, name: str) -> Client:
    """Return a client for this process.

    pymongo is not fork-safe: call it after the fork. Every wait is bounded, so that an engine
    that is away shows as an error and not as a process that hangs.
    """
    return pymongo.MongoClient(
        uri,
        appname=name,
        tz_aware=True,
        connectTimeoutMS=5_000,
        serverSelectionTimeoutMS=5_000,
        socketTimeoutMS=60_000,
    )


def encoded_size(document: Document) -> int:
    """Return how many bytes the document takes on the wire."""
    return len(bson.encode(document))


@contextmanager
def transaction(database: Database) -> Iterator[ClientSession]:
    """Open a transaction that is committed at the end, or aborted by whatever is raised."""
    with database.client.start_session() as session:
        session.start_transaction(
            read_concern=ReadConcern("snapshot"), write_concern=WriteConcern(w="majority", j=True)
        )
        try:
            yield session
        except BaseException:
            with contextlib.suppress(PyMongoError):
                session.abort_transaction()
            raise
        session.commit_transaction()
