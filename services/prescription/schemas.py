"""What requests hold and what answers hold; payloads of events are in payloads.py.

A request's schema says which fields there are and of which kind; what they may hold together is
the rules' to say.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from prescription import kinds
from prescription.commands import (
    AskedDiagnosis,
    AskedExercise,
    AskedPhase,
    AskedReason,
    AskedTarget,
)
from prescription.events import Dose, Guide, Source, Usual
from prescription.hours import Opening, Shift
from prescription.rules import rules

LINE, PARAGRAPH = 200, 2000
WEEKDAY = "Give 1 for Monday to 7 for Sunday."
LIMITS = rules().limits
# What no guide to an exercise is without, and what it may leave open.
NEEDED = ("purpose", "region", "position", "space", "supervision", "sides")
LEFT: dict[str, Any] = {
    "muscles": (),
    "equipment": (),
    "mistakes": (),
    "contraindications": (),
    "precautions": (),
    "usual": None,
    "easier": (),
    "verified": False,
}
USUAL_PRACTICE = Source("Usual practice", "", verified=False)
OPEN: dict[str, Any] = {"load_default": None, "allow_none": True}
REVIEW = "when to look at it again; left out, after the usual number of days"
CODE = validate.Regexp(
    r"[A-Za-z0-9][A-Za-z0-9 ./:-]{0,39}\Z", error="Give a code: letters, digits, dots."
)
WEB = validate.URL(schemes={"http", "https"}, error="Give a web address, as https://example.org.")


class PracticeRequest(Schema):
    """A practice that begins to use the platform."""

    name = kinds.Line(LINE, required=True)
    language = kinds.language(required=True)


class SiteRequest(Schema):
    """A site to open."""

    name = kinds.Line(LINE, required=True)
    zone = kinds.Line(64, required=True)
    language = kinds.language(required=True)
    region = kinds.identity(**OPEN)


class RegionRequest(Schema):
    """A region, which sites can belong to."""

    name = kinds.Line(LINE, required=True)


class OpeningRequest(Schema):
    """Hours of a weekday at which a site is open, on its own clock."""

    weekday = kinds.whole((1, 7), required=True, validate=validate.Range(1, 7, error=WEEKDAY))
    opens = kinds.clock(required=True)
    closes = kinds.clock(required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Opening:
        return Opening(**data)


class SiteChange(SiteRequest):
    """All that a site is like; a weekday without opening hours is a closed day."""

    hours = kinds.rows(kinds.nested(OpeningRequest), 50, load_default=())


class ShiftRequest(Schema):
    """Who is on duty on these dates, the last included; all day where no hours are given."""

    staff = kinds.identity(required=True)
    first = kinds.day(required=True)
    last = kinds.day(required=True)
    begins = kinds.clock(**OPEN)
    ends = kinds.clock(**OPEN)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Shift:
        return Shift(**data)


class RotaRequest(Schema):
    """All of a site's rota; the fallback is on duty where nobody else is."""

    shifts = kinds.rows(kinds.nested(ShiftRequest), 400, required=True)
    fallback = kinds.identity(required=True)


class StaffChange(Schema):
    """Who somebody is, in which role and where: all of it."""

    name = kinds.Line(LINE, required=True)
    email = kinds.address(required=True)
    role = kinds.Line(40, required=True)
    sites = kinds.rows(kinds.identity(), 200, required=True)


class StaffRequest(StaffChange):
    """Somebody to take on."""

    subject = kinds.Line(
        200, **OPEN, metadata={"description": "who signs in as this person, at the issuer"}
    )


class DepartureRequest(Schema):
    """Somebody's last day, and who takes over the patients."""

    date = kinds.day(required=True)
    successor = kinds.identity(**OPEN)


class HoldRequest(Schema):
    """Why a record is held, and for how long."""

    reason = kinds.Line(40, required=True)
    note = kinds.Line(PARAGRAPH, **OPEN)
    until = kinds.day(**OPEN)


class ExportQuery(Schema):
    """In which form all that is kept is given."""

    format = fields.String(
        load_default="json",
        validate=validate.OneOf(("json", "csv"), error="Ask for json or csv."),
        metadata={"description": "json, or csv: a zip with a file for each kind of record"},
    )


