"""Plans of care and visits: what may be said of them, and what is left of an authorisation."""

import ast
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import prescription
from prescription.app import DEFINITION
from prescription.care import labels, note, plan, visit
from prescription.care.commands import (
    AmendVisit,
    AskedVisit,
    BeginPlan,
    ChangePlan,
    ClosePlan,
    RecordVisit,
    WithdrawVisit,
)
from prescription.care.events import Authorisation, Reviewed
from prescription.care.plan import Care, PlanImpossible, PlanOver
from prescription.care.rules import care_rules
from prescription.care.standing import spend, standing
from prescription.care.visit import NoVisit, VisitImpossible
from prescription.commands import AskedDiagnosis
from prescription.labels import CODES
from prescription.patient import Patient
from prescription.program import NothingChanges
from shared.errors import NotFound
from shared.language import CATALOGUES, catalogue
from shared.store import Stored
from shared.web.contracts import payload_schema
from tests.unit.prescription.asked import ANA, keep, pointers, prescribed

TODAY = date(2026, 9, 14)
KNEE = AskedDiagnosis("M17.1", "ICD-10", True, "Sore knee")
SIX = Authorisation(date(2026, 9, 1), date(2026, 10, 31), 6)
BEGIN = BeginPlan("ana", "k", KNEE, ("Stairs",), date(2026, 9, 1), date(2026, 11, 30), (SIX,))
CHANGE = ChangePlan(
    "ana", 1, "k", "authorised", None, KNEE, ("Stairs",), BEGIN.first, BEGIN.last, ()
)
ASKED = AskedVisit(
    day=date(2026, 9, 7),
    kind="in_person",
    minutes=30,
    counted=None,
    furnished="therapist",
    done=("education",),
    reviewed=(Reviewed("p", 1, ("sit",)),),
    note="Less pain.",
)
RECORD = RecordVisit("ana", 1, "k", "v", ASKED)
AMEND = AmendVisit("ana", 2, "v", "correction", None, ASKED)
DESK = visit.Desk(Patient(ANA), {"p": prescribed()}, TODAY, care_rules())


def folded(*events: object) -> Care:
    care = Care()
    for event in events:
        care = plan.evolve(care, event)
    return care


def begun(**other: Any) -> Care:
    return folded(*plan.begin(replace(BEGIN, **other), Patient(ANA), TODAY, care_rules(), keep))


def visited(care: Care, *days: date, **other: Any) -> Care:
    for day in days:
        asked = replace(ASKED, day=day, **other)
        command = replace(RECORD, visit=f"v{len(care.visits) + 1}", asked=asked)
        for event in visit.record(care, command, DESK, keep):
            care = plan.evolve(care, event)
    return care


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"last": date(2026, 8, 31)}, ["/last"]),
        ({"last": date(2028, 8, 31)}, ["/last"]),
        ({"first": date(2062, 9, 1), "last": None}, ["/first"]),
        ({"authorised": (replace(SIX, visits=0),)}, ["/authorised/0/visits"]),
        (
            {"authorised": (SIX, replace(SIX, last=date(2026, 8, 1)))},
            ["/authorised/1/last"],
        ),
    ],
)
def test_a_plan_that_cannot_be_is_told_by_field(other: Any, expected: list[str]) -> None:
    with pytest.raises(PlanImpossible) as refused:
        begun(**other)

    assert pointers(refused) == expected


