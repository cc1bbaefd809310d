from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.local import clock, up
from deploy.local.stack import Stack
from tests.deploy.test_stack import ELSEWHERE, silent

THEN = datetime(2026, 10, 1, 18, tzinfo=UTC)
MOMENT = timedelta(seconds=5)


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    return up.prepare(tmp_path, None, ELSEWHERE, silent)


def test_it_is_moved_and_runs_on(stack: Stack) -> None:
    clock.move(stack, THEN)

    assert THEN <= clock.now(stack) < THEN + MOMENT


def test_it_goes_by_the_real_time_again(stack: Stack) -> None:
    clock.move(stack, THEN)

    clock.reset(stack)

    assert abs(clock.now(stack) - datetime.now(UTC)) < MOMENT


def test_a_clock_that_is_set_off_is_told_with_the_way_back(stack: Stack) -> None:
    assert clock.told(stack) == ""

    clock.move(stack, THEN)

    assert "2026-10-01 18:00 UTC" in clock.told(stack)
    assert "`hep demo --now`" in up.welcome(stack, 3)
