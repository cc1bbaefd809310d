"""Positions and ledgers: how far each consumer has come, and which keys wait or are parked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from shared.aside import COLLECTION as ASIDE
from shared.consume import POSITIONS
from shared.ledger import LEDGERS, OPEN, WAITING, parts
from shared.mongo import Database, Document, under
from shared.park import PARKED
from shared.park import PAUSED as PAUSES
from shared.verify.report import Finding
from shared.verify.sources import Source
from shared.verify.stores import Stream
from shared.verify.topics import Log
from shared.views import Projection


@dataclass(slots=True)
class Reading:
    """How far one consumer has come on one topic.

    Attributes:
        projection: the generation that is read.
        database: of its service.
        log: the topic.
        applied: the sequence of each stream.
        ledgers: the ledger of each stream.
        states: of the ledgers.
    """

    projection: Projection
    database: Database
    log: Log
    applied: dict[Stream, int] = field(default_factory=dict, init=False)
    ledgers: dict[Stream, str] = field(default_factory=dict, init=False)
    states: dict[str, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        # In the order of their epochs: the last one counts.
        for ledger in self.database[LEDGERS].find(self.mine).sort("_id", 1):
            tenant = parts(ledger["_id"])[3].split("|")[0]
            self.states[ledger["_id"]] = ledger["state"]
            for subject, sequence in ledger["streams"].items():
                self.applied[tenant, subject] = sequence
                self.ledgers[tenant, subject] = ledger["_id"]

    @property
    def mine(self) -> Document:
        """The filter of what is kept by the id of one of its ledgers."""
        return {"_id": under(self.projection.consumer, self.log.topic)}

    @property
    def name(self) -> str:
        """What is read by whom."""
        return f"{self.projection.consumer} of {self.log.topic}"

    def findings(self, source: Source) -> Iterator[Finding]:
        """Yield what is wrong with its positions and its open ledgers."""
        lag = list(self._positions())
        yield from lag
        if not lag:
            yield from self._behind()
        if source.heads is not None:
            yield from self._beyond(source.heads)

    def _positions(self) -> Iterator[Finding]:
        for number, end in self.log.ends.items():
            identity = f"{self.projection.consumer}|{self.log.id}|{number}"
            found = self.database[POSITIONS].find_one({"_id": identity})
            where = f"{self.name} {number}"
            if found is None:
                if end:
                    yield Finding("position-none", where, f"none of its {end} records are read")
            elif found["offset"] > end:
                what = f"it stands at {found['offset']}, the log ends at {end}"
                yield Finding("position-beyond", where, what)
            elif found["offset"] < end:
                yield Finding("position-behind", where, f"{found['offset']} of {end} are read")

    def _behind(self) -> Iterator[Finding]:
        """Check that what the topic holds was applied, where nothing says why it was not."""
        for stream, known in self.log.streams.items():
            applied, last = self.applied.get(stream, 0), max(known)
            state = self.states.get(self.ledgers.get(stream, ""), OPEN)
            if applied < last and state == OPEN:
                what = f"{stream[1]} was applied to {applied} of {last}"
                yield Finding("ledger-behind", self.name, what)

    def _beyond(self, heads: Mapping[Stream, int]) -> Iterator[Finding]:
        """Check that nothing was applied that its owner does not know of."""
        for stream, sequence in self.applied.items():
            if sequence > (end := heads.get(stream, 0)):
                what = f"{stream[1]} was applied to {sequence}, its owner has {end}"
                yield Finding("ledger-beyond", self.name, what, (self.projection.name,))


def stuck(database: Database, consumers: Iterable[str]) -> Iterator[Finding]:
    """Yield the keys that wait or are parked, of generations that are kept up to date."""
    records = {record["_id"]: record for record in database[PARKED].find({}, {"raw": 0})}
    chosen = {"state": {"$ne": OPEN}, "consumer": {"$in": list(consumers)}}
    for ledger in database[LEDGERS].find(chosen).sort("_id", 1):
        if ledger["state"] == WAITING:
            yield Finding("ledger-waiting", ledger["_id"], _awaited(ledger))
        else:
            record = records.get(ledger["_id"])
            name = "ledger-parked" if record else "ledger-unlisted"
            yield Finding(name, ledger["_id"], _failed(ledger, record), (ledger["_id"],))


def paused(database: Database) -> Iterator[Finding]:
    """Yield the partitions where no more keys may be parked."""
    for found in database[PAUSES].find({}).sort("_id", 1):
        what = f"since {found['since']:%Y-%m-%d %H:%M}"
        yield Finding("partition-paused", found["_id"], what)


def aside(database: Database) -> Iterator[Finding]:
    """Yield the records that could not be decoded."""
    for record in database[ASIDE].find({}, {"raw": 0}).sort("_id", 1):
        reason = record.get("reason", "it is no event")
        yield Finding("undecodable", record["_id"], reason, (record["_id"],))


def _awaited(ledger: Document) -> str:
    missing = ", ".join(
        f"{subject} from {ledger['streams'].get(subject, 0)} to {far}"
        for subject, far in sorted(ledger["seen"].items())
    )
    return f"since {ledger['since']:%Y-%m-%d %H:%M} for {missing}"


def _failed(ledger: Document, record: Document | None) -> str:
    if record is None:
        return "nothing says on which event"
    failed = f"{record['subject']} {record['sequence']}: {record['error']}"
    return f"since {ledger['since']:%Y-%m-%d %H:%M} by {failed}"
