"""A disk that is full, or fails and is read-only, under either engine: nothing is lost.

The engines are of these tests' own, on file systems that are mounted for them: where nothing may
be mounted, these tests say so and are skipped.
"""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pymongo.errors import PyMongoError
from structlog.testing import capture_logs

from deploy.local import engines
from deploy.local.engines import Engine, EngineError, uri
from shared import kafka as broker
from shared import mongo
from shared.mongo import Database
from tests.engine.pipeline import Bench, open_bench, running, told, waiting
from tests.waiting import eventually

SMALL, LARGE = "24m", "200m"
DRIVE_BYTES = 96 * 2**20
ERRORS = Path("/sys/fs/ext4")
pytestmark = [pytest.mark.usefixtures("nobody_waits"), pytest.mark.invariant(n=9)]


def run(*command: str | Path) -> str:
    found = subprocess.run(command, check=True, capture_output=True, text=True)
    return found.stdout.strip()


def mount(*options: str | Path) -> None:
    try:
        if os.geteuid():
            raise PermissionError
        run("mount", *options)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no file system may be mounted here")


@pytest.fixture
def little_room(tmp_path: Path) -> Iterator[Path]:
    """A file system that is soon full."""
    mount("-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", tmp_path)
    yield tmp_path
    run("umount", "--lazy", tmp_path)


@dataclass
class Drive:
    """A disk with a file system of its own.

    Attributes:
        image: what is on it.
        folder: where it is mounted.
    """

    image: Path
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        self.folder = self.image.with_suffix(".mounted")
        self.folder.mkdir()
        with self.image.open("wb") as image:
            image.truncate(DRIVE_BYTES)
        run("mkfs.ext4", "-q", self.image)

    def mount(self) -> None:
        mount("-o", "loop,errors=remount-ro", self.image, self.folder)

    def fail(self) -> None:
        """Have the kernel meet an error: what is open stays open, and nothing can be written.

        What it had not yet written is lost, acknowledged or not: Kafka forces nothing to the disk.
        """
        run("sync", "--file-system", self.folder)
        device = Path(run("findmnt", "--noheadings", "--output", "SOURCE", self.folder)).name
        (ERRORS / device / "trigger_fs_error").write_text("a test")

    def mend(self) -> None:
        """Do what an operator does."""
        run("umount", self.folder)
        # It ends with 1 where it has mended something.
        subprocess.run(["e2fsck", "-fy", self.image], check=False, capture_output=True)
        self.mount()


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[Drive]:
    """A disk that fails when it is told to."""
    try:
        found = Drive(tmp_path / "drive")
    except FileNotFoundError:
        pytest.skip("there is no mkfs.ext4 here")
    found.mount()
    yield found
    run("umount", "--lazy", found.folder)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker's silence is noticed soon."""
    monkeypatch.setattr(broker, "REQUEST_MS", 1_000)
    monkeypatch.setattr(broker, "DELIVERY_MS", 2_000)
    monkeypatch.setattr(broker, "METADATA_MS", 200)
    monkeypatch.setattr(broker, "SILENT_SECONDS", 1.0)


def fill(folder: Path) -> Path:
    """Take all the room that is left."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    return filler


@contextmanager
def started(engine: Engine) -> Iterator[Engine]:
    try:
        engine.start()
        yield engine
    finally:
        engine.stop()


def ended(engine: Engine) -> bool:
    return engine.process is not None and engine.process.poll() is not None


def counts_on(bench: Bench, engine: Engine) -> list[int]:
    """Count, each command answered, until the broker has ended and both its users wait for it."""
    counted = [1]

    def count() -> None:
        counted.append(counted[-1] + 1)
        bench.count("a", counted[-1])

    eventually(lambda: count() or ended(engine))
    count()
    for part in ("relay", "totals@1"):
        eventually(lambda part=part: f"{part} waits for the broker" in told(bench))
    return counted


@pytest.mark.usefixtures("impatient")
def test_a_disk_that_is_full_under_the_broker_loses_nothing(
    little_room: Path, database: Database
) -> None:
    engine = engines.kafka(little_room)
    bench = open_bench(database, f"127.0.0.1:{engine.port}")
    with capture_logs() as logs, started(engine), running(bench.relay(), bench.consumer()):
        bench.count("a", 1)
        eventually(lambda: bench.amounts("a") == [1])
        filler = fill(little_room)
        counted = counts_on(bench, engine)
        metrics = waiting("relay", "broker"), waiting("totals@1", "broker")
        # What restarts it has no luck while the disk is full.
        with pytest.raises(EngineError):
            engine.start()
        filler.unlink()
        engine.start()
        eventually(lambda: bench.amounts("a") == counted)
        eventually(lambda: told(bench) == "")

    assert metrics == (1, 1)
    assert {found["part"] for found in logs if found["event"] == "waits"} == {"relay", "totals@1"}
    assert bench.database["parked"].count_documents({}) == 0


@pytest.mark.usefixtures("impatient")
def test_a_disk_that_fails_under_the_broker_loses_nothing(drive: Drive, database: Database) -> None:
    engine = engines.kafka(drive.folder)
    bench = open_bench(database, f"127.0.0.1:{engine.port}")
    with started(engine), running(bench.relay(), bench.consumer()):
        bench.count("a", 1)
        eventually(lambda: bench.amounts("a") == [1])
        drive.fail()
        counted = counts_on(bench, engine)
        drive.mend()
        engine.start()
        eventually(lambda: bench.amounts("a") == counted)
        eventually(lambda: told(bench) == "")

    assert bench.database["parked"].count_documents({}) == 0


def test_a_disk_that_is_full_under_the_store_loses_nothing(little_room: Path, kafka: str) -> None:
    engine = engines.secantus(little_room)
    with started(engine), mongo.connect(uri(engine.port), "full") as client:
        bench = open_bench(client["full"], kafka)
        with running(bench.relay(), bench.consumer(), bench.healer()):
            bench.count("a", 1)
            eventually(lambda: bench.amounts("a") == [1])
            with pytest.raises(PyMongoError):
                write(bench.database)
            eventually(lambda: "heal waits for the store: InternalError (1)" in told(bench))
            run("mount", "-o", f"remount,size={LARGE}", little_room)
            engine.kill()
            engine.start()
            bench.count("a", 2)
            eventually(lambda: bench.amounts("a") == [1, 2])
            eventually(lambda: told(bench) == "")


def test_a_disk_that_fails_under_the_store_loses_nothing(drive: Drive, kafka: str) -> None:
    engine = engines.secantus(drive.folder)
    with started(engine), mongo.connect(uri(engine.port), "failed") as client:
        bench = open_bench(client["failed"], kafka)
        with running(bench.relay(), bench.consumer(), bench.healer()):
            bench.count("a", 1)
            eventually(lambda: bench.amounts("a") == [1])
            drive.fail()
            with pytest.raises(PyMongoError):
                bench.count("a", 2)
            for part in ("relay", "heal"):
                eventually(lambda part=part: f"{part} waits for the store" in told(bench))
            engine.kill()
            drive.mend()
            engine.start()
            bench.count("a", 3)
            eventually(lambda: bench.amounts("a") == [1, 3])
            eventually(lambda: told(bench) == "")


def write(database: Database) -> None:
    """Write until the store has no room; it always ends."""
    while True:
        database["filler"].insert_one({"bytes": os.urandom(100_000)})
