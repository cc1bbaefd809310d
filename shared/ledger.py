"""How far each key's streams were applied by a consumer.

One document a key: the sequence of each of its few streams. A record whose sequence is not newer
is a repeat and is dropped; one that jumps has something missing before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pymongo import ReplaceOne
from pymongo.client_session import ClientSession

from shared.envelope import Envelope
from shared.mongo import Database, Document

LEDGERS = "ledgers"


class Gap(Exception):
    """A sequence jumps, or a commit is cut short: an event is missing before this one."""


@dataclass(slots=True)
class Ledgers:
    """How far each key's streams were applied: one document a key, with its few streams."""

    consumer: str
    topic: str
    database: Database
    session: ClientSession
    documents: dict[str, Document] = field(default_factory=dict, init=False)
    changed: set[str] = field(default_factory=set, init=False)
    unfinished: dict[str, tuple[int, int]] = field(default_factory=dict, init=False)

    def load(self, events: Sequence[Envelope]) -> None:
        """Load the ledgers of all keys of a batch."""
        wanted = list({self.identity(event) for event in events})
        for document in self.database[LEDGERS].find({"_id": {"$in": wanted}}, session=self.session):
            self.documents[document["_id"]] = document

    def identity(self, event: Envelope) -> str:
        """Return the ledger's id."""
        return ledger_id(self.consumer, self.topic, event.epoch, event.key)

    def take(self, event: Envelope) -> bool:
        """Move the ledger past the event and tell whether it is to be applied.

        Raises:
            Gap: events are missing before it.
        """
        identity = self.identity(event)
        ledger = self.documents.setdefault(
            identity, {"_id": identity, "state": "open", "streams": {}}
        )
        head = ledger["streams"].get(event.subject, 0)
        if event.sequence <= head:
            return False
        if event.sequence > head + 1:
            raise Gap(f"{event.subject} jumps from {head} to {event.sequence}")
        if event.index and self.unfinished.get(event.subject) != (event.commit, event.index):
            raise Gap(f"{event.subject}: the beginning of commit {event.commit} is missing")
        self.unfinished[event.subject] = (event.commit, event.index + 1)
        if event.index + 1 == event.size:
            del self.unfinished[event.subject]
        ledger["streams"][event.subject] = event.sequence
        self.changed.add(identity)
        return True

    def check_whole(self) -> None:
        """Make sure that no commit ended in the middle.

        Raises:
            Gap: one did.
        """
        for subject, (commit, index) in self.unfinished.items():
            raise Gap(f"{subject}: commit {commit} ends before its event {index}")

    def flush(self) -> None:
        """Write the ledgers that moved, inside the transaction."""
        if self.changed:
            self.database[LEDGERS].bulk_write(
                [
                    ReplaceOne({"_id": identity}, self.documents[identity], upsert=True)
                    for identity in self.changed
                ],
                session=self.session,
            )


def ledger_id(consumer: str, topic: str, epoch: int, key: str) -> str:
    """Return the id of a key's ledger."""
    return f"{consumer}|{topic}|{epoch}|{key}"
