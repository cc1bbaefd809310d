"""The payloads of the published events: the promise to other services, changed only by adding."""

from typing import Any

from marshmallow import Schema, fields, post_dump, validate


def identity(what: str) -> fields.String:
    return fields.String(required=True, metadata={"description": what})


def text(what: str) -> fields.String:
    """Return the id of words that this service keeps sealed and gives to those who may read."""
    return fields.String(required=True, metadata={"description": f"id of a text: {what}"})


def maybe_text(what: str) -> fields.String:
    return fields.String(
        required=True, allow_none=True, metadata={"description": f"id of a text, or null: {what}"}
    )


def code(what: str, example: str) -> fields.String:
    """Return a code of a list that may grow: a reader lets an unknown one pass."""
    return fields.String(required=True, metadata={"description": what, "examples": [example]})


def day(what: str) -> fields.Date:
    return fields.Date(required=True, metadata={"description": what})


def zone() -> fields.String:
    return fields.String(required=True, metadata={"description": "IANA time zone"})


def language() -> fields.String:
    return fields.String(required=True, metadata={"description": "BCP 47, for example en"})


def whole(low: int) -> fields.Integer:
    return fields.Integer(required=True, validate=validate.Range(min=low))


def maybe_whole(low: int) -> fields.Integer:
    return fields.Integer(required=True, allow_none=True, validate=validate.Range(min=low))


class SourceSchema(Schema):
    """Where something comes from."""

    title = fields.String(required=True)
    url = fields.String(required=True)
    verified = fields.Boolean(
        required=True, metadata={"description": "whether somebody at the practice checked it"}
    )


class DoseSchema(Schema):
    """How much and how often; null where it was left open."""

    sets = maybe_whole(1)
    repetitions = maybe_whole(1)
    hold_seconds = maybe_whole(1)
    minutes = fields.Float(required=True, allow_none=True)
    load_kg = fields.Float(required=True, allow_none=True)
    band = fields.String(required=True, allow_none=True, metadata={"examples": ["red"]})
    side = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "left, right, each (one after the other) or both (together)"},
    )
    times_per_day = whole(1)
    days_per_week = fields.Integer(required=True, validate=validate.Range(1, 7))
    weekdays = fields.List(
        fields.Integer(validate=validate.Range(1, 7)),
        required=True,
        metadata={"description": "ISO weekdays, 1 is Monday; empty where days_per_week says all"},
    )
    effort = fields.Integer(required=True, allow_none=True, validate=validate.Range(0, 10))
    rest_seconds = maybe_whole(0)
    layers = fields.Integer(
        allow_none=True, metadata={"description": "of towel between a pack and the skin"}
    )
    frequency_hz = fields.Integer(allow_none=True)
    pulse_us = fields.Integer(allow_none=True)
    milliamperes = fields.Integer(allow_none=True)
    tempo = fields.String(required=True, allow_none=True, metadata={"examples": ["3-1-3"]})


