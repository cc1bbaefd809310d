"""What a consumer applies at once: records of one partition, whole commits of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared.envelope import Envelope, Undecodable, decode

BATCH_EVENTS = 250
BATCH_BYTES = 2 * 1024 * 1024
# Twice what one commit may have: a relay that is cut off again and again is waited for no longer.
MOST_WITHOUT_END = 1000
REPEATED = "its id came before with another body"

Whole = list[Envelope]


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a partition, decoded; `event` is None where that is not possible, and why."""

    offset: int
    size: int
    event: Envelope | None
    raw: bytes
    reason: str = ""


def read(polled: Iterable[Any], following: int) -> list[Record]:
    """Decode what a client has polled of a partition, from an offset on."""
    records = []
    for found in polled:
        if found.offset < following:
            continue
        try:
            event, reason = decode(found.value), ""
        except Undecodable as fault:
            event, reason = None, str(fault)
        size = len(found.value or b"")
        records.append(Record(found.offset, size, event, found.value, reason))
    return records


def doubted(records: Iterable[Record]) -> Iterator[Record]:
    """Yield the records; what has the id of one before it and says something else is no event."""
    first: dict[str, Record] = {}
    for record in records:
        if record.event is None:
            yield record
            continue
        known = first.setdefault(record.event.id, record)
        same = known.raw == record.raw or (known.event and agree(known.event, record.event))
        yield record if same else replace(record, event=None, reason=REPEATED)


def agree(one: Envelope, other: Envelope) -> bool:
    """Tell whether two events of one id say the same, though a newer version may say more."""
    return replace(one, data={}) == replace(other, data={}) and _fits(one.data, other.data)


def _fits(one: Any, other: Any) -> bool:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return all(_fits(one[name], other[name]) for name in one.keys() & other.keys())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_fits, one, other))
    return bool(one == other)


def batches(records: Sequence[Record], limit: int = BATCH_EVENTS) -> Iterator[list[Record]]:
    """Split records into batches that cut no commit in two.

    A batch grows past its limit rather than cut a commit; a commit that the records end in the
    middle of is left out, to be given again with its end.
    """
    batch: list[Record] = []
    whole = 0
    size = 0
    cut = False
    for record in records:
        batch.append(record)
        size += record.size
        if record.event is not None:
            cut = record.event.index < record.event.size - 1
        if not cut:
            whole = len(batch)
            if whole >= limit or size >= BATCH_BYTES:
                yield batch
                batch, whole, size = [], 0, 0
    if whole:
        yield batch[:whole]
    elif len(batch) > MOST_WITHOUT_END:
        yield batch


def commits(events: Iterable[Envelope]) -> tuple[list[Whole], list[Envelope]]:
    """Group events into whole commits, each where its last event stands.

    A relay that starts over repeats events, and one that was deposed may put its own in between.

    Returns:
        The whole commits, and the last event of each that is not.
    """
    pieces: dict[tuple[str, str, int], Whole] = {}
    whole: list[Whole] = []
    cut: dict[tuple[str, str, int], Envelope] = {}
    for event in events:
        commit = (event.key, event.subject, event.commit)
        found = pieces.setdefault(commit, [])
        if event.index == len(found):
            found.append(event)
        cut[commit] = event
        if len(found) == event.size:
            whole.append(pieces.pop(commit))
            del cut[commit]
    return whole, list(cut.values())
