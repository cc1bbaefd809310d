"""Published events as tests of projections want them: true to the contract, in any order.

`event` makes one from its payload and holds it to the owner's committed JSON Schema;
`interleavings` yields the orders in which a consumer may meet them.
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from shared.envelope import Envelope, encode, event_id
from shared.mongo import Document
from shared.views import Projection, Views

SERVICES = Path(__file__).parents[1] / "services"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 9, 7, 12, tzinfo=UTC)


def event(
    kind: str,
    stream: str,
    data: Mapping[str, Any],
    *,
    sequence: int = 1,
    index: int = 0,
    size: int = 1,
    moment: datetime = NOON,
    tenant: str = "north",
) -> Envelope:
    """Return the published event `hep.<kind>.v1`.

    Args:
        kind: service, noun and verb, for example `prescription.site.registered`.
        stream: its subject.
        data: the payload.
        sequence: in the stream, from 1.
        index: place in its commit.
        size: of its commit.
        moment: when it happened and was recorded.
        tenant: the practice group.
    """
    service, name = kind.split(".", 1)[0], f"hep.{kind}.v1"
    owner = data.get("patient") or stream
    found = Envelope(
        id=event_id(service, tenant, stream, sequence),
        source=f"/{service}",
        type=name,
        subject=stream,
        time=moment,
        recorded=moment,
        tenant=tenant,
        key=f"{tenant}|{owner}",
        sequence=sequence,
        epoch=1,
        commit=sequence - index,
        index=index,
        size=size,
        version=sequence,
        data=data,
        correlation="test",
    )
    validator = _validator(service, name)
    validator.validate(json.loads(encode(found)))
    unknown = set(data) - set(validator.schema["properties"]["data"]["properties"])
    assert not unknown, f"{name} promises no {unknown}"
    return found


def fold(projection: Projection, events: Sequence[Envelope], since: datetime = LONG_AGO) -> Views:
    """Apply the events as the consumer would, from nothing."""
    views = Views(since)
    for found in events:
        if found.type in projection.handlers:
            projection.handlers[found.type](found, views)
    return views


def documents(views: Views, collection: str) -> dict[str, Document]:
    """Return what a fold gave for a collection, by id."""
    return {
        identity: document
        for (name, identity), document in views.documents.items()
        if name == collection and document is not None
    }


def interleavings(events: Sequence[Envelope], orders: int = 25) -> Iterator[list[Envelope]]:
    """Yield the events in many orders that keep each stream's own, the given one first."""
    yield list(events)
    yield from (interleaved(events, seed) for seed in range(orders))


def interleaved(events: Sequence[Envelope], seed: int) -> list[Envelope]:
    """Return the events in an order that keeps each stream's own."""
    streams: dict[tuple[str, str], list[Envelope]] = {}
    for found in events:
        streams.setdefault((found.source, found.subject), []).append(found)
    shuffled, rng = [], random.Random(seed)
    while streams:
        chosen = rng.choice(list(streams))
        shuffled.append(streams[chosen].pop(0))
        if not streams[chosen]:
            del streams[chosen]
    return shuffled


@cache
def _validator(service: str, name: str) -> jsonschema.Draft202012Validator:
    path = SERVICES / service / "contracts" / "events" / f"{name}.json"
    return jsonschema.Draft202012Validator(json.loads(path.read_text()))
