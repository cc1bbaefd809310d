"""Programs over HTTP: prescribed, read, revised, ended; what cannot be changes nothing."""

from typing import Any

import pytest

from shared import position
from tests.people import ADA, ANA, BO, CY, DEE, SERVICE
from tests.services.prescription.conftest import Clinic

NOWHERE = "f" * 32


def pointers(answer: Any) -> list[str]:
    return [error["pointer"] for error in answer.json["errors"]]


def count(clinic: Clinic) -> int:
    return clinic.service.database["commits"].count_documents({})


def test_a_prescription_answers_where_it_is_and_reads_as_it_was_asked(clinic: Clinic) -> None:
    body = clinic.program_body(exercises=[clinic.asked(instructions="Hold on to the table.")])
    answer = clinic.post("/programs", body)

    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    assert position.parse(answer.headers["Hep-Position"], "north").sequence == 1
    found = clinic.client.get(answer.headers["Location"], headers={"Authorization": f"Bearer {BO}"})
    assert found.headers["ETag"] == '"1"'
    told = found.json
    assert told["title"] == "Stronger legs"
    assert told["goals"] == ["Climb the stairs at home"]
    assert told["diagnosis"]["text"] == "Sore knee"
    assert told["phase"] == {"number": 1, "name": "Begin"}
    (exercise,) = told["exercises"]
    assert (exercise["name"], exercise["instructions"]) == ("Sit to stand", "Hold on to the table.")
    assert {**exercise["dose"], **body["exercises"][0]["dose"]} == exercise["dose"]


def test_a_programs_events_are_keyed_by_the_patient(clinic: Clinic) -> None:
    clinic.prescribe()

    keys = {event.key for event in clinic.events() if event.subject.startswith("program-")}
    assert keys == {f"north|{clinic.patient}"}


