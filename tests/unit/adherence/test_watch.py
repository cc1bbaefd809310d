"""What nobody tells is noticed: no start, a dip, a lapse; and the return after it, each once."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from adherence.commands import Entered
from adherence.diary import Diary
from adherence.rules import rules
from adherence.signals.events import (
    AdherenceDipped,
    ProgramLapsed,
    ProgramNotStarted,
    ProgramResumed,
    Signal,
)
from adherence.signals.watch import NothingNoticed, watch
from shared.schedule import Pause, Program
from tests.unit.adherence.facts import (
    BRIDGE,
    DAY,
    MONDAY,
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
    names,
    program,
    revised,
)

DAILY = program()
WEEKLY = program(asks(days_per_week=1))
THRICE = program(asks(weekdays=[1, 3, 5]))
SIGNALS = rules().signals


def looks(found: Program, diary: Diary, now: datetime) -> list[Signal]:
    """Return what a look at this moment finds."""
    try:
        return watch(diary, desk(found, now))
    except NothingNoticed:
        return []


def watched(found: Program, diary: Diary, until: date, since: date = MONDAY) -> list[Signal]:
    """Return all that is found when the program is looked at every day, up to a date."""
    said: list[Signal] = []
    for day in days((until - since).days + 1, since):
        noticed = looks(found, diary, evening(day))
        diary, said = after(diary, [*noticed]), [*said, *noticed]
    return said


@pytest.mark.parametrize(
    ("found", "ahead", "expected"),
    [
        (DAILY, 2, []),
        (DAILY, 3, [3]),
        # Nothing is late before anything was asked for: the first session is on a Friday.
        (program(asks(weekdays=[5])), 4, []),
        (program(asks(weekdays=[5])), 5, [5]),
        (program(start=MONDAY + DAY, effective=MONDAY + DAY), 3, []),
        (program(end=MONDAY + DAY), 9, []),
        (program(ended=MONDAY + DAY), 9, []),
        (program(zone=None), 3, [3]),
    ],
)
def test_a_start_that_does_not_come_is_said_after_three_days(
    found: Program, ahead: int, expected: list[int]
) -> None:
    said = looks(found, Diary(), evening(MONDAY + DAY * ahead))

    assert [one.days for one in said if isinstance(one, ProgramNotStarted)] == expected
    assert len(said) == len(expected)


def test_a_start_that_does_not_come_is_said_once() -> None:
    (said,) = watched(DAILY, Diary(), MONDAY + DAY * 60)

    assert isinstance(said, ProgramNotStarted)
    assert (said.start, said.local_date, said.revision) == (MONDAY, MONDAY + DAY * 2, 1)


def test_where_the_patient_lives_decides_which_days_are_over() -> None:
    midnight = datetime.combine(MONDAY + DAY * 3, datetime.min.time(), evening(MONDAY).tzinfo)

    assert looks(DAILY, Diary(), midnight - timedelta(minutes=1)) == []
    assert names(looks(DAILY, Diary(), midnight)) == ["ProgramNotStarted"]


def test_one_session_is_a_start_and_one_that_was_left_out_is_none() -> None:
    begun, _ = done(DAILY, MONDAY)
    left_out, _ = logged(DAILY, logs(MONDAY, Entered(BRIDGE, skipped="tired")))

    assert looks(DAILY, begun, evening(MONDAY + DAY * 3)) == []
    assert names(looks(DAILY, left_out, evening(MONDAY + DAY * 3))) == ["ProgramNotStarted"]


@pytest.mark.parametrize(
    ("found", "ahead", "missed"),
    [
        # A week and three misses, whichever is later.
        (DAILY, 8, 7),
        (THRICE, 8, 3),
        (WEEKLY, 28, 3),
    ],
)
def test_a_program_lapses_when_the_last_sessions_were_missed(
    found: Program, ahead: int, missed: int
) -> None:
    begun, _ = done(found, MONDAY)

    def lapses(day: date) -> list[Signal]:
        return [one for one in looks(found, begun, evening(day)) if isinstance(one, ProgramLapsed)]

    assert lapses(MONDAY + DAY * (ahead - 1)) == []
    (lapsed,) = lapses(MONDAY + DAY * ahead)
    assert isinstance(lapsed, ProgramLapsed)
    assert (lapsed.last, lapsed.missed, lapsed.days) == (MONDAY, missed, ahead - 1)


def test_the_looks_that_follow_a_session_are_enough_to_find_a_lapse() -> None:
    for found, by in ((DAILY, 8), (THRICE, 8), (WEEKLY, 29)):
        begun, _ = done(found, MONDAY)
        dates = [MONDAY + DAY * ahead for ahead in SIGNALS.watch.after_days]

        lapsed = [day for day in dates if looks(found, begun, evening(day))]

        assert lapsed[0] == MONDAY + DAY * by


def test_a_lapse_is_said_once_until_the_patient_comes_back() -> None:
    begun, _ = done(DAILY, MONDAY)
    back = MONDAY + DAY * 20

    said = watched(DAILY, begun, back)
    diary, events = done(DAILY, back, before=after(begun, [*said]))
    again = watched(DAILY, diary, back + DAY * 30, back)

    assert names(said) == ["ProgramLapsed"]
    (resumed,) = (one for one in events if isinstance(one, ProgramResumed))
    assert (resumed.last, resumed.days, resumed.session) == (MONDAY, 19, back.isoformat())
    assert names(again) == ["ProgramLapsed"]


def test_a_late_log_of_a_date_after_the_lapse_began_is_a_return_and_an_earlier_one_is_none() -> (
    None
):
    begun, _ = done(DAILY, MONDAY + DAY * 3)
    now = evening(MONDAY + DAY * 20)
    lapsed = after(begun, [*looks(DAILY, begun, now)])

    _, earlier = done(DAILY, MONDAY + DAY, now=now, before=lapsed)
    _, later = done(DAILY, MONDAY + DAY * 10, now=now, before=lapsed)

    assert "ProgramResumed" not in names(earlier)
    assert names(later).count("ProgramResumed") == 1


def test_an_amendment_of_the_return_is_no_second_one() -> None:
    begun, _ = done(DAILY, MONDAY)
    lapsed = after(begun, watched(DAILY, begun, MONDAY + DAY * 9))
    back = MONDAY + DAY * 10

    diary, first = done(DAILY, back, before=lapsed)
    _, second = done(DAILY, back, before=diary)

    assert (names(first).count("ProgramResumed"), names(second).count("ProgramResumed")) == (1, 0)


def test_a_program_that_is_over_does_not_lapse() -> None:
    found = program(end=MONDAY + DAY * 4)
    begun, _ = done(found, MONDAY)

    assert watched(found, begun, MONDAY + DAY * 40) == []


@pytest.mark.parametrize(
    ("kept_before", "kept", "expected"),
    [(7, 3, True), (7, 4, False), (5, 3, True), (4, 1, False), (7, 0, False)],
)
def test_a_dip_is_half_a_week_after_a_kept_one(kept_before: int, kept: int, expected: bool) -> None:
    dates = [*days(kept_before), *days(kept, MONDAY + DAY * 7)]
    told, _ = done(DAILY, *dates)

    said = looks(DAILY, told, evening(MONDAY + DAY * 14))

    dips = [one for one in said if isinstance(one, AdherenceDipped)]
    assert [(one.kept, one.due, one.kept_before, one.due_before) for one in dips] == (
        [(kept, 7, kept_before, 7)] if expected else []
    )


def test_a_program_that_asks_for_little_is_compared_over_two_weeks() -> None:
    twice = program(asks(weekdays=[1, 4]))
    told, _ = done(twice, *(MONDAY + DAY * ahead for ahead in (0, 3, 7, 10, 14, 24)))

    (dip,) = watched(twice, told, MONDAY + DAY * 28)

    assert isinstance(dip, AdherenceDipped)
    assert (dip.kept, dip.due, dip.kept_before, dip.due_before) == (2, 4, 4, 4)


def test_a_dip_is_said_once_and_again_only_after_as_long_a_time_that_was_kept() -> None:
    weak = [MONDAY + DAY * ahead for ahead in (7, 10, 13, 16, 19)]
    told, _ = done(DAILY, *days(7), *weak)
    strong = days(7, MONDAY + DAY * 21)
    later, _ = done(DAILY, *days(7), *weak, *strong, MONDAY + DAY * 28, MONDAY + DAY * 31)

    assert names(watched(DAILY, told, MONDAY + DAY * 21)) == ["AdherenceDipped"]
    assert names(watched(DAILY, later, MONDAY + DAY * 34)) == ["AdherenceDipped"] * 2


def test_a_late_log_and_an_amendment_take_no_dip_back_and_give_none_twice() -> None:
    told, _ = done(DAILY, *days(9))
    now = evening(MONDAY + DAY * 14)
    (dip,) = looks(DAILY, told, now)
    mended, events = done(DAILY, MONDAY + DAY * 9, now=now, before=after(told, [dip]))

    assert "AdherenceDipped" not in names(events)
    assert looks(DAILY, mended, now) == []
    corrected, _ = logged(DAILY, *(logs(day) for day in days(9)), corrects(MONDAY, entered(sets=1)))
    assert names(looks(DAILY, corrected, now)) == ["AdherenceDipped"]


def test_what_a_revision_asks_for_counts_from_its_own_date() -> None:
    found = program(revisions=[revised(asks(weekdays=[1]), effective=MONDAY + DAY * 7)])
    told, _ = done(found, *days(8))

    assert looks(found, told, evening(MONDAY + DAY * 14)) == []
    assert looks(found, told, evening(MONDAY + DAY * 21)) == []


def test_nothing_is_noticed_while_a_program_rests_and_its_days_count_no_day() -> None:
    rests = Pause(MONDAY + DAY, MONDAY + DAY * 10)
    found = replace(program(asks(BRIDGE)), pauses=(rests,))

    (late,) = watched(found, Diary(), MONDAY + DAY * 20)

    assert isinstance(late, ProgramNotStarted)
    assert (late.local_date, late.days) == (MONDAY + DAY * 11, 3)