class Sparing(Schema):
    """What leaves out what came later: events from before it was there stay the same."""

    LATER: tuple[str, ...] = ()

    @post_dump
    def spare(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Leave out what is null or empty, of the fields that came later."""
        return {name: value for name, value in data.items() if value or name not in self.LATER}


class BadDaySchema(Schema):
    """What to do instead on a bad day."""

    way = code("of doing less", "half")
    exercise = fields.String(
        required=True, allow_none=True, metadata={"description": "the easier one, or null"}
    )


class ReasonSchema(Schema):
    """Why something was prescribed all the same."""

    about = fields.String(
        required=True, metadata={"description": "number, or the id of an exercise"}
    )
    code = code("the reason", "other")
    words = maybe_text("the reason")


class TargetSchema(Schema):
    """How a goal is seen to be met, and by when."""

    goal = text("the goal")
    measure = maybe_text("how it is seen to be met")
    by = fields.Date(required=True, allow_none=True)


class ExerciseSchema(Sparing):
    """One exercise of a program."""

    LATER = ("group", "bad_day", "taught")

    exercise = identity("of the practice's library")
    version = fields.Integer(
        metadata={"description": "of the exercise, as prescribed; where it lacks, the first"}
    )
    dose = fields.Nested(DoseSchema, required=True)
    priority = fields.Integer(
        required=True,
        validate=validate.Range(1, 3),
        metadata={"description": "1 always, 2 most days, 3 if there is time"},
    )
    instructions = maybe_text("what the therapist says about it to this patient")
    group = fields.String(
        allow_none=True, metadata={"description": "when in the day; left out where it is open"}
    )
    bad_day = fields.Nested(BadDaySchema, allow_none=True)
    taught = fields.String(
        allow_none=True,
        metadata={"description": "shown, explained or needs_repeat; left out where it is open"},
    )


class DiagnosisSchema(Schema):
    """What is treated."""

    code = fields.String(required=True)
    system = fields.String(required=True, metadata={"description": "whose code it is"})
    verified = fields.Boolean(required=True)
    text = text("what is treated")


class PhaseSchema(Schema):
    """A part of a program."""

    number = whole(1)
    name = text("the phase's name")


def clock() -> fields.String:
    return fields.String(
        required=True, metadata={"description": "on the site's clock, as 08:30:00"}
    )


def maybe_clock() -> fields.String:
    return fields.String(
        required=True, allow_none=True, metadata={"description": "as 08:30:00, or null: all day"}
    )


class Practice(Schema):
    practice = identity("the tenant")
    name = fields.String(required=True)
    language = language()


class Region(Schema):
    region = identity("the region")
    name = fields.String(required=True)


class Site(Schema):
    site = identity("the site")
    name = fields.String(required=True)
    zone = zone()
    language = language()
    region = fields.String(metadata={"description": "the region; left out where it is in none"})

    @post_dump
    def leave_out(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Leave out a region that is none: events from before there were any stay the same."""
        return {name: value for name, value in data.items() if value is not None}


class OpeningSchema(Schema):
    """Hours of a weekday at which a site is open."""

    weekday = fields.Integer(
        required=True,
        validate=validate.Range(1, 7),
        metadata={"description": "ISO weekday, 1 is Monday"},
    )
    opens = clock()
    closes = clock()


class ChangedSite(Schema):
    site = identity("the site")
    name = fields.String(required=True)
    zone = zone()
    language = language()
    region = fields.String(
        required=True, allow_none=True, metadata={"description": "region, or null"}
    )
    hours = fields.List(
        fields.Nested(OpeningSchema),
        required=True,
        metadata={"description": "a weekday that is not in it is a closed day"},
    )


class ShiftSchema(Schema):
    """Who is on duty on these dates, the last included."""

    staff = identity("who is on duty")
    first = day("first local date")
    last = day("last local date")
    begins = maybe_clock()
    ends = maybe_clock()


class Rota(Schema):
    site = identity("whose rota it is: this is all of it")
    shifts = fields.List(fields.Nested(ShiftSchema), required=True)
    fallback = identity("who is on duty where nobody else is")


class Staff(Schema):
    staff = identity("the staff member; name and address are on a card that the owner keeps")
    role = code("what the person does", "therapist")
    sites = fields.List(fields.String(), required=True)


class Left(Schema):
    staff = identity("the staff member")
    date = day("last day of employment")
    successor = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "staff id of who takes over the patients, or null"},
    )


class Patient(Schema):
    patient = identity("the patient; name and address are on a card that the owner keeps")
    site = identity("where the patient is treated")
    zone = zone()
    language = language()
    therapist = fields.String(
        required=True, allow_none=True, metadata={"description": "staff id, or null"}
    )


class Updated(Schema):
    patient = identity("the patient; the card was sealed anew")
    site = identity("where the patient is treated")
    zone = zone()
    language = language()


class Assigned(Schema):
    patient = identity("the patient")
    therapist = fields.String(
        required=True, allow_none=True, metadata={"description": "staff id, or null"}
    )


class Erased(Schema):
    patient = identity("the patient")


class UsualSchema(Schema):
    """A dose to begin with, and who says so."""

    dose = fields.Nested(DoseSchema, required=True)
    source = fields.Nested(SourceSchema, required=True)
    unseen = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "fields of the dose that the source leaves open"},
    )
    note = fields.String(required=True, allow_none=True)


class WordingSchema(Schema):
    """What an exercise says in another language."""

    language = language()
    machine = fields.Boolean(
        required=True,
        metadata={"description": "whether a machine wrote it and no clinician has read it"},
    )
    name = fields.String(required=True)
    plain_name = fields.String(required=True)
    purpose = fields.String(required=True)
    steps = fields.List(fields.String(), required=True)
    mistakes = fields.List(fields.String(), required=True)
    stop_if = fields.List(fields.String(), required=True)
    contraindications = fields.List(fields.String(), required=True)
    precautions = fields.List(fields.String(), required=True)


