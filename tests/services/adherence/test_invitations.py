"""Patients come in by invitation: through the pages and the API, over the real store."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from adherence.rules import rules
from shared.limit import limits
from shared.peers import Away
from shared.store import Commit, MongoStore
from tests.given import Nobody
from tests.people import ANA_ID, BO, CY, SERVICE
from tests.services.adherence.conftest import Home

PATIENT = f"/patients/{ANA_ID}"
DESK = f"/adherence{PATIENT}/invitation"
BORN = 1950
MAIN = re.compile(r"<main.*</main>", re.DOTALL)
TAGS = re.compile(r"<[^>]+>")
CODE = re.compile(r'class="code">([^<]+)<')
KEY = re.compile(r'name="key" value="([^"]+)"')
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"


class Prescription(Nobody):
    """Knows who Ana is, and the year in which she was born."""

    def get(self, owner: str, path: str, *_: object) -> Any:
        assert (owner, path) == ("prescription", "births")
        return {"items": {ANA_ID: BORN}}

    def cards(self, tenant: str, ids: Any) -> dict[str, Any]:
        del tenant
        return {one: {"name": "Ana Ruiz", "email": "ana@example.org"} for one in ids}


@pytest.fixture
def clinic(ana: Home) -> Home:
    """Ana's home, and a clinic that knows her."""
    object.__setattr__(ana.service, "peers", Prescription())
    return ana


@pytest.fixture
def phone(clinic: Home) -> Any:
    """A browser of Ana's own, which nobody knows yet."""
    browser = clinic.client.application.test_client()
    browser.environ_base["HTTP_USER_AGENT"] = CHROME
    return browser


def said(page: Any) -> str:
    (main,) = MAIN.findall(page.text)
    return " ".join(TAGS.sub(" ", main).split())


def invited(clinic: Home, way: str = "link", person: str = BO) -> Any:
    return clinic.post(f"{PATIENT}/invitations", {"way": way}, person)


def letter(clinic: Home, invitation: str) -> Any:
    headers = {"Hep-Tenant": "north"}
    return clinic.get(f"{PATIENT}/invitations/{invitation}/letter", SERVICE, **headers).json


def link(clinic: Home) -> str:
    """Invite Ana by a link and return what stands behind its #."""
    return str(letter(clinic, invited(clinic).json["id"])["secret"])


def paper(clinic: Home) -> str:
    """Invite Ana by paper and return the code on the sheet."""
    clinic.submit(clinic.visit(DESK, BO), DESK, {"way": "paper"})
    found = CODE.search(clinic.visit(f"{DESK}/paper", BO).text)
    assert found
    return found[1]


def press(phone: Any, secret: str, key: str = "") -> Any:
    """Open the page of a link and press its button."""
    drawn = KEY.search(phone.get("/adherence/invitation").text)
    assert drawn
    return phone.post("/adherence/invitation", data={"secret": secret, "key": key or drawn[1]})


def types(phone: Any, code: str, year: str = str(BORN)) -> Any:
    drawn = KEY.search(phone.get("/adherence/code").text)
    assert drawn
    return phone.post("/adherence/code", data={"code": code, "birth_year": year, "key": drawn[1]})


def sessions(clinic: Home) -> int:
    return len(clinic.service.sessions.listed("north", ANA_ID))


def states(clinic: Home) -> list[str]:
    items = clinic.get(f"{PATIENT}/invitations", BO).json["items"]
    return [item["state"] for item in items]


def test_a_link_lets_in_and_the_device_is_remembered(clinic: Home, phone: Any) -> None:
    answer = press(phone, link(clinic))

    assert (answer.status_code, urlsplit(answer.location).path) == (303, "/adherence/")
    cookies = {one.split("=")[0] for one in answer.headers.getlist("Set-Cookie")}
    assert cookies == {"hep", "hep-renew-adherence"}
    (device,) = clinic.service.sessions.listed("north", ANA_ID)
    assert (device.device, device.who.roles, device.who.patient) == ("Chrome", ("patient",), ANA_ID)
    assert states(clinic) == ["used"]


