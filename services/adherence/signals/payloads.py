"""The payloads of signals: the promise to other services, changed only by adding."""

from marshmallow import Schema, fields, validate

from adherence.payloads import answer, code, identity


def day(what: str) -> fields.Date:
    return fields.Date(required=True, metadata={"description": what})


def count(what: str, low: int = 0) -> fields.Integer:
    return fields.Integer(
        required=True, validate=validate.Range(min=low), metadata={"description": what}
    )


def number(what: str) -> fields.Float:
    return fields.Float(required=True, metadata={"description": what})


def sessions() -> fields.List[str]:
    """Return the sessions that a decision rests on."""
    return fields.List(
        fields.String(),
        required=True,
        metadata={"description": "ids of the sessions that it rests on, which are their dates"},
    )


class SignalSchema(Schema):
    """What every signal holds."""

    program = identity("the program")
    patient = identity("the patient")
    local_date = day("the date that it is about, as the patient's calendar showed it")
    revision = count("the program's revision in force on that date", 1)


class RuledSchema(SignalSchema):
    """A signal that thresholds decide."""

    rule = fields.String(
        required=True, metadata={"description": "version of the thresholds that decided it"}
    )


class Pain(RuledSchema):
    """Pain above the zone of the program, once for a local date."""

    session = identity("of which session: its local date")
    late = fields.Boolean(
        required=True, metadata={"description": "whether it was told later than on the day after"}
    )
    pain = fields.Integer(
        required=True, validate=validate.Range(0, 10), metadata={"description": "0 to 10"}
    )
    limit = fields.Integer(
        required=True,
        validate=validate.Range(0, 10),
        metadata={"description": "the highest pain that the zone allows"},
    )


class NotStarted(RuledSchema):
    """Nothing was done so many days after the start; local_date is the last of these days."""

    start = day("the program's first date")
    days = count("so many days have gone by", 1)


class Dipped(RuledSchema):
    """Less was kept than before; local_date is the last of the days that are compared."""

    first = day("the first of the days that are compared with as many days before them")
    kept = count("sessions done of those asked for in these days")
    due = count("sessions asked for in these days", 1)
    kept_before = count("sessions done of those asked for in as many days before")
    due_before = count("sessions asked for in as many days before", 1)


class Lapsed(RuledSchema):
    """The last sessions asked for were missed; local_date is the last date that was looked at."""

    last = day("the last date with a session")
    days = count("days without a session since then", 1)
    missed = count("sessions missed in a row", 1)


class Resumed(SignalSchema):
    """The patient came back after a lapse; local_date is of the session."""

    session = identity("the first session again: its local date")
    last = day("the last date with a session before the lapse")
    days = count("days in between")


class TooHard(RuledSchema):
    """Too hard, by what was told and left out; local_date is of the last session of these."""

    reason = code("what says so", "difficulty", "effort", "pain", "unsure")
    exercise = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "which exercise it is about; null for the whole session"},
    )
    sessions = sessions()
    highest = answer("the highest that was told; null where exercises were left out")


class ProposedSchema(Schema):
    """One exercise's dose as it is proposed: one measure of it changes."""

    exercise = identity("of the practice's library")
    measure = code("what changes", "load_kg", "sets", "repetitions", "hold_seconds", "minutes")
    before = number("of it in the revision in force")
    after = number("of it as proposed")
    dose = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={
            "description": "the whole dose as proposed, of the shape that "
            "hep.prescription.program.revised has; all but the measure is as in force"
        },
    )


class Dose(RuledSchema):
    """Another dose, for a therapist to accept, edit or decline.

    The newest proposal about an exercise stands; an earlier one about it is out of date. So is one
    whose program was revised since. A page makes one sentence of move and reason: progress and
    two_for_two (so many repetitions more than asked for, in so many sessions in a row), step_back
    and pain (pain above the zone), deload and effort (high effort in so many sessions in a row).
    """

    proposal = identity("its id: the same sessions give the same")
    move = code("which way", "progress", "step_back", "deload")
    reason = code("why", "two_for_two", "pain", "effort")
    exercises = fields.List(fields.Nested(ProposedSchema), required=True)
    sessions = sessions()
    pain = answer("the highest pain in these sessions")
    effort = answer("the highest effort in these sessions")
