"""What a revision changed, exercise by exercise."""

from reporting.changes import Change, changes
from tests.unit.reporting.diary import BRIDGE, WALK, asks


def test_only_the_doses_that_differ_are_changes() -> None:
    more = asks(repetitions=12, sets=3)

    assert changes([asks(), asks(WALK)], [more, asks(WALK)]) == [
        Change(BRIDGE, asks()["dose"], more["dose"])
    ]


def test_an_exercise_may_come_or_go() -> None:
    assert changes([asks()], [asks(WALK)]) == [
        Change(WALK, None, asks(WALK)["dose"]),
        Change(BRIDGE, asks()["dose"], None),
    ]


def test_nothing_changed_is_no_change() -> None:
    assert changes([asks()], [asks(priority=2)]) == []
