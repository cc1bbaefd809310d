"""What holds of every program and every order of telling, shown on invented ones."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from adherence.commands import Entered
from adherence.events import Done
from adherence.milestone import reached
from adherence.rules import rules
from adherence.signals.events import DoseProposed, PainFlagged
from adherence.streak import runs
from shared.schedule import Program
from tests.unit.adherence.facts import (
    BRIDGE,
    CALF,
    DAY,
    MONDAY,
    WALK,
    asks,
    corrects,
    days,
    done,
    entered,
    evening,
    logged,
    logs,
    milestones,
    program,
    revised,
    session_of,
)

SPAN = 30
# Rules are judged here, not how busy the machine is that judges them.
unhurried = settings(deadline=None)
OFTEN = st.one_of(
    st.integers(1, 7).map(lambda often: {"days_per_week": often}),
    st.sets(st.integers(1, 7), min_size=1).map(lambda days: {"weekdays": sorted(days)}),
)
# Tuesdays, and any three days: a miss on Tuesday must not spend one of the three.
MIXED = program(asks(BRIDGE, weekdays=[2]), asks(CALF, days_per_week=3))
AMOUNTS = st.tuples(st.integers(1, 6), st.integers(1, 30))


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Up to two exercises, each as often as it likes, once revised at most, with or without end."""

    def exercises() -> list[dict[str, object]]:
        rows = zip((BRIDGE, CALF), draw(st.lists(OFTEN, min_size=1, max_size=2)), strict=False)
        return [asks(exercise, **often) for exercise, often in rows]

    last = draw(st.none() | st.integers(0, SPAN).map(lambda ahead: MONDAY + DAY * ahead))
    change = draw(st.none() | st.integers(1, SPAN).map(lambda ahead: MONDAY + DAY * ahead))
    later = [revised(*exercises(), effective=change, end=last)] if change else []
    return program(*exercises(), revisions=later, end=last)


@st.composite
def practised(draw: st.DrawFn) -> tuple[Program, list[date]]:
    """A program and dates of it, in some order."""
    found = draw(programs())
    covered = [day for day in days(SPAN) if found.covers(day)]
    return found, draw(st.lists(st.sampled_from(covered), unique=True, max_size=SPAN))


@unhurried
@given(practised())
@example((MIXED, [MONDAY + DAY * number for number in (2, 3, 4, 0)]))
def test_any_order_of_telling_the_same_dates_reaches_the_same_milestones(
    practice: tuple[Program, list[date]],
) -> None:
    found, told = practice
    now = evening(MONDAY + DAY * SPAN)

    def tell(order: list[date]) -> list[tuple[str, int]]:
        commands = (logs(day, device_now=now) for day in order)
        return milestones(logged(found, *commands, now=now)[1])

    in_order, as_told = tell(sorted(told)), tell(told)

    assert set(as_told) == set(in_order)
    assert len(as_told) == len(set(as_told))


@unhurried
@given(
    st.lists(
        st.tuples(
            st.integers(0, 9), st.none() | st.integers(0, 10), st.none() | st.integers(0, 10)
        ),
        max_size=14,
    ),
    st.data(),
)
def test_any_order_of_telling_flags_the_same_dates_and_each_signal_once(
    answers: list[tuple[int, int | None, int | None]], data: st.DataObject
) -> None:
    now = evening(MONDAY + DAY * SPAN)
    told = [
        logs(MONDAY + DAY * ahead, pain=pain, effort=effort, device_now=now)
        for ahead, pain, effort in answers
    ]

    _, first = logged(program(), *told)
    _, second = logged(program(), *data.draw(st.permutations(told)))

    for events in (first, second):
        flags = [one.session for one in events if isinstance(one, PainFlagged)]
        proposals = [one.proposal for one in events if isinstance(one, DoseProposed)]
        assert len(flags) == len(set(flags))
        assert len(proposals) == len(set(proposals))
    assert {one.session for one in first if isinstance(one, PainFlagged)} == {
        one.session for one in second if isinstance(one, PainFlagged)
    }