def test_opening_a_link_uses_nothing_up(clinic: Home, phone: Any) -> None:
    secret = link(clinic)

    for _ in range(3):
        assert phone.get("/adherence/invitation").status_code == 200

    assert states(clinic) == ["open"]
    assert press(phone, secret).status_code == 303


def test_the_whole_link_may_be_pasted(clinic: Home, phone: Any) -> None:
    whole = f"http://localhost/adherence/invitation#{link(clinic)}"

    assert press(phone, whole).status_code == 303


def test_a_link_works_once(clinic: Home, phone: Any) -> None:
    secret = link(clinic)
    press(phone, secret)

    again = press(phone, secret)

    assert again.status_code == 409
    assert "This invitation was used before" in said(again)
    assert sessions(clinic) == 1


def test_one_tap_that_was_sent_twice_lets_in_as_once_and_not_for_long(
    clinic: Home, phone: Any
) -> None:
    secret = link(clinic)

    assert press(phone, secret, "a tap").status_code == 303
    assert press(phone, secret, "a tap").status_code == 303

    clinic.watch.now += rules().inviting.again + timedelta(seconds=1)
    assert press(phone, secret, "a tap").status_code == 409


def test_a_code_lets_in_with_the_year_however_it_is_typed(clinic: Home, phone: Any) -> None:
    code = paper(clinic)

    answer = types(phone, f" {code.lower().replace('-', ' ')} ")

    assert answer.status_code == 303
    assert sessions(clinic) == 1


@pytest.mark.parametrize("wrong", ["year", "code"])
def test_wrong_tries_are_counted_and_lock(clinic: Home, phone: Any, wrong: str) -> None:
    code = paper(clinic)
    tried = (code, "1951") if wrong == "year" else (code[:-1] + "*", str(BORN))

    pages = [types(phone, *tried) for _ in range(rules().inviting.tries)]

    assert "You have 4 more tries" in said(pages[0])
    assert "You have 1 more try" in said(pages[-2])
    assert "tried too often" in said(pages[-1])
    assert "tried too often" in said(types(phone, code))
    assert states(clinic) == ["locked"]
    assert sessions(clinic) == 0


def test_a_code_that_names_nothing_is_told_beside_its_field(phone: Any) -> None:
    page = types(phone, "AAAA-AAA-AAA")

    assert page.status_code == 422
    assert "We do not know this invitation." in said(page)


@pytest.mark.parametrize(("code", "year"), [("", "1950"), ("AAAA-AAA-AAA", ""), ("x", "fifty")])
def test_what_is_missing_is_said_beside_its_field(
    clinic: Home, phone: Any, code: str, year: str
) -> None:
    page = types(phone, code, year)

    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    assert clinic.service.database["commits"].count_documents({}) == 0


@pytest.mark.parametrize(("way", "days"), [("link", 7), ("paper", 30)])
def test_an_old_one_lets_nobody_in(clinic: Home, phone: Any, way: str, days: int) -> None:
    given = link(clinic) if way == "link" else paper(clinic)
    clinic.watch.now += timedelta(days=days)

    page = press(phone, given) if way == "link" else types(phone, given)

    assert "This invitation is too old" in said(page)
    assert states(clinic) == ["expired"]


def test_a_newer_one_takes_the_place_of_the_one_before(clinic: Home, phone: Any) -> None:
    first = link(clinic)
    second = link(clinic)

    assert "Only the newest one works." in said(press(phone, first))
    assert press(phone, second).status_code == 303
    assert states(clinic) == ["used", "replaced"]


def test_staff_take_one_back(clinic: Home, phone: Any) -> None:
    secret = link(clinic)
    page = clinic.visit(DESK, BO)
    (invitation,) = (item["id"] for item in clinic.get(f"{PATIENT}/invitations", BO).json["items"])

    told = clinic.submit(page, f"{DESK}/revoke", {"invitation": invitation})

    assert "The invitation was taken back" in said(told)
    assert press(phone, secret).status_code == 409


def test_nothing_stored_or_answered_holds_the_secret(clinic: Home) -> None:
    secret, code = link(clinic), paper(clinic)

    kept = [
        str(document)
        for name in clinic.service.database.list_collection_names()
        for document in clinic.service.database[name].find({})
    ]

    assert any(ANA_ID in one for one in kept)
    for given in (secret, code, code.replace("-", "")):
        assert not [one for one in kept if given in one]
        assert given not in str([event.data for event in clinic.published()])


