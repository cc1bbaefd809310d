"""Practice, sites, staff and the library over HTTP, and what other services look up."""

from typing import Any

import pytest

from tests.people import ADA, ANA, BO, CY, DEE, SERVICE
from tests.services.prescription.conftest import EXERCISE, SITE, Clinic

STAFF = {"name": "Bo Haraldsen", "email": "bo@example.org", "role": "therapist"}
PRACTICE = {"name": "North", "language": "en"}


def test_a_practice_is_registered_once(clinic: Clinic) -> None:
    answer = clinic.post("/practice", PRACTICE, ADA, key="k")

    assert (answer.status_code, answer.json) == (201, {"id": "north"})
    assert clinic.get("/practice").json == {"id": "north", "name": "North", "language": "en"}
    assert clinic.post("/practice", PRACTICE, ADA, key="k").status_code == 201
    again = clinic.post("/practice", PRACTICE, ADA)
    assert (again.status_code, again.json["type"]) == (409, "/problems/practice-registered")


def test_what_is_registered_is_where_the_answer_says(clinic: Clinic) -> None:
    for path, body, person in (
        ("/sites", SITE, ADA),
        ("/staff", STAFF | {"sites": [clinic.site]}, ADA),
        ("/exercises", EXERCISE, BO),
    ):
        answer = clinic.post(path, body, person)
        found = clinic.get(answer.headers["Location"].removeprefix("/prescription/v1"))

        assert (found.status_code, found.json["id"]) == (200, answer.json["id"])
        other = clinic.get(answer.headers["Location"].removeprefix("/prescription/v1"), CY)
        assert other.status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/practice", {"name": "", "language": "en"}, "/name"),
        ("/sites", SITE | {"zone": "Europe/Nowhere"}, "/zone"),
        ("/sites", SITE | {"zone": 3}, "/zone"),
        ("/staff", STAFF | {"sites": ["f" * 32]}, "/sites/0"),
        ("/staff", STAFF | {"sites": [], "role": "juggler"}, "/role"),
        ("/staff", STAFF | {"sites": "north"}, "/sites"),
    ],
)
def test_what_cannot_be_registered_is_told_by_field(
    clinic: Clinic, path: str, body: dict[str, Any], pointer: str
) -> None:
    answer = clinic.post(path, body, ADA)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


@pytest.mark.parametrize("person", [BO, DEE, ANA, SERVICE])
def test_only_an_administrator_registers_the_practice_and_its_people(
    clinic: Clinic, person: str
) -> None:
    for path, body in (("/practice", PRACTICE), ("/sites", SITE), ("/staff", STAFF)):
        assert clinic.post(path, body, person).status_code == 403


@pytest.mark.parametrize(
    ("other", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"kind": "juggling"}, "/kind"),
        ({"steps": ["x" * 501]}, "/steps/0"),
        ({"source": {"title": "A2", "url": "ftp://example.org"}}, "/source/url"),
        (
            {"source": {"title": "A2", "url": "https://example.org", "verified": "yes"}},
            "/source/verified",
        ),
    ],
)
def test_an_exercise_that_cannot_be_is_told_by_field(
    clinic: Clinic, other: dict[str, Any], pointer: str
) -> None:
    answer = clinic.post("/exercises", EXERCISE | other)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_the_library_is_listed_by_name_in_pages(clinic: Clinic) -> None:
    for name in ("bridge", "Calf stretch"):
        clinic.create("/exercises", EXERCISE | {"name": name})
    clinic.catch_up()

    first = clinic.get("/exercises?limit=2").json
    second = clinic.get(f"/exercises?limit=2&cursor={first['next']}").json

    assert [item["name"] for item in first["items"]] == ["bridge", "Calf stretch"]
    assert [item["name"] for item in second["items"]] == ["Sit to stand"]
    assert second["next"] is None
    assert clinic.get("/exercises", CY).json["items"] == []


def test_a_list_that_is_behind_says_so(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.position.WAIT_SECONDS", 0.0)
    position = clinic.post("/exercises", EXERCISE).headers["Hep-Position"]

    answer = clinic.get("/exercises", **{"Hep-Min-Position": position})

    assert answer.headers["Hep-Stale"] == "true"


def test_services_look_up_cards_and_words(clinic: Clinic) -> None:
    clinic.prescribe()
    bo = clinic.create("/staff", STAFF | {"sites": [clinic.site]}, ADA)
    title = next(e.data["title"] for e in clinic.events() if "title" in e.data)
    ids = f"{clinic.patient},{bo},{title},{'f' * 32}"

    cards = clinic.get(f"/cards?ids={ids}", SERVICE, **{"Hep-Tenant": "north"}).json["items"]
    texts = clinic.get(f"/texts?ids={ids}", SERVICE, **{"Hep-Tenant": "north"}).json["items"]

    ana = {"name": "Ana Ruiz", "email": "ana@example.org", "phone": None}
    assert cards == {
        clinic.patient: ana,
        bo: {"name": "Bo Haraldsen", "email": "bo@example.org", "phone": None},
    }
    assert texts == {title: "Stronger legs"}


def test_services_see_one_tenant_at_a_time(clinic: Clinic) -> None:
    path = f"/cards?ids={clinic.patient}"

    assert clinic.get(path, SERVICE, **{"Hep-Tenant": "south"}).json == {"items": {}}
    assert clinic.get(path, SERVICE).json == {"items": {}}


@pytest.mark.parametrize("path", ["/cards", "/texts"])
@pytest.mark.parametrize("person", [ANA, BO, DEE, ADA])
def test_only_services_look_up(clinic: Clinic, path: str, person: str) -> None:
    assert clinic.get(f"{path}?ids={clinic.patient}", person).status_code == 403


def test_no_more_than_two_hundred_are_looked_up_at_once(clinic: Clinic) -> None:
    ids = ",".join(f"{number:032x}" for number in range(201))

    answer = clinic.get(f"/cards?ids={ids}", SERVICE, **{"Hep-Tenant": "north"})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/ids")
