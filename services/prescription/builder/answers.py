"""What the API answers about drafts."""

from marshmallow import Schema, fields


class Origin(Schema):
    """Where a figure comes from."""

    title = fields.String(required=True)
    url = fields.String(required=True)
    verified = fields.Boolean(required=True)
    note = fields.String(required=True)


class Finding(Schema):
    """Something to look at in a draft."""

    exercise = fields.Integer(
        required=True, allow_none=True, metadata={"description": "its place, from 0; null for all"}
    )
    kind = fields.String(required=True)
    level = fields.String(required=True, metadata={"description": "info, attention or stop"})
    text = fields.String(required=True)
    source = fields.Nested(Origin, required=True, allow_none=True)
    reason = fields.Boolean(
        required=True, metadata={"description": "whether it is prescribed only with a reason"}
    )


class Draft(Schema):
    """The asker's draft about a patient, and what it weighs."""

    patient = fields.String(required=True)
    draft = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "as a program is asked for, as far as it was filled in"},
    )
    minutes = fields.Integer(required=True, metadata={"description": "of a day, rounded up"})
    exercises = fields.Integer(required=True)
    findings = fields.List(fields.Nested(Finding), required=True)
