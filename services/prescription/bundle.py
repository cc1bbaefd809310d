"""Bundles of FHIR R4 Patients: the fields that are taken of them."""

import json
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from prescription.sheet import Row, Sheet, check_number, checked, decode, refuse, wrong
from shared.language import LANGUAGES
from shared.web.body import Malformed, check

SPOKEN = set(LANGUAGES)


class Taken(Schema):
    """Of all that a resource holds, only what is named is looked at."""

    class Meta:
        unknown = EXCLUDE


class Identifier(Taken):
    use = fields.String()
    system = fields.String()
    value = fields.String()


class HumanName(Taken):
    use = fields.String()
    text = fields.String()
    family = fields.String()
    given = fields.List(fields.String())


class ContactPoint(Taken):
    system = fields.String()
    value = fields.String()


class Coding(Taken):
    code = fields.String()


class Concept(Taken):
    coding = fields.List(fields.Nested(Coding), load_default=list)


class Communication(Taken):
    language = fields.Nested(Concept, load_default=dict)
    preferred = fields.Boolean()


class Reference(Taken):
    reference = fields.String()
    display = fields.String()
    identifier = fields.Nested(Identifier)


class Patient(Taken):
    active = fields.Boolean(load_default=True)
    identifier = fields.List(fields.Nested(Identifier), load_default=list)
    name = fields.List(fields.Nested(HumanName), load_default=list)
    telecom = fields.List(fields.Nested(ContactPoint), load_default=list)
    birthDate = fields.String(load_default="")  # noqa: N815 - FHIR's name
    communication = fields.List(fields.Nested(Communication), load_default=list)
    managingOrganization = fields.Nested(Reference, load_default=dict)  # noqa: N815
    generalPractitioner = fields.List(fields.Nested(Reference), load_default=list)  # noqa: N815


def read(data: bytes, source: str) -> Sheet:
    """Read a bundle; the line of a row is the number of its entry.

    Args:
        data: its bytes.
        source: whose record numbers are taken, where a patient has several.

    Raises:
        FileImpossible: it is no bundle, or larger than the limits.
    """
    text, _ = decode(data)
    try:
        check(text.encode())
        found = json.loads(text)
    except Malformed:
        raise refuse("This is no JSON.") from None
    entries = found.get("entry") if isinstance(found, dict) else None
    if not isinstance(entries, list) or found.get("resourceType") != "Bundle":
        raise refuse("This is no FHIR Bundle with entries.")
    resources = [entry.get("resource") if isinstance(entry, dict) else None for entry in entries]
    rows = [
        _row(number, resource, source)
        for number, resource in enumerate(resources, 1)
        if isinstance(resource, dict) and resource.get("resourceType") == "Patient"
    ]
    check_number(len(rows))
    return Sheet("utf-8", tuple(rows), ())


def _row(number: int, resource: dict[str, Any], source: str) -> Row:
    try:
        found = Patient().load(resource)
    except ValidationError as fault:
        return wrong(number, str(next(iter(fault.messages))), "This is not as FHIR has it.")
    if not found["active"]:
        return wrong(number, "active", "The other system says that this record is not active.")
    cells = {
        "number": _number(found["identifier"], source),
        "name": _name(found["name"]),
        "email": _contact(found["telecom"], "email"),
        "phone": _contact(found["telecom"], "phone"),
        "birth": found["birthDate"],
        "site": _referred(found["managingOrganization"]),
        "therapist": _referred(next(iter(found["generalPractitioner"]), {})),
        "language": _language(found["communication"]),
    }
    return checked(number, cells)


def _number(identifiers: list[dict[str, Any]], source: str) -> str:
    own = [one for one in identifiers if one.get("system") == source]
    official = [one for one in identifiers if one.get("use") in ("official", "usual")]
    return next((one["value"] for one in (own or official or identifiers) if "value" in one), "")


def _name(names: list[dict[str, Any]]) -> str:
    known = [one for one in names if one.get("use") in ("official", "usual")] or names
    if not known:
        return ""
    first = known[0]
    parts = [*first.get("given", ()), first.get("family", "")]
    return str(first.get("text") or " ".join(part for part in parts if part))


def _contact(points: list[dict[str, Any]], system: str) -> str:
    return next(
        (one["value"] for one in points if one.get("system") == system and "value" in one), ""
    )


def _referred(reference: dict[str, Any]) -> str:
    """Return what says who or where: our id of an identifier, an address, or a name."""
    value = reference.get("identifier", {}).get("value")
    last = reference.get("reference", "").rsplit("/", 1)[-1]
    return str(value or reference.get("display") or last)


def _language(spoken: list[dict[str, Any]]) -> str:
    ordered = sorted(spoken, key=lambda one: not one.get("preferred", False))
    codes = [
        coding.get("code", "") for one in ordered for coding in one["language"].get("coding", ())
    ]
    return next((code[:2] for code in codes if code[:2] in SPOKEN), "")
