"""The lists come out the same whatever the order of streams."""

from datetime import UTC, datetime
from typing import Any

import pytest

from prescription.projections import LISTS
from shared.due import DUE
from shared.envelope import Envelope
from tests.events import NOON, documents, event, fold, interleavings

DOSE = {
    "sets": 3,
    "repetitions": 10,
    "hold_seconds": None,
    "minutes": None,
    "load_kg": None,
    "band": None,
    "side": "each",
    "times_per_day": 1,
    "days_per_week": 7,
    "weekdays": [],
    "effort": None,
    "rest_seconds": None,
    "tempo": None,
}
ASKED = {"exercise": "e1", "dose": DOSE, "priority": 1, "instructions": None}


def prescribed(program: str, start: str) -> Envelope:
    data = {
        "program": program,
        "patient": "ana",
        "site": "n",
        "revision": 1,
        "effective": start,
        "start": start,
        "end": "2026-12-31",
        "title": f"title of {program}",
        "diagnosis": {"code": "M17", "system": "ICD-10", "verified": True, "text": "t"},
        "goals": ["g"],
        "phase": {"number": 1, "name": "t2"},
        "exercises": [ASKED],
        "source": None,
    }
    return event("prescription.program.prescribed", f"program-{program}", data)


def revised(program: str, phase: int, sequence: int = 2) -> Envelope:
    data = {
        "program": program,
        "patient": "ana",
        "revision": sequence,
        "effective": "2026-09-14",
        "reason": "progressed",
        "note": None,
        "end": None,
        "phase": {"number": phase, "name": "t3"},
        "exercises": [ASKED],
    }
    name = "prescription.program.revised"
    return event(name, f"program-{program}", data, sequence=sequence)


def ended(program: str, sequence: int) -> Envelope:
    data = {"program": program, "patient": "ana", "date": "2026-09-20", "reason": "other"}
    return event("prescription.program.ended", f"program-{program}", data, sequence=sequence)


ANA: dict[str, Any] = {
    "patient": "ana",
    "site": "n",
    "zone": "Europe/Madrid",
    "language": "en",
    "therapist": "bo",
}
SITE = {"site": "n", "name": "North", "zone": "Europe/Madrid", "language": "en"}
EXERCISE = {
    "exercise": "e1",
    "name": "Bridge",
    "plain_name": "Bridge",
    "kind": "strength",
    "steps": [],
    "stop_if": [],
    "source": None,
}
REVISED = EXERCISE | {"version": 2, "name": "High bridge", "guide": None, "edition": None}
PRACTICE = {"practice": "north", "name": "North", "language": "en"}
STOCKED = {"library": "north", "edition": "2026-12", "through": 1, "of": 2}
REGION = {"region": "r", "name": "Coast"}
MOVED = SITE | {"name": "Harbour", "region": "r", "hours": []}
SHIFT = {"staff": "bo", "first": "2026-09-07", "last": "2026-09-07", "begins": None, "ends": None}
ROTA = {"site": "n", "shifts": [SHIFT], "fallback": "bo"}
BO: dict[str, Any] = {"staff": "bo", "role": "lead", "sites": ["n"]}
LEFT = {"staff": "bo", "date": "2026-09-30", "successor": None}
ASSIGNED = {"patient": "ana", "therapist": "dee"}
UPDATED = {"patient": "ana", "site": "s", "zone": "Europe/Paris", "language": "es"}
PAUSED = {
    "program": "second",
    "patient": "ana",
    "date": "2026-09-21",
    "reason": "surgery",
    "note": None,
}
RESUMED = {"program": "second", "patient": "ana", "date": "2026-09-28"}
STORY = [
    event("prescription.site.registered", "site-n", SITE),
    event("prescription.staff.registered", "staff-bo", BO),
    event("prescription.patient.registered", "patient-ana", ANA),
    event("prescription.exercise.published", "exercise-e1", EXERCISE),
    event("prescription.exercise.revised", "exercise-e1", REVISED, sequence=2),
    event("prescription.exercise.offered", "exercise-e1", {"exercise": "e1"}, sequence=3),
    event("prescription.exercise.declined", "exercise-e1", {"exercise": "e1"}, sequence=4),
    event("prescription.exercise.offered", "exercise-e1", {"exercise": "e1"}, sequence=5),
    event("prescription.exercise.shared", "exercise-e1", {"exercise": "e1"}, sequence=6),
    event("prescription.exercise.retired", "exercise-e1", {"exercise": "e1"}, sequence=7),
    event("prescription.exercise.restored", "exercise-e1", {"exercise": "e1"}, sequence=8),
    event("prescription.exercise.retired", "exercise-e1", {"exercise": "e1"}, sequence=9),
    event("prescription.practice.registered", "practice-north", PRACTICE),
    event("prescription.library.stocked", "library-north", STOCKED),
    event("prescription.library.stocked", "library-north", STOCKED | {"through": 2}, sequence=2),
    event("prescription.region.registered", "region-r", REGION),
    event("prescription.region.renamed", "region-r", REGION | {"name": "Sea"}, sequence=2),
    event("prescription.site.changed", "site-n", MOVED, sequence=2),
    event("prescription.rota.set", "site-n", ROTA, sequence=3),
    event("prescription.staff.changed", "staff-bo", BO | {"role": "therapist"}, sequence=2),
    event("prescription.staff.left", "staff-bo", LEFT, sequence=3),
    event("prescription.patient.assigned", "patient-ana", ASSIGNED, sequence=2),
    event("prescription.patient.updated", "patient-ana", UPDATED, sequence=3),
    prescribed("first", "2026-09-01"),
    prescribed("second", "2026-09-07"),
    revised("first", 2),
    revised("second", 3),
    ended("first", 3),
    event("prescription.program.paused", "program-second", PAUSED, sequence=3),
    event("prescription.program.resumed", "program-second", RESUMED, sequence=4),
]
ERASED = event("prescription.patient.erased", "patient-ana", {"patient": "ana"}, sequence=4)
COLLECTIONS = ("patients", "programs", "exercises", "practices", "regions", "sites", "staff")


