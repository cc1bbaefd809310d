"""An engine that is away, full or read-only: the process waits, says for what, and goes on."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka.admin import KafkaAdminClient
from prometheus_client import REGISTRY
from pymongo.errors import PyMongoError

from deploy.local import engines
from shared import health, kafka, mongo, waits
from shared.health import readiness
from shared.mongo import Database
from shared.publication import topic_name
from tests.engine.counting import open_counting
from tests.engine.pipeline import Bench, open_bench, running
from tests.waiting import eventually
from tests.wire.kafka import KafkaProxy
from tests.wire.mongodb import NOT_WRITABLE_PRIMARY, OUT_OF_DISK_SPACE, MongoProxy

SMALL, LARGE = "24m", "200m"


@pytest.fixture(autouse=True)
def _nobody_waits() -> Iterator[None]:
    waits.TOLD.clear()
    yield
    waits.TOLD.clear()


def told(bench: Bench) -> str:
    return waits.told(bench.database)


def waiting(part: str, engine: str) -> float | None:
    return REGISTRY.get_sample_value("hep_waits", {"part": part, "engine": engine})


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


@pytest.fixture
def little_room(tmp_path: Path) -> Iterator[Path]:
    """A file system that is soon full."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", str(tmp_path)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no file system may be mounted here")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


@pytest.mark.invariant(n=9)
def test_a_disk_that_is_full_loses_nothing(little_room: Path, tmp_path: Path, kafka: str) -> None:
    engine = engines.secantus(little_room)
    engine.start()
    uri = f"mongodb://127.0.0.1:{engine.port}/?directConnection=true"
    with mongo.connect(uri, "full") as client:
        bench = open_bench(client["full"], kafka)
        with running(bench.relay(), bench.consumer(), bench.healer()):
            bench.count("a", 1)
            eventually(lambda: bench.amounts("a") == [1])
            with pytest.raises(PyMongoError):
                fill(bench.database)
            eventually(lambda: "heal waits for the store: InternalError (1)" in told(bench))
            subprocess.run(["mount", "-o", f"remount,size={LARGE}", str(tmp_path)], check=True)
            engine.kill()
            engine.start()
            bench.count("a", 2)
            eventually(lambda: bench.amounts("a") == [1, 2])
            eventually(lambda: told(bench) == "")
    engine.stop()


def fill(database: Database) -> None:
    """Write until the store has no room; it always ends."""
    while True:
        database["filler"].insert_one({"bytes": os.urandom(100_000)})
