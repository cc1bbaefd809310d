"""How much of a date's dose was done."""

from typing import Any

import pytest

from adherence.commands import Entered
from adherence.completion import together, told_in_full
from adherence.events import Done, Prescribed
from tests.unit.adherence.facts import (
    BRIDGE,
    CALF,
    DAY,
    MONDAY,
    WALK,
    asks,
    entered,
    logged,
    logs,
    program,
    session_of,
)

TEN = Prescribed(3, 10, None, None, 1)


@pytest.mark.parametrize(
    ("dose", "told", "completion"),
    [
        ({"repetitions": 10, "sets": 3}, Done(3, 10), 1.0),
        ({"repetitions": 10, "sets": 3}, Done(5, 10), 1.0),
        ({"repetitions": 10, "sets": 3}, Done(None, 15), 0.5),
        ({"repetitions": 10, "sets": None}, Done(None, 5), 0.5),
        ({"minutes": 20}, Done(minutes=5), 0.25),
        ({"hold_seconds": 30, "sets": 2}, Done(1, hold_seconds=30), 0.5),
        ({"repetitions": 10, "hold_seconds": 5, "sets": 1}, Done(1, 5, 5), 0.5),
        ({"repetitions": 10, "sets": 3, "times_per_day": 2}, Done(3, 10), 0.5),
    ],
)
def test_an_exercise_counts_by_what_it_is_prescribed_in(
    dose: dict[str, Any], told: Done, completion: float
) -> None:
    diary, _ = logged(program(asks(**dose)), logs(MONDAY, Entered(BRIDGE, told)))

    assert session_of(diary).completion == completion
    assert session_of(diary).partial == (completion < 1)


def test_what_matters_more_weighs_more() -> None:
    found = program(asks(BRIDGE, priority=1), asks(CALF, priority=3))

    first, _ = logged(found, logs(MONDAY, entered(BRIDGE)))
    last, _ = logged(found, logs(MONDAY, entered(CALF)))

    assert (session_of(first).completion, session_of(last).completion) == (0.75, 0.25)


def test_exercises_of_other_days_do_not_lower_a_date() -> None:
    found = program(asks(BRIDGE, weekdays=[1]), asks(CALF, weekdays=[2]))

    diary, _ = logged(found, logs(MONDAY, entered(BRIDGE)))

    assert session_of(diary).completion == 1.0


def test_exercises_on_chosen_days_are_asked_for_once_one_of_them_was_done() -> None:
    found = program(asks(BRIDGE), asks(CALF, days_per_week=3), asks(WALK, days_per_week=3))

    without, _ = logged(found, logs(MONDAY, entered(BRIDGE)))
    half, _ = logged(found, logs(MONDAY, entered(BRIDGE), entered(CALF)))

    assert session_of(without).completion == 1.0
    assert session_of(half).completion == pytest.approx(2 / 3, abs=1e-4)


def test_exercises_on_chosen_days_are_asked_for_when_their_days_run_out() -> None:
    found = program(asks(BRIDGE), asks(CALF, days_per_week=3))
    week = [MONDAY + DAY * number for number in range(7)]

    diary, _ = logged(found, *(logs(day, entered(BRIDGE)) for day in week))

    assert [one.completion for one in diary.sessions.values()] == [1.0] * 4 + [0.5] * 3


def test_where_nothing_is_asked_for_what_was_done_is_all_there_is() -> None:
    tuesdays = program(asks(weekdays=[2]))

    diary, _ = logged(tuesdays, logs(MONDAY, entered(sets=1)))

    assert session_of(diary).completion == pytest.approx(1 / 3, abs=1e-4)


def test_sets_alone_were_of_the_prescribed_length_and_an_amount_alone_is_the_days_sum() -> None:
    assert told_in_full(Done(sets=2), TEN) == Done(2, 10)
    assert told_in_full(Done(repetitions=12), TEN) == Done(repetitions=12)
    assert told_in_full(Done(load_kg=3.0), TEN) is None


def test_goes_of_one_length_add_their_sets_and_others_their_sums() -> None:
    assert together(Done(3, 10), Done(2, 10), "repetitions") == Done(5, 10)
    assert together(Done(2, 10), Done(2, 5), "repetitions") == Done(None, 30)


def test_what_is_not_counted_stays_where_both_goes_agree() -> None:
    assert together(Done(1, 10, 5), Done(1, 10, 5), "repetitions") == Done(2, 10, 5)
    assert together(Done(1, 10, 5), Done(1, 10), "repetitions") == Done(2, 10)
