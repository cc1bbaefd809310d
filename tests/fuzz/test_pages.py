"""Whatever stands in a form or an address, a page answers, and soon."""

import hashlib
import hmac
import re
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.judged import soon
from tests.given import MASTER_KEY
from tests.permission.asking import Route, routes
from tests.permission.world import World, person

STRANGE = (
    "\0",
    "\ufffd",
    "\u202e",
    "9" * 5000,
    "-1",
    "1e999",
    "\u00b2",
    "=1+1",
    "%00",
    "../..",
    "|",
)
TEXT = st.sampled_from(STRANGE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def role(route: Route) -> str:
    return "lead" if "lead" in route.action.who else next(iter(route.action.who))


def call(world: World, route: Route, ids: dict[str, str], **sent: Any) -> Any:
    """Ask for an address as somebody who may."""
    patient = world.here["patient"] if role(route) == "patient" else ""
    token = person(role(route), "" if role(route) == "service" else "north", patient=patient)
    path = re.sub(r"<(\w+)>", lambda found: quote(ids[found[1]], safe=""), route.rule)
    client = world.apps[route.service].test_client()
    headers = {"Authorization": f"Bearer {token}", "Hep-Tenant": "north"}
    if route.is_page:
        client.set_cookie("hep", token)
    return client.open(path, method=route.method, headers=headers, **sent)


def forms(world: World) -> list[Route]:
    return [route for route in routes(world) if route.is_page and route.method == "POST"]


@pytest.fixture(scope="module")
def controls(world: World) -> list[str]:
    """Names of all controls of all pages."""
    pages = [route for route in routes(world) if route.is_page and route.method == "GET"]
    answers = [call(world, route, world.here).text for route in pages]
    names = {name for text in answers for name in re.findall(r'name="([^"]+)"', text)}
    assert len(names) > 40
    return sorted(names - {"csrf"})


def fill(world: World, route: Route, typed: dict[str, str]) -> Any:
    mark = f"csrf|{role(route)}-1".encode()
    token = hmac.new(MASTER_KEY, mark, hashlib.sha256).hexdigest()
    return call(world, route, world.here, data=typed | {"csrf": token})


def test_any_control_may_hold_anything(world: World, controls: list[str]) -> None:
    names = controls
    for route in forms(world):
        for value in STRANGE:
            for chosen in (names, names[::2], names[1::3]):
                with soon():
                    answer = fill(world, route, dict.fromkeys(chosen, value))

                assert answer.status_code < 500, (route.endpoint, value)


@given(data=st.data())
def test_any_controls_may_hold_any_text(
    world: World, controls: list[str], data: st.DataObject
) -> None:
    route = data.draw(st.sampled_from(forms(world)))
    names = st.sampled_from(controls) | TEXT
    typed = data.draw(st.dictionaries(names, TEXT, max_size=8))

    with soon():
        answer = fill(world, route, typed)

    assert answer.status_code < 500, route.endpoint


@pytest.mark.parametrize("text", ["a" * 3000, "$where", "north|other"])
def test_such_a_text_in_the_place_of_any_id_is_nothing(world: World, text: str) -> None:
    for route in named(world):
        says_nothing(world, route, text)


@given(data=st.data())
def test_any_text_in_the_place_of_an_id_is_nothing(world: World, data: st.DataObject) -> None:
    text = data.draw(TEXT.filter(lambda text: text not in ("", ".", "..")))

    says_nothing(world, data.draw(st.sampled_from(named(world))), text)


def named(world: World) -> list[Route]:
    return [route for route in routes(world) if route.names and route.method == "GET"]


def says_nothing(world: World, route: Route, text: str) -> None:
    """Ask for what is named so, and see that nothing of anybody is told."""
    with soon():
        answer = call(world, route, dict.fromkeys(route.names, text))

    assert answer.status_code in (200, 302, 308, 404, 422), (route.endpoint, text)
    assert not any(secret in answer.text for secret in world.secrets), route.endpoint


def test_a_form_of_very_many_fields_is_refused_soon(world: World) -> None:
    route = forms(world)[0]

    for data in (b"a=&" * 150_000, b"=".join([b"a" * 499_000, b""]), b"%" * 499_000):
        with soon():
            answer = call(world, route, world.here, data=data, content_type=FORM)

        assert answer.status_code < 500


FORM = "application/x-www-form-urlencoded"
