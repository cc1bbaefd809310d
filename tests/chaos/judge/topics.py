"""What the topics hold, read from their beginning to their end."""

import json
import time
from dataclasses import dataclass

from kafka import KafkaConsumer, TopicPartition

from .case import Case

SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Record:
    """One record: of which stream, its sequence there, and its version in the store."""

    service: str
    tenant: str
    stream: str
    sequence: int
    version: int


class Unread(Exception):
    """A topic could not be read to its end."""


def read(case: Case) -> list[Record]:
    """Return all records, each partition's in their order.

    Raises:
        Unread: not within two minutes.
    """
    reader = KafkaConsumer(
        bootstrap_servers=case.kafka, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    try:
        owners = {topic: service for service, topic in case.topics.items()}
        return [
            _record(owners[topic], value) for topic in owners for value in _values(reader, topic)
        ]
    finally:
        reader.close(autocommit=False)


def _values(reader: KafkaConsumer, topic: str) -> list[bytes]:
    partitions = [TopicPartition(topic, number) for number in reader.partitions_for_topic(topic)]
    left = {partition: end for partition, end in reader.end_offsets(partitions).items() if end}
    reader.assign(list(left))
    if left:
        reader.seek_to_beginning()
    values: list[bytes] = []
    deadline = time.monotonic() + SECONDS
    while left:
        if time.monotonic() > deadline:
            raise Unread(topic)
        for found in reader.poll(timeout_ms=500).values():
            values += [record.value for record in found]
        left = {where: end for where, end in left.items() if reader.position(where) < end}
    return values


def _record(service: str, value: bytes) -> Record:
    found = json.loads(value)
    return Record(
        service,
        found["tenant"],
        found["subject"],
        int(found["sequence"]),
        int(found["streamversion"]),
    )
