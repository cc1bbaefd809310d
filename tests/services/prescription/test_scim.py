"""SCIM 2.0 Users as directories ask for them (RFC 7643, RFC 7644)."""

from dataclasses import replace
from typing import Any

import pytest

from tests.people import ADA, BO, CY, IDENTITIES
from tests.services.prescription.conftest import V1, Clinic

USERS = f"{V1}/scim/v2/Users"
STAFF = "urn:hep:params:scim:schemas:1.0:Staff"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


class Directory:
    """A directory that provisions staff."""

    def __init__(self, clinic: Clinic, token: str) -> None:
        self.clinic, self.token = clinic, token

    def ask(self, method: str, path: str = "", body: Any = None, **headers: str) -> Any:
        headers |= {"Authorization": f"Bearer {self.token}"}
        kind = {"json": body, "content_type": "application/scim+json"} if body else {}
        return self.clinic.client.open(USERS + path, method=method, headers=headers, **kind)

    def user(self, **other: Any) -> dict[str, Any]:
        return {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": "bo@example.org",
            "externalId": "42",
            "name": {"givenName": "Bo", "familyName": "Berg"},
            "emails": [{"value": "bo@example.org", "primary": True}],
            "active": True,
            "roles": [{"value": "therapist", "primary": True}],
            STAFF: {"sites": [self.clinic.site]},
        } | other


@pytest.fixture
def directory(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> Directory:
    given = replace(IDENTITIES[ADA], roles=("partner",), scopes=("staff.provision",))
    monkeypatch.setitem(IDENTITIES, "directory", given)
    return Directory(clinic, "directory")


@pytest.fixture
def bo(directory: Directory) -> str:
    answer = directory.ask("POST", "", directory.user())
    assert answer.status_code == 201, answer.text
    return f"/{answer.json['id']}"


def operations(*found: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": found}


def test_a_user_is_somebody_of_the_staff(directory: Directory, bo: str) -> None:
    told = directory.ask("GET", bo)

    assert told.content_type == "application/scim+json"
    assert told.headers["ETag"] == told.json["meta"]["version"] == '"1"'
    assert (told.json["userName"], told.json["displayName"]) == ("bo@example.org", "Bo Berg")
    assert (told.json["active"], told.json[STAFF]) == (True, {"sites": [directory.clinic.site]})
    member = directory.clinic.get(f"/staff{bo}").json
    assert (member["name"], member["email"], member["role"]) == (
        "Bo Berg",
        "bo@example.org",
        "therapist",
    )


@pytest.mark.usefixtures("bo")
def test_a_username_is_one_users(directory: Directory) -> None:
    again = directory.ask("POST", "", directory.user(userName="BO@example.org"))

    assert again.status_code == 409
    assert (again.json["schemas"], again.json["scimType"]) == ([ERROR], "uniqueness")


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ('userName eq "bo@example.org"', 1),
        ('USERNAME EQ "BO@example.org"', 1),
        ('userName eq "eve@example.org"', 0),
    ],
)
@pytest.mark.usefixtures("bo")
def test_users_are_found_by_username(directory: Directory, asked: str, number: int) -> None:
    told = directory.clinic.client.get(
        USERS, query_string={"filter": asked}, headers={"Authorization": "Bearer directory"}
    ).json

    assert (told["totalResults"], len(told["Resources"])) == (number, number)


@pytest.mark.usefixtures("bo")
def test_users_are_listed_in_pages(directory: Directory) -> None:
    directory.ask("POST", "", directory.user(userName="eve@example.org"))
    directory.clinic.catch_up()

    told = directory.ask("GET", "?startIndex=2&count=1").json

    assert (told["totalResults"], told["startIndex"], told["itemsPerPage"]) == (2, 2, 1)


def test_a_page_beyond_all_users_is_empty(directory: Directory) -> None:
    answer = directory.ask("GET", f"?startIndex={10**21}")

    assert (answer.status_code, answer.json["Resources"]) == (200, [])


def test_a_filter_that_is_not_known_is_said(directory: Directory) -> None:
    told = directory.ask("GET", "?filter=title pr")

    assert (told.status_code, told.json["scimType"]) == (400, "invalidFilter")


