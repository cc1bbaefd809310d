"""What a suggestion answers: exercises with dose and reason, what was left out, who decides."""

from marshmallow import Schema, fields

from prescription.payloads import UsualSchema

BY = (
    "a restriction's code, or phase, irritability, age, fresh, equipment, unread (nobody has read "
    "what it asks of the body), record (it says that it is not for a condition) or unused (the "
    "practice does not prescribe it)"
)


class Found(Schema):
    """A condition or restriction, by its code and in words."""

    code = fields.String(required=True)
    name = fields.String(required=True)


class Suggested(Schema):
    """An exercise that may fit; whoever prescribes decides."""

    exercise = fields.String(required=True, metadata={"description": "id in the library"})
    word = fields.String(required=True, metadata={"description": "of the catalogue"})
    name = fields.String(required=True)
    plain_name = fields.String(required=True)
    kind = fields.String(required=True)
    usual = fields.Nested(UsualSchema, required=True)
    why = fields.String(required=True, metadata={"description": "in one sentence"})
    goals = fields.List(
        fields.Integer(), required=True, metadata={"description": "of the request, from 0"}
    )
    supervision = fields.String(required=True)
    contraindications = fields.List(fields.String(), required=True)
    precautions = fields.List(fields.String(), required=True)
    verified = fields.Boolean(
        required=True, metadata={"description": "whether the exercise's guide was checked"}
    )


class LeftOut(Schema):
    """An exercise that a limit keeps away, whatever else speaks for it."""

    exercise = fields.String(required=True)
    word = fields.String(required=True)
    name = fields.String(required=True)
    by = fields.String(required=True, metadata={"description": BY})
    why = fields.String(required=True)
    source = fields.String(required=True, metadata={"description": "empty for HEP's own choice"})
    verified = fields.Boolean(required=True)


class Suggestion(Schema):
    """A proposal that changes nothing."""

    conditions = fields.List(fields.Nested(Found), required=True)
    restrictions = fields.List(
        fields.Nested(Found),
        required=True,
        metadata={"description": "stated, and implied by the diagnosis"},
    )
    suggested = fields.List(
        fields.Nested(Suggested), required=True, metadata={"description": "the likeliest first"}
    )
    left_out = fields.List(fields.Nested(LeftOut), required=True)
    decides = fields.String(required=True, metadata={"description": "who decides, as a sentence"})
    reviewed = fields.Boolean(
        required=True, metadata={"description": "whether a clinician has reviewed the rules"}
    )
    edition = fields.String(required=True, metadata={"description": "of the catalogue"})
    versions = fields.Dict(
        keys=fields.String(), values=fields.String(), required=True,
        metadata={"description": "of what suggestions follow, by part"},
    )  # fmt: skip
