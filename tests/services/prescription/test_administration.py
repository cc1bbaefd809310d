"""Administration over HTTP: regions, sites, rotas, staff and whose patients are whose."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from prescription import duties
from prescription.commands import AssignPatient
from prescription.handlers import assign_patient
from prescription.policies import HAND_OVER
from shared.due import Due
from shared.errors import Refusal
from shared.stream import Cause
from tests.people import ADA, ANA, BO, DEE, IDENTITIES
from tests.services.prescription.conftest import SITE, Clinic

WORK = {"name": "Bo Haraldsen", "email": "bo@example.org", "role": "therapist", "sites": []}
OPENING = {"weekday": 1, "opens": "08:00", "closes": "14:30"}


def tag(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}


def pointers(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.json
    return [found["pointer"] for found in answer.json["errors"]]


@pytest.fixture
def bo(clinic: Clinic) -> str:
    """A therapist who works at all sites."""
    return clinic.create("/staff", WORK, ADA)


@pytest.fixture
def regional(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of a region; `rea` leads it."""
    region = clinic.create("/regions", {"name": "Coast"}, ADA)
    monkeypatch.setitem(IDENTITIES, "rea", replace(IDENTITIES[DEE], regions=(region,)))
    return region


def test_a_region_is_renamed_by_who_has_read_it(clinic: Clinic) -> None:
    region = clinic.create("/regions", {"name": "Coast"}, ADA)
    path = f"/regions/{region}/names"

    assert clinic.post(path, {"name": "Sea"}, ADA).status_code == 428
    assert clinic.post(path, {"name": "Sea"}, ADA, **tag(2)).status_code == 412
    assert clinic.post(path, {"name": "Sea"}, ADA, **tag(1)).status_code == 201
    told = clinic.get(f"/regions/{region}", ADA)
    assert (told.json["name"], told.headers["ETag"]) == ("Sea", '"2"')
    clinic.catch_up()
    assert [one["name"] for one in clinic.get("/regions", ADA).json["items"]] == ["Sea"]


def test_a_site_has_opening_hours_and_a_region(clinic: Clinic, regional: str) -> None:
    body = SITE | {"name": "Harbour", "region": regional, "hours": [OPENING]}

    answer = clinic.post(f"/sites/{clinic.site}/changes", body, ADA, **tag(1))

    assert answer.status_code == 201
    told = clinic.get(f"/sites/{clinic.site}").json
    assert {name: told[name] for name in body} == body
    assert told["rota"] is None
    clinic.catch_up()
    (listed,) = clinic.get("/sites").json["items"]
    assert (listed["name"], listed["region"], listed["rota"]) == ("Harbour", regional, False)


@pytest.mark.parametrize(
    ("other", "pointer"),
    [
        ({"zone": "Europe/Nowhere"}, "/zone"),
        ({"region": "f" * 32}, "/region"),
        ({"hours": [OPENING | {"weekday": 8}]}, "/hours/0/weekday"),
        ({"hours": [OPENING | {"opens": "8 am"}]}, "/hours/0/opens"),
        ({"hours": [OPENING | {"opens": "15:00"}]}, "/hours/0/closes"),
    ],
)
def test_a_site_that_cannot_be_is_told_by_field(
    clinic: Clinic, other: dict[str, Any], pointer: str
) -> None:
    answer = clinic.post(f"/sites/{clinic.site}/changes", SITE | other, ADA, **tag(1))

    assert pointers(answer) == [pointer]


def test_the_rota_says_who_is_on_duty_now(clinic: Clinic, bo: str) -> None:
    other = clinic.create("/staff", WORK | {"email": "dee@example.org"}, ADA)
    duty = f"/sites/{clinic.site}/duty"
    assert clinic.get(duty).json == {"staff": [], "fallback": False, "known": False}

    # It is Monday, September 7, eleven o'clock in Madrid.
    shift = {"staff": bo, "first": "2026-09-07", "last": "2026-09-07", "ends": "11:30"}
    rota = {"shifts": [shift], "fallback": other}
    assert clinic.post(f"/sites/{clinic.site}/rota", rota, DEE, **tag(1)).status_code == 201
    assert clinic.get(duty).json == {"staff": [bo], "fallback": False, "known": True}

    rota = {"shifts": [shift | {"ends": "11:00"}], "fallback": other}
    assert clinic.post(f"/sites/{clinic.site}/rota", rota, DEE, **tag(2)).status_code == 201
    assert clinic.get(duty).json == {"staff": [other], "fallback": True, "known": True}


