"""How far each key's streams were applied by a consumer.

One document a key: sequence and version of the head of each of its few streams, and a state. A
commit that is not newer is a repeat and is dropped; one that jumps has something missing before it.

- open: what is next is applied.
- waiting: something is missing; `seen` holds how far each stream is known to go. What is next is
  applied still, since a relay that starts over fills a gap by itself; what stays missing is fetched
  from the owner.
- parked: a handler failed; nothing is applied until a person drains it. `seen` grows.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pymongo import ReplaceOne
from pymongo.client_session import ClientSession

from shared.batch import Whole
from shared.envelope import Envelope
from shared.mongo import Database, Document

LEDGERS = "ledgers"
OPEN, WAITING, PARKED = "open", "waiting", "parked"
# As long ago as to be due at once.
EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Ledgers:
    """The ledgers that one transaction loads, moves and writes.

    Attributes:
        consumer: whose.
        topic: of which topic.
        database: where they are.
        session: of the transaction.
        now: when it runs; a key waits from then.
    """

    consumer: str
    topic: str
    database: Database
    session: ClientSession
    now: datetime
    documents: dict[str, Document] = field(default_factory=dict, init=False)
    changed: dict[str, None] = field(default_factory=dict, init=False)

    def load(self, events: Iterable[Envelope]) -> None:
        """Load the ledgers of all keys of these events."""
        self.load_ids({self.identity(event) for event in events})

    def load_ids(self, identities: Collection[str]) -> None:
        """Load ledgers."""
        wanted = {"_id": {"$in": list(identities)}}
        for document in self.database[LEDGERS].find(wanted, session=self.session):
            self.documents[document["_id"]] = document

    def identity(self, event: Envelope) -> str:
        """Return the id of an event's ledger."""
        return ledger_id(self.consumer, self.topic, event.epoch, event.key)

    def head(self, event: Envelope) -> int:
        """Return how far the event's stream was applied."""
        sequence: int = self._ledger(self.identity(event))["streams"].get(event.subject, 0)
        return sequence

    def admit(self, whole: Whole) -> bool:
        """Tell whether a commit is next; one that jumps, or whose key is parked, is remembered."""
        first, last = whole[0], whole[-1]
        ledger = self._ledger(self.identity(first))
        head = ledger["streams"].get(first.subject, 0)
        if last.sequence <= head:
            return False
        if ledger["state"] == PARKED or first.sequence != head + 1:
            self.see(ledger["_id"], last.subject, last.sequence)
            return False
        return True

    def contradicts(self, whole: Whole) -> bool:
        """Tell whether a commit cannot be of the stream whose head was applied.

        What comes later in a stream has a higher sequence and a higher version, and an id of its
        own: an id that was applied is known again by its version, under whatever sequence.
        """
        last, ledger = whole[-1], self._ledger(self.identity(whole[0]))
        version = ledger.get("versions", {}).get(last.subject)
        if version is None:
            return False
        head = ledger["streams"][last.subject]
        beside = (last.sequence > head, last.sequence == head)
        return beside != (last.version > version, last.version == version)

    def is_parked(self, identity: str) -> bool:
        """Tell whether a key is parked."""
        return bool(self._ledger(identity)["state"] == PARKED)

    def apply(self, whole: Whole) -> None:
        """Move past a commit; a key that is whole again is open."""
        identity, last = self.identity(whole[0]), whole[-1]
        ledger = self._ledger(identity)
        ledger["streams"][last.subject] = last.sequence
        # Of before heads had versions: nothing is known, and nothing contradicts.
        ledger.setdefault("versions", {})[last.subject] = last.version
        settle(ledger)
        self.changed[identity] = None

    def see(self, identity: str, subject: str, sequence: int) -> None:
        """Remember that a stream goes at least this far, and wait for what is missing before."""
        ledger = self._ledger(identity)
        if sequence <= max(ledger["streams"].get(subject, 0), ledger["seen"].get(subject, 0)):
            return
        ledger["seen"][subject] = sequence
        if ledger["state"] == OPEN:
            ledger.update(state=WAITING, since=self.now)
        self.changed[identity] = None

    def park(self, whole: Whole) -> None:
        """Apply nothing more of this commit's key."""
        identity = self.identity(whole[0])
        self._ledger(identity).update(state=PARKED, since=self.now)
        self.changed[identity] = None
        self.see(identity, whole[-1].subject, whole[-1].sequence)

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

    def _ledger(self, identity: str) -> Document:
        return self.documents.setdefault(
            identity,
            {
                "_id": identity,
                "consumer": self.consumer,
                "state": OPEN,
                "since": None,
                "streams": {},
                "versions": {},
                "seen": {},
            },
        )


def settle(ledger: Document) -> None:
    """Forget what is not missing any more; a waiting key that misses nothing is open."""
    streams, seen = ledger["streams"], ledger["seen"]
    ledger["seen"] = {name: far for name, far in seen.items() if far > streams.get(name, 0)}
    if not ledger["seen"] and ledger["state"] == WAITING:
        ledger.update(state=OPEN, since=None)


def prepare(database: Database) -> None:
    """Create the index that waiting and parked keys are found by."""
    database[LEDGERS].create_index([("state", 1), ("consumer", 1)], name="state_consumer")


def ledger_id(consumer: str, topic: str, epoch: int, key: str) -> str:
    """Return the id of a key's ledger."""
    return f"{consumer}|{topic}|{epoch}|{key}"


def parts(identity: str) -> tuple[str, str, int, str]:
    """Return consumer, topic, epoch and key of a ledger's id."""
    consumer, topic, epoch, key = identity.split("|", 3)
    return consumer, topic, int(epoch), key


def missing(ledger: Document) -> Iterator[tuple[str, int]]:
    """Yield each stream of which something is missing, with the sequence it was applied to."""
    for subject in ledger["seen"]:
        yield subject, ledger["streams"].get(subject, 0)
