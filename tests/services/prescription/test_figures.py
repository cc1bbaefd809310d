"""The page of an exercise shows its figure in place, and other services learn which have one."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from prescription import duties
from prescription.catalogue import catalogue, identity
from prescription.figure import movement
from prescription.rules import rules
from shared.due import Due
from tests.given import served
from tests.people import ANA, BO, SERVICE
from tests.services.prescription.conftest import NOW, Clinic

Open = Callable[..., Page]
# What stands beyond the right edge of the window.
BEYOND = """() => [...document.querySelectorAll("body *")]
  .filter((one) => one.checkVisibility() && !one.closest(".unseen, svg")
    && one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => one.outerHTML.slice(0, 120))"""
STILL = "quadriceps-stretch-standing"
TOLD = "cold-pack"


@pytest.fixture
def library(clinic: Clinic) -> Clinic:
    """A clinic whose library has the catalogue."""
    for start in range(0, len(catalogue().entries), rules().catalogue[1]):
        data = {"edition": catalogue().edition, "start": start}
        due = Due(f"due{start}", "stock", "north", "library-north", NOW, 1, data)
        duties.stock_library(due, clinic.service)
    clinic.catch_up()
    return clinic


def page_of(word: str) -> str:
    return f"/prescription/exercises/{identity('north', word)}"


def test_other_services_learn_which_exercises_a_figure_shows(library: Clinic) -> None:
    words = {identity("north", word): word for word in catalogue().entries}
    ids = ",".join([*list(words)[:100], library.exercise, "f" * 32])

    answer = library.get(f"/demonstrations?ids={ids}", SERVICE, **{"Hep-Tenant": "north"})

    assert answer.status_code == 200
    assert answer.json["items"] == {library.exercise: None} | {
        one: word if word in movement.words() else None for one, word in words.items()
    }


@pytest.mark.parametrize("person", [ANA, BO])
def test_people_are_not_asked_so(library: Clinic, person: str) -> None:
    assert library.get(f"/demonstrations?ids={'f' * 32}", person).status_code == 403


@pytest.fixture
def visit(library: Clinic, browser: Browser) -> Iterator[Open]:
    """Open a page as a therapist; whatever the browser complains of fails the test."""
    complaints: list[str] = []
    with served(library.client.application) as address:

        def go(path: str, *, width: int = 1280, **asked: object) -> Page:
            context = browser.new_context(viewport={"width": width, "height": 800}, **asked)  # type: ignore[arg-type]
            context.add_cookies([{"name": "hep", "value": BO, "url": address}])
            page = context.new_page()
            page.on("console", lambda message: complaints.append(message.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(address + path)
            return page

        yield go
        for context in browser.contexts:
            context.close()
    assert complaints == []


def test_the_figure_stands_still_until_somebody_plays_it(visit: Open) -> None:
    page = visit(page_of("sit-to-stand"))
    player = page.locator(".demonstration")

    expect(player.locator(".stage svg")).to_be_visible()
    expect(player.locator(".stage animate")).to_have_count(0)
    expect(player.get_by_role("button", name="Play")).to_be_visible()
    for name in ("Slow", "Repeat", "From the start"):
        expect(player.get_by_role("button", name=name)).to_be_visible()

    player.get_by_role("button", name="Play").click()
    expect(player.get_by_role("button", name="Pause")).to_be_visible()
    expect(player.locator(".stage animate").first).to_be_attached()


def test_without_a_script_the_pictures_say_it(visit: Open) -> None:
    page = visit(page_of("sit-to-stand"), java_script_enabled=False)

    expect(page.locator(".demonstration")).to_be_hidden()
    page.get_by_text("The same in pictures").click()
    assert page.locator(".stills svg:visible").count() == 5


def test_an_exercise_of_one_pose_has_its_picture_and_no_player(visit: Open) -> None:
    page = visit(page_of(STILL))

    expect(page.locator(".stills svg")).to_be_visible()
    expect(page.locator(".demonstration")).to_have_count(0)


def test_an_exercise_without_a_figure_offers_none(visit: Open, library: Clinic) -> None:
    for path in (page_of(TOLD), f"/prescription/exercises/{library.exercise}"):
        page = visit(path)

        assert page.locator(".figure, [data-moving]").count() == 0
        assert "/demonstrations/" not in page.content()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["en-GB", "es-ES"])
def test_nothing_scrolls_sideways_even_with_text_twice_as_large(
    visit: Open, width: int, language: str
) -> None:
    page = visit(page_of("bridge"), width=width, locale=language)
    page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert page.evaluate(BEYOND) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit: Open, scheme: str) -> None:
    page = visit(page_of("sit-to-stand"), color_scheme=scheme)

    found = Axe().run(page, ".detail")

    assert [one["id"] for one in found.response["violations"]] == []
