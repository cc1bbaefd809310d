"""How a running program is steered: reviews, pauses, steps, phases, and what differs."""

from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prescription import dose
from prescription.course.commands import (
    ChangePhase,
    PauseProgram,
    ResumeProgram,
    ReviewProgram,
    StepExercise,
)
from prescription.course.difference import between
from prescription.course.events import ProgramPaused, ProgramResumed, ProgramReviewed
from prescription.course.rules import steering
from prescription.course.steer import (
    NotPaused,
    ProgramPausedAlready,
    change_phase,
    look,
    pause,
    resume,
    step,
)
from prescription.course.step import WAYS, steps
from prescription.events import Dose, ProgramRevised
from prescription.labels import CODES
from prescription.patient import Patient
from prescription.program import Program, ProgramImpossible, ProgramOver, evolve, revise
from prescription.rules import rules
from tests.unit.prescription.asked import (
    ANA,
    DESK,
    DOSE,
    PRESCRIBE,
    REVISE,
    keep,
    known,
    pointers,
    prescribed,
)

TODAY = DESK.today
MORE = StepExercise("p", 1, "sit", "more", "repetitions", None, None)
PAUSE = PauseProgram("p", 1, None, "illness", "A cold.")


def paused(**other: Any) -> Program:
    (event,) = pause(prescribed(), replace(PAUSE, **other), TODAY, keep)
    return evolve(prescribed(), event)


def revision(**other: Any) -> dict[str, Any]:
    exercise = {
        "exercise": "sit",
        "version": 1,
        "name": "Sit to stand",
        "dose": asdict(DOSE),
        "priority": 1,
        "instructions": None,
    }
    phase = {"number": 1, "name": "Begin"}
    whole = {"phase": phase, "end": None, "review": TODAY, "exercises": [exercise]}
    return whole | other


def test_a_program_is_looked_at_again_in_two_weeks_and_no_later_than_its_last_day() -> None:
    program = prescribed()

    assert program.review == TODAY + timedelta(days=14)
    (event,) = look(program, ReviewProgram("p", 1, None), PRESCRIBE.end or TODAY)
    assert isinstance(event, ProgramReviewed)
    assert event.review == PRESCRIBE.end


def test_a_program_that_says_nothing_of_reviews_has_one_all_the_same() -> None:
    first = replace(prescribed().revisions[0], review=None)

    assert evolve(Program(), first).review == date(2026, 9, 21)


def test_a_review_sets_the_next_one_and_a_revision_sets_it_anew() -> None:
    (looked,) = look(prescribed(), ReviewProgram("p", 1, date(2026, 10, 5)), TODAY)
    program = evolve(prescribed(), looked)
    (revised,) = revise(program, REVISE, DESK, keep)

    assert program.review == date(2026, 10, 5)
    assert evolve(program, revised).review == date(2026, 9, 28)


@pytest.mark.parametrize("day", [TODAY - timedelta(days=1), TODAY + timedelta(days=91)])
def test_a_review_is_neither_past_nor_far_away(day: date) -> None:
    with pytest.raises(ProgramImpossible) as refused:
        look(prescribed(), ReviewProgram("p", 1, day), TODAY)

    assert pointers(refused) == ["/review"]


def test_a_pause_holds_until_it_is_resumed() -> None:
    program = paused()
    (event,) = resume(program, ResumeProgram("p", 2, date(2026, 9, 14)), TODAY)

    assert program.paused == ProgramPaused("p", "ana", TODAY, "illness", "id of A cold.")
    assert event == ProgramResumed("p", "ana", date(2026, 9, 14))
    assert evolve(program, event).paused is None


@pytest.mark.parametrize(
    ("other", "pointer"),
    [
        ({"reason": "boredom"}, "/reason"),
        ({"date": date(2026, 9, 6)}, "/date"),
        ({"date": date(2026, 10, 19)}, "/date"),
    ],
)
def test_a_pause_that_cannot_be_is_told_by_field(other: dict[str, Any], pointer: str) -> None:
    with pytest.raises(ProgramImpossible) as refused:
        paused(**other)

    assert pointers(refused) == [pointer]


