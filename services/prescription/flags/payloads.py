"""The payloads of what is published of a patient's screen."""

from marshmallow import Schema, fields

from prescription.flags import events
from prescription.payloads import code, identity, maybe_text
from shared.publication import Publication


class Answered(Schema):
    screen = identity("the screen")
    patient = identity("who was asked")
    edition = fields.String(required=True, metadata={"description": "of the questions"})
    region = code("part of the body of the complaint", "lower_back")
    asked = fields.List(fields.String(), required=True, metadata={"description": "codes"})
    positive = fields.List(
        fields.String(), required=True, metadata={"description": "codes of what raises concern"}
    )
    level = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "the gravest: emergency, urgent, caution; null for none"},
    )
    note = maybe_text("what the therapist adds")


class Decided(Schema):
    screen = identity("the screen")
    patient = identity("who was asked")
    decision = code("continue, refer or hold", "refer")
    why = maybe_text("why, in the therapist's words")


PUBLISHED = {
    events.ScreenAnswered: Publication("screen.answered", Answered),
    events.ScreenDecided: Publication("screen.decided", Decided),
}
