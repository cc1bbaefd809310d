"""What every answer of every service keeps, taken from the running apps' address maps."""

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared import logs
from shared.mongo import Database
from shared.web.app import create_app
from tests.given import build
from tests.permission.asking import Route, ask, routes
from tests.permission.world import NAMES, World, person
from tests.web.test_kit import DEFINITION

CONTRACTS = {"openapi", "asyncapi", "schema"}
# Whoever sends another person's browser here renews or ends a session; nothing is lost by it.
WITHOUT_TOKEN = {
    "session.renew",
    "session.sign_out",
    # Whoever comes in is nobody yet: the secret lets in, and the browser says from whose page.
    "pages.entrance.redeem_link",
    "pages.entrance.redeem_code",
}


def holder(world: World, route: Route) -> str:
    """Return a token of somebody who may ask."""
    role = "lead" if "lead" in route.action.who else next(iter(route.action.who))
    patient = world.here["patient"] if role == "patient" else ""
    return person(role, "" if role == "service" else "north", patient=patient)


def answers(world: World) -> Iterator[tuple[str, Any]]:
    """Answer every GET as somebody who may, and as nobody."""
    for route in routes(world):
        if route.method == "GET":
            yield route.endpoint, ask(world, route, holder(world, route), world.here)
            yield route.endpoint, ask(world, route, "", world.here)


def test_nothing_about_anybody_is_kept_by_a_browser_or_a_proxy(world: World) -> None:
    found = list(answers(world))

    assert len(found) > 60
    for endpoint, answer in found:
        assert answer.headers["Cache-Control"] == "no-store", endpoint


def test_only_what_has_its_content_in_its_address_is_kept(world: World) -> None:
    page = ask(world, pages(world)[0], holder(world, pages(world)[0]), world.here).text
    [asset] = re.findall(r'href="(/\w+/static/app.css\?v=\w+)"', page)
    client = world.apps[asset.split("/")[1]].test_client()

    with client.get(asset) as answer:
        assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_every_answer_says_what_a_browser_may_do_with_it(world: World) -> None:
    for endpoint, answer in answers(world):
        policy = answer.headers["Content-Security-Policy"]

        assert "unsafe" not in policy, endpoint
        assert policy.startswith("default-src 'none';")
        assert "form-action 'self' http://localhost;" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize(("origin", "said"), [("https://hep.example", True), ("http://x", False)])
def test_over_https_a_browser_comes_back_by_https_alone(
    database: Database, origin: str, said: bool
) -> None:
    held = build(DEFINITION, database)
    held = replace(held, settings=replace(held.settings, origin=origin))
    app = create_app(DEFINITION, held, Path(__file__).parent)

    answer = app.test_client().get("/livez")

    assert ("max-age=31536000" in answer.headers.get("Strict-Transport-Security", "")) is said


def pages(world: World, method: str = "GET") -> list[Route]:
    return [route for route in routes(world) if route.is_page and route.method == method]


@pytest.mark.parametrize("token", ["", "0" * 64])
def test_no_form_is_taken_without_the_mark_of_our_page(world: World, token: str) -> None:
    forms = pages(world, "POST")
    assert len(forms) > 10
    for route in forms:
        client = world.apps[route.service].test_client()
        client.set_cookie("hep", holder(world, route))
        path = re.sub(r"<(\w+)>", lambda found: world.here[found[1]], route.rule)

        answer = client.post(path, data={"csrf": token})

        assert answer.status_code == 422, route.endpoint
        assert "This form is out of date" in answer.text, route.endpoint


def test_every_post_is_a_form_with_a_mark_or_needs_a_bearer_token(world: World) -> None:
    """A cookie alone posts nothing: what a strange page can make a browser send has no mark."""
    judged = {route.endpoint for route in routes(world)}
    for app in world.apps.values():
        for rule in app.url_map.iter_rules():
            if "POST" in (rule.methods or set()):
                assert rule.endpoint in judged | WITHOUT_TOKEN


def test_a_cookie_lets_nobody_post_to_the_api(world: World) -> None:
    for route in routes(world):
        if not route.is_page and route.method == "POST":
            client = world.apps[route.service].test_client()
            client.set_cookie("hep", holder(world, route))
            path = re.sub(r"<(\w+)>", lambda found: world.here[found[1]], route.rule)

            answer = client.post(path, data="{}", content_type="text/plain")

            assert answer.status_code == 401, route.endpoint


@pytest.mark.parametrize("name", NAMES)
def test_a_host_that_is_not_ours_is_in_no_answer(world: World, name: str) -> None:
    client = world.apps[name].test_client()
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "x"}

    for path in (f"/{name}/operations", f"/{name}/", f"/{name}/v1/nothing", f"/{name}//v1/heads"):
        answer = client.get(path, headers=forged)

        assert "evil" not in answer.text + str(answer.headers), path
        target = answer.headers.get("Location", "/")
        assert target.startswith(("/", "http://localhost/")), path


def test_cookies_are_for_this_host_alone(world: World) -> None:
    client = world.apps["adherence"].test_client()
    client.set_cookie("hep", person("patient", patient=world.here["patient"]))

    found = client.get("/adherence/?lang=es").headers.getlist("Set-Cookie")

    assert found
    for cookie in found:
        assert "SameSite=Lax" in cookie
        assert "Domain" not in cookie


STRANGE = "x\r\nSet-Cookie: hep=evil\r\n\r\n<script>"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_asked_for_makes_no_header_and_no_log_line(
    world: World, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    root, kept = logging.getLogger(), logging.getLogger().handlers[:]
    logs.configure(name, "serve")
    client = world.apps[name].test_client()
    quoted = STRANGE.replace("\r", "%0d").replace("\n", "%0a").replace(" ", "%20")
    try:
        for path in (f"/{name}/{quoted}", f"/{name}/operations/?lang={quoted}&next={quoted}"):
            answer = client.get(path, headers={"Authorization": "Bearer x", "User-Agent": "a\tb"})

            assert "evil" not in str(answer.headers.getlist("Set-Cookie"))
            assert "<script>" not in answer.text
    finally:
        root.handlers[:] = kept

    for line in capsys.readouterr().out.splitlines():
        assert "evil" not in json.dumps(json.loads(line))
