"""Which of a patient's programs is shown first."""

from typing import Any

import pytest

from reporting.projections import TIMELINE
from reporting.queries import in_force
from tests.events import documents, fold
from tests.unit.reporting.diary import DAY, MONDAY, prescribed

PAST, LONG_PAST, RUNNING, NEWER, NEXT, LATER = (f"{number:032x}" for number in range(6))
SPANS = {
    LONG_PAST: (-90, -60),
    PAST: (-50, -20),
    RUNNING: (-10, 20),
    NEWER: (-3, 20),
    NEXT: (7, 40),
    LATER: (50, 90),
}


def program(identity: str) -> Any:
    first, last = (MONDAY + DAY * number for number in SPANS[identity])
    views = fold(TIMELINE, [prescribed(program=identity, start=first, end=last)])
    (found,) = documents(views, "programs").values()
    return found


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([LATER, NEXT, NEWER, RUNNING, PAST], NEWER),
        ([LATER, NEXT, PAST, LONG_PAST], NEXT),
        ([PAST, LONG_PAST], PAST),
        ([RUNNING], RUNNING),
    ],
)
def test_the_program_that_runs_comes_first_then_the_next_then_the_last(
    given: list[str], expected: str
) -> None:
    found = in_force([program(identity) for identity in given], MONDAY)

    assert found is not None
    assert found["program"] == expected


def test_a_patient_without_programs_has_none_in_force() -> None:
    assert in_force([], MONDAY) is None
