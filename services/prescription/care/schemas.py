"""What requests about a patient's care hold."""

from typing import Any

from marshmallow import Schema, post_load

from prescription import kinds
from prescription.care.commands import AskedVisit
from prescription.care.events import Authorisation, Reviewed
from prescription.care.rules import care_rules
from prescription.schemas import LINE, OPEN, PARAGRAPH, DiagnosisRequest

RULES = care_rules()


class AuthorisationRequest(Schema):
    """So many visits from a first to a last day, both included."""

    first = kinds.day(required=True)
    last = kinds.day(required=True)
    visits = kinds.whole(RULES.visits, required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Authorisation:
        return Authorisation(**data)


class PlanRequest(Schema):
    """A plan of care; without an authorisation nobody has said how many visits there may be."""

    diagnosis = kinds.nested(DiagnosisRequest, required=True)
    goals = kinds.rows(kinds.Line(300), RULES.goals, required=True)
    first = kinds.day(required=True)
    last = kinds.day(**OPEN)
    authorised = kinds.rows(
        kinds.nested(AuthorisationRequest), RULES.authorisations, load_default=()
    )


class PlanChange(PlanRequest):
    """All that a plan of care is from now on, and why."""

    reason = kinds.Line(40, required=True)
    note = kinds.Line(PARAGRAPH, **OPEN)


class PlanClosingRequest(Schema):
    """The last day of a plan of care, and why."""

    date = kinds.day(required=True)
    reason = kinds.Line(40, required=True)


class ReviewedRequest(Schema):
    """Which revision of a program was reviewed, and which exercises were gone through."""

    program = kinds.identity(required=True)
    revision = kinds.whole(required=True)
    exercises = kinds.rows(kinds.identity(), 100, load_default=())

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Reviewed:
        return Reviewed(**data)


class VisitRequest(Schema):
    """What a visit was; `counted` left out, its kind says whether it is taken off."""

    day = kinds.day(required=True)
    kind = kinds.Line(40, required=True)
    minutes = kinds.whole(RULES.minutes, required=True)
    counted = kinds.flag(**OPEN)
    furnished = kinds.Line(40, load_default=RULES.furnished[0])
    done = kinds.rows(kinds.Line(40), len(RULES.done), load_default=())
    reviewed = kinds.rows(kinds.nested(ReviewedRequest), RULES.reviewed, load_default=())
    note = kinds.Line(PARAGRAPH, **OPEN)


class Amendment(VisitRequest):
    """All that a visit was, and why it is corrected."""

    reason = kinds.Line(40, required=True)
    why = kinds.Line(LINE, **OPEN)


class Withdrawal(Schema):
    """Why what was recorded was no visit."""

    reason = kinds.Line(40, required=True)
    why = kinds.Line(LINE, **OPEN)


ASKED = ("day", "kind", "minutes", "counted", "furnished", "done", "reviewed", "note")


def split(body: dict[str, Any]) -> tuple[AskedVisit, dict[str, Any]]:
    """Return what a visit was, and what else a request says."""
    asked = AskedVisit(**{name: body[name] for name in ASKED})
    return asked, {name: value for name, value in body.items() if name not in ASKED}
