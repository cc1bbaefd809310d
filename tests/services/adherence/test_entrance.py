"""The pages of coming in, in a browser: on a phone and a desk, in both languages, for all."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.given import served
from tests.people import ANA, BO
from tests.services.adherence.conftest import Home
from tests.services.adherence.test_invitations import DESK, Prescription, link, paper
from tests.services.adherence.test_supporters import invites

OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
RULES = {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}}
OPEN = ("/adherence/enter", "/adherence/invitation", "/adherence/code")
PATIENTS = ("/adherence/supporters", "/adherence/supporters/new", "/adherence/?welcome=yes")
STAFFS = (DESK, f"{DESK}/paper")


@pytest.fixture
def address(ana: Home) -> Iterator[str]:
    """A service where Ana was invited both ways, and has a supporter."""
    object.__setattr__(ana.service, "peers", Prescription())
    link(ana)
    paper(ana)
    invites(ana)
    with served(ana.client.application) as found:
        yield found


def violations(page: Page, rules: dict[str, dict[str, bool]]) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"], "rules": rules})
    return [
        f"{page.url} {one['id']}: {node['html'][:160]}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]


def test_axe_finds_nothing_and_no_page_scrolls_sideways(address: str, browser: Browser) -> None:
    wrong = []
    people = (("", OPEN, RULES), (ANA, PATIENTS, RULES), (BO, STAFFS, {}))
    for width, language, theme in ((320, "es", "dark"), (1280, "en", "light")):
        for person, paths, rules in people:
            with browser.new_context(
                viewport={"width": width, "height": 800},
                locale=language,
                color_scheme="dark" if theme == "dark" else "light",
            ) as context:
                if person:
                    context.add_cookies([{"name": "hep", "value": person, "url": address}])
                page = context.new_page()
                for path in paths:
                    page.goto(address + path)
                    wrong += violations(page, rules)
                    if page.evaluate(OVERFLOW):
                        wrong.append(f"{path} scrolls sideways at {width}")

    assert wrong == []


def test_a_page_of_a_link_asks_for_it_only_where_the_address_has_none(
    address: str, browser: Browser
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}/adherence/invitation#secret")
        assert page.get_by_label("The whole link").is_visible()
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/adherence/invitation#secret")
        assert not page.get_by_label("The whole link").is_visible()
        assert page.locator("#secret").input_value() == "secret"


def test_the_sheet_is_one_page_of_either_paper(address: str, browser: Browser) -> None:
    with browser.new_context() as context:
        context.add_cookies([{"name": "hep", "value": BO, "url": address}])
        page = context.new_page()
        page.goto(f"{address}{DESK}/paper")

        for paper_of in ("A4", "Letter"):
            assert page.pdf(format=paper_of).count(b"/Type /Page\n") == 1
