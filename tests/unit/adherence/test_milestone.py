"""What sessions reach: counted in a program, mended by late logs, never revoked, never twice."""

from datetime import UTC, datetime

import pytest

from adherence import streak
from adherence.commands import Entered, ReachPhase
from adherence.diary import Diary
from adherence.events import MilestoneReached
from adherence.milestone import AlreadyReached, Next, reach_phase, upcoming
from adherence.rules import rules
from tests.unit.adherence.facts import (
    ANA_ID,
    BRIDGE,
    DAY,
    MONDAY,
    PROGRAM,
    WALK,
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
    revised,
)

LATE = evening(MONDAY + 60 * DAY)


def reached(*exercises: dict[str, object], dates: list[int], **more: object) -> list[object]:
    """Return the milestones of sessions on these days of the program, told in this order."""
    found = program(*exercises, **more)  # type: ignore[arg-type]
    _, events = logged(
        found, *(logs(MONDAY + DAY * number, device_now=LATE) for number in dates), now=LATE
    )
    return list(milestones(events))


def test_the_first_session_is_one() -> None:
    assert reached(dates=[0]) == [("first_session", 1)]


def test_several_logs_of_a_date_are_one_session() -> None:
    _, events = logged(program(asks(times_per_day=3)), *[logs(MONDAY)] * 3)

    assert milestones(events) == [("first_session", 1)]


@pytest.mark.parametrize("length", [3, 7, 14, 30])
def test_a_streak_is_reached_on_the_date_that_completes_it(length: int) -> None:
    _, events = done(program(), *days(length))

    found = [one for one in events if isinstance(one, MilestoneReached)]
    ends = {one.count: one.local_date for one in found if one.milestone == "streak"}
    assert ends[length] == MONDAY + (length - 1) * DAY


def test_a_missed_day_breaks_a_streak() -> None:
    assert ("streak", 3) not in reached(dates=[0, 1, 3, 4])


def test_a_day_off_is_no_break() -> None:
    assert ("streak", 3) in reached(asks(weekdays=[1, 3, 5]), dates=[0, 2, 4])


def test_a_session_on_a_day_off_neither_counts_nor_breaks() -> None:
    assert ("streak", 3) not in reached(asks(weekdays=[1, 3, 5]), dates=[0, 1, 2])
    assert ("streak", 3) in reached(asks(weekdays=[1, 3, 5]), dates=[0, 1, 2, 4])


def test_days_off_of_a_patients_choice_are_no_break_while_the_week_can_be_kept() -> None:
    assert ("streak", 3) in reached(asks(days_per_week=3), dates=[0, 3, 6])


def test_a_week_breaks_when_its_days_can_no_longer_be_reached() -> None:
    # Two of three in the first week: its last day is the miss, after the second session.
    assert ("streak", 3) not in reached(asks(days_per_week=3), dates=[0, 1, 7, 8])
    assert ("streak", 3) in reached(asks(days_per_week=3), dates=[0, 1, 7, 8, 9])


def test_a_fourth_session_of_a_week_of_three_does_not_lengthen_the_streak() -> None:
    found = program(asks(days_per_week=3))
    dates = frozenset(days(4))

    assert streak.current(found, dates, MONDAY + 3 * DAY) == 3


def test_weeks_begin_at_the_programs_start() -> None:
    thursday = MONDAY + 3 * DAY
    found = program(asks(days_per_week=3), start=thursday, effective=thursday)
    # Three within Thursday to Wednesday, though only two of them lie in one calendar week.
    dates = frozenset({thursday, thursday + 2 * DAY, thursday + 6 * DAY})

    assert streak.current(found, dates, thursday + 7 * DAY) == 3


def test_a_partial_session_counts() -> None:
    _, events = logged(program(), *(logs(day, entered(sets=1)) for day in days(3)))

    assert milestones(events) == [("first_session", 1), ("streak", 3)]


def test_a_session_of_which_nothing_was_done_counts_as_missed() -> None:
    left_out = logs(MONDAY + DAY, Entered(BRIDGE, skipped="tired"))
    dates = [logs(MONDAY), left_out, logs(MONDAY + 2 * DAY), logs(MONDAY + 3 * DAY)]

    diary, _ = logged(program(), *dates)

    assert diary.milestones == {("first_session", 1)}


def test_a_late_log_mends_a_streak() -> None:
    assert reached(dates=[0, 2, 1]) == [("first_session", 1), ("streak", 3)]


def test_a_milestone_that_a_late_log_reaches_lies_on_the_date_that_completes_it() -> None:
    _, events = logged(
        program(), *(logs(day, device_now=LATE) for day in reversed(days(3))), now=LATE
    )

    assert isinstance(events[-1], MilestoneReached)
    assert events[-1].local_date == MONDAY + 2 * DAY


