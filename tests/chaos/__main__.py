"""`make chaos`: load while processes are killed, paused and Kafka is wiped; then counting.

The whole stack starts on engines of its own, or on those that HEP_KAFKA and HEP_MONGODB name, which
are then left alone.
"""

import argparse
import os
import random
import sys
import tempfile
from pathlib import Path

from deploy.local.stack import StackError
from tests.chaos.run import Size, history_in, run
from tests.chaos.verdict import case, judge
from tests.running import running


def main() -> None:
    """Run, settle, judge."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__.partition("\n")[0])
    parser.add_argument("--duration", type=float, default=120, help="seconds of faults")
    parser.add_argument("--seed", type=int, help="of faults and load; printed where none is given")
    parser.add_argument("--data", type=Path, help="where to keep everything, for looking at it")
    given = parser.parse_args()
    seed = random.randrange(10**6) if given.seed is None else given.seed
    folder = given.data or Path(tempfile.mkdtemp(prefix="hep-chaos-"))
    folder.mkdir(parents=True, exist_ok=True)
    print(f"Seed {seed}, {given.duration:.0f} s of faults, everything kept in {folder}", flush=True)
    sys.exit(chaos(folder, seed, Size(given.duration)))


def chaos(folder: Path, seed: int, size: Size) -> int:
    """Run in a folder; return what the judge's process returned, or 2 where it never got quiet."""
    history = history_in(folder)
    kafka, mongodb = (os.environ.get(name, "") for name in ("HEP_KAFKA", "HEP_MONGODB"))
    with running(folder / "data", kafka, mongodb) as platform:
        unsettled = ""
        try:
            run(platform, history, seed, size)
        except StackError as fault:
            unsettled = str(fault)
        verdict = judge(folder / "case.json", case(platform.stack, history.file))
    print(verdict.stdout, verdict.stderr, unsettled, sep="\n")
    return 2 if unsettled else verdict.returncode


if __name__ == "__main__":
    main()
