"""What answers hold. Words are null once the patient was erased."""

from functools import cache
from typing import Any

from marshmallow import Schema, fields

from prescription import payloads
from shared.privacy import DestroyedSchema


def clock(**options: Any) -> fields.Time:
    return fields.Time(format="%H:%M", **options)


class Created(Schema):
    """What a command made, or changed."""

    id = fields.String(required=True)


class Practice(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    language = fields.String(required=True)


class Region(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)


class Opening(Schema):
    """Hours of a weekday, 1 is Monday."""

    weekday = fields.Integer(required=True)
    opens = clock(required=True)
    closes = clock(required=True)


class Shift(Schema):
    """Who is on duty on these dates; all day where no hours are given."""

    staff = fields.String(required=True)
    first = fields.Date(required=True)
    last = fields.Date(required=True)
    begins = clock(required=True, allow_none=True)
    ends = clock(required=True, allow_none=True)


class Rota(Schema):
    shifts = fields.List(fields.Nested(Shift), required=True)
    fallback = fields.String(required=True)


class Place(Schema):
    """A site in a list."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    zone = fields.String(required=True)
    language = fields.String(required=True)
    region = fields.String(required=True, allow_none=True)
    rota = fields.Boolean(required=True, metadata={"description": "whether it has one"})


class Site(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    zone = fields.String(required=True)
    language = fields.String(required=True)
    region = fields.String(required=True, allow_none=True)
    hours = fields.List(fields.Nested(Opening), required=True)
    rota = fields.Nested(Rota, required=True, allow_none=True)


class Duty(Schema):
    """Who is on duty; a site without a rota has nobody, and `known` is false."""

    staff = fields.List(fields.String(), required=True)
    fallback = fields.Boolean(
        required=True, metadata={"description": "whether it is who is there when nobody is"}
    )
    known = fields.Boolean(required=True, metadata={"description": "whether there is a rota"})


class Colleague(Schema):
    """A staff member in a list."""

    id = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    role = fields.String(required=True)
    sites = fields.List(fields.String(), required=True)
    left = fields.Date(
        required=True, allow_none=True, metadata={"description": "last day, or null"}
    )


class Staff(Colleague):
    email = fields.String(required=True, allow_none=True)


class Ended(Schema):
    """How many sessions were ended."""

    ended = fields.Integer(required=True)


class ListedExercise(Schema):
    """An exercise in a list."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    plain_name = fields.String(required=True)
    kind = fields.String(required=True)
    steps = fields.List(fields.String(), required=True)
    stop_if = fields.List(fields.String(), required=True)
    source = fields.Nested(payloads.SourceSchema, required=True, allow_none=True)
    version = fields.Integer(required=True)
    word = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "which of the catalogue it is; null for the practice's own"},
    )
    site = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "that has it; null for all of the practice"},
    )
    retired = fields.Boolean(required=True)
    offered = fields.Boolean(
        required=True, metadata={"description": "whether it waits to be taken in for all sites"}
    )


class Exercise(ListedExercise):
    """An exercise as its latest version says; `guide` is null where only its steps were given."""

    guide = fields.Nested(payloads.GuideSchema, required=True, allow_none=True)
    edition = fields.String(
        required=True, allow_none=True, metadata={"description": "of the catalogue, or null"}
    )
    harder = fields.List(
        fields.String(), required=True, metadata={"description": "ids, one rung above"}
    )
    favourite = fields.Boolean(required=True, metadata={"description": "of the asker"})


class Latest(Schema):
    """A patient's latest program, in short."""

    id = fields.String(required=True)
    title = fields.String(required=True, allow_none=True)
    start = fields.Date(required=True)
    end = fields.Date(required=True, allow_none=True)
    ended = fields.Date(required=True, allow_none=True)
    phase = fields.Integer(required=True)


class Listed(Schema):
    """A patient in a list."""

    id = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    site = fields.String(required=True)
    therapist = fields.String(required=True, allow_none=True)
    latest = fields.Nested(Latest, required=True, allow_none=True)


class Patient(Schema):
    id = fields.String(required=True)
    erased = fields.Boolean(required=True)
    name = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    subject = fields.String(required=True, allow_none=True)
    birth_year = fields.Integer(required=True)
    zone = fields.String(required=True)
    language = fields.String(required=True)
    site = fields.String(required=True)
    therapist = fields.String(required=True, allow_none=True)
    precautions = fields.String(required=True, allow_none=True)


