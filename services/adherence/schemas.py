"""What requests hold and what answers hold; payloads of events are in payloads.py.

A request's schema says which fields there are, of which kind and in which range; what they may
hold together is the rules' to say.
"""

from datetime import datetime
from typing import Any, get_args

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from adherence import payloads
from adherence.commands import Entered
from adherence.events import Done, Evidence, Mode, Reason
from adherence.rules import rules

FILL = "Fill this in."
OPEN: dict[str, Any] = {"load_default": None, "allow_none": True}
# Beyond these a year is mistyped, and differences of clocks could not be counted.
YEARS = (1970, 2999)
MOST_ENTRIES = 100
MOST_GOES = 1000


def says(wrong: str) -> dict[str, Any]:
    """Return the messages of a field: what is missing, and what it should be."""
    return {"required": FILL, "null": FILL, "invalid": wrong, "type": wrong}


def between(low: float, high: float) -> str:
    return f"Give a number from {low:g} to {high:g}."


def whole(low: float, high: float, **options: Any) -> fields.Integer:
    text = between(low, high).replace("a number", "a whole number")
    return fields.Integer(
        strict=True,
        validate=validate.Range(int(low), int(high), error=text),
        error_messages=says(text),
        **options,
    )


def number(low: float, high: float, **options: Any) -> fields.Float:
    text = between(low, high)
    messages = says(text) | {"special": text, "too_large": text}
    return fields.Float(
        validate=validate.Range(low, high, error=text), error_messages=messages, **options
    )


def answer(what: str, **options: Any) -> fields.Integer:
    """Return a field from 0 to 10; null means that it was not answered, which is not 0."""
    about = {"description": f"{what}; null where it was not answered, which is not 0"}
    return whole(*rules().answers, allow_none=True, metadata=about, **options)


def one_of(codes: Any, **options: Any) -> fields.String:
    text = "Give one of: " + ", ".join(codes) + "."
    return fields.String(
        validate=validate.OneOf(codes, error=text), error_messages=says(text), **options
    )


