"""An engine that is away or refuses: the process waits, says for what, and goes on."""

import gc
import logging
import threading
from collections import Counter
from pathlib import Path

import pytest
from kafka.admin import KafkaAdminClient
from pymongo.errors import PyMongoError
from structlog.testing import capture_logs

from shared import consume, health, kafka, relay, waits
from shared.health import readiness
from shared.mongo import Database
from shared.publication import topic_name
from tests.engine.counting import open_counting
from tests.engine.pipeline import Bench, running, told, waiting
from tests.waiting import eventually
from tests.wire.kafka import KafkaProxy
from tests.wire.mongodb import NOT_WRITABLE_PRIMARY, OUT_OF_DISK_SPACE, MongoProxy

pytestmark = pytest.mark.usefixtures("nobody_waits")


@pytest.mark.invariant(n=9)
def test_a_broker_that_refuses_is_told_of_and_gone_on_with(
    wired: Bench, bench: Bench, broker: KafkaProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka, "REQUEST_MS", 1_000)
    monkeypatch.setattr(kafka, "METADATA_MS", 200)
    monkeypatch.setattr(kafka, "SILENT_SECONDS", 1.0)
    with running(wired.relay(), wired.consumer()):
        bench.count("a", 1)
        eventually(lambda: bench.amounts("a") == [1])
        broker.refuse()
        bench.count("a", 2)
        eventually(lambda: "relay waits for the broker" in told(bench))
        eventually(lambda: "totals@1 waits for the broker: it does not answer" in told(bench))
        metrics = waiting("relay", "broker"), waiting("totals@1", "broker")
        broker.accept()
        eventually(lambda: bench.amounts("a") == [1, 2])
        eventually(lambda: told(bench) == "")

    assert metrics == (1, 1)
    assert (waiting("relay", "broker"), waiting("totals@1", "broker")) == (0, 0)
    assert bench.database["parked"].count_documents({}) == 0


@pytest.mark.invariant(n=16)
def test_a_broker_that_refuses_for_ten_minutes_takes_up_no_more_than_one_that_does_for_one(
    wired: Bench,
    bench: Bench,
    broker: KafkaProxy,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # What pytest keeps of the log keeps the clients that it tells of.
    caplog.set_level(logging.CRITICAL, "kafka")
    minute = 60_000 // kafka.REQUEST_MS
    tries = counted(monkeypatch, "ensure_topic"), counted(monkeypatch, "topic_ids")
    broker.refuse()

    with capture_logs() as logs, running(wired.relay(), wired.consumer()):
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(kafka, "REQUEST_MS", 20)
            for module in (relay, consume):
                meanwhile.setattr(module, "RETRY_SECONDS", 0.0)
            eventually(lambda: min(map(len, tries)) >= minute)
            after_one = taken_up()
            eventually(lambda: min(map(len, tries)) >= 10 * minute)
            # A client of each may be under way, and a few that are not all gone yet.
            eventually(lambda: not more(after_one, taken_up()))
        said = Counter(found["event"] for found in logs)
        broker.accept()
        bench.count("a", 1)
        eventually(lambda: bench.amounts("a") == [1])

    assert said == {"waits": 2}


def counted(monkeypatch: pytest.MonkeyPatch, name: str) -> list[object]:
    """Return what grows by one each time a function of the client's module is called."""
    calls, called = [], getattr(kafka, name)

    def count(*arguments: object) -> object:
        calls.append(arguments)
        return called(*arguments)

    monkeypatch.setattr(kafka, name, count)
    return calls


def taken_up() -> tuple[int, int]:
    """Return how many threads and open files this process has."""
    # The sockets of clients that are gone, but lie in circles, go with these.
    gc.collect()
    return threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))


def more(before: tuple[int, int], now: tuple[int, int]) -> bool:
    return any(later > earlier + 8 for earlier, later in zip(before, now, strict=True))


@pytest.mark.invariant(n=9)
@pytest.mark.parametrize(
    ("answer", "reason"),
    [(OUT_OF_DISK_SPACE, "OutOfDiskSpace (14031)"), (NOT_WRITABLE_PRIMARY, "NotPrimaryError")],
)
def test_a_store_that_takes_no_writes_is_told_of_and_gone_on_with(
    wired: Bench, bench: Bench, store: MongoProxy, answer: dict[str, object], reason: str
) -> None:
    with running(wired.relay(), wired.consumer(), wired.healer()):
        bench.count("a", 1)
        eventually(lambda: bench.amounts("a") == [1])
        with store.refusing(answer):
            bench.count("a", 2)
            for part in ("relay", "totals@1", "heal"):
                eventually(lambda part=part: f"{part} waits for the store: {reason}" in told(bench))
        eventually(lambda: bench.amounts("a") == [1, 2])
        eventually(lambda: told(bench) == "")

    assert bench.database["parked"].count_documents({}) == 0


def test_a_write_that_fails_for_want_of_room_is_no_conflict(
    wired: Bench, bench: Bench, store: MongoProxy
) -> None:
    errors = [{"index": 0, "code": 14031, "errmsg": "full"}]
    full = {"ok": 1, "n": 0, "nModified": 0, "writeErrors": errors}
    bench.count("a", 1)
    refused = store.answer("update", full, 3, lambda found: found["update"] == "ledgers")

    with running(bench.relay(), wired.consumer()):
        eventually(lambda: "waits for the store: BulkWriteError (14031)" in told(bench))
        eventually(lambda: bench.amounts("a") == [1])

    assert refused.hurt == 3


def test_a_topic_with_too_few_partitions_is_told_of_until_it_is_made_anew(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka, "TELL_SECONDS", 0.5)
    topic = topic_name(bench.service)
    admin = KafkaAdminClient(bootstrap_servers=bench.bootstrap)
    admin.create_topics({topic: {"num_partitions": 3, "replication_factor": 1}})
    bench.count("a", 1)

    with running(bench.relay(), bench.consumer()):
        why = f"waits for the broker: {topic} has 3 partitions, not 12: make it anew"
        eventually(lambda: f"relay {why}" in told(bench) and f"totals@1 {why}" in told(bench))
        admin.delete_topics([topic])
        eventually(lambda: bench.amounts("a") == [1])
    admin.close()


def test_a_process_is_not_ready_while_a_part_of_it_waits(
    database: Database, kafka: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "KEEP_SECONDS", -1.0)
    ready = readiness(open_counting(database, kafka).service, waits.told)

    waits.begin("relay", PyMongoError("a person's data"))
    meanwhile = ready()
    waits.end("relay")

    assert meanwhile == "relay waits for the store: PyMongoError\n"
    assert ready() == ""
