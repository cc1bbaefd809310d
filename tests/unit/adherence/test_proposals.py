"""Which dose is proposed, on which sessions, and when none is."""

from collections.abc import Sequence
from typing import Any

import pytest

from adherence.commands import ANSWERS, AmendSession, Entered, LogSession
from adherence.diary import Decided, Diary
from adherence.events import Done
from adherence.rules import rules
from adherence.signals import doses
from adherence.signals.commands import SettleProposal
from adherence.signals.events import DoseProposed
from adherence.signals.settling import AlreadySettled, settle
from shared.schedule import Program
from tests.unit.adherence.facts import (
    BRIDGE,
    CALF,
    DAY,
    MONDAY,
    PROGRAM,
    after,
    asks,
    corrects,
    entered,
    evening,
    logged,
    logs,
    program,
    revised,
)

SIGNALS = rules().signals
DAILY = program()
TWO = program(asks(BRIDGE), asks(CALF))
FIRST, SECOND, THIRD, FOURTH, FIFTH = (MONDAY + DAY * number for number in range(5))
MORE = entered(sets=3, repetitions=12)
CALM: dict[str, Any] = {"pain": 2, "effort": 5}


def proposed(events: Decided) -> list[DoseProposed]:
    return [one for one in events if isinstance(one, DoseProposed)]


def more(*days: Any, **answers: Any) -> list[LogSession]:
    """Return sessions with two repetitions more than asked for, pain and effort low."""
    return [logs(day, MORE, **CALM | answers) for day in days]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (more(FIRST), 0),
        (more(FIRST, SECOND), 1),
        (more(FIRST, THIRD), 1),
        ([*more(FIRST), logs(SECOND, **CALM), *more(THIRD)], 0),
        # One repetition more is not two, and a set short is no whole session.
        ([logs(day, entered(repetitions=11), **CALM) for day in (FIRST, SECOND)], 0),
        ([logs(day, entered(sets=2, repetitions=15), **CALM) for day in (FIRST, SECOND)], 0),
        # Told as one sum, all sets have to hold it: the last one cannot be seen.
        ([logs(day, Entered(BRIDGE, Done(None, 36)), **CALM) for day in (FIRST, SECOND)], 1),
        ([logs(day, Entered(BRIDGE, Done(None, 35)), **CALM) for day in (FIRST, SECOND)], 0),
        # The gates: pain and effort told, and low, in both.
        (more(FIRST, SECOND, pain=SIGNALS.pain.green), 1),
        (more(FIRST, SECOND, pain=SIGNALS.pain.green + 1), 0),
        (more(FIRST, SECOND, pain=None), 0),
        (more(FIRST, SECOND, effort=SIGNALS.progress.effort + 1), 0),
        (more(FIRST, SECOND, effort=None), 0),
        ([*more(FIRST, pain=4), *more(SECOND)], 0),
        # Several goes at it on one date are one session.
        ([*more(FIRST), logs(FIRST, entered(sets=1))], 0),
        # An amendment may complete it or take it away.
        ([*more(FIRST), logs(SECOND, **CALM), corrects(SECOND, MORE, **CALM)], 1),
        ([*more(FIRST), corrects(FIRST, entered()), *more(SECOND)], 0),
        # Sessions of long ago say nothing of today.
        (more(FIRST, SECOND, device_now=evening(MONDAY + DAY * 40)), 0),
    ],
)
def test_two_for_two_proposes_more(
    told: Sequence[LogSession | AmendSession], expected: int
) -> None:
    _, events = logged(DAILY, *told)

    assert [(one.move, one.reason) for one in proposed(events)] == [
        ("progress", "two_for_two")
    ] * expected


def test_a_proposal_names_the_dose_and_the_sessions_that_it_rests_on() -> None:
    _, events = logged(DAILY, *more(FIRST, SECOND))

    (found,) = proposed(events)
    (change,) = found.exercises
    assert (change.exercise, change.measure, change.before, change.after) == (
        BRIDGE,
        "repetitions",
        10,
        12,
    )
    assert change.dose == asks()["dose"] | {"repetitions": 12}
    assert found.sessions == (FIRST.isoformat(), SECOND.isoformat())
    assert (found.pain, found.effort, found.revision) == (2, 5, 1)
    assert found.rule == SIGNALS.versions["progress"]


