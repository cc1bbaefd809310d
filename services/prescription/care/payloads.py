"""The payloads of what is published of a patient's care."""

from marshmallow import Schema, fields

from prescription import payloads
from prescription.care import events
from prescription.payloads import code, day, identity, maybe_text, whole
from shared.publication import Publication

REASON = "why: a code of a list that may grow"


def maybe_day(what: str) -> fields.Date:
    return fields.Date(required=True, allow_none=True, metadata={"description": what})


def flag(what: str) -> fields.Boolean:
    return fields.Boolean(required=True, metadata={"description": what})


class AuthorisationSchema(Schema):
    """So many visits from a first to a last day, both included."""

    first = day("first day")
    last = day("last day")
    visits = whole(1)


class ReviewedSchema(Schema):
    """Which revision of a program was reviewed, and which exercises were gone through."""

    program = identity("the program")
    revision = whole(1)
    exercises = fields.List(fields.String(), required=True)


class Plan(Schema):
    plan = identity("the plan of care")
    patient = identity("whose it is")
    diagnosis = fields.Nested(payloads.DiagnosisSchema, required=True)
    goals = fields.List(
        fields.String(), required=True, metadata={"description": "ids of texts, one a goal"}
    )
    first = day("first day of what is certified")
    last = maybe_day("its last day, or null")
    authorised = fields.List(
        fields.Nested(AuthorisationSchema),
        required=True,
        metadata={"description": "empty where nobody has said how many visits there may be"},
    )


class Begun(Plan):
    site = identity("where it was begun")


class Changed(Plan):
    revision = whole(1)
    reason = code("why", "recertified")
    note = maybe_text("why, in the therapist's words")


class Closed(Schema):
    plan = identity("the plan of care")
    patient = identity("whose it is")
    date = day("its last day")
    reason = code("why", "goals_met")


class Visit(Schema):
    visit = identity("the visit")
    plan = identity("the plan of care that it belongs to")
    patient = identity("who was seen")
    day = day("the patient's local date")
    kind = code("how: in_person, video, phone, message, or review of the log alone", "in_person")
    minutes = whole(1)
    live = flag("whether both spoke at the same moment")
    counted = flag("whether it is taken off the authorised visits")
    furnished = code("who treated", "therapist")
    done = fields.List(fields.String(), required=True, metadata={"description": "codes"})
    reviewed = fields.List(fields.Nested(ReviewedSchema), required=True)
    note = maybe_text("what the therapist saw")


class Recorded(Visit):
    site = identity("where the patient is treated")


class Amended(Visit):
    amendment = whole(1)
    reason = code("why", "correction")
    why = maybe_text("why, in the therapist's words")


class Withdrawn(Schema):
    visit = identity("the visit")
    plan = identity("the plan of care")
    patient = identity("who was not seen")
    reason = code("why", "did_not_happen")
    why = maybe_text("why, in the therapist's words")


PUBLISHED = {
    events.PlanBegun: Publication("plan.begun", Begun),
    events.PlanChanged: Publication("plan.changed", Changed),
    events.PlanClosed: Publication("plan.closed", Closed),
    events.VisitRecorded: Publication("visit.recorded", Recorded),
    events.VisitAmended: Publication("visit.amended", Amended),
    events.VisitWithdrawn: Publication("visit.withdrawn", Withdrawn),
}
