"""Check a service against itself, from the engines: streams, published sequences, projections.

Whole streams have versions 1..n and sequences 1..m. The topic holds exactly the published events
of the store. What the projections hold equals the fold of the topics they read, document by
document, and so do the ids of what they sent and decided.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import bson
from bson.codec_options import CodecOptions

from shared import kafka
from shared.codec import Codec
from shared.due import DUE
from shared.envelope import Envelope, Undecodable, decode, publish
from shared.generation import live
from shared.ledger import LEDGERS, ledger_id
from shared.mongo import Database, Document
from shared.publication import topic_name
from shared.send import INTENTS
from shared.service import Definition, Service
from shared.store import Commit, from_document
from shared.views import Projection, Views

AWARE: CodecOptions[Document] = CodecOptions(tz_aware=True)
# Far enough for a service that never began to act, and a date that zones can be applied to.
NEVER = datetime(9000, 1, 1, tzinfo=UTC)
Stream = tuple[str, str]
Documents = dict[str, dict[str, Document]]


class Moving(Exception):
    """Events came in while looking, so nothing can be said: verify again when it is quiet."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be; `where` and `what` hold ids and counts only."""

    where: str
    what: str

    def __str__(self) -> str:
        """Return it as one line."""
        return f"{self.where}: {self.what}"


@dataclass(slots=True)
class Report:
    """What was looked at and what was found.

    Attributes:
        streams: streams in the store.
        events: published events among them.
        documents: documents of the projections.
        findings: what is wrong; none where all holds.
    """

    streams: int = 0
    events: int = 0
    documents: int = 0
    findings: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class Log:
    """One topic as it stands: first occurrences in order, and where it ended."""

    ends: dict[int, int]
    events: list[Envelope]
    undecodable: int


def verify(definition: Definition, service: Service) -> Report:
    """Check one service; it reads only, and holds the topics in memory.

    Raises:
        Moving: the platform was not at rest.
    """
    report = Report()
    bootstrap = service.settings.kafka
    owners = {definition.name, *(o for p in definition.projections for o in p.services)}
    logs = {owner: _log(bootstrap, topic_name(owner)) for owner in sorted(owners)}
    stored = _streams(definition.codec, definition, service.database, report)
    report.findings += _published(stored, logs[definition.name], topic_name(definition.name))
    projections = [live(service.database, projection) for projection in definition.projections]
    report.findings += _projected(projections, service.database, logs, report)
    for owner, log in logs.items():
        if kafka.ends(bootstrap, topic_name(owner)) != log.ends:
            raise Moving
    return report


def _log(bootstrap: str, topic: str) -> Log:
    ends = kafka.ends(bootstrap, topic)
    found = Log(ends, [], 0)
    heads: dict[Stream, int] = {}
    for value in kafka.records(bootstrap, topic, ends):
        try:
            event = decode(value)
        except Undecodable:
            found.undecodable += 1
            continue
        stream = (event.tenant, event.subject)
        if event.sequence > heads.get(stream, 0):
            heads[stream] = event.sequence
            found.events.append(event)
    return found


def _streams(
    codec: Codec, definition: Definition, database: Database, report: Report
) -> dict[str, tuple[Stream, int]]:
    """Check every stream; return the published events by id, with their stream and sequence."""
    published: dict[str, tuple[Stream, int]] = {}
    last: Commit | None = None
    for document in database["commits"].find({}).sort("_id", 1):
        commit = from_document(document)
        same = last is not None and (last.tenant, last.stream) == (commit.tenant, commit.stream)
        report.streams += not same
        report.findings += _follows(last if same else None, commit)
        for event in publish(commit, definition.name, codec, definition.published):
            published[event.id] = ((event.tenant, event.subject), event.sequence)
        last = commit
    report.events = len(published)
    return published


def _follows(before: Commit | None, commit: Commit) -> Iterator[Finding]:
    """Check that a commit continues its stream."""
    expected = before.last + 1 if before else 1
    if commit.version != expected:
        yield Finding(commit.id, f"version {expected} is missing")
    sequences = [event.sequence for event in commit.events if event.sequence is not None]
    first = (before.sequence if before else 0) + 1
    if sequences != list(range(first, first + len(sequences))):
        yield Finding(commit.id, f"published sequences {sequences} do not go on from {first - 1}")
    if before and before.key != commit.key:
        yield Finding(commit.id, "its Kafka key is not the stream's")


