"""What requests and answers about a patient's screen hold."""

from marshmallow import Schema, fields, validate

from prescription import kinds
from prescription.payloads import SourceSchema
from prescription.schemas import OPEN, PARAGRAPH

ASKED = "Ask all of them first, then say that you have."


class ScreenRequest(Schema):
    """The answers to all questions of an edition for a part of the body.

    `asked`: every one was asked. What is not in `positive` was answered with no; whoever is not
    sure raises concern.
    """

    edition = kinds.Line(20, required=True)
    region = kinds.Line(40, required=True)
    positive = kinds.rows(kinds.Line(40), 100, required=True)
    asked = fields.Boolean(
        truthy={True},
        falsy={False},
        required=True,
        validate=validate.Equal(True, error=ASKED),
        error_messages={"required": ASKED, "null": ASKED, "invalid": "Give true or false."},
    )
    note = kinds.Line(PARAGRAPH, **OPEN)


class DecisionRequest(Schema):
    """What follows from a screen that raises concern; to continue needs a reason."""

    decision = kinds.Line(40, required=True)
    why = kinds.Line(PARAGRAPH, **OPEN)


class QuestionsQuery(Schema):
    """Of which part of the body questions are asked for."""

    region = fields.String(required=True, metadata={"description": "a code of the library"})


class Asked(Schema):
    """A question in the language of the request."""

    word = fields.String(required=True)
    level = fields.String(required=True)
    text = fields.String(required=True)
    machine = fields.Boolean(
        required=True, metadata={"description": "a machine wrote it in this language"}
    )
    source = fields.Nested(SourceSchema, required=True)


class Questions(Schema):
    """The questions for a part of the body, the gravest level first."""

    edition = fields.String(required=True)
    region = fields.String(required=True)
    questions = fields.List(fields.Nested(Asked), required=True)


class Decision(Schema):
    decision = fields.String(required=True)
    why = fields.String(required=True, allow_none=True)
    actor = fields.String(required=True)
    recorded = fields.AwareDateTime(required=True)


class AnsweredScreen(Schema):
    """A screen as it was answered, with what was decided on it, in order."""

    id = fields.String(required=True)
    edition = fields.String(required=True)
    region = fields.String(required=True)
    asked = fields.List(fields.String(), required=True)
    positive = fields.List(fields.String(), required=True)
    level = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    decisions = fields.List(fields.Nested(Decision), required=True)
    actor = fields.String(required=True)
    recorded = fields.AwareDateTime(required=True)


class Screening(Schema):
    """A patient's screens, the latest first; the latest counts."""

    id = fields.String(required=True)
    state = fields.String(
        required=True,
        metadata={"description": "none, clear, undecided, continue, refer or hold"},
    )
    stops = fields.Boolean(
        required=True, metadata={"description": "whether no program is issued now"}
    )
    screens = fields.List(fields.Nested(AnsweredScreen), required=True)
