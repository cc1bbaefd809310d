"""Which dates a program asks for, on a program that starts on a Wednesday."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.schedule import (
    Pause,
    Program,
    asked,
    due,
    foremost,
    missed,
    read,
    stretches_of_week,
)
from shared.schedule import paused as fold_pause
from shared.schedule import resumed as fold_resumption

START = date(2026, 9, 9)
WEEK = [START + timedelta(days=number) for number in range(7)]
NEVER = frozenset[date]()


def exercise(days_per_week: int = 7, weekdays: tuple[int, ...] = ()) -> dict[str, Any]:
    dose = {"weekdays": list(weekdays), "days_per_week": len(weekdays) or days_per_week}
    return {"exercise": f"e{days_per_week}{weekdays}", "dose": dose, "priority": 1}


def revision(number: int, effective: date, *exercises: dict[str, Any]) -> dict[str, Any]:
    return {
        "revision": number,
        "effective": effective.isoformat(),
        "phase": {"number": number},
        "exercises": list(exercises),
    }


def program(
    *revisions: dict[str, Any], end: date | None = None, ended: date | None = None
) -> Program:
    document = {
        "program": "p",
        "patient": "a",
        "start": START.isoformat(),
        "end": end and end.isoformat(),
        "ended": ended and ended.isoformat(),
        "revisions": list(revisions),
    }
    return read(document, "Europe/Madrid")


def test_every_day_asks_for_every_date_and_misses_each_that_is_over() -> None:
    daily = program(revision(1, START, exercise()))

    assert all(due(daily, NEVER, day) and missed(daily, NEVER, day) for day in WEEK)


def test_weekdays_ask_for_those_dates_and_no_other() -> None:
    fixed = program(revision(1, START, exercise(weekdays=(1, 5))))

    asked = [day.isoweekday() for day in WEEK if missed(fixed, NEVER, day)]

    assert asked == [5, 1]


def test_three_days_a_week_are_missed_only_when_three_are_out_of_reach() -> None:
    chosen = program(revision(1, START, exercise(3)))

    assert [missed(chosen, NEVER, day) for day in WEEK] == [False] * 4 + [True] * 3
    assert [missed(chosen, frozenset(WEEK[:1]), day) for day in WEEK[1:]] == [False] * 4 + [
        True
    ] * 2


def test_a_fourth_day_of_three_is_not_asked_for() -> None:
    chosen = program(revision(1, START, exercise(3)))

    assert not due(chosen, frozenset(WEEK[:3]), WEEK[3])
    assert not missed(chosen, frozenset(WEEK[:3]), WEEK[6])


def test_a_week_cut_short_by_the_end_asks_for_its_share() -> None:
    short = program(revision(1, START, exercise(3)), end=WEEK[4])

    assert [missed(short, NEVER, day) for day in WEEK[:5]] == [False] * 3 + [True] * 2
    assert not due(short, NEVER, WEEK[5])


def test_the_earlier_of_planned_and_real_end_is_the_last_date() -> None:
    ended = program(revision(1, START, exercise()), end=WEEK[6], ended=WEEK[2])

    assert ended.last == WEEK[2]


def test_a_revision_asks_from_its_effective_date_on() -> None:
    eased = program(revision(1, START, exercise()), revision(2, WEEK[3], exercise(weekdays=(7,))))

    assert [day for day in WEEK if missed(eased, NEVER, day)] == [*WEEK[:3], WEEK[4]]


@pytest.mark.parametrize("day", [START - timedelta(days=1), START - timedelta(days=7)])
def test_nothing_is_asked_before_the_start(day: date) -> None:
    daily = program(revision(1, START, exercise()))

    assert not due(daily, NEVER, day)
    assert not missed(daily, NEVER, day)


@given(st.sets(st.sampled_from(WEEK)), st.integers(1, 6))
def test_a_week_with_enough_sessions_misses_nothing_and_one_without_does(
    done: set[date], often: int
) -> None:
    chosen = program(revision(1, START, exercise(often)))

    misses = [day for day in WEEK if day not in done and missed(chosen, done, day)]

    assert len(misses) == max(0, often - len(done))


def test_of_several_programs_one_that_runs_comes_first_then_the_next_then_the_last() -> None:
    runs = program(revision(1, START, exercise()), end=WEEK[3])

    assert foremost([runs], WEEK[2]) is runs
    assert foremost([runs], START - timedelta(days=1)) is runs
    assert foremost([runs], WEEK[5]) is runs
    assert foremost([], WEEK[2]) is None


def test_of_two_programs_that_run_the_later_one_comes_first() -> None:
    earlier = program(revision(1, START, exercise()))
    later = replace(earlier, program="q", start=WEEK[1])
    coming = replace(earlier, program="r", start=WEEK[5])

    assert foremost([earlier, coming, later], WEEK[2]) is later
    assert foremost([replace(earlier, last=WEEK[0]), coming], WEEK[2]) is coming


def paused(*exercises: dict[str, Any], first: date = WEEK[2], until: date | None = None) -> Program:
    """Return the program with a pause."""
    found = program(revision(1, START, *exercises))
    return replace(found, pauses=(Pause(first, until),))


def test_a_pause_asks_for_nothing_and_misses_nothing() -> None:
    daily = paused(exercise(), until=WEEK[5])

    assert [due(daily, NEVER, day) for day in WEEK] == [True] * 2 + [False] * 3 + [True] * 2
    assert [missed(daily, NEVER, day) for day in WEEK] == [True] * 2 + [False] * 3 + [True] * 2
    assert [len(asked(daily, {}, day)) for day in WEEK] == [1, 1, 0, 0, 0, 1, 1]


def test_a_pause_without_an_end_holds_for_ever() -> None:
    daily = paused(exercise())

    assert not any(due(daily, NEVER, START + timedelta(days=n)) for n in range(2, 100))


def test_a_week_with_a_pause_asks_for_its_share() -> None:
    chosen = paused(exercise(7 - 1), first=WEEK[3], until=WEEK[6])

    (stretch,) = stretches_of_week(chosen, START)

    assert (stretch.days, stretch.quota) == ((*WEEK[:3], WEEK[6]), 3)


def test_pauses_are_read_as_they_were_folded() -> None:
    document: dict[str, Any] = {}
    fold_pause(document, "2026-09-11")
    fold_resumption(document, "2026-09-14")
    fold_pause(document, "2026-09-20")

    assert document["pauses"] == [
        {"first": "2026-09-11", "until": "2026-09-14"},
        {"first": "2026-09-20", "until": None},
    ]
