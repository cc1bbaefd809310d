"""What holds for any program and any order of telling."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adherence.commands import Entered
from adherence.events import Done, SessionLogged
from tests.unit.adherence.facts import (
    BRIDGE,
    CALF,
    DAY,
    MONDAY,
    WALK,
    asks,
    corrects,
    evening,
    logged,
    logs,
    program,
    session_of,
)

DAYS = [MONDAY + DAY * number for number in range(21)]
LATE = evening(DAYS[-1] + DAY)
often = st.one_of(
    st.integers(1, 7).map(lambda number: {"days_per_week": number}),
    st.sets(st.integers(1, 7), min_size=1).map(lambda found: {"weekdays": sorted(found)}),
)
programs = st.lists(often, min_size=1, max_size=3).map(
    lambda doses: program(
        *(
            asks(exercise, **dose)
            for exercise, dose in zip((BRIDGE, WALK, CALF), doses, strict=False)
        )
    )
)
amounts = st.builds(
    Done,
    sets=st.one_of(st.none(), st.integers(1, 20)),
    repetitions=st.integers(1, 60),
    hold_seconds=st.one_of(st.none(), st.integers(1, 60)),
)
goes = st.lists(amounts, min_size=1, max_size=4)


def told(days: list[date]) -> Any:
    return [logs(day, device_now=LATE) for day in days]


@given(programs, st.lists(st.sampled_from(DAYS), min_size=1, max_size=21, unique=True), st.data())
def test_any_order_of_telling_the_same_days_reaches_the_same_milestones(
    found: Any, days: list[date], data: Any
) -> None:
    shuffled = data.draw(st.permutations(days))

    in_order, _ = logged(found, *told(sorted(days)), now=LATE)
    as_told, events = logged(found, *told(shuffled), now=LATE)

    assert as_told.milestones == in_order.milestones
    reached = [event for event in events if not isinstance(event, SessionLogged)]
    assert len(reached) == len(as_told.milestones)


@given(goes, st.integers(1, 3), st.data())
def test_any_order_of_goes_is_the_same_completion_between_nothing_and_all(
    found: list[Done], times: int, data: Any
) -> None:
    asked = program(asks(times_per_day=times))
    shuffled = data.draw(st.permutations(found))

    first, _ = logged(asked, *(logs(MONDAY, Entered(BRIDGE, go)) for go in found))
    second, _ = logged(asked, *(logs(MONDAY, Entered(BRIDGE, go)) for go in shuffled))

    assert session_of(first).completion == session_of(second).completion
    assert 0 <= session_of(first).completion <= 1
    assert session_of(first).partial == (session_of(first).completion < 1)


@given(programs, goes)
def test_a_correction_that_says_the_same_changes_nothing(found: Any, done: list[Done]) -> None:
    before, _ = logged(found, *(logs(MONDAY, Entered(BRIDGE, go)) for go in done))
    session = session_of(before)
    same = (
        Entered(entry.exercise, entry.done, entry.skipped, entry.difficulty)
        for entry in session.entries
    )

    after, events = logged(
        found, *(logs(MONDAY, Entered(BRIDGE, go)) for go in done), corrects(MONDAY, *same)
    )

    again = session_of(after)
    assert (again.completion, again.entries, again.due) == (
        session.completion,
        session.entries,
        session.due,
    )
    assert after.milestones == before.milestones
    assert events[-1] == again
