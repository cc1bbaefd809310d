"""The commit store: streams of commits with optimistic concurrency and idempotent commands.

One document a commit, written by one insert: a commit is seen whole or not at all, two commits at
one version cannot both be, and a command that was accepted once is found again by its id. There
is no store-wide number: a number drawn before a commit is not commit order. The relay reads the
change stream, which is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from pymongo import ASCENDING
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference

from shared.mongo import MAJORITY, Database, Document, encoded_size

MAX_EVENTS = 500
MAX_BYTES = 512 * 1024
DIGITS = 10


class StoreError(Exception):
    """What the store refuses: see the classes below."""


class Conflict(StoreError):
    """Another commit took this version first: load again and decide again."""


class Repeated(StoreError):
    """This command was accepted before; `commit` is what it wrote."""

    def __init__(self, commit: "Commit") -> None:
        super().__init__(f"command {commit.command} is commit {commit.id}")
        self.commit = commit


class TooLarge(StoreError):
    """A commit of more than 500 events or 512 kB: split the command."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One event as the store keeps it.

    Attributes:
        type: the class name of the event, for example `ProgramPrescribed`.
        schema: version of its stored shape; older ones are lifted when read.
        occurred: when it happened, which for an offline log is before it was recorded.
        data: its fields, JSON types only.
        sequence: dense per stream over published events, None for a private one.
    """

    type: str
    schema: int
    occurred: datetime
    data: Mapping[str, Any]
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    """What one command changed in one stream, together or not at all.

    Attributes:
        tenant: the practice group.
        stream: kind and id, for example `program-2f1c`; unique within its tenant, no `|`.
        version: version of the first event; the stream's versions are 1..n without a hole.
        events: one or more.
        sequence: published events in the stream, this commit's included.
        command: id of the command, unique in its stream.
        fingerprint: hash of the command's body, so that a repeated id with another body is told.
        key: Kafka key, fixed at the stream's first commit.
        recorded: when the store took it.
        epoch: raised only by a restore.
        actor: who asked, an id and never a name.
        site: where it belongs.
        correlation: id of the conversation this belongs to.
        causation: id of what caused it.
        traceparent: W3C trace context of the request.
    """

    tenant: str
    stream: str
    version: int
    events: tuple[Stored, ...]
    sequence: int
    command: str
    fingerprint: str
    key: str
    recorded: datetime
    epoch: int = 1
    actor: str = ""
    site: str = ""
    correlation: str = ""
    causation: str = ""
    traceparent: str = ""

    @property
    def last(self) -> int:
        """Version of the last event."""
        return self.version + len(self.events) - 1

    @property
    def id(self) -> str:
        """The commit's `_id`: tenant, stream and first version, in the order of the stream."""
        return commit_id(self.tenant, self.stream, self.version)


class Store(Protocol):
    """What a service needs of its store; the conformance suite holds every implementation to it."""

    def load(self, tenant: str, stream: str, after: int = 0) -> list[Commit]:
        """Return the commits of a stream that begin above version `after`, in order."""

    def find(self, tenant: str, stream: str, command: str) -> Commit | None:
        """Return the commit that a command wrote into a stream."""

    def append(self, commit: Commit) -> None:
        """Add a commit to its stream.

        Raises:
            Repeated: the stream holds this command already.
            Conflict: the version is taken.
            TooLarge: more than 500 events or 512 kB.
            ValueError: no event.
        """


def commit_id(tenant: str, stream: str, version: int) -> str:
    """Return `tenant|stream|version` with the version padded so that text order is its order."""
    if "|" in tenant or "|" in stream:
        raise ValueError("ids hold no '|'")
    return f"{tenant}|{stream}|{version:0{DIGITS}d}"


def commits(database: Database) -> Collection[Document]:
    """Return the collection of commits, written and read as no election can undo it."""
    return database.get_collection(
        "commits",
        write_concern=MAJORITY,
        # A local head that an election rolls back would let the next append leave a hole, and
        # have others wait for what never was.
        read_concern=ReadConcern("majority"),
        read_preference=ReadPreference.PRIMARY,
    )