class Moment(fields.AwareDateTime):
    """A date and time with its offset from UTC."""

    def __init__(self, **options: Any) -> None:
        text = "Give a date and time with its offset, as 2026-09-07T17:00:00+02:00."
        messages = says(text) | {"invalid_awareness": text, "format": text}
        super().__init__(error_messages=messages, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        found = super()._deserialize(value, attr, data, **kwargs)
        if not YEARS[0] < found.year < YEARS[1]:
            raise ValidationError(f"Give a year between {YEARS[0]} and {YEARS[1]}.")
        return found


class Note(fields.String):
    """What the patient writes; blanks alone are nothing."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_none=True, error_messages=says("Give text."), **options)
        self.metadata = {"maxLength": rules().note_letters, **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        found = str(super()._deserialize(value, attr, data, **kwargs)).strip()
        if len(found) > rules().note_letters:
            raise ValidationError(f"Say it in {rules().note_letters} letters at most.")
        return found or None


class DoneRequest(Schema):
    """What was done of an exercise on the date, all times together."""

    sets = whole(*rules().limits["sets"], **OPEN)
    repetitions = whole(
        *rules().limits["repetitions"],
        **OPEN,
        metadata={"description": "of each set; in all where sets is null"},
    )
    hold_seconds = whole(*rules().limits["hold_seconds"], **OPEN)
    minutes = number(*rules().limits["minutes"], **OPEN)
    load_kg = number(*rules().limits["load_kg"], **OPEN)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Done:
        return Done(**data)


class EnteredRequest(Schema):
    """One exercise: done, or left out with or without a reason."""

    exercise = fields.String(
        required=True,
        validate=validate.Length(1, 64, error="Give the exercise's id."),
        error_messages=says("Give the exercise's id."),
    )
    done = fields.Nested(
        DoneRequest,
        **OPEN,
        error_messages=says("Give an object, or null where it was left out."),
        metadata={"description": "null: left out"},
    )
    skipped = one_of(rules().skipped, **OPEN)
    difficulty = answer("how difficult this exercise was", load_default=None)
    mode = one_of(
        get_args(Mode), **OPEN, metadata={"description": "null: as the request says of all"}
    )
    evidence = one_of(
        get_args(Evidence), **OPEN, metadata={"description": "null: as the request says of all"}
    )
    seen = whole(
        0,
        MOST_GOES,
        **OPEN,
        metadata={
            "description": "how many goes at it the device knew of on that date, its own of before "
            "included; where another device told of more, the same go counts once. "
            "null: the device knew all"
        },
    )

    @validates_schema
    def check_either(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse what was done and left out at once."""
        if data.get("done") and data.get("skipped"):
            raise ValidationError("It was done, so it was not left out: send one.", "skipped")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Entered:
        return Entered(**data)


class Entries(fields.List[Any]):
    """Exercises, each once."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            fields.Nested(EnteredRequest, error_messages=says("Give an object.")),
            validate=validate.Length(max=MOST_ENTRIES, error=f"Give {MOST_ENTRIES} at most."),
            error_messages=says("Give a list of exercises."),
            **options,
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return tuple(super()._deserialize(value, attr, data, **kwargs))


class ToldRequest(Schema):
    """What every telling holds."""

    occurred = Moment(
        required=True, metadata={"description": "when it was over, by the device's own clock"}
    )
    device_now = Moment(
        required=True,
        metadata={
            "description": "now by the same clock, set anew whenever the request is sent: a wrong "
            "clock is corrected by it. It may differ in a request that is sent again."
        },
    )
    mode = one_of(get_args(Mode), required=True)
    evidence = one_of(get_args(Evidence), required=True)


class LogRequest(ToldRequest):
    """What was done for a program on one local date."""

    revision = whole(1, 100_000, required=True, metadata={"description": "that the device showed"})
    local_date = fields.Date(required=True, error_messages=says("Give a date as 2026-09-07."))
    entries = Entries(required=True)
    pain = answer("pain during it", load_default=None)
    effort = answer("how hard it was for the body", load_default=None)
    difficulty = answer("how difficult it was to do", load_default=None)
    note = Note(load_default=None)


class AnswersRequest(Schema):
    """How a session felt; what is left out stands as it was."""

    pain = answer("pain during it")
    effort = answer("how hard it was for the body")
    difficulty = answer("how difficult it was to do")
    note = Note()
    next_morning = answer("pain on the morning after")


class AmendRequest(ToldRequest, AnswersRequest):
    """More of a session's date, or what it should have said.

    A correction replaces the exercises that it names and the answers that are sent; what is left
    out stands as it was. Added exercises add up with those of before, and of answers the higher
    stands.
    """

    reason = one_of(get_args(Reason), required=True)
    revision = whole(1, 100_000, **OPEN, metadata={"description": "that the device showed"})
    local_date = fields.Date(**OPEN, error_messages=says("Give a date as 2026-09-07."))
    entries = Entries(load_default=())


class ReachedAnswer(Schema):
    """A milestone."""

    kind = fields.String(required=True, attribute="milestone")
    count = fields.Integer(required=True)


class LoggedAnswer(Schema):
    """The session as it is now, and the milestones that this request reached."""

    id = fields.String(required=True, attribute="session")
    local_date = fields.Date(
        required=True, metadata={"description": "which a wrong clock may have moved"}
    )
    completion = fields.Float(required=True)
    partial_ = fields.Boolean(required=True, data_key="partial", attribute="partial")
    milestones = fields.List(fields.Nested(ReachedAnswer), required=True)


class SessionAnswer(Schema):
    """One session as it is now; note is the patient's words, null where there are none."""

    session = fields.String(required=True)
    local_date = fields.Date(required=True)
    revision = fields.Integer(required=True)
    due = fields.Boolean(required=True)
    late = fields.Boolean(required=True)
    occurred = fields.AwareDateTime(required=True)
    entries = fields.List(fields.Nested(payloads.EntrySchema), required=True)
    completion = fields.Float(required=True)
    partial_ = fields.Boolean(required=True, data_key="partial", attribute="partial")
    pain = answer("pain during it", required=True)
    effort = answer("how hard it was for the body", required=True)
    difficulty = answer("how difficult it was to do", required=True)
    note = fields.String(required=True, allow_none=True)
    next_morning = answer("pain on the morning after", required=True)
    mode = fields.String(required=True)
    evidence = fields.String(required=True)


class SessionsAnswer(Schema):
    """A page of sessions in the order of their dates."""

    items = fields.List(fields.Nested(SessionAnswer), required=True)
    next = fields.String(
        required=True, allow_none=True, metadata={"description": "cursor of the next page"}
    )


class MilestoneAnswer(Schema):
    """A milestone, and when it was recorded."""

    kind = fields.String(required=True)
    count = fields.Integer(required=True)
    local_date = fields.Date(required=True)
    session = fields.String(required=True, allow_none=True)
    reached = fields.AwareDateTime(required=True)


class MilestonesAnswer(Schema):
    """A program's milestones in the order in which they were reached."""

    items = fields.List(fields.Nested(MilestoneAnswer), required=True)


class HeldAnswer(Schema):
    """People's words by id; what was erased is left out."""

    items = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
