"""Who needs a therapist: one document a patient, with the open tasks and what settles them.

Written by the patient's events, by those of the patient's programs here and at adherence, and by
those of the tasks, in any order. Of what a patient told it keeps the latest sessions, so that
somebody can talk about them.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from prescription.course.review import usual
from prescription.task import policies
from prescription.task.rules import rank
from shared.envelope import Envelope
from shared.mongo import Document
from shared.tenancy import qualify
from shared.views import Handler, Projection, Views

SESSIONS = 14
ANSWERS = 20
DONE = "~"


def on_patient(event: Envelope, views: Views) -> None:
    names = ("site", "zone", "language", "therapist")
    _put(event, views, {name: event.data[name] for name in names if name in event.data})


def on_patient_erased(event: Envelope, views: Views) -> None:
    _put(event, views, {"erased": True})


def on_program_prescribed(event: Envelope, views: Views) -> None:
    _plan(event, views)
    names = ("title", "start")
    _put_program(event, views, {name: event.data[name] for name in names})


def on_program_revised(event: Envelope, views: Views) -> None:
    _plan(event, views)
    _put_fact(event, views, "revised")


def on_program_reviewed(event: Envelope, views: Views) -> None:
    _plan(event, views)
    _put_fact(event, views, "reviewed")


def on_answer(event: Envelope, views: Views) -> None:
    answers = [*_program(event, views)["answers"], event.data["proposal"]]
    _put_program(event, views, {"answers": answers[-ANSWERS:]})


def on_task_opened(event: Envelope, views: Views) -> None:
    desk = _desk(event, views)
    names = ("program", "kind", "raised", "day", "number", "of", "proposal", "offers")
    task = {name: event.data[name] for name in names}
    _put(event, views, {"open": {**desk["open"], event.data["task"]: task}})


def on_task_closed(event: Envelope, views: Views) -> None:
    left = dict(_desk(event, views)["open"])
    left.pop(event.data["task"], None)
    _put(event, views, {"open": left})
    policies.close(event, views, event.data["task"], event.data["reason"])


def on_session(event: Envelope, views: Views) -> None:
    data = event.data
    names = ("pain", "effort", "difficulty", "completion")
    told = {name: data[name] for name in names}
    told["skipped"] = sorted({one["skipped"] for one in data["entries"] if one["skipped"]})
    kept = {**_program(event, views)["log"], data["local_date"]: told}
    latest = sorted(kept)[-SESSIONS:]
    _put_program(event, views, {"log": {day: kept[day] for day in latest}})
    if any(one["done"] for one in data["entries"]):
        _put_fact(event, views, "logged")


def on_pain_flagged(event: Envelope, views: Views) -> None:
    told = {"number": event.data["pain"], "of": event.data["limit"]}
    policies.open_task(event, views, "pain", day=event.data["local_date"], **told)


def on_lapsed(event: Envelope, views: Views) -> None:
    told = {"day": event.data["last"], "number": event.data["missed"]}
    policies.open_task(event, views, "lapsed", **told)


def on_not_started(event: Envelope, views: Views) -> None:
    told = {"day": event.data["start"], "number": event.data["days"]}
    policies.open_task(event, views, "not_started", **told)


def on_dipped(event: Envelope, views: Views) -> None:
    told = {"number": event.data["kept"], "of": event.data["due"]}
    policies.open_task(event, views, "dipped", day=event.data["local_date"], **told)


def on_too_hard(event: Envelope, views: Views) -> None:
    policies.open_task(event, views, "too_hard", day=event.data["local_date"])


def on_dose_proposed(event: Envelope, views: Views) -> None:
    names = ("exercise", "measure", "before", "after")
    offers = [{name: one[name] for name in names} for one in event.data["exercises"]]
    told = {"day": event.data["local_date"], "proposal": event.data["proposal"]}
    policies.open_task(event, views, event.data["move"], offers=offers, **told)


def _fact(fact: str) -> Callable[[Envelope, Views], None]:
    """Return what follows an event that is one of the facts that close tasks."""

    def on_fact(event: Envelope, views: Views) -> None:
        _put_fact(event, views, fact)

    return on_fact


def _plan(event: Envelope, views: Views) -> None:
    data = event.data
    policies.plan_review(event, views, data.get("review") or _usual(data))


def _usual(data: Mapping[str, Any]) -> str:
    """Return when to look at a revision from before anybody said so."""
    last = data["end"] and date.fromisoformat(data["end"])
    return usual(date.fromisoformat(data["effective"]), last).isoformat()


def _put_fact(event: Envelope, views: Views, fact: str) -> None:
    facts, moment = _program(event, views)["facts"], event.recorded.isoformat()
    _put_program(event, views, {"facts": {**facts, fact: max(facts.get(fact, ""), moment)}})


def _put_program(event: Envelope, views: Views, changed: dict[str, Any]) -> None:
    desk, program = _desk(event, views), _program(event, views)
    _put(event, views, {"programs": {**desk["programs"], event.data["program"]: program | changed}})


def _put(event: Envelope, views: Views, changed: dict[str, Any]) -> None:
    """Put a patient's document, placed by the most urgent of the open tasks."""
    desk = _desk(event, views) | changed
    waiting = [
        f"{rank(task['kind']):02d}|{task['raised']}"
        for task in desk["open"].values()
        if policies.settled(desk, task) is None
    ]
    place = min(waiting, default=DONE)
    shown = bool(waiting) and not desk["erased"]
    views.put("desks", desk | {"waiting": shown, "order": f"{place}|{desk['patient']}"})
    policies.close_settled(event, views, desk)