@pytest.mark.parametrize(
    ("other", "pointer"),
    [
        ({"patient": NOWHERE}, "/patient"),
        ({"title": "  "}, "/title"),
        ({"title": None}, "/title"),
        ({"goals": ["x" * 301]}, "/goals/0"),
        ({"start": "tomorrow"}, "/start"),
        ({"start": "1926-09-07", "end": None}, "/start"),
        ({"end": "2026-09-06"}, "/end"),
        ({"phase": {"number": 0, "name": "Begin"}}, "/phase/number"),
        ({"diagnosis": {"code": "!", "system": "x", "text": "y"}}, "/diagnosis/code"),
        ({"exercises": []}, "/exercises"),
        ({"exercises": [{"exercise": NOWHERE, "dose": {"sets": 3, "repetitions": 1}}]}, None),
        ({"source": {"title": "x", "url": "javascript:alert(1)"}}, "/source/url"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_a_program_that_cannot_be_is_told_by_field_and_changes_nothing(
    clinic: Clinic, other: dict[str, Any], pointer: str | None
) -> None:
    before = count(clinic)

    answer = clinic.post("/programs", clinic.program_body(**other))

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert pointers(answer) == [pointer or "/exercises/0/exercise"]
    assert all(error["reason"] for error in answer.json["errors"])
    assert count(clinic) == before


@pytest.mark.parametrize(
    ("dose", "field"),
    [
        ({"sets": 0}, "sets"),
        ({"sets": "3"}, "sets"),
        ({"sets": 2.5}, "sets"),
        ({"days_per_week": 9}, "days_per_week"),
        ({"load_kg": -1}, "load_kg"),
        ({"weekdays": [1, 3]}, "weekdays"),
        ({"repetitions": None}, "repetitions"),
        ({"band": "pink"}, "band"),
        ({"weight": 3}, "weight"),
    ],
)
def test_a_dose_that_cannot_be_is_told_by_field(clinic: Clinic, dose: Any, field: str) -> None:
    answer = clinic.post("/programs", clinic.program_body(exercises=[clinic.asked(dose)]))

    assert answer.status_code == 422
    assert pointers(answer) == [f"/exercises/0/dose/{field}"]


def test_an_exercise_stands_in_a_program_once(clinic: Clinic) -> None:
    answer = clinic.post("/programs", clinic.program_body(exercises=[clinic.asked()] * 2))

    assert pointers(answer) == ["/exercises/1/exercise"]


def test_malformed_json_is_a_problem(clinic: Clinic) -> None:
    answer = clinic.client.post(
        "/prescription/v1/programs",
        data="{",
        content_type="application/json",
        headers={"Authorization": f"Bearer {BO}", "Idempotency-Key": "k"},
    )

    assert (answer.status_code, answer.json["type"]) == (400, "/problems/malformed")


def test_a_repeated_prescription_is_one_program(clinic: Clinic) -> None:
    body = clinic.program_body()

    first, again = (clinic.post("/programs", body, key="k") for _ in range(2))
    other = clinic.post("/programs", body | {"title": "Other"}, key="k")

    assert again.headers["Idempotent-Replay"] == "true"
    assert (again.json, again.headers["ETag"]) == (first.json, first.headers["ETag"])
    assert (other.status_code, other.json["type"]) == (422, "/problems/key-reused")
    assert clinic.get(f"/programs/{first.json['id']}").json["title"] == "Stronger legs"


def test_a_revision_is_in_force_and_every_earlier_one_is_kept(clinic: Clinic) -> None:
    program = clinic.prescribe()

    answer = clinic.revise(program, 1, note="No pain on the stairs.", end=None)

    assert (answer.status_code, answer.headers["ETag"]) == (201, '"2"')
    told = clinic.get(f"/programs/{program}").json
    assert (told["revision"], told["effective"], told["end"]) == (2, "2026-09-14", None)
    assert told["exercises"][0]["dose"]["repetitions"] == 12
    first, second = clinic.get(f"/programs/{program}/history").json["revisions"]
    assert (first["reason"], first["end"]) == (None, "2026-10-18")
    assert first["exercises"][0]["dose"]["repetitions"] == 10
    assert (second["reason"], second["note"]) == ("progressed", "No pain on the stairs.")
    assert (second["actor"], second["recorded"]) == ("bo", "2026-09-07T09:00:00+00:00")


def test_an_end_that_is_left_out_stays(clinic: Clinic) -> None:
    program = clinic.prescribe()

    clinic.revise(program, 1)

    assert clinic.get(f"/programs/{program}").json["end"] == "2026-10-18"


def test_words_that_stay_keep_their_text(clinic: Clinic) -> None:
    asked = clinic.asked(instructions="Hold on to the table.")
    program = clinic.prescribe(exercises=[asked])

    clinic.revise(
        program, 1, exercises=[clinic.asked({"sets": 4}, instructions="Hold on to the table.")]
    )

    prescribed, revised = (e.data for e in clinic.events() if e.subject == f"program-{program}")
    assert prescribed["exercises"][0]["instructions"] == revised["exercises"][0]["instructions"]
    assert prescribed["phase"] == revised["phase"]


@pytest.mark.parametrize(
    ("other", "pointer"),
    [
        ({"reason": "boredom"}, "/reason"),
        ({"effective": "2026-09-06"}, "/effective"),
        ({"effective": "2026-10-19"}, "/effective"),
        ({"exercises": []}, "/exercises"),
    ],
)
def test_a_revision_that_cannot_be_is_told_by_field(
    clinic: Clinic, other: dict[str, Any], pointer: str
) -> None:
    program = clinic.prescribe()

    answer = clinic.revise(program, 1, **other)

    assert answer.status_code == 422
    assert pointers(answer) == [pointer]
    assert clinic.get(f"/programs/{program}").json["revision"] == 1


def test_a_revision_that_changes_nothing_is_refused(clinic: Clinic) -> None:
    program = clinic.prescribe()

    answer = clinic.revise(program, 1, exercises=[clinic.asked()])

    assert (answer.status_code, answer.json["type"]) == (422, "/problems/nothing-changes")


def test_a_revision_names_the_version_that_was_read(clinic: Clinic) -> None:
    program = clinic.prescribe()
    clinic.revise(program, 1)

    stale = clinic.revise(program, 1, reason="pain", exercises=[clinic.asked({"sets": 1})])
    missing = clinic.post(f"/programs/{program}/revisions", clinic.revision_body())

    assert (stale.status_code, stale.json["type"]) == (412, "/problems/stale")
    assert pointers(stale)[0] == "/If-Match"
    assert (missing.status_code, missing.json["type"]) == (428, "/problems/if-match-needed")
    assert clinic.get(f"/programs/{program}").json["revision"] == 2


def test_a_revision_sent_again_is_answered_the_same_though_its_version_is_past(
    clinic: Clinic,
) -> None:
    program = clinic.prescribe()
    path, body = f"/programs/{program}/revisions", clinic.revision_body()

    first, again = (clinic.post(path, body, key="k", **{"If-Match": '"1"'}) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["ETag"] == first.headers["ETag"]
    assert clinic.get(f"/programs/{program}").json["revision"] == 2


def test_a_program_ends_and_stays_as_it_was(clinic: Clinic) -> None:
    program = clinic.prescribe()

    assert clinic.end(program, 1).status_code == 201

    ended = clinic.get(f"/programs/{program}").json["ended"]
    assert (ended["date"], ended["reason"], ended["actor"]) == ("2026-09-20", "goals_met", "bo")
    for answer in (clinic.end(program, 2), clinic.revise(program, 2)):
        assert (answer.status_code, answer.json["type"]) == (409, "/problems/program-over")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"date": "2026-09-06"}, "/date"),
        ({"date": "2026-10-19"}, "/date"),
        ({"reason": "boredom"}, "/reason"),
    ],
)
def test_an_end_that_cannot_be_is_told_by_field(clinic: Clinic, body: Any, pointer: str) -> None:
    program = clinic.prescribe()

    assert pointers(clinic.end(program, 1, **body)) == [pointer]
    assert clinic.get(f"/programs/{program}").json["ended"] is None


