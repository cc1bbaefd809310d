"""The store: streams whose versions and published sequences have no hole."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from shared.envelope import Envelope, publish
from shared.service import Definition, Service
from shared.store import Commit, commits, from_document
from shared.verify.report import Finding

Stream = tuple[str, str]


@dataclass(slots=True)
class Stored:
    """What the store says that the service has published.

    Attributes:
        streams: how many there are.
        events: by id, the stream and the sequence.
        heads: of each stream with published events, the sequence of its last.
    """

    streams: int = 0
    events: dict[str, tuple[Stream, int]] = field(default_factory=dict)
    heads: dict[Stream, int] = field(default_factory=dict)

    def read(self, definition: Definition, service: Service) -> Iterator[Finding]:
        """Read every stream, and yield what is wrong with it."""
        last: Commit | None = None
        for document in commits(service.database).find({}).sort("_id", 1):
            commit = from_document(document)
            same = last and (last.tenant, last.stream) == (commit.tenant, commit.stream)
            self.streams += not same
            yield from _follows(last if same else None, commit)
            for event in publish(commit, definition.name, definition.codec, definition.published):
                self._note(event)
            last = commit

    def _note(self, event: Envelope) -> None:
        stream = (event.tenant, event.subject)
        self.events[event.id] = (stream, event.sequence)
        self.heads[stream] = event.sequence


def _follows(before: Commit | None, commit: Commit) -> Iterator[Finding]:
    """Check that a commit continues its stream."""
    expected = before.last + 1 if before else 1
    if commit.version != expected:
        yield Finding("store-gap", commit.id, f"version {expected} is missing")
    sequences = [event.sequence for event in commit.events if event.sequence is not None]
    first = (before.sequence if before else 0) + 1
    if sequences != list(range(first, first + len(sequences))):
        what = f"published sequences {sequences} do not go on from {first - 1}"
        yield Finding("store-sequence", commit.id, what)
    if before and before.key != commit.key:
        yield Finding("store-key", commit.id, "its Kafka key is not the stream's")
