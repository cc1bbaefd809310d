"""How much was done: amounts of one exercise and the weighted share of them all."""

import pytest

from adherence.commands import Entered
from adherence.completion import amount, together, told_in_full
from adherence.events import Done, Prescribed
from tests.unit.adherence.facts import (
    BRIDGE,
    CALF,
    MONDAY,
    WALK,
    asks,
    days,
    entered,
    logged,
    logs,
    program,
    session_of,
)

TEN = Prescribed(3, 10, None, None, 1)


def share_of(dose: dict[str, object], done: Done) -> float:
    diary, _ = logged(program(asks(**dose)), logs(MONDAY, Entered(BRIDGE, done)))
    return session_of(diary).completion


@pytest.mark.parametrize(
    ("dose", "done", "share"),
    [
        ({"sets": 3, "repetitions": 10}, Done(3, 10), 1.0),
        ({"sets": 3, "repetitions": 10}, Done(2, 5), 0.3333),
        ({"sets": 3, "repetitions": 10}, Done(5, 20), 1.0),
        ({"sets": 3, "repetitions": 10}, Done(repetitions=15), 0.5),
        ({"sets": 3, "repetitions": 10}, Done(sets=2), 0.6667),
        ({"repetitions": 10}, Done(repetitions=10), 1.0),
        ({"minutes": 20.0}, Done(minutes=5.0), 0.25),
        ({"sets": 4, "hold_seconds": 30}, Done(4, hold_seconds=15), 0.5),
        ({"sets": 3, "repetitions": 10, "hold_seconds": 5}, Done(3, 10, 1), 1.0),
        ({"sets": 3, "repetitions": 10, "times_per_day": 2}, Done(3, 10), 0.5),
    ],
)
def test_a_share_is_of_the_days_dose_and_never_more_than_all_of_it(
    dose: dict[str, object], done: Done, share: float
) -> None:
    assert share_of(dose, done) == share


def test_sets_alone_were_of_the_prescribed_length() -> None:
    assert told_in_full(Done(sets=2), TEN) == Done(2, 10)


def test_an_amount_alone_is_the_sum_of_the_day() -> None:
    assert told_in_full(Done(repetitions=12), TEN) == Done(repetitions=12)


def test_neither_sets_nor_amount_is_nothing_to_count() -> None:
    assert told_in_full(Done(load_kg=3.0), TEN) is None


def test_goes_of_one_length_add_their_sets() -> None:
    assert together(Done(3, 10, load_kg=2.0), Done(2, 10), "repetitions") == Done(
        5, 10, load_kg=2.0
    )


def test_goes_of_other_lengths_lose_nothing() -> None:
    both = together(Done(2, 10), Done(2, 5), "repetitions")

    assert both == Done(None, 30)
    assert amount(both, "repetitions") == 30


def test_what_is_not_counted_stays_where_both_goes_agree() -> None:
    agreed = together(Done(1, 10, 5), Done(1, 10, 5), "repetitions")
    differing = together(Done(1, 10, 5), Done(1, 10), "repetitions")

    assert agreed == Done(2, 10, 5)
    assert differing == Done(2, 10)


def test_an_exercise_that_matters_more_weighs_more() -> None:
    found = program(asks(BRIDGE, priority=1), asks(WALK, priority=3))

    first, _ = logged(found, logs(MONDAY, entered(BRIDGE)))
    last, _ = logged(found, logs(MONDAY, entered(WALK)))

    assert (session_of(first).completion, session_of(last).completion) == (0.75, 0.25)


def test_exercises_on_chosen_days_are_asked_for_together_once_one_of_them_was_done() -> None:
    found = program(
        asks(BRIDGE, days_per_week=3), asks(CALF, days_per_week=3), asks(WALK, days_per_week=7)
    )

    walked, _ = logged(found, logs(MONDAY, entered(WALK)))
    bridged, _ = logged(found, logs(MONDAY, entered(WALK), entered(BRIDGE)))

    assert session_of(walked).completion == 1
    assert session_of(bridged).completion == 0.6667


def test_chosen_days_that_can_be_put_off_no_longer_are_asked_for() -> None:
    found = program(asks(BRIDGE, days_per_week=6), asks(WALK, days_per_week=7))
    dates = days(3)

    diary, _ = logged(found, *(logs(day, entered(WALK)) for day in dates))

    assert [session_of(diary, day).completion for day in dates] == [1, 0.5, 0.5]
