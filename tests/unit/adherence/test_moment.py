"""When a session happened: wrong clocks are corrected, what no clock explains is refused."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from adherence.moment import Moment, Unexplained, settle
from adherence.rules import rules
from tests.unit.adherence.facts import DAY, MADRID, MONDAY, evening

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NIGHT = datetime(2026, 9, 7, 23, 50, tzinfo=MADRID)
TOKYO = ZoneInfo("Asia/Tokyo")


def moment(
    day: date,
    occurred: datetime,
    *,
    device_now: datetime | None = None,
    now: datetime | None = None,
    zone: ZoneInfo | None = MADRID,
) -> Moment:
    return settle(
        day,
        occurred=occurred,
        device_now=device_now or occurred,
        now=now or device_now or occurred,
        zone=zone,
        slack=rules().slack,
    )


def refused(day: date, occurred: datetime, **clocks: datetime) -> list[str]:
    with pytest.raises(Unexplained) as found:
        moment(day, occurred, **clocks)  # type: ignore[arg-type]
    return [fault.pointer for fault in found.value.faults]


def test_a_right_clock_is_believed() -> None:
    assert moment(MONDAY, evening(MONDAY)) == Moment(evening(MONDAY), MONDAY, late=False)


def test_a_clock_seconds_off_moves_nothing() -> None:
    occurred = evening(MONDAY)

    found = moment(MONDAY, occurred, now=occurred - MINUTE)

    assert (found.occurred, found.local_date) == (occurred - MINUTE, MONDAY)
    assert moment(MONDAY, occurred, now=occurred + MINUTE).occurred == occurred


@pytest.mark.parametrize("off", [-400 * DAY, -2 * HOUR, 2 * HOUR, 400 * DAY])
def test_a_wrong_clock_is_corrected_by_what_it_says_now(off: timedelta) -> None:
    shown = evening(MONDAY) + off

    found = moment(shown.date(), shown, device_now=shown + HOUR, now=evening(MONDAY) + HOUR)

    assert (found.occurred, found.local_date) == (evening(MONDAY), MONDAY)


def test_a_corrected_clock_may_move_the_date_over_midnight() -> None:
    shown = NIGHT + HOUR

    found = moment(shown.date(), shown, now=NIGHT)

    assert (found.local_date, found.late) == (MONDAY, False)


def test_an_offline_log_keeps_its_date_when_it_arrives_later() -> None:
    later = evening(MONDAY) + 3 * DAY

    found = moment(MONDAY, evening(MONDAY), device_now=later)

    assert found == Moment(evening(MONDAY), MONDAY, late=True)


def test_the_day_after_is_not_late() -> None:
    assert not moment(MONDAY, evening(MONDAY), device_now=evening(MONDAY) + DAY).late


def test_a_traveller_tells_the_date_of_either_calendar() -> None:
    abroad = datetime(2026, 9, 8, 6, tzinfo=TOKYO)

    assert moment(MONDAY, abroad).local_date == MONDAY
    assert moment(MONDAY + DAY, abroad).local_date == MONDAY + DAY


def test_where_the_patients_zone_has_not_come_the_devices_counts() -> None:
    abroad = datetime(2026, 9, 8, 6, tzinfo=TOKYO)

    assert moment(MONDAY + DAY, abroad, zone=None).local_date == MONDAY + DAY
    with pytest.raises(Unexplained):
        moment(MONDAY, abroad, zone=None)


def test_a_date_in_the_future_is_refused() -> None:
    assert refused(MONDAY + DAY * 2, evening(MONDAY)) == ["/local_date"]


def test_a_session_that_is_not_over_is_refused() -> None:
    later = evening(MONDAY) + HOUR

    assert refused(MONDAY, later, device_now=evening(MONDAY)) == ["/occurred"]


def test_a_date_that_is_not_that_of_the_moment_is_refused() -> None:
    assert refused(MONDAY - DAY, evening(MONDAY)) == ["/local_date"]


@pytest.mark.parametrize("day", [date(2026, 10, 25), date(2027, 3, 28)])
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 23])
def test_a_day_on_which_the_clocks_change_is_one_date(day: date, hour: int) -> None:
    occurred = datetime(day.year, day.month, day.day, hour, 30, tzinfo=MADRID)
    sent = occurred.astimezone(ZoneInfo("UTC"))
    as_device = sent.astimezone(MADRID)

    assert moment(as_device.date(), as_device).local_date == day
    assert moment(day, sent).local_date == day


def test_a_wrong_clock_is_corrected_by_real_hours_while_clocks_change() -> None:
    occurred = datetime.fromisoformat("2026-10-25T01:30:00+02:00")
    device_now = datetime.fromisoformat("2026-10-25T03:30:00+01:00")
    now = datetime.fromisoformat("2026-10-25T04:30:00+00:00")

    found = moment(occurred.date(), occurred, device_now=device_now, now=now)

    assert found.occurred == datetime.fromisoformat("2026-10-25T02:30:00+01:00")


def test_a_device_that_begins_its_time_anew_is_corrected() -> None:
    wrong = datetime(1970, 1, 2, 0, 5, tzinfo=MADRID)

    found = moment(wrong.date(), wrong - 3 * MINUTE, device_now=wrong, now=NIGHT)

    assert (found.occurred, found.local_date) == (NIGHT - 3 * MINUTE, MONDAY)


def test_a_session_is_never_later_than_now() -> None:
    ahead = evening(MONDAY) + 3 * MINUTE

    assert moment(MONDAY, ahead, now=evening(MONDAY)).occurred == evening(MONDAY)
