"""The payloads of the published events: the promise to other services, changed only by adding."""

from marshmallow import Schema, fields, validate

ANSWER = validate.Range(0, 10)


def identity(what: str) -> fields.String:
    return fields.String(required=True, metadata={"description": what})


def code(what: str, *examples: str, empty: bool = False) -> fields.String:
    """Return a code of a list that may grow: a reader lets an unknown one pass."""
    about = {"description": what, "examples": list(examples)}
    return fields.String(required=True, allow_none=empty, metadata=about)


def added(what: str) -> fields.String:
    """Return a code that records of before it was added lack."""
    return fields.String(metadata={"description": what})


def maybe_whole(what: str = "") -> fields.Integer:
    about = {"description": what} if what else {}
    return fields.Integer(
        required=True, allow_none=True, validate=validate.Range(min=1), metadata=about
    )


def answer(what: str) -> fields.Integer:
    return fields.Integer(
        required=True,
        allow_none=True,
        validate=ANSWER,
        metadata={"description": f"{what}, 0 to 10; null where it was not answered, never 0"},
    )


class PrescribedSchema(Schema):
    """The dose of one exercise for one day; null where it was left open."""

    sets = maybe_whole()
    repetitions = maybe_whole()
    hold_seconds = maybe_whole()
    minutes = fields.Float(required=True, allow_none=True)
    times_per_day = fields.Integer(required=True, validate=validate.Range(min=1))


class DoneSchema(Schema):
    """What was done of one exercise on that day, all times together."""

    sets = maybe_whole("null where sets of different lengths are told as one sum, or none were")
    repetitions = maybe_whole("of each set; of the whole day where sets is null")
    hold_seconds = maybe_whole("as repetitions")
    minutes = fields.Float(
        required=True, allow_none=True, metadata={"description": "as repetitions"}
    )
    load_kg = fields.Float(required=True, allow_none=True)


class EntrySchema(Schema):
    """One exercise of a session: either done or left out."""

    exercise = identity("of the practice's library")
    prescribed = fields.Nested(PrescribedSchema, required=True)
    done = fields.Nested(
        DoneSchema, required=True, allow_none=True, metadata={"description": "null: left out"}
    )
    skipped = code(
        "why it was left out; null where it was done or no reason given", "pain", empty=True
    )
    difficulty = answer("how difficult this exercise was")
    # Of before 2026-12 no entry says these of itself.
    occurred = fields.AwareDateTime(metadata={"description": "when the last go at it was over"})
    mode = added("how it was told: as_prescribed or edited")
    evidence = added("what the weakest go rests on: tap, timed, counted, observed or device")
    goes = fields.Integer(
        validate=validate.Range(min=1), metadata={"description": "in how many goes it was told"}
    )


class Session(Schema):
    """All that a patient did for a program on one local date."""

    program = identity("the program")
    patient = identity("the patient")
    session = identity("its id within the program: the local date")
    local_date = fields.Date(
        required=True, metadata={"description": "as the patient's calendar showed it"}
    )
    revision = fields.Integer(
        required=True,
        validate=validate.Range(min=1),
        metadata={"description": "the program's revision in force on that date"},
    )
    due = fields.Boolean(
        required=True, metadata={"description": "whether that revision asked for a session then"}
    )
    late = fields.Boolean(
        required=True, metadata={"description": "whether it was told later than on the day after"}
    )
    occurred = fields.AwareDateTime(required=True, metadata={"description": "when it was over"})
    entries = fields.List(fields.Nested(EntrySchema), required=True)
    completion = fields.Float(
        required=True,
        validate=validate.Range(0, 1),
        metadata={"description": "weighted share of what the date asked for that was done"},
    )
    partial_ = fields.Boolean(
        required=True,
        data_key="partial",
        attribute="partial",
        metadata={"description": "completion is below 1"},
    )
    pain = answer("pain during the session")
    effort = answer("how hard it was for the body")
    difficulty = answer("how difficult it was to do")
    note = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "id of a text in the patient's own words, or null"},
    )
    mode = code("how it was told", "as_prescribed", "edited")
    evidence = code("what it rests on", "tap", "timed", "counted", "observed", "device")
    # Of before 2026-12 no session says it.
    next_morning = fields.Integer(
        allow_none=True,
        validate=ANSWER,
        metadata={"description": "pain on the morning after, as pain; null where not answered"},
    )


class SessionAmended(Session):
    """The session of a date as it is now."""

    reason = code("why it changed", "added", "correction")


class Milestone(Schema):
    """Something reached, once in a program."""

    program = identity("the program")
    patient = identity("the patient")
    milestone = code("what was reached", "first_session", "streak", "total", "first_week", "phase")
    count = fields.Integer(
        required=True,
        validate=validate.Range(min=1),
        metadata={"description": "sessions of a streak or in all, the phase's number, else 1"},
    )
    local_date = fields.Date(
        required=True, metadata={"description": "of the session that completed it"}
    )
    session = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "id of that session; null for a phase"},
    )


class InvitationRedeemed(Schema):
    """Whoever was invited came in; nothing here lets anybody in."""

    invitation = identity("the invitation")
    patient = identity("the patient")
    supporter = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "id of the supporter who was invited; null for the patient"},
    )
    way = code("how it was given", "link", "paper")


class InvitationIssued(InvitationRedeemed):
    """Somebody was invited to sign in; the secret is not here, and its owner sends it once."""

    expires = fields.AwareDateTime(
        required=True, metadata={"description": "from when on it lets nobody in"}
    )
