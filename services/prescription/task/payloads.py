"""The payloads of tasks and of answers to proposals: a promise, changed only by adding."""

from marshmallow import Schema, fields

from prescription.payloads import code, identity, maybe_text, maybe_whole, whole


class OfferSchema(Schema):
    """One measure of an exercise's dose as it is, and as it could be."""

    exercise = identity("of the practice's library")
    measure = code("what would change", "repetitions")
    before = fields.Float(required=True)
    after = fields.Float(required=True)


class Opened(Schema):
    task = identity("the task")
    patient = identity("who needs a therapist")
    program = identity("the program that it is about")
    kind = code("why", "pain")
    raised = fields.AwareDateTime(
        required=True, metadata={"description": "when what it is about was recorded"}
    )
    day = fields.Date(
        required=True, allow_none=True, metadata={"description": "local date that it tells of"}
    )
    number = maybe_whole(0)
    of = maybe_whole(0)
    proposal = fields.String(
        required=True, allow_none=True, metadata={"description": "what was proposed, or null"}
    )
    offers = fields.List(fields.Nested(OfferSchema), required=True)


class Closed(Schema):
    task = identity("the task")
    patient = identity("who needed a therapist")
    program = identity("the program that it was about")
    kind = code("why it was opened", "pain")
    reason = code("after which fact it was closed, or by_hand", "revised")
    word = maybe_text("what the therapist said")


class Accepted(Schema):
    program = identity("the program")
    patient = identity("whose it is")
    proposal = identity("what was proposed")
    revision = whole(2)
    edited = fields.Boolean(
        required=True, metadata={"description": "whether it became other than proposed"}
    )


class Declined(Schema):
    program = identity("the program")
    patient = identity("whose it is")
    proposal = identity("what was proposed")
    word = maybe_text("why not")