def test_the_effort_that_the_dose_asks_for_is_its_own_gate() -> None:
    gentle = program(asks(effort=3, repetitions=10, sets=3))

    assert proposed(logged(gentle, *more(FIRST, SECOND, effort=4))[1]) == []
    assert len(proposed(logged(gentle, *more(FIRST, SECOND, effort=3))[1])) == 1


def test_pain_in_a_session_between_stops_more() -> None:
    other = logs(SECOND, Entered(CALF, Done(3, 10)), pain=4, effort=4)

    _, events = logged(TWO, *more(FIRST), other, *more(THIRD))

    assert proposed(events) == []


def test_a_hard_morning_after_stops_more() -> None:
    morning = corrects(
        FIRST, next_morning=4, device_now=evening(SECOND), kept=ANSWERS - {"next_morning"}
    )

    _, events = logged(DAILY, *more(FIRST), morning, *more(SECOND))

    assert proposed(events) == []


def test_an_open_proposal_is_not_repeated_and_a_late_log_adds_none() -> None:
    _, events = logged(DAILY, *more(FIRST, SECOND, THIRD, FOURTH), corrects(SECOND, MORE, **CALM))
    _, late = logged(DAILY, *more(SECOND, THIRD), *more(FIRST, device_now=evening(FOURTH)))

    assert len(proposed(events)) == len(proposed(late)) == 1


def settled(diary: Diary, found: DoseProposed, outcome: Any) -> Diary:
    return after(diary, [*settle(diary, SettleProposal(PROGRAM, found.proposal, outcome))])  # type: ignore[list-item]


def test_a_declined_proposal_needs_sessions_that_are_all_new() -> None:
    diary, events = logged(DAILY, *more(FIRST, SECOND))
    (first,) = proposed(events)
    declined = settled(diary, first, "declined")

    again, same = logged(DAILY, corrects(SECOND, MORE, **CALM), before=declined)
    once, overlapping = logged(DAILY, *more(THIRD), before=again)
    _, new = logged(DAILY, *more(FOURTH), before=once)

    assert proposed(same) == proposed(overlapping) == []
    (second,) = proposed(new)
    assert second.sessions == (THIRD.isoformat(), FOURTH.isoformat())
    assert second.proposal != first.proposal


def test_what_was_settled_or_replaced_is_not_settled_again() -> None:
    diary, events = logged(DAILY, *more(FIRST, SECOND))
    (found,) = proposed(events)
    over = settled(diary, found, "accepted")

    for state, proposal in ((over, found.proposal), (diary, "f" * 32)):
        with pytest.raises(AlreadySettled):
            settle(state, SettleProposal(PROGRAM, proposal, "declined"))


def test_after_a_revision_only_its_own_sessions_count() -> None:
    found = program(revisions=[revised(asks(repetitions=12, sets=3), effective=THIRD)])
    further = entered(sets=3, repetitions=14)
    told = [logs(day, further, revision=2, **CALM) for day in (THIRD, FOURTH)]

    _, before = logged(found, *more(FIRST, SECOND))
    _, events = logged(found, *more(SECOND), *told)

    assert proposed(before) == []
    (change,) = (one.exercises[0] for one in proposed(events))
    assert (change.before, change.after) == (12, 14)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([logs(FIRST, entered(BRIDGE), entered(CALF), pain=5)], []),
        ([logs(FIRST, entered(BRIDGE), entered(CALF), pain=6)], [[BRIDGE, CALF]]),
        # What was left out for pain is what hurts.
        ([logs(FIRST, Entered(BRIDGE, skipped="pain"), entered(CALF), pain=6)], [[BRIDGE]]),
        ([logs(FIRST, entered(CALF), pain=8), corrects(FIRST, pain=9)], [[CALF]]),
        # Nothing is stacked while the therapist has not decided.
        ([logs(day, entered(CALF), pain=8) for day in (FIRST, SECOND)], [[CALF]]),
        ([logs(FIRST, entered(CALF), pain=8, device_now=evening(MONDAY + DAY * 40))], []),
    ],
)
def test_pain_above_the_zone_proposes_a_step_back(
    told: Sequence[LogSession | AmendSession], expected: list[list[str]]
) -> None:
    _, events = logged(TWO, *told)

    found = proposed(events)
    assert [[change.exercise for change in one.exercises] for one in found] == expected
    assert {(one.move, one.reason) for one in found} <= {("step_back", "pain")}
    assert all(change.after < change.before for one in found for change in one.exercises)


