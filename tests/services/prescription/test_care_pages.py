"""The pages of a patient's care: visits left at a glance, a visit in few taps, the note."""

import re
from typing import Any

import pytest

from tests.people import ADA, DEE
from tests.services.prescription.conftest import Clinic
from tests.services.prescription.test_care import told
from tests.services.prescription.test_pages import send, summary, visit

DAY = {"day-day": "7", "day-month": "9", "day-year": "2026"}
TYPED = {
    "diagnosis-text": "Sore knee",
    "diagnosis-code": "M17.1",
    "diagnosis-system": "ICD-10",
    "goals": "Climb the stairs",
    "first-day": "1",
    "first-month": "9",
    "first-year": "2026",
    "authorised-0-visits": "6",
    "authorised-0-first": "2026-09-01",
    "authorised-0-last": "2026-10-31",
}


@pytest.fixture
def home(clinic: Clinic) -> str:
    clinic.catch_up()
    return f"/patients/{clinic.patient}"


def follow(answer: Any, clinic: Clinic) -> str:
    assert answer.status_code == 302, answer.text
    return str(clinic.client.get(answer.headers["Location"].partition("&seen")[0]).text)


def test_a_plan_is_begun_and_the_patients_page_says_what_is_left(clinic: Clinic, home: str) -> None:
    assert "No plan of care yet" in visit(clinic, home).text

    page = follow(send(clinic, f"{home}/plans/new", TYPED), clinic)

    assert "The plan of care is saved" in page
    assert "6 visits left until Saturday, October 31, 2026" in page
    assert (
        "Quedan 6 visitas hasta el sábado, 31 de octubre de 2026"
        in visit(clinic, home, language="es").text
    )


def test_what_is_wrong_with_a_plan_stands_at_its_row(clinic: Clinic, home: str) -> None:
    wrong = {"authorised-0-last": "2026-08-01", "first-year": "", "authorised-1-visits": "9"}

    answer = send(clinic, f"{home}/plans/new", TYPED | wrong)

    assert set(summary(answer)) == {"first", "authorised-1-first", "authorised-1-last"}
    assert summary(answer)["authorised-1-first"] == "Row 2, From: Fill this in."
    assert 'value="2026-08-01"' in answer.text


def test_a_visit_takes_few_controls_and_leads_to_its_note(clinic: Clinic, home: str) -> None:
    program = clinic.prescribe()
    clinic.catch_up()
    plan = clinic.begin_plan()
    form = f"{home}/plans/{plan}/visits/new"
    page = visit(clinic, form).text
    assert f'value="{program}:1:{clinic.exercise}"' in page
    assert re.search(r'value="in_person"[^>]* checked', page)

    ticks = {"reviewed": [f"{program}:1:{clinic.exercise}"], "done": ["education"]}
    answer = send(clinic, form, DAY | ticks | {"kind": "in_person", "minutes": "30"})
    shown = follow(answer, clinic)

    assert "The visit is recorded" in shown
    assert "5 visits left" in shown
    assert '<textarea id="note"' in shown
    assert "Gone through together:\n- Sit to stand" in shown
    (seen,) = told(clinic)[0]["visits"]
    assert seen["reviewed"] == [{"program": program, "revision": 1, "exercises": [clinic.exercise]}]


def test_a_visit_to_come_is_refused_at_its_day_with_what_was_typed(
    clinic: Clinic, home: str
) -> None:
    plan = clinic.begin_plan()
    fields = DAY | {"day-day": "8", "kind": "phone", "minutes": "half", "note": "🙂 <b>"}

    answer = send(clinic, f"{home}/plans/{plan}/visits/new", fields, language="es")

    assert list(summary(answer)) == ["minutes"]
    again = send(clinic, f"{home}/plans/{plan}/visits/new", fields | {"minutes": "10"})
    assert summary(again)["day"].startswith("Day: This day is still to come")
    assert "🙂 &lt;b&gt;" in again.text
    assert re.search(r'value="phone"[^>]* checked', again.text)


def test_two_therapists_at_once_lose_nothing(clinic: Clinic, home: str) -> None:
    plan = clinic.begin_plan()
    form = f"{home}/plans/{plan}/visits/new"
    fields = DAY | {"kind": "in_person", "minutes": "25", "note": "Mine"}
    visit(clinic, form)
    stale = {"version": "1"}
    clinic.record_visit(plan)

    answer = send(clinic, form, fields | stale)

    assert answer.status_code == 412
    assert "Somebody changed this care while you were typing" in answer.text
    assert ">Mine</textarea>" in answer.text
    assert 'name="version" value="2"' in answer.text
    assert send(clinic, form, fields | {"version": "2"}).status_code == 302


def test_visits_over_the_authorised_ones_are_said_before_and_after(
    clinic: Clinic, home: str
) -> None:
    one = [{"first": "2026-09-01", "last": "2026-10-31", "visits": 1}]
    plan = clinic.begin_plan(authorised=one)
    clinic.record_visit(plan)
    form = f"{home}/plans/{plan}/visits/new"
    assert "It is recorded all the same" in visit(clinic, form).text

    shown = follow(send(clinic, form, DAY | {"kind": "video", "minutes": "20"}), clinic)

    assert "1 visit more than authorised" in shown
    assert "1 visit more than authorised" in visit(clinic, home).text


def test_a_visit_is_corrected_and_withdrawn(clinic: Clinic, home: str) -> None:
    seen = clinic.record_visit(clinic.begin_plan())
    path = f"{home}/visits/{seen}"
    assert "Correct" in visit(clinic, path).text

    fields = DAY | {"kind": "in_person", "minutes": "45", "reason": "correction", "counted": "yes"}
    assert "The correction is saved" in follow(send(clinic, f"{path}/amend", fields), clinic)
    answer = send(clinic, f"{path}/withdraw", {"reason": "wrong_patient"}, DEE)

    assert "The visit is withdrawn" in follow(answer, clinic)
    assert "Withdrawn" in visit(clinic, home).text
    assert told(clinic)[0]["standing"]["left"] == 6


def test_a_plan_is_changed_and_closed(clinic: Clinic, home: str) -> None:
    plan = clinic.begin_plan()
    path = f"{home}/plans/{plan}"
    assert 'value="2026-10-31"' in visit(clinic, f"{path}/change").text

    fields = TYPED | {"authorised-0-visits": "9", "reason": "authorised"}
    assert "9 visits left" in follow(send(clinic, f"{path}/change", fields), clinic)
    closing = {"date-day": "7", "date-month": "9", "date-year": "2026", "reason": "discharged"}
    page = follow(send(clinic, f"{path}/close", closing), clinic)

    assert "The plan of care is closed" in page
    assert "1 closed plan" in page
    for form in ("change", "close"):
        assert "This plan of care is closed" in visit(clinic, f"{path}/{form}").text


def test_a_revision_has_its_note_on_the_programs_page(clinic: Clinic) -> None:
    program = clinic.prescribe()
    clinic.revise(program, 1)
    path = f"/programs/{program}/revisions/2/note"

    assert f'href="/prescription{path}"' in visit(clinic, f"/programs/{program}").text
    page = visit(clinic, path, language="es").text
    assert "Nota de la revisión 2" in page
    assert "PROGRAMA DE EJERCICIOS" in page
    assert visit(clinic, f"/programs/{program}/revisions/9/note").status_code == 404


def test_an_administrator_sees_the_patient_without_the_care(clinic: Clinic, home: str) -> None:
    clinic.begin_plan()

    page = visit(clinic, home, ADA)

    assert page.status_code == 200
    assert "Plan of care" not in page.text
