"""What the API answers: written from dataclasses, promised by these schemas."""

from marshmallow import Schema, fields, validate

from reporting.amount import MEASURES, SHARE

STATUSES = ("done", "partial", "missed", "off", "open", "ahead")


def _date(text: str, *, null: bool = False) -> fields.Date:
    return fields.Date(required=True, allow_none=null, metadata={"description": text})


def _count(text: str) -> fields.Integer:
    return fields.Integer(required=True, validate=validate.Range(0), metadata={"description": text})


def _share(text: str) -> fields.Float:
    return fields.Float(
        required=True,
        allow_none=True,
        validate=validate.Range(0, 1),
        metadata={"description": text},
    )


def _amount(text: str) -> fields.Float:
    return fields.Float(required=True, allow_none=True, metadata={"description": text})


def _scale(text: str) -> fields.Integer:
    return fields.Integer(
        required=True,
        allow_none=True,
        validate=validate.Range(0, 10),
        metadata={"description": f"{text}, 0 to 10; null where it was not answered"},
    )


class AskedSchema(Schema):
    """An exercise that a date asks for."""

    exercise = fields.String(required=True)
    dose = fields.Dict(required=True, metadata={"description": "as the program was published"})


class DoneSchema(Schema):
    """An exercise as it was logged."""

    exercise = fields.String(required=True)
    done = fields.Dict(required=True, allow_none=True)
    skipped = fields.String(required=True, allow_none=True)


class DaySchema(Schema):
    """One local date."""

    date = _date("in the patient's zone")
    status = fields.String(
        required=True,
        validate=validate.OneOf(STATUSES),
        metadata={
            "description": "done: all of it; partial: less; missed: asked for and over; off: not "
            "asked for; open: today, not yet done; ahead: to come in the running week"
        },
    )
    due = fields.Boolean(
        required=True, metadata={"description": "whether the program asks for a session on it"}
    )
    revision = _count("in force on it")
    phase = _count("its number")
    adherence = _share("completion of the session; 0 where one is missing; null where none counts")
    prescribed = fields.List(fields.Nested(AskedSchema), required=True)
    done = fields.List(fields.Nested(DoneSchema), required=True)
    prescribed_amount = _amount("of the day, in `unit`; null where nothing is asked for")
    done_amount = _amount("the same of what was done; may be more than was prescribed")
    pain = _scale("highest pain during exercise")
    effort = _scale("effort")
    difficulty = _scale("difficulty")
    late = fields.Boolean(
        required=True, metadata={"description": "told later than on the day after"}
    )
    note = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "id of the patient's own words, which adherence holds"},
    )


class AdherenceSchema(Schema):
    """How much of what was asked for was done."""

    value = _share("mean over `days`; null where none counts yet")
    days = _count("dates that asked for a session and are over, or have one")
    version = fields.String(required=True, metadata={"description": "of the formula"})


class WeekSchema(Schema):
    """The running week of the program, counted from its start, or its last one."""

    start = _date("first date")
    end = _date("last date")
    asked = _count("dates that it asks for in all")
    kept = _count("of these with a session so far")


class WindowSchema(Schema):
    """The pain answers between two dates."""

    start = _date("first date")
    end = _date("last date")
    sessions = _count("told between them")
    answered = _count("sessions whose pain was answered")
    mean = _amount("of the answers; null where they are too few")
    low = _scale("least answer")
    high = _scale("highest answer")


class PainSchema(Schema):
    """Pain over all and at both ends of the program."""

    whole = fields.Nested(WindowSchema, required=True)
    first = fields.Nested(WindowSchema, required=True)
    last = fields.Nested(WindowSchema, required=True, allow_none=True)
    version = fields.String(required=True, metadata={"description": "of the formula"})


class SummarySchema(Schema):
    """The figures, each with the count that it rests on."""

    asked = _count("dates that asked for a session and are over, or have one")
    kept = _count("of these with a session")
    full = _count("of these with all of the dose done")
    in_part = _count("of these with less of it done")
    missed = _count("asked for and not done")
    extra = _count("sessions that no date asked for; in no other figure")
    adherence = fields.Nested(AdherenceSchema, required=True)
    week = fields.Nested(WeekSchema, required=True, allow_none=True)
    pain = fields.Nested(PainSchema, required=True, allow_none=True)
    evidence = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={
            "description": "exercises done, by what the patient's word for it rests on: tap, "
            "timed, counted, observed or device"
        },
    )


class RevisionSchema(Schema):
    """A revision of the program."""

    revision = _count("its number, from 1")
    effective = _date("first local date that it is in force on")
    reason = fields.String(
        required=True, allow_none=True, metadata={"description": "null for the first one"}
    )
    phase = _count("its phase's number")


class PhaseSchema(Schema):
    """The span of a phase."""

    number = _count("of the phase")
    start = _date("first date")
    end = _date("last date; null while none is set", null=True)


class MilestoneSchema(Schema):
    """What the patient reached."""

    kind = fields.String(required=True)
    count = _count("of what is counted")
    local_date = _date("of the session that it took")


class PractisedSchema(Schema):
    """One exercise over the last four weeks."""

    exercise = fields.String(required=True)
    unit = fields.String(
        required=True, allow_none=True, metadata={"description": "null where it has changed"}
    )
    days_asked = _count("dates that asked for it")
    days_done = _count("of these on which some of it was done")
    asked = _amount("in the unit")
    done = _amount("in the unit; may be more than was asked")
    share = _share("mean over the dates of done beside asked, each 1 at most")


class TimelineSchema(Schema):
    """A program from its start to today."""

    program = fields.String(required=True)
    patient = fields.String(required=True)
    start = _date("first date")
    end = _date("last date; null while none is set", null=True)
    today = _date("the patient's local date that all this is as of")
    unit = fields.String(
        required=True,
        validate=validate.OneOf((*MEASURES, SHARE)),
        metadata={
            "description": "what amounts are counted in; share, of 1, where the exercises are "
            "counted in different units that no sum would be honest about"
        },
    )
    summary = fields.Nested(SummarySchema, required=True)
    days = fields.List(fields.Nested(DaySchema), required=True)
    revisions = fields.List(fields.Nested(RevisionSchema), required=True)
    phases = fields.List(fields.Nested(PhaseSchema), required=True)
    milestones = fields.List(fields.Nested(MilestoneSchema), required=True)
    exercises = fields.List(fields.Nested(PractisedSchema), required=True)
