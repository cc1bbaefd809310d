"""Keeps a list of processes running: starts, watches, restarts with back-off, stops in order.

It knows nothing of the platform: what to run comes in as `Child`s. Processes are started from
the main thread only, because the kernel ties a death signal to the thread that forked.
"""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import pidfile, ports

LAUNCH = Path(__file__).with_name("launch.py")
TICK = 0.1
STILL_SECONDS = 15


class CannotStartError(Exception):
    """A part of the stack does not come up; the message says which and shows its log."""


@dataclass(frozen=True, slots=True)
class Child:
    """One process: what to run, when it is ready, what must be ready before it.

    Attributes:
        port: where it listens; without one it is ready as soon as it runs.
        path: what answers 200 when it is ready; without one an open port will do.
        after: parts that must be ready first; it is stopped before them, too.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None
    path: str | None = None
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait: before a restart, for readiness, for an end."""

    first: float = 0.5
    most: float = 30.0
    reset: float = 60.0
    tries: int = 3
    start: float = 180.0
    # All have ended within 15 seconds: services may take what the engines do not need.
    stop: float = 14.0
    layer: float = 5.0


@dataclass(slots=True)
class Life:
    """What has become of a child so far."""

    child: Child
    process: asyncio.subprocess.Process | None = None
    began: float = 0.0
    started: str = ""
    restarts: int = 0
    ready: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Supervisor:
    """The children of one data directory. `run` returns when all have ended."""

    children: Sequence[Child]
    data: Path
    say: Callable[[str], None]
    on_up: Callable[[], None] = lambda: None
    patience: Patience = field(default_factory=Patience)
    lives: dict[str, Life] = field(init=False)
    up: bool = False

    def __post_init__(self) -> None:
        """Begin with nothing started."""
        self.lives = {child.name: Life(child) for child in self.children}

    async def run(self) -> None:
        """Start everything, call `on_up` once all is ready, go on until a signal comes.

        Raises:
            CannotStartError: a part did not come up; the others have been stopped.
        """
        (self.data / "logs").mkdir(parents=True, exist_ok=True)
        told = _told_to_stop()
        tasks: list[asyncio.Task[object]] = [
            asyncio.create_task(self._keep(life)) for life in self.lives.values()
        ]
        tasks.append(asyncio.create_task(told.wait()))
        try:
            # A child's task ends only by a failure; the last one by a signal.
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await self._stop(tasks)

    async def _keep(self, life: Life) -> None:
        """Run one child for ever."""
        delay = self.patience.first
        self._record(life, "waiting")
        for name in life.child.after:
            await self.lives[name].ready.wait()
        while True:
            code = await self._live(life)
            lived = time.monotonic() - life.began
            if lived >= self.patience.reset:
                delay = self.patience.first
            life.restarts += 1
            if not self.up and not life.ready.is_set() and life.restarts >= self.patience.tries:
                raise CannotStartError(self._complaint(life, f"ended {life.restarts} times"))
            self._record(life, "restarting")
            self.say(
                f"{life.child.name} {_how(code)} after {lived:.0f} s{_taken(life.child)}; "
                f"starting it again in {delay:g} s (log: {self._log(life)})",
            )
            await asyncio.sleep(delay)
            delay = min(delay * 2, self.patience.most)

    async def _live(self, life: Life) -> int:
        """Run one child once; return how it ended."""
        process = await self._start(life)
        ended = asyncio.create_task(process.wait())
        ready = asyncio.create_task(self._await_ready(life))
        try:
            await asyncio.wait({ended, ready}, return_when=asyncio.FIRST_COMPLETED)
            if ready.done():
                ready.result()
            code = await ended
        finally:
            ready.cancel()
        _kill_group(process)
        return code

    async def _start(self, life: Life) -> asyncio.subprocess.Process:
        child, life.began = life.child, time.monotonic()
        with self._log(life).open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(LAUNCH), str(os.getpid())),
                *child.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **child.environment},
                start_new_session=True,
            )
        life.process, life.started = process, pidfile.started(process.pid)
        self._record(life, "starting")
        return process

    async def _await_ready(self, life: Life) -> None:
        said = life.began
        while not await _answers(life.child):
            now = time.monotonic()
            if not self.up and now - life.began > self.patience.start:
                late = f"is not ready after {self.patience.start:.0f} s"
                raise CannotStartError(self._complaint(life, late))
            if now - said > STILL_SECONDS:
                said = now
                self.say(f"{life.child.name} is still starting ({now - life.began:.0f} s)")
            await asyncio.sleep(TICK)
        self._record(life, "ready")
        where = f", port {life.child.port}" if life.child.port else ""
        self.say(f"{life.child.name} is ready ({time.monotonic() - life.began:.1f} s{where})")
        life.ready.set()
        if not self.up and all(other.ready.is_set() for other in self.lives.values()):
            self.up = True
            self.on_up()

    async def _stop(self, tasks: Sequence["asyncio.Task[object]"]) -> None:
        self.say("Stopping everything.")
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        layers, deadline = self._layers(), time.monotonic() + self.patience.stop
        for later, layer in zip(reversed(range(len(layers))), layers, strict=True):
            seconds = deadline - time.monotonic() - later * self.patience.layer
            await asyncio.gather(*(self._end(life, seconds) for life in layer))

    async def _end(self, life: Life, seconds: float) -> None:
        process = life.process
        if process is None:
            return
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), max(seconds, 0))
        _kill_group(process)
        await process.wait()
        self._record(life, "stopped")

    def _layers(self) -> list[list[Life]]:
        """Return who stops when: nobody before those that started after it."""
        depth: dict[str, int] = {}

        def deep(name: str) -> int:
            if name not in depth:
                after = self.lives[name].child.after
                depth[name] = 1 + max((deep(other) for other in after), default=0)
            return depth[name]

        levels = sorted({deep(name) for name in self.lives}, reverse=True)
        return [[self.lives[name] for name in self.lives if deep(name) == n] for n in levels]

    def _record(self, life: Life, state: str) -> None:
        pid = life.process.pid if life.process is not None else 0
        child = life.child
        record = pidfile.Record(child.name, state, pid, life.started, life.restarts, child.port)
        pidfile.write(self.data, record)

    def _log(self, life: Life) -> Path:
        return self.data / "logs" / f"{life.child.name}.log"

    def _complaint(self, life: Life, what: str) -> str:
        log = self._log(life)
        last = log.read_text(errors="replace").splitlines()[-12:]
        shown = "\n".join(f"  | {line}" for line in last)
        return f"{life.child.name} {what} and cannot start. The end of {log}:\n{shown}"


def _taken(child: Child) -> str:
    """Tell of another program that listens where a child that has ended did, or nothing."""
    if child.port is None or ports.free(child.port):
        return ""
    return f", and another program has taken its port {child.port}"


def _told_to_stop() -> asyncio.Event:
    told = asyncio.Event()
    numbers = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        numbers.remove(signal.SIGHUP)  # started by nohup: a closed terminal is no reason to stop
    for number in numbers:
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    return told


async def _answers(child: Child) -> bool:
    """Tell whether the child accepts connections and, where it says so itself, is ready."""
    if child.port is None:
        return True
    try:
        async with asyncio.timeout(2):
            reader, writer = await asyncio.open_connection("127.0.0.1", child.port)
            try:
                return child.path is None or await _ok(reader, writer, child)
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


async def _ok(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, child: Child) -> bool:
    host = f"Host: localhost:{child.port}"
    writer.write(f"GET {child.path} HTTP/1.1\r\n{host}\r\nConnection: close\r\n\r\n".encode())
    return b" 200 " in await reader.readline()


def _kill_group(process: asyncio.subprocess.Process) -> None:
    """End what the child left in its group: workers of a server that was killed, say."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _how(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
