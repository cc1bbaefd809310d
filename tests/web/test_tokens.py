"""Access tokens, verified against keys that an issuer publishes over HTTP."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from shared.tokens import IssuerAway, Unauthorized, Verifier


@dataclass
class Issuer:
    """Publishes keys and signs what a test asks for."""

    address: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    fetched: int = 0

    def sign(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        found = {
            "iss": self.address,
            "aud": "hep",
            "sub": "bo",
            "exp": int(time.time()) + 600,
            "tenant": "north",
            "roles": ["therapist"],
            **claims,
        }
        kept = {name: value for name, value in found.items() if value is not None}
        top = {"alg": "RS256", "typ": "at+jwt", "kid": self.key.kid, **(header or {})}
        return jwt.encode(top, kept, self.key)

    def rotate(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "two"})


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    issuer = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.fetched += 1
            body: Any = {"jwks_uri": f"{issuer.address}/jwks"}
            if self.path == "/jwks":
                body = KeySet([issuer.key]).as_dict(private=False)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *args: object) -> None:
            del args

    server = HTTPServer(("127.0.0.1", 0), Handler)
    issuer.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield issuer
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_token_that_holds_says_who_asks(issuer: Issuer) -> None:
    found = Verifier(issuer.address).verify(issuer.sign(sites=["s1"], patient="p1"))

    assert (found.subject, found.tenant, found.roles) == ("bo", "north", ("therapist",))
    assert (found.sites, found.patient) == (("s1",), "p1")


@pytest.mark.parametrize(
    ("claims", "header", "reason"),
    [
        ({"exp": int(time.time()) - 120}, {}, "The token has expired: get a new one."),
        ({"exp": None}, {}, "The token lacks a claim that is needed."),
        (
            {"iss": "http://elsewhere"},
            {},
            "The token is of another issuer or for another audience.",
        ),
        ({"aud": "other"}, {}, "The token is of another issuer or for another audience."),
        ({}, {"typ": "JWT"}, "This is not an access token."),
    ],
)
def test_a_token_that_does_not_hold_is_refused_with_the_reason(
    issuer: Issuer, claims: dict[str, Any], header: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Unauthorized) as refused:
        Verifier(issuer.address).verify(issuer.sign(header, **claims))

    assert str(refused.value) == reason


def test_a_forged_token_is_refused(issuer: Issuer) -> None:
    head, body, signature = issuer.sign().split(".")
    forged = f"{head}.{body}.{signature[::-1]}"

    with pytest.raises(Unauthorized):
        Verifier(issuer.address).verify(forged)


def test_a_token_without_a_signature_is_refused(issuer: Issuer) -> None:
    head = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0"
    body = issuer.sign().split(".")[1]

    with pytest.raises(Unauthorized):
        Verifier(issuer.address).verify(f"{head}.{body}.")


def test_new_keys_are_fetched_at_a_limited_rate(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    verifier = Verifier(issuer.address)
    verifier.verify(issuer.sign())
    issuer.rotate()

    with pytest.raises(Unauthorized):
        verifier.verify(issuer.sign())
    assert issuer.fetched == 2

    monkeypatch.setattr("shared.tokens.REFRESH_SECONDS", 0.0)
    assert verifier.verify(issuer.sign()).subject == "bo"


def test_an_issuer_that_is_away_is_said_to_be() -> None:
    with pytest.raises(IssuerAway):
        Verifier("http://127.0.0.1:9").verify("x.y.z")
