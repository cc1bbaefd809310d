"""What one service has published: as its topic gives it, and beyond that as the owner answers."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from shared.envelope import Envelope, publish
from shared.peers import Away
from shared.service import Definition, Service
from shared.verify.report import Finding
from shared.verify.stores import Stored, Stream
from shared.verify.topics import Log, read

Fetch = Callable[[Stream, int], Iterator[Envelope]]
Heads = Mapping[Stream, int]


@dataclass(slots=True)
class Source:
    """The events of one service.

    Attributes:
        log: its topic.
        heads: how far its streams go, as it says itself; None where it is away.
        fetch: yields the events of a stream after a sequence, from the owner.
    """

    log: Log
    heads: Heads | None
    fetch: Fetch

    def events(self, applied: Heads) -> Iterator[Envelope]:
        """Yield all events, each stream's in order; beyond a hole in the topic, the owner's."""
        for stream in self.log.streams.keys() | applied.keys():
            known, head = self.log.streams.get(stream, {}), self.log.head(stream)
            yield from (known[sequence] for sequence in range(1, head + 1))
            if max(applied.get(stream, 0), *known, 0) > head:
                with suppress(Away):
                    yield from self.fetch(stream, head)

    def away(self) -> Iterator[Finding]:
        """Say where the topic alone had to be believed."""
        if self.heads is None:
            yield Finding("owner-away", self.log.topic, "its owner does not answer")


def own(definition: Definition, service: Service, stored: Stored) -> Source:
    """Return what this service has published."""

    def fetch(stream: Stream, after: int) -> Iterator[Envelope]:
        for commit in service.streams.store.load(*stream):
            for event in publish(commit, definition.name, definition.codec, definition.published):
                if event.sequence > after:
                    yield event

    return Source(read(service.settings.kafka, definition.name), stored.heads, fetch)


def another(service: Service, owner: str) -> Source:
    """Return what another service has published."""

    def fetch(stream: Stream, after: int) -> Iterator[Envelope]:
        for events in service.peers.events(owner, *stream, after):
            yield from events

    return Source(read(service.settings.kafka, owner), _heads(service, owner), fetch)


def _heads(service: Service, owner: str) -> Heads | None:
    heads: dict[Stream, int] = {}
    try:
        for found in service.peers.heads(owner, None, service.clock()):
            for head in found:
                stream = (head.key.split("|")[0], head.stream)
                heads[stream] = max(heads.get(stream, 0), head.sequence)
    except Away:
        return None
    return heads
