"""The invented people that the development issuer can sign in.

A few are built in, so that a fresh stack has somebody to begin with; the others are kept in
`people.json` in the data directory and come through the issuer's `POST /issuer/people`.
"""

import json
import os
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

# In the order in which the sign-in page shows them.
ROLES = {
    "patient": "Patients",
    "therapist": "Therapists",
    "lead": "Site leads",
    "administrator": "Administrators",
    "partner": "Partners",
    "operator": "Operators",
}
# Two who are added at once would each replace what the other has kept.
ADDING = threading.Lock()
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class PersonError(ValueError):
    """What was sent is not a person; the message names the field and the reason."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in, with what the access token says of them."""

    subject: str
    name: str
    tenant: str
    roles: tuple[str, ...]
    sites: tuple[str, ...] = ()
    patient: str | None = None
    note: str = ""

    def get_user_id(self) -> str:
        """Return the subject, under the name that Authlib asks for."""
        return self.subject


BUILT_IN = (
    Person("ada", "Ada Lindqvist", "riverside", ("administrator",), note="Riverside practice"),
    Person("bo", "Bo Haraldsen", "riverside", ("therapist",), note="Riverside practice"),
    Person("dee", "Dee Okonkwo", "riverside", ("lead",), note="Riverside practice"),
    Person(
        "hal",
        "Hal Brenner",
        "hillside",
        ("administrator",),
        note="Hillside practice: sees nothing of Riverside",
    ),
    Person(
        "opal",
        "Opal Reyes",
        "platform",
        ("operator",),
        note="Runs the platform: sees what is parked, at /prescription/operations/",
    ),
)


def person(document: Mapping[str, Any]) -> Person:
    """Read a person from JSON.

    Raises:
        PersonError: a field is unknown, missing or cannot be.
    """
    if unknown := set(document) - {field.name for field in fields(Person)}:
        raise PersonError(f"{min(unknown)}: unknown field")
    for field in ("subject", "tenant"):
        if not NAME.fullmatch(str(document.get(field, ""))):
            raise PersonError(f"{field}: letters, digits, dot, dash, at most 64")
    if not str(document.get("name", "")).strip():
        raise PersonError("name: missing")
    for field in ("roles", "sites"):
        if not isinstance(document.get(field, []), list | tuple):
            raise PersonError(f"{field}: a list")
    roles = tuple(document.get("roles", ()))
    if not roles or not set(roles) <= set(ROLES):
        raise PersonError(f"roles: one or more of {', '.join(ROLES)}")
    if ("patient" in roles) != bool(document.get("patient")):
        raise PersonError("patient: the patient's id, with role patient and only there")
    return Person(**{**document, "roles": roles, "sites": tuple(document.get("sites", ()))})


def read(data: Path) -> dict[str, Person]:
    """Return everybody by subject, the built-in ones first; a kept one replaces a built-in."""
    everybody = {one.subject: one for one in BUILT_IN}
    file = _file(data)
    if file.exists():
        for document in json.loads(file.read_text()):
            one = person(document)
            everybody[one.subject] = one
    return everybody


def add(data: Path, people: Iterable[Person]) -> int:
    """Keep these people, replacing those of the same subject; return how many are kept."""
    with ADDING:
        kept = {one.subject: one for one in read(data).values() if one not in BUILT_IN}
        kept.update({one.subject: one for one in people})
        draft = _file(data).with_suffix(".new")
        draft.write_text(json.dumps([asdict(one) for one in kept.values()], indent=1))
        os.replace(draft, _file(data))  # noqa: PTH105  (the replacing must be one step)
    return len(kept)


def find(everybody: Mapping[str, Person], name: str) -> Person | None:
    """Find somebody by subject, else by their name in any case, if only one has it."""
    if name in everybody:
        return everybody[name]
    same = [one for one in everybody.values() if one.name.casefold() == name.casefold()]
    return same[0] if len(same) == 1 else None


def grouped(people: Iterable[Person]) -> list[tuple[str, list[Person]]]:
    """Group people under the heading of their first role, in the order of `ROLES`."""
    everybody = list(people)
    groups = [
        (title, [p for p in everybody if p.roles[0] == role]) for role, title in ROLES.items()
    ]
    return [(title, some) for title, some in groups if some]


def _file(data: Path) -> Path:
    return data / "people.json"