def test_a_user_is_replaced_at_the_version_that_was_read(directory: Directory, bo: str) -> None:
    body = directory.user(displayName="Bo Holm", roles=[{"value": "lead"}], **{STAFF: {}})

    stale = directory.ask("PUT", bo, body, **{"If-Match": '"7"'})
    done = directory.ask("PUT", bo, body, **{"If-Match": '"1"'})
    again = directory.ask("PUT", bo, body)

    assert (stale.status_code, stale.json["status"]) == (412, "412")
    assert (done.json["displayName"], done.json["roles"][0]["value"]) == ("Bo Holm", "lead")
    assert done.headers["ETag"] == again.headers["ETag"] == '"2"'


@pytest.mark.parametrize(
    "off",
    [
        {"op": "replace", "path": "active", "value": False},
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "replace", "value": {"active": False}},
    ],
)
def test_a_user_is_deactivated_and_activated(
    directory: Directory, bo: str, off: dict[str, Any]
) -> None:
    gone = directory.ask("PATCH", bo, operations(off))
    back = directory.ask("PATCH", bo, operations(off | {"path": "active", "value": True}))

    assert gone.json["active"] is False
    assert back.json["active"] is True
    assert back.headers["ETag"] == '"3"'
    assert directory.clinic.get(f"/staff{bo}").json["left"] is None


def test_parts_of_a_user_change(directory: Directory, bo: str) -> None:
    told = directory.ask(
        "PATCH",
        bo,
        operations(
            {"op": "replace", "path": "roles", "value": [{"value": "lead"}]},
            {"op": "add", "path": f"{STAFF}:sites", "value": []},
            {"op": "replace", "value": {"displayName": "Bo Holm", "userName": "holm@example.org"}},
            {"op": "replace", "path": 'emails[type eq "work"].value', "value": "x@example.org"},
        ),
    ).json

    assert (told["displayName"], told["userName"]) == ("Bo Holm", "holm@example.org")
    assert (told["roles"][0]["value"], told[STAFF]["sites"]) == ("lead", [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"op": "move", "path": "active"},
        {"op": "replace", "path": "shoeSize", "value": 9},
        {"op": "replace", "path": "active", "value": "perhaps"},
        {"op": "replace", "path": "roles", "value": [{"value": "juggler"}]},
        {"op": "replace", "path": "roles", "value": 7},
        {"op": "replace", "path": "userName", "value": {"a": 1}},
        {"op": "replace", "value": 1},
    ],
)
def test_what_cannot_be_is_told_in_scims_form(
    directory: Directory, bo: str, wrong: dict[str, Any]
) -> None:
    answer = directory.ask("PATCH", bo, operations(wrong))

    assert (answer.status_code, answer.content_type) == (400, "application/scim+json")
    assert (answer.json["schemas"], answer.json["status"]) == ([ERROR], "400")
    assert answer.json["detail"]


@pytest.mark.parametrize(
    "other", [{"userName": "bo"}, {"roles": []}, {"active": "perhaps"}, {STAFF: {"sites": ["x"]}}]
)
def test_a_user_who_cannot_be_is_told_in_scims_form(
    directory: Directory, other: dict[str, Any]
) -> None:
    answer = directory.ask("POST", "", directory.user(**other))

    assert (answer.status_code, answer.json["scimType"]) == (400, "invalidValue")


def test_others_are_turned_away_in_scims_form(
    directory: Directory, bo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic = directory.clinic
    monkeypatch.setitem(IDENTITIES, "feed", replace(IDENTITIES["directory"], scopes=("other",)))
    south = replace(IDENTITIES["directory"], tenant=IDENTITIES[CY].tenant)
    monkeypatch.setitem(IDENTITIES, "south", south)

    for token, status in ((BO, 403), ("feed", 403), ("nobody", 401), ("south", 404)):
        answer = Directory(clinic, token).ask("GET", bo)
        assert (answer.status_code, answer.json["schemas"]) == (status, [ERROR])


def test_who_is_deactivated_keeps_what_was_known(directory: Directory, bo: str) -> None:
    directory.ask("PUT", bo, directory.user(active=False, displayName="Other"))

    told = directory.ask("GET", bo).json

    assert (told["active"], told["displayName"]) == (False, "Bo Berg")