def test_a_secret_is_destroyed_once_it_is_used_or_over(clinic: Home, phone: Any) -> None:
    first = invited(clinic).json["id"]
    press(phone, letter(clinic, first)["secret"])
    second = invited(clinic).json["id"]
    clinic.watch.now += timedelta(days=7)

    assert letter(clinic, first)["secret"] == letter(clinic, second)["secret"] == ""
    assert clinic.service.database["sealed"].count_documents({}) == 1


def test_an_invitation_that_crosses_with_an_erasure_lets_nobody_in(
    clinic: Home, phone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, append = link(clinic), MongoStore.append

    def crossed(self: MongoStore, commit: Commit) -> None:
        clinic.service.vault.erase("north", ANA_ID)
        append(self, commit)

    monkeypatch.setattr(MongoStore, "append", crossed)
    invited(clinic)

    for name in ("sealed", "invitations"):
        assert clinic.service.database[name].count_documents({}) == 0
    assert press(phone, secret).status_code == 404
    assert invited(clinic).status_code == 404


def test_only_services_are_given_the_secret(clinic: Home) -> None:
    path = f"{PATIENT}/invitations/{invited(clinic).json['id']}/letter"

    assert clinic.get(path, BO).status_code == clinic.get(path).status_code == 403


def test_the_same_command_sent_again_invites_once(clinic: Home) -> None:
    answers = [
        clinic.post(f"{PATIENT}/invitations", {"way": "link"}, BO, key="once") for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert states(clinic) == ["open"]


def test_another_practice_finds_nobody(clinic: Home) -> None:
    assert invited(clinic, person=CY).status_code == 404
    assert clinic.visit(DESK, CY).status_code == 404


def test_without_the_year_of_birth_no_code_is_made_and_staff_are_told(clinic: Home) -> None:
    def away(*_: object) -> None:
        raise Away("prescription")

    clinic.service.peers.get = away  # type: ignore[method-assign]

    page = clinic.submit(clinic.visit(DESK, BO), DESK, {"way": "paper"})

    assert page.status_code == 503
    assert "The year of birth cannot be read just now" in said(page)


def test_staff_see_whether_it_was_used_and_on_which_device_and_end_it(
    clinic: Home, phone: Any
) -> None:
    assert "Not invited yet." in said(clinic.visit(DESK, BO))
    press(phone, link(clinic))
    page = clinic.visit(DESK, BO)
    assert "Chrome" in said(page)

    told = clinic.submit(page, f"{DESK}/devices/end", {})

    assert "All devices are signed out" in said(told)
    assert sessions(clinic) == 0
    renewed = phone.get("/adherence/session?next=/adherence/")
    assert "/adherence/sign-in" in renewed.location


def test_nobody_is_signed_in_from_another_site(clinic: Home, phone: Any) -> None:
    data = {"secret": link(clinic), "key": "x"}
    headers = {"Origin": "https://elsewhere.example"}

    answer = phone.post("/adherence/invitation", data=data, headers=headers)

    assert answer.status_code == 422
    assert states(clinic) == ["open"]


def test_ten_thousand_tries_from_one_address_are_answered_429(clinic: Home, phone: Any) -> None:
    limiter = clinic.client.application.extensions["hep.limiter"]
    for _ in range(limits()["invitation.address"].most):
        limiter.take("invitation.address", "127.0.0.1")

    answer = types(phone, "AAAA-AAA-AAA")

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_who_is_not_known_is_asked_how_to_come_in(phone: Any) -> None:
    page = phone.get("/adherence/", follow_redirects=True)

    assert "You got a code on paper" in said(page)
    assert phone.get("/adherence/enter").status_code == 200


def test_the_sheet_is_in_the_patients_language_and_says_nothing_of_health(clinic: Home) -> None:
    paper(clinic)

    page = clinic.visit(f"{DESK}/paper", BO)

    assert 'lang="en"' in page.text
    assert "<svg" in page.text
    assert str(BORN) not in page.text
