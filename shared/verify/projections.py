"""Projections: documents equal the fold of the events that their ledgers say were applied."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import bson
from bson.codec_options import CodecOptions

from shared.envelope import Envelope, Undecodable, decode
from shared.generation import GENERATIONS
from shared.mongo import Database, Document
from shared.park import DISCARDED, describe
from shared.rebuild import old
from shared.verify.ledgers import Reading
from shared.verify.report import Finding
from shared.verify.sources import Source
from shared.views import Projection, Views

AWARE: CodecOptions[Document] = CodecOptions(tz_aware=True)
Documents = dict[str, Document]
Read = list[tuple[Reading, Source]]


@dataclass(slots=True)
class Folded:
    """What the events of one service's projections make.

    Attributes:
        documents: by collection of the database and id.
        owed: by collection, the intents and due work that follow from what was applied.
        allowed: those that follow from any event: another generation may have come further.
        failed: what could not be folded.
    """

    documents: dict[str, Documents] = field(default_factory=dict)
    owed: dict[str, Documents] = field(default_factory=dict)
    allowed: dict[str, Documents] = field(default_factory=dict)
    failed: list[Finding] = field(default_factory=list)

    def fold(self, projection: Projection, read: Read, views: Views) -> None:
        """Add what a projection makes of what its ledgers say was applied, and of the rest."""
        rest: list[Envelope] = []
        for reading, source in read:
            left_out = _discarded(reading)
            for event in source.events(reading.applied):
                stream = (event.tenant, event.subject)
                if event.type not in projection.handlers or (*stream, event.commit) in left_out:
                    continue
                if event.sequence <= reading.applied.get(stream, 0):
                    self._apply(projection, event, views)
                else:
                    rest.append(event)
        self._take(projection, views)
        _keep(views, self.owed)
        for event in rest:
            # What was not applied may well be what the handler does not take.
            with suppress(Exception):
                projection.handlers[event.type](event, views)
        _keep(views, self.allowed)

    def _apply(self, projection: Projection, event: Envelope, views: Views) -> None:
        try:
            projection.handlers[event.type](event, views)
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is told
            what = f"{event.subject} {event.sequence}: {describe(fault)}"
            self.failed.append(Finding("fold-failed", projection.consumer, what))

    def _take(self, projection: Projection, views: Views) -> None:
        """Take the documents, as the store would give them back."""
        for (name, identity), document in views.documents.items():
            if document is not None and (name, identity) in views.changed:
                stored = bson.decode(bson.encode(document), codec_options=AWARE)
                self.documents.setdefault(projection.collection(name), {})[identity] = stored


def _keep(views: Views, effects: dict[str, Documents]) -> None:
    for name, documents in views.pending.items():
        effects.setdefault(name, {}).update({found["_id"]: found for found in documents})


def _discarded(reading: Reading) -> set[tuple[str, str, int]]:
    """Return the commits that a person had left out: tenant, stream and version."""
    found = set()
    for record in reading.database[DISCARDED].find(reading.mine):
        with suppress(Undecodable):
            found.add((record["tenant"], record["subject"], decode(record["raw"]).commit))
    return found


def count(projection: Projection, database: Database) -> int:
    """Return how many documents a projection has."""
    names = filter(projection.owns, database.list_collection_names())
    return sum(database[name].count_documents({}) for name in names)


def compared(projection: Projection, database: Database, folded: Folded) -> Iterator[Finding]:
    """Compare the documents of a projection with what its events make."""
    names = {*folded.documents, *database.list_collection_names()}
    for name in sorted(filter(projection.owns, names)):
        live = {document["_id"]: document for document in database[name].find({})}
        made = folded.documents.get(name, {})
        for fault, identity, what in _differences(live, made):
            yield Finding(fault, name, f"{identity} {what}", (projection.name,))


def _differences(live: Documents, made: Documents) -> Iterator[tuple[str, str, str]]:
    for identity in sorted(made.keys() - live.keys()):
        yield "document-lost", identity, "is missing"
    for identity in sorted(live.keys() - made.keys()):
        yield "document-foreign", identity, "follows from no event"
    for identity in sorted(live.keys() & made.keys()):
        if wrong := _fields(live[identity], made[identity]):
            yield "document-differs", identity, f"differs from its events in {', '.join(wrong)}"


def _fields(live: Mapping[str, Any], made: Mapping[str, Any]) -> list[str]:
    return sorted(k for k in live.keys() | made.keys() if live.get(k) != made.get(k))


def generations(database: Database, projection: Projection) -> Iterator[Finding]:
    """Yield the generation that is being built, and old ones that were not dropped."""
    found = database[GENERATIONS].find_one({"_id": projection.name}) or {}
    if building := found.get("building"):
        where = f"{projection.name}@{building['number']}"
        yield Finding("generation-building", where, f"since {building['since']:%Y-%m-%d %H:%M}")
    for number in old(database, projection):
        drop = (projection.name, "--drop", str(number))
        yield Finding("generation-old", f"{projection.name}@{number}", "is not read any more", drop)