def _published(stored: dict[str, tuple[Stream, int]], log: Log, topic: str) -> Iterator[Finding]:
    """Check that the topic holds what the store published: whole, in order, and nothing else."""
    if log.undecodable:
        yield Finding(topic, f"{log.undecodable} records are no events")
    heads: dict[Stream, int] = {}
    for event in log.events:
        stream = (event.tenant, event.subject)
        if event.sequence != heads.get(stream, 0) + 1:
            yield Finding(
                topic, f"{event.subject} jumps from {heads.get(stream, 0)} to {event.sequence}"
            )
        heads[stream] = event.sequence
        if stored.get(event.id) != (stream, event.sequence):
            yield Finding(topic, f"{event.subject} {event.sequence} is not in the store")
    for identity in stored.keys() - {event.id for event in log.events}:
        (_, subject), sequence = stored[identity]
        yield Finding(topic, f"{subject} {sequence} is in the store and not in Kafka")


def _projected(
    projections: Sequence[Projection], database: Database, logs: dict[str, Log], report: Report
) -> Iterator[Finding]:
    """Check documents, ledgers, intents and due work against the fold of the topics."""
    policies = database["policies"].find_one({"_id": "since"})
    since = policies["at"] if policies else NEVER
    expected: Documents = {INTENTS: {}, DUE: {}}
    for projection in projections:
        views = Views(since)
        for owner in projection.services:
            yield from _applied(projection, owner, logs[owner], database)
            for event in logs[owner].events:
                if event.type in projection.handlers:
                    projection.handlers[event.type](event, views)
        _gather(projection, views, expected)
    names = {
        name
        for name in database.list_collection_names()
        for projection in projections
        if projection.owns(name)
    }
    for name in sorted(names | expected.keys()):
        live = {document["_id"]: document for document in database[name].find({})}
        report.documents += len(live)
        yield from _equal(name, live, expected.get(name, {}), whole=name not in {INTENTS, DUE})


def _gather(projection: Projection, views: Views, expected: Documents) -> None:
    """Add what a fold gave, as the store would give it back."""
    for (name, identity), document in views.documents.items():
        if document is not None and (name, identity) in views.changed:
            stored = bson.decode(bson.encode(document), codec_options=AWARE)
            expected.setdefault(projection.collection(name), {})[identity] = stored
    for name, documents in views.pending.items():
        expected[name].update({document["_id"]: document for document in documents})


def _applied(projection: Projection, owner: str, log: Log, database: Database) -> Iterator[Finding]:
    """Check that the ledgers stand where the topic ends."""
    heads: dict[str, dict[str, int]] = {}
    for event in log.events:
        identity = ledger_id(projection.consumer, topic_name(owner), event.epoch, event.key)
        heads.setdefault(identity, {})[event.subject] = event.sequence
    live = {
        ledger["_id"]: ledger["streams"]
        for ledger in database[LEDGERS].find({"_id": {"$in": list(heads)}})
    }
    for identity, streams in heads.items():
        for subject, sequence in streams.items():
            applied = live.get(identity, {}).get(subject, 0)
            if applied != sequence:
                where = f"{projection.consumer} of {topic_name(owner)}"
                yield Finding(where, f"{subject} was applied to {applied} of {sequence}")


def _equal(
    name: str, live: dict[str, Document], folded: dict[str, Document], *, whole: bool
) -> Iterator[Finding]:
    """Compare documents; of intents and due work, which live on, the ids alone."""
    yield from _each(name, folded.keys() - live.keys(), "is missing")
    yield from _each(name, live.keys() - folded.keys(), "follows from no event")
    if whole:
        for identity in sorted(live.keys() & folded.keys()):
            if wrong := _differences(live[identity], folded[identity]):
                yield Finding(name, f"{identity} differs from its events in {', '.join(wrong)}")


def _each(name: str, identities: Iterable[str], what: str) -> Iterator[Finding]:
    for identity in sorted(identities):
        yield Finding(name, f"{identity} {what}")


def _differences(live: dict[str, Any], folded: dict[str, Any]) -> list[str]:
    return sorted(k for k in live.keys() | folded.keys() if live.get(k) != folded.get(k))
