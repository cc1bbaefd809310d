"""The player of a demonstration, in a browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask, Response
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from playwright.sync_api import Browser, Page, expect

import prescription
import shared.web
from prescription.demonstrations import demonstrations
from prescription.figure import movement as movements
from shared.errors import NotFound
from shared.web import words
from shared.web.app import HEADERS, POLICY
from tests.given import served

WEB = Path(shared.web.__file__).parent
SERVICE = Path(prescription.__file__).parent
PAGE = "/prescription/demonstrations/sit-to-stand"
Open = Callable[..., Page]
# Time is the test's: a second passes when it says so, in frames as a browser draws them.
CLOCK = """() => {
  let now = 0; let waiting = [];
  window.requestAnimationFrame = (act) => { waiting.push(act); return waiting.length; };
  window.pass = (seconds) => {
    for (let frame = 0; frame < seconds * 20; frame += 1) {
      now += 50; const due = waiting; waiting = []; due.forEach((act) => act(now));
    }
  };
}"""


def create_app() -> Flask:
    """The page alone: it needs no engine and no sign-in."""
    app = Flask(__name__, static_folder=str(WEB / "static"), static_url_path="/static")
    folders = [SERVICE / "templates", WEB / "templates"]
    app.jinja_loader = ChoiceLoader([FileSystemLoader(folder) for folder in folders])
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        asset=lambda name: f"/static/{name}", csrf_token=lambda: "", sign_out="", nav=[], home="/"
    )
    app.jinja_env.globals.update(audience="patient", sessions="")
    words.register(app, SERVICE / "words")
    app.register_blueprint(demonstrations)
    app.register_error_handler(NotFound, lambda refusal: (refusal.title, refusal.status))
    app.after_request(guard)
    return app


def guard(answer: Response) -> Response:
    answer.headers.update(HEADERS | {"Content-Security-Policy": POLICY.format(issuer="")})
    return answer


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(create_app()) as found:
        yield found


@pytest.fixture
def visit(address: str, browser: Browser) -> Iterator[Open]:
    """Open a page; whatever the browser complains of fails the test."""
    complaints: list[str] = []

    def go(path: str = PAGE, *, width: int = 360, timed: bool = True, **asked: object) -> Page:
        size = {"width": width, "height": 740}
        page = browser.new_page(viewport=size, **asked)  # type: ignore[arg-type]
        if timed:
            page.add_init_script(f"({CLOCK})()")
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address + path)
        return page

    yield go
    for context in browser.contexts:
        context.close()
    assert complaints == []


def after(page: Page, seconds: float) -> None:
    """Let time pass, once the picture is there."""
    expect(page.locator(".stage svg")).to_be_visible()
    page.evaluate("seconds => pass(seconds)", seconds)


def at(page: Page) -> float:
    """The picture's own time: whole numbers are key poses."""
    return float(page.evaluate("document.querySelector('.stage svg').getCurrentTime()"))


def count(page: Page) -> str:
    return page.locator("[data-count]").inner_text()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_it_plays_pauses_and_goes_on(visit: Open) -> None:
    page = visit()
    after(page, 1.2)
    press(page, "Pause")
    stopped = at(page)

    page.evaluate("pass(1)")
    paused = at(page)
    press(page, "Play")
    after(page, 1)

    assert 0 < stopped == paused < at(page)


def test_the_shapes_move_with_it(visit: Open) -> None:
    page = visit()
    shirt = "document.querySelector('.stage .shirt').getBBox().y"
    after(page, 0.1)
    low = page.evaluate(shirt)

    after(page, 3.2)

    assert page.evaluate(shirt) < low - 100


def test_slow_takes_twice_as_long(visit: Open) -> None:
    fast, slow = visit(), visit()
    press(slow, "Slow")
    after(fast, 1.05)
    after(slow, 2.05)

    assert at(slow) == pytest.approx(at(fast), abs=0.05)
    assert slow.get_by_role("button", name="Slow").get_attribute("aria-pressed") == "true"


def test_repetitions_are_counted_and_end_with_the_dose(visit: Open) -> None:
    page = visit(f"{PAGE}?repetitions=2")
    after(page, 8)
    once = count(page)

    after(page, 8)

    assert (once, count(page)) == ("1", "2")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Repetition 2")


def test_without_repeating_it_ends_after_one(visit: Open) -> None:
    page = visit()
    press(page, "Repeat")
    after(page, 30)

    assert count(page) == "1"
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_a_hold_is_counted_down_as_the_dose_says(visit: Open) -> None:
    page = visit(f"{PAGE}?hold=30")
    after(page, 3.3)
    began = page.locator("[data-seconds]").inner_text()

    after(page, 20)

    assert (began, page.locator("[data-seconds]").inner_text()) == ("30", "10")
    expect(page.locator("[data-caption]")).to_have_text("Stand tall.")
    assert at(page) == pytest.approx(3)


def test_from_the_start_counts_anew(visit: Open) -> None:
    page = visit()
    after(page, 9)
    press(page, "Pause")

    press(page, "From the start")

    assert (count(page), at(page)) == ("0", 0)


def test_who_wants_less_motion_sees_stills_until_they_ask(visit: Open) -> None:
    page = visit(reduced_motion="reduce")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(page.locator(".stills svg").first).to_be_visible()
    expect(page.locator(".stage")).to_be_hidden()

    press(page, "Play")
    after(page, 1)

    assert at(page) > 0


