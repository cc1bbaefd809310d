"""What a handler of events may read and write: documents, intents and due work of one batch.

A handler reads only what it also writes. Documents are loaded inside the batch's transaction, in
one query a collection, folded in memory and written once at its end.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from pymongo import ReplaceOne, UpdateOne
from pymongo.client_session import ClientSession

from shared.due import DUE, Due
from shared.envelope import Envelope
from shared.mongo import Database, Document, check_writable
from shared.send import INTENTS, Intent

Handler = Callable[[Envelope, "Views"], None]
Reference = tuple[str, str]
Read = Callable[[str, list[str]], Iterable[Document]]
Effect = TypeVar("Effect", Due, Intent)


@dataclass(frozen=True, slots=True)
class Replaced:
    """The generation that another takes the place of.

    Attributes:
        consumer: its name: `timeline@1`.
        since: what was recorded from then on and it never applied still sends and decides.
    """

    consumer: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Projection:
    """What one consumer makes of the events it reads: documents, intents and due work.

    Attributes:
        name: for example `timeline`.
        version: raised when its documents change shape: a new generation is then built.
        services: whose topics it reads.
        handlers: CloudEvents type to the function that applies it.
        documents: which documents, as (collection, id), the handler of an event will read, so
            that a batch loads them together; what is not named is loaded when it is asked for.
        generation: which of its builds this is.
        replaces: the one before.
    """

    name: str
    version: int
    services: tuple[str, ...]
    handlers: Mapping[str, Handler]
    documents: Callable[[Envelope], Iterable[Reference]] = lambda _: ()
    generation: int = 1
    replaces: Replaced | None = None

    @property
    def consumer(self) -> str:
        """Name of the consumer: `timeline@1`."""
        return f"{self.name}@{self.generation}"

    def collection(self, name: str) -> str:
        """Return the name in the database of one of its collections: `timeline.months@1`."""
        return f"{self.name}.{name}@{self.generation}"

    def owns(self, collection: str) -> bool:
        """Tell whether a collection of the database is one of this generation's."""
        return collection.startswith(f"{self.name}.") and collection.endswith(f"@{self.generation}")


@dataclass(slots=True)
class Views:
    """The documents of one batch, in memory until `flush`.

    Attributes:
        since: what was recorded earlier sends nothing and decides nothing.
        read: returns the documents of a collection that have these ids. Without one nothing was
            there before, which is how a projection is folded from its first event.
        left: ids of earlier events that send and decide all the same: nobody has done it for them.
    """

    since: datetime
    read: Read = lambda _, __: ()
    left: Collection[str] = frozenset()
    documents: dict[Reference, Document | None] = field(default_factory=dict, init=False)
    changed: dict[Reference, None] = field(default_factory=dict, init=False)
    pending: dict[str, list[Document]] = field(
        default_factory=lambda: {INTENTS: [], DUE: []}, init=False
    )

    def preload(self, references: Iterable[Reference]) -> None:
        """Load what will be read, one query a collection."""
        wanted: dict[str, list[str]] = {}
        for collection, identity in references:
            if (collection, identity) not in self.documents:
                self.documents[collection, identity] = None
                wanted.setdefault(collection, []).append(identity)
        for collection, identities in wanted.items():
            for document in self.read(collection, identities):
                self.documents[collection, document["_id"]] = document

    def get(self, collection: str, identity: str) -> Document | None:
        """Return a document, to be changed and given to `put`, or None."""
        self.preload([(collection, identity)])
        return self.documents[collection, identity]

    def put(self, collection: str, document: Document) -> None:
        """Write the document when the batch ends.

        Raises:
            Exception: no store could take it.
        """
        check_writable(document)
        reference = (collection, document["_id"])
        self.documents[reference] = document
        self.changed[reference] = None

    def intend(self, event: Envelope, intent: Intent) -> None:
        """Have something sent because of the event, once, whatever becomes of this process."""
        if event.recorded >= self.since or event.id in self.left:
            self._keep(INTENTS, _traced(intent, event).document())

    def schedule(self, event: Envelope, due: Due) -> None:
        """Have something decided because of the event, once, when it is due."""
        if max(event.recorded, due.due_at) >= self.since or event.id in self.left:
            self._keep(DUE, _traced(due, event).document())

    def _keep(self, name: str, document: Document) -> None:
        check_writable(document)
        self.pending[name].append(document)

    def flush(self, projection: Projection, database: Database, session: ClientSession) -> None:
        """Write everything, inside the transaction."""
        writes: dict[str, list[Any]] = {}
        for collection, identity in self.changed:
            document = self.documents[collection, identity]
            if document is not None:
                writes.setdefault(projection.collection(collection), []).append(
                    ReplaceOne({"_id": identity}, document, upsert=True)
                )
        for name, documents in self.pending.items():
            for document in documents:
                writes.setdefault(name, []).append(
                    UpdateOne({"_id": document["_id"]}, {"$setOnInsert": document}, upsert=True)
                )
        for name, operations in writes.items():
            database[name].bulk_write(operations, ordered=True, session=session)


def _traced(effect: Effect, event: Envelope) -> Effect:
    """Return an effect with what it follows from."""
    return replace(
        effect,
        correlation=event.correlation,
        causation=event.id,
        traceparent=event.traceparent,
    )
