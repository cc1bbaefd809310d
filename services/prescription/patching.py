"""Patches and filters of SCIM, as directories send them (RFC 7644, sections 3.4.2.2 and 3.5.2)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from shared.errors import Fault, Invalid

FILTER = re.compile(r'\s*userName\s+eq\s+"([^"\\]{1,200})"\s*', re.IGNORECASE)
TRUE, FALSE = {"true", True}, {"false", False}
STAFF = "urn:hep:params:scim:schemas:1.0:Staff"
# Where each path leads, in lower case.
PATHS = {
    "active": ("active",),
    "username": ("userName",),
    "displayname": ("displayName",),
    "name.formatted": ("displayName",),
    "roles": ("roles",),
    f"{STAFF}:sites".lower(): (STAFF, "sites"),
}
# What is known of somebody from elsewhere, or follows from what is ours.
IGNORED = (
    "emails",
    "externalid",
    "name",
    "schemas",
    "id",
    "meta",
    "name.givenname",
    "name.familyname",
)


def username(text: str) -> str | None:
    """Return the address that a filter asks for; None where it asks for something else."""
    found = FILTER.fullmatch(text)
    return found[1] if found else None


def applied(user: Mapping[str, Any], operations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a user with the operations of a patch applied.

    Raises:
        Invalid: an operation or a path is not known here.
    """
    found = dict(user)
    for number, one in enumerate(operations):
        word, path = str(one.get("op", "")).lower(), str(one.get("path", ""))
        if word not in ("add", "replace", "remove"):
            raise _refused(number, "op", "Use add, replace or remove.")
        value = one.get("value")
        parts = {path: value} if path else value
        if not isinstance(parts, Mapping):
            raise _refused(number, "value", "Without a path, give an object.")
        for name, inner in parts.items():
            _set(found, name, None if word == "remove" else inner, number)
    return found


def _set(user: dict[str, Any], path: str, value: Any, number: int) -> None:
    name = path.lower().split("[", 1)[0]
    if name == STAFF.lower() and isinstance(value, Mapping):
        name, value = f"{STAFF}:sites".lower(), value.get("sites")
    if name in IGNORED:
        return
    if name not in PATHS:
        raise _refused(number, "path", "This is not changed here.")
    *parents, last = PATHS[name]
    place = user
    for parent in parents:
        place[parent] = dict(place[parent])
        place = place[parent]
    place[last] = _meant(last, value, number)


def _meant(name: str, value: Any, number: int) -> Any:
    """Return a value as a user holds it; some directories send words for true and false."""
    if name == "active":
        word = value.lower() if isinstance(value, str) else value
        if word not in TRUE | FALSE:
            raise _refused(number, "value", "Give true or false.")
        return word in TRUE
    if name == "roles":
        listed = value if isinstance(value, list) else [value]
        return [one if isinstance(one, Mapping) else {"value": str(one)} for one in listed if one]
    return value if value is not None else [] if name == "sites" else ""


def _refused(number: int, name: str, reason: str) -> Invalid:
    return Invalid(
        "Look at the operations.", faults=[Fault(f"/Operations/{number}/{name}", reason)]
    )