class UpdateRequest(Schema):
    """Who a patient is and where the patient is treated: all of it."""

    name = kinds.Line(LINE, required=True)
    email = kinds.address(required=True)
    phone = kinds.Line(40, **OPEN)
    zone = kinds.Line(64, required=True)
    language = kinds.language(required=True)
    site = kinds.identity(required=True)


class AssignmentRequest(Schema):
    """Whose a patient is; null for nobody yet."""

    therapist = kinds.identity(required=True, allow_none=True)


class PatientRequest(UpdateRequest):
    """A patient to take into care."""

    subject = kinds.Line(
        200,
        load_default=None,
        allow_none=True,
        metadata={"description": "who signs in as this patient, by the issuer's id"},
    )
    birth_year = kinds.whole(required=True)
    therapist = kinds.identity(**OPEN)
    precautions = kinds.Line(PARAGRAPH, **OPEN)


class SourceRequest(Schema):
    """Where something comes from."""

    title = kinds.Line(300, required=True)
    url = kinds.Line(500, required=True, validate=WEB)
    verified = kinds.flag(load_default=False)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Source:
        return Source(**data)


class DoseRequest(Schema):
    """How much and how often; what is left out is left open."""

    sets = kinds.whole(LIMITS["sets"], **OPEN)
    repetitions = kinds.whole(LIMITS["repetitions"], **OPEN)
    hold_seconds = kinds.whole(LIMITS["hold_seconds"], **OPEN)
    minutes = kinds.number(LIMITS["minutes"], **OPEN)
    load_kg = kinds.number(LIMITS["load_kg"], **OPEN)
    band = kinds.Line(20, **OPEN)
    side = kinds.Line(20, **OPEN)
    times_per_day = kinds.whole(LIMITS["times_per_day"], load_default=1)
    days_per_week = kinds.whole(LIMITS["days_per_week"])
    weekdays = kinds.rows(kinds.whole((1, 7)), 7, load_default=())
    effort = kinds.whole(LIMITS["effort"], **OPEN)
    rest_seconds = kinds.whole(LIMITS["rest_seconds"], **OPEN)
    tempo = kinds.Line(20, **OPEN)
    layers = kinds.whole(LIMITS["layers"], **OPEN)
    frequency_hz = kinds.whole(LIMITS["frequency_hz"], **OPEN)
    pulse_us = kinds.whole(LIMITS["pulse_us"], **OPEN)
    milliamperes = kinds.whole(LIMITS["milliamperes"], **OPEN)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Dose:
        """Take the number of days from the weekdays where it is not given, else every day."""
        data.setdefault("days_per_week", len(data["weekdays"]) or 7)
        return Dose(**data)


class UsualRequest(Schema):
    """A dose to begin with; without a source it is what is usual, and nobody has checked it."""

    dose = kinds.nested(DoseRequest, required=True)
    source = kinds.nested(SourceRequest, **OPEN)
    unseen = kinds.rows(kinds.Line(40), 20, load_default=())
    note = kinds.Line(LINE, **OPEN)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Usual:
        return Usual(**data | {"source": data["source"] or USUAL_PRACTICE})


