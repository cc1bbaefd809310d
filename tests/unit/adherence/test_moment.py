"""When a session happened: wrong clocks are corrected, impossible dates refused."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adherence.moment import Moment, Unexplained, settle
from adherence.rules import rules
from tests.unit.adherence.facts import DAY, MADRID, MONDAY, evening

FIVE = evening(MONDAY)
AUCKLAND, NEW_YORK = ZoneInfo("Pacific/Auckland"), ZoneInfo("America/New_York")


def settled(day: date = MONDAY, **more: Any) -> Moment:
    asked = {"occurred": FIVE, "device_now": FIVE, "now": FIVE, "zone": MADRID} | more
    return settle(day, **asked, slack=rules().slack)


def refused(day: date = MONDAY, **more: Any) -> list[str]:
    with pytest.raises(Unexplained) as refusal:
        settled(day, **more)
    return [fault.pointer for fault in refusal.value.faults]


def test_a_right_clock_is_taken_at_its_word() -> None:
    assert settled() == Moment(FIVE, MONDAY, late=False)


def test_some_minutes_are_no_wrong_clock() -> None:
    ahead = FIVE + timedelta(minutes=4)

    assert settled(occurred=ahead, device_now=ahead).local_date == MONDAY


def test_a_device_that_is_days_off_is_corrected() -> None:
    wrong = FIVE - timedelta(days=3, hours=2)
    found = settled(wrong.date(), occurred=wrong, device_now=wrong)

    assert (found.occurred, found.local_date) == (FIVE, MONDAY)


def test_a_device_that_begins_its_time_anew_is_corrected() -> None:
    wrong = datetime(1970, 1, 2, 0, 5, tzinfo=UTC)

    found = settled(wrong.date(), occurred=wrong - timedelta(minutes=5), device_now=wrong)

    assert found.local_date == MONDAY
    assert found.occurred == FIVE - timedelta(minutes=5)


def test_a_session_told_days_later_by_a_right_clock_stays_on_its_date_and_is_late() -> None:
    later = FIVE + timedelta(days=3)

    found = settled(device_now=later, now=later)

    assert (found.local_date, found.late) == (MONDAY, True)


def test_a_session_told_on_the_day_after_is_not_late() -> None:
    assert not settled(device_now=FIVE + DAY, now=FIVE + DAY).late


def test_a_session_is_never_later_than_now() -> None:
    ahead = FIVE + timedelta(minutes=3)

    assert settled(occurred=ahead, device_now=ahead).occurred == FIVE


def test_a_date_in_the_devices_own_future_is_refused() -> None:
    assert refused(MONDAY + 2 * DAY) == ["/local_date"]


def test_a_session_that_was_over_after_the_devices_own_now_is_refused() -> None:
    assert refused(occurred=FIVE + timedelta(hours=2)) == ["/occurred"]


def test_a_date_that_is_not_that_of_the_session_is_refused() -> None:
    assert refused(MONDAY - DAY) == ["/local_date"]


def test_a_patient_who_travels_may_log_by_the_calendar_there_or_at_home() -> None:
    night = datetime(2026, 9, 7, 23, 30, tzinfo=NEW_YORK)
    at = {"occurred": night, "device_now": night, "now": night}

    assert settled(MONDAY, **at).local_date == MONDAY
    assert settled(MONDAY + DAY, **at).local_date == MONDAY + DAY
    assert refused(MONDAY + 2 * DAY, **at) == ["/local_date"]


def test_where_the_patients_zone_has_not_come_the_devices_counts() -> None:
    morning = datetime(2026, 9, 8, 7, tzinfo=AUCKLAND)

    found = settled(MONDAY + DAY, occurred=morning, device_now=morning, now=morning, zone=None)

    assert (found.local_date, found.late) == (MONDAY + DAY, False)


@pytest.mark.parametrize(
    ("day", "offset"),
    [
        pytest.param(date(2026, 3, 29), "+01:00", id="the hour that is skipped"),
        pytest.param(date(2026, 10, 25), "+02:00", id="the hour that comes twice"),
        pytest.param(date(2026, 10, 25), "+01:00", id="its second time"),
    ],
)
def test_a_day_on_which_the_clocks_change_is_one_date(day: date, offset: str) -> None:
    moment = datetime.fromisoformat(f"{day}T00:30:00{offset}")
    evening_ = datetime.combine(day, FIVE.time(), MADRID)

    found = settled(day, occurred=moment, device_now=evening_, now=evening_)

    assert (found.local_date, found.late) == (day, False)


def test_skew_is_counted_in_real_time_over_a_change_of_the_clocks() -> None:
    now = datetime(2026, 10, 25, 2, 30, tzinfo=UTC)
    device = now - timedelta(hours=3)

    found = settled(
        date(2026, 10, 25), occurred=device.astimezone(MADRID), device_now=device, now=now
    )

    assert found.occurred.astimezone(UTC) == now
    assert found.local_date == date(2026, 10, 25)
