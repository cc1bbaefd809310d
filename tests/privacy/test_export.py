"""All that is kept of a patient, from every service, for the patient."""

import csv
import io
import zipfile
from importlib import import_module
from typing import Any

import pytest

from shared.service import Definition
from shared.web.exports import cell, table
from tests.privacy.world import Practice

SERVICES = ("prescription", "adherence", "notifications", "reporting")


def take(practice: Practice, form: str = "json", role: str = "patient", **options: Any) -> Any:
    options = options or ({"patient": practice.patient} if role == "patient" else {})
    path = f"/prescription/v1/patients/{practice.patient}/export?format={form}"
    return practice.get(path, role, **options)


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_gives_its_part(service: str) -> None:
    definition: Definition = import_module(f"{service}.app").DEFINITION

    assert definition.export is import_module(f"{service}.export").export


def test_a_patient_takes_everything_with_words_opened(practice: Practice) -> None:
    told = take(practice).json

    assert told["patient"] == practice.patient
    assert {name: set(part) for name, part in told["services"].items()} == {
        "prescription": {
            *("patient", "record", "program", "revision", "review", "pause", "answer"),
            *("task", "plan", "visit", "screen", "access"),
        },
        "adherence": {"session", "milestone", "signal", "supporter", "access"},
        "notifications": {"message", "access"},
        "reporting": {"day", "access"},
    }
    (card,) = told["services"]["prescription"]["patient"]
    assert (card["name"], card["birth_year"]) == ("Ana Ruiz", 1950)
    (program,) = told["services"]["prescription"]["program"]
    assert program["title"] == "Legs of Ana"
    (session,) = told["services"]["adherence"]["session"]
    assert "Luis" in session["note"]
    assert told["services"]["notifications"]["message"]
    assert told["services"]["reporting"]["day"][0]["date"] == "2026-09-07"


def test_nothing_of_another_patient_is_in_it(practice: Practice) -> None:
    told = take(practice).text

    assert "Ana" in told
    assert "Eva" not in told


def test_as_files_there_is_one_for_each_kind_of_record(practice: Practice) -> None:
    answer = take(practice, "csv")

    file = zipfile.ZipFile(io.BytesIO(answer.data))
    assert {"prescription.patient.csv", "adherence.session.csv"} <= set(file.namelist())
    (row,) = csv.DictReader(io.StringIO(file.read("prescription.patient.csv").decode()))
    assert row["name"] == "Ana Ruiz"


def test_a_service_that_is_away_is_named_and_nothing_is_given(practice: Practice) -> None:
    practice.peers.gone = {"notifications"}

    answer = take(practice)

    assert (answer.status_code, answer.json["type"]) == (503, "/problems/others-away")
    assert "notifications" in answer.json["detail"]
    assert "Ana" not in answer.text


@pytest.mark.parametrize(
    ("role", "status"),
    [("patient", 200), ("lead", 200), ("administrator", 200), ("therapist", 403)],
)
def test_the_patient_and_who_leads_may_take_it(practice: Practice, role: str, status: int) -> None:
    assert take(practice, role=role).status_code == status


def test_another_patient_takes_nothing(practice: Practice) -> None:
    assert take(practice, patient="f" * 32).status_code == 404


def test_after_the_erasure_there_is_nothing_to_take(practice: Practice) -> None:
    practice.erase()

    assert take(practice).status_code == 404


def test_a_form_that_there_is_not_is_refused(practice: Practice) -> None:
    assert take(practice, "pdf").status_code == 422


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_no_text_is_a_formula_of_a_spreadsheet(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (-3, "-3"), (0.5, "0.5"), (True, "true"), ({"a": 1}, '{"a":1}')]
)
def test_other_values_are_written_plainly(value: Any, text: str) -> None:
    assert cell(value) == text


def test_rows_that_differ_share_the_columns_of_all() -> None:
    assert table([{"a": 1}, {"b": "x"}]).splitlines() == ["a,b", "1,", ",x"]
