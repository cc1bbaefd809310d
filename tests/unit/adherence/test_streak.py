"""Streaks: which dates carry one on, which break it, which leave it as it is."""

from datetime import date

import pytest

from adherence.streak import current, runs
from shared.schedule import Program
from tests.unit.adherence.facts import BRIDGE, CALF, DAY, MONDAY, asks, days, program, revised

DAILY = program()
THRICE = program(asks(days_per_week=3))


def streak(found: Program, *done: int, until: int) -> int:
    """Return the streak after a day, where sessions were on these days from the start."""
    dates = {MONDAY + DAY * number for number in done}
    return [run for _, run in runs(found, dates, MONDAY + DAY * until)][-1]


def test_each_due_session_carries_it_on_and_a_missed_date_breaks_it() -> None:
    lengths = [
        run for _, run in runs(DAILY, {MONDAY, MONDAY + DAY, MONDAY + DAY * 3}, MONDAY + DAY * 3)
    ]

    assert lengths == [1, 2, 0, 1]


def test_a_day_off_is_no_break_and_a_session_on_it_does_not_count() -> None:
    found = program(asks(weekdays=[1, 3, 5]))

    assert streak(found, 0, 2, 4, until=6) == 3
    assert streak(found, 0, 1, 2, 4, until=6) == 3
    assert streak(found, 0, 4, until=4) == 1


def test_days_a_week_break_only_when_they_can_no_longer_be_reached() -> None:
    assert streak(THRICE, 0, until=4) == 1
    assert streak(THRICE, 0, until=5) == 0
    assert streak(THRICE, 0, 5, 6, until=6) == 3
    assert streak(THRICE, 0, 5, until=6) == 0


def test_a_session_more_than_the_week_asks_for_does_not_count() -> None:
    assert streak(THRICE, 0, 1, 2, 3, 4, until=6) == 3
    assert streak(THRICE, 0, 1, 2, 3, 7, until=7) == 4


def test_weeks_start_at_the_programs_start() -> None:
    wednesday = MONDAY + DAY * 2
    found = program(asks(days_per_week=2), start=wednesday, effective=wednesday)

    tuesday_after = {wednesday + DAY * 5, wednesday + DAY * 6}

    assert [run for _, run in runs(found, tuesday_after, wednesday + DAY * 6)][-1] == 2


def test_a_break_within_a_week_uses_up_none_of_its_days() -> None:
    mixed = program(asks(BRIDGE, weekdays=[2]), asks(CALF, days_per_week=3))

    assert streak(mixed, 2, 3, 4, until=4) == 3
    assert streak(mixed, 0, 2, 3, 4, until=4) == 3


@pytest.mark.parametrize("done", [(0, 1, 2), (2, 0, 1)])
def test_a_late_session_mends_it(done: tuple[int, ...]) -> None:
    assert streak(DAILY, *done, until=2) == 3
    assert streak(DAILY, 0, 2, until=2) == 1


def test_a_revision_changes_what_breaks_it_from_its_date_on() -> None:
    lighter = revised(asks(weekdays=[1]), effective=MONDAY + DAY * 2)
    found = program(revisions=[lighter])

    assert streak(found, 0, 1, until=6) == 2
    assert streak(found, 0, 1, 7, until=7) == 3


@pytest.mark.parametrize("start", [date(2026, 10, 19), date(2027, 3, 22)])
def test_a_change_of_the_clocks_neither_breaks_nor_adds(start: date) -> None:
    found = program(start=start, effective=start)

    assert [run for _, run in runs(found, set(days(10, start)), start + DAY * 9)][-1] == 10


def test_after_the_programs_end_it_stays() -> None:
    assert streak(program(end=MONDAY + DAY), 0, 1, until=9) == 2


def test_today_is_open_until_it_is_over() -> None:
    done = {MONDAY, MONDAY + DAY}

    assert current(DAILY, done, MONDAY + DAY) == 2
    assert current(DAILY, done, MONDAY + DAY * 2) == 2
    assert current(DAILY, done, MONDAY + DAY * 3) == 0
    assert current(DAILY, set(), MONDAY) == 0
