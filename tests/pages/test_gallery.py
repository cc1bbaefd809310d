"""The design system, judged in a browser: every macro, every theme, phone to desk."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from jinja2 import Environment
from playwright.sync_api import Page

from shared.language import CATALOGUES, catalogue
from shared.web.frame import PATIENT, STAFF
from tests.pages import gallery
from tests.pages.conftest import Open

RULES = {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}}
SHARED = gallery.WEB.parent
AUDIENCES = ["patient", "staff"]
TARGETS = {"patient": 48, "staff": 32}

FOCUS = """() => {
  window.reached = new Map();
  const seen = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  document.addEventListener("focusin", ({ target }) => {
    const around = [target, target.nextElementSibling, target.closest("label")].filter(Boolean);
    window.reached.set(target, around.some((element) => seen(getComputedStyle(element))));
  });
}"""
CONTROLS = """() => {
  const choice = (input) => {
    const group = document.querySelectorAll(`input[type=radio][name="${input.name}"]`);
    return [...group].find((other) => other.checked) ?? group[0];
  };
  const all = document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, [tabindex='0']");
  return [...all].filter((element) => element.checkVisibility() && element.tabIndex >= 0
    && element.type !== "hidden" && (element.type !== "radio" || choice(element) === element));
}"""
UNREACHED = f"""() => ({CONTROLS})().filter((element) => !window.reached.get(element))
  .map((element) => element.outerHTML.slice(0, 120))"""
SMALL = """(least) => {
  const all = document.querySelectorAll(
    ".button, input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea, summary, "
    + ".choice, .point, nav a, .error-summary a, .change a");
  return [...all].filter((element) => element.checkVisibility() && !element.closest(".unseen")
      && element.getBoundingClientRect().height < least - 0.5)
    .map((element) => element.outerHTML.slice(0, 120));
}"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_every_macro_is_shown(visit: Open) -> None:
    page = visit("/", javascript=False)

    shown = page.locator("[data-macro]").evaluate_all("all => all.map(one => one.dataset.macro)")

    assert sorted(shown) == sorted(name for _, name, _ in gallery.macros())


def test_every_word_is_said_in_spanish() -> None:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    templates = gallery.PARTS.parent
    said = {
        message[0] if isinstance(message, tuple) else message
        for path in templates.rglob("*.html")
        for _, _, message in environment.extract_translations(path.read_text())  # type: ignore[attr-defined]
    }
    named = {text for frame in (PATIENT, STAFF) for text, _ in frame.ways}
    refused = "".join(path.read_text() for path in SHARED.rglob("*.py"))
    spanish = set(catalogue("es", CATALOGUES))

    assert (said | named) - spanish <= {None}
    assert [text for text in spanish - said - named if f'"{text}"' not in refused] == []


@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 1280)])
@pytest.mark.parametrize("audience", AUDIENCES)
def test_axe_finds_nothing_in_the_parts(visit: Open, audience: str, theme: str, width: int) -> None:
    page = visit(f"/?audience={audience}&theme={theme}", width)

    assert violations(page, audience) == []


@pytest.mark.parametrize("name", gallery.PAGES)
def test_axe_finds_nothing_in_whole_pages_and_they_fit_at_four_hundred_percent(
    visit: Open, name: str
) -> None:
    page = visit(f"/pages/{name}?theme=dark&lang=es", 768)

    assert violations(page, gallery.PAGES[name]) == []

    page.set_viewport_size({"width": 320, "height": 740})

    assert page.evaluate(OVERFLOW) == 0


@pytest.mark.parametrize("audience", AUDIENCES)
def test_parts_do_not_scroll_sideways_at_four_hundred_percent(visit: Open, audience: str) -> None:
    page = visit(f"/?audience={audience}&lang=es", 320)

    assert page.evaluate(OVERFLOW) == 0


@pytest.mark.parametrize("audience", AUDIENCES)
def test_the_keyboard_reaches_every_control_and_shows_where_it_is(
    visit: Open, audience: str
) -> None:
    page = visit(f"/?audience={audience}", 1280)
    page.evaluate("() => document.activeElement.blur()")
    page.evaluate(FOCUS)

    for _ in range(page.evaluate(f"() => ({CONTROLS})().length") + 5):
        page.keyboard.press("Tab")

    assert page.evaluate(UNREACHED) == []


@pytest.mark.parametrize("audience", AUDIENCES)
def test_targets_are_large_enough_for_a_thumb(visit: Open, audience: str) -> None:
    page = visit(f"/?audience={audience}")

    assert page.evaluate(SMALL, TARGETS[audience]) == []


def test_pain_that_nobody_answered_arrives_as_no_answer(visit: Open) -> None:
    page = visit("/pages/log", javascript=False)

    page.get_by_role("button", name="Save").click()

    assert page.locator("dt:text-is('pain') + dd").text_content() == ""
    assert page.locator("dt:text-is('effort') + dd").text_content() == "5"


def test_enter_in_a_dose_removes_no_exercise(visit: Open) -> None:
    page = visit("/pages/prescribe", javascript=False)

    with page.expect_navigation():
        page.locator("#exercises-0-sets").press("Enter")

    assert page.locator("dt:text-is('csrf')").count() == 1
    assert page.locator("dt:text-is('remove')").count() == 0


def test_an_added_exercise_has_fields_of_its_own(visit: Open) -> None:
    page = visit("/pages/prescribe", 1280)

    page.get_by_role("button", name="Add an exercise").click()
    page.locator("#exercises-2-exercise").select_option("Knee bend")
    page.get_by_role("button", name="Remove this exercise").first.click()

    assert page.locator("[data-count]").all_text_contents() == ["1", "2"]
    assert page.locator("#exercises-0-exercise").count() == 0


def test_a_form_is_sent_once(visit: Open) -> None:
    page = visit("/pages/log")

    went = page.evaluate(
        """() => [1, 2].map(() => document.querySelector("main form").dispatchEvent(
          new SubmitEvent("submit", { bubbles: true, cancelable: true })))"""
    )

    assert went == [True, False]


def test_shortcuts_are_listed_on_a_question_mark(visit: Open) -> None:
    page = visit("/pages/caseload", 1280)
    page.locator("body").press("?")

    listed = page.locator("dialog dd").all_text_contents()

    assert listed == ["Show this list", "Find a patient", "Change the program", "Timeline"]


def violations(page: Page, audience: str) -> list[str]:
    """What axe finds, one line a rule; patients' text is held to a contrast of 7 to 1."""
    rules = RULES if audience == "patient" else {"target-size": {"enabled": True}}
    found = Axe().run(page, options={"resultTypes": ["violations"], "rules": rules})
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]
