"""No page of any service needs what its content security policy forbids, and none has it inline."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.given import served
from tests.permission import world as worlds
from tests.permission.asking import Route, routes
from tests.permission.world import NAMES, World, person

# Whatever runs or is styled in the page's own text. `srcset` and data are no part of it.
INLINE = """() => [...document.querySelectorAll('*')].flatMap(found => [
  ...(found.matches('style, script:not([src])') ? [found.outerHTML] : []),
  ...[...found.attributes].filter(one => one.name === 'style' || one.name.startsWith('on')
    || /^\\s*(javascript|data):/i.test(one.value)).map(one => found.tagName + ' ' + one.name),
])"""
WATCH = """window.violations = []; addEventListener('securitypolicyviolation',
  event => window.violations.push(event.violatedDirective + ' ' + event.blockedURI))"""


@pytest.fixture(scope="module")
def world(mongodb: str) -> Iterator[World]:
    with worlds.standing(mongodb, "test_policy") as world:
        yield world


def pages(world: World, service: str, role: str) -> list[Route]:
    """Return those that somebody of a role may see."""
    return [
        route
        for route in routes(world)
        if route.is_page
        and route.method == "GET"
        and route.service == service
        and role in route.action.who
    ]


@pytest.mark.parametrize("service", NAMES)
def test_a_page_breaks_no_policy_and_has_nothing_inline(
    world: World, browser: Browser, service: str
) -> None:
    looked = 0
    with served(world.apps[service]) as address:
        for role in ("patient", "therapist", "operator"):
            patient = world.here["patient"] if role == "patient" else ""
            token = person(role, patient=patient)
            with browser.new_context() as context:
                context.add_cookies([{"name": "hep", "value": token, "url": address}])
                context.add_init_script(WATCH)
                page = context.new_page()
                complaints: list[str] = []
                page.on("console", lambda said, found=complaints: found.append(said.text))
                for route in pages(world, service, role):
                    path = re.sub(r"<(\w+)>", lambda found: world.here[found[1]], route.rule)
                    # Its scripts have run when it is loaded.
                    answer = page.goto(f"{address}{path}?key=x")

                    assert answer
                    assert page.evaluate("window.violations") == [], path
                    assert page.evaluate(INLINE) == [], path
                    policy = [said for said in complaints if "Content Security Policy" in said]
                    assert policy == [], path
                    looked += answer.ok

    assert looked


def test_what_is_inline_is_found(browser: Browser) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.set_content('<p style="color: red" onclick="x()"><a href="javascript:x()">x</a></p>')

        assert page.evaluate(INLINE) == ["P style", "P onclick", "A href"]