def test_a_patient_reads_her_own_program_and_no_other(clinic: Clinic, ana: str) -> None:
    own, other = clinic.prescribe(patient=ana), clinic.prescribe()

    assert clinic.get(f"/programs/{own}", ANA).json["title"] == "Stronger legs"
    assert clinic.get(f"/programs/{other}", ANA).status_code == 404
    assert clinic.get(f"/programs/{own}/history", ANA).status_code == 403


@pytest.mark.invariant(n=12)
def test_another_tenant_finds_nothing(clinic: Clinic) -> None:
    program = clinic.prescribe()

    for path in ("", "/history"):
        assert clinic.get(f"/programs/{program}{path}", CY).status_code == 404
    for path, body in (
        ("revisions", clinic.revision_body()),
        ("end", {"date": "2026-09-20", "reason": "other"}),
    ):
        answer = clinic.post(f"/programs/{program}/{path}", body, CY, **{"If-Match": '"1"'})
        assert answer.status_code == 404


def test_another_tenants_patient_is_as_unknown_as_one_who_is_not_there(clinic: Clinic) -> None:
    anothers = clinic.post("/programs", clinic.program_body(), CY)
    nobodys = clinic.post("/programs", clinic.program_body() | {"patient": "9" * 32}, CY)

    assert pointers(anothers) == ["/patient"]
    assert (anothers.status_code, anothers.json) == (nobodys.status_code, nobodys.json)


@pytest.mark.parametrize(("person", "status"), [(DEE, 201), (ADA, 403), (ANA, 403), (SERVICE, 403)])
def test_who_treats_prescribes(clinic: Clinic, person: str, status: int) -> None:
    assert clinic.post("/programs", clinic.program_body(), person).status_code == status


def test_who_may_not_is_told_so_before_the_body_is_looked_at(clinic: Clinic) -> None:
    assert clinic.post("/programs", {"colour": "red"}, ANA).status_code == 403
    assert clinic.client.post("/prescription/v1/programs", json={}).status_code == 401