def test_nobody_is_treated_who_was_erased() -> None:
    with pytest.raises(PlanImpossible) as refused:
        plan.begin(BEGIN, Patient(ANA, erased=True), TODAY, care_rules(), keep)

    assert pointers(refused) == ["/patient"]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"day": date(2026, 9, 15)}, ["/day"]),
        ({"day": date(2026, 8, 31)}, ["/day"]),
        ({"kind": "dream"}, ["/kind"]),
        ({"minutes": 0}, ["/minutes"]),
        ({"furnished": "dog"}, ["/furnished"]),
        ({"done": ("education", "magic")}, ["/done/1"]),
        ({"reviewed": (Reviewed("p", 2, ()),)}, ["/reviewed/0/revision"]),
        ({"reviewed": (Reviewed("p", 1, ("sit", "bridge")),)}, ["/reviewed/0/exercises/1"]),
    ],
)
def test_a_visit_that_cannot_have_been_is_told_by_field(other: Any, expected: list[str]) -> None:
    with pytest.raises(VisitImpossible) as refused:
        visit.record(begun(), replace(RECORD, asked=replace(ASKED, **other)), DESK, keep)

    assert pointers(refused) == expected


def test_a_program_of_somebody_else_was_not_reviewed() -> None:
    other = replace(prescribed().prescribed, patient="eva")  # type: ignore[type-var]
    program = replace(prescribed(), prescribed=other)

    with pytest.raises(VisitImpossible) as refused:
        visit.record(begun(), RECORD, replace(DESK, programs={"p": program}), keep)

    assert pointers(refused) == ["/reviewed/0/program"]


@pytest.mark.parametrize(
    ("kind", "counted", "live", "off"),
    [
        ("in_person", None, True, True),
        ("video", None, True, True),
        ("phone", None, True, False),
        ("message", None, False, False),
        ("review", None, False, False),
        ("phone", True, True, True),
        ("in_person", False, True, False),
    ],
)
def test_a_visit_says_whether_both_spoke_and_whether_it_is_taken_off(
    kind: str, counted: bool | None, live: bool, off: bool
) -> None:
    asked = replace(ASKED, kind=kind, counted=counted)
    (event,) = visit.record(begun(), replace(RECORD, asked=asked), DESK, keep)

    assert (event.live, event.counted) == (live, off)  # type: ignore[attr-defined]


def test_what_is_left_falls_with_each_visit_and_more_are_told() -> None:
    days = [date(2026, 9, n) for n in range(1, 9)]
    care = visited(begun(), *days)

    assert standing(visited(begun(), days[0]), "k", TODAY).left == 5
    found = standing(care, "k", TODAY)
    assert (found.left, found.over, found.until, found.visits) == (0, 2, None, 8)


def test_a_visit_is_taken_off_what_ends_first_and_covers_its_day() -> None:
    later = Authorisation(date(2026, 9, 10), date(2026, 12, 31), 2)
    days = [date(2026, 9, 1), date(2026, 9, 11), date(2026, 11, 5), date(2027, 1, 1)]

    spent, over = spend((later, replace(SIX, visits=1)), days)

    assert [(one.last, one.used) for one in spent] == [(SIX.last, 1), (later.last, 2)]
    assert over == 1


def test_what_has_expired_or_is_to_come_is_not_left_today() -> None:
    care = begun()

    assert standing(care, "k", date(2026, 11, 1)).left == 0
    assert standing(care, "k", date(2026, 8, 31)).left == 0
    assert standing(begun(authorised=()), "k", TODAY).left is None


def test_a_plan_changes_for_a_reason_and_not_for_nothing() -> None:
    care = begun()
    with pytest.raises(NothingChanges):
        plan.change(care, replace(CHANGE, authorised=(SIX,)), TODAY, care_rules(), keep)
    with pytest.raises(PlanImpossible) as refused:
        plan.change(care, replace(CHANGE, reason="whim"), TODAY, care_rules(), keep)
    (event,) = plan.change(care, CHANGE, TODAY, care_rules(), keep)

    assert pointers(refused) == ["/reason"]
    assert plan.evolve(care, event).plans["k"].latest.authorised == ()


def test_a_plan_begins_no_later_than_its_first_visit() -> None:
    care = visited(begun(), date(2026, 9, 7))

    with pytest.raises(PlanImpossible) as refused:
        plan.change(care, replace(CHANGE, first=date(2026, 9, 8)), TODAY, care_rules(), keep)

    assert pointers(refused) == ["/first"]


