"""The steps of an exercise with a timer."""

from typing import Any

from adherence.follow import Step, steps
from adherence.rules import rules
from tests.unit.adherence.facts import asks

RULES = rules().follow


def kinds(**dose: Any) -> list[tuple[str, int, str | None]]:
    return [(step.kind, step.set, step.side) for step in steps(asks(**dose)["dose"], RULES)]


def test_a_rest_stands_between_sets_and_not_after_the_last() -> None:
    assert kinds(sets=2) == [
        ("ready", 1, None),
        ("move", 1, None),
        ("rest", 2, None),
        ("move", 2, None),
    ]


def test_each_side_has_its_turn_in_every_set() -> None:
    assert kinds(sets=2, side="each") == [
        ("ready", 1, "right"),
        ("move", 1, "right"),
        ("switch", 1, "left"),
        ("move", 1, "left"),
        ("rest", 2, "right"),
        ("move", 2, "right"),
        ("switch", 2, "left"),
        ("move", 2, "left"),
    ]


def test_both_sides_at_once_take_no_turns() -> None:
    assert [side for _, _, side in kinds(sets=1, side="both")] == [None, None]


def test_the_doses_own_rest_and_tempo_stand_before_the_rules() -> None:
    dose = asks(sets=2, repetitions=10, rest_seconds=90, tempo="3-1-3", hold_seconds=None)["dose"]

    found = steps(dose, RULES)

    assert found[2] == Step("rest", 2, None, 90)
    assert found[1] == Step("move", 1, None, 7.0, 10)


def test_without_a_tempo_the_figure_says_how_long_a_repetition_takes() -> None:
    assert steps(asks(sets=1, repetitions=10, hold_seconds=5)["dose"], RULES)[1] == Step(
        "move", 1, None, None, 10, 5
    )


def test_a_hold_alone_is_one_repetition() -> None:
    dose = asks(sets=1, repetitions=None, hold_seconds=30)["dose"]

    assert steps(dose, RULES)[1] == Step("move", 1, None, None, 1, 30)


def test_minutes_are_seconds_of_it() -> None:
    dose = asks(sets=None, repetitions=None, minutes=1.5)["dose"]

    assert steps(dose, RULES) == (
        Step("ready", 1, None, RULES.ready_seconds),
        Step("time", 1, None, 90),
    )
