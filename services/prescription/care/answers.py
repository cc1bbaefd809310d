"""What answers about a patient's care hold. Words are null once the patient was erased."""

from typing import Any

from marshmallow import Schema, fields

from prescription.answers import Diagnosis
from prescription.care.payloads import ReviewedSchema


def words(**options: Any) -> fields.String:
    return fields.String(required=True, allow_none=True, **options)


class Said(Schema):
    """Who decided something, and when it was recorded."""

    actor = fields.String(required=True)
    recorded = fields.AwareDateTime(required=True)


class Spent(Schema):
    """Authorised visits, and how many of them were used."""

    first = fields.Date(required=True)
    last = fields.Date(required=True)
    visits = fields.Integer(required=True)
    used = fields.Integer(required=True)


class Standing(Schema):
    """Where a plan stands today; more visits than authorised are told, not refused."""

    authorised = fields.Boolean(
        required=True, metadata={"description": "whether anybody said how many there may be"}
    )
    left = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "visits that can be used today; null where nobody said how many"},
    )
    until = fields.Date(
        required=True, allow_none=True, metadata={"description": "last day for these"}
    )
    over = fields.Integer(
        required=True, metadata={"description": "visits that no authorisation covers"}
    )
    spent = fields.List(fields.Nested(Spent), required=True)
    visits = fields.Integer(required=True)


class Closed(Said):
    date = fields.Date(required=True)
    reason = fields.String(required=True)


class Change(Said):
    """A change of a plan of care."""

    revision = fields.Integer(required=True)
    reason = fields.String(required=True)
    note = words()


class Correction(Said):
    """A correction of a visit, or that it was none."""

    reason = fields.String(required=True)
    why = words()


class Visit(Said):
    """A visit as it is known by now; one that was withdrawn counts for nothing."""

    id = fields.String(required=True)
    plan = fields.String(required=True)
    day = fields.Date(required=True)
    kind = fields.String(required=True)
    minutes = fields.Integer(required=True)
    live = fields.Boolean(required=True)
    counted = fields.Boolean(required=True)
    furnished = fields.String(required=True)
    done = fields.List(fields.String(), required=True)
    reviewed = fields.List(fields.Nested(ReviewedSchema), required=True)
    note = words()
    amendments = fields.List(fields.Nested(Correction), required=True)
    withdrawn = fields.Nested(Correction, required=True, allow_none=True)


class Plan(Said):
    """A plan of care as it is now, with its visits, the latest first."""

    id = fields.String(required=True)
    site = fields.String(required=True)
    diagnosis = fields.Nested(Diagnosis, required=True)
    goals = fields.List(fields.String(allow_none=True), required=True)
    first = fields.Date(required=True)
    last = fields.Date(required=True, allow_none=True)
    standing = fields.Nested(Standing, required=True)
    changes = fields.List(fields.Nested(Change), required=True)
    closed = fields.Nested(Closed, required=True, allow_none=True)
    visits = fields.List(fields.Nested(Visit), required=True)


class Care(Schema):
    """All care of a patient, the latest plan first."""

    id = fields.String(required=True)
    plans = fields.List(fields.Nested(Plan), required=True)


class Note(Schema):
    """A note to paste into a record system: plain text."""

    text = fields.String(required=True)
