"""Local times as moments: clocks that are put forward and back, quiet hours over midnight."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications.hours import end_of, end_of_quiet, moment, today
from notifications.rules import rules

MADRID = ZoneInfo("Europe/Madrid")
FORWARD, BACK = date(2026, 3, 29), date(2026, 10, 25)


def utc(day: int, hour: int, minute: int = 0, month: int = 9) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_an_hour_that_is_skipped_shifts_later() -> None:
    assert moment(FORWARD, time(2, 30), MADRID) == utc(29, 1, 30, month=3)
    assert moment(FORWARD, time(2, 30), MADRID).astimezone(MADRID).time() == time(3, 30)


def test_an_hour_that_comes_twice_is_the_first_of_the_two() -> None:
    assert moment(BACK, time(2, 30), MADRID) == utc(25, 0, 30, month=10)


@pytest.mark.parametrize(("day", "hours"), [(FORWARD, 23), (BACK, 25), (date(2026, 9, 7), 24)])
def test_a_day_lasts_as_long_as_it_does_there(day: date, hours: int) -> None:
    assert end_of(day, MADRID) - moment(day, time(), MADRID) == timedelta(hours=hours)


def test_a_day_whose_midnight_is_skipped_ends_all_the_same() -> None:
    beirut = ZoneInfo("Asia/Beirut")

    assert end_of(date(2026, 3, 28), beirut).astimezone(beirut).time() == time(1)


@pytest.mark.parametrize(
    ("zone", "day"), [("Pacific/Kiritimati", 8), ("America/Los_Angeles", 6), ("UTC", 7)]
)
def test_today_is_what_the_calendar_says_where_the_patient_lives(zone: str, day: int) -> None:
    now = utc(7, 10) if day != 6 else utc(7, 6)

    assert today(now, ZoneInfo(zone)) == date(2026, 9, day)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (utc(7, 18, 59), None),
        (utc(7, 19), utc(8, 6)),
        (utc(7, 23, 30), utc(8, 6)),
        (utc(8, 5, 59), utc(8, 6)),
        (utc(8, 6), None),
    ],
)
def test_quiet_hours_go_over_midnight(now: datetime, until: datetime | None) -> None:
    assert end_of_quiet(now, MADRID, rules()) == until


def test_quiet_hours_end_by_the_clock_on_the_wall() -> None:
    before = utc(28, 22, month=3)

    assert end_of_quiet(before, MADRID, rules()) == utc(29, 6, month=3)


def test_quiet_hours_within_a_day_are_quiet_between_them_only() -> None:
    noon = replace(rules(), quiet_from=time(13), quiet_until=time(15))

    assert end_of_quiet(utc(7, 12), MADRID, noon) == utc(7, 13)
    assert end_of_quiet(utc(7, 13), MADRID, noon) is None
    assert end_of_quiet(utc(7, 22), MADRID, noon) is None


def test_equal_ends_mean_no_quiet_hours() -> None:
    never = replace(rules(), quiet_from=time(8), quiet_until=time(8))

    assert [end_of_quiet(utc(7, hour), MADRID, never) for hour in range(24)] == [None] * 24
