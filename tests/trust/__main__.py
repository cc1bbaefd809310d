"""`make trust`: run what shows each promise of docs/trust.md, then chaos; print what held.

The engines are the one-machine ones, or those that HEP_KAFKA and HEP_MONGODB name.
"""

import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.chaos.__main__ import main as chaos

ROOT = Path(__file__).parents[2]
NUMBERS = re.compile(r"^(\d+)\. (.+)$", re.MULTILINE)


class Promises:
    """Counts, for each promise, how the tests ended that show it."""

    def __init__(self) -> None:
        self.shown: dict[str, set[int]] = {}
        self.ended: dict[int, Counter[str]] = defaultdict(Counter)

    def pytest_collection_modifyitems(self, items: Sequence[pytest.Item]) -> None:
        for item in items:
            numbers = {mark.kwargs["n"] for mark in item.iter_markers("invariant")}
            self.shown[item.nodeid] = numbers

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # A test that fails or is skipped in its set-up never comes to its call.
        if report.when == "call" or (report.when == "setup" and not report.passed):
            for number in self.shown[report.nodeid]:
                self.ended[number][report.outcome] += 1

    def lines(self, promised: Sequence[tuple[str, str]]) -> list[str]:
        """Return a line a promise: how many tests showed it, how many did not, what it says."""
        return [
            f"{number:>3}  {found['passed']:>4} held  {found['failed']:>3} failed  "
            f"{found['skipped']:>3} skipped   {text}"
            for number, text in promised
            for found in [self.ended[int(number)]]
        ]


def engines() -> str:
    """Return which engines the tests ran on."""
    kafka = os.environ.get("HEP_KAFKA") or "Kafka 4.3.1 of one machine"
    given = "HEP_SECANTUSD" in os.environ and f"SecantusDB ({os.environ['HEP_SECANTUSD']})"
    store = "HEP_MONGODB's" if os.environ.get("HEP_MONGODB") else given or "SecantusDB"
    return f"Engines: {kafka}; {store}"


def main() -> None:
    """Run all of it; the exit status tells whether everything held."""
    promises = Promises()
    marked = pytest.main(["-m", "invariant", str(ROOT / "tests")], plugins=[promises])
    promised = NUMBERS.findall((ROOT / "docs" / "trust.md").read_text())
    print("", engines(), *promises.lines(promised), "", sep="\n", flush=True)
    if marked:
        sys.exit(int(marked))
    chaos()


if __name__ == "__main__":
    main()
