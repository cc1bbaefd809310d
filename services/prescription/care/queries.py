"""What is read of a patient's care: from its stream, with words opened."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from prescription import bedside, queries, roster
from prescription.care import plan
from prescription.care.events import (
    PlanBegun,
    PlanChanged,
    PlanClosed,
    VisitAmended,
    VisitRecorded,
    VisitWithdrawn,
)
from prescription.care.plan import Care
from prescription.care.standing import standing
from shared.errors import NotFound
from shared.permission import NOBODY_HERE, Asker
from shared.service import Service
from shared.stream import Loaded

Told = dict[str, Any]
VISIT = ("day", "kind", "minutes", "live", "counted", "furnished", "done")


def find_care(patient: str, asker: Asker, service: Service) -> tuple[Told, int]:
    """Return a patient's care as answers.Care has it, and its version; 0 where there is none.

    Raises:
        NotFound: nobody is here for this asker.
    """
    found = queries.in_reach(patient, asker, service)
    loaded = service.streams.peek(plan.KIND, asker.tenant, patient)
    today = bedside.today(found, service)
    return {"id": patient, "plans": tell(loaded, today, asker.tenant, service)}, loaded.version


def find_plan(patient: str, identity: str, asker: Asker, service: Service) -> tuple[Told, int]:
    """Return one plan of care of a patient, and the version of the patient's care.

    Raises:
        NotFound: there is none for this asker.
    """
    care, version = find_care(patient, asker, service)
    for found in care["plans"]:
        if found["id"] == identity:
            return found, version
    raise NotFound(NOBODY_HERE)


def find_visit(
    patient: str, identity: str, asker: Asker, service: Service
) -> tuple[Told, Told, int]:
    """Return a visit, its plan of care, and the version of the patient's care.

    Raises:
        NotFound: there is none for this asker.
    """
    care, version = find_care(patient, asker, service)
    for found in care["plans"]:
        for visit in found["visits"]:
            if visit["id"] == identity:
                return visit, found, version
    raise NotFound(NOBODY_HERE)


def summary(patient: str, asker: Asker, service: Service) -> Told:
    """Return what a patient's page says of the care: open plans, closed ones, who did what, today.

    Raises:
        NotFound: nobody is here for this asker.
    """
    plans = find_care(patient, asker, service)[0]["plans"]
    return {
        "plans": [one for one in plans if not one["closed"]],
        "closed": [one for one in plans if one["closed"]],
        "today": bedside.today(queries.in_reach(patient, asker, service), service),
        "names": named(plans, asker.tenant, service),
    }


def tell(loaded: Loaded[Care], today: date, tenant: str, service: Service) -> list[Told]:
    """Return all plans of care with their visits, the latest first."""
    decisions = [
        (service.streams.codec.decode(stored), {"actor": commit.actor, "recorded": commit.recorded})
        for commit in loaded.commits
        for stored in commit.events
    ]
    words = service.vault.open(tenant, _texts(event for event, _ in decisions))
    plans: dict[str, Told] = {}
    visits: dict[str, Told] = {}
    for event, said in decisions:
        _told(event, said, words, plans, visits)
    for identity, found in plans.items():
        mine = [one for one in visits.values() if one["plan"] == identity]
        found["visits"] = sorted(mine, key=lambda one: one["day"], reverse=True)
        found["standing"] = asdict(standing(loaded.state, identity, today))
    return list(plans.values())[::-1]


def named(plans: Iterable[Told], tenant: str, service: Service) -> Mapping[str, str]:
    """Return the names of who recorded these plans and visits, by who signs in as them."""
    said = [one for found in plans for one in (found, *found["visits"])]
    actors = {one["actor"] for one in said}
    return {one: one for one in actors} | roster.names(actors, tenant, service)


def _told(
    event: Any, said: Told, words: Mapping[str, str], plans: dict[str, Told], visits: Told
) -> None:
    """Tell one decision into the plans and visits."""
    if isinstance(event, PlanBegun):
        own: Told = {"id": event.plan, "site": event.site, "changes": [], "closed": None}
        plans[event.plan] = own | _plan(event, words) | said
    elif isinstance(event, PlanChanged):
        change = {"revision": event.revision, "reason": event.reason, **said}
        plans[event.plan] |= _plan(event, words)
        plans[event.plan]["changes"].append(change | {"note": words.get(event.note or "")})
    elif isinstance(event, PlanClosed):
        plans[event.plan]["closed"] = {"date": event.date, "reason": event.reason, **said}
    elif isinstance(event, VisitRecorded):
        own = {"id": event.visit, "plan": event.plan, "amendments": [], "withdrawn": None}
        visits[event.visit] = own | _visit(event, words) | said
    elif isinstance(event, VisitAmended | VisitWithdrawn):
        correction = {"reason": event.reason, "why": words.get(event.why or ""), **said}
        if isinstance(event, VisitAmended):
            visits[event.visit] |= _visit(event, words)
            visits[event.visit]["amendments"].append(correction)
        else:
            visits[event.visit]["withdrawn"] = correction


def _plan(event: PlanBegun | PlanChanged, words: Mapping[str, str]) -> Told:
    diagnosis = event.diagnosis
    return {
        "diagnosis": asdict(diagnosis) | {"text": words.get(diagnosis.text)},
        "goals": [words.get(goal) for goal in event.goals],
        "first": event.first,
        "last": event.last,
        "authorised": [asdict(one) for one in event.authorised],
    }


def _visit(event: VisitRecorded | VisitAmended, words: Mapping[str, str]) -> Told:
    return {
        **{name: getattr(event, name) for name in VISIT},
        "reviewed": [asdict(one) for one in event.reviewed],
        "note": words.get(event.note or ""),
    }


def _texts(events: Iterable[Any]) -> list[str]:
    """Return the ids of all texts that these events refer to."""
    found: list[str | None] = []
    for event in events:
        if isinstance(event, PlanBegun | PlanChanged):
            found += [event.diagnosis.text, *event.goals]
        found += [getattr(event, "note", None), getattr(event, "why", None)]
    return [one for one in found if one]
