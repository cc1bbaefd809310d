import base64
import hashlib
import os
import secrets
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from deploy.local import keys, people, stack
from deploy.local.people import Person
from deploy.local.stack import Stack, StackError
from shared import http, tokens
from shared.tokens import Verifier

VERIFIER = secrets.token_urlsafe(48)
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)


def asked(front: Stack, service: str = "prescription", **other: str) -> dict[str, str]:
    return {
        "response_type": "code",
        "client_id": "hep-web",
        "redirect_uri": f"{front.origin}/{service}/signed-in",
        "scope": "openid",
        "state": "over there",
        "nonce": "n-1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **other,
    }


def authorize(
    front: Stack,
    params: dict[str, str],
    subject: str | None,
    browser: requests.Session | None = None,
) -> requests.Response:
    with browser or requests.Session() as session:
        return session.request(
            "GET" if subject is None else "POST",
            f"{front.issuer}/authorize",
            params=params,
            data=None if subject is None else {"subject": subject},
            allow_redirects=False,
            timeout=10,
        )


def came_back(response: requests.Response) -> dict[str, str]:
    assert response.status_code == 302, response.text
    return {
        name: one for name, (one,) in parse_qs(urlsplit(response.headers["Location"]).query).items()
    }


def redeem(front: Stack, code: str, **other: str) -> requests.Response:
    form = {
        "grant_type": "authorization_code",
        "client_id": "hep-web",
        "code": code,
        "redirect_uri": f"{front.origin}/prescription/signed-in",
        "code_verifier": VERIFIER,
        **other,
    }
    return requests.post(f"{front.issuer}/token", form, timeout=10)


def published(front: Stack) -> KeySet:
    metadata = requests.get(f"{front.issuer}/.well-known/openid-configuration", timeout=10).json()
    return KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())


def decoded(front: Stack, token: str) -> Any:
    return jwt.decode(token, published(front), algorithms=["RS256"])


def test_a_person_signs_in_by_code_and_pkce(front: Stack) -> None:
    answer = came_back(authorize(front, asked(front), "bo"))
    tokens = redeem(front, answer["code"]).json()

    assert answer["state"] == "over there"
    assert answer["iss"] == front.issuer
    access, identity = decoded(front, tokens["access_token"]), decoded(front, tokens["id_token"])
    assert access.header["typ"] == "at+jwt"
    assert access.claims["exp"] - access.claims["iat"] == tokens["expires_in"] == 600
    told = {name: access.claims[name] for name in ("iss", "aud", "sub", "tenant", "roles", "sites")}
    assert told == {
        "iss": front.issuer,
        "aud": "hep",
        "sub": "bo",
        "tenant": "riverside",
        "roles": ["therapist"],
        "sites": [],
    }
    assert "name" not in access.claims
    assert identity.claims["name"] == "Bo Haraldsen"
    assert (identity.claims["nonce"], identity.claims["aud"]) == ("n-1", ["hep-web"])


def test_services_accept_what_the_issuer_signs(front: Stack) -> None:
    provider = tokens.issuer(front.issuer, http.pool())
    found = Verifier(provider).verify(stack.token(front, "Ada Lindqvist"))

    assert (found.subject, found.tenant, found.roles) == ("ada", "riverside", ("administrator",))


def test_a_code_is_good_once(front: Stack) -> None:
    code = came_back(authorize(front, asked(front), "bo"))["code"]

    assert redeem(front, code).status_code == 200
    assert redeem(front, code).json()["error"] == "invalid_grant"


def test_a_code_without_its_verifier_is_worth_nothing(front: Stack) -> None:
    code = came_back(authorize(front, asked(front), "bo"))["code"]

    answer = redeem(front, code, code_verifier=secrets.token_urlsafe(48))

    assert answer.json()["error"] == "invalid_grant"


@pytest.mark.parametrize("method", ["plain", ""])
def test_only_s256_challenges_are_taken(front: Stack, method: str) -> None:
    params = asked(front, code_challenge_method=method)

    assert came_back(authorize(front, params, "bo"))["error"] == "invalid_request"


@pytest.mark.parametrize(
    "address",
    ["http://evil.example/prescription/signed-in", "{}/prescription/signed-in/x", "{}/mail/"],
)
def test_a_wrong_redirect_is_refused_without_going_there(front: Stack, address: str) -> None:
    params = asked(front, redirect_uri=address.format(front.origin))

    answer = authorize(front, params, "bo")

    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert "Nobody was signed in" in answer.text


def test_the_sign_in_page_says_that_it_is_for_development(front: Stack) -> None:
    page = authorize(front, asked(front), None)

    assert page.status_code == 200
    assert "Development sign-in: no passwords" in page.text
    assert page.text.index("Bo Haraldsen") < page.text.index("Dee Okonkwo")


