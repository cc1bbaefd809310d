"""Templates over HTTP: those that HEP brings, the practice's own, and their pages."""

import re
from dataclasses import replace
from typing import Any

import pytest

from prescription.protocol.programs import identity, programs
from tests.people import ADA, BO, CY, DEE, IDENTITIES
from tests.services.prescription.conftest import Clinic
from tests.services.prescription.test_exercises import stock
from tests.services.prescription.test_pages import visit

STAFF = {"name": "Bo Haraldsen", "email": "bo@example.org", "role": "therapist"}
TKA = "tka-home-0-6"


@pytest.fixture
def staff(clinic: Clinic) -> str:
    """The staff member as whom Bo signs in."""
    own = {"sites": [clinic.site], "subject": IDENTITIES[BO].subject}
    return clinic.create("/staff", STAFF | own, ADA)


@pytest.fixture
def north(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> str:
    """A therapist whose work is limited to the clinic's site, and who is nobody's owner."""
    limited = replace(IDENTITIES[BO], subject="gus", sites=(clinic.site,))
    monkeypatch.setitem(IDENTITIES, "gus", limited)
    return "gus"


def names(clinic: Clinic, query: str = "") -> list[str]:
    answer = clinic.get(f"/templates?{query}")
    assert answer.status_code == 200, answer.json
    return [item["name"] for item in answer.json["items"]]


def tell(clinic: Clinic, template: str, what: str, body: Any, person: str = BO) -> Any:
    version = clinic.get(f"/templates/{template}", person).headers.get("ETag", '"0"')
    return clinic.post(f"/templates/{template}/{what}", body, person, **{"If-Match": version})


def press(clinic: Clinic, template: str, what: str, person: str = BO) -> Any:
    """Press a button of a template's page, whether it is shown or not."""
    page = visit(clinic, f"/templates/{template}", person).text
    found = re.search(r'name="csrf" value="([^"]*)"', page)
    assert found
    fields = {"csrf": found[1], "key": what + person, "version": "1"}
    return clinic.client.post(f"/prescription/templates/{template}/{what}", data=fields)


def test_every_published_program_comes_into_the_library_with_its_source(clinic: Clinic) -> None:
    stock(clinic)
    clinic.catch_up()
    found = clinic.get(f"/templates/{identity('north', TKA)}").json

    assert len(names(clinic, "limit=200")) == len(programs())
    assert found["source"]["url"].startswith("http://lakewoodorthopedics.com/")
    assert not found["diagnosis"]["verified"]
    assert [item["called"] for item in found["phases"][0]["exercises"]][:2] == [
        "Ankle pump",
        "Quadriceps set",
    ]


def test_templates_are_found_by_words_and_part_of_the_body(clinic: Clinic) -> None:
    stock(clinic)
    clinic.catch_up()

    assert names(clinic, "q=achilles eccentric") == [
        "Alfredson eccentric heel-drop programme",
        "Silbernagel combined concentric-eccentric programme",
    ]
    assert names(clinic, "q=steady&region=ankle") == ["2BFit unsupervised ankle balance programme"]
    assert clinic.get("/templates?region=tail").status_code == 422


def test_a_practice_puts_in_its_own_changes_and_retires_it(clinic: Clinic, staff: str) -> None:
    template = clinic.create("/templates", clinic.template_body())
    changed = tell(clinic, template, "revisions", clinic.template_body(name="Long legs"))
    clinic.catch_up()
    found = clinic.get(f"/templates/{template}").json

    assert changed.status_code == 201
    assert (found["name"], found["owner"], found["version"]) == ("Long legs", staff, 2)
    assert names(clinic) == ["Long legs"]
    assert tell(clinic, template, "retirement", {}).status_code == 201
    clinic.catch_up()
    assert names(clinic) == []
    assert names(clinic, "retired=true") == ["Long legs"]
    gone = tell(clinic, template, "revisions", clinic.template_body())
    assert (gone.status_code, gone.json["type"]) == (409, "/problems/template-retired")


def test_who_works_at_some_clinics_changes_no_template_of_another(
    clinic: Clinic, staff: str, north: str
) -> None:
    template = clinic.create("/templates", clinic.template_body(owner=staff))

    refused = tell(clinic, template, "revisions", clinic.template_body(owner=staff), north)

    assert (refused.status_code, refused.json["type"]) == (409, "/problems/template-of-another")


def test_two_who_change_one_template_at_once_lose_nothing(clinic: Clinic, staff: str) -> None:
    template = clinic.create("/templates", clinic.template_body(owner=staff))
    path = f"/templates/{template}/revisions"
    body = clinic.template_body(owner=staff)

    assert clinic.post(path, body | {"name": "A"}, **{"If-Match": '"1"'}).status_code == 201
    assert clinic.post(path, body | {"name": "B"}, DEE, **{"If-Match": '"1"'}).status_code == 412


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize(
    ("exit_", "pointer"),
    [
        ([], "/phases/0/exit"),
        ([{"measure": "time", "at_least": 1}], "/phases/0/exit/0/at_least"),
        ([{"measure": "performance", "at_least": 1}], "/phases/0/exit/0/exercise"),
        ([{"measure": "pain", "at_most": "low"}], "/phases/0/exit/0/at_most"),
    ],
)
def test_criteria_that_cannot_be_met_are_told_at_the_field(
    clinic: Clinic, exit_: list[Any], pointer: str
) -> None:
    body = clinic.template_body()
    body["phases"][0] |= {"entry": [{"measure": "time", "at_least": 2}], "exit": exit_}

    answer = clinic.post("/templates", body)

    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == pointer


def test_a_template_without_an_owner_is_refused(clinic: Clinic) -> None:
    answer = clinic.post("/templates", clinic.template_body())

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/owner")


def test_another_practice_has_its_own(clinic: Clinic, staff: str) -> None:
    template = clinic.create("/templates", clinic.template_body(owner=staff))
    clinic.catch_up()

    assert clinic.get("/templates", CY).json["items"] == []
    assert clinic.get(f"/templates/{template}", CY).status_code == 404


def test_a_template_is_shown_with_its_source_and_what_was_not_seen(clinic: Clinic) -> None:
    stock(clinic)
    clinic.catch_up()

    listed = visit(clinic, "/templates?q=knee").text
    page = visit(clinic, f"/templates/{identity('north', TKA)}").text
    spanish = visit(clinic, f"/templates/{identity('north', TKA)}", language="es").text

    assert f'href="/prescription/templates/{identity("north", TKA)}?q=knee"' in listed
    assert "http://lakewoodorthopedics.com/" in page
    assert "The source leaves open: days a week, sets." in page
    assert "weeks since the start: at least 6" in page
    assert "semanas desde el inicio: al menos 6" in spanish


def test_a_template_is_retired_on_its_page(clinic: Clinic, staff: str, north: str) -> None:
    template = clinic.create("/templates", clinic.template_body(owner=staff))
    clinic.catch_up()

    refused = press(clinic, template, "retire", north)
    done = press(clinic, template, "retire")

    assert (refused.status_code, done.status_code) == (409, 302)
    assert "Somebody else answers for this template" in refused.text
    assert clinic.get(f"/templates/{template}").json["retired"]