@unhurried
@given(practised(), st.integers(0, SPAN))
def test_one_session_more_takes_nothing_away(
    practice: tuple[Program, list[date]], ahead: int
) -> None:
    found, told = practice
    more = MONDAY + timedelta(days=ahead)
    assume(found.covers(more))

    def kinds(dates: set[date]) -> set[tuple[str, int]]:
        return {(one.milestone, one.count) for one in reached(found, dates, rules())}

    assert kinds(set(told)) <= kinds({*told, more})


@unhurried
@given(practised())
def test_a_streak_grows_by_one_or_breaks(practice: tuple[Program, list[date]]) -> None:
    found, told = practice
    until = max(told, default=MONDAY)

    lengths = [0, *(run for _, run in runs(found, set(told), until))]

    for before, run in pairwise(lengths):
        assert run in {before, before + 1, 0}
    assert max(lengths) <= len(told)


@unhurried
@given(st.lists(st.tuples(st.sampled_from([BRIDGE, CALF, WALK]), AMOUNTS), min_size=1, max_size=8))
def test_completion_is_a_share_and_grows_with_what_is_done(
    goes: list[tuple[str, tuple[int, int]]],
) -> None:
    found = program(asks(BRIDGE, times_per_day=2), asks(CALF, priority=3), asks(WALK, minutes=20))
    told = [
        logs(MONDAY, entered(exercise, sets, None if exercise == WALK else repetitions))
        for exercise, (sets, repetitions) in goes
    ]

    diary, events = logged(found, *told)

    shares = [event.completion for event in events if hasattr(event, "completion")]
    assert shares == sorted(shares)
    assert shares[0] > 0
    assert session_of(diary).completion <= 1
    assert session_of(diary).partial == (session_of(diary).completion < 1)


@unhurried
@given(practised(), AMOUNTS)
def test_a_correction_that_says_the_same_changes_nothing(
    practice: tuple[Program, list[date]], amount: tuple[int, int]
) -> None:
    found, told = practice
    assume(told)
    before, _ = done(found, *told[:-1])
    day = told[-1]
    entry = entered(BRIDGE, *amount)

    first, _ = logged(found, *(logs(each) for each in told[:-1]), logs(day, entry))
    again, events = logged(
        found, *(logs(each) for each in told[:-1]), logs(day, entry), corrects(day, entry)
    )

    assert day not in before.sessions
    assert session_of(again, day).completion == session_of(first, day).completion
    assert session_of(again, day).entries == session_of(first, day).entries
    assert again.milestones == first.milestones
    assert len(milestones(events)) == len(again.milestones)


@unhurried
@given(
    st.lists(st.builds(Done, st.none() | st.integers(1, 20), st.integers(1, 60)), min_size=1),
    st.integers(1, 3),
    st.data(),
)
def test_any_order_of_goes_is_the_same_completion(
    goes: list[Done], times: int, data: st.DataObject
) -> None:
    found = program(asks(times_per_day=times))
    shuffled = data.draw(st.permutations(goes))

    first, _ = logged(found, *(logs(MONDAY, Entered(BRIDGE, go)) for go in goes))
    second, _ = logged(found, *(logs(MONDAY, Entered(BRIDGE, go)) for go in shuffled))

    assert session_of(first).completion == session_of(second).completion


@unhurried
@given(st.lists(st.builds(Done, st.none() | st.integers(1, 20), st.integers(1, 60)), min_size=1))
def test_a_session_corrected_to_what_it_holds_stays_what_it_is(goes: list[Done]) -> None:
    told = [logs(MONDAY, Entered(BRIDGE, go)) for go in goes]
    before, _ = logged(program(), *told)
    same = [Entered(entry.exercise, entry.done) for entry in session_of(before).entries]

    after, _ = logged(program(), *told, corrects(MONDAY, *same))

    assert session_of(after).entries == session_of(before).entries
    assert session_of(after).completion == session_of(before).completion
