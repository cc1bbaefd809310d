"""A patient lets somebody see parts of the record, and takes it back."""

import re
from typing import Any

import pytest

from adherence.invite import now
from shared.tokens import Identity
from tests.people import ANA_ID, SERVICE
from tests.services.adherence.conftest import Home

PAGE = "/adherence/supporters"
JUAN = {"name": "Juan Ruiz", "email": "juan@example.org", "parts": "progress"}
REMOVE = re.compile(r'action="(/adherence/supporters/(\w+)/remove)"')


def invites(home: Home, **fields: Any) -> Any:
    return home.submit(home.visit(f"{PAGE}/new"), f"{PAGE}/new", JUAN | fields)


def letter(home: Home) -> Any:
    """Return what the newest invitation is sent with."""
    (*_, issued) = (found for found in home.published() if ".invitation.issued." in found.type)
    path = f"/patients/{ANA_ID}/invitations/{issued.data['invitation']}/letter"
    return home.get(path, SERVICE, **{"Hep-Tenant": "north"}).json


def comes_in(home: Home) -> Any:
    browser = home.client.application.test_client()
    data = {"secret": letter(home)["secret"], "key": "a tap"}
    return browser.post("/adherence/invitation", data=data)


def listed(home: Home) -> tuple[str, str]:
    found = REMOVE.search(home.visit(PAGE).text)
    assert found
    return found[1], found[2]


def test_a_supporter_is_invited_by_a_link_with_a_name_that_is_in_no_event(ana: Home) -> None:
    told = invites(ana)

    assert "The link is on its way" in told.text
    assert letter(ana) | {"secret": ""} == {
        "secret": "",
        "name": "Juan Ruiz",
        "email": "juan@example.org",
    }
    commits = str(list(ana.service.database["commits"].find({})))
    assert "Juan" not in commits
    assert "juan@" not in commits


@pytest.mark.parametrize(
    ("parts", "first"), [("progress", "/reporting/"), ("messages", "/notifications/")]
)
def test_a_supporter_comes_in_to_what_was_allowed_and_no_more(
    ana: Home, parts: str, first: str
) -> None:
    invites(ana, parts=parts)

    answer = comes_in(ana)

    assert answer.location == first
    _, supporter = listed(ana)
    (device,) = ana.service.sessions.listed("north", supporter)
    assert (device.who.roles, device.who.scopes) == (("supporter",), (parts,))
    assert device.who.patient == ANA_ID


def test_what_is_taken_back_ends_at_once_and_for_good(ana: Home) -> None:
    invites(ana)
    comes_in(ana)
    path, supporter = listed(ana)
    (device,) = ana.service.sessions.listed("north", supporter)

    told = ana.submit(ana.visit(PAGE), path, {})

    assert "Taken back" in told.text
    assert "Juan" not in told.text
    assert ana.service.sessions.listed("north", supporter) == []
    assert now(device.who, ana.service) is None
    assert ana.service.vault.open("north", [supporter]) == {}


def test_a_link_of_somebody_who_was_taken_back_lets_nobody_in(ana: Home) -> None:
    invites(ana)
    secret = letter(ana)["secret"]
    path, _ = listed(ana)
    ana.submit(ana.visit(PAGE), path, {})

    browser = ana.client.application.test_client()
    answer = browser.post("/adherence/invitation", data={"secret": secret, "key": "x"})

    assert answer.status_code == 409


def test_a_new_link_takes_the_place_of_a_lost_one(ana: Home) -> None:
    invites(ana)
    lost = letter(ana)["secret"]
    _, supporter = listed(ana)

    ana.submit(ana.visit(PAGE), f"{PAGE}/{supporter}/again", {})

    assert letter(ana)["secret"] not in ("", lost)
    assert comes_in(ana).status_code == 303


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"name": " "}, "name"), ({"email": "juan"}, "email"), ({"parts": ""}, "parts")],
)
def test_what_is_wrong_is_said_beside_its_field(
    ana: Home, wrong: dict[str, str], field: str
) -> None:
    page = invites(ana, **wrong)

    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    assert ana.service.database["commits"].count_documents({}) == 0


def test_a_patient_who_was_erased_is_nobody_any_more(ana: Home) -> None:
    who = Identity(ANA_ID, "north", ("patient",), (), ANA_ID, 0)
    assert now(who, ana.service) == who

    ana.service.vault.erase("north", ANA_ID)

    assert now(who, ana.service) is None