def test_a_browser_that_signed_in_is_remembered_until_it_signs_out(front: Stack) -> None:
    browser = requests.Session()
    authorize(front, asked(front), "bo", browser)

    assert "code" in came_back(authorize(front, asked(front), None, browser))
    chooser = authorize(front, asked(front, prompt="login"), None, browser)
    assert chooser.status_code == 200

    browser.get(f"{front.issuer}/sign-out", allow_redirects=False, timeout=10)
    silent = came_back(authorize(front, asked(front, prompt="none"), None, browser))
    assert silent["error"] == "login_required"
    assert silent["iss"] == front.issuer


def test_a_remembered_therapist_does_not_come_in_by_the_patients_door(front: Stack) -> None:
    browser = requests.Session()
    authorize(front, asked(front), "bo", browser)

    assert authorize(front, asked(front, "adherence"), None, browser).status_code == 200
    assert authorize(front, asked(front, "adherence"), "bo", browser).status_code == 200


def test_signing_out_leads_to_pages_of_this_origin_only(front: Stack) -> None:
    def leads(wanted: str) -> str:
        params = {"post_logout_redirect_uri": wanted}
        answer = requests.get(
            f"{front.issuer}/sign-out",
            params=params,
            allow_redirects=False,
            timeout=10,
        )
        return answer.headers["Location"]

    assert leads(f"{front.origin}/adherence/sign-in") == f"{front.origin}/adherence/sign-in"
    assert leads("http://evil.example/") == f"{front.origin}/"


def test_people_who_are_added_at_once_are_all_kept(tmp_path: Path) -> None:
    newcomers = [Person(f"p{number}", "Pat", "riverside", ("therapist",)) for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: people.add(tmp_path, [one]), newcomers))

    assert set(newcomers) <= set(people.read(tmp_path).values())


def test_people_who_are_added_can_sign_in(front: Stack) -> None:
    ana = Person("ana", "Ana Ruiz", "riverside", ("patient",), ("north",), "p-1", "knee")

    stack.enroll(front, [ana])

    code = came_back(authorize(front, asked(front, "adherence"), "ana"))["code"]
    redirect = f"{front.origin}/adherence/signed-in"
    access = redeem(front, code, redirect_uri=redirect).json()["access_token"]
    claims = decoded(front, access).claims
    assert (claims["patient"], claims["sites"]) == ("p-1", ["north"])


def test_a_person_that_cannot_be_is_refused_with_the_field(front: Stack) -> None:
    with pytest.raises(StackError, match="patient: the patient's id"):
        stack.enroll(front, [Person("pia", "Pia", "riverside", ("patient",))])


@pytest.mark.parametrize("path", ["people", "tokens"])
def test_only_hep_adds_people_and_takes_their_tokens(front: Stack, path: str) -> None:
    secret = keys.client_secret(front.data, "adherence").read_text()
    for credentials in (None, ("hep-cli", "guessed"), ("adherence", secret)):
        answer = requests.post(f"{front.issuer}/{path}", json={}, auth=credentials, timeout=10)

        assert answer.status_code == 401


def test_nobody_of_that_name_has_no_token(front: Stack) -> None:
    with pytest.raises(StackError, match="nobody of that name"):
        stack.token(front, "zoe")


def test_a_service_gets_a_token_by_its_secret(front: Stack) -> None:
    secret = keys.client_secret(front.data, "reporting").read_text()

    answer = requests.post(
        f"{front.issuer}/token",
        {"grant_type": "client_credentials"},
        auth=("reporting", secret),
        timeout=10,
    )

    token = decoded(front, answer.json()["access_token"])
    assert token.header["typ"] == "at+jwt"
    assert (token.claims["sub"], token.claims["roles"]) == ("reporting", ["service"])
    assert "tenant" not in token.claims


@pytest.mark.parametrize(
    ("asked_for", "given"),
    [
        ("exercises.read", "exercises.read"),
        ("exercises.read timelines.read", "exercises.read timelines.read"),
        ("exercises.read everything", "exercises.read"),
        ("", ""),
    ],
)
def test_a_partner_gets_the_scopes_that_it_was_given_and_asks_for(
    front: Stack, asked_for: str, given: str
) -> None:
    secret = keys.client_secret(front.data, "riverside-partner").read_text()

    answer = requests.post(
        f"{front.issuer}/token",
        {"grant_type": "client_credentials", "scope": asked_for},
        auth=("riverside-partner", secret),
        timeout=10,
    )

    found = Verifier(tokens.issuer(front.issuer, http.pool())).verify(answer.json()["access_token"])
    assert (found.tenant, found.roles) == ("riverside", ("partner",))
    assert " ".join(found.scopes) == given


def test_a_wrong_secret_gets_nothing(front: Stack) -> None:
    answer = requests.post(
        f"{front.issuer}/token",
        {"grant_type": "client_credentials"},
        auth=("reporting", "guessed"),
        timeout=10,
    )

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_it_refuses_to_start_for_another_host(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "deploy.local.issuer"],
        env={**os.environ, "HEP_ISSUER": "https://hep.example/issuer", "HEP_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert ended.returncode == 1
    assert "it runs for localhost or 127.0.0.1, never for https://hep.example" in ended.stderr
    assert not list(tmp_path.iterdir())