@pytest.mark.parametrize("day", [date(2026, 9, 6), date(2026, 9, 15)])
def test_a_plan_closes_after_its_last_visit_and_not_ahead(day: date) -> None:
    care = visited(begun(), date(2026, 9, 7))

    with pytest.raises(PlanImpossible) as refused:
        plan.close(care, ClosePlan("ana", 1, "k", day, "goals_met"), TODAY, care_rules())

    assert pointers(refused) == ["/date"]


def test_a_closed_plan_takes_visits_up_to_its_last_day_alone() -> None:
    care = begun()
    for event in plan.close(
        care, ClosePlan("ana", 1, "k", ASKED.day, "other"), TODAY, care_rules()
    ):
        care = plan.evolve(care, event)

    assert visited(care, ASKED.day).visits
    with pytest.raises(PlanOver):
        visited(care, date(2026, 9, 8))
    with pytest.raises(PlanOver):
        plan.change(care, CHANGE, TODAY, care_rules(), keep)


def test_a_correction_says_all_of_it_and_what_is_the_same_is_none() -> None:
    care = visited(begun(), ASKED.day)
    command = replace(AMEND, visit="v1")
    with pytest.raises(NothingChanges):
        visit.amend(care, command, DESK, keep)
    (event,) = visit.amend(care, replace(command, asked=replace(ASKED, minutes=45)), DESK, keep)

    found = plan.evolve(care, event).visits["v1"]
    assert (found.latest.minutes, found.recorded.minutes, found.amendments) == (45, 30, 1)


def test_what_was_withdrawn_counts_for_nothing_and_stays_so() -> None:
    care = visited(begun(), ASKED.day)
    command = WithdrawVisit("ana", 2, "v1", "recorded_twice", None)
    for event in visit.withdraw(care, command, care_rules(), keep):
        care = plan.evolve(care, event)

    assert standing(care, "k", TODAY).left == 6
    with pytest.raises(NoVisit):
        visit.withdraw(care, command, care_rules(), keep)
    with pytest.raises(NoVisit):
        visit.amend(care, replace(AMEND, visit="v1"), DESK, keep)
    with pytest.raises(NotFound):
        visit.amend(care, AMEND, DESK, keep)


def test_what_is_published_fits_the_schema_that_is_promised() -> None:
    samples = json.loads(Path(__file__).with_name("golden.json").read_text())
    kept = [one for one in samples if one["type"].startswith(("Plan", "Visit"))]
    for sample in kept:
        stored = Stored(sample["type"], 1, datetime(2026, 9, 7, tzinfo=UTC), sample["data"])
        event = DEFINITION.codec.decode(stored)
        publication = DEFINITION.published[type(event)]
        schema, definitions = payload_schema(publication.schema)

        jsonschema.validate(publication.dump(event), {**schema, "$defs": definitions})
        assert publication.dump(event).keys() == sample["data"].keys()
    assert len(kept) == 6


def test_every_code_has_a_name_for_people() -> None:
    rules = care_rules()
    codes = (
        *rules.changed,
        *rules.closed,
        *rules.kinds,
        *rules.furnished,
        *rules.done,
        *rules.amended,
        *rules.withdrawn,
    )

    assert {*codes} <= CODES.keys()
    assert {*rules.live, *rules.counted} <= {*rules.kinds}
    assert all({**rules.versions, **rules.sources}.values())


def test_all_that_a_note_says_is_there_in_spanish() -> None:
    home = Path(prescription.__file__).parent
    known = catalogue("es", CATALOGUES).keys() | catalogue("es", home / "words").keys()
    said = {
        argument.value
        for call in ast.walk(ast.parse(Path(note.__file__).read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in {"say", "_text", "_line", "_listed"}
        and call.args
        and isinstance(argument := call.args[0], ast.Constant)
    }

    assert len(said) > 20
    assert {*said, *labels.CODES.values(), *labels.LABELS.values()} - known == set()
