"""Which processes a stack has: one file each, with the start time that tells a reused id apart."""

import contextlib
import json
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

SUPERVISOR = "hep"
BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Record:
    """One part of the stack as `hep status` shows it and the next `hep up` finds it."""

    name: str
    state: str
    pid: int = 0
    started: str = ""
    restarts: int = 0
    port: int | None = None

    @property
    def alive(self) -> bool:
        """Tell whether this very process still runs."""
        return self.pid != 0 and self.started == started(self.pid) != ""


def started(pid: int) -> str:
    """Return what tells a process from every other of its id; nothing if only its remains are left.

    On Linux which boot it is and how many ticks after it (proc_pid_stat(5), fields 3 and 22): a
    time of day is another one once the clock was set.
    """
    try:
        if not psutil.LINUX:
            process = psutil.Process(pid)
            return "" if process.status() == psutil.STATUS_ZOMBIE else str(process.create_time())
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
        return ""
    return "" if state == "Z" else f"{BOOT.read_text().strip()}+{fields[18]}"


def memory(pid: int, *, family: bool) -> int:
    """Return the bytes resident of a process, with those it started if asked."""
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for one in [process, *(process.children(recursive=True) if family else ())]:
            with contextlib.suppress(psutil.NoSuchProcess):
                total += one.memory_info().rss
    return total


def write(data: Path, record: Record) -> None:
    """Keep the record of one part."""
    folder = data / "run"
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{record.name}"
    draft.write_text(json.dumps(asdict(record)))
    draft.replace(folder / f"{record.name}.json")


def read(data: Path) -> list[Record]:
    """Return what is known of every part, the supervisor's among them."""
    files = sorted((data / "run").glob("*.json"))
    return [Record(**json.loads(file.read_text())) for file in files]


def supervisor(data: Path) -> Record | None:
    """Return the supervisor that runs for this data directory, if one does."""
    found = [one for one in read(data) if one.name == SUPERVISOR and one.alive]
    return found[0] if found else None


def forget(data: Path) -> None:
    """Remove every record: nothing of this stack runs any more."""
    for file in (data / "run").glob("*.json"):
        file.unlink()


def end_stale(data: Path, *, patience: float = 10) -> list[str]:
    """End what a killed supervisor left behind; return the names of the parts ended."""
    stale = [one for one in read(data) if one.name != SUPERVISOR and one.alive]
    end(stale, patience=patience)
    forget(data)
    return [one.name for one in stale]


def end(records: Sequence[Record], *, patience: float) -> None:
    """Ask processes to end; those that have not by then are ended with all their group."""
    for one in records:
        _signal(one, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while any(one.alive for one in records) and time.monotonic() < deadline:
        time.sleep(0.05)
    for one in records:
        if one.alive:
            _signal(one, signal.SIGKILL)


def _signal(record: Record, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        # A child leads a group, its workers in it, that must not outlive it. The supervisor may
        # stand in the group of whoever started it.
        if number == signal.SIGKILL and os.getpgid(record.pid) == record.pid:
            os.killpg(record.pid, number)
        else:
            os.kill(record.pid, number)
