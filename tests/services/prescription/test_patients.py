"""Patients over HTTP: registered, found by name, seen by those who may, and forgotten."""

from typing import Any

import pytest

from prescription.commands import ErasePatient
from prescription.handlers import erase_patient
from shared.stream import Cause
from shared.vault import Vault
from tests.people import ADA, ANA, BO, CY, DEE, SERVICE
from tests.services.prescription.conftest import Clinic


def names(answer: Any) -> list[str]:
    return [item["name"] for item in answer.json["items"]]


def test_a_patient_reads_as_registered(clinic: Clinic) -> None:
    body = clinic.patient_body(phone="+34 600", precautions="Osteoporosis", subject="ana-1")
    patient = clinic.create("/patients", body)

    told = clinic.get(f"/patients/{patient}").json

    assert {name: told[name] for name in body} == body
    assert told["erased"] is False


@pytest.mark.parametrize(
    ("other", "pointer"),
    [
        ({"name": " "}, "/name"),
        ({"email": "ana"}, "/email"),
        ({"birth_year": 1850}, "/birth_year"),
        ({"birth_year": "1950"}, "/birth_year"),
        ({"zone": "Europe/Nowhere"}, "/zone"),
        ({"language": "tlh"}, "/language"),
        ({"site": "f" * 32}, "/site"),
        ({"therapist": "f" * 32}, "/therapist"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_a_patient_who_cannot_be_is_told_by_field(
    clinic: Clinic, other: dict[str, Any], pointer: str
) -> None:
    answer = clinic.post("/patients", clinic.patient_body(**other))

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_another_tenants_site_is_unknown(clinic: Clinic) -> None:
    answer = clinic.post("/patients", clinic.patient_body(), CY)

    assert [error["pointer"] for error in answer.json["errors"]] == ["/site"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ruiz", ["Ana Ruiz"]),
        ("RUI", ["Ana Ruiz"]),
        ("ozt", ["Jürgen Öztürk"]),
        ("jürgen öztürk", ["Jürgen Öztürk"]),
        ("ruiz jürgen", []),
        ("ru", []),
        ("ana|ruiz", []),
    ],
)
def test_patients_are_found_by_words_of_their_name(
    clinic: Clinic, words: str, found: list[str]
) -> None:
    clinic.create("/patients", clinic.patient_body(name="Jürgen Öztürk"))
    clinic.catch_up()

    assert names(clinic.search(words)) == found


def test_the_list_of_patients_comes_in_pages_each_patient_once(clinic: Clinic) -> None:
    for name in ("Bea", "Cleo", "Dora", "Edda"):
        clinic.create("/patients", clinic.patient_body(name=name))
    clinic.catch_up()

    seen, path = [], "/patients?limit=2"
    while path:
        answer = clinic.get(path)
        seen += names(answer)
        path = answer.json["next"] and f"/patients?limit=2&cursor={answer.json['next']}"

    assert sorted(seen) == ["Ana Ruiz", "Bea", "Cleo", "Dora", "Edda"]


def test_a_cursor_that_is_not_ours_is_refused(clinic: Clinic) -> None:
    assert clinic.get("/patients?cursor=eHh4eHh4eHh4eA==").status_code == 422
    assert clinic.get("/patients?limit=1000").status_code == 422


def test_a_patient_is_listed_with_the_latest_program(clinic: Clinic) -> None:
    program = clinic.prescribe()
    clinic.catch_up()

    (found,) = clinic.get("/patients").json["items"]
    (short,) = clinic.get(f"/patients/{clinic.patient}/programs").json["items"]

    assert found["latest"] == short
    assert (short["id"], short["title"], short["end"]) == (program, "Stronger legs", "2026-10-18")


def test_a_patient_sees_herself_and_nobody_else(clinic: Clinic, ana: str) -> None:
    assert clinic.get(f"/patients/{ana}", ANA).json["name"] == "Ana Torres"
    assert clinic.get(f"/patients/{ana}/programs", ANA).status_code == 200
    assert clinic.get(f"/patients/{clinic.patient}", ANA).status_code == 404
    assert clinic.get(f"/patients/{clinic.patient}/programs", ANA).status_code == 404
    assert clinic.get("/patients", ANA).status_code == 403


def test_another_tenant_sees_nobody(clinic: Clinic) -> None:
    clinic.catch_up()

    assert clinic.get("/patients", CY).json["items"] == []
    assert clinic.search("ruiz", CY).json["items"] == []
    assert clinic.get(f"/patients/{clinic.patient}", CY).status_code == 404


def test_staff_of_other_sites_see_nobody_and_prescribe_nothing(
    clinic: Clinic, elsewhere: str
) -> None:
    program = clinic.prescribe()
    clinic.catch_up()

    assert clinic.get("/patients", elsewhere).json["items"] == []
    assert clinic.search("ruiz", elsewhere).json["items"] == []
    assert clinic.get(f"/patients/{clinic.patient}", elsewhere).status_code == 404
    assert clinic.get(f"/programs/{program}", elsewhere).status_code == 404
    answer = clinic.post("/programs", clinic.program_body(), elsewhere)
    assert [error["pointer"] for error in answer.json["errors"]] == ["/patient"]


@pytest.mark.parametrize(("person", "status"), [(ADA, 200), (DEE, 200), (BO, 403), (ANA, 403)])
def test_who_leads_may_erase(clinic: Clinic, person: str, status: int) -> None:
    assert clinic.post(f"/patients/{clinic.patient}/erasure", None, person).status_code == status


def test_what_was_erased_is_gone_and_stays_gone(clinic: Clinic) -> None:
    program = clinic.prescribe(exercises=[clinic.asked(instructions="Hold on.")])
    texts = ",".join(
        found["_id"].split("|")[1] for found in clinic.service.database["sealed"].find({})
    )

    clinic.post(f"/patients/{clinic.patient}/erasure", None, ADA)
    clinic.catch_up()

    patient = clinic.get(f"/patients/{clinic.patient}").json
    assert (patient["erased"], patient["name"], patient["email"]) == (True, None, None)
    told = clinic.get(f"/programs/{program}").json
    assert (told["title"], told["goals"], told["phase"]["name"]) == (None, [None], None)
    assert told["exercises"][0]["dose"]["repetitions"] == 10
    service = {"person": SERVICE, "Hep-Tenant": "north"}
    assert clinic.get(f"/cards?ids={clinic.patient}", **service).json == {"items": {}}
    assert clinic.get(f"/texts?ids={texts}", **service).json == {"items": {}}
    assert clinic.get("/patients").json["items"] == []
    assert clinic.search("ruiz").json["items"] == []


def test_nothing_is_prescribed_to_who_was_erased(clinic: Clinic) -> None:
    program = clinic.prescribe()
    clinic.post(f"/patients/{clinic.patient}/erasure", None, ADA)

    for answer in (clinic.post("/programs", clinic.program_body()), clinic.revise(program, 1)):
        assert [error["pointer"] for error in answer.json["errors"]] == ["/patient"]
    assert clinic.service.database["sealed"].count_documents({}) == 0
    assert clinic.end(program, 1).status_code == 201


def test_an_erasure_asked_again_is_answered_the_same_and_is_one_event(clinic: Clinic) -> None:
    path = f"/patients/{clinic.patient}/erasure"

    answers = [clinic.post(path, None, ADA, key=key) for key in ("a", "a", "b")]

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.headers["ETag"] for answer in answers}) == 1
    assert [event.type for event in clinic.events()].count(
        "hep.prescription.patient.erased.v1"
    ) == 1


def test_what_is_sealed_while_the_patient_is_erased_is_destroyed_too(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal = Vault.seal

    def overtaken(*sealed: Any) -> None:
        monkeypatch.undo()
        erase_patient(
            ErasePatient(clinic.patient), clinic.service, Cause("north", "ada", "erasure")
        )
        seal(*sealed)

    monkeypatch.setattr(Vault, "seal", overtaken)

    assert clinic.post("/programs", clinic.program_body()).status_code == 404
    database = clinic.service.database
    assert database["sealed"].count_documents({}) == 0
    kept = {"_id": f"north|{clinic.patient}", "wrapped": {"$exists": True}}
    assert database["keys"].count_documents(kept) == 0


def test_who_was_never_here_cannot_be_erased(clinic: Clinic) -> None:
    assert clinic.post(f"/patients/{'f' * 32}/erasure", None, ADA).status_code == 404
    assert clinic.post(f"/patients/{clinic.patient}/erasure", None, CY).status_code == 403
