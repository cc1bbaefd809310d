"""Each exercise of a day leads to its figure in its dose; without one, to none."""

from collections.abc import Callable, Iterator
from html import unescape

import pytest
from playwright.sync_api import Browser, Page, expect

from shared.peers import Away
from tests.given import Nobody, served
from tests.people import ANA
from tests.services.adherence.conftest import Home
from tests.unit.adherence.facts import BRIDGE, CALF, PROGRAM, WALK, asks, published, registered
from tests.unit.adherence.facts import prescribed as program

FIGURES = {BRIDGE: "bridge", CALF: "calf-stretch-wall", WALK: None}
SHOWN = "/prescription/demonstrations"
Open = Callable[..., Page]
# What stands beyond the right edge of the window.
BEYOND = """() => [...document.querySelectorAll("body *")]
  .filter((one) => one.checkVisibility() && !one.closest(".unseen, svg")
    && one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => one.outerHTML.slice(0, 120))"""


@pytest.fixture
def shown(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Ana's home with three exercises, two of which a figure shows."""
    monkeypatch.setattr(Nobody, "figures", lambda *_: FIGURES)
    home.hear(published(), published(WALK, "Walk outside"), published(CALF, "Calf stretch"))
    doses = [
        asks(BRIDGE),
        asks(CALF, hold_seconds=30, sets=2, side="left"),
        asks(WALK, minutes=20, sets=None),
    ]
    home.hear(registered(), program(*doses))
    return home


def addresses(home: Home) -> list[str]:
    page = unescape(home.visit().text)
    return [part.split('"')[0] for part in page.split('href="') if part.startswith(SHOWN)]


def test_each_exercise_with_a_figure_leads_to_it_in_its_dose(shown: Home) -> None:
    assert addresses(shown) == [
        f"{SHOWN}/bridge?repetitions=10&program={PROGRAM}",
        f"{SHOWN}/calf-stretch-wall?hold=30&side=left&program={PROGRAM}",
    ]


def test_while_nobody_says_which_have_a_figure_none_is_offered(
    shown: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise Away("prescription")

    monkeypatch.setattr(Nobody, "figures", away)

    assert addresses(shown) == []


@pytest.fixture
def visit(shown: Home, browser: Browser) -> Iterator[Open]:
    """Open Today as Ana; whatever the browser complains of fails the test."""
    complaints: list[str] = []
    with served(shown.client.application) as address:

        def go(path: str = "/adherence/", *, width: int = 360, **asked: object) -> Page:
            context = browser.new_context(viewport={"width": width, "height": 740}, **asked)  # type: ignore[arg-type]
            context.add_cookies([{"name": "hep", "value": ANA, "url": address}])
            page = context.new_page()
            page.on("console", lambda message: complaints.append(message.text))
            page.goto(address + path)
            return page

        yield go
        for context in browser.contexts:
            context.close()
    assert complaints == []


def test_show_me_is_large_named_and_reached_by_keyboard(visit: Open) -> None:
    page = visit()
    links = page.get_by_role("link", name="Show me (")
    named = [f"Show me ({name})" for name in ("Bridge", "Calf stretch")]

    assert [" ".join(text.split()) for text in links.all_inner_texts()] == named
    for link in links.all():
        box = link.bounding_box()
        assert box is not None
        assert box["height"] >= 48
    links.first.focus()
    expect(links.first).to_be_focused()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["en-GB", "es-ES"])
def test_nothing_scrolls_sideways_even_with_text_twice_as_large(
    visit: Open, width: int, language: str
) -> None:
    page = visit(width=width, locale=language)
    page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert page.evaluate(BEYOND) == []
