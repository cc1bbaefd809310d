"""The page of suggestions: a case from draft and record, ticked exercises, a draft."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from prescription.catalogue import catalogue, identity
from tests.given import served
from tests.people import BO
from tests.services.prescription.conftest import Clinic
from tests.services.prescription.test_builder import path, record
from tests.services.prescription.test_exercises import stock
from tests.services.prescription.test_pages import summary, visit

OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
CASE = {
    "diagnosis-words": "Osteoarthritis of the left knee",
    "diagnosis-code": "M17.1",
    "goals": "Climb stairs without pain.",
    "phase": "late",
    "irritability": "low",
    "equipment": ["chair", "wall", "step"],
}


@pytest.fixture
def stocked(clinic: Clinic) -> Clinic:
    """The clinic with the catalogue in its library."""
    stock(clinic)
    clinic.catch_up()
    return clinic


def ask(clinic: Clinic, language: str = "en", **fields: Any) -> Any:
    """Fill in the page of suggestions, and post it."""
    page = visit(clinic, path(clinic, "suggest")).text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    return clinic.client.post(
        f"/prescription{path(clinic, 'suggest')}",
        data={**hidden, **CASE, **fields},
        headers={"Accept-Language": language},
    )


def offered(answer: Any) -> list[str]:
    return re.findall(r'name="take" value="(\w+)"', answer.text)


def word(name: str) -> str:
    return identity("north", name)


def test_what_the_record_says_is_heeded_unasked(stocked: Clinic) -> None:
    before = offered(ask(stocked))
    record(stocked, conditions=["no_weight"], home={"equipment": ["step"], "spaces": []})

    page = visit(stocked, path(stocked, "suggest")).text
    after = ask(stocked)

    assert re.search(r'value="step" checked', page)
    assert not re.search(r'value="band" checked', page)
    barred = {one for one in before if one not in offered(after)}
    assert word("step-up") in barred
    assert "not for a condition of the record: “You may not put weight on a leg.”" in after.text
    assert "Of the record:" in after.text


def test_what_is_ticked_comes_into_the_draft_beside_what_stands_there(stocked: Clinic) -> None:
    chosen = [word("step-up"), word("sit-to-stand")]
    assert set(chosen) <= set(offered(ask(stocked)))

    taken = ask(stocked, take=chosen, chosen="1")
    again = ask(stocked, take=[*chosen, word("bridge"), "f" * 32], chosen="1")

    assert taken.status_code == again.status_code == 303
    assert taken.headers["Location"].endswith(path(stocked, "prescribe"))
    found = stocked.get(path(stocked))
    assert found.status_code == 200, found.json
    draft = found.json["draft"]
    assert [row["exercise"] for row in draft["exercises"]] == [*chosen, word("bridge")]
    usual = catalogue().entries["step-up"].usual.dose
    assert draft["exercises"][0]["dose"]["repetitions"] == usual.repetitions
    assert draft["diagnosis"] == {
        "code": "M17.1",
        "system": "ICD-10",
        "text": "Osteoarthritis of the left knee",
    }
    assert draft["goals"] == ["Climb stairs without pain."]
    assert "Osteoarthritis of the left knee" in visit(stocked, path(stocked, "suggest")).text


def test_what_is_missing_is_asked_for_at_its_field(stocked: Clinic) -> None:
    unknown = {"diagnosis-words": "Sadness", "diagnosis-code": ""}

    assert set(summary(ask(stocked, phase="", irritability=""))) == {"phase", "irritability"}
    assert list(summary(ask(stocked, **unknown))) == ["diagnosis-words"]
    assert list(summary(ask(stocked, **unknown | {"diagnosis-words": ""}))) == ["diagnosis-words"]


def test_a_therapist_goes_from_a_diagnosis_to_a_draft(stocked: Clinic, browser: Browser) -> None:
    with served(stocked.client.application) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.context.add_cookies([{"name": "hep", "value": BO, "url": address}])
        page.goto(f"{address}/prescription{path(stocked, 'prescribe')}")
        page.get_by_role("link", name="Have exercises suggested").click()
        page.get_by_label("Diagnosis", exact=True).fill("artrosis de rodilla")
        page.get_by_label("Phase").select_option("late")
        page.get_by_label("Irritability").select_option("low")
        for name in ("Chair", "Step", "Wall", "Mat"):
            page.get_by_label(name, exact=True).check()
        page.get_by_role("button", name="Suggest").click()
        page.get_by_role("heading", name="for knee osteoarthritis").wait_for()

        found = Axe().run(page, options={"resultTypes": ["violations"]})
        assert [one["id"] for one in found.response["violations"]] == []
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(OVERFLOW) == 0

        ticked = page.locator("input[name=take]:checked").count()
        page.get_by_role("button", name="Take into the draft").click()
        page.wait_for_url("**/prescribe")
        assert ticked == 4
        assert page.locator("fieldset[data-row]").count() == ticked
        page.context.close()
