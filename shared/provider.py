"""How the OpenID provider says who somebody is: which claim holds what, in whose words.

A file named by `HEP_PROVIDER_FILE` says so where the provider's claims are not our own. A word
that the file's tables do not know is refused where leaving it out would let somebody reach
further, and left out where it would not.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from shared.tokens import PATIENTS, STAFF, Claims, Identity, Unauthorized, words

ROLES = STAFF | PATIENTS | {"partner", "service"}
# First in every key of the store.
TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
TOKENS = ("access", "id")


class ProviderError(ValueError):
    """The file cannot be; the message names the field and says why."""


@dataclass(frozen=True, slots=True)
class Names:
    """Which claim holds what; `a.b` is b within a."""

    tenant: str = "tenant"
    region: str = "regions"
    sites: str = "sites"
    roles: str = "roles"
    patient: str = "patient"
    email: str = "email"


@dataclass(frozen=True, slots=True)
class Provider:
    """What is to be known of the provider.

    Attributes:
        client: id of the pages' client.
        scope: what the pages ask for.
        token: which token of a sign-in says who it is: access, a JWT for us, or id.
        claims: which claim holds what.
        tenant: the one practice group, where no claim says which.
        tenants: the provider's word to ours; where it is empty, the words are ours.
        roles: group or role of the provider to a role of ours; the same.
        regions: region to the ids of its sites; where it is empty, the words are ids of regions
            that the practice has registered here.
    """

    client: str = "hep-web"
    scope: str = "openid email"
    token: str = "access"  # noqa: S105 - which of the two
    claims: Names = field(default_factory=Names)
    tenant: str = ""
    tenants: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    regions: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def read(self, claims: Claims) -> Identity:
        """Return who the claims speak of; who has no role or no practice has empty ones.

        Raises:
            Unauthorized: a claim has another shape than it must, or names a tenant or region
                that cannot be.
        """
        return Identity(
            subject=str(claims["sub"]),
            tenant=self._tenant(claims),
            roles=self._roles(claims),
            sites=self._sites(claims),
            regions=() if self.regions else _many(claims, self.claims.region),
            patient=str(held(claims, self.claims.patient) or ""),
            expires=int(claims.get("exp", 0)),
            scopes=tuple(str(claims.get("scope", "")).split()),
        )

    def email(self, claims: Claims) -> str:
        """Return the address of somebody, where the provider has verified it."""
        verified = claims.get("email_verified") is True
        return str(held(claims, self.claims.email) or "") if verified else ""

    def _tenant(self, claims: Claims) -> str:
        found = held(claims, self.claims.tenant)
        if isinstance(found, list) and len(found) == 1:
            found = found[0]
        word = str(found or self.tenant)
        word = self.tenants.get(word, "") if self.tenants else word
        if word and not TENANT.fullmatch(word):
            raise Unauthorized("The token names a practice group that cannot be.", "claims")
        return word

    def _roles(self, claims: Claims) -> tuple[str, ...]:
        found = _many(claims, self.claims.roles)
        ours = (self.roles.get(word, "") for word in found) if self.roles else iter(found)
        return tuple(dict.fromkeys(role for role in ours if role in ROLES))

    def _sites(self, claims: Claims) -> tuple[str, ...]:
        own, regions = _many(claims, self.claims.sites), _many(claims, self.claims.region)
        if self.regions and set(regions) - set(self.regions):
            raise Unauthorized("The token names a region that is not known here.", "claims")
        within = (site for region in regions for site in self.regions.get(region, ()))
        return tuple(dict.fromkeys((*own, *within)))


def held(claims: Claims, name: str) -> Any:
    """Return a claim, by its whole name or by the way to it; nothing where it is not there."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for step in name.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _many(claims: Claims, name: str) -> tuple[str, ...]:
    found = held(claims, name)
    if found is None or found == "":
        return ()
    return words({name: [found] if isinstance(found, str) else found}, name)


def load(file: Path | None) -> Provider:
    """Return what a file says of the provider; without one, claims are our own.

    Raises:
        ProviderError: it says what cannot be.
    """
    if file is None:
        return Provider()
    said = tomllib.loads(file.read_text())
    for place, kind, known in (("", Provider, said), ("claims.", Names, said.get("claims", {}))):
        if unknown := set(known) - {one.name for one in fields(kind)} - {"version", "source"}:
            raise ProviderError(f"{file}: {place}{min(unknown)}: there is no such field")
    if said.get("token", "access") not in TOKENS:
        raise ProviderError(f"{file}: token: access or id")
    if strange := set(said.get("roles", {}).values()) - ROLES:
        raise ProviderError(f"{file}: roles: {min(strange)} is none of {', '.join(sorted(ROLES))}")
    for word in (said.get("tenant") or "x", *said.get("tenants", {}).values()):
        if not TENANT.fullmatch(word):
            raise ProviderError(f"{file}: {word}: letters, digits, dot, dash, at most 64")
    kept = {name: value for name, value in said.items() if name not in ("version", "source")}
    return Provider(**{**kept, "claims": Names(**said.get("claims", {}))})
