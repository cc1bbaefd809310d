"""What is worth saying: each thing once in a program, whatever is told, in whatever order."""

from datetime import UTC, datetime

import pytest

from adherence.commands import Entered, ReachPhase
from adherence.diary import Diary
from adherence.events import MilestoneReached
from adherence.milestone import AlreadyReached, Next, reach_phase, upcoming
from adherence.rules import rules
from tests.unit.adherence.facts import (
    BRIDGE,
    CALF,
    DAY,
    MONDAY,
    PROGRAM,
    after,
    asks,
    corrects,
    days,
    desk,
    done,
    entered,
    evening,
    logged,
    logs,
    milestones,
    program,
)

DAILY = program()
LEFT_OUT = Entered(BRIDGE, skipped="tired")


def test_milestones_come_in_the_commit_of_the_session_that_reaches_them() -> None:
    _, events = done(DAILY, *days(7))

    assert milestones(events) == [
        ("first_session", 1),
        ("streak", 3),
        ("streak", 7),
        ("first_week", 1),
    ]
    assert [type(event).__name__ for event in events[:2]] == ["SessionLogged", "MilestoneReached"]


def test_every_count_is_reached_once() -> None:
    _, events = done(DAILY, *days(110))

    streaks = [count for kind, count in milestones(events) if kind == "streak"]
    totals = [count for kind, count in milestones(events) if kind == "total"]
    assert (streaks, totals) == ([3, 7, 14, 30], [10, 25, 50, 100])


def test_a_milestone_names_the_session_that_completes_it() -> None:
    _, events = done(DAILY, *days(3))

    reached = events[-1]
    assert isinstance(reached, MilestoneReached)
    assert (reached.milestone, reached.count, reached.session) == ("streak", 3, "2026-09-09")


def test_a_partial_session_counts() -> None:
    _, events = logged(DAILY, *(logs(day, entered(sets=1)) for day in days(3)))

    assert milestones(events) == [("first_session", 1), ("streak", 3)]


def test_a_session_of_which_nothing_was_done_counts_for_nothing() -> None:
    told = [logs(MONDAY), logs(MONDAY + DAY, LEFT_OUT), logs(MONDAY + DAY * 2)]

    diary, _ = logged(DAILY, *told)

    assert diary.milestones == {("first_session", 1)}


def test_a_second_log_of_a_date_reaches_nothing_twice() -> None:
    _, events = logged(DAILY, logs(MONDAY), logs(MONDAY), logs(MONDAY))

    assert milestones(events) == [("first_session", 1)]


def test_a_late_log_mends_a_streak_and_the_milestone_lies_where_it_was_completed() -> None:
    first, second, third = days(3)

    _, events = logged(DAILY, logs(first), logs(third), logs(second, device_now=evening(third)))

    assert milestones(events) == [("first_session", 1), ("streak", 3)]
    assert events[-1].local_date == third


def test_nothing_is_revoked_and_nothing_comes_again() -> None:
    first, second, third = days(3)
    told = [logs(day) for day in (first, second, third)]
    back = logs(second)

    diary, events = logged(DAILY, *told, corrects(second, LEFT_OUT), back)

    assert diary.milestones == {("first_session", 1), ("streak", 3)}
    assert len(milestones(events)) == 2


def test_a_streak_of_the_same_length_later_is_no_second_milestone() -> None:
    _, events = done(DAILY, *days(3), *days(3, MONDAY + DAY * 5))

    assert milestones(events).count(("streak", 3)) == 1


def test_a_full_week_has_all_that_it_asks_for() -> None:
    twice = program(asks(BRIDGE, weekdays=[1, 4]), asks(CALF, days_per_week=3))

    without, _ = done(twice, MONDAY, MONDAY + DAY, MONDAY + DAY * 2)
    whole, _ = done(twice, MONDAY, MONDAY + DAY, MONDAY + DAY * 3)

    assert ("first_week", 1) not in without.milestones
    assert ("first_week", 1) in whole.milestones


def test_a_week_of_chosen_days_is_full_with_as_many_as_it_asks_for() -> None:
    thrice = program(asks(days_per_week=3))

    less, _ = done(thrice, MONDAY, MONDAY + DAY * 6)
    whole, _ = done(thrice, MONDAY, MONDAY + DAY * 3, MONDAY + DAY * 6)

    assert ("first_week", 1) not in less.milestones
    assert ("first_week", 1) in whole.milestones


def test_a_week_cut_short_by_the_programs_end_is_no_full_week() -> None:
    short = program(asks(days_per_week=3), end=MONDAY + DAY * 4)

    diary, _ = done(short, *days(5))

    assert ("first_week", 1) not in diary.milestones


@pytest.mark.parametrize(
    ("told", "streak", "total", "expected"),
    [
        (set(), 0, 0, Next("first_session", 1, 1)),
        ({("first_session", 1)}, 1, 1, Next("streak", 3, 2)),
        ({("streak", 3)}, 3, 8, Next("total", 10, 2)),
        ({("streak", 3)}, 0, 9, Next("total", 10, 1)),
        ({("streak", 3), ("streak", 7)}, 5, 12, Next("streak", 14, 9)),
        (set(), 200, 200, None),
    ],
)
def test_the_next_milestone_is_the_nearest_that_was_not_reached(
    told: set[tuple[str, int]], streak: int, total: int, expected: Next | None
) -> None:
    found = upcoming(told, streak=streak, total=total, rules=rules())  # type: ignore[arg-type]

    assert found == expected


def test_a_completed_phase_is_reached_on_the_patients_date_and_once() -> None:
    late = datetime(2026, 9, 7, 22, 30, tzinfo=UTC)
    command = ReachPhase(PROGRAM, 1, late)

    (event,) = reach_phase(Diary(), command, desk(DAILY))

    assert isinstance(event, MilestoneReached)
    assert (event.milestone, event.count, event.session) == ("phase", 1, None)
    assert event.local_date == MONDAY + DAY
    with pytest.raises(AlreadyReached):
        reach_phase(after(Diary(), [event]), command, desk(DAILY))
    assert reach_phase(after(Diary(), [event]), ReachPhase(PROGRAM, 2, late), desk(DAILY))


def test_thresholds_say_their_version_and_source() -> None:
    assert all(rules().versions.values())
    assert all(rules().sources.values())
