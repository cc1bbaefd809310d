"""The published form of an event: CloudEvents 1.0, structured JSON.

https://github.com/cloudevents/spec, version 1.0.2. The extension attributes are named in
docs/partners.md. The same event always gives the same bytes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from shared.codec import Codec
from shared.commands import identify
from shared.publication import Publication
from shared.store import Commit

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"


class Undecodable(Exception):
    """A record that is no event of ours; the message says why, without its content."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One published event.

    Attributes:
        id: unique, the same whenever it is published again.
        source: the service, as `/prescription`.
        type: `hep.<service>.<noun>.<verb>.v1`.
        subject: the stream.
        time: when it happened.
        recorded: when the store took it.
        tenant: the practice group.
        key: the Kafka key.
        sequence: dense per stream over published events, from 1.
        epoch: raised by a restore.
        commit: version of the commit's first event.
        index: place among the commit's published events, from 0.
        size: how many published events the commit has.
        version: of the event in its stream.
        data: the payload.
        site: where it belongs, may be empty.
        correlation: may be empty.
        causation: may be empty.
        traceparent: may be empty.
    """

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    recorded: datetime
    tenant: str
    key: str
    sequence: int
    epoch: int
    commit: int
    index: int
    size: int
    version: int
    data: Mapping[str, Any]
    site: str = ""
    correlation: str = ""
    causation: str = ""
    traceparent: str = ""

    @property
    def identity(self) -> str:
        """The id within the stream's kind: `2f1c` of `program-2f1c`."""
        return self.subject.split("-", 1)[1]


def publish(
    commit: Commit, service: str, codec: Codec, published: Mapping[type, Publication]
) -> Iterator[Envelope]:
    """Yield the published events of a commit, in order."""
    first = commit.sequence - sum(event.sequence is not None for event in commit.events)
    size = commit.sequence - first
    for offset, stored in enumerate(commit.events):
        if stored.sequence is None:
            continue
        event = codec.decode(stored)
        publication = published[type(event)]
        version = commit.version + offset
        yield Envelope(
            id=identify(service, commit.tenant, commit.stream, str(version)),
            source=f"/{service}",
            type=publication.full_name(service),
            subject=commit.stream,
            time=stored.occurred,
            recorded=commit.recorded,
            tenant=commit.tenant,
            key=commit.key,
            sequence=stored.sequence,
            epoch=commit.epoch,
            commit=commit.version,
            index=stored.sequence - first - 1,
            size=size,
            version=version,
            data=publication.dump(event),
            site=commit.site,
            correlation=commit.correlation,
            causation=commit.causation,
            traceparent=commit.traceparent,
        )


def encode(event: Envelope) -> bytes:
    """Return the CloudEvent as JSON; attributes without a value are left out, as the spec asks."""
    attributes = {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "subject": event.subject,
        "time": _text(event.time),
        "datacontenttype": "application/json",
        "dataschema": f"{event.source}/schemas/{event.type}.json",
        "partitionkey": event.key,
        "tenant": event.tenant,
        "site": event.site,
        "sequence": event.sequence,
        "epoch": event.epoch,
        "commit": event.commit,
        "commitindex": event.index,
        "commitsize": event.size,
        "streamversion": event.version,
        "recordedtime": _text(event.recorded),
        "correlation": event.correlation,
        "causation": event.causation,
        "traceparent": event.traceparent,
        "data": event.data,
    }
    return orjson.dumps({name: value for name, value in attributes.items() if value != ""})


def decode(value: bytes) -> Envelope:
    """Return the event that a record holds.

    Raises:
        Undecodable: it is not JSON, or an attribute is missing or of another type.
    """
    try:
        return load(orjson.loads(value))
    except ValueError as fault:
        raise Undecodable(type(fault).__name__) from None


def load(found: Mapping[str, Any]) -> Envelope:
    """Return the event that a CloudEvent's JSON object is.

    Raises:
        Undecodable: an attribute is missing or of another type.
    """
    try:
        return Envelope(
            id=found["id"],
            source=found["source"],
            type=found["type"],
            subject=found["subject"],
            time=datetime.fromisoformat(found["time"]),
            recorded=datetime.fromisoformat(found["recordedtime"]),
            tenant=found["tenant"],
            key=found["partitionkey"],
            sequence=int(found["sequence"]),
            epoch=int(found["epoch"]),
            commit=int(found["commit"]),
            index=int(found["commitindex"]),
            size=int(found["commitsize"]),
            version=int(found["streamversion"]),
            data=found["data"],
            site=found.get("site", ""),
            correlation=found.get("correlation", ""),
            causation=found.get("causation", ""),
            traceparent=found.get("traceparent", ""),
        )
    except (ValueError, KeyError, TypeError) as fault:
        raise Undecodable(type(fault).__name__) from None


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
