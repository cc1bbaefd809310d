"""The one place that makes Kafka clients. None survives a fork: make them after it."""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import kafka.record.util
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.errors import (
    IllegalStateError,
    KafkaError,
    TopicAlreadyExistsError,
    UnknownTopicOrPartitionError,
)
from kafka.net.compat import KafkaNetClient

from shared import reach, waits

PARTITIONS = 12
POLL_MS = 200
# How soon a topic that was made anew is noticed.
METADATA_MS = 5_000
# A broker that did not tell in three times that has not answered.
SILENT_SECONDS = 15.0
# A broker that is back is noticed this soon; the client's own bound is half a minute.
RECONNECT_MS = 1_000
# What is not answered within it ends its connection: nothing else tells one whose other side is
# gone. A broker that does not show itself is asked anew as soon.
REQUEST_MS = 5_000
# A join is waited for as long, since the broker gives all others the time that they have between
# two polls; the library's own bound is five minutes.
BETWEEN_POLLS_MS = 60_000
# A send that fails starts over with a new producer, which looks at the broker anew.
DELIVERY_MS = 10_000
# How long the broker may keep a new topic's id and partitions to itself.
TELL_SECONDS = 10.0
CLOSE_SECONDS = 5.0
# A send that fails starts over with a new producer, which looks at the broker anew.
DELIVERY_MS = 10_000

Fault = KafkaError
# What an engine raises that is away, full or read-only.
FAULTS = (*waits.FAULTS, Fault)
Unknown = UnknownTopicOrPartitionError


class Silent(KafkaError):  # type: ignore[misc]
    """The broker has not told a client anything for a while, which waits for it in silence."""

    told = "it does not answer"


class FewPartitions(KafkaError):  # type: ignore[misc]
    """Keys would go where no reader of ours looks, or all to a few."""

    def __init__(self, name: str, found: int) -> None:
        self.told = f"{name} has {found} partitions, not {PARTITIONS}: make it anew"
        super().__init__(self.told)


def require_crc32c() -> None:
    """Refuse to start without the C checksum: without it the client is nine times slower."""
    if kafka.record.util.crc32c_c is None:
        raise RuntimeError("the package crc32c has no C extension here: install it for this Python")


def ensure_topic(bootstrap: str, name: str) -> str:
    """Create the topic if it is not there; return the id that the broker gave it.

    Kept for ever: history is evidence and the source of every rebuild.
    """
    admin = _make(KafkaAdminClient, bootstrap)
    try:
        keep = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
        try:
            wanted = {"num_partitions": PARTITIONS, "replication_factor": -1, "configs": keep}
            admin.create_topics({name: wanted}, wait_for_metadata=True)
        except TopicAlreadyExistsError:
            pass
        found = _await_id(admin, name)
        (topic,) = admin.describe_topics([name])
        if len(topic["partitions"]) < PARTITIONS:
            raise FewPartitions(name, len(topic["partitions"]))
        return found
    finally:
        admin.close()


def _await_id(admin: Any, name: str) -> str:
    """Return a topic's id: of one that another client made this moment the broker tells it late."""
    deadline = time.monotonic() + TELL_SECONDS
    while not (found := _ids(admin, [name])):
        if time.monotonic() > deadline:
            raise Unknown(name)
        time.sleep(0.05)
    return found[name]


def topic_ids(bootstrap: str, names: Iterable[str]) -> dict[str, str]:
    """Return the broker's ids of the topics that exist."""
    admin = _make(KafkaAdminClient, bootstrap)
    try:
        return _ids(admin, names)
    finally:
        admin.close()


def _ids(admin: Any, names: Iterable[str]) -> dict[str, str]:
    wanted = set(names)
    return {
        found["name"]: str(found["topic_id"])
        for found in admin.describe_topics(list(wanted))
        if not found["error_code"]
    }


def known_topic_id(client: Any, name: str) -> str | None:
    """Return the id of a topic as a consumer's last metadata has it, asking nobody."""
    # The library keeps it for its own use and has no public door to it.
    found = client._cluster.topic_id(name)  # noqa: SLF001
    return str(found) if found else None


def producer(bootstrap: str, name: str) -> Any:
    """Return an idempotent producer: in order, acknowledged by all replicas."""
    return _make(
        KafkaProducer,
        bootstrap,
        client_id=name,
        acks="all",
        enable_idempotence=True,
        compression_type="lz4",
        linger_ms=5,
        batch_size=262_144,
        delivery_timeout_ms=DELIVERY_MS,
        max_block_ms=DELIVERY_MS,
        allow_auto_create_topics=False,
    )


def close(client: Any) -> None:
    """Close a producer for good, with whatever it could not send.

    The library's own close gives up where a flush takes too long, and leaves a thread behind that
    goes on sending what another leader has sent meanwhile.
    """
    try:
        client.close(timeout=CLOSE_SECONDS)
    except KafkaError:
        client._sender.force_close()  # noqa: SLF001 - there is no public door to it
        client._sender.join(CLOSE_SECONDS)  # noqa: SLF001
        client.close(timeout=0)


