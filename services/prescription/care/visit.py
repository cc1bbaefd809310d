"""Visits: what may be recorded of one, how it is corrected, and what is none."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from prescription.care.commands import AmendVisit, AskedVisit, RecordVisit, WithdrawVisit
from prescription.care.events import Reviewed, VisitAmended, VisitRecorded, VisitWithdrawn
from prescription.care.plan import LOOK, NO_PLAN, Care, Plan, PlanOver, Visit
from prescription.care.rules import CareRules
from prescription.fault import fault, one_of
from prescription.patient import Patient
from prescription.program import NothingChanges, Program
from prescription.text import Keep
from shared.errors import Fault, Invalid, NotFound, Refusal

CONTENT = ("day", "kind", "minutes", "counted", "furnished", "done", "reviewed", "note")


class VisitImpossible(Invalid):
    """The visit cannot have been like this."""

    slug = "visit-impossible"
    title = "The visit cannot have been like this"


class NoVisit(Refusal):
    """What was taken back stays so."""

    slug = "visit-withdrawn"
    title = "This visit was withdrawn"


@dataclass(frozen=True, slots=True)
class Desk:
    """What a decision on a visit needs besides the care.

    Attributes:
        patient: who was seen.
        programs: those that were reviewed, by id.
        today: the date where the patient lives.
        rules: codes and limits.
    """

    patient: Patient
    programs: Mapping[str, Program]
    today: date
    rules: CareRules


def record(care: Care, command: RecordVisit, desk: Desk, keep: Keep) -> list[object]:
    """Decide that there was a visit. More of them than authorised are told, not refused.

    Raises:
        NotFound: there is no such plan of care, or nobody is here.
        PlanOver: it was closed before that day.
        VisitImpossible: a field cannot be; each is named.
    """
    registered = desk.patient.registered
    plan = care.plans.get(command.plan)
    if plan is None or registered is None or not desk.patient.present:
        raise NotFound(NO_PLAN)
    if plan.closed and command.asked.day > plan.closed.date:
        raise PlanOver("It was closed before that day. Begin a new plan of care for later visits.")
    _check(plan, command.asked, command.patient, desk)
    return [
        VisitRecorded(
            visit=command.visit,
            plan=command.plan,
            patient=command.patient,
            site=registered.site,
            **_said(command.asked, desk.rules, keep),
        )
    ]


def amend(care: Care, command: AmendVisit, desk: Desk, keep: Keep) -> list[object]:
    """Decide what a visit was after all.

    Raises:
        NotFound: there is no such visit.
        NoVisit: it was taken back.
        VisitImpossible: a field cannot be; each is named.
        NothingChanges: it was recorded so.
    """
    visit = _kept(care, command.visit)
    faults = [*one_of("/reason", command.reason, desk.rules.amended)]
    plan = care.plans[visit.recorded.plan]
    _check(plan, command.asked, command.patient, desk, faults)
    amended = VisitAmended(
        visit=command.visit,
        plan=visit.recorded.plan,
        patient=command.patient,
        amendment=visit.amendments + 1,
        reason=command.reason,
        why=keep(command.why, "visit", "why") if command.why else None,
        **_said(command.asked, desk.rules, keep),
    )
    if all(getattr(amended, name) == getattr(visit.latest, name) for name in CONTENT):
        reason = fault("/note", "All of this is recorded already: change something.")
        raise NothingChanges("There is nothing to correct.", faults=[reason])
    return [amended]


def withdraw(care: Care, command: WithdrawVisit, rules: CareRules, keep: Keep) -> list[object]:
    """Decide that what was recorded was no visit.

    Raises:
        NotFound: there is no such visit.
        NoVisit: it was taken back before.
        VisitImpossible: the reason is unknown.
    """
    visit = _kept(care, command.visit)
    if faults := list(one_of("/reason", command.reason, rules.withdrawn)):
        raise VisitImpossible("Look at the reason.", faults=faults)
    why = keep(command.why, "visit", "why") if command.why else None
    plan = visit.recorded.plan
    return [VisitWithdrawn(command.visit, plan, command.patient, command.reason, why)]


def _kept(care: Care, identity: str) -> Visit:
    if (visit := care.visits.get(identity)) is None:
        raise NotFound("There is no visit with this id.")
    if visit.withdrawn:
        raise NoVisit("It stays so. Record the visit anew if there was one.")
    return visit


def _check(
    plan: Plan, asked: AskedVisit, patient: str, desk: Desk, known: list[Fault] | None = None
) -> None:
    rules = desk.rules
    faults = [
        *(known or ()),
        *_day_faults(plan, asked.day, desk.today),
        *one_of("/kind", asked.kind, rules.kinds),
        *_minute_faults(asked.minutes, rules),
        *one_of("/furnished", asked.furnished, rules.furnished),
        *(found for n, one in enumerate(asked.done) for found in _code(n, one, rules)),
        *_review_faults(asked.reviewed, patient, desk),
    ]
    if faults:
        raise VisitImpossible(LOOK, faults=faults)


def _day_faults(plan: Plan, day: date, today: date) -> Iterator[Fault]:
    if day > today:
        yield fault("/day", "This day is still to come: record a visit once it was.")
    elif day < plan.latest.first:
        yield fault(
            "/day",
            "The plan of care begins on %(start)s: give that or later, or change the plan first.",
            start=plan.latest.first,
        )
    elif plan.closed and day > plan.closed.date:
        yield fault(
            "/day",
            "The plan of care was closed on %(end)s: give that or earlier.",
            end=plan.closed.date,
        )


def _minute_faults(minutes: int, rules: CareRules) -> Iterator[Fault]:
    low, high = rules.minutes
    if not low <= minutes <= high:
        yield fault("/minutes", "Give %(low)s to %(high)s.", low=low, high=high)


def _code(place: int, code: str, rules: CareRules) -> Iterator[Fault]:
    return one_of(f"/done/{place}", code, rules.done)


def _review_faults(reviewed: tuple[Reviewed, ...], patient: str, desk: Desk) -> Iterator[Fault]:
    for n, one in enumerate(reviewed):
        program = desk.programs[one.program]
        if program.prescribed is None or program.prescribed.patient != patient:
            pointer = f"/reviewed/{n}/program"
            yield fault(pointer, "The patient has no program with this id.")
        elif not 1 <= one.revision <= len(program.revisions):
            yield fault(
                f"/reviewed/{n}/revision",
                "The program has revisions 1 to %(last)s.",
                last=len(program.revisions),
            )
        else:
            held = {found.exercise for found in program.revisions[one.revision - 1].exercises}
            for m, exercise in enumerate(one.exercises):
                if exercise not in held:
                    pointer = f"/reviewed/{n}/exercises/{m}"
                    yield fault(pointer, "This revision does not ask for this exercise.")


def _said(asked: AskedVisit, rules: CareRules, keep: Keep) -> dict[str, Any]:
    counted = asked.kind in rules.counted if asked.counted is None else asked.counted
    return {
        "day": asked.day,
        "kind": asked.kind,
        "minutes": asked.minutes,
        "live": asked.kind in rules.live,
        "counted": counted,
        "furnished": asked.furnished,
        "done": tuple(dict.fromkeys(asked.done)),
        "reviewed": asked.reviewed,
        "note": keep(asked.note, "visit", "note") if asked.note else None,
    }
