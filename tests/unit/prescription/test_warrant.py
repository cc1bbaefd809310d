"""What is prescribed only with a reason, and what not at all."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from prescription.builder import warrant
from prescription.commands import AskedReason, AskedTarget
from prescription.dosage import Shelf
from prescription.events import BadDay, ExercisePublished, Guide, Reason, Target
from prescription.exercise import Exercise
from prescription.program import ProgramImpossible, prescribe, revise
from prescription.record.conditions import cautions
from tests.unit.prescription.asked import (
    DESK,
    LIBRARY,
    PRESCRIBE,
    REVISE,
    SIT,
    keep,
    known,
    pointers,
    prescribed,
)

MANY = {f"e{number}": known(f"e{number}") for number in range(7)}
SEVEN = tuple(replace(SIT, exercise=name) for name in MANY)
GUIDE = Guide(
    purpose="",
    region="knee",
    muscles=(),
    position="standing",
    equipment=("step",),
    space="stand",
    supervision="alone",
    sides="each",
    mistakes=(),
    contraindications=("A torn Achilles tendon.", "You may not kneel."),
    precautions=("Somebody stands near if you have fallen lately.",),
    usual=None,
    easier=("sit",),
    verified=False,
    wordings=(),
)


def guarded(**other: Any) -> Exercise:
    """Return an exercise that says for whom it is not."""
    guide = replace(GUIDE, **other)
    said = ExercisePublished("g", "g", "g", "strength", (), (), None, guide, None, None, None)
    return Exercise((said,))


GUARDED = {**LIBRARY, "g": guarded()}
STEP = replace(SIT, exercise="g")


def refused(conditions: tuple[str, ...] = (), **other: Any) -> list[str]:
    library = {**GUARDED, **MANY}
    desk = replace(DESK, shelf=Shelf(library), conditions=conditions)
    with pytest.raises(ProgramImpossible) as told:
        prescribe(replace(PRESCRIBE, **other), desk, keep)
    return pointers(told)


def made(conditions: tuple[str, ...] = (), **other: Any) -> Any:
    desk = replace(DESK, shelf=Shelf({**GUARDED, **MANY}), conditions=conditions)
    (event,) = prescribe(replace(PRESCRIBE, **other), desk, keep)
    return event


def test_more_than_six_exercises_ask_for_a_reason_which_the_event_keeps_by_id() -> None:
    why = AskedReason("number", "other", "She is used to it.")

    assert refused(exercises=SEVEN) == ["/reasons"]
    found = made(exercises=SEVEN, reasons=(why,))
    assert found.reasons == (Reason("number", "other", "id of She is used to it."),)


def test_six_exercises_need_none() -> None:
    assert made(exercises=SEVEN[:6]).reasons == ()


@pytest.mark.parametrize(
    ("reason", "pointer"),
    [
        (AskedReason("number", "luck", None), "/reasons/0/code"),
        (AskedReason("number", "other", None), "/reasons/0/words"),
        (AskedReason("nowhere", "cleared", None), "/reasons/0/about"),
    ],
)
def test_a_reason_that_is_none_is_refused_at_its_field(reason: AskedReason, pointer: str) -> None:
    assert refused(exercises=SEVEN[:6], reasons=(reason,)) == [pointer]


def test_an_exercise_that_is_not_for_the_patient_is_blocked() -> None:
    assert refused(("achilles_tear",), exercises=(STEP,)) == ["/exercises/0/exercise"]
    why = AskedReason("g", "benefit", None)
    assert refused(("achilles_tear",), exercises=(STEP,), reasons=(why,)) == [
        "/exercises/0/exercise"
    ]


@pytest.mark.parametrize("condition", ["may_not_kneel", "falls"])
def test_an_exercise_to_take_care_with_asks_for_a_reason(condition: str) -> None:
    assert refused((condition,), exercises=(STEP,)) == ["/exercises/0/reason"]
    found = made((condition,), exercises=(STEP,), reasons=(AskedReason("g", "supervised", None),))
    assert found.reasons[0].code == "supervised"


def test_other_conditions_stand_in_nobodys_way() -> None:
    assert made(("fever", "unheard_of"), exercises=(STEP,)).exercises[0].exercise == "g"


def test_a_revision_adds_nothing_that_is_not_for_the_patient_and_keeps_what_there_is() -> None:
    desk = replace(DESK, shelf=Shelf(GUARDED), conditions=("achilles_tear",))
    with pytest.raises(ProgramImpossible) as told:
        revise(prescribed(), replace(REVISE, exercises=(STEP,)), desk, keep)

    assert pointers(told) == ["/exercises/0/exercise"]
    kept = replace(desk, shelf=Shelf(GUARDED, {"g": 1, "sit": 1}))
    assert revise(prescribed(), replace(REVISE, exercises=(STEP,)), kept, keep)


def test_a_goal_has_a_measure_and_a_date() -> None:
    target = AskedTarget(0, "12 steps", date(2026, 10, 1))

    found = made(targets=(target,))

    assert found.targets == (Target("id of Climb the stairs", "id of 12 steps", date(2026, 10, 1)),)


@pytest.mark.parametrize(
    ("target", "pointer"),
    [
        (AskedTarget(1, None, None), "/targets/0/goal"),
        (AskedTarget(0, None, date(2026, 1, 1)), "/targets/0/by"),
    ],
)
def test_a_target_without_a_goal_or_before_the_start_is_refused(
    target: AskedTarget, pointer: str
) -> None:
    assert refused(targets=(target,)) == [pointer]


def test_what_is_said_with_an_exercise_is_kept() -> None:
    asked = replace(STEP, group="morning", bad_day="easier", taught="shown")

    (found,) = made(exercises=(asked,)).exercises

    assert (found.group, found.taught) == ("morning", "shown")
    assert found.bad_day == BadDay("easier", "sit")


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"group": "noon"}, "group"),
        ({"bad_day": "cry"}, "bad_day"),
        ({"taught": "maybe"}, "taught"),
        ({"bad_day": "easier", "exercise": "sit"}, "bad_day"),
    ],
)
def test_what_cannot_be_said_with_an_exercise_is_refused(other: Any, field: str) -> None:
    assert refused(exercises=(replace(STEP, **other),)) == [f"/exercises/0/{field}"]


def test_a_condition_is_found_in_what_an_exercise_says() -> None:
    found = list(cautions(GUIDE, ("achilles_tear", "may_not_kneel", "falls", "fever")))

    assert [(one.condition, one.level) for one in found] == [
        ("achilles_tear", "block"),
        ("may_not_kneel", "reason"),
        ("falls", "reason"),
    ]
    assert list(cautions(None, ("fever",))) == []


def test_reasons_without_words_have_no_text() -> None:
    assert warrant.reasons([AskedReason("number", "spread", None)], keep) == (
        Reason("number", "spread", None),
    )
