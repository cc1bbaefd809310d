"""How each date went, on every kind of schedule; the first date is a Monday."""

from datetime import date
from typing import Any

import pytest

from tests.unit.reporting.diary import (
    BRIDGE,
    DAY,
    MONDAY,
    WALK,
    amended,
    asks,
    days,
    ended,
    entry,
    logged,
    prescribed,
    revised,
    sessions,
    timeline,
    told,
)

SUNDAY = MONDAY + 6 * DAY


def statuses(events: list[Any], today: date) -> str:
    return " ".join(day.status for day in timeline(events, today).days)


@pytest.mark.parametrize(
    ("dose", "diary", "expected"),
    [
        # Every day: what has no session is missed once it is over.
        ({}, "x h - x x - -", "done partial missed done done missed open"),
        # Monday, Wednesday, Friday: the rest is off, with or without a session on the day.
        (
            {"weekdays": [1, 3, 5], "days_per_week": 3},
            "x - - - h - -",
            "done off missed off partial off off",
        ),
        # Three days of the patient's choice: missed only once three can no longer be reached.
        ({"days_per_week": 3}, "x - x - x - -", "done off done off done off off"),
        ({"days_per_week": 3}, "x - - - - - -", "done off off off off missed open"),
        ({"days_per_week": 3}, "- - - - - x -", "off off off off missed done open"),
    ],
)
def test_a_date_is_what_its_schedule_makes_of_it(
    dose: dict[str, Any], diary: str, expected: str
) -> None:
    events = [prescribed(asks(**dose)), *sessions(days(diary), [asks(**dose)])]

    assert statuses(events, today=SUNDAY) == expected


def test_today_is_open_and_the_rest_of_the_week_is_ahead() -> None:
    events = [prescribed(), *sessions(days("x - x"))]

    assert statuses(events, MONDAY + 3 * DAY) == "done missed done open ahead ahead ahead"


def test_today_is_off_where_nothing_is_asked_for() -> None:
    events = [prescribed(asks(weekdays=[1, 3], days_per_week=2))]

    assert statuses(events, MONDAY + DAY) == "missed off ahead ahead ahead ahead ahead"


def test_a_week_begins_with_the_program_and_not_on_monday() -> None:
    thursday = MONDAY + 3 * DAY
    events = [prescribed(start=thursday)]

    line = timeline(events, today=thursday + 7 * DAY)

    assert line.days[-1].date == thursday + 13 * DAY
    assert [day.status for day in line.days[6:9]] == ["missed", "open", "ahead"]


def test_a_program_that_has_not_begun_has_no_days() -> None:
    line = timeline([prescribed()], today=MONDAY - DAY)

    assert (line.days, line.summary.week, line.summary.pain) == ((), None, None)


def test_a_program_that_is_over_ends_with_its_last_date() -> None:
    events = [prescribed(), *sessions(days("x - x")), ended(MONDAY + 3 * DAY)]

    assert statuses(events, today=MONDAY + 30 * DAY) == "done missed done missed"


def test_the_days_to_come_stop_with_the_program() -> None:
    events = [prescribed(end=MONDAY + 3 * DAY)]

    assert statuses(events, today=MONDAY + DAY) == "missed open ahead ahead"


def test_a_session_told_before_the_program_was_cut_short_is_not_lost() -> None:
    events = [prescribed(), *sessions(days("x x - x")), ended(MONDAY + DAY)]

    line = timeline(events, today=MONDAY + 10 * DAY)

    assert [day.status for day in line.days] == ["done", "done", "off", "done"]
    assert [day.due for day in line.days] == [True, True, False, False]
    assert line.summary.extra == 1


def test_a_device_may_be_a_date_ahead() -> None:
    events = [prescribed(), *sessions(days("- - - - - - - x"))]

    line = timeline(events, today=SUNDAY)

    assert (line.days[-1].date, line.days[-1].status) == (SUNDAY + DAY, "done")


def test_a_revision_in_the_middle_of_a_week_changes_the_dose_from_its_date() -> None:
    more = asks(repetitions=12, sets=3)
    wednesday = MONDAY + 2 * DAY
    events = [prescribed(), revised(more, effective=wednesday)]

    line = timeline(events, today=SUNDAY)

    assert [day.prescribed_amount for day in line.days] == [30.0, 30.0, *[36.0] * 5]
    assert [day.revision for day in line.days] == [1, 1, *[2] * 5]
    assert line.days[2].prescribed == ({"exercise": BRIDGE, "dose": more["dose"]},)


def test_a_revision_of_the_schedule_shares_out_the_week() -> None:
    events = [
        prescribed(),
        revised(asks(days_per_week=3), effective=MONDAY + 3 * DAY),
        *sessions(days("x x x - - x -")),
    ]

    # Four of seven days at three a week ask for one.
    assert statuses(events, SUNDAY + DAY).startswith("done done done off off done off ")


