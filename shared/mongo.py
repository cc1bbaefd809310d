"""The one place that makes MongoDB clients."""

from typing import Any

import bson
import pymongo
from pymongo import MongoClient
from pymongo.database import Database as PymongoDatabase

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
