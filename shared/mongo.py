"""The one place that makes MongoDB clients."""

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import bson
import pymongo
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database as PymongoDatabase
from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared import reach

Document = dict[str, Any]
Database = PymongoDatabase[Document]
Client = MongoClient[Document]
# A server takes 16 MiB; the rest is room for the command around it.
MAX_BYTES = 15_000_000
DUPLICATE_KEY = 11000
TRIES = 5
SESSIONS = "sessions"
MAJORITY = WriteConcern(w="majority", j=True)


def connect(uri: str, name: str) -> Client:
    """Return a client for this process.

    pymongo is not fork-safe: call it after the fork. Every wait is bounded, so that an engine
    that is away shows as an error and not as a process that hangs.
    """
    return pymongo.MongoClient(
        uri,
        **reach.options(uri),
        appname=name,
        tz_aware=True,
        connectTimeoutMS=5_000,
        serverSelectionTimeoutMS=5_000,
        socketTimeoutMS=60_000,
    )


def majority(database: Database, name: str) -> Collection[Document]:
    """Return a collection to write to: what was answered, a crash and an election leave there."""
    return database.get_collection(name, write_concern=MAJORITY)


def encoded_size(document: Document) -> int:
    """Return how many bytes the document takes on the wire."""
    return len(bson.encode(document))


def under(*parts: str) -> Document:
    """Return the range of the ids `parts|...`; `}` is what follows `|` in their order."""
    prefix = "|".join(parts)
    return {"$gte": f"{prefix}|", "$lt": f"{prefix}}}"}


def check_writable(document: Document) -> None:
    """Refuse what the store would: in the handler that made it, not when its batch is written.

    Raises:
        Exception: a value cannot be encoded, or the whole is larger than 15 MB.
    """
    if encoded_size(document) > MAX_BYTES:
        raise ValueError("a document of more than 15 MB")


def is_conflict(fault: PyMongoError) -> bool:
    """Tell whether a transaction met another one, so that it is to be done again.

    Rivals that insert the same document get a duplicate key, without the label of a conflict.
    """
    rivals = isinstance(fault, DuplicateKeyError)
    if isinstance(fault, BulkWriteError):
        rivals = {error["code"] for error in fault.details["writeErrors"]} == {DUPLICATE_KEY}
    return rivals or fault.has_error_label("TransientTransactionError")


def take_over(database: Database, name: str, session: ClientSession) -> None:
    """Have this session be the one that does a piece of work, and abort what another left open.

    A process that was killed inside a transaction holds its locks for a minute or more. One that
    lives loses a transaction, as it would by a conflict.

    Args:
        database: whose server.
        name: of the work.
        session: one that is kept for as long as its owner lives: the driver lends what is given
            back to any other part of the process, whose work would be aborted.
    """
    mine = session.session_id["id"]
    if database[SESSIONS].find_one({"_id": name, "session": mine}):
        return
    before = database[SESSIONS].find_one_and_update(
        {"_id": name}, {"$set": {"session": mine}}, upsert=True
    )
    if before:
        database.client.admin.command("killSessions", [{"id": before["session"]}])


@contextmanager
def transaction(
    database: Database, session: ClientSession | None = None
) -> Iterator[ClientSession]:
    """Open a transaction that is committed at the end, or aborted by whatever is raised.

    Args:
        database: whose server.
        session: to open it in; one of its own where none is given.
    """
    with contextlib.ExitStack() as stack:
        session = session or stack.enter_context(database.client.start_session())
        session.start_transaction(read_concern=ReadConcern("snapshot"), write_concern=MAJORITY)
        try:
            yield session
        except BaseException:
            with contextlib.suppress(PyMongoError):
                session.abort_transaction()
            raise
        session.commit_transaction()


def insist(database: Database, write: Callable[[ClientSession], None]) -> None:
    """Run a transaction, and again where it meets another: for a person, who is asked once.

    Raises:
        PyMongoError: it met others five times, or the store is away.
    """
    for attempt in range(TRIES):
        try:
            with transaction(database) as session:
                write(session)
        except PyMongoError as fault:
            if attempt == TRIES - 1 or not is_conflict(fault):
                raise
            time.sleep(random.uniform(0, 0.1 * 2**attempt))
        else:
            return
