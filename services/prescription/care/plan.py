"""Plans of care: when one may begin, change and close, and what a patient's care is by now."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from prescription.care.commands import BeginPlan, ChangePlan, ClosePlan
from prescription.care.events import (
    PlanBegun,
    PlanChanged,
    PlanClosed,
    VisitAmended,
    VisitRecorded,
    VisitWithdrawn,
)
from prescription.care.rules import CareRules
from prescription.commands import AskedDiagnosis
from prescription.events import Diagnosis
from prescription.fault import fault, one_of
from prescription.patient import Patient
from prescription.program import NO_PATIENT, NothingChanges
from prescription.text import Keep
from shared.errors import Fault, Invalid, NotFound, Refusal
from shared.stream import Kind

LOOK = "Look at the fields that are named here."
NO_PLAN = "There is no plan of care with this id."
CONTENT = ("diagnosis", "goals", "first", "last", "authorised")


class PlanImpossible(Invalid):
    """The plan of care cannot be like this."""

    slug = "plan-impossible"
    title = "The plan of care cannot be like this"


class PlanOver(Refusal):
    """A plan of care that was closed stays as it was."""

    slug = "plan-over"
    title = "This plan of care is closed"


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit as it is known by now.

    Attributes:
        recorded: as it was recorded first.
        latest: as it was amended last.
        amendments: how many there were.
        withdrawn: whether it was none.
    """

    recorded: VisitRecorded
    latest: VisitRecorded | VisitAmended
    amendments: int = 0
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan of care with all that changed in it."""

    begun: PlanBegun
    latest: PlanBegun | PlanChanged
    changes: int = 0
    closed: PlanClosed | None = None


@dataclass(frozen=True, slots=True)
class Care:
    """All care of a patient: plans and visits by id, in the order in which they were recorded."""

    plans: Mapping[str, Plan] = field(default_factory=dict)
    visits: Mapping[str, Visit] = field(default_factory=dict)

    def visits_of(self, plan: str) -> list[Visit]:
        """Return the visits of a plan that were any, the earliest first."""
        kept = (one for one in self.visits.values() if not one.withdrawn)
        mine = [one for one in kept if one.recorded.plan == plan]
        return sorted(mine, key=lambda one: one.latest.day)


def evolve(care: Care, event: object) -> Care:
    """Return the care after an event."""
    if isinstance(event, PlanBegun):
        return _with_plan(care, Plan(event, event))
    if isinstance(event, PlanChanged):
        plan = care.plans[event.plan]
        return _with_plan(care, replace(plan, latest=event, changes=event.revision))
    if isinstance(event, PlanClosed):
        return _with_plan(care, replace(care.plans[event.plan], closed=event))
    return _visited(care, event)


def _visited(care: Care, event: object) -> Care:
    if isinstance(event, VisitRecorded):
        return _with_visit(care, Visit(event, event))
    if isinstance(event, VisitAmended):
        visit = care.visits[event.visit]
        return _with_visit(care, replace(visit, latest=event, amendments=event.amendment))
    if isinstance(event, VisitWithdrawn):
        return _with_visit(care, replace(care.visits[event.visit], withdrawn=True))
    return care


KIND = Kind("care", Care(), evolve)


def begin(
    command: BeginPlan, patient: Patient, today: date, rules: CareRules, keep: Keep
) -> list[object]:
    """Decide a new plan of care.

    Args:
        command: what the therapist asks for.
        patient: whose.
        today: the date where the patient lives.
        rules: codes and limits.
        keep: gives the id of words.

    Raises:
        PlanImpossible: a field cannot be; each is named.
    """
    faults = [*_faults(command, today, rules)]
    registered = patient.registered
    if not patient.present or registered is None:
        faults.append(NO_PATIENT)
    if faults or registered is None:
        raise PlanImpossible(LOOK, faults=faults)
    return [
        PlanBegun(
            plan=command.plan,
            patient=command.patient,
            site=registered.site,
            diagnosis=_diagnosis(command.diagnosis, keep),
            goals=_goals(command.goals, keep),
            first=command.first,
            last=command.last,
            authorised=command.authorised,
        )
    ]


def change(
    care: Care, command: ChangePlan, today: date, rules: CareRules, keep: Keep
) -> list[object]:
    """Decide all that a plan of care is from now on.

    Raises:
        NotFound: there is no such plan.
        PlanOver: it is closed.
        PlanImpossible: a field cannot be, or a visit lies before it; each is named.
        NothingChanges: it is as before.
    """
    plan = running(care, command.plan)
    faults = [
        *one_of("/reason", command.reason, rules.changed),
        *_faults(command, today, rules),
        *_visit_faults(care, command),
    ]
    if faults:
        raise PlanImpossible(LOOK, faults=faults)
    changed = PlanChanged(
        plan=command.plan,
        patient=command.patient,
        revision=plan.changes + 1,
        reason=command.reason,
        note=keep(command.note, "plan", "note") if command.note else None,
        diagnosis=_diagnosis(command.diagnosis, keep),
        goals=_goals(command.goals, keep),
        first=command.first,
        last=command.last,
        authorised=command.authorised,
    )
    if all(getattr(changed, name) == getattr(plan.latest, name) for name in CONTENT):
        reason = fault("/authorised", "All of this is so already: change something.")
        raise NothingChanges("There is nothing to change.", faults=[reason])
    return [changed]


def close(care: Care, command: ClosePlan, today: date, rules: CareRules) -> list[object]:
    """Decide that a plan of care is over.

    Raises:
        NotFound: there is no such plan.
        PlanOver: it is closed already.
        PlanImpossible: the day lies before a visit or ahead, or the reason is unknown.
    """
    plan = running(care, command.plan)
    visits = care.visits_of(command.plan)
    earliest = max([plan.latest.first, *(one.latest.day for one in visits)])
    faults = [*one_of("/reason", command.reason, rules.closed)]
    if command.date > today:
        faults.append(fault("/date", "This day is still to come: close the plan when it is over."))
    elif command.date < earliest:
        faults.append(
            fault("/date", "It goes on until %(day)s at least: give that or later.", day=earliest)
        )
    if faults:
        raise PlanImpossible(LOOK, faults=faults)
    return [PlanClosed(command.plan, command.patient, command.date, command.reason)]


def running(care: Care, identity: str) -> Plan:
    """Return a plan of care that can be changed.

    Raises:
        NotFound: there is none.
        PlanOver: it is closed.
    """
    if (plan := care.plans.get(identity)) is None:
        raise NotFound(NO_PLAN)
    if plan.closed:
        raise PlanOver("It stays as it was. Begin a new plan of care instead.")
    return plan


def _with_plan(care: Care, plan: Plan) -> Care:
    return replace(care, plans={**care.plans, plan.begun.plan: plan})


def _with_visit(care: Care, visit: Visit) -> Care:
    return replace(care, visits={**care.visits, visit.recorded.visit: visit})


def _diagnosis(asked: AskedDiagnosis, keep: Keep) -> Diagnosis:
    text = keep(asked.text, "plan", "diagnosis")
    return Diagnosis(asked.code, asked.system, asked.verified, text)


def _goals(asked: tuple[str, ...], keep: Keep) -> tuple[str, ...]:
    return tuple(keep(goal, "plan", "goal", str(n)) for n, goal in enumerate(asked))


def _faults(command: BeginPlan | ChangePlan, today: date, rules: CareRules) -> Iterator[Fault]:
    earliest, latest = (today + timedelta(days=days) for days in rules.starts)
    if not earliest <= command.first <= latest:
        yield fault(
            "/first",
            "Look at the year: give a date from %(earliest)s to %(latest)s.",
            earliest=earliest,
            latest=latest,
        )
    if command.last:
        yield from _span_faults("/last", command.first, command.last, rules)
    low, high = rules.visits
    for n, one in enumerate(command.authorised):
        yield from _span_faults(f"/authorised/{n}/last", one.first, one.last, rules)
        if not low <= one.visits <= high:
            yield fault(f"/authorised/{n}/visits", "Give %(low)s to %(high)s.", low=low, high=high)


def _span_faults(pointer: str, first: date, last: date, rules: CareRules) -> Iterator[Fault]:
    if last < first:
        yield fault(
            pointer, "It lies before the start, %(start)s: give that or later.", start=first
        )
    elif (last - first).days > rules.longest:
        yield fault(
            pointer, "That is more than %(days)s days: look at the year.", days=rules.longest
        )


def _visit_faults(care: Care, command: ChangePlan) -> Iterator[Fault]:
    visits = care.visits_of(command.plan)
    if visits and visits[0].latest.day < command.first:
        day = visits[0].latest.day
        yield fault("/first", "There is a visit on %(day)s: give that or earlier.", day=day)
