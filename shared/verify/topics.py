"""Topics: the broker's log holds exactly what the store published, and the relay knows of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from shared import kafka
from shared.envelope import Envelope, Undecodable, decode
from shared.mongo import Database
from shared.publication import topic_name
from shared.term import CHECKPOINT
from shared.verify.report import Finding
from shared.verify.stores import Stored, Stream


@dataclass(slots=True)
class Log:
    """One topic as it stands.

    Attributes:
        topic: its name.
        id: that the broker gave it; empty where there is none.
        ends: of its partitions.
        streams: the events of each stream by sequence, each once.
        late: the streams of which an event came after a later one.
    """

    topic: str
    id: str
    ends: dict[int, int]
    streams: dict[Stream, dict[int, Envelope]] = field(default_factory=dict, init=False)
    late: dict[Stream, int] = field(default_factory=dict, init=False)

    def take(self, event: Envelope) -> None:
        """Keep an event's first occurrence."""
        stream = (event.tenant, event.subject)
        known = self.streams.setdefault(stream, {})
        if event.sequence not in known:
            if known and event.sequence < max(known):
                self.late[stream] = event.sequence
            known[event.sequence] = event

    def head(self, stream: Stream) -> int:
        """Return up to which sequence nothing of a stream is missing."""
        known, head = self.streams.get(stream, {}), 0
        while head + 1 in known:
            head += 1
        return head

    @property
    def events(self) -> Iterable[Envelope]:
        """All of its events."""
        return (event for known in self.streams.values() for event in known.values())


def read(bootstrap: str, owner: str) -> Log:
    """Read what a service has on its topic, each event once."""
    topic = topic_name(owner)
    ends = kafka.ends(bootstrap, topic)
    log = Log(topic, kafka.topic_ids(bootstrap, [topic]).get(topic, ""), ends)
    for value in kafka.records(bootstrap, topic, ends):
        try:
            log.take(decode(value))
        except Undecodable:
            # Whoever reads the topic has set it aside.
            continue
    return log


def published(stored: Stored, log: Log) -> Iterator[Finding]:
    """Check that the topic holds what the store published: whole, in order, and nothing else."""
    sent = {event.id: event for event in log.events}
    for event in sent.values():
        if stored.events.get(event.id) != ((event.tenant, event.subject), event.sequence):
            what = f"{event.subject} {event.sequence} is not in the store"
            yield Finding("topic-foreign", log.topic, what)
    for identity, ((_, subject), sequence) in stored.events.items():
        if identity not in sent:
            what = f"{subject} {sequence} is in the store and not in Kafka"
            yield Finding("topic-lacks", log.topic, what)
    for (_, subject), sequence in log.late.items():
        yield Finding("topic-order", log.topic, f"{subject} {sequence} came after a later one")


def relayed(database: Database, stored: Stored, log: Log) -> Iterator[Finding]:
    """Check that the relay's checkpoint is of this log."""
    found = database["checkpoints"].find_one({"_id": CHECKPOINT}) or {}
    if "token" not in found:
        if stored.events:
            yield Finding("relay-none", log.topic, "no checkpoint to go on from")
        return
    if found.get("topic_id") != log.id:
        what = f"the relay wrote {found.get('topic_id')} and there is {log.id or 'none'}"
        yield Finding("relay-topic", log.topic, what)
        return
    for number, acknowledged in found["acknowledged"].items():
        end = log.ends.get(int(number), 0)
        if end < acknowledged:
            what = f"it ends at {end}, {acknowledged} was acknowledged"
            yield Finding("relay-ahead", f"{log.topic} {number}", what)