def test_a_declined_step_back_comes_again_with_new_pain_and_no_sooner() -> None:
    diary, events = logged(DAILY, logs(FIRST, pain=8))
    (first,) = proposed(events)
    declined = settled(diary, first, "declined")

    same, again = logged(DAILY, corrects(FIRST, pain=10), before=declined)
    _, new = logged(DAILY, logs(SECOND, pain=8), before=same)

    assert proposed(again) == []
    assert [one.sessions for one in proposed(new)] == [(SECOND.isoformat(),)]


@pytest.mark.parametrize(
    ("efforts", "expected"), [([8, 8], 0), ([8, 7, 8], 0), ([8, None, 8], 0), ([8, 9, 10], 1)]
)
def test_high_effort_in_sessions_in_a_row_proposes_less_of_everything(
    efforts: list[int | None], expected: int
) -> None:
    told = [logs(MONDAY + DAY * n, effort=effort) for n, effort in enumerate(efforts)]

    _, events = logged(TWO, *told)

    found = proposed(events)
    assert [(one.move, one.reason, one.effort) for one in found] == [
        ("deload", "effort", 10)
    ] * expected
    assert [[change.exercise for change in one.exercises] for one in found] == [
        [BRIDGE, CALF]
    ] * expected


def test_while_less_is_open_no_more_is_proposed() -> None:
    diary, _ = logged(DAILY, logs(FIRST, pain=8))

    _, events = logged(DAILY, *more(SECOND, THIRD), before=diary)

    assert proposed(events) == []


def exercise(**dose: Any) -> Any:
    found: Program = program(asks(**dose))
    return found.revisions[0].exercises[0]


@pytest.mark.parametrize(
    ("dose", "measure", "after"),
    [
        ({"load_kg": 10, "repetitions": 10, "sets": 3}, "load_kg", 10.5),
        ({"load_kg": 40, "repetitions": 10, "sets": 3}, "load_kg", 42),
        # Half a kilogram would be more than a tenth of four.
        ({"load_kg": 4, "repetitions": 10, "sets": 3}, "repetitions", 12),
        ({"repetitions": 10, "sets": 3}, "repetitions", 12),
        ({"repetitions": 14, "sets": 3}, "sets", 4),
        ({"repetitions": 15}, "sets", 2),
        ({"repetitions": 15, "sets": 4}, None, None),
    ],
)
def test_a_dose_grows_by_load_then_repetitions_then_sets(
    dose: dict[str, Any], measure: str | None, after: float | None
) -> None:
    found = doses.grown(exercise(**dose), SIGNALS.progress)

    assert (found and found.measure, found and found.after) == (measure, after)


@pytest.mark.parametrize("load", [value / 2 for value in range(1, 400)])
def test_no_load_grows_by_more_than_the_rule_allows(load: float) -> None:
    found = doses.grown(exercise(load_kg=load, repetitions=10, sets=3), SIGNALS.progress)

    assert found is not None
    if found.measure == "load_kg":
        low, high = SIGNALS.progress.load_range
        assert low <= found.after / load - 1 <= high + 1e-9


@pytest.mark.parametrize(
    ("dose", "measure", "after"),
    [
        ({"repetitions": 10, "sets": 3}, "sets", 2),
        ({"repetitions": 10, "sets": 2}, "sets", 1),
        ({"repetitions": 10, "sets": 5}, "sets", 3),
        ({"repetitions": 10, "sets": 1}, "repetitions", 7),
        ({"hold_seconds": 30}, "hold_seconds", 20),
        ({"minutes": 20}, "minutes", 13.5),
        ({"minutes": 0.5}, None, None),
        ({"repetitions": 1}, None, None),
    ],
)
def test_a_dose_is_reduced_by_sets_then_by_amount(
    dose: dict[str, Any], measure: str | None, after: float | None
) -> None:
    found = doses.reduced(exercise(**dose), SIGNALS.reduce)

    assert (found and found.measure, found and found.after) == (measure, after)