def test_a_date_far_ahead_is_a_slip_and_never_too_late_to_count() -> None:
    endless = replace(prescribed(), prescribed=replace(prescribed().revisions[0], end=None))
    far = date.max

    with pytest.raises(ProgramImpossible) as refused:
        pause(endless, replace(PAUSE, date=far), TODAY, keep)
    assert pointers(refused) == ["/date"]
    with pytest.raises(ProgramImpossible) as refused:
        resume(replace(endless, paused=paused().paused), ResumeProgram("p", 2, far), TODAY)
    assert pointers(refused) == ["/date"]
    (revised,) = revise(endless, replace(REVISE, effective=far, end=None), DESK, keep)
    assert evolve(endless, revised).review == far


def test_what_rests_is_not_paused_and_what_runs_is_not_resumed() -> None:
    with pytest.raises(ProgramPausedAlready):
        pause(paused(), PAUSE, TODAY, keep)
    with pytest.raises(NotPaused):
        resume(prescribed(), ResumeProgram("p", 1, None), TODAY)


def test_a_pause_is_not_resumed_before_it_begins() -> None:
    with pytest.raises(ProgramImpossible) as refused:
        resume(paused(date=date(2026, 9, 10)), ResumeProgram("p", 2, date(2026, 9, 9)), TODAY)

    assert pointers(refused) == ["/date"]


def test_a_step_is_a_revision_of_one_field_of_one_exercise_from_today_on() -> None:
    (event,) = step(prescribed(), MORE, DESK, keep)

    first = prescribed().revisions[0]
    assert isinstance(event, ProgramRevised)
    assert (event.revision, event.effective, event.reason) == (2, TODAY, "progressed")
    (moved,) = event.exercises
    assert moved == replace(first.exercises[0], dose=replace(DOSE, repetitions=12))
    assert (event.phase, event.end) == (first.phase, first.end)


def test_less_is_said_to_be_eased() -> None:
    (event,) = step(prescribed(), replace(MORE, step="less", field="sets"), DESK, keep)

    assert isinstance(event, ProgramRevised)
    assert (event.reason, event.exercises[0].dose.sets) == ("eased", 2)


def test_another_form_comes_with_its_own_dose_and_without_the_words_for_the_first() -> None:
    command = replace(MORE, step="harder", field=None, to="bridge")

    (event,) = step(prescribed(), command, DESK, keep)

    assert isinstance(event, ProgramRevised)
    (other,) = event.exercises
    assert (other.exercise, other.dose, other.instructions) == ("bridge", DOSE, None)


@pytest.mark.parametrize(
    ("other", "pointer"),
    [
        ({"exercise": "juggling"}, "/exercise"),
        ({"field": "load_kg"}, "/field"),
        ({"field": "effort"}, "/field"),
        ({"field": None}, "/field"),
        ({"step": "harder"}, "/to"),
        ({"step": "other", "to": "juggling"}, "/to"),
        ({"step": "other", "to": "sit"}, "/to"),
        ({"step": "other", "to": "gone"}, "/to"),
    ],
)
def test_a_step_that_cannot_be_is_told_by_field(other: dict[str, Any], pointer: str) -> None:
    shelf = replace(DESK.shelf, library={**DESK.shelf.library, "gone": GONE})

    with pytest.raises(ProgramImpossible) as refused:
        step(prescribed(), replace(MORE, **other), replace(DESK, shelf=shelf), keep)

    assert pointers(refused) == [pointer]


GONE = replace(known("gone"), retired=True)


def test_nothing_is_moved_of_an_ended_program_or_for_nobody() -> None:
    ended = replace(prescribed(), ended=object())  # type: ignore[arg-type]

    for decide in (
        lambda: step(ended, MORE, DESK, keep),
        lambda: look(ended, ReviewProgram("p", 1, None), TODAY),
        lambda: pause(ended, PAUSE, TODAY, keep),
    ):
        with pytest.raises(ProgramOver):
            decide()
    with pytest.raises(ProgramImpossible) as refused:
        step(prescribed(), MORE, replace(DESK, patient=Patient(ANA, erased=True)), keep)
    assert pointers(refused) == ["/patient"]