class Diagnosis(Schema):
    code = fields.String(required=True)
    system = fields.String(required=True)
    verified = fields.Boolean(required=True)
    text = fields.String(required=True, allow_none=True)


class Phase(Schema):
    number = fields.Integer(required=True)
    name = fields.String(required=True, allow_none=True)


class BadDay(Schema):
    """What to do instead on a bad day."""

    way = fields.String(required=True)
    exercise = fields.String(required=True, allow_none=True)
    plain_name = fields.String(required=True, allow_none=True)


class Prescribed(Schema):
    """One exercise of a program."""

    exercise = fields.String(required=True)
    version = fields.Integer(required=True, metadata={"description": "of the exercise"})
    name = fields.String(required=True)
    plain_name = fields.String(required=True)
    dose = fields.Nested(payloads.DoseSchema, required=True)
    priority = fields.Integer(required=True)
    instructions = fields.String(required=True, allow_none=True)
    group = fields.String(required=True, allow_none=True)
    bad_day = fields.Nested(BadDay, required=True, allow_none=True)
    taught = fields.String(required=True, allow_none=True)


class Reason(Schema):
    """Why something was prescribed all the same."""

    about = fields.String(required=True)
    code = fields.String(required=True)
    words = fields.String(required=True, allow_none=True)


class Target(Schema):
    """How a goal is seen to be met, and by when."""

    goal = fields.String(required=True, allow_none=True)
    measure = fields.String(required=True, allow_none=True)
    by = fields.Date(required=True, allow_none=True)


class Revision(Schema):
    """One revision; the first has no reason."""

    revision = fields.Integer(required=True)
    effective = fields.Date(required=True)
    reason = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    end = fields.Date(required=True, allow_none=True)
    review = fields.Date(
        required=True, metadata={"description": "when to look at it again, as it was planned then"}
    )
    phase = fields.Nested(Phase, required=True)
    exercises = fields.List(fields.Nested(Prescribed), required=True)
    actor = fields.String(
        required=True, metadata={"description": "who decided it, by the issuer's id"}
    )
    recorded = fields.AwareDateTime(required=True)


class Review(Schema):
    """A look at how the program goes."""

    date = fields.Date(required=True)
    review = fields.Date(required=True, metadata={"description": "when to look again"})
    actor = fields.String(required=True)
    recorded = fields.AwareDateTime(required=True)


class Pause(Schema):
    """A time in which the program asks for nothing."""

    date = fields.Date(required=True, metadata={"description": "first day of rest"})
    reason = fields.String(required=True)
    note = fields.String(required=True, allow_none=True)
    until = fields.Date(
        required=True, allow_none=True, metadata={"description": "first day that asks again"}
    )
    actor = fields.String(required=True)
    recorded = fields.AwareDateTime(required=True)


class Answered(Schema):
    """What a therapist made of a proposal."""

    proposal = fields.String(required=True)
    accepted = fields.Boolean(required=True)
    edited = fields.Boolean(
        required=True, metadata={"description": "whether it became other than proposed"}
    )
    word = fields.String(required=True, allow_none=True)
    actor = fields.String(required=True)
    recorded = fields.AwareDateTime(required=True)


class End(Schema):
    date = fields.Date(required=True)
    reason = fields.String(required=True)
    actor = fields.String(required=True)
    recorded = fields.AwareDateTime(required=True)


class Program(Schema):
    """A program as its latest revision says."""

    id = fields.String(required=True)
    patient = fields.String(required=True)
    site = fields.String(required=True)
    title = fields.String(required=True, allow_none=True)
    diagnosis = fields.Nested(Diagnosis, required=True)
    goals = fields.List(fields.String(allow_none=True), required=True)
    start = fields.Date(required=True)
    end = fields.Date(required=True, allow_none=True)
    ended = fields.Nested(End, required=True, allow_none=True)
    revision = fields.Integer(required=True)
    effective = fields.Date(required=True)
    phase = fields.Nested(Phase, required=True)
    exercises = fields.List(fields.Nested(Prescribed), required=True)
    review = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "when to look at it again; null once it has ended"},
    )
    paused = fields.Nested(
        Pause, required=True, allow_none=True, metadata={"description": "the pause that it is in"}
    )
    source = fields.Nested(payloads.SourceSchema, required=True, allow_none=True)
    reasons = fields.List(fields.Nested(Reason), required=True)
    targets = fields.List(fields.Nested(Target), required=True)