class GuideSchema(Schema):
    """What else is to be known of an exercise."""

    purpose = fields.String(required=True)
    region = code("part of the body", "knee")
    muscles = fields.List(fields.String(), required=True)
    position = code("in which it is done", "sitting")
    equipment = fields.List(code("what it needs", "chair"), required=True)
    space = code("where there is room for it", "seat")
    supervision = code("who is there", "alone")
    sides = code("on which it is done: none, one, each or both", "each")
    mistakes = fields.List(fields.String(), required=True)
    contraindications = fields.List(fields.String(), required=True)
    precautions = fields.List(fields.String(), required=True)
    usual = fields.Nested(UsualSchema, required=True, allow_none=True)
    easier = fields.List(identity("of an exercise one rung below"), required=True)
    verified = fields.Boolean(
        required=True,
        metadata={
            "description": "whether muscles, contraindications, precautions have a source seen"
        },
    )
    wordings = fields.List(fields.Nested(WordingSchema), required=True)


class OfExercise(Schema):
    exercise = identity("the exercise")


class Stocked(Schema):
    library = identity("the practice's library")
    edition = fields.String(required=True, metadata={"description": "of the catalogue"})
    through = whole(0)
    of = whole(0)


class Library(Schema):
    exercise = identity("the exercise")
    name = fields.String(required=True, metadata={"description": "as therapists say it"})
    plain_name = fields.String(required=True, metadata={"description": "as patients say it"})
    kind = code("what it trains", "strength")
    steps = fields.List(fields.String(), required=True)
    stop_if = fields.List(fields.String(), required=True)
    source = fields.Nested(SourceSchema, required=True, allow_none=True)
    # What was published before these were there has none of them.
    guide = fields.Nested(GuideSchema, allow_none=True)
    site = fields.String(
        allow_none=True, metadata={"description": "that has it; null for all of the practice"}
    )
    word = fields.String(
        allow_none=True, metadata={"description": "which of the catalogue it is, or null"}
    )
    edition = fields.String(allow_none=True, metadata={"description": "of the catalogue, or null"})


class RevisedExercise(Library):
    """All of an exercise, from now on; programs keep the version that they have."""

    class Meta:
        exclude = ("site", "word")

    version = whole(2)


class Reviewable(Sparing):
    """A program with the date of its next review; what was published before has none."""

    LATER: tuple[str, ...] = ("review",)

    review = fields.Date(metadata={"description": "when a therapist looks at it again"})


class Revised(Reviewable):
    program = identity("the program")
    patient = identity("whose it is")
    revision = whole(1)
    effective = day("local date from which it holds")
    reason = code("why", "progressed")
    note = maybe_text("why, in the therapist's words")
    end = fields.Date(
        required=True, allow_none=True, metadata={"description": "last date, or null"}
    )
    phase = fields.Nested(PhaseSchema, required=True)
    exercises = fields.List(fields.Nested(ExerciseSchema), required=True)


class Prescribed(Reviewable):
    LATER = ("review", "reasons", "targets")

    program = identity("the program")
    patient = identity("whose it is")
    site = identity("where it was prescribed")
    revision = whole(1)
    effective = day("the same as start")
    start = day("first local date")
    end = fields.Date(
        required=True, allow_none=True, metadata={"description": "last date, or null"}
    )
    title = text("the program's title")
    diagnosis = fields.Nested(DiagnosisSchema, required=True)
    goals = fields.List(
        fields.String(), required=True, metadata={"description": "ids of texts, one a goal"}
    )
    phase = fields.Nested(PhaseSchema, required=True)
    exercises = fields.List(fields.Nested(ExerciseSchema), required=True)
    source = fields.Nested(SourceSchema, required=True, allow_none=True)
    reasons = fields.List(fields.Nested(ReasonSchema))
    targets = fields.List(fields.Nested(TargetSchema))


class Import(Schema):
    intake = identity("the import")
    kind = code("what it brings: patients or staff", "patients")
    rows = whole(0)


class Advanced(Schema):
    intake = identity("the import")
    rows = whole(0)
    through = whole(0)
    taken = whole(0)
    changed = whole(0)
    unchanged = whole(0)
    refused = whole(0)


class Ended(Schema):
    program = identity("the program")
    patient = identity("whose it is")
    date = day("last date that it asks for anything")
    reason = code("why", "goals_met")
