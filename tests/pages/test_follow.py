"""The timer of an exercise, in a browser whose time is the test's."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from adherence.app import DEFINITION
from shared.mongo import Database
from tests.given import Nobody, given_service, served
from tests.pages.test_demonstration import CLOCK, create_app
from tests.pages.test_reporting import OVERFLOW
from tests.people import ANA
from tests.services.adherence.conftest import TEMPLATES, Home, Watch
from tests.unit.adherence.facts import (
    BRIDGE,
    CALF,
    MONDAY,
    PROGRAM,
    WALK,
    asks,
    prescribed,
    published,
    registered,
)

READY = 8
HELD = 4
Open = Callable[..., Page]
# Words are heard by the test: what was spoken, in order.
EARS = """() => {
  window.heard = [];
  window.SpeechSynthesisUtterance = class { constructor(words) { this.words = words; } };
  Object.defineProperty(window, "speechSynthesis", { value: {
    cancel() {}, speak(said) { heard.push(said.words); },
  } });
  window.awake = [];
  const lock = { addEventListener() {}, release() { awake.push("off"); } };
  Object.defineProperty(navigator, "wakeLock", { value: {
    request: async (what) => { awake.push(what); return lock; },
  } });
}"""


def beside_figures(app: Any) -> Callable[..., Iterable[bytes]]:
    """Return the service with prescription's figures on the same origin, as the edge has them."""
    figures = create_app()
    return DispatcherMiddleware(app, {"/prescription": _under(figures, "/prescription")})


def _under(app: Any, prefix: str) -> Callable[..., Iterable[bytes]]:
    def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        environ = {**environ, "SCRIPT_NAME": "", "PATH_INFO": prefix + environ["PATH_INFO"]}
        found: Iterable[bytes] = app(environ, start)
        return found

    return answer


@contextmanager
def at_home(
    database: Database, monkeypatch: pytest.MonkeyPatch, doses: Iterable[dict[str, Any]]
) -> Iterator[Home]:
    """Ana's home with these doses of three exercises, two of which a figure shows."""
    figures = {BRIDGE: "bridge", CALF: "calf-stretch-wall", WALK: None}
    monkeypatch.setattr(Nobody, "figures", lambda *_: figures)
    watch = Watch()
    with given_service(DEFINITION, database, TEMPLATES, clock=watch) as client:
        home = Home(client, watch)
        home.hear(published(), published(WALK, "Walk outside"), published(CALF, "Calf stretch"))
        home.hear(registered(), prescribed(*doses))
        yield home


