"""What requests on a running program hold."""

from marshmallow import Schema, fields, validate

from prescription import kinds
from prescription.course.step import REASONS
from prescription.rules import rules
from prescription.schemas import LINE, OPEN, PARAGRAPH


class ReviewRequest(Schema):
    """A look at how a program goes."""

    review = kinds.day(**OPEN, metadata={"description": "when to look again; left out, as usual"})


class PauseRequest(Schema):
    """A pause of a program."""

    date = kinds.day(**OPEN, metadata={"description": "first day of rest; left out, today"})
    reason = kinds.Line(40, required=True)
    note = kinds.Line(PARAGRAPH, **OPEN)


class ResumeRequest(Schema):
    """The end of a pause."""

    date = kinds.day(**OPEN, metadata={"description": "first day that asks again; left out, today"})


class StepRequest(Schema):
    """One step of one exercise."""

    exercise = kinds.identity(required=True)
    step = kinds.Line(
        20,
        required=True,
        validate=validate.OneOf(list(REASONS), error="Use one of: " + ", ".join(REASONS) + "."),
    )
    field = kinds.Line(
        40, **OPEN, metadata={"description": "of the dose, where the step is more or less"}
    )
    to = kinds.identity(
        **OPEN, metadata={"description": "the exercise that comes instead, of any other step"}
    )
    note = kinds.Line(PARAGRAPH, **OPEN)


class PhaseChangeRequest(Schema):
    """Another phase of a program, with the same exercises."""

    number = kinds.whole(rules().phases, required=True)
    name = kinds.Line(LINE, required=True)
    note = kinds.Line(PARAGRAPH, **OPEN)


class DifferenceQuery(Schema):
    """Which two revisions are compared."""

    first = fields.Integer(
        data_key="from", required=True, metadata={"description": "a revision's number"}
    )
    to = fields.Integer(required=True, metadata={"description": "a revision's number"})
