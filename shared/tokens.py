"""Access tokens: RFC 9068 JWTs, verified against the keys that their signer publishes.

Three sign: the configured issuer, for APIs; prescription for staff and adherence for patients, for
pages and APIs. Each is believed only what it may say.
"""

import threading
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from urllib3 import PoolManager

from shared import http
from shared.metrics import TOKENS_REFUSED

AUDIENCE = "hep"
TYPE = "at+jwt"
ALGORITHMS = ["RS256", "ES256"]
LEEWAY = 30
# How often at most a signer is asked for keys that are not known here.
REFRESH_SECONDS = 30.0
# After so long a key that was withdrawn is no longer taken.
KEEP_SECONDS = 600.0
LONGEST = 8192
STAFF = frozenset({"therapist", "lead", "biller", "administrator", "operator"})
PATIENTS = frozenset({"patient", "supporter"})
# At which service people sign in, and as what it may say that they come.
DOORS = {"prescription": STAFF, "adherence": PATIENTS}

Key = RSAKey | ECKey
KINDS: Mapping[str, type[Key]] = {"RSA": RSAKey, "EC": ECKey}
Claims = Mapping[str, Any]


class Unauthorized(Exception):
    """No token, or one that does not hold; the message says what is wrong with it."""

    def __init__(self, text: str, reason: str = "absent") -> None:
        super().__init__(text)
        self.reason = reason


class IssuerAway(Exception):
    """A signer's keys cannot be fetched: nobody can be verified just now."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks, as the token says.

    Attributes:
        subject: the signer's id of the person or client.
        tenant: the practice group; empty for a service, which names it in each request.
        roles: of patient, supporter, therapist, lead, biller, administrator, partner,
            service, and operator, who runs the platform and belongs to no practice.
        sites: site ids the roles are limited to; empty for all of the tenant.
        patient: the patient's id, for the roles patient and supporter.
        expires: seconds since 1970.
        scopes: what a partner's client was given; empty for people.
        session: the id of the session that a page's token was made for; else empty.
        regions: ids of regions whose sites the roles are limited to, besides `sites`.
    """

    subject: str
    tenant: str
    roles: tuple[str, ...]
    sites: tuple[str, ...]
    patient: str
    expires: int
    session: str = ""
    scopes: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    @property
    def is_limited(self) -> bool:
        """Whether the roles hold at some sites alone; a region without sites limits to none."""
        return bool(self.sites or self.regions)


def said(claims: Claims) -> Identity:
    """Return who claims of our own names speak of.

    Raises:
        Unauthorized: a claim has another shape than it must.
    """
    return Identity(
        subject=str(claims["sub"]),
        tenant=str(claims.get("tenant", "")),
        roles=words(claims, "roles"),
        sites=words(claims, "sites"),
        patient=str(claims.get("patient", "")),
        expires=int(claims.get("exp", 0)),
        scopes=tuple(str(claims.get("scope", "")).split()),
        regions=words(claims, "regions"),
    )


def words(claims: Claims, name: str) -> tuple[str, ...]:
    """Return a claim that is a list of words.

    Raises:
        Unauthorized: it is none.
    """
    found = claims.get(name, ())
    if not isinstance(found, list | tuple) or not all(isinstance(word, str) for word in found):
        raise Unauthorized(f"The claim {name} is to be a list of words.", "claims")
    return tuple(found)


@dataclass(slots=True)
class Signer:
    """One whose tokens are taken, with the keys that it published last.

    Attributes:
        issuer: `iss` of its tokens.
        fetch: asks it for its JWK set.
        roles: which it may say; None for all.
        read: makes of claims who asks.
    """

    issuer: str
    fetch: Callable[[], Any]
    roles: frozenset[str] | None = None
    read: Callable[[Claims], Identity] = said
    keys: dict[str, Key] | None = field(default=None, init=False)
    asked: float = field(default=0.0, init=False)
    away: bool = field(default=False, init=False)
    lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def key(self, kid: object) -> Key:
        """Return the key of this id, fetched anew where it is not known, at a limited rate.

        Raises:
            Unauthorized: the signer has no such key.
            IssuerAway: it does not answer.
        """
        if not isinstance(kid, str):
            raise Unauthorized("The token is signed with a key that is not known.", "key")
        keys = self.keys
        if keys is None or kid not in keys or time.monotonic() - self.asked > KEEP_SECONDS:
            keys = self._refreshed()
        if kid not in keys:
            if self.away:
                raise IssuerAway(self.issuer)
            raise Unauthorized("The token is signed with a key that is not known.", "key")
        return keys[kid]

    def _refreshed(self) -> dict[str, Key]:
        with self.lock:
            now = time.monotonic()
            if self.keys is None or now - self.asked > REFRESH_SECONDS:
                self.asked = now
                self._fetch_keys()
            return self.keys or {}

    def _fetch_keys(self) -> None:
        """Fetch; a signer that is away for a while is verified by the keys that were known."""
        found: Any = None
        with suppress(http.Unanswered):
            found = self.fetch()
        keys = found.get("keys") if isinstance(found, dict) else None
        self.away = not isinstance(keys, list)
        if isinstance(keys, list):
            self.keys = imported(keys)


