"""A patient's care in a browser: on a phone and on a desk, in both languages, for everybody."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from prescription.app import DEFINITION
from shared.mongo import Database
from shared.web.app import create_app
from tests import given
from tests.people import ADA, BO
from tests.services.prescription.conftest import EXERCISE, NOW, SITE, TEMPLATES, Clinic

OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
LONG = "Adelheid Wilhelmine Konstantinopolitanska-Featherstonehaugh"
NOTE = "Climbed eight stairs without the rail. 🙂\nأصبحت أفضل"
PLACES = (
    "",
    "/plans/new",
    "/plans/{plan}/change",
    "/plans/{plan}/close",
    "/plans/{plan}/visits/new",
    "/visits/{visit}",
    "/visits/{visit}/amend",
    "/visits/{visit}/withdraw",
    "/screen",
    "/screen/new",
    "/prescribe",
)
# Of somebody who was asked nothing yet.
FRESH = ("", "/screen", "/screen/new", "/screen/new?region=lower_back", "/prescribe")


@pytest.fixture
def places(database: Database) -> Iterator[dict[str, str]]:
    """The addresses of a patient's care: a plan with a visit too many, and a program."""
    app = create_app(DEFINITION, given.build(DEFINITION, database, lambda: NOW), TEMPLATES)
    clinic = Clinic(app.test_client())
    clinic.site = clinic.create("/sites", SITE, ADA)
    clinic.exercise = clinic.create("/exercises", EXERCISE)
    clinic.patient = clinic.create("/patients", clinic.patient_body(name=LONG))
    program = clinic.prescribe()
    one = [{"first": "2026-09-01", "last": "2026-10-31", "visits": 1}]
    plan = clinic.begin_plan(authorised=one)
    reviewed = [{"program": program, "revision": 1, "exercises": [clinic.exercise]}]
    visit = clinic.record_visit(plan, note=NOTE, reviewed=reviewed)
    clinic.record_visit(plan, day="2026-09-04", kind="video")
    clinic.answer_screen(positive=["saddle", "unwell"], note=NOTE)
    fresh = clinic.create("/patients", clinic.patient_body(name="Bea Roth"))
    clinic.catch_up()
    with given.served(app) as address:
        home = f"{address}/prescription/patients/{clinic.patient}"
        found = {place: home + place.format(plan=plan, visit=visit) for place in PLACES}
        other = f"{address}/prescription/patients/{fresh}"
        found |= {f"fresh{place}": other + place for place in FRESH}
        yield found | {"/note": f"{address}/prescription/programs/{program}/revisions/1/note"}


@pytest.fixture
def page(places: dict[str, str], browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    context.add_cookies([{"name": "hep", "value": BO, "url": places[""]}])
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(("width", "language"), [(360, "en"), (1280, "es")])
def test_the_pages_fit_and_everybody_can_use_them(
    page: Page, places: dict[str, str], width: int, language: str
) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    for place, address in places.items():
        page.goto(address + ("&" if "?" in address else "?") + f"lang={quote(language)}")

        assert page.evaluate(OVERFLOW) == 0, place
        ids = page.eval_on_selector_all("[id]", "all => all.map((one) => one.id)")
        assert len(ids) == len(set(ids)), place
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], place


def test_a_visit_is_recorded_in_few_taps_and_its_note_copied(
    page: Page, places: dict[str, str]
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(places[""])
    page.keyboard.press("v")
    page.get_by_label("Minutes").fill("30")
    page.get_by_label("Exercises practised").check()
    page.get_by_role("button", name="Save the visit").click()

    page.get_by_role("button", name="Copy the note").click()
    page.get_by_role("button", name="Copied").wait_for()

    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied == page.get_by_label("Note to paste into the record").input_value()
    assert "In person, 30 min" in copied


def test_without_scripts_the_note_is_there_to_select(
    browser: Browser, places: dict[str, str]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([{"name": "hep", "value": BO, "url": places[""]}])
    page = context.new_page()
    page.goto(places["/visits/{visit}"])

    note = page.get_by_label("Note to paste into the record")
    assert NOTE in note.input_value()
    assert note.get_attribute("readonly") is not None
    assert not page.get_by_role("button", name="Copy the note").is_visible()
    context.close()
