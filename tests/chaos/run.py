"""One run: load while parts are killed and paused, then quiet."""

import time
from dataclasses import dataclass
from pathlib import Path

from deploy.local.quiet import settled
from tests.chaos import faults, load
from tests.chaos.caller import Caller
from tests.chaos.history import History
from tests.running import Platform

SETTLE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Size:
    """How much is done, and for how long.

    Attributes:
        duration: seconds of faults.
        part: seconds that half a day of the platform lasts.
        threads: clients.
        patients: of each client at most.
        settle: seconds within which the platform must have come to rest.
    """

    duration: float
    part: float = 8.0
    threads: int = 6
    patients: int = 8
    settle: float = SETTLE_SECONDS


def run(platform: Platform, history: History, seed: int, size: Size) -> None:
    """Load and hurt a platform, then wait until it is at rest.

    Raises:
        StackError: it did not come to rest within the bound.
    """
    caller = Caller(platform.stack, history=history)
    loading = load.workers(caller, seed, threads=size.threads, patients=size.patients)
    hurt = faults.plan(seed, size.duration, faults.parts(platform.stack))
    with faults.injected(platform.stack, hurt, history):
        days = load.live(loading, size.duration, size.part)
    history.add("lived", days=days, seed=seed)
    began = time.monotonic()
    settled(platform.stack, seconds=size.settle)
    history.add("settled", seconds=time.monotonic() - began)


def history_in(folder: Path) -> History:
    """Return the history of a run in this folder."""
    return History(folder / "history.jsonl")