def test_a_later_phase_is_reached_by_completing_the_one_before() -> None:
    (onward,) = change_phase(prescribed(), ChangePhase("p", 1, 2, "Load", None), DESK, keep)
    (back,) = change_phase(
        evolve(prescribed(), onward), ChangePhase("p", 2, 1, "Calm", None), DESK, keep
    )

    assert isinstance(onward, ProgramRevised)
    assert isinstance(back, ProgramRevised)
    assert (onward.phase.number, onward.phase.name) == (2, "id of Load")
    assert (onward.reason, back.reason) == ("phase_completed", "eased")


@pytest.mark.parametrize("number", [0, 1, 21])
def test_a_phase_is_another_one(number: int) -> None:
    with pytest.raises(ProgramImpossible) as refused:
        change_phase(prescribed(), ChangePhase("p", 1, number, "Load", None), DESK, keep)

    assert pointers(refused) == ["/number"]


DOSES = st.builds(
    Dose,
    sets=st.none() | st.integers(1, 20),
    repetitions=st.integers(1, 500),
    hold_seconds=st.none() | st.integers(1, 600),
    minutes=st.none() | st.floats(0.5, 240),
    load_kg=st.none() | st.floats(0, 300),
    band=st.none() | st.sampled_from(rules().bands),
    side=st.none(),
    times_per_day=st.integers(1, 24),
    days_per_week=st.integers(1, 7),
    weekdays=st.just(()),
    effort=st.none(),
    rest_seconds=st.none(),
    tempo=st.none(),
)


@given(
    DOSES, st.sampled_from(["strength", "aerobic", "stretch", "balance"]), st.sampled_from([*WAYS])
)
def test_every_step_leads_to_a_dose_that_can_be(before: Dose, kind: str, way: str) -> None:
    for found in steps(before, kind, way, rules(), steering()):
        assert not [*dose.faults(found.dose, "", rules(), kind)]
        changed = {n for n, value in asdict(found.dose).items() if value != getattr(before, n)}
        assert changed == {found.field}
        assert found.field in steering().fields[kind]


def test_a_load_moves_by_five_percent_in_rungs_of_half_a_kilogram() -> None:
    for load, after in ((0.0, 0.5), (4.0, 4.5), (20.0, 21.0), (60.0, 63.0)):
        before = replace(DOSE, load_kg=load)
        found = {
            one.field: one.dose for one in steps(before, "strength", "more", rules(), steering())
        }

        assert found["load_kg"].load_kg == after


def test_every_code_and_kind_of_a_course_is_known() -> None:
    found = steering()

    assert set(found.paused) <= CODES.keys()
    assert found.fields.keys() == set(rules().kinds)
    assert all(
        set(names) <= set(rules().suited[kind]) | {"times_per_day", "days_per_week"}
        for kind, names in found.fields.items()
    )
    assert all(found.versions.values())
    assert all(found.sources.values())


def test_equal_revisions_do_not_differ() -> None:
    assert between(revision(), revision()) == ()


def test_what_differs_is_said_per_exercise_and_field_in_words() -> None:
    sit = revision()["exercises"][0]
    moved = sit | {"dose": asdict(replace(DOSE, repetitions=12, load_kg=2.0)), "instructions": "!"}
    walk = sit | {"exercise": "walk", "name": "Walk"}
    before = revision(exercises=[sit, walk])
    phase = {"number": 2, "name": "Begin"}
    after = revision(exercises=[moved], phase=phase, end=date(2026, 12, 1))

    assert [change.says for change in between(before, after)] == [
        "Phase 2 instead of 1.",
        "The last day is 2026-12-01; there was none.",
        "Sit to stand: Repetitions 12 instead of 10.",
        "Sit to stand: Load 2; before it was left open.",
        "Sit to stand: the words for the patient changed.",
        "Walk was left out.",
    ]
    assert [change.says for change in between(after, before)][-1] == "Walk is new."


def test_another_order_is_a_difference() -> None:
    sit = revision()["exercises"][0]
    walk = sit | {"exercise": "walk", "name": "Walk"}

    (change,) = between(revision(exercises=[sit, walk]), revision(exercises=[walk, sit]))

    assert change.field == "order"