class ExerciseChange(Schema):
    """All that an exercise is like; a guide, where any of it is given, says what it is for."""

    name = kinds.Line(LINE, required=True)
    plain_name = kinds.Line(LINE, required=True)
    kind = kinds.Line(40, required=True)
    steps = kinds.rows(kinds.Line(500), 20, required=True)
    stop_if = kinds.rows(kinds.Line(500), 10, load_default=())
    source = kinds.nested(SourceRequest, **OPEN)
    purpose = kinds.Line(PARAGRAPH)
    region = kinds.Line(40)
    position = kinds.Line(40)
    space = kinds.Line(40)
    supervision = kinds.Line(40)
    sides = kinds.Line(40)
    muscles = kinds.rows(kinds.Line(LINE), 20)
    equipment = kinds.rows(kinds.Line(40), 20)
    mistakes = kinds.rows(kinds.Line(500), 10)
    contraindications = kinds.rows(kinds.Line(500), 20)
    precautions = kinds.rows(kinds.Line(500), 20)
    usual = kinds.nested(UsualRequest, allow_none=True)
    easier = kinds.rows(kinds.identity(), 10)
    verified = kinds.flag()

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def complete(self, _: Any, original: Any, **__: Any) -> None:
        """Ask for what no guide is without, where any of it is given.

        Raises:
            ValidationError: it is not given.
        """
        if not isinstance(original, Mapping):
            return  # which is told already
        missing = [name for name in NEEDED if name not in original]
        if missing and any(name in original for name in [*NEEDED, *LEFT]):
            raise ValidationError({name: [kinds.FILL] for name in missing})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Gather what makes a guide, where any of it is given."""
        given = {name: data.pop(name) for name in [*NEEDED, *LEFT] if name in data}
        guide = Guide(**LEFT | given, wordings=()) if given else None
        return data | {"guide": guide}


class ExerciseRequest(ExerciseChange):
    """An exercise for the library of the whole practice, or of one site."""

    site = kinds.identity(**OPEN)


class AnswerRequest(Schema):
    """Whether an offered exercise is taken in for all sites."""

    accepted = kinds.flag(required=True)


class FavouriteRequest(Schema):
    """Whether the asker wants an exercise at hand."""

    favourite = kinds.flag(required=True)


class AskedExerciseRequest(Schema):
    """One exercise of a program."""

    exercise = kinds.identity(required=True)
    dose = kinds.nested(DoseRequest, required=True)
    priority = kinds.whole(rules().priorities, load_default=1)
    instructions = kinds.Line(PARAGRAPH, **OPEN)
    group = kinds.Line(40, **OPEN)
    bad_day = kinds.Line(40, **OPEN)
    taught = kinds.Line(40, **OPEN)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> AskedExercise:
        return AskedExercise(**data)


class ReasonRequest(Schema):
    """Why something is prescribed all the same: the number of exercises, or one of them."""

    about = kinds.Line(64, required=True)
    code = kinds.Line(40, required=True)
    words = kinds.Line(PARAGRAPH, **OPEN)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> AskedReason:
        return AskedReason(**data)


class TargetRequest(Schema):
    """How a goal is seen to be met, and by when; `goal` is its place among the goals, from 0."""

    goal = kinds.whole((0, 9), required=True)
    measure = kinds.Line(LINE, **OPEN)
    by = kinds.day(**OPEN)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> AskedTarget:
        return AskedTarget(**data)


class DiagnosisRequest(Schema):
    """What is treated, in a code and in words."""

    code = kinds.Line(40, required=True, validate=CODE)
    system = kinds.Line(40, required=True, validate=CODE)
    verified = kinds.flag(load_default=False)
    text = kinds.Line(LINE, required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> AskedDiagnosis:
        return AskedDiagnosis(**data)


class PhaseRequest(Schema):
    """A part of a program."""

    number = kinds.whole(rules().phases, required=True)
    name = kinds.Line(LINE, required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> AskedPhase:
        return AskedPhase(**data)


class ProgramRequest(Schema):
    """A program to prescribe."""

    patient = kinds.identity(required=True)
    title = kinds.Line(LINE, required=True)
    diagnosis = kinds.nested(DiagnosisRequest, required=True)
    goals = kinds.rows(kinds.Line(300), 10, required=True)
    start = kinds.day(required=True)
    end = kinds.day(**OPEN)
    phase = kinds.nested(PhaseRequest, required=True)
    exercises = kinds.rows(kinds.nested(AskedExerciseRequest), 100, required=True)
    source = kinds.nested(SourceRequest, **OPEN)
    review = kinds.day(**OPEN, metadata={"description": REVIEW})
    reasons = kinds.rows(kinds.nested(ReasonRequest), 40, load_default=())
    targets = kinds.rows(kinds.nested(TargetRequest), 10, load_default=())


class RevisionRequest(Schema):
    """A revision: all of the program from its effective date on."""

    reason = kinds.Line(40, required=True)
    note = kinds.Line(PARAGRAPH, **OPEN)
    effective = kinds.day(required=True)
    end = kinds.day(
        allow_none=True, metadata={"description": "left out, the end stays; null, there is none"}
    )
    phase = kinds.nested(PhaseRequest, required=True)
    exercises = kinds.rows(kinds.nested(AskedExerciseRequest), 100, required=True)
    review = kinds.day(**OPEN, metadata={"description": REVIEW})


class EndRequest(Schema):
    """An end of a program."""

    date = kinds.day(required=True)
    reason = kinds.Line(40, required=True)