def test_a_session_nobody_asked_for_has_no_dose_beside_it() -> None:
    events = [prescribed(asks(weekdays=[1], days_per_week=1)), *sessions(days("x x"))]

    monday, tuesday, *_ = timeline(events, today=MONDAY + DAY).days

    assert (monday.due, monday.prescribed_amount, monday.done_amount) == (True, 30.0, 30.0)
    assert (tuesday.due, tuesday.prescribed_amount, tuesday.done_amount) == (False, None, 30.0)
    assert (tuesday.status, tuesday.adherence) == ("done", 1.0)


def test_a_session_of_which_nothing_was_done_is_no_session() -> None:
    nothing = told(MONDAY, entry(asks(), 0), completion=0.0, pain=7)

    day, *_ = timeline([prescribed(), logged(nothing)], today=MONDAY + DAY).days

    assert (day.status, day.adherence, day.pain) == ("missed", 0.0, 7)
    assert day.done == ({"exercise": BRIDGE, "done": None, "skipped": "no_time"},)


def test_an_amendment_stands_in_for_what_it_amends() -> None:
    first = told(MONDAY, entry(asks(), 0.5), completion=0.5, pain=4)
    second = told(MONDAY, entry(asks()), completion=1.0, pain=2, effort=5)

    day, *_ = timeline([prescribed(), logged(first), amended(second, 2)], today=MONDAY).days

    assert (day.status, day.pain, day.effort, day.done_amount) == ("done", 2, 5, 30.0)


def test_a_late_session_mends_its_date_and_says_that_it_is_late() -> None:
    events = [prescribed(), *sessions(days("- x"))]
    late = logged(told(MONDAY, late=True), sequence=2)

    day, *_ = timeline([*events, late], today=MONDAY + 2 * DAY).days

    assert (day.status, day.late) == ("done", True)


def test_pain_that_was_not_answered_is_not_zero() -> None:
    line = timeline([prescribed(), *sessions(days("0 x 3"))], today=MONDAY + 2 * DAY)

    assert [day.pain for day in line.days[:3]] == [0, None, 3]


def test_a_program_counted_alike_adds_its_exercises_up() -> None:
    two = [asks(), asks(WALK, repetitions=5, sets=2, times_per_day=2)]
    line = timeline([prescribed(*two), *sessions(days("x h"), two)], today=MONDAY + DAY)

    first, second, *_ = line.days
    assert line.unit == "repetitions"
    assert (first.prescribed_amount, first.done_amount) == (50.0, 50.0)
    # Half of ten is five, half of five is two: three sets of five and four of two.
    assert (second.prescribed_amount, second.done_amount) == (50.0, 23.0)


def test_a_program_counted_in_different_units_is_shown_as_a_share() -> None:
    two = [asks(), asks(WALK, minutes=20.0)]
    line = timeline([prescribed(*two), *sessions(days("x h -"), two)], today=MONDAY + 2 * DAY)

    first, second, third, *_ = line.days
    assert line.unit == "share"
    assert (first.prescribed_amount, first.done_amount) == (1.0, 1.0)
    assert (second.prescribed_amount, second.done_amount) == (1.0, 0.5)
    assert (third.prescribed_amount, third.done_amount) == (1.0, None)


def test_a_unit_that_a_revision_brings_in_is_counted_too() -> None:
    events = [prescribed(), revised(asks(hold_seconds=30), effective=MONDAY + DAY)]

    assert timeline(events, today=MONDAY).unit == "share"


def test_more_than_prescribed_is_shown_as_it_was() -> None:
    more = told(MONDAY, entry(asks(), 1.2))

    day, *_ = timeline([prescribed(), logged(more)], today=MONDAY).days

    assert (day.prescribed_amount, day.done_amount) == (30.0, 36.0)


def test_where_the_patient_chooses_only_what_the_date_asks_for_is_prescribed() -> None:
    daily, thrice = asks(), asks(WALK, repetitions=5, sets=1, days_per_week=3)
    only_daily = logged(told(MONDAY, entry(daily)))

    day, *_ = timeline([prescribed(daily, thrice), only_daily], today=MONDAY + DAY).days

    assert [one["exercise"] for one in day.prescribed] == [BRIDGE]
    assert (day.prescribed_amount, day.done_amount) == (30.0, 30.0)


def test_phases_are_spans_without_holes() -> None:
    second = {"number": 2, "name": "2" * 32}
    events = [
        prescribed(),
        revised(effective=MONDAY + 5 * DAY),
        revised(effective=MONDAY + 9 * DAY, revision=3, phase=second, end=MONDAY + 20 * DAY),
    ]

    line = timeline(events, today=MONDAY)

    assert [(phase.number, phase.start, phase.end) for phase in line.phases] == [
        (1, MONDAY, MONDAY + 8 * DAY),
        (2, MONDAY + 9 * DAY, MONDAY + 20 * DAY),
    ]
    assert [(one.revision, one.reason) for one in line.revisions] == [
        (1, None),
        (2, "progressed"),
        (3, "progressed"),
    ]
