"""What may be prescribed, how it may change, when it ends."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prescription.commands import AskedExercise, AskedPhase, EndProgram
from prescription.events import ProgramEnded, ProgramPrescribed, ProgramRevised
from prescription.patient import Patient
from prescription.program import (
    NothingChanges,
    Program,
    ProgramImpossible,
    ProgramOver,
    end,
    evolve,
    prescribe,
    revise,
)
from prescription.rules import rules
from shared.errors import Invalid, NotFound
from tests.unit.prescription.asked import (
    ANA,
    BEGIN,
    DESK,
    DOSE,
    PRESCRIBE,
    REVISE,
    SIT,
    keep,
    pointers,
    prescribed,
)

END = EndProgram("p", 1, date(2026, 9, 20), "goals_met")
BRIDGE = AskedExercise("bridge", DOSE, 2, None)


def test_a_prescription_is_the_first_revision_and_holds_no_words() -> None:
    (event,) = prescribe(PRESCRIBE, DESK, keep)

    assert isinstance(event, ProgramPrescribed)
    assert (event.revision, event.effective, event.site) == (1, PRESCRIBE.start, "north")
    assert (event.title, event.goals) == ("id of Stronger legs", ("id of Climb the stairs",))
    assert event.phase.name == "id of Begin"
    assert event.exercises[0].instructions == "id of Hold on to the table."


@pytest.mark.parametrize(
    ("other", "pointer"),
    [
        ({"end": date(2026, 9, 6)}, "/end"),
        ({"end": date(2036, 9, 6)}, "/end"),
        ({"start": date(1926, 9, 7), "end": None}, "/start"),
        ({"start": date(2126, 9, 7), "end": None}, "/start"),
        ({"phase": AskedPhase(0, "Begin")}, "/phase/number"),
        ({"exercises": ()}, "/exercises"),
        ({"exercises": (BRIDGE,) * 31}, "/exercises"),
        ({"exercises": (replace(SIT, exercise="juggling"),)}, "/exercises/0/exercise"),
        ({"exercises": (SIT, BRIDGE, SIT)}, "/exercises/2/exercise"),
        ({"exercises": (replace(SIT, priority=4),)}, "/exercises/0/priority"),
        (
            {"exercises": (BRIDGE, replace(SIT, dose=replace(DOSE, sets=0)))},
            "/exercises/1/dose/sets",
        ),
    ],
)
def test_what_cannot_be_prescribed_is_named(other: dict[str, Any], pointer: str) -> None:
    with pytest.raises(ProgramImpossible) as refused:
        prescribe(replace(PRESCRIBE, **other), DESK, keep)

    assert pointers(refused) == [pointer]


@pytest.mark.parametrize("nobody", [Patient(), Patient(ANA, erased=True)])
def test_nothing_is_prescribed_to_nobody(nobody: Patient) -> None:
    with pytest.raises(ProgramImpossible) as refused:
        prescribe(PRESCRIBE, replace(DESK, patient=nobody), keep)

    assert pointers(refused) == ["/patient"]


def test_a_revision_is_all_of_the_program_from_its_date_on() -> None:
    (event,) = revise(prescribed(), REVISE, DESK, keep)

    assert isinstance(event, ProgramRevised)
    assert (event.revision, event.effective) == (2, date(2026, 9, 14))
    assert (event.reason, event.note) == ("progressed", "id of No pain.")
    assert event.exercises[0].dose.repetitions == 12


@pytest.mark.parametrize(
    ("other", "pointer"),
    [
        ({"reason": "boredom"}, "/reason"),
        ({"effective": date(2026, 9, 6)}, "/effective"),
        ({"effective": date(2026, 10, 19)}, "/effective"),
        ({"end": date(2026, 9, 6)}, "/end"),
        ({"exercises": (replace(SIT, exercise="juggling"),)}, "/exercises/0/exercise"),
    ],
)
def test_what_cannot_be_revised_is_named(other: dict[str, Any], pointer: str) -> None:
    with pytest.raises(ProgramImpossible) as refused:
        revise(prescribed(), replace(REVISE, **other), DESK, keep)

    assert pointers(refused) == [pointer]


def test_a_revision_that_changes_nothing_is_refused() -> None:
    same = replace(REVISE, exercises=PRESCRIBE.exercises)

    with pytest.raises(NothingChanges) as refused:
        revise(prescribed(), same, DESK, keep)

    assert pointers(refused) == ["/exercises"]


@pytest.mark.parametrize(
    "other",
    [
        {"end": None},
        {"phase": AskedPhase(2, "Load")},
        {"exercises": (replace(SIT, instructions="Let go of the table."),)},
        {"exercises": (replace(SIT, priority=2),)},
    ],
)
def test_each_part_of_a_program_can_change_alone(other: dict[str, Any]) -> None:
    same = replace(REVISE, exercises=PRESCRIBE.exercises)

    assert len(revise(prescribed(), replace(same, **other), DESK, keep)) == 1


def test_a_revision_can_be_brought_forward() -> None:
    (event,) = revise(prescribed(), REVISE, DESK, keep)
    revised = evolve(prescribed(), event)

    earlier = replace(REVISE, effective=date(2026, 9, 10))
    assert len(revise(revised, earlier, DESK, keep)) == 1
    with pytest.raises(NothingChanges):
        revise(revised, replace(REVISE, effective=date(2026, 9, 20)), DESK, keep)


def test_an_end_names_the_last_date_and_why() -> None:
    assert end(prescribed(), END, rules()) == [
        ProgramEnded("p", "ana", date(2026, 9, 20), "goals_met")
    ]


@pytest.mark.parametrize(
    ("other", "pointer"),
    [
        ({"date": date(2026, 9, 6)}, "/date"),
        ({"date": date(2026, 10, 19)}, "/date"),
        ({"reason": "boredom"}, "/reason"),
    ],
)
def test_what_cannot_end_a_program_is_named(other: dict[str, Any], pointer: str) -> None:
    with pytest.raises(ProgramImpossible) as refused:
        end(prescribed(), replace(END, **other), rules())

    assert pointers(refused) == [pointer]


def test_an_ended_program_neither_changes_nor_ends_again() -> None:
    (event,) = end(prescribed(), END, rules())
    over = evolve(prescribed(), event)

    with pytest.raises(ProgramOver):
        revise(over, REVISE, DESK, keep)
    with pytest.raises(ProgramOver):
        end(over, END, rules())


def test_what_is_not_there_neither_changes_nor_ends() -> None:
    with pytest.raises(NotFound):
        revise(Program(), REVISE, DESK, keep)
    with pytest.raises(NotFound):
        end(Program(), END, rules())


REVISIONS = st.builds(
    lambda days, repetitions, phase, last: replace(
        REVISE,
        effective=PRESCRIBE.start + timedelta(days=days),
        end=last and PRESCRIBE.start + timedelta(days=last),
        phase=replace(BEGIN, number=phase),
        exercises=(replace(SIT, dose=replace(DOSE, repetitions=repetitions)),),
    ),
    st.integers(-5, 60),
    st.integers(0, 4),
    st.integers(1, 2),
    st.none() | st.integers(1, 60),
)


@given(st.lists(REVISIONS, max_size=12))
def test_every_revision_that_was_accepted_is_kept_as_it_was(asked: list[Any]) -> None:
    program, accepted = prescribed(), []
    for command in asked:
        try:
            (event,) = revise(program, command, DESK, keep)
        except Invalid:
            continue
        program = evolve(program, event)
        accepted.append(event)

    assert list(program.revisions[1:]) == accepted
    assert [found.revision for found in program.revisions] == list(range(1, len(accepted) + 2))
    for before, after in zip(program.revisions, program.revisions[1:], strict=False):
        content = [(each.end, each.phase, each.exercises) for each in (before, after)]
        assert content[0] != content[1] or after.effective < before.effective
