import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from kafka.admin import KafkaAdminClient

from shared.kafka import close, consumer, ends, ensure_topic, poll, records, subscribe
from shared.kafka import producer as make_producer
from tests.waiting import eventually


@pytest.fixture
def name() -> str:
    return f"test.{uuid.uuid4().hex[:12]}"


def test_rivals_that_make_a_topic_all_learn_its_one_id(kafka: str, name: str) -> None:
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: ensure_topic(kafka, name), range(6)))

    assert len(set(found)) == 1


def test_a_topic_without_a_record_yields_none(kafka: str, name: str) -> None:
    ensure_topic(kafka, name)

    assert list(records(kafka, name, ends(kafka, name))) == []


def test_a_producer_with_unsent_records_leaves_no_thread_behind(
    kafka: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.kafka.CLOSE_SECONDS", 0.5)
    ensure_topic(kafka, name)
    producer = make_producer(kafka, name)
    producer.send(name, b"first").get(10)
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.delete_topics([name])
    admin.close()
    producer.send(name, b"to nobody")

    close(producer)

    assert not [thread for thread in threading.enumerate() if thread.name.startswith(name)]


def test_a_member_that_began_to_rejoin_for_topics_that_are_back_is_a_member_again(
    kafka: str, name: str
) -> None:
    ensure_topic(kafka, name)
    client = consumer(kafka, f"group.{name}", "member")
    member = client._coordinator  # noqa: SLF001 - only there is it seen
    try:
        subscribe(client, [name])
        eventually(lambda: poll(client, 1) == {} and member.stable())

        there = member._metadata_snapshot  # noqa: SLF001

        def forgotten() -> bool:
            # Where the group did not answer in time, or put the member out, it comes back first.
            poll(client, 1)
            if not member.stable():
                return False
            # For a moment the topic is not there, as after a wipe.
            member._metadata_snapshot = {}  # noqa: SLF001
            client.poll(timeout_ms=0)
            member._metadata_snapshot = there  # noqa: SLF001
            return bool(member.rejoining and not member.need_rejoin())

        eventually(forgotten)
        eventually(lambda: poll(client, 1) == {} and member.stable())
        beaten = member.heartbeat.last_receive
        eventually(lambda: poll(client, 1) == {} and member.heartbeat.last_receive > beaten)
    finally:
        client.close(autocommit=False)