@dataclass(slots=True)
class Verifier:
    """Verifies tokens of those who may sign.

    Attributes:
        issuer: the configured one, for APIs.
        doors: the services where people sign in, for pages and APIs.
    """

    issuer: Signer
    doors: Iterable[Signer] = ()

    def verify(self, token: str, *, page: bool = False) -> Identity:
        """Return who the token speaks for.

        Args:
            token: as it was sent.
            page: whether it is a page's cookie, which only our own services hand out.

        Raises:
            Unauthorized: it is malformed, expired, of another signer or audience, says what
                its signer may not, or is forged.
            IssuerAway: its signer's keys cannot be fetched.
        """
        try:
            return self._verified(token, page=page)
        except Unauthorized as refusal:
            TOKENS_REFUSED.labels(refusal.reason).inc()
            raise

    def _verified(self, token: str, *, page: bool) -> Identity:
        header, claims = peek(token)
        trusted = list(self.doors) if page else [self.issuer, *self.doors]
        signer = next((one for one in trusted if one.issuer == claims.get("iss")), None)
        if signer is None:
            raise Unauthorized("The token is of another issuer or for another audience.", "issuer")
        if header.get("alg") not in ALGORITHMS:
            raise Unauthorized("The token is not signed as it must be.", "algorithm")
        if header.get("typ") != TYPE:
            raise Unauthorized("This is not an access token.", "type")
        found = signer.read(_decoded(token, signer))
        if signer.roles is None:
            return found
        if not found.roles or set(found.roles) - signer.roles:
            raise Unauthorized("The token says more than its signer may say.", "roles")
        return Identity(**{**_fields(found), "session": str(claims.get("sid", ""))})


def _fields(found: Identity) -> dict[str, Any]:
    return {name: getattr(found, name) for name in Identity.__slots__}


def _decoded(token: str, signer: Signer) -> Claims:
    key = signer.key(peek(token)[0].get("kid"))
    try:
        decoded = jwt.decode(token, key, algorithms=ALGORITHMS)
    except (JoseError, TypeError, ValueError):
        wrong = "The token is malformed or its signature does not hold."
        raise Unauthorized(wrong, "signature") from None
    registry = jwt.JWTClaimsRegistry(
        leeway=LEEWAY,
        iss={"essential": True, "value": signer.issuer},
        aud={"essential": True, "value": AUDIENCE},
        exp={"essential": True},
        sub={"essential": True},
    )
    try:
        registry.validate(decoded.claims)
    except JoseError as fault:
        raise Unauthorized(*_reason(fault)) from None
    return decoded.claims


def peek(token: str) -> tuple[Claims, Claims]:
    """Return the header and the claims of a token, which nobody has verified yet.

    Raises:
        Unauthorized: it is no signed JWT.
    """
    try:
        head, body, _ = token[: LONGEST + 1].split(".")
        header, claims = (
            orjson.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in (head, body)
        )
    except ValueError:
        header = claims = None
    if len(token) > LONGEST or not isinstance(header, dict) or not isinstance(claims, dict):
        wrong = "The token is malformed or its signature does not hold."
        raise Unauthorized(wrong, "malformed")
    return header, claims


def imported(keys: Iterable[Any]) -> dict[str, Key]:
    """Return the keys of a JWK set that can sign, by their ids; others are passed over."""
    found: dict[str, Key] = {}
    for one in keys:
        with suppress(AttributeError, JoseError, LookupError, TypeError, ValueError):
            if one.get("use", "sig") == "sig":
                found[str(one["kid"])] = KINDS[one["kty"]].import_key(one)
    return found


def discover(pool: PoolManager, address: str) -> dict[str, Any]:
    """Return the issuer's metadata (OpenID Connect Discovery 1.0).

    Raises:
        http.Unanswered: the issuer does not answer.
    """
    metadata: dict[str, Any] = http.ask(pool, "GET", f"{address}/.well-known/openid-configuration")
    return metadata


def issuer(address: str, pool: PoolManager, read: Callable[[Claims], Identity] = said) -> Signer:
    """Return the configured issuer as one who signs.

    Args:
        address: its URL, which is also its name.
        pool: of this process.
        read: makes of its claims who asks.
    """
    return Signer(
        address,
        lambda: http.ask(pool, "GET", discover(pool, address).get("jwks_uri", "")),
        read=read,
    )


def door(address: str, service: str, fetch: Callable[[], Any]) -> Signer:
    """Return a service where people sign in as one who signs."""
    return Signer(address, fetch, DOORS[service])


def _reason(fault: JoseError) -> tuple[str, str]:
    if fault.error == "invalid_claim" and getattr(fault, "claim", "") in ("iss", "aud"):
        return "The token is of another issuer or for another audience.", "audience"
    reasons = {
        "expired_token": ("The token has expired: get a new one.", "expired"),
        "missing_claim": ("The token lacks a claim that is needed.", "claims"),
    }
    return reasons.get(fault.error, ("A claim of the token does not hold.", "claims"))