def _program(event: Envelope, views: Views) -> dict[str, Any]:
    stub: dict[str, Any] = {"title": None, "start": None, "facts": {}, "answers": [], "log": {}}
    found: dict[str, Any] = _desk(event, views)["programs"].get(event.data["program"], stub)
    return found


def _desk(event: Envelope, views: Views) -> Document:
    """Return the patient's document, or one that waits for the registration."""
    identity = qualify(event.tenant, event.data["patient"])
    return views.get("desks", identity) or {
        "_id": identity,
        "tenant": event.tenant,
        "patient": event.data["patient"],
        "site": None,
        "zone": None,
        "language": None,
        "therapist": None,
        "erased": False,
        "programs": {},
        "open": {},
    }


ON: Mapping[str, Handler] = {
    "hep.prescription.patient.registered.v1": on_patient,
    "hep.prescription.patient.updated.v1": on_patient,
    "hep.prescription.patient.assigned.v1": on_patient,
    "hep.prescription.patient.erased.v1": on_patient_erased,
    "hep.prescription.program.prescribed.v1": on_program_prescribed,
    "hep.prescription.program.revised.v1": on_program_revised,
    "hep.prescription.program.reviewed.v1": on_program_reviewed,
    "hep.prescription.program.paused.v1": _fact("paused"),
    "hep.prescription.program.ended.v1": _fact("ended"),
    "hep.prescription.proposal.accepted.v1": on_answer,
    "hep.prescription.proposal.declined.v1": on_answer,
    "hep.prescription.task.opened.v1": on_task_opened,
    "hep.prescription.task.closed.v1": on_task_closed,
    "hep.adherence.session.logged.v1": on_session,
    "hep.adherence.session.amended.v1": on_session,
    "hep.adherence.pain.flagged.v1": on_pain_flagged,
    "hep.adherence.program.lapsed.v1": on_lapsed,
    "hep.adherence.program.not_started.v1": on_not_started,
    "hep.adherence.program.too_hard.v1": on_too_hard,
    "hep.adherence.adherence.dipped.v1": on_dipped,
    "hep.adherence.dose.proposed.v1": on_dose_proposed,
}
TASKS = Projection(
    name="tasks",
    version=1,
    services=("prescription", "adherence"),
    documents=lambda event: (
        [("desks", qualify(event.tenant, event.data["patient"]))] if event.type in ON else []
    ),
    handlers=ON,
)
INDEXES = (
    (TASKS, "desks", ("waiting", "order")),
    (TASKS, "desks", ("waiting", "therapist", "order")),
)