def test_without_a_script_the_stills_say_it(visit: Open) -> None:
    page = visit(java_script_enabled=False, timed=False)

    expect(page.locator(".demonstration")).to_be_hidden()
    assert page.locator(".stills figcaption").count() == page.locator(".stills svg").count() == 5
    expect(page.get_by_text("lean forward and stand up")).to_be_visible()


def test_the_keyboard_does_it_all(visit: Open) -> None:
    page = visit()
    after(page, 1)
    page.get_by_role("button", name="Pause").focus()
    page.keyboard.press("Enter")
    stopped = at(page)
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")

    page.evaluate("pass(1)")

    assert at(page) == stopped
    assert page.get_by_role("button", name="Repeat").get_attribute("aria-pressed") == "false"


def test_a_picture_that_does_not_come_is_said(visit: Open) -> None:
    page = visit(reduced_motion="reduce")
    page.route("**/moving.svg*", lambda route: route.fulfill(status=204))

    press(page, "Play")

    expect(page.locator("[data-caption]")).to_have_text(
        "The moving picture cannot be loaded. The pictures below show the same."
    )


def test_buttons_are_large_and_nothing_scrolls_sideways(visit: Open) -> None:
    page = visit()

    heights = page.locator(".demonstration button").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )

    assert len(heights) == 4
    assert min(heights) >= 48
    assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit: Open, scheme: str) -> None:
    page = visit(color_scheme=scheme, reduced_motion="reduce")

    found = Axe().run(page)

    assert [one["id"] for one in found.response["violations"]] == []


def test_it_speaks_spanish(visit: Open) -> None:
    page = visit(f"{PAGE}?lang=es")

    expect(page.get_by_role("button", name="Pausa")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sentarse y levantarse")
    expect(page.locator(".stills figcaption").first).to_contain_text("Siéntese")


def test_another_language_shows_the_same_dose(visit: Open) -> None:
    program = "f" * 32
    page = visit(f"{PAGE}?hold=30&repetitions=10&program={program}", reduced_motion="reduce")

    page.get_by_role("link", name="Español").click()

    expect(page.get_by_text("Repetición 0 de 10")).to_be_visible()
    back = page.get_by_role("link", name="Volver a hoy")
    expect(back).to_have_attribute("href", f"/adherence/?program={program}")


def test_whoever_came_from_today_goes_back_there_and_nowhere_else() -> None:
    client = create_app().test_client()
    program = "0123456789abcdef" * 2

    assert f'href="/adherence/?program={program}"' in client.get(f"{PAGE}?program={program}").text
    for other in ("", "?program=", "?program=//evil.example", f"?program={program}x"):
        assert "Back to today" not in client.get(PAGE + other).text


@pytest.mark.parametrize("asked", ["hold=x", "hold=-1", "hold=99999", "repetitions=%C2%B2"])
def test_a_dose_that_cannot_be_changes_nothing(asked: str) -> None:
    client = create_app().test_client()

    shown, usual = (client.get(path).text.split("<main")[1] for path in (f"{PAGE}?{asked}", PAGE))
    assert shown.split("<footer")[0] == usual.split("<footer")[0]


def test_the_left_side_is_shown_as_in_a_mirror(visit: Open) -> None:
    right, left = visit(f"{PAGE}?side=right"), visit(f"{PAGE}?side=left")
    nose = "document.querySelectorAll('{}')[0].getBoundingClientRect().x"
    shoe, seat = (f".stills li:first-child .figure .{name}" for name in ("shoe", "seat"))

    for page, faces in ((right, 1), (left, -1)):
        ahead = page.evaluate(nose.format(shoe)) - page.evaluate(nose.format(seat))
        assert ahead * faces > 0


def test_the_picture_that_moves_may_be_kept() -> None:
    answer = create_app().test_client().get(f"{PAGE}/moving.svg")

    assert answer.headers["Cache-Control"] == "public, max-age=31536000"
    assert answer.content_type.startswith("image/svg+xml")


def test_an_exercise_without_a_figure_is_not_there() -> None:
    client = create_app().test_client()

    assert client.get("/prescription/demonstrations/cold-pack").status_code == 404
    assert client.get("/prescription/demonstrations/bridge/moving.svg").status_code == 200
    assert (
        client.get(
            "/prescription/demonstrations/quadriceps-stretch-standing/moving.svg"
        ).status_code
        == 404
    )


@pytest.mark.parametrize("word", movements.words())
def test_every_figure_has_its_page(word: str) -> None:
    answer = create_app().test_client().get(f"/prescription/demonstrations/{word}?lang=es")

    assert answer.status_code == 200
    assert answer.text.count("<figcaption>") == len(movements.movement(word).keys)
    assert ("data-phases" in answer.text) == movements.movement(word).moves


def test_a_still_has_no_player(visit: Open) -> None:
    page = visit("/prescription/demonstrations/quadriceps-stretch-standing")

    expect(page.locator(".stills svg")).to_be_visible()
    expect(page.locator(".demonstration")).to_have_count(0)


def test_a_picture_for_paper_has_a_title() -> None:
    answer = create_app().test_client().get(f"{PAGE}.svg")

    assert "<title>From sitting on a chair" in answer.text
    assert answer.text.count("<svg ") == 6