@dataclass(slots=True)
class MongoStore:
    """The store over one MongoDB collection, `commits`."""

    database: Database
    collection: Collection[Document] = field(init=False)

    def __post_init__(self) -> None:
        self.collection = commits(self.database)

    def prepare(self) -> None:
        """Create the indexes; done while the collection is empty."""
        self.collection.create_index(
            [("stream", ASCENDING), ("from", ASCENDING)], unique=True, name="stream_from"
        )
        self.collection.create_index(
            [("stream", ASCENDING), ("command", ASCENDING)], unique=True, name="stream_command"
        )
        self.collection.create_index([("recorded", ASCENDING)], name="recorded")

    def load(self, tenant: str, stream: str, after: int = 0) -> list[Commit]:
        found = self.collection.find({"stream": f"{tenant}|{stream}", "from": {"$gt": after}})
        return [from_document(document) for document in found.sort("from", ASCENDING)]

    def find(self, tenant: str, stream: str, command: str) -> Commit | None:
        found = self.collection.find_one({"stream": f"{tenant}|{stream}", "command": command})
        return from_document(found) if found else None

    def append(self, commit: Commit) -> None:
        document = to_document(commit)
        try:
            self.collection.insert_one(document)
        except DuplicateKeyError:
            # Engines name either index, and a driver's retry may meet its own write: the command
            # tells which it was.
            earlier = self.find(commit.tenant, commit.stream, commit.command)
            if earlier is not None:
                raise Repeated(earlier) from None
            raise Conflict(commit.id) from None


def check_size(commit: Commit, size: int) -> None:
    """Refuse what no consumer should have to load in one piece, and what is no commit.

    Raises:
        TooLarge: more than 500 events or 512 kB.
        ValueError: no event; it would take the version of the one that follows.
    """
    if not commit.events:
        raise ValueError("a commit holds one event or more")
    if len(commit.events) > MAX_EVENTS or size > MAX_BYTES:
        raise TooLarge(f"{len(commit.events)} events, {size} bytes in one commit")


def to_document(commit: Commit) -> Document:
    """Return the commit as MongoDB keeps it.

    Raises:
        TooLarge: more than 500 events or 512 kB.
    """
    document: Document = {
        "_id": commit.id,
        "tenant": commit.tenant,
        "stream": f"{commit.tenant}|{commit.stream}",
        "from": commit.version,
        "to": commit.last,
        "sequence": commit.sequence,
        "command": commit.command,
        "fingerprint": commit.fingerprint,
        "key": commit.key,
        "recorded": commit.recorded,
        "epoch": commit.epoch,
        "actor": commit.actor,
        "site": commit.site,
        "correlation": commit.correlation,
        "causation": commit.causation,
        "traceparent": commit.traceparent,
        "events": [
            {
                "type": event.type,
                "schema": event.schema,
                "occurred": event.occurred,
                "data": event.data,
                **({} if event.sequence is None else {"sequence": event.sequence}),
            }
            for event in commit.events
        ],
    }
    check_size(commit, encoded_size(document))
    return document


def from_document(document: Mapping[str, Any]) -> Commit:
    """Return the commit that a document of `commits` holds."""
    tenant, stream = document["stream"].split("|")
    return Commit(
        tenant=tenant,
        stream=stream,
        version=document["from"],
        events=_events(document["events"]),
        sequence=document["sequence"],
        command=document["command"],
        fingerprint=document["fingerprint"],
        key=document["key"],
        recorded=document["recorded"],
        epoch=document["epoch"],
        actor=document["actor"],
        site=document["site"],
        correlation=document["correlation"],
        causation=document["causation"],
        traceparent=document["traceparent"],
    )


def _events(documents: Sequence[Mapping[str, Any]]) -> tuple[Stored, ...]:
    return tuple(
        Stored(
            type=event["type"],
            schema=event["schema"],
            occurred=event["occurred"],
            data=event["data"],
            sequence=event.get("sequence"),
        )
        for event in documents
    )
