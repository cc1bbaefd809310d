"""What answers about tasks hold."""

from marshmallow import Schema, fields

from prescription.task.payloads import OfferSchema


class Task(Schema):
    """What somebody needs a therapist for."""

    id = fields.String(required=True)
    program = fields.String(required=True)
    kind = fields.String(required=True, metadata={"examples": ["pain"]})
    reason = fields.String(required=True, metadata={"description": "why, in one sentence"})
    raised = fields.AwareDateTime(required=True)
    day = fields.Date(required=True, allow_none=True)
    number = fields.Integer(required=True, allow_none=True)
    of = fields.Integer(required=True, allow_none=True)
    proposal = fields.String(required=True, allow_none=True)
    offers = fields.List(fields.Nested(OfferSchema), required=True)


class Waiting(Schema):
    """Somebody who needs a therapist, with all that is open, most urgent first."""

    patient = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    therapist = fields.String(required=True, allow_none=True)
    tasks = fields.List(fields.Nested(Task), required=True)
