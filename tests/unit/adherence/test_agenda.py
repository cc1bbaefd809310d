"""What a page of a date says: what is asked for, how far it is, what comes next."""

from dataclasses import replace

import pytest

from adherence.agenda import Agenda, agenda, little, once, short
from adherence.commands import Entered
from adherence.diary import Diary
from adherence.events import Done
from adherence.rules import rules
from shared.schedule import Pause
from tests.unit.adherence.facts import (
    BRIDGE,
    CALF,
    DAY,
    MONDAY,
    WALK,
    asks,
    done,
    entered,
    logged,
    logs,
    program,
)


def seen(found: object, diary: Diary | None = None, number: int = 0, today: int = 0) -> Agenda:
    """Return what is shown of a day of the program, on a day of it."""
    day, now = MONDAY + DAY * number, MONDAY + DAY * today
    return agenda(found, diary or Diary(), day, now, rules())  # type: ignore[arg-type]


def names(items: object) -> list[str]:
    return [item.exercise for item in items]  # type: ignore[attr-defined]


def test_exercises_stand_in_the_therapists_order() -> None:
    shown = seen(program(asks(WALK, minutes=20), asks(BRIDGE)))

    assert names(shown.asked) == [WALK, BRIDGE]
    assert (shown.kind, names(shown.to_do)) == ("open", [WALK, BRIDGE])


def test_exercises_of_other_days_stand_aside() -> None:
    shown = seen(program(asks(WALK, weekdays=[2]), asks(BRIDGE)))

    assert (names(shown.asked), names(shown.others)) == ([BRIDGE], [WALK])


@pytest.mark.parametrize(
    ("entry", "state", "left"),
    [
        (None, "open", 2),
        (Entered(BRIDGE, Done(3, 10)), "partial", 1),
        (Entered(BRIDGE, Done(1, 10)), "partial", 1),
        (Entered(BRIDGE, Done(4, 10)), "partial", 0),
        (Entered(BRIDGE, Done(6, 10)), "done", 0),
        (Entered(BRIDGE, skipped="pain"), "skipped", 2),
    ],
)
def test_an_exercise_of_twice_a_day_is_left_until_it_was_begun_twice(
    entry: Entered | None, state: str, left: int
) -> None:
    found = program(asks(times_per_day=2))
    diary, _ = logged(found, *([logs(MONDAY, entry)] if entry else []))

    (item,) = seen(found, diary).items

    assert (item.state, item.left) == (state, left)


def test_a_date_is_done_once_every_exercise_was_told_of() -> None:
    found = program(asks(BRIDGE), asks(WALK, minutes=20))
    half, _ = logged(found, logs(MONDAY, entered(BRIDGE)))
    whole, _ = logged(found, logs(MONDAY, entered(BRIDGE), Entered(WALK, skipped="no_time")))

    assert (seen(found, half).kind, seen(found, whole).kind) == ("open", "done")
    assert seen(found, whole).to_do == ()


def test_before_the_first_date_and_after_the_last_one_nothing_is_asked_for() -> None:
    found = program(end=MONDAY)

    before, after = seen(found, number=-1, today=-1), seen(found, number=1, today=1)

    assert (before.kind, before.asked, before.following) == ("ahead", (), MONDAY)
    assert (after.kind, after.asked, after.following) == ("over", (), None)


def test_a_day_off_says_so_and_when_the_next_day_is() -> None:
    shown = seen(program(asks(weekdays=[2])))

    assert (shown.kind, names(shown.others)) == ("off", [BRIDGE])
    assert shown.following == MONDAY + DAY


def test_days_of_the_patients_choice_are_open_until_their_number_is_reached() -> None:
    found = program(asks(days_per_week=2))
    once_, _ = done(found, MONDAY)
    twice, _ = done(found, MONDAY, MONDAY + DAY)

    assert seen(found, once_, number=2, today=2).kind == "open"
    assert seen(found, twice, number=2, today=2).kind == "off"
    assert seen(found, twice, number=2, today=2).following == MONDAY + 7 * DAY


def test_an_exercise_that_was_done_though_not_asked_for_is_shown_with_the_others() -> None:
    found = program(asks(BRIDGE), asks(CALF, weekdays=[2]))
    diary, _ = logged(found, logs(MONDAY, entered(CALF)))

    assert names(seen(found, diary).asked) == [BRIDGE, CALF]


def test_the_week_shows_each_day_in_its_state() -> None:
    found = program(asks(weekdays=[1, 2, 3, 4, 5]))
    diary, _ = logged(found, logs(MONDAY), logs(MONDAY + DAY, entered(sets=1)))

    shown = seen(found, diary, number=3, today=3)

    marks = [day.status for day in shown.week]
    assert marks == ["done", "partial", "missed", "open", "open", "off", "off"]
    assert [day.today for day in shown.week].index(True) == 3
    assert (shown.kept, shown.due) == (2, 5)


def test_a_session_on_a_day_off_is_not_counted_among_the_days_asked_for() -> None:
    found = program(asks(weekdays=[1, 3]))
    diary, _ = done(found, MONDAY, MONDAY + DAY)

    assert (seen(found, diary).kept, seen(found, diary).due) == (1, 2)


def test_more_sessions_than_asked_for_are_not_more_than_all() -> None:
    found = program(asks(days_per_week=2))
    diary, _ = done(found, MONDAY, MONDAY + DAY, MONDAY + 2 * DAY)

    shown = seen(found, diary, number=2, today=2)

    assert (shown.kept, shown.due, shown.total) == (2, 2, 3)


def test_the_streak_is_that_of_today_whichever_day_is_looked_at() -> None:
    diary, _ = done(program(), MONDAY, MONDAY + DAY)

    shown = seen(program(), diary, number=1, today=2)

    assert (shown.streak, shown.next and shown.next.count) == (2, 3)


def test_done_as_prescribed_is_one_time_of_the_dose() -> None:
    dose = asks(times_per_day=3, load_kg=2.5, side="left")["dose"]

    assert once(dose) == Done(3, 10, load_kg=2.5)


def test_a_program_that_rests_asks_for_nothing_and_shows_what_may_be_done() -> None:
    resting = replace(program(asks(BRIDGE)), pauses=(Pause(MONDAY, None),))

    shown = seen(resting)

    assert (shown.kind, names(shown.asked), names(shown.others)) == ("paused", [], [BRIDGE])
    assert [day.status for day in shown.week] == ["off"] * 7
    assert (shown.due, shown.following) == (0, None)


def test_the_short_version_is_one_set_of_the_foremost_in_the_therapists_order() -> None:
    found = program(asks(CALF, priority=3), asks(WALK, priority=2, minutes=20), asks(BRIDGE))
    few = short(seen(found), rules())

    assert names(few) == [WALK, BRIDGE]
    assert [little(item.dose, rules()) for item in few] == [
        Done(minutes=20),
        Done(sets=1, repetitions=10),
    ]


def test_a_short_day_or_one_that_was_begun_has_no_short_version() -> None:
    three = program(asks(CALF), asks(WALK), asks(BRIDGE))
    begun, _ = logged(three, logs(MONDAY, entered(BRIDGE)))

    assert short(seen(program(asks(WALK), asks(BRIDGE))), rules()) == ()
    assert short(seen(three, begun), rules()) == ()