class History(Schema):
    """Every revision of a program, and its end."""

    id = fields.String(required=True)
    patient = fields.String(required=True)
    start = fields.Date(required=True)
    revisions = fields.List(fields.Nested(Revision), required=True)
    reviews = fields.List(fields.Nested(Review), required=True)
    pauses = fields.List(fields.Nested(Pause), required=True)
    answers = fields.List(fields.Nested(Answered), required=True)
    ended = fields.Nested(End, required=True, allow_none=True)


@cache
def page(schema: type[Schema]) -> type[Schema]:
    """Return the schema of one page of a list."""
    found: type[Schema] = Schema.from_dict(
        {
            "items": fields.List(fields.Nested(schema), required=True),
            "next": fields.String(
                required=True,
                allow_none=True,
                metadata={"description": "cursor of the next page, null on the last"},
            ),
        },
        name=f"{schema.__name__}Page",
    )
    return found


class ListedImport(Schema):
    """An import in a list."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    rows = fields.Integer(required=True)
    through = fields.Integer(
        required=True, metadata={"description": "rows that were looked at by now"}
    )
    refused = fields.Integer(required=True)


class Said(Schema):
    """What is to be said about a row."""

    line = fields.Integer(required=True)
    field = fields.String(required=True)
    reason = fields.String(required=True)
    refused = fields.Boolean(
        required=True, metadata={"description": "or taken, with something to look at"}
    )


class Import(Schema):
    """How far an import has come."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    encoding = fields.String(required=True)
    ignored = fields.List(fields.String(), required=True)
    rows = fields.Integer(required=True)
    through = fields.Integer(required=True)
    done = fields.Boolean(required=True)
    taken = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    notes = fields.List(fields.Nested(Said), required=True)


class Held(Schema):
    """What is kept sealed, by id; what was erased is left out."""

    items = fields.Dict(keys=fields.String(), required=True)


class Demonstrations(Schema):
    """By exercise the word that its demonstration is found by; null where no figure shows it."""

    items = fields.Dict(keys=fields.String(), values=fields.String(allow_none=True), required=True)


class Births(Schema):
    """Years of birth by patient; of who was erased or never here there is none."""

    items = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class Destroyed(DestroyedSchema):
    """What one service destroyed, and when it was done."""

    service = fields.String(required=True)
    at = fields.AwareDateTime(required=True)


class Outlives(Schema):
    """What an erasure leaves, and the last day that it may be there; null where nobody knows."""

    name = fields.String(required=True)
    text = fields.String(required=True)
    until = fields.Date(required=True, allow_none=True)


class Erasure(Schema):
    """The certificate of an erasure."""

    patient = fields.String(required=True)
    asked = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "null where nobody asked for one"}
    )
    by = fields.String(required=True, allow_none=True, metadata={"description": "id of who asked"})
    completed = fields.List(fields.Nested(Destroyed), required=True)
    outstanding = fields.List(
        fields.String(), required=True, metadata={"description": "services that are still at it"}
    )
    outlives = fields.List(fields.Nested(Outlives), required=True)


class Kept(Schema):
    """How long a kind of record is kept."""

    type = fields.String(required=True)
    years = fields.Integer(
        required=True, allow_none=True, metadata={"description": "after the end of care"}
    )
    source = fields.String(required=True)
    verified = fields.Boolean(
        required=True, metadata={"description": "whether somebody at the practice checked it"}
    )


class Retention(Schema):
    """How long each kind of record is kept; nothing is erased because a time is over."""

    version = fields.String(required=True)
    source = fields.String(required=True)
    types = fields.List(fields.Nested(Kept), required=True)


class Past(Schema):
    """A record past its time: a person decides."""

    patient = fields.String(required=True)
    type = fields.String(required=True)
    ended = fields.Date(required=True, metadata={"description": "when care ended"})
