"""What answers about a running program hold."""

from marshmallow import Schema, fields


class Changed(Schema):
    """One difference between two revisions."""

    exercise = fields.String(
        required=True, allow_none=True, metadata={"description": "null for the program as a whole"}
    )
    name = fields.String(required=True, allow_none=True)
    field = fields.String(
        required=True,
        metadata={"description": "`exercise` where all of it is new or was left out"},
    )
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)
    says = fields.String(required=True, metadata={"description": "the same in words"})


class Difference(Schema):
    """What differs between two revisions of a program."""

    before = fields.Integer(required=True, metadata={"description": "number of the one"})
    after = fields.Integer(required=True, metadata={"description": "number of the other"})
    changes = fields.List(fields.Nested(Changed), required=True)
