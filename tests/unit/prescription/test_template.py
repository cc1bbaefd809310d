"""Templates: criteria that can be met, exercises that are there, versions, and an owner."""

from dataclasses import fields, replace
from typing import Any

import pytest

from prescription.events import Dose, ExercisePublished
from prescription.exercise import Exercise
from prescription.protocol import template
from prescription.protocol.commands import PublishTemplate, ReviseTemplate
from prescription.protocol.events import Basis, Criterion, Item, Stage, TemplateRetired
from prescription.protocol.projections import TEMPLATES
from prescription.protocol.template import (
    AlreadyRetired,
    Around,
    OfTheCatalogue,
    Template,
    TemplateImpossible,
)
from prescription.rules import rules
from prescription.staff import Staff
from shared.errors import NotFound
from tests.events import documents, event, fold, interleavings

DOSE = Dose(3, 10, None, None, None, None, None, 1, 7, (), None, None, None)
STEP = ExercisePublished("e1", "Step", "Step", "strength", (), (), None, None, None, None, None)
LIBRARY = {
    "e1": Exercise((STEP,)),
    "old": Exercise((STEP,), retired=True),
    "north": Exercise((STEP,), site="north"),
}
AROUND = Around(LIBRARY, Staff("therapist", ()), rules())
THERAPIST = Criterion("therapist", None, None, None, None, None, verified=False)


def asks(measure: str, least: Any = None, most: Any = None, **other: Any) -> Criterion:
    return replace(THERAPIST, measure=measure, at_least=least, at_most=most, **other)


def item(exercise: str = "e1") -> Item:
    return Item(exercise, "", None, DOSE, False, (), (), 1, None)


def stage(*exit_: Criterion, entry: tuple[Criterion, ...] = ()) -> Stage:
    return Stage("Begin", entry, exit_, (item(),))


def asked(*stages: Stage) -> PublishTemplate:
    basis = Basis(None, None, None, None, None, None, None, None, ())
    said: dict[str, Any] = {
        "name": "Legs",
        "condition": "Sore knee",
        "region": "knee",
        "title": "Stronger legs",
        "titles": (),
        "diagnosis": None,
        "weeks": (),
        "source": None,
        "basis": basis,
        "owner": "bo",
    }
    return PublishTemplate(template="t1", stages=stages or (stage(THERAPIST),), **said)


def refused(command: PublishTemplate, around: Around = AROUND) -> list[str]:
    with pytest.raises(TemplateImpossible) as told:
        template.publish(command, around)
    return [fault.pointer for fault in told.value.faults]


def state(*events: object) -> Template:
    found = Template()
    for one in events:
        found = template.evolve(found, one)
    return found


def test_a_template_is_published_and_revised_version_by_version() -> None:
    (published,) = template.publish(asked(), AROUND)
    said = template.said(replace(asked(), title="Legs again"))
    (revised,) = template.revise(state(published), ReviseTemplate("t1", 1, **said), AROUND)

    found = state(published, revised)
    assert [version.title for version in found.versions] == ["Stronger legs", "Legs again"]


@pytest.mark.parametrize(
    ("entry", "exit_", "pointer"),
    [
        ([asks("time", 6)], [asks("time", 4)], "/phases/0/exit/0/at_least"),
        ([asks("time", 6)], [asks("time", 6)], "/phases/0/exit/0/at_least"),
        ([asks("pain", None, 3)], [asks("pain", None, 5)], "/phases/0/exit/0/at_most"),
        (
            [asks("performance", 10, exercise="e1", unit="repetitions")],
            [asks("performance", 8, exercise="e1", unit="repetitions")],
            "/phases/0/exit/0/at_least",
        ),
        (
            [asks("score", 40, score="lefs")],
            [asks("score", 30, score="lefs")],
            "/phases/0/exit/0/at_least",
        ),
        ([], [], "/phases/0/exit"),
        ([], [asks("luck", 1)], "/phases/0/exit/0/measure"),
        ([], [asks("pain", 11)], "/phases/0/exit/0/at_least"),
        ([], [asks("pain", 5, 3)], "/phases/0/exit/0/at_most"),
        ([], [asks("pain")], "/phases/0/exit/0/at_least"),
        ([], [asks("therapist", 3)], "/phases/0/exit/0/at_least"),
        ([], [asks("score", 81, score="lefs")], "/phases/0/exit/0/at_least"),
        ([], [asks("score", 3)], "/phases/0/exit/0/score"),
        ([], [asks("score", 3, score="luck")], "/phases/0/exit/0/score"),
        (
            [],
            [asks("performance", 3, exercise="e2", unit="repetitions")],
            "/phases/0/exit/0/exercise",
        ),
        ([], [asks("performance", 3, exercise="e1")], "/phases/0/exit/0/unit"),
        ([], [asks("time", 3), asks("time", 5)], "/phases/0/exit/1/measure"),
    ],
)
def test_criteria_that_cannot_be_met_are_refused_at_the_field(
    entry: list[Criterion], exit_: list[Criterion], pointer: str
) -> None:
    assert refused(asked(stage(*exit_, entry=tuple(entry)))) == [pointer]


