"""What requests about drafts hold."""

from marshmallow import Schema, fields, validate

from prescription import kinds
from prescription.schemas import LINE, OPEN, PARAGRAPH

SIDES = validate.OneOf(["left", "right", "each", "both"], error="Give left, right, each or both.")


class LooseExercise(Schema):
    """One exercise, as far as it was filled in."""

    exercise = kinds.identity(**OPEN)
    dose = fields.Dict(keys=fields.String(), load_default=dict)
    priority = kinds.whole(load_default=1)
    instructions = kinds.Line(PARAGRAPH, **OPEN)
    group = kinds.Line(40, **OPEN)
    bad_day = kinds.Line(40, **OPEN)
    taught = kinds.Line(40, **OPEN)


class LooseReason(Schema):
    """A reason, as far as it was filled in."""

    about = kinds.Line(64, required=True)
    code = kinds.Line(40, required=True)
    words = kinds.Line(PARAGRAPH, **OPEN)


class LooseTarget(Schema):
    """A measure and a date of a goal, as far as they were filled in."""

    goal = kinds.whole((0, 2), required=True, validate=validate.Range(0, 2))
    measure = kinds.Line(LINE, **OPEN)
    by = kinds.day(**OPEN)


class DraftRequest(Schema):
    """A program as far as it is made; nothing is asked for, and doses are not checked yet."""

    title = kinds.Line(LINE, **OPEN)
    diagnosis = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)
    goals = kinds.rows(kinds.Line(300), 10, load_default=())
    start = kinds.day(**OPEN)
    end = kinds.day(**OPEN)
    phase = fields.Dict(keys=fields.String(), load_default=dict)
    exercises = kinds.rows(kinds.nested(LooseExercise), 100, load_default=())
    source = fields.Dict(keys=fields.String(), load_default=dict)
    reasons = kinds.rows(kinds.nested(LooseReason), 40, load_default=())
    targets = kinds.rows(kinds.nested(LooseTarget), 3, load_default=())


class FillRequest(Schema):
    """A template to begin a draft with."""

    template = kinds.identity(required=True)
    phase = kinds.whole((1, 20), load_default=1, validate=validate.Range(1, 20))
    side = fields.String(**OPEN, validate=SIDES)