@pytest.mark.invariant(n=10)
def test_the_lists_do_not_depend_on_the_order_of_streams() -> None:
    story = [*STORY, ERASED]
    expected = [documents(fold(LISTS, story), name) for name in COLLECTIONS]

    for order in interleavings(story):
        assert [documents(fold(LISTS, order), name) for name in COLLECTIONS] == expected


def test_an_exercise_is_listed_as_it_is_now() -> None:
    found = documents(fold(LISTS, STORY), "exercises")["north|e1"]

    assert (found["name"], found["version"], found["order"]) == ("High bridge", 2, "high bridge|e1")
    assert (found["retired"], found["offered"], found["site"]) == (True, False, None)
    assert {"past hig", "past kind=strength"} <= set(found["tokens"])


def test_the_catalogue_comes_in_until_it_is_whole() -> None:
    dues = [due["data"] for due in fold(LISTS, STORY, since=NOON).pending[DUE]]
    stocks = [data for data in dues if "edition" in data]

    assert [data["start"] for data in stocks] == [0, 1]
    assert documents(fold(LISTS, STORY), "practices")["north|north"]["edition"] == "2026-12"


def test_a_patient_is_listed_with_the_latest_program_as_it_stands() -> None:
    found = documents(fold(LISTS, STORY), "patients")["north|ana"]

    assert found["latest"] == {
        "program": "second",
        "title": "title of second",
        "start": "2026-09-07",
        "end": None,
        "ended": None,
        "phase": 3,
        "pauses": [{"first": "2026-09-21", "until": "2026-09-28"}],
    }
    assert not found["erased"]


def test_a_program_of_somebody_who_has_not_come_yet_waits_unlisted() -> None:
    found = documents(fold(LISTS, [prescribed("first", "2026-09-01")]), "patients")["north|ana"]

    assert "order" not in found
    assert found["latest"]["program"] == "first"


def test_who_was_registered_last_comes_first() -> None:
    later = NOON.replace(hour=13)
    old = event("prescription.patient.registered", "patient-ana", ANA)
    new = event(
        "prescription.patient.registered", "patient-bea", ANA | {"patient": "bea"}, moment=later
    )

    found = documents(fold(LISTS, [old, new]), "patients").values()

    assert [one["patient"] for one in sorted(found, key=lambda one: one["order"])] == ["bea", "ana"]


def test_lists_show_places_and_people_as_they_are_now() -> None:
    found = {name: documents(fold(LISTS, STORY), name) for name in COLLECTIONS}

    assert found["regions"]["north|r"]["name"] == "Sea"
    site = found["sites"]["north|n"]
    assert (site["name"], site["region"], site["rota"]) == ("Harbour", "r", True)
    member = found["staff"]["north|bo"]
    assert (member["role"], member["left"]) == ("therapist", "2026-09-30")
    ana = found["patients"]["north|ana"]
    assert (ana["site"], ana["therapist"], ana["zone"]) == ("s", "dee", "Europe/Paris")


def test_who_leaves_has_the_patients_given_on_after_the_last_day() -> None:
    views = fold(LISTS, STORY)

    (due,) = [due for due in views.pending[DUE] if due["kind"] == "hand_over"]
    assert due["data"] == LEFT
    assert due["due_at"] == datetime(2026, 10, 1, tzinfo=UTC)