def test_a_streak_goes_on_over_a_revision_that_asks_for_other_days() -> None:
    eased = revised(asks(weekdays=[3, 5]), effective=MONDAY + DAY)

    assert ("streak", 3) in reached(dates=[0, 2, 4], revisions=[eased])


def test_nothing_is_missed_after_the_programs_end() -> None:
    found = program(ended=MONDAY + 2 * DAY)

    assert streak.current(found, frozenset(days(3)), MONDAY + 30 * DAY) == 3


def test_today_is_open_until_it_is_over() -> None:
    assert streak.current(program(), frozenset(days(3)), MONDAY + 3 * DAY) == 3
    assert streak.current(program(), frozenset(days(3)), MONDAY + 4 * DAY) == 0


@pytest.mark.parametrize("count", [10, 25, 50, 100])
def test_sessions_in_all_are_counted_over_gaps(count: int) -> None:
    every_other = [MONDAY + 2 * DAY * number for number in range(count)]

    diary, _ = done(program(), *every_other)

    assert ("total", count) in diary.milestones
    assert not any(kind == "streak" for kind, _ in diary.milestones)


def test_a_whole_week_with_all_its_sessions_is_the_first_full_week() -> None:
    assert ("first_week", 1) in reached(dates=[0, 1, 2, 3, 4, 5, 6])
    assert ("first_week", 1) not in reached(dates=[0, 1, 2, 3, 4, 5, 7])
    assert ("first_week", 1) in reached(asks(days_per_week=2), dates=[1, 5])


def test_a_week_that_the_program_does_not_fill_is_no_full_one() -> None:
    assert ("first_week", 1) not in reached(dates=[0, 1, 2, 3], end=MONDAY + 3 * DAY)


def test_only_the_first_full_week_is_one() -> None:
    _, events = done(program(), *days(14))

    assert milestones(events).count(("first_week", 1)) == 1


def test_what_a_correction_takes_away_is_neither_revoked_nor_reached_again() -> None:
    nothing = corrects(MONDAY + DAY, Entered(BRIDGE), device_now=LATE)
    again = corrects(MONDAY + DAY, entered(), device_now=LATE)
    told = [logs(day, device_now=LATE) for day in days(3)]

    diary, events = logged(program(), *told, nothing, again, now=LATE)

    assert diary.milestones == {("first_session", 1), ("streak", 3)}
    assert milestones(events) == [("first_session", 1), ("streak", 3)]


def test_a_completed_phase_is_reached_on_the_patients_date_of_the_therapists_word() -> None:
    declared = datetime(2026, 9, 7, 22, 30, tzinfo=UTC)  # half past midnight in Madrid

    events = reach_phase(Diary(), ReachPhase(PROGRAM, 1, declared), desk(program()))

    assert events == [MilestoneReached(PROGRAM, ANA_ID, "phase", 1, MONDAY + DAY, None)]


def test_a_phase_is_completed_once() -> None:
    command = ReachPhase(PROGRAM, 1, evening(MONDAY))
    diary = after(Diary(), reach_phase(Diary(), command, desk(program())))

    with pytest.raises(AlreadyReached):
        reach_phase(diary, command, desk(program()))


@pytest.mark.parametrize(
    ("told", "streak", "total", "expected"),
    [
        (set(), 0, 0, Next("first_session", 1, 1)),
        (set(), 1, 1, Next("streak", 3, 2)),
        ({("streak", 3)}, 3, 8, Next("total", 10, 2)),
        ({("streak", 3)}, 0, 12, Next("streak", 7, 7)),
        ({("streak", 3)}, 1, 8, Next("total", 10, 2)),
    ],
)
def test_the_next_milestone_is_the_nearest_that_was_not_reached(
    told: set[tuple[str, int]], streak: int, total: int, expected: Next
) -> None:
    found = upcoming(told, streak=streak, total=total, rules=rules())  # type: ignore[arg-type]

    assert found == expected


def test_after_the_last_milestone_there_is_no_next_one() -> None:
    everything = upcoming(frozenset(), streak=400, total=400, rules=rules())

    assert everything is None


def test_two_exercises_on_different_days_are_one_streak() -> None:
    both = [asks(BRIDGE, weekdays=[1]), asks(WALK, weekdays=[2, 3])]
    found = program(*both)

    _, events = logged(
        found,
        logs(MONDAY, entered(BRIDGE)),
        logs(MONDAY + DAY, entered(WALK)),
        logs(MONDAY + 2 * DAY, entered(WALK)),
    )

    assert ("streak", 3) in milestones(events)