def consumer(bootstrap: str, group: str, name: str) -> Any:
    """Return a consumer that shares the partitions with its group and keeps no offsets itself."""
    return _make(
        KafkaConsumer,
        bootstrap,
        group_id=group,
        client_id=name,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        allow_auto_create_topics=False,
        heartbeat_interval_ms=1_000,
        # What a process that was killed had is another's after this.
        session_timeout_ms=10_000,
        max_poll_interval_ms=BETWEEN_POLLS_MS,
        partition_assignment_strategy=[CooperativeStickyAssignor()],
        fetch_max_wait_ms=100,
        metadata_max_age_ms=METADATA_MS,
    )


def subscribe(client: Any, names: Sequence[str]) -> None:
    """Subscribe a consumer to topics that it has seen.

    A consumer that leads its group before its metadata shows a fresh topic assigns none of its
    partitions, and may never be told to look again.

    Raises:
        Fault: the topics did not show within ten seconds.
    """
    deadline = time.monotonic() + TELL_SECONDS
    for name in names:
        while (found := len(client.partitions_for_topic(name) or ())) < PARTITIONS:
            if time.monotonic() > deadline:
                raise FewPartitions(name, found) if found else Unknown(name)
            time.sleep(POLL_MS / 1000)
    client.subscribe(list(names))


def poll(client: Any, most: int) -> Any:
    """Return what a group's member has fetched, by partition; waits a little where it is nothing.

    The library forgets a rejoin that it has begun, when the topics that were its reason are back
    before the group has answered: as they are after a broker came back empty. It then sends no
    heartbeat for ever, loses its partitions to others without knowing, and polls without waiting.

    Args:
        client: as `subscribe` has left it.
        most: records, at most.
    """
    # There is no public door to it; seen in kafka-python 3.0.12.
    member = client._coordinator  # noqa: SLF001
    if member.rejoining and not member.need_rejoin():
        member.request_rejoin()
    return client.poll(timeout_ms=POLL_MS, max_records=most)


def is_silent(client: Any) -> bool:
    """Tell whether a consumer has not heard from the broker for a while: it says nothing itself."""
    # Kept for the library's own use; there is no public door to it.
    heard: float = client._cluster._last_successful_refresh_ms / 1000  # noqa: SLF001
    return time.monotonic() - heard > SILENT_SECONDS


def seek(client: Any, partition: Any, offset: int) -> None:
    """Have a consumer read on from an offset, unless a rebalance has just taken the partition."""
    with contextlib.suppress(ValueError, KeyError):
        client.seek(partition, offset)


def pause(client: Any, partition: Any) -> None:
    """Have a consumer fetch nothing of a partition, unless a rebalance has just taken it."""
    with contextlib.suppress(IllegalStateError, ValueError, KeyError):
        client.pause(partition)


def resume(client: Any, partition: Any) -> None:
    """Have a consumer fetch of a partition again, unless a rebalance has just taken it."""
    with contextlib.suppress(IllegalStateError, ValueError, KeyError):
        client.resume(partition)


def position(client: Any, partition: Any) -> int | None:
    """Return what a consumer reads next; None where a rebalance has just taken the partition."""
    try:
        found: int | None = client.position(partition)
    except (IllegalStateError, KeyError):
        return None
    return found


def ends(bootstrap: str, name: str) -> dict[int, int]:
    """Return where each partition of a topic ends; empty where there is no such topic."""
    reader = _reader(bootstrap)
    try:
        partitions = reader.partitions_for_topic(name) or ()
        found = reader.end_offsets([TopicPartition(name, number) for number in partitions])
        return {partition.partition: offset for partition, offset in found.items()}
    finally:
        reader.close(autocommit=False)


def records(bootstrap: str, name: str, until: Mapping[int, int]) -> Iterator[bytes]:
    """Yield the values of a topic's records from its beginning up to these ends."""
    reader = _reader(bootstrap)
    try:
        left = {TopicPartition(name, number): end for number, end in until.items() if end}
        reader.assign(list(left))
        if left:
            reader.seek_to_beginning()
        while left:
            for partition, found in reader.poll(timeout_ms=POLL_MS).items():
                end = left.get(partition, 0)
                yield from (record.value for record in found if record.offset < end)
            left = {p: end for p, end in left.items() if reader.position(p) < end}
    finally:
        reader.close(autocommit=False)


def _reader(bootstrap: str) -> Any:
    """Return a consumer of no group."""
    return _make(
        KafkaConsumer,
        bootstrap,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        allow_auto_create_topics=False,
        fetch_max_wait_ms=100,
    )


def _make(kind: Callable[..., Any], bootstrap: str, **config: Any) -> Any:
    """Return a client, or leave nothing behind: the library's own would leave a thread and sockets.

    Raises:
        Fault: the broker does not show itself.
    """
    inner: list[Any] = []

    def remember(**given: Any) -> Any:
        inner.append(KafkaNetClient(**given))
        return inner[-1]

    try:
        return kind(
            bootstrap_servers=bootstrap,
            bootstrap_timeout_ms=REQUEST_MS,
            request_timeout_ms=REQUEST_MS,
            reconnect_backoff_max_ms=RECONNECT_MS,
            kafka_client=remember,
            **reach.options(bootstrap),
            **config,
        )
    except BaseException:
        for client in inner:
            client.close()
        raise
