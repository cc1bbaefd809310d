"""A patient's care over HTTP: plans, visits, notes; who may, at which version, and erasure."""

from typing import Any

import bson
import pytest

from tests.people import ADA, ANA, BO, CY, DEE
from tests.services.prescription.conftest import PLAN, VISIT, Clinic

WORDS = {
    "diagnosis": "Knee sore since the Xanadu trip 🦵",
    "goal": "Carry Yolanda up the stairs",
    "note": "Tamsin says it hurts less. صديق جيد",
    "why": "Uberto had the wrong hour",
    "change": "The payer, says Vauxhall, agreed",
}


def told(clinic: Clinic, person: str = BO) -> Any:
    answer = clinic.get(f"/patients/{clinic.patient}/care", person)
    assert answer.status_code == 200, answer.json
    return answer.json["plans"]


def note(clinic: Clinic, visit: str, language: str = "en") -> list[str]:
    path = f"/patients/{clinic.patient}/visits/{visit}/note"
    answer = clinic.get(path, **{"Accept-Language": language})
    assert answer.status_code == 200, answer.json
    return str(answer.json["text"]).splitlines()


def pointers(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.json
    return [error["pointer"] for error in answer.json["errors"]]


def test_a_patient_without_care_has_none_and_a_plan_begins(clinic: Clinic) -> None:
    assert told(clinic) == []
    plan = clinic.begin_plan()

    (found,) = told(clinic)
    assert (found["id"], found["site"]) == (plan, clinic.site)
    assert found["diagnosis"]["text"] == "Sore knee"
    assert found["goals"] == ["Climb the stairs at home"]
    assert (found["standing"]["left"], found["standing"]["until"]) == (6, "2026-10-31")


def test_a_visit_is_taken_off_and_names_what_was_reviewed(clinic: Clinic) -> None:
    program = clinic.prescribe()
    reviewed = [{"program": program, "revision": 1, "exercises": [clinic.exercise]}]
    plan = clinic.begin_plan()
    visit = clinic.record_visit(plan, reviewed=reviewed, note="Less pain.")

    (found,) = told(clinic)
    (seen,) = found["visits"]
    assert found["standing"]["left"] == 5
    assert (seen["id"], seen["reviewed"], seen["note"]) == (visit, reviewed, "Less pain.")
    assert (seen["live"], seen["counted"], seen["furnished"]) == (True, True, "therapist")


def test_more_visits_than_authorised_are_told_and_not_refused(clinic: Clinic) -> None:
    one = [{"first": "2026-09-01", "last": "2026-10-31", "visits": 1}]
    plan = clinic.begin_plan(authorised=one)
    clinic.record_visit(plan)
    clinic.record_visit(plan, day="2026-09-06")

    standing = told(clinic)[0]["standing"]
    assert (standing["left"], standing["over"], standing["visits"]) == (0, 1, 2)


@pytest.mark.parametrize(
    ("other", "pointer"),
    [
        ({"day": "2026-09-08"}, "/day"),
        ({"day": "2026-08-31"}, "/day"),
        ({"day": "soon"}, "/day"),
        ({"minutes": 0}, "/minutes"),
        ({"minutes": "thirty"}, "/minutes"),
        ({"kind": "dream"}, "/kind"),
        ({"reviewed": [{"program": "f" * 32, "revision": 1}]}, "/reviewed/0/program"),
    ],
)
def test_a_visit_that_cannot_have_been_is_told_by_field(
    clinic: Clinic, other: dict[str, Any], pointer: str
) -> None:
    plan = clinic.begin_plan()

    assert pointers(clinic.care(f"plans/{plan}/visits", VISIT | other)) == [pointer]


def test_a_plan_that_ends_before_it_begins_is_told_by_field(clinic: Clinic) -> None:
    body = PLAN | {"last": "2026-08-01"}

    assert pointers(clinic.post(f"/patients/{clinic.patient}/plans", body)) == ["/last"]


def test_whoever_is_later_reads_first(clinic: Clinic) -> None:
    plan = clinic.begin_plan()
    clinic.record_visit(plan)

    late = clinic.care(f"plans/{plan}/visits", VISIT, DEE, version='"1"')
    bare = clinic.post(f"/patients/{clinic.patient}/plans/{plan}/visits", VISIT)

    assert (late.status_code, late.json["type"]) == (412, "/problems/stale")
    assert bare.status_code == 428
    assert len(told(clinic)[0]["visits"]) == 1


def test_a_visit_sent_twice_is_there_once(clinic: Clinic) -> None:
    plan = clinic.begin_plan()
    path = f"/patients/{clinic.patient}/plans/{plan}/visits"
    first, again = (clinic.post(path, VISIT, key="once", **{"If-Match": '"1"'}) for _ in range(2))

    assert first.json == again.json
    assert again.headers["Idempotent-Replay"] == "true"
    assert len(told(clinic)[0]["visits"]) == 1


@pytest.mark.parametrize("person", ["elsewhere", CY])
def test_care_of_another_site_or_practice_is_not_there(
    clinic: Clinic, elsewhere: str, person: str
) -> None:
    plan = clinic.begin_plan()
    visit = clinic.record_visit(plan)
    other = elsewhere if person == "elsewhere" else person
    path = f"/patients/{clinic.patient}"

    assert clinic.get(f"{path}/care", other).status_code == 404
    assert clinic.get(f"{path}/visits/{visit}/note", other).status_code == 404
    assert clinic.post(f"{path}/plans", PLAN, other).status_code == 404
    assert clinic.care(f"plans/{plan}/visits", VISIT, other, '"2"').status_code == 404
    assert told(clinic)[0]["standing"]["visits"] == 1


@pytest.mark.parametrize("person", [ANA, ADA])
def test_who_does_not_treat_reads_no_care(clinic: Clinic, person: str) -> None:
    assert clinic.get(f"/patients/{clinic.patient}/care", person).status_code in (403, 404)
    assert clinic.post(f"/patients/{clinic.patient}/plans", PLAN, person).status_code == 403


@pytest.mark.parametrize("what", ["plans/{0}/changes", "plans/{0}/closing", "plans/{0}/visits"])
def test_nothing_is_said_of_a_plan_that_is_not_there(clinic: Clinic, what: str) -> None:
    clinic.begin_plan()
    bodies = {"changes": PLAN | {"reason": "goals"}, "visits": VISIT}
    ending = {"date": "2026-09-07", "reason": "other"}
    body = bodies.get(what.rpartition("/")[2], ending)

    assert clinic.care(what.format("f" * 32), body).status_code == 404


def test_a_correction_keeps_what_was_and_a_withdrawal_frees_the_visit(clinic: Clinic) -> None:
    plan = clinic.begin_plan()
    visit = clinic.record_visit(plan, note="Less pain.")
    body = VISIT | {"minutes": 45, "note": "Less pain.", "reason": "correction", "why": "Clock."}

    assert clinic.care(f"visits/{visit}/amendments", body).status_code == 201
    again = clinic.care(f"visits/{visit}/amendments", body)
    (seen,) = told(clinic)[0]["visits"]
    assert again.json["type"] == "/problems/nothing-changes"
    assert (seen["minutes"], seen["note"], seen["amendments"][0]["why"]) == (
        45,
        "Less pain.",
        "Clock.",
    )

    gone = {"reason": "recorded_twice"}
    assert clinic.care(f"visits/{visit}/withdrawal", gone).status_code == 201
    assert told(clinic)[0]["standing"]["left"] == 6
    assert clinic.care(f"visits/{visit}/withdrawal", gone).json["type"].endswith("visit-withdrawn")


def test_a_plan_is_certified_anew_and_closed(clinic: Clinic) -> None:
    plan = clinic.begin_plan()
    body = PLAN | {"last": "2027-01-31", "authorised": [], "reason": "recertified"}
    assert clinic.care(f"plans/{plan}/changes", body).status_code == 201
    ending = {"date": "2026-09-07", "reason": "goals_met"}
    assert clinic.care(f"plans/{plan}/closing", ending).status_code == 201

    (found,) = told(clinic)
    assert (found["last"], found["changes"][0]["reason"]) == ("2027-01-31", "recertified")
    assert found["closed"]["reason"] == "goals_met"
    assert clinic.care(f"plans/{plan}/changes", body).json["type"] == "/problems/plan-over"


def test_the_note_of_a_visit_says_what_was_done_and_guesses_nothing(clinic: Clinic) -> None:
    program = clinic.prescribe()
    reviewed = [{"program": program, "revision": 1, "exercises": [clinic.exercise]}]
    plan = clinic.begin_plan()
    visit = clinic.record_visit(plan, reviewed=reviewed, note="Less pain. 🙂\nصديق جيد")

    english, spanish = note(clinic, visit), note(clinic, visit, "es")

    assert english[:3] == ["VISIT", "Date: Monday, September 7, 2026", "How: In person, 30 min"]
    assert "Plan of care: Sore knee (M17.1, ICD-10)" in english
    assert "Authorised visits: 1 of 6 used, " in "\n".join(english)
    assert "- Exercises practised" in english
    assert "Program reviewed: Stronger legs, revision 1" in english
    assert "- Sit to stand: 3 sets of 10, each side, once a day" in english
    assert english[english.index("Gone through together:") + 1] == "- Sit to stand"
    assert english[english.index("Notes:") + 1 :][:2] == ["Less pain. 🙂", "صديق جيد"]
    assert "What was done at home is not part of this note: see the timeline." in english
    assert spanish[:3] == [
        "VISITA",
        "Fecha: lunes, 7 de septiembre de 2026",
        "Cómo: En persona, 30 min",
    ]
    assert len(spanish) == len(english)


def test_the_note_of_a_revision_says_the_dose_and_what_changed(clinic: Clinic) -> None:
    program = clinic.prescribe()
    clinic.revise(program, 1, note="No <pain> & no fear.")

    path = f"/programs/{program}/revisions"
    first, second = (clinic.get(f"{path}/{n}/note").json["text"] for n in (1, 2))

    assert "- Sit to stand: 3 sets of 10, each side, once a day" in first
    assert "Reason: Prescribed" in first
    assert "Changed:" not in first
    assert "Reason: Progressed" in second
    assert "No <pain> & no fear." in second
    assert "- Sit to stand: 3 sets of 12, each side, instead of 3 sets of 10, each side" in second
    for number in ("0", "3", "one"):
        assert clinic.get(f"{path}/{number}/note").status_code == 404


def test_no_word_of_it_stands_outside_the_vault_and_erasure_takes_all(clinic: Clinic) -> None:
    diagnosis = PLAN["diagnosis"] | {"text": WORDS["diagnosis"]}  # type: ignore[operator]
    plan = clinic.begin_plan(diagnosis=diagnosis, goals=[WORDS["goal"]])
    visit = clinic.record_visit(plan, note=WORDS["note"])
    body = VISIT | {"minutes": 40, "note": WORDS["note"], "reason": "other", "why": WORDS["why"]}
    assert clinic.care(f"visits/{visit}/amendments", body).status_code == 201
    change = PLAN | {"diagnosis": diagnosis, "reason": "authorised", "note": WORDS["change"]}
    assert clinic.care(f"plans/{plan}/changes", change).status_code == 201
    assert WORDS["note"] in note(clinic, visit)

    database = clinic.service.database
    documents = [one for name in database.list_collection_names() for one in database[name].find()]
    kept = b"".join(bson.encode(one) for one in documents)
    telling = {word for words in WORDS.values() for word in words.split() if word[0].isupper()}
    assert [one for one in telling - {"The", "Knee", "Carry"} if one.encode() in kept] == []

    assert clinic.post(f"/patients/{clinic.patient}/erasure", {}, DEE).status_code == 200
    (found,) = told(clinic)
    (seen,) = found["visits"]
    assert (found["diagnosis"]["text"], found["goals"], found["changes"][0]["note"]) == (
        None,
        [None],
        None,
    )
    assert (seen["note"], seen["minutes"], seen["amendments"][0]["why"]) == (None, 40, None)
    assert clinic.care(f"plans/{plan}/visits", VISIT).status_code == 404
    assert clinic.care(f"plans/{plan}/changes", change).status_code == 404
    assert clinic.care(f"visits/{visit}/withdrawal", {"reason": "other"}).status_code == 404


def test_the_note_of_a_visit_counts_up_to_its_day_whenever_it_is_made(clinic: Clinic) -> None:
    plan = clinic.begin_plan()
    first = clinic.record_visit(plan, day="2026-09-02")
    before = note(clinic, first)
    second = clinic.record_visit(plan)

    assert note(clinic, first) == before
    assert any("1 of 6 used" in line for line in before)
    assert any("2 of 6 used" in line for line in note(clinic, second))


def test_the_events_are_keyed_by_the_patient_and_hold_what_reports_need(clinic: Clinic) -> None:
    plan = clinic.begin_plan()
    clinic.record_visit(plan, kind="phone")

    events = {event.type: event for event in clinic.events()}
    found = events["hep.prescription.visit.recorded.v1"]
    assert found.key == f"north|{clinic.patient}"
    assert found.data["patient"] == clinic.patient
    assert (found.data["live"], found.data["counted"], found.data["minutes"]) == (True, False, 30)
    assert "hep.prescription.plan.begun.v1" in events
