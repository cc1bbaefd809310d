"""Who may do what on whose record: the table `permissions.toml`, and the questions it answers.

An action that the table does not name cannot be declared; a role that an action does not name may
not do it.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from shared.errors import Forbidden, NotFound
from shared.tokens import Identity

OWN, SITE, TENANT, PEER, PLATFORM = "own", "site", "tenant", "peer", "platform"
# The record of the patient who allowed it, in the parts that were allowed.
ALLOWED = "allowed"
RELATIONS = {OWN, ALLOWED, SITE, TENANT, PEER, PLATFORM}
# How far a role reaches into records of persons, who each have to be looked at.
PERSONAL = {OWN, ALLOWED, SITE}
# Programs of others, which each were given some scopes and no more.
PARTNER = "partner"
NO_ROLE = {"lets", "audited", "scope", "part"}
NOBODY_HERE = "There is nothing with this id."


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done.

    Attributes:
        name: as `patient.read`.
        lets: what it lets one do, in words.
        who: role to how far it reaches.
        audited: whether it is written down where it is about no person too.
        scope: what a partner's token must have been given besides.
        part: which part of a record a supporter must have been allowed besides.
    """

    name: str
    lets: str
    who: Mapping[str, str]
    audited: bool = False
    scope: str = ""
    part: str = ""

    def reach(self, who: Identity) -> frozenset[str]:
        """Return how far somebody reaches; empty is not at all."""
        return frozenset(self.who[role] for role in who.roles if self._lets_in(role, who))

    def _lets_in(self, role: str, who: Identity) -> bool:
        if role not in self.who:
            return False
        if role == PARTNER:
            return self.scope in who.scopes
        return self.who[role] != ALLOWED or self.part in who.scopes


@dataclass(frozen=True, slots=True)
class Person:
    """Whose record is asked for.

    Attributes:
        patient: the patient's id.
        site: where the patient is treated; None where that has not come here yet.
    """

    patient: str
    site: str | None


@dataclass(frozen=True, slots=True)
class Span:
    """Whose records a list may hold; None does not narrow it."""

    patient: str | None = None
    sites: tuple[str, ...] | None = None


class Unchecked(Exception):
    """An answer was made of a person's record that nobody was asked about: it is not sent."""


@dataclass(slots=True)
class Asker:
    """Who asks for one action. Every person's record in the answer goes through here.

    Attributes:
        identity: who asks, verified.
        action: what is asked for.
        patients: whose records were let through; None until anybody was asked about.
        refused: whose records were asked for out of reach.
    """

    identity: Identity
    action: Action
    patients: tuple[str, ...] | None = None
    refused: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Turn away whom the action does not name.

        Raises:
            Forbidden: the asker has none of the action's roles, or lacks its scope.
        """
        if not self.reaches:
            if PARTNER in self.action.who and PARTNER in self.identity.roles:
                raise Forbidden(f"The token lacks the scope {self.action.scope}.")
            if self.action.part and set(self.identity.roles) & set(self.action.who):
                raise Forbidden("The patient has not allowed this part.")
            raise Forbidden(f"This is for: {', '.join(self.action.who)}.")

    @property
    def reaches(self) -> frozenset[str]:
        """Return how far the asker reaches."""
        return self.action.reach(self.identity)

    @property
    def tenant(self) -> str:
        """Return the practice group that is asked for."""
        return self.identity.tenant

    @property
    def patient(self) -> str:
        """Return the asker's own id as a patient; empty for all others."""
        return self.identity.patient

    def reach(self, person: Person) -> None:
        """Let a person's record through.

        Raises:
            NotFound: the asker does not reach it, which answers as if it were not there.
        """
        if not self._holds(person):
            self.refused = (*self.refused, person.patient)
            raise NotFound(NOBODY_HERE)
        self.disclose([person.patient])

    def enter(self, site: str) -> None:
        """Let through what belongs to a site and to nobody who is treated there.

        Raises:
            NotFound: the asker does not reach the site.
        """
        if not self._holds(Person("", site)):
            raise NotFound(NOBODY_HERE)
        self.disclose(())

    def span(self) -> Span:
        """Return whose records a list may hold; what it holds is to be disclosed."""
        if SITE in self.reaches:
            return Span(sites=self.identity.sites if self.identity.is_limited else None)
        return Span() if self.reaches - PERSONAL else Span(patient=self.identity.patient)

    def disclose(self, patients: Iterable[str]) -> None:
        """Note whose records were let through: `span` has narrowed them, or `reach` has."""
        self.patients = (*(self.patients or ()), *patients)

    def close(self) -> None:
        """Make sure that an answer is made of nothing that went around.

        Raises:
            Unchecked: the action is about persons, and none was asked about.
        """
        if self.patients is None and self.reaches <= PERSONAL:
            raise Unchecked(self.action.name)

    def _holds(self, person: Person) -> bool:
        asker, reaches = self.identity, self.reaches
        its = bool(reaches & {OWN, ALLOWED})
        own = its and bool(asker.patient) and asker.patient == person.patient
        here = SITE in reaches and (not asker.is_limited or person.site in asker.sites)
        return own or here or bool(reaches - PERSONAL)


def action(name: str) -> Action:
    """Return an action of the table.

    Raises:
        KeyError: it has no such action; what is not in the table cannot be done.
    """
    return actions()[name]


@cache
def actions() -> Mapping[str, Action]:
    """Return the table."""
    found = tomllib.loads(Path(__file__).with_name("permissions.toml").read_text())
    return {name: _action(name, row) for name, row in found.items() if isinstance(row, dict)}


def _action(name: str, row: Mapping[str, Any]) -> Action:
    who = {role: relation for role, relation in row.items() if role not in NO_ROLE}
    if unknown := set(who.values()) - RELATIONS:
        raise ValueError(f"permissions.toml, {name}: {min(unknown)} is no reach")
    if (PARTNER in who) != ("scope" in row):
        raise ValueError(f"permissions.toml, {name}: a scope, where partners may, and only there")
    if (ALLOWED in who.values()) != ("part" in row):
        raise ValueError(f"permissions.toml, {name}: a part, where it is allowed, and only there")
    scope, part = row.get("scope", ""), row.get("part", "")
    return Action(name, row["lets"], who, row.get("audited", False), scope, part)
