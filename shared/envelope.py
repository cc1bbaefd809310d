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
from shared.nesting import depth
from shared.publication import Publication
from shared.store import MAX_EVENTS, Commit

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"

OPTIONAL = ("site", "correlation", "causation", "traceparent")
# Every server takes a hundred levels; no event of ours has ten.
DEEPEST = 50
# The store's integers have eight bytes.
LARGEST = 2**63


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


def event_id(service: str, tenant: str, stream: str, version: int) -> str:
    """Return an event's id: nothing but the event at this version of this stream has it."""
    return identify(service, tenant, stream, str(version))


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
            id=event_id(service, commit.tenant, commit.stream, version),
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
        Undecodable: it is no CloudEvent of ours.
    """
    try:
        found = orjson.loads(value)
    except ValueError:
        raise Undecodable("it cannot be read as JSON") from None
    if not isinstance(found, dict) or found.get("specversion") != "1.0":
        raise Undecodable("it is not CloudEvents 1.0")
    # What is not nested that deep has seldom as many brackets, and they are soon counted.
    if value.count(b"{") + value.count(b"[") > DEEPEST and depth(found) > DEEPEST:
        raise Undecodable(f"it is nested deeper than {DEEPEST} levels")
    return load(found)


def load(found: Mapping[str, Any]) -> Envelope:
    """Return the event that a CloudEvent's JSON object is.

    Raises:
        Undecodable: an attribute is missing or cannot be.
    """
    event = Envelope(
        id=_word(found, "id"),
        source=_word(found, "source"),
        type=_word(found, "type"),
        subject=_word(found, "subject"),
        time=_moment(found, "time"),
        recorded=_moment(found, "recordedtime"),
        tenant=_word(found, "tenant"),
        key=_word(found, "partitionkey"),
        sequence=_number(found, "sequence", 1),
        epoch=_number(found, "epoch", 1),
        commit=_number(found, "commit", 1),
        index=_number(found, "commitindex", 0),
        size=_number(found, "commitsize", 1),
        version=_number(found, "streamversion", 1),
        data=found.get("data"),  # type: ignore[arg-type]  # looked at below
        **{name: _word(found, name) for name in OPTIONAL if name in found},
    )
    _check(event)
    return event


def _check(event: Envelope) -> None:
    """Refuse what contradicts itself: no handler and no ledger has to think of it."""
    if event.key.split("|")[0] != event.tenant:
        raise Undecodable("partitionkey is another tenant's")
    if "-" not in event.subject:
        raise Undecodable("subject is no stream")
    if not event.index < event.size <= MAX_EVENTS or event.sequence <= event.index:
        raise Undecodable("commitindex, commitsize and sequence cannot be")
    if event.version < event.sequence or event.version < event.commit + event.index:
        raise Undecodable("streamversion, sequence and commit cannot be")
    if event.id != event_id(event.source[1:], event.tenant, event.subject, event.version):
        raise Undecodable("id is not the one of its stream and version")
    if not isinstance(event.data, dict):
        raise Undecodable("data is no object")


def _word(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    # The store takes no NUL in a field's name, which a stream's id is.
    if not isinstance(value, str) or not value or "\0" in value:
        raise Undecodable(f"{name} is missing or is no text")
    return value


def _number(found: Mapping[str, Any], name: str, least: int) -> int:
    value = found.get(name)
    if type(value) is not int or not least <= value < LARGEST:
        raise Undecodable(f"{name} is missing or is no number from {least} on")
    return value


def _moment(found: Mapping[str, Any], name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_word(found, name))
    except ValueError:
        raise Undecodable(f"{name} is no moment") from None
    if moment.tzinfo is None:
        raise Undecodable(f"{name} has no zone")
    return moment


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