@pytest.fixture
def home(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    doses = [
        asks(BRIDGE, sets=2, repetitions=3, hold_seconds=HELD, rest_seconds=10),
        asks(CALF, sets=1, hold_seconds=30, repetitions=None, side="each"),
        asks(WALK, minutes=20, sets=None, repetitions=None),
    ]
    with at_home(database, monkeypatch, doses) as found:
        yield found


@pytest.fixture
def visit(home: Home, browser: Browser) -> Iterator[Open]:
    """Open the timer of an exercise; whatever the browser complains of fails the test."""
    complaints: list[str] = []
    with served(beside_figures(home.client.application)) as address:  # type: ignore[arg-type]

        def go(
            exercise: str = BRIDGE, *, width: int = 360, timed: bool = True, **asked: Any
        ) -> Page:
            context = browser.new_context(viewport={"width": width, "height": 740}, **asked)
            context.add_cookies([{"name": "hep", "value": ANA, "url": address}])
            page = context.new_page()
            if timed:
                page.add_init_script(f"({CLOCK})(); ({EARS})();")
            page.on("console", lambda message: complaints.append(message.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(
                f"{address}/adherence/programs/{PROGRAM}/{MONDAY}/exercises/{exercise}/follow"
            )
            return page

        yield go
        for context in browser.contexts:
            context.close()
    assert complaints == []


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def after(page: Page, seconds: float) -> None:
    """Let time pass, once the player is there."""
    expect(page.locator(".follow")).to_be_visible()
    page.evaluate("seconds => pass(seconds)", seconds)


def until(page: Page, name: str, text: str) -> None:
    """Let time pass until a part says this."""
    page.evaluate(
        """([name, text]) => {
          const part = document.querySelector(`[data-${name}]`);
          while (part.textContent !== text || part.matches(".holding")) pass(0.1);
        }""",
        [name, text],
    )


def told(page: Page) -> dict[str, str]:
    fields = page.locator("[data-told] input:not([type=hidden])")
    return {one.get_attribute("name") or "": one.input_value() for one in fields.all()}


def big(page: Page) -> str:
    return page.locator("[data-big]").inner_text()


def test_it_gets_ready_counts_holds_and_rests(visit: Open) -> None:
    page = visit()
    expect(page.locator(".stage svg")).to_be_visible()
    press(page, "Start")
    after(page, READY - 1.5)
    ready = (page.locator("[data-words]").inner_text(), big(page))
    after(page, 2.5)
    moving = big(page)
    page.evaluate("() => { while (!document.querySelector('.holding')) pass(0.1); }")
    holding = (page.locator("[data-words]").inner_text(), big(page))
    page.evaluate("() => { while (document.querySelector('.holding')) pass(0.1); pass(2); }")

    assert (ready, moving, holding) == (("Get into position", "2"), "1", ("Hold", str(HELD)))
    until(page, "words", "Rest")
    assert page.locator("[data-where]").inner_text() == "Set 2 of 2"


def through(page: Page) -> None:
    """Let time pass until all is done."""
    page.evaluate("() => { while (!document.querySelector('.follow').hidden) pass(1); }")


def test_what_the_timer_saw_is_one_tap_to_save(visit: Open, home: Home) -> None:
    page = visit()
    press(page, "Start")
    through(page)
    assert told(page) == {"sets": "2", "repetitions": "3", "hold_seconds": "4"}

    press(page, "Save what I did")

    expect(page.get_by_role("heading", name="Saved: 1 of 3 exercises")).to_be_visible()
    entry = home.session()["entries"][0]
    assert (entry["evidence"], entry["mode"], entry["goes"]) == ("timed", "as_prescribed", 1)
    assert entry["done"]["sets"] == 2


def test_who_stops_early_saves_what_was_done(visit: Open, home: Home) -> None:
    page = visit()
    press(page, "Start")
    after(page, READY + 0.5)
    press(page, "Skip ahead")  # nothing of the first set
    press(page, "Skip ahead")  # no rest
    until(page, "big", "3")

    press(page, "Enough for now")

    assert told(page) == {"sets": "", "repetitions": "2", "hold_seconds": "4"}
    press(page, "Save what I did")
    expect(page.locator(".tag.partial")).to_be_visible()
    entry = home.session()["entries"][0]
    assert (entry["evidence"], entry["mode"]) == ("timed", "edited")
    assert (entry["done"]["sets"], entry["done"]["repetitions"]) == (None, 2)


def test_what_is_changed_by_hand_rests_on_a_tap(visit: Open, home: Home) -> None:
    page = visit()
    press(page, "Start")
    through(page)
    page.get_by_label("Repetitions").fill("2")

    press(page, "Save what I did")

    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    entry = home.session()["entries"][0]
    assert (entry["evidence"], entry["mode"]) == ("tap", "edited")


def test_sides_take_turns_and_the_figure_turns_round(visit: Open) -> None:
    page = visit(CALF)
    expect(page.locator(".stage svg")).to_be_visible()
    shows = page.locator("[data-stage]").get_attribute("data-shows")
    press(page, "Start")
    until(page, "words", "Change to the other side")

    assert "side=right" in (shows or "")
    expect(page.locator("[data-where]")).to_have_text("left side")
    expect(page.locator("[data-stage]")).to_have_attribute("data-shows", re.compile("side=left"))
    through(page)
    assert told(page) == {"sets": "1", "hold_seconds": "30"}


def test_minutes_are_counted_down_and_pause_when_asked(visit: Open) -> None:
    page = visit(WALK)
    expect(page.locator(".stage")).to_be_hidden()
    press(page, "Start")
    after(page, READY + 65)
    press(page, "Pause")
    paused = big(page)
    after(page, 30)

    assert big(page) == paused
    assert paused.startswith("18:5")
    press(page, "Enough for now")
    assert told(page) == {"minutes": "1.1"}


def test_it_speaks_and_keeps_the_screen_awake_until_it_is_told_not_to(visit: Open) -> None:
    page = visit()
    press(page, "Start")
    after(page, READY + 1)
    press(page, "Voice")
    after(page, 20)

    assert page.evaluate("heard") == ["Get into position. Set 1 of 2", "1"]
    press(page, "Enough for now")
    assert page.evaluate("awake") == ["screen", "off"]
    page.reload()
    expect(page.get_by_role("button", name="Voice")).to_have_attribute("aria-pressed", "false")


def test_a_figure_that_does_not_come_leaves_the_timer(visit: Open) -> None:
    page = visit(WALK)
    page.route("**/demonstrations/*.json*", lambda route: route.fulfill(status=204))
    page.goto(page.url.replace(WALK, BRIDGE))

    press(page, "Start")
    through(page)

    assert told(page)["sets"] == "2"


def test_without_a_script_the_form_is_there(visit: Open) -> None:
    page = visit(java_script_enabled=False, timed=False)

    expect(page.locator(".follow")).to_be_hidden()
    expect(page.get_by_text("The timer needs JavaScript")).to_be_visible()
    assert told(page) == {"sets": "2", "repetitions": "3", "hold_seconds": "4"}


def test_a_number_that_cannot_be_is_said_at_its_field(visit: Open) -> None:
    page = visit()
    press(page, "Enough for now")
    page.get_by_label("Sets").fill("0")

    press(page, "Save what I did")

    expect(page.get_by_role("alert")).to_contain_text("Sets: Give a whole number from 1 to 480.")
    expect(page.get_by_label("Sets")).to_have_value("0")
    expect(page.locator(".follow")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en-GB", "es-ES"])
def test_it_is_large_fits_and_axe_finds_nothing(visit: Open, scheme: str, language: str) -> None:
    page = visit(color_scheme=scheme, locale=language)
    expect(page.locator(".stage svg")).to_be_visible()
    heights = page.locator(".follow button").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )

    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    assert min(heights) >= 48
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(OVERFLOW) == 0
