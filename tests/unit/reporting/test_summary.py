"""The figures, against ones computed by hand from small diaries; the first date is a Monday."""

from typing import Any

import pytest

from tests.unit.reporting.diary import (
    BRIDGE,
    DAY,
    MONDAY,
    WALK,
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

WEEK = 7 * DAY


def test_the_figures_of_ten_days_by_hand() -> None:
    """Ten daily dates: six in full, two by half, one missed, and today, which is open."""
    events = [prescribed(), *sessions(days("x x h - x x h x x -"))]

    figures = timeline(events, today=MONDAY + 9 * DAY).summary

    counts = (figures.asked, figures.kept, figures.full, figures.in_part, figures.missed)
    assert counts == (9, 8, 6, 2, 1)
    # Six whole days and two halves are seven, of nine.
    assert (figures.adherence.value, figures.adherence.days) == (0.7778, 9)
    assert figures.adherence.version == "2026-11"


def test_today_counts_once_it_has_a_session() -> None:
    before = timeline([prescribed(), *sessions(days("x x"))], today=MONDAY + 2 * DAY).summary
    after = timeline([prescribed(), *sessions(days("x x h"))], today=MONDAY + 2 * DAY).summary

    assert (before.asked, before.adherence.value) == (2, 1.0)
    assert (after.asked, after.adherence.value) == (3, 0.8333)


def test_a_session_that_was_not_asked_for_is_in_no_other_figure() -> None:
    asked = asks(weekdays=[1], days_per_week=1)
    events = [prescribed(asked), *sessions(days("- x"), [asked])]

    figures = timeline(events, today=MONDAY + 2 * DAY).summary

    assert (figures.asked, figures.kept, figures.missed, figures.extra) == (1, 0, 1, 1)
    assert figures.adherence.value == 0.0


@pytest.mark.parametrize(
    ("dose", "diary", "asked", "kept"),
    [
        ({}, "x - x h", 7, 3),
        ({"weekdays": [1, 3, 5], "days_per_week": 3}, "x - - h", 3, 1),
        ({"days_per_week": 3}, "x - - h", 3, 2),
        # More than was asked for is no more of the week.
        ({"days_per_week": 3}, "x x x x", 3, 3),
    ],
)
def test_the_week_counts_all_that_it_asks_for_and_what_is_done_so_far(
    dose: dict[str, Any], diary: str, asked: int, kept: int
) -> None:
    events = [prescribed(asks(**dose)), *sessions(days(diary), [asks(**dose)])]

    week = timeline(events, today=MONDAY + 3 * DAY).summary.week

    assert week is not None
    assert (week.start, week.end) == (MONDAY, MONDAY + 6 * DAY)
    assert (week.asked, week.kept) == (asked, kept)


def test_a_week_that_the_program_cuts_short_asks_for_its_own_dates_only() -> None:
    events = [prescribed(end=MONDAY + 9 * DAY), *sessions(days("x x", MONDAY + WEEK))]

    week = timeline(events, today=MONDAY + 8 * DAY).summary.week

    assert week is not None
    assert (week.asked, week.kept) == (3, 2)


def test_a_revision_in_the_middle_of_a_week_changes_what_the_week_asks_for() -> None:
    events = [prescribed(), revised(asks(days_per_week=2), effective=MONDAY + 5 * DAY)]

    week = timeline(events, today=MONDAY).summary.week

    # Five daily dates, then two at two a week, which ask for none.
    assert week is not None
    assert week.asked == 5


def test_pain_of_both_ends_is_compared_with_the_counts_behind_it() -> None:
    first, last = "8 - 7 x 6 " + "x " * 9, "- 2 - 3 - 4 " + "x " * 8
    events = [prescribed(), *sessions(days(first + last))]

    pain = timeline(events, today=MONDAY + 27 * DAY).summary.pain

    assert pain is not None
    assert pain.last is not None
    # 13 sessions of which three answered 8, 7 and 6; 11 of which three answered 2, 3 and 4.
    assert (pain.first.sessions, pain.first.answered, pain.first.mean) == (13, 3, 7.0)
    assert (pain.last.sessions, pain.last.answered, pain.last.mean) == (11, 3, 3.0)
    assert (pain.first.end, pain.last.start) == (MONDAY + 13 * DAY, MONDAY + 14 * DAY)
    assert (pain.whole.low, pain.whole.high, pain.whole.mean) == (2, 8, 5.0)


def test_ends_that_would_overlap_are_not_compared() -> None:
    events = [prescribed(), *sessions(days("5 " * 27))]

    pain = timeline(events, today=MONDAY + 26 * DAY).summary.pain

    assert pain is not None
    assert pain.last is None


def test_too_few_answers_have_no_mean() -> None:
    events = [prescribed(), *sessions(days("5 6 x x"))]

    pain = timeline(events, today=MONDAY + 3 * DAY).summary.pain

    assert pain is not None
    assert (pain.first.answered, pain.first.mean, pain.first.low, pain.first.high) == (
        2,
        None,
        5,
        6,
    )


def test_the_last_two_weeks_of_a_program_that_is_over_are_its_own() -> None:
    events = [prescribed(), *sessions(days("5 " * 14 + "3 " * 14)), ended(MONDAY + 27 * DAY)]

    pain = timeline(events, today=MONDAY + 90 * DAY).summary.pain

    assert pain is not None
    assert pain.last is not None
    assert (pain.last.start, pain.last.mean) == (MONDAY + 14 * DAY, 3.0)


def test_each_exercise_of_the_last_four_weeks_by_hand() -> None:
    bridge, walk = asks(), asks(WALK, minutes=20.0, weekdays=[1], days_per_week=1)
    events = [
        prescribed(bridge, walk),
        logged(told(MONDAY, entry(bridge), entry(walk, 0.5), completion=0.75), 1),
        logged(told(MONDAY + DAY, entry(bridge, 0.5), completion=0.5), 2),
    ]

    first, second = timeline(events, today=MONDAY + 3 * DAY).exercises

    assert (first.exercise, first.unit) == (BRIDGE, "repetitions")
    # Three dates asked for thirty; thirty, fifteen and none were done.
    assert (first.days_asked, first.days_done, first.asked, first.done) == (3, 2, 90.0, 45.0)
    assert first.share == 0.5
    assert (second.exercise, second.unit, second.asked, second.done) == (WALK, "minutes", 20, 10)
    assert (second.days_asked, second.days_done, second.share) == (1, 1, 0.5)


def test_more_on_one_day_does_not_make_up_for_another() -> None:
    events = [prescribed(), logged(told(MONDAY, entry(asks(), 2)))]

    (one,) = timeline(events, today=MONDAY + 2 * DAY).exercises

    assert (one.asked, one.done, one.share) == (60.0, 60.0, 0.5)


def test_the_exercises_are_those_of_the_last_four_weeks() -> None:
    events = [prescribed(), revised(asks(WALK, minutes=20), effective=MONDAY + DAY)]

    early = timeline(events, today=MONDAY + 2 * DAY).exercises
    late = timeline(events, today=MONDAY + 29 * DAY).exercises

    assert [one.exercise for one in early] == [BRIDGE, WALK]
    assert [(one.exercise, one.days_asked) for one in late] == [(WALK, 27)]


def test_an_exercise_whose_unit_has_changed_has_days_and_a_share_and_no_sum() -> None:
    timed = asks(minutes=5)
    events = [
        prescribed(),
        revised(timed, effective=MONDAY + DAY),
        logged(told(MONDAY), 1),
        logged(told(MONDAY + DAY, entry(timed)), 2),
    ]

    (one,) = timeline(events, today=MONDAY + 2 * DAY).exercises

    assert (one.unit, one.asked, one.done, one.days_done, one.share) == (None, None, None, 2, 1.0)


def test_what_the_patients_word_rests_on_is_counted_by_exercise() -> None:
    bridge, walk = asks(BRIDGE), asks(WALK)
    timed = entry(walk) | {"evidence": "timed"}
    events = [
        prescribed(bridge, walk),
        # Of before 2026-12 the session alone says it, for all its exercises.
        logged(told(MONDAY, entry(bridge), entry(walk))),
        logged(told(MONDAY + DAY, entry(bridge, 0), timed), sequence=2),
    ]

    assert timeline(events, today=MONDAY + 2 * DAY).summary.evidence == {"tap": 2, "timed": 1}