def test_criteria_that_can_be_met_are_taken() -> None:
    entry = (asks("time", 2), asks("pain", None, 5), asks("score", 20, score="lefs"))
    exit_ = (asks("time", 6), asks("pain", None, 3), asks("score", 40, score="lefs"), THERAPIST)

    assert template.publish(asked(stage(*exit_, entry=entry)), AROUND)


@pytest.mark.parametrize(
    ("exercise", "pointer"),
    [
        ("nowhere", "/phases/0/exercises/0/exercise"),
        ("old", "/phases/0/exercises/0/exercise"),
        ("north", "/phases/0/exercises/0/exercise"),
    ],
)
def test_an_exercise_that_not_all_can_prescribe_is_refused(exercise: str, pointer: str) -> None:
    one = Stage("Begin", (), (THERAPIST,), (item(exercise),))

    assert refused(asked(one)) == [pointer]


def test_an_exercise_twice_in_a_phase_and_a_phase_without_any_are_refused() -> None:
    twice = Stage("Begin", (), (THERAPIST,), (item(), item()))
    empty = Stage("Begin", (), (THERAPIST,), ())

    found = refused(asked(twice, empty))

    assert found == ["/phases/0/exercises/1/exercise", "/phases/1/exercises"]


def test_a_template_without_phases_or_an_owner_is_refused() -> None:
    command = replace(asked(), stages=())

    assert refused(command, replace(AROUND, owner=Staff())) == ["/owner", "/phases"]


def test_a_dose_may_leave_open_how_much_but_not_go_beyond_the_limits() -> None:
    open_ = replace(item(), dose=replace(DOSE, sets=None, repetitions=None))
    wild = replace(item(), dose=replace(DOSE, sets=400))

    assert template.publish(asked(Stage("Begin", (), (THERAPIST,), (open_,))), AROUND)
    found = refused(asked(Stage("Begin", (), (THERAPIST,), (wild,))))
    assert found == ["/phases/0/exercises/0/dose/sets"]


def test_one_of_heps_is_changed_by_an_edition_alone_and_never_after_it_was_retired() -> None:
    brought = replace(asked(), word="legs", edition="2026-12", owner=None)
    (published,) = template.bring(brought)
    newer = replace(brought, title="Legs again", edition="2027-01")
    known = state(published)

    with pytest.raises(OfTheCatalogue):
        template.revise(known, ReviseTemplate("t1", 1, **template.said(brought)), AROUND)
    assert template.renew(known, brought) == []
    assert template.renew(known, replace(newer, edition="2026-11")) == []
    assert len(template.renew(known, newer)) == 1
    assert template.renew(state(published, TemplateRetired("t1")), newer) == []


def test_what_is_retired_or_not_there_stays_so() -> None:
    (published,) = template.publish(asked(), AROUND)
    gone = state(published, *template.retire(state(published), "t1"))

    with pytest.raises(AlreadyRetired):
        template.retire(gone, "t1")
    with pytest.raises(NotFound):
        template.retire(Template(), "t1")


CRITERION = {
    "measure": "therapist",
    "at_least": None,
    "at_most": None,
    "exercise": None,
    "unit": None,
    "score": None,
    "verified": False,
}
BASIS = [field.name for field in fields(Basis)]
LEGS: dict[str, Any] = {
    "template": "t1",
    "name": "Legs",
    "condition": "Sore knee",
    "region": "knee",
    "title": "Stronger legs",
    "titles": [],
    "diagnosis": None,
    "basis": dict.fromkeys(BASIS) | {"unseen": []},
    "owner": "bo",
    "edition": None,
    "weeks": [6, 8],
    "source": None,
    "stages": [{"name": "Begin", "entry": [], "exit": [CRITERION], "exercises": []}],
}
ARMS = LEGS | {"template": "t2", "name": "Arms"}
STORY = [
    event("prescription.template.published", "template-t1", LEGS | {"word": None}),
    event(
        "prescription.template.revised",
        "template-t1",
        LEGS | {"version": 2, "name": "Long legs"},
        sequence=2,
    ),
    event("prescription.template.retired", "template-t1", {"template": "t1"}, sequence=3),
    event("prescription.template.published", "template-t2", ARMS | {"word": "arms"}),
]


@pytest.mark.invariant(n=10)
def test_the_list_of_templates_does_not_depend_on_the_order_of_streams() -> None:
    expected = documents(fold(TEMPLATES, STORY), "templates")

    for order in interleavings(STORY):
        assert documents(fold(TEMPLATES, order), "templates") == expected
    assert (expected["north|t1"]["name"], expected["north|t1"]["retired"]) == ("Long legs", True)
