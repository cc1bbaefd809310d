"""Faults at seeded moments: parts of one stack are killed or paused, and Kafka's log is deleted.

Parts are found by the pid files of that stack alone, and its supervisor starts them again.
"""

import contextlib
import os
import random
import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from deploy.local import pidfile
from deploy.local.stack import Stack
from tests.chaos.history import History

EVERY_SECONDS = (1.5, 5.0)
PAUSES = (1.0, 6.0)
# A part in three is paused rather than killed.
KINDS = ("kill", "kill", "pause")
# An engine takes its time to start, and all wait for it: hurt as often as the others, it would be
# away most of the time.
ENGINES = ("kafka", "secantus")
OFTEN = 3


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: when from the beginning, what, to whom, for how long where it is a pause."""

    after: float
    kind: str
    part: str
    seconds: float = 0.0


def plan(seed: int, duration: float, parts: Sequence[str]) -> list[Fault]:
    """Return the faults of a run, the same for the same seed; halfway, Kafka's log is deleted."""
    chance = random.Random(seed)
    faults = list(_random(chance, duration, sorted(parts)))
    if "kafka" in parts:
        faults.append(Fault(duration / 2, "wipe", "kafka"))
    return sorted(faults, key=lambda fault: fault.after)


def _random(chance: random.Random, duration: float, parts: Sequence[str]) -> Iterator[Fault]:
    weights = [1 if part in ENGINES else OFTEN for part in parts]
    after = chance.uniform(*EVERY_SECONDS)
    while after < duration:
        kind = chance.choice(KINDS)
        seconds = chance.uniform(*PAUSES) if kind == "pause" else 0.0
        (part,) = chance.choices(parts, weights)
        yield Fault(after, kind, part, seconds)
        after += chance.uniform(*EVERY_SECONDS)


def parts(stack: Stack) -> list[str]:
    """Return the parts of a running stack that may be hurt: all but what keeps them running."""
    return [one.name for one in pidfile.read(stack.data) if one.name != pidfile.SUPERVISOR]


@contextlib.contextmanager
def injected(stack: Stack, faults: Sequence[Fault], history: History) -> Iterator[None]:
    """Inject the faults meanwhile; afterwards nothing is paused."""
    stop = Event()
    resume: list[Thread] = []
    thread = Thread(target=_inject, args=(stack, faults, history, stop, resume), name="faults")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        for pause in resume:
            pause.join()


def _inject(
    stack: Stack, faults: Sequence[Fault], history: History, stop: Event, resume: list[Thread]
) -> None:
    began = time.monotonic()
    for fault in faults:
        stop.wait(max(0.0, began + fault.after - time.monotonic()))
        if stop.is_set():
            return
        record = _found(stack, fault.part)
        while record is None and fault.kind == "wipe" and not stop.wait(0.1):
            record = _found(stack, fault.part)
        if record is None:
            history.add("spared", part=fault.part, kind=fault.kind)
            continue
        history.add("fault", part=fault.part, kind=fault.kind, seconds=fault.seconds)
        if fault.kind == "pause":
            resume.append(_pause(record, fault.seconds, stop))
        else:
            _signal(record, signal.SIGKILL)
            if fault.kind == "wipe":
                _wipe(stack.data / "kafka" / "log")


def _found(stack: Stack, part: str) -> pidfile.Record | None:
    """Return a part that runs; one that is being started again is left alone."""
    found = [one for one in pidfile.read(stack.data) if one.name == part and one.alive]
    return found[0] if found else None


def _signal(record: pidfile.Record, number: signal.Signals) -> None:
    """Signal a part with all its workers: each part leads a group of its own."""
    with contextlib.suppress(ProcessLookupError):
        if record.alive and os.getpgid(record.pid) == record.pid:
            os.killpg(record.pid, number)


def _pause(record: pidfile.Record, seconds: float, stop: Event) -> Thread:
    _signal(record, signal.SIGSTOP)

    def go_on() -> None:
        stop.wait(seconds)
        _signal(record, signal.SIGCONT)

    thread = Thread(target=go_on, name=f"pause-{record.name}")
    thread.start()
    return thread


def _wipe(log: Path) -> None:
    """Delete a log whose broker is down; out of the way first, since it is about to start again."""
    gone = log.with_suffix(".gone")
    log.rename(gone)
    shutil.rmtree(gone)
