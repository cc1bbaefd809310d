"""Staff, services and partners by a real Keycloak: its own login page, groups, keys, scopes.

One process serves all tests here; it takes half a minute to start.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask.testing import FlaskClient

from deploy.local.engines import EngineError
from prescription.app import DEFINITION
from shared import provider
from shared.mongo import Database
from shared.service import verifier
from shared.tokens import Identity, Unauthorized, peek
from shared.web.app import create_app
from tests import keycloak as keycloaks
from tests.given import build
from tests.keycloak import Keycloak

ORIGIN = "http://localhost"
TEMPLATES = Path(__file__).parents[2] / "services" / "prescription" / "templates"
PROVIDER = """
version = "2026-11"

[claims]
tenant = "practice"
roles = "groups"

[tenants]
"Riverside GmbH" = "riverside"

[roles]
physio = "therapist"
heads = "lead"
platform-services = "service"
partners = "partner"
"""


@pytest.fixture(scope="module")
def keycloak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keycloak]:
    try:
        packed = keycloaks.fetched()
    except EngineError as fault:
        # Where changes are judged it must be there.
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(fault))
    folder, back = tmp_path_factory.mktemp("keycloak"), f"{ORIGIN}/prescription/signed-in"
    with keycloaks.running(packed, folder, back) as found:
        yield found


@dataclass
class Browser:
    """What a person's browser does: it knows our pages and Keycloak's."""

    pages: FlaskClient
    keycloak: Keycloak

    def sign_in(self, name: str) -> Any:
        """Sign in by Keycloak's own page; return our answer to the way back."""
        asked = self.pages.get("/prescription/sign-in?next=/prescription/sessions")
        with requests.Session() as session:
            login = session.get(asked.headers["Location"], timeout=20)
            assert login.status_code == 200, login.text
            (action,) = re.findall(r'<form[^>]*action="([^"]+)"', login.text)
            # Browsers take this machine for safe without https; this client does not.
            for cookie in session.cookies:
                cookie.secure = False
            form = {"username": name, "password": self.keycloak.secret}
            answer = session.post(unescape(action), form, allow_redirects=False, timeout=20)
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["Location"])
        return self.pages.get(f"{back.path}?{back.query}")

    def who(self) -> Identity:
        cookie = self.pages.get_cookie("hep")
        assert cookie
        held = self.pages.application.extensions["hep"].verifier
        found: Identity = held.verify(cookie.value, page=True)
        return found


@pytest.fixture
def browser(keycloak: Keycloak, database: Database, tmp_path: Path) -> Iterator[Browser]:
    (tmp_path / "provider.toml").write_text(PROVIDER)
    service = build(DEFINITION, database)
    settings = replace(
        service.settings,
        issuer=keycloak.issuer,
        origin=ORIGIN,
        provider=provider.load(tmp_path / "provider.toml"),
    )
    service = replace(service, settings=settings, verifier=verifier(settings, service.vault))
    with create_app(DEFINITION, service, TEMPLATES).test_client() as pages:
        yield Browser(pages, keycloak)


def token(keycloak: Keycloak, client: str, scope: str = "") -> str:
    answer = requests.post(
        f"{keycloak.issuer}/protocol/openid-connect/token",
        {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {}),
        auth=(client, keycloak.secret),
        timeout=20,
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def verify(browser: Browser, found: str) -> Identity:
    held: Identity = browser.pages.application.extensions["hep"].verifier.verify(found)
    return held


def test_a_therapist_signs_in_and_is_who_the_groups_say(browser: Browser) -> None:
    answer = browser.sign_in("bo")

    assert answer.headers["Location"] == "/prescription/sessions"
    who = browser.who()
    assert (who.tenant, who.roles, who.sites) == ("riverside", ("therapist",), ())
    assert "this device" in browser.pages.get("/prescription/sessions").text


def test_two_groups_are_two_roles(browser: Browser) -> None:
    browser.sign_in("dee")

    assert set(browser.who().roles) == {"therapist", "lead"}


def test_who_is_in_no_group_of_ours_is_told_whom_to_ask(browser: Browser) -> None:
    answer = browser.sign_in("cook")

    assert answer.status_code == 403
    assert "Ask whoever administers it to give you a role" in answer.text
    assert browser.pages.get_cookie("hep") is None
    database = browser.pages.application.extensions["hep"].database
    assert database["audit"].find_one({"action": "sign_in.begin", "outcome": "refused"})


def test_the_way_back_is_asked_for_with_pkce_state_and_nonce(browser: Browser) -> None:
    asked = parse_qs(urlsplit(browser.pages.get("/prescription/sign-in").headers["Location"]).query)

    assert asked["code_challenge_method"] == ["S256"]
    assert asked["code_challenge"] and asked["state"] and asked["nonce"]  # noqa: PT018


def test_a_code_of_another_browser_signs_nobody_in(browser: Browser) -> None:
    answer = browser.pages.get("/prescription/signed-in?code=stolen&state=guessed")

    assert answer.status_code == 422
    assert browser.pages.get_cookie("hep") is None


def test_a_service_proves_itself_by_its_secret(browser: Browser, keycloak: Keycloak) -> None:
    found = verify(browser, token(keycloak, "adherence"))

    assert (found.roles, found.tenant) == (("service",), "")


def test_a_partner_gets_the_scope_that_it_asks_for(browser: Browser, keycloak: Keycloak) -> None:
    held = token(keycloak, "shop", "exercises.read")
    found = verify(browser, held)

    assert (found.roles, found.tenant) == (("partner",), "riverside")
    assert "exercises.read" in found.scopes
    assert "timelines.read" not in found.scopes
    assert _exercises(browser, held) == 200
    assert _exercises(browser, token(keycloak, "shop", "timelines.read")) == 403


def _exercises(browser: Browser, held: str) -> int:
    headers = {"Authorization": f"Bearer {held}"}
    return int(browser.pages.get("/prescription/v1/exercises", headers=headers).status_code)


def test_keys_are_rotated_while_it_runs(
    browser: Browser, keycloak: Keycloak, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = token(keycloak, "adherence")
    verify(browser, old)

    keycloak.rotate()
    fresh = token(keycloak, "adherence")
    assert peek(fresh)[0]["kid"] != peek(old)[0]["kid"]
    with pytest.raises(Unauthorized, match="key that is not known"):
        verify(browser, fresh)

    monkeypatch.setattr("shared.tokens.REFRESH_SECONDS", 0.0)
    assert verify(browser, fresh).subject == verify(browser, old).subject
    assert browser.sign_in("bo").status_code == 302
