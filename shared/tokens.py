"""Access tokens: RFC 9068 JWTs of the configured issuer, verified against its published keys."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from urllib3 import PoolManager

from shared import http

AUDIENCE = "hep"
ALGORITHMS = ["RS256"]
LEEWAY = 30
REFRESH_SECONDS = 30.0


class Unauthorized(Exception):
    """No token, or one that does not hold; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks, as the token says.

    Attributes:
        subject: the issuer's id of the person or client.
        tenant: the practice group; empty for a service, which names it in each request.
        roles: of patient, supporter, therapist, lead, biller, administrator, partner,
            service, and operator, who runs the platform and belongs to no practice.
        sites: site ids the roles are limited to; empty for all of the tenant.
        patient: the patient's id, for the role patient.
        expires: seconds since 1970.
    """

    subject: str
    tenant: str
    roles: tuple[str, ...]
    sites: tuple[str, ...]
    patient: str
    expires: int


@dataclass(slots=True)
class Verifier:
    """Verifies tokens of one issuer; fetches its keys on first use and on an unknown key id."""

    issuer: str
    keys: KeySet | None = field(default=None, init=False)
    fetched: float = field(default=0.0, init=False)
    lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    pool: PoolManager = field(default_factory=http.pool, init=False)

    def verify(self, token: str) -> Identity:
        """Return who the token speaks for.

        Raises:
            Unauthorized: it is malformed, expired, of another issuer or audience, or forged.
        """
        try:
            decoded = jwt.decode(token, self._keys(), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            decoded = self._again(token)
        if decoded.header.get("typ") != "at+jwt":
            raise Unauthorized("This is not an access token.")
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": AUDIENCE},
            exp={"essential": True},
            sub={"essential": True},
        )
        try:
            registry.validate(decoded.claims)
        except JoseError as fault:
            raise Unauthorized(_reason(fault)) from None
        return _identity(decoded.claims)

    def _again(self, token: str) -> Any:
        """Fetch the keys anew, at a limited rate: the issuer may have rotated them."""
        try:
            return jwt.decode(token, self._keys(refresh=True), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            raise Unauthorized("The token is malformed or its signature does not hold.") from None

    def _keys(self, *, refresh: bool = False) -> KeySet:
        with self.lock:
            stale = refresh and time.monotonic() - self.fetched > REFRESH_SECONDS
            if self.keys is None or stale:
                self.fetched = time.monotonic()
                self.keys = self._fetch()
            return self.keys

    def _fetch(self) -> KeySet:
        try:
            address = discover(self.pool, self.issuer)["jwks_uri"]
            return KeySet.import_key_set(http.ask(self.pool, "GET", address))
        except (http.Unanswered, KeyError, ValueError):
            raise IssuerAway(self.issuer) from None


class IssuerAway(Exception):
    """The issuer's keys cannot be fetched: nobody can be verified just now."""


def discover(pool: PoolManager, issuer: str) -> dict[str, Any]:
    """Return the issuer's metadata (OpenID Connect Discovery 1.0).

    Raises:
        http.Unanswered: the issuer does not answer.
    """
    metadata: dict[str, Any] = http.ask(pool, "GET", f"{issuer}/.well-known/openid-configuration")
    return metadata


def _reason(fault: JoseError) -> str:
    reasons = {
        "expired_token": "The token has expired: get a new one.",
        "missing_claim": "The token lacks a claim that is needed.",
        "invalid_claim": "The token is of another issuer or for another audience.",
    }
    return reasons.get(fault.error, "The token does not hold.")


def _identity(claims: dict[str, Any]) -> Identity:
    return Identity(
        subject=str(claims["sub"]),
        tenant=str(claims.get("tenant", "")),
        roles=tuple(claims.get("roles", ())),
        sites=tuple(claims.get("sites", ())),
        patient=str(claims.get("patient", "")),
        expires=int(claims["exp"]),
    )
