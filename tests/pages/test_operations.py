"""The operators' page in a browser: on a phone and on a desk, in both languages, for everybody."""

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from reporting.app import DEFINITION, TEMPLATES
from shared.envelope import encode
from shared.ledger import ledger_id
from shared.mongo import Database
from shared.park import Failure
from shared.web.app import create_app
from tests import given
from tests.events import event
from tests.people import OPAL

STREAM = f"patient-{'9c' * 16}"
PATIENT = {
    "patient": "9c" * 16,
    "site": "5" * 32,
    "zone": "Europe/Madrid",
    "language": "es",
    "therapist": None,
}
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
FAULT = "ZeroDivisionError in summary_of_the_last_days, line 33"


@pytest.fixture
def address(database: Database) -> Iterator[str]:
    """The page of a service that has parked a key and paused a partition."""
    failed = event("prescription.patient.registered", STREAM, PATIENT)
    ledger = ledger_id("timeline@1", "hep.prescription.v1", 1, failed.key)
    now = datetime.now(UTC)
    record = Failure(ledger, failed, FAULT).document(encode(failed), now)
    database["parked"].insert_one(record)
    parked = {"_id": ledger, "state": "parked", "streams": {}, "seen": {STREAM: 1}}
    database["ledgers"].insert_one(parked)
    database["paused"].insert_one({"_id": "p", "consumer": "timeline@1", "since": now})
    app = create_app(DEFINITION, given.build(DEFINITION, database), TEMPLATES)
    with given.served(app) as found:
        yield f"{found}/reporting/operations/"


@pytest.fixture
def page(address: str, browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    context.add_cookies([{"name": "hep", "value": OPAL, "url": address}])
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(("width", "language"), [(360, "en"), (1280, "es")])
def test_the_pages_fit_and_everybody_can_use_them(
    page: Page, address: str, width: int, language: str
) -> None:
    key = ledger_id("timeline@1", "hep.prescription.v1", 1, f"north|{PATIENT['patient']}")
    page.set_viewport_size({"width": width, "height": 740})

    for path in (f"?lang={language}", f"keys?key={quote(key)}&lang={language}"):
        page.goto(address + path)
        for closed in page.locator("summary").all():
            closed.click()

        assert page.evaluate(OVERFLOW) <= 0
        assert Axe().run(page).response["violations"] == []


def test_an_operator_looks_and_leaves_a_commit_out(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("link", name=STREAM).click()
    page.get_by_label("Why").fill("It was registered twice")
    page.get_by_role("button", name="Leave this commit out").click()

    page.get_by_role("heading", name="It was left out").wait_for()
    assert page.get_by_role("heading", name="Nothing is parked").is_visible()
