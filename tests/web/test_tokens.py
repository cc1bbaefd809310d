"""Access tokens, verified against keys that an issuer publishes over HTTP."""

import hashlib
import hmac
import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from shared import http, metrics, tokens
from shared.tokens import IssuerAway, Unauthorized, Verifier


@dataclass
class Issuer:
    """Publishes keys and signs what a test asks for."""

    address: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    fetched: int = 0

    def claims(self) -> dict[str, Any]:
        return {
            "iss": self.address,
            "aud": "hep",
            "sub": "bo",
            "exp": int(time.time()) + 600,
            "tenant": "north",
            "roles": ["therapist"],
        }

    def sign(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        found = self.claims() | claims
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


def trusting(address: str) -> Verifier:
    return Verifier(tokens.issuer(address, http.pool()))


def test_a_token_that_holds_says_who_asks(issuer: Issuer) -> None:
    found = trusting(issuer.address).verify(issuer.sign(sites=["s1"], patient="p1"))

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
        trusting(issuer.address).verify(issuer.sign(header, **claims))

    assert str(refused.value) == reason


def test_a_forged_token_is_refused(issuer: Issuer) -> None:
    head, body, signature = issuer.sign().split(".")
    forged = f"{head}.{body}.{signature[::-1]}"

    with pytest.raises(Unauthorized):
        trusting(issuer.address).verify(forged)


def test_new_keys_are_fetched_at_a_limited_rate(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    verifier = trusting(issuer.address)
    verifier.verify(issuer.sign())
    issuer.rotate()

    for _ in range(100):
        with pytest.raises(Unauthorized):
            verifier.verify(issuer.sign())
    assert issuer.fetched == 2

    monkeypatch.setattr("shared.tokens.REFRESH_SECONDS", 0.0)
    assert verifier.verify(issuer.sign()).subject == "bo"


def test_an_issuer_that_is_away_is_said_to_be() -> None:
    away = Issuer("http://127.0.0.1:9")

    with pytest.raises(IssuerAway):
        trusting(away.address).verify(away.sign())


def refusals() -> dict[str, float]:
    found = metrics.TOKENS_REFUSED.collect()[0].samples
    return {one.labels["reason"]: one.value for one in found if one.name.endswith("_total")}


def by_shared_secret(issuer: Issuer) -> str:
    """A token signed by HMAC with what is published, which a careless library would take."""
    public = issuer.key.as_pem(private=False)
    head, body = (
        urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
        for part in ({"alg": "HS256", "typ": "at+jwt", "kid": "one"}, issuer.claims())
    )
    mark = hmac.new(public, head + b"." + body, hashlib.sha256).digest()
    return b".".join([head, body, urlsafe_b64encode(mark).rstrip(b"=")]).decode()


def unsigned(issuer: Issuer) -> str:
    head = urlsafe_b64encode(b'{"alg":"none","typ":"at+jwt","kid":"one"}').decode().rstrip("=")
    return f"{head}.{issuer.sign().split('.')[1]}."


BAD: dict[str, tuple[str, Callable[[Issuer], str]]] = {
    "no algorithm": ("algorithm", unsigned),
    "a shared secret": ("algorithm", by_shared_secret),
    "a kid that is a path": ("key", lambda found: found.sign({"kid": "../../etc/passwd"})),
    "a kid that is a query": ("key", lambda found: found.sign({"kid": "' || '1'=='1"})),
    "another audience": ("audience", lambda found: found.sign(aud="elsewhere")),
    "another issuer": ("issuer", lambda found: found.sign(iss="https://elsewhere")),
    "another type": ("type", lambda found: found.sign({"typ": "JWT"})),
    "expired": ("expired", lambda found: found.sign(exp=int(time.time()) - 60)),
    "not yet": ("claims", lambda found: found.sign(nbf=int(time.time()) + 600)),
    "a role that is no list": ("claims", lambda found: found.sign(roles="therapist")),
    "forged": ("signature", lambda found: found.sign()[:-8] + "AAAAAAAA"),
    "too long": ("malformed", lambda found: found.sign(roles=["x" * 9000])),
    "no token": ("malformed", lambda _: "x.y"),
    "no base64": ("malformed", lambda _: "ä.ö.ü"),
    "no object": ("malformed", lambda _: "MQ.MQ.MQ"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_does_not_hold_is_refused_and_counted(issuer: Issuer, kind: str) -> None:
    reason, forge = BAD[kind]
    before = refusals().get(reason, 0)

    with pytest.raises(Unauthorized):
        trusting(issuer.address).verify(forge(issuer))

    assert refusals()[reason] == before + 1


def doors(issuer: Issuer, service: str) -> Verifier:
    keys = KeySet([issuer.key]).as_dict(private=False)
    provider = tokens.issuer("http://127.0.0.1:9", http.pool())
    return Verifier(provider, [tokens.door(issuer.address, service, lambda: keys)])


@pytest.mark.parametrize(
    ("service", "said", "taken"),
    [
        ("adherence", ["patient"], True),
        ("adherence", ["supporter"], True),
        ("adherence", ["therapist"], False),
        ("adherence", ["patient", "administrator"], False),
        ("adherence", [], False),
        ("prescription", ["therapist", "lead"], True),
        ("prescription", ["patient"], False),
        ("prescription", ["service"], False),
        ("prescription", ["partner"], False),
    ],
)
def test_a_service_is_believed_only_whom_it_signs_in(
    issuer: Issuer, service: str, said: list[str], taken: bool
) -> None:
    token = issuer.sign(roles=said, sid="s1")

    for page in (True, False):
        if taken:
            assert doors(issuer, service).verify(token, page=page).session == "s1"
        else:
            with pytest.raises(Unauthorized, match="more than its signer"):
                doors(issuer, service).verify(token, page=page)


def test_a_token_of_the_provider_is_no_pages_cookie(issuer: Issuer) -> None:
    with pytest.raises(Unauthorized, match="another issuer"):
        trusting(issuer.address).verify(issuer.sign(sid="s1"), page=True)


def test_a_key_that_cannot_sign_for_us_does_not_hide_the_others() -> None:
    good = RSAKey.generate_key(2048, {"kid": "good"}).as_dict(private=False)
    others = [{"kty": "new", "kid": "x"}, {"kty": "oct", "k": "AAAA", "kid": "y"}, "no key"]

    assert set(tokens.imported([*others, good, {**good, "use": "enc", "kid": "z"}])) == {"good"}


def test_a_key_that_was_withdrawn_is_no_longer_taken(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    verifier, old = trusting(issuer.address), issuer.sign()
    verifier.verify(old)
    issuer.rotate()
    monkeypatch.setattr("shared.tokens.KEEP_SECONDS", 0.0)
    monkeypatch.setattr("shared.tokens.REFRESH_SECONDS", 0.0)

    with pytest.raises(Unauthorized):
        verifier.verify(old)


def test_a_signer_that_is_away_is_still_verified_by_the_keys_that_were_known(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    verifier = trusting(issuer.address)
    verifier.verify(issuer.sign())
    monkeypatch.setattr("shared.tokens.KEEP_SECONDS", 0.0)
    monkeypatch.setattr("shared.tokens.REFRESH_SECONDS", 0.0)
    monkeypatch.setattr(verifier.issuer, "fetch", dict)

    assert verifier.verify(issuer.sign()).subject == "bo"
    with pytest.raises(IssuerAway):
        verifier.verify(issuer.sign({"kid": "new"}))