def test_a_lead_sets_the_rota_of_the_own_sites_alone(
    clinic: Clinic, bo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(IDENTITIES, "fay", replace(IDENTITIES[DEE], sites=("f" * 32,)))
    rota = {"shifts": [], "fallback": bo}

    assert clinic.post(f"/sites/{clinic.site}/rota", rota, "fay", **tag(1)).status_code == 404
    assert clinic.post(f"/sites/{clinic.site}/rota", rota, BO, **tag(1)).status_code == 403


def test_the_lead_of_a_region_reaches_its_sites(clinic: Clinic, regional: str) -> None:
    clinic.catch_up()
    assert clinic.get("/patients", "rea").json["items"] == []
    assert clinic.get(f"/patients/{clinic.patient}", "rea").status_code == 404

    moved = SITE | {"region": regional}
    clinic.post(f"/sites/{clinic.site}/changes", moved, ADA, **tag(1))
    clinic.catch_up()

    assert [one["id"] for one in clinic.get("/patients", "rea").json["items"]] == [clinic.patient]
    assert clinic.get(f"/patients/{clinic.patient}", "rea").status_code == 200


def test_a_name_a_role_and_sites_change(clinic: Clinic, bo: str) -> None:
    body = {"name": "Bo Berg", "email": "berg@example.org", "role": "lead", "sites": [clinic.site]}

    assert clinic.post(f"/staff/{bo}/changes", body, ADA, **tag(1)).status_code == 201

    told = clinic.get(f"/staff/{bo}")
    assert {name: told.json[name] for name in body} == body
    assert told.headers["ETag"] == '"2"'
    clinic.catch_up()
    (listed,) = clinic.get("/staff").json["items"]
    assert (listed["name"], listed["role"], listed["left"]) == ("Bo Berg", "lead", None)


def test_a_change_that_lost_to_another_leaves_no_name_behind(clinic: Clinic, bo: str) -> None:
    first = clinic.post(f"/staff/{bo}/changes", WORK | {"name": "First"}, ADA, **tag(1))
    late = clinic.post(f"/staff/{bo}/changes", WORK | {"name": "Late"}, ADA, **tag(1))

    assert (first.status_code, late.status_code) == (201, 412)
    assert clinic.get(f"/staff/{bo}").json["name"] == "First"


def due_of(staff: str, successor: str | None) -> Due:
    data = {"staff": staff, "date": "2026-09-07", "successor": successor}
    moment = datetime(2026, 9, 8, tzinfo=UTC)
    return Due("d" * 32, HAND_OVER, "north", f"staff-{staff}", moment, 2, data)


def test_the_patients_of_who_leaves_go_to_the_successor(clinic: Clinic, bo: str) -> None:
    eve = clinic.create("/staff", WORK | {"email": "eve@example.org"}, ADA)
    ids = [clinic.create("/patients", clinic.patient_body(therapist=bo)) for _ in range(3)]
    clinic.catch_up()
    body = {"date": "2026-09-07", "successor": eve}

    assert clinic.post(f"/staff/{bo}/departure", body, ADA, **tag(1)).status_code == 201
    for _ in range(2):
        duties.DUE[HAND_OVER](due_of(bo, eve), clinic.service)

    assert {clinic.get(f"/patients/{one}").json["therapist"] for one in ids} == {eve}
    assert clinic.get(f"/patients/{clinic.patient}").json["therapist"] is None
    changed = [one for one in clinic.events() if one.type.endswith("patient.assigned.v1")]
    assert len(changed) == 3
    assert pointers(clinic.post("/patients", clinic.patient_body(therapist=bo))) == ["/therapist"]


def test_whom_the_successor_cannot_treat_is_nobodys(clinic: Clinic, bo: str) -> None:
    south = clinic.create("/sites", SITE, ADA)
    eve = clinic.create("/staff", WORK | {"email": "eve@example.org", "sites": [south]}, ADA)
    patient = clinic.create("/patients", clinic.patient_body(therapist=bo))
    clinic.catch_up()
    clinic.post(f"/staff/{bo}/departure", {"date": "2026-09-07"}, ADA, **tag(1))

    duties.DUE[HAND_OVER](due_of(bo, eve), clinic.service)

    assert clinic.get(f"/patients/{patient}").json["therapist"] is None


def test_who_came_back_keeps_the_patients(clinic: Clinic, bo: str) -> None:
    patient = clinic.create("/patients", clinic.patient_body(therapist=bo))
    clinic.catch_up()
    clinic.post(f"/staff/{bo}/departure", {"date": "2026-09-07"}, ADA, **tag(1))
    assert clinic.post(f"/staff/{bo}/return", None, ADA, **tag(2)).status_code == 201

    with pytest.raises(Refusal):
        duties.DUE[HAND_OVER](due_of(bo, None), clinic.service)

    assert clinic.get(f"/patients/{patient}").json["therapist"] == bo
    assert clinic.get(f"/staff/{bo}").json["left"] is None


def update(clinic: Clinic, **other: Any) -> dict[str, Any]:
    names = ("name", "email", "zone", "language", "site")
    body = clinic.patient_body()
    return {name: body[name] for name in names} | other


def test_an_updated_patient_is_found_by_the_new_name_alone(clinic: Clinic) -> None:
    body = update(clinic, name="Ana Torres", phone="+34 600")

    answer = clinic.post(f"/patients/{clinic.patient}/updates", body, BO, **tag(1))

    assert answer.status_code == 201
    clinic.catch_up()
    told = clinic.get(f"/patients/{clinic.patient}")
    assert {name: told.json[name] for name in body} == body
    assert told.headers["ETag"] == '"2"'
    assert clinic.search("torres").json["items"] != []
    assert clinic.search("ruiz").json["items"] == []
    (event,) = [one for one in clinic.events() if one.type.endswith("patient.updated.v1")]
    assert set(event.data) == {"patient", "site", "zone", "language"}


def test_an_update_that_is_sent_again_seals_what_a_crash_had_left_out(clinic: Clinic) -> None:
    body, path = update(clinic, name="Ana Torres"), f"/patients/{clinic.patient}/updates"
    clinic.post(path, body, BO, key="k", **tag(1))
    known = clinic.service.vault.open("north", [clinic.patient])[clinic.patient]
    card = known | {"name": "Ana Ruiz"}
    clinic.service.vault.seal("north", clinic.patient, clinic.patient, card)

    clinic.post(path, body, BO, key="k", **tag(1))
    assert clinic.get(f"/patients/{clinic.patient}").json["name"] == "Ana Torres"

    clinic.post(path, update(clinic, name="Ana Sol"), BO, **tag(2))
    again = clinic.post(path, body, BO, key="k", **tag(1))
    assert again.headers["Idempotent-Replay"] == "true"
    assert clinic.get(f"/patients/{clinic.patient}").json["name"] == "Ana Sol"


def test_a_patient_moves_to_a_site_that_the_asker_reaches(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    south = clinic.create("/sites", SITE, ADA)
    monkeypatch.setitem(IDENTITIES, "fay", replace(IDENTITIES[BO], sites=(clinic.site,)))
    path = f"/patients/{clinic.patient}/updates"

    assert pointers(clinic.post(path, update(clinic, site=south), "fay", **tag(1))) == ["/site"]
    assert clinic.post(path, update(clinic, site=south), DEE, **tag(1)).status_code == 201
    assert clinic.post(path, update(clinic), "fay", **tag(2)).status_code == 404


def test_a_patient_is_assigned_and_released(clinic: Clinic, bo: str) -> None:
    path = f"/patients/{clinic.patient}/assignment"

    assert clinic.post(path, {"therapist": bo}, DEE, **tag(1)).status_code == 201
    assert clinic.get(f"/patients/{clinic.patient}").json["therapist"] == bo
    assert clinic.post(path, {"therapist": bo}, DEE, **tag(2)).headers["ETag"] == '"2"'
    assert clinic.post(path, {"therapist": None}, DEE, **tag(2)).headers["ETag"] == '"3"'
    assert pointers(clinic.post(path, {"therapist": "f" * 32}, DEE, **tag(3))) == ["/therapist"]
    assert clinic.post(path, {"therapist": None}, ANA, **tag(3)).status_code == 403


def test_who_is_assigned_meanwhile_stays_with_whom_was_chosen(clinic: Clinic, bo: str) -> None:
    eve = clinic.create("/staff", WORK | {"email": "eve@example.org"}, ADA)
    patient = clinic.create("/patients", clinic.patient_body(therapist=bo))
    clinic.catch_up()
    clinic.post(f"/staff/{bo}/departure", {"date": "2026-09-07"}, ADA, **tag(1))
    assign_patient(AssignPatient(patient, 1, eve), clinic.service, Cause("north", "dee", "c"))

    duties.DUE[HAND_OVER](due_of(bo, None), clinic.service)

    assert clinic.get(f"/patients/{patient}").json["therapist"] == eve


def test_the_practice_has_another_name(clinic: Clinic) -> None:
    clinic.post("/practice", {"name": "North", "language": "en"}, ADA)
    body = {"name": "North group", "language": "es"}

    assert clinic.post("/practice/changes", body, ADA, **tag(1)).status_code == 201
    assert clinic.get("/practice").json == {"id": "north", **body}
