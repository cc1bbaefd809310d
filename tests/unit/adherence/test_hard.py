"""What is too hard is said on sessions of the revision in force, and once on the same ones."""

from collections.abc import Sequence

import pytest

from adherence.commands import AmendSession, Entered, LogSession
from adherence.diary import Decided
from adherence.rules import rules
from adherence.signals.events import ProgramTooHard
from tests.unit.adherence.facts import (
    BRIDGE,
    CALF,
    DAY,
    MONDAY,
    asks,
    corrects,
    entered,
    evening,
    logged,
    logs,
    program,
    revised,
)

HIGH = rules().signals.hard.high
TWO = program(asks(BRIDGE), asks(CALF))
FIRST, SECOND, THIRD, FOURTH, FIFTH = (MONDAY + DAY * number for number in range(5))
HURTS, UNSURE = Entered(BRIDGE, skipped="pain"), Entered(BRIDGE, skipped="unsure")


def said(events: Decided) -> list[tuple[str, str | None, int | None, int]]:
    """Return reason, exercise, the highest answer, and on how many sessions each rests."""
    return [
        (one.reason, one.exercise, one.highest, len(one.sessions))
        for one in events
        if isinstance(one, ProgramTooHard)
    ]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([logs(FIRST, effort=HIGH)], []),
        ([logs(FIRST, effort=HIGH), logs(SECOND, effort=HIGH - 1)], []),
        ([logs(FIRST, effort=HIGH), logs(SECOND, effort=9)], [("effort", None, 9, 2)]),
        ([logs(FIRST, difficulty=HIGH), logs(SECOND, difficulty=8)], [("difficulty", None, 8, 2)]),
        # Two of the last three, silence in between.
        ([logs(FIRST, effort=8), logs(SECOND), logs(THIRD, effort=8)], [("effort", None, 8, 2)]),
        (
            [logs(FIRST, effort=8), logs(SECOND, effort=2), logs(THIRD), logs(FOURTH, effort=8)],
            [],
        ),
        # One exercise, by its own answer or because it was left out.
        (
            [logs(day, Entered(CALF, entered().done, difficulty=9)) for day in (FIRST, SECOND)],
            [("difficulty", CALF, 9, 2)],
        ),
        ([logs(day, HURTS) for day in (FIRST, SECOND)], [("pain", BRIDGE, None, 2)]),
        ([logs(day, UNSURE) for day in (FIRST, THIRD)], [("unsure", BRIDGE, None, 2)]),
        ([logs(FIRST, UNSURE), logs(SECOND, HURTS)], []),
        ([logs(day, Entered(BRIDGE, skipped="tired")) for day in (FIRST, SECOND)], []),
        # A date is one session, however often it is told and corrected.
        ([logs(FIRST, effort=9), logs(FIRST, effort=9), corrects(FIRST, effort=10)], []),
        # A part of a session is as hard.
        (
            [logs(day, entered(sets=1), effort=8) for day in (FIRST, SECOND)],
            [("effort", None, 8, 2)],
        ),
    ],
)
def test_too_hard_is_most_of_the_last_sessions(
    told: Sequence[LogSession | AmendSession], expected: list[tuple[str, str | None, int, int]]
) -> None:
    _, events = logged(TWO, *told)

    assert said(events) == expected


def test_the_same_sessions_say_it_once_and_new_ones_say_it_again() -> None:
    told = [logs(day, effort=8) for day in (FIRST, SECOND, THIRD, FOURTH)]

    _, events = logged(TWO, *told, corrects(SECOND, effort=10))

    found = [one.sessions for one in events if isinstance(one, ProgramTooHard)]
    assert found == [
        (FIRST.isoformat(), SECOND.isoformat()),
        (THIRD.isoformat(), FOURTH.isoformat()),
    ]


def test_a_late_log_and_an_amendment_may_be_what_says_it() -> None:
    now = evening(THIRD)

    _, late = logged(TWO, logs(SECOND, effort=8), logs(FIRST, effort=8, device_now=now))
    _, amended = logged(TWO, logs(FIRST, effort=8), logs(SECOND), corrects(SECOND, effort=8))

    assert said(late) == said(amended) == [("effort", None, 8, 2)]


def test_what_was_told_under_an_earlier_revision_is_about_another_dose() -> None:
    found = program(revisions=[revised(asks(sets=2), effective=SECOND)])

    _, between = logged(found, logs(FIRST, effort=8), logs(SECOND, effort=8, revision=2))
    _, under = logged(found, *(logs(day, effort=8, revision=2) for day in (SECOND, THIRD)))

    assert said(between) == []
    assert [one.revision for one in under if isinstance(one, ProgramTooHard)] == [2]


def test_sessions_of_long_ago_say_nothing_of_today() -> None:
    now = evening(SECOND + DAY * (rules().signals.watch.fresh_days + 1))

    _, events = logged(TWO, *(logs(day, effort=8, device_now=now) for day in (FIRST, SECOND)))

    assert said(events) == []
