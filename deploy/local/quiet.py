"""Know when the platform has come to rest, from the engines themselves.

At rest every published event was applied by every consumer of its topic, nothing is due, nothing
is being sent, and no commit came while looking.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module

from deploy.local.stack import SERVICES, Stack, StackError
from shared import mongo
from shared.clock import Clock, OffsetClock
from shared.due import DUE
from shared.generation import live
from shared.ledger import LEDGERS, ledger_id
from shared.publication import topic_name
from shared.send import INTENTS
from shared.views import Projection

POLL_SECONDS = 0.05
# No two tries lie further apart.
PAUSE = timedelta(minutes=5)
REST_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Head:
    """The newest published sequence of one stream, and the Kafka key that leads to its ledger."""

    key: str
    epoch: int
    sequence: int


# By stream.
Heads = dict[str, Head]


def settled(stack: Stack, *, seconds: float = REST_SECONDS) -> None:
    """Return once the platform is at rest.

    Raises:
        StackError: it was not within the bound; the message says what moved last.
    """
    with watching(stack) as watch:
        watch.settle(seconds)


@contextmanager
def watching(stack: Stack) -> Iterator["Watch"]:
    """Watch a stack: for who waits for rest again and again."""
    with mongo.connect(stack.mongodb, "hep.quiet") as client:
        yield Watch(
            {service: client[f"hep_{service}"] for service in SERVICES},
            {service: _projections(service) for service in SERVICES},
            OffsetClock(stack.clock),
        )


@dataclass(slots=True)
class Watch:
    """What was seen so far, so that each look costs only what is new.

    Attributes:
        databases: by service.
        projections: by service.
        clock: the platform's, by which things are due.
        counts: commits of each service when its heads were read; commits are never removed, so an
            equal count means that none came.
        heads: of each service.
        behind: by service, consumer and owner, the streams that are not known to be applied.
    """

    databases: Mapping[str, mongo.Database]
    projections: Mapping[str, Sequence[Projection]]
    clock: Clock
    counts: dict[str, int] = field(default_factory=dict)
    heads: dict[str, Heads] = field(default_factory=dict)
    behind: dict[tuple[str, str, str], set[str]] = field(default_factory=dict)

    def settle(self, seconds: float = REST_SECONDS) -> None:
        """Return once the platform is at rest.

        Raises:
            StackError: it was not within the bound; the message says what moved last.
        """
        deadline = time.monotonic() + seconds
        # What was decided a moment ago is due since then: each look is at a time of its own.
        while restless := self.restless(self.clock()):
            if time.monotonic() > deadline:
                raise StackError(
                    f"The platform did not come to rest in {seconds:.0f} s: {restless}. "
                    "`hep status` and `hep logs` may say why.",
                )
            time.sleep(POLL_SECONDS)

    def restless(self, now: datetime) -> str:
        """Return what is not at rest at a moment of the platform's time, or nothing.

        The commits are counted first and last: whatever happened in between ends in a commit.
        """
        for service in self.databases:
            self._look(service)
        for service, consumer, owner in self.behind:
            if self._is_behind(service, consumer, owner):
                return f"{service}'s {consumer} is behind {owner}"
        for service in self.databases:
            if found := self._owed(service, now):
                return found
        moved = [one for one in self.databases if self._count(one) != self.counts[one]]
        return f"{moved[0]} is committing" if moved else ""

    def _count(self, service: str) -> int:
        return self.databases[service]["commits"].estimated_document_count()

    def _look(self, service: str) -> None:
        """Read the heads if commits came, and note who has to apply the new ones."""
        count = self._count(service)
        if count == self.counts.get(service):
            return
        known, found = self.heads.get(service, {}), self._read(service)
        fresh = {stream for stream, head in found.items() if head != known.get(stream)}
        self.counts[service], self.heads[service] = count, found
        for reader, projections in self.projections.items():
            for projection in projections:
                if service in projection.services:
                    living = live(self.databases[reader], projection)
                    at = (reader, living.consumer, service)
                    self.behind.setdefault(at, set()).update(fresh)

    def _read(self, service: str) -> Heads:
        heads: Heads = {}
        fields = {"_id": 0, "key": 1, "stream": 1, "sequence": 1, "epoch": 1}
        for commit in self.databases[service]["commits"].find({}, fields):
            stream, sequence = commit["stream"], commit["sequence"]
            if sequence and (stream not in heads or sequence > heads[stream].sequence):
                heads[stream] = Head(commit["key"], commit["epoch"], sequence)
        return heads

    def _is_behind(self, service: str, consumer: str, owner: str) -> bool:
        streams = self.behind[service, consumer, owner]
        if streams:
            streams -= set(self._applied(service, consumer, owner, streams))
        return bool(streams)

    def _applied(
        self, service: str, consumer: str, owner: str, streams: Iterable[str]
    ) -> Iterator[str]:
        """Yield those of the streams that the consumer has applied to their heads."""
        wanted = {stream: self.heads[owner][stream] for stream in streams}
        ids = {
            stream: ledger_id(consumer, topic_name(owner), head.epoch, head.key)
            for stream, head in wanted.items()
        }
        ledgers = {
            ledger["_id"]: ledger["streams"]
            for ledger in self.databases[service][LEDGERS].find(
                {"_id": {"$in": sorted(set(ids.values()))}},
            )
        }
        for stream, head in wanted.items():
            subject = stream.split("|", 1)[1]
            if ledgers.get(ids[stream], {}).get(subject, 0) >= head.sequence:
                yield stream

    def _owed(self, service: str, now: datetime) -> str:
        database = self.databases[service]
        # Both ends are bounded: one engine reads everything where one is open.
        past = {"$gt": datetime(1970, 1, 1, tzinfo=now.tzinfo), "$lte": now}
        soon = {"$gt": now, "$lte": now + PAUSE}
        # What is only between two tries is not at rest.
        for owed in ({"due_at": past}, {"due_at": soon, "reason": {"$exists": True}}):
            if database[DUE].find_one({"state": "open", **owed}):
                return f"{service} has something due"
        unsent = {"state": {"$in": ["open", "sending", "closing"]}}
        for owed in ({"due_at": past}, {"due_at": soon, "retried": True}):
            if database[INTENTS].find_one({**unsent, **owed}):
                return f"{service} has something to send"
        return ""


def _projections(service: str) -> tuple[Projection, ...]:
    return tuple(import_module(f"{service}.app").DEFINITION.projections)
