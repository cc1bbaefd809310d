"""A short run, as part of every change: what was accepted is there once, after all the faults."""

from pathlib import Path

import pytest

from tests.chaos.faults import plan
from tests.chaos.lived import Lived
from tests.chaos.verdict import judge

# The run itself is the setup of whichever test comes first.
pytestmark = pytest.mark.timeout(600)
PARTS = ["kafka", "secantus", "adherence-serve", "adherence-work"]


def test_nothing_is_lost_and_nothing_doubled_while_parts_are_killed_and_kafka_is_wiped(
    lived: Lived, tmp_path: Path
) -> None:
    done = [f"{one['what']} {one.get('kind', '')}".strip() for one in lived.history()]

    verdict = judge(tmp_path / "case.json", lived.case)

    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
    assert {"fault kill", "fault pause", "fault wipe", "accepted", "refused"} <= set(done)


def test_the_same_seed_gives_the_same_faults_and_one_of_them_wipes_kafka() -> None:
    faults = plan(3, 60, PARTS)

    assert faults == plan(3, 60, PARTS)
    assert faults != plan(4, 60, PARTS)
    assert [fault.part for fault in faults if fault.kind == "wipe"] == ["kafka"]
