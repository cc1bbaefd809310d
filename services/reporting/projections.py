"""What this service keeps of programs and sessions: one consumer of both topics.

`programs` holds one document a program with its revisions, its end and its milestones. `months`
holds one a program and month with the days that have a session, so that no document grows for
ever. What belongs together is joined when it is read. A milestone may come before its program: it
makes the beginning of the document, which nobody can read until the program has come.
"""

from collections.abc import Mapping
from typing import Any

from shared import schedule
from shared.envelope import Envelope
from shared.mongo import Document
from shared.privacy import ERASED, PRIVACY
from shared.tenancy import qualify
from shared.views import Projection, Reference, Views

ENTRY = ("exercise", "prescribed", "done", "skipped")
DAY = ("revision", "late", "completion", "pain", "effort", "difficulty")
REVISION = ("revision", "effective", "phase", "exercises")


def month_id(program: str, day: str) -> str:
    """Return the id, within its tenant, of the document that holds a date (ISO text)."""
    return f"{program}.{day[:7]}"


def on_patient(event: Envelope, views: Views) -> None:
    names = ("patient", "site", "zone", "language")
    patient = _document(event, event.data["patient"], names)
    views.put("patients", patient | {"erased": False})


def on_patient_erased(event: Envelope, views: Views) -> None:
    identity = qualify(event.tenant, event.identity)
    patient = views.get("patients", identity)
    if patient is None:
        raise KeyError(event.subject)
    views.put("patients", patient | {"erased": True})


def on_exercise(event: Envelope, views: Views) -> None:
    names = ("exercise", "name", "plain_name")
    views.put("exercises", _document(event, event.data["exercise"], names))


def on_program_prescribed(event: Envelope, views: Views) -> None:
    program = _program(event, views)
    names = ("site", "start", "end", "title")
    program |= {name: event.data[name] for name in names}
    program |= {"ended": None, "end_reason": None, "revisions": [_revision(event)]}
    views.put("programs", program)


def on_program_revised(event: Envelope, views: Views) -> None:
    program = _program(event, views)
    program["end"] = event.data["end"]
    program["revisions"].append(_revision(event))
    views.put("programs", program)


def on_program_paused(event: Envelope, views: Views) -> None:
    program = _program(event, views)
    schedule.paused(program, event.data["date"])
    views.put("programs", program)


def on_program_resumed(event: Envelope, views: Views) -> None:
    program = _program(event, views)
    schedule.resumed(program, event.data["date"])
    views.put("programs", program)


def on_program_ended(event: Envelope, views: Views) -> None:
    program = _program(event, views)
    program |= {"ended": event.data["date"], "end_reason": event.data["reason"]}
    views.put("programs", program)


def on_session(event: Envelope, views: Views) -> None:
    day = event.data["local_date"]
    month = _month(event, views)
    # An amendment tells the whole session anew; within its stream the later one stands.
    month["days"][day] = {
        **_fields(event.data, DAY),
        "entries": [_entry(entry, event.data) for entry in event.data["entries"]],
        "note": event.data["note"],
        "recorded": event.recorded.isoformat(),
    }
    views.put("months", month)


def _entry(entry: Mapping[str, Any], session: Mapping[str, Any]) -> Document:
    """Return an exercise as told; of before 2026-12 its session alone says what it rests on."""
    return _fields(entry, ENTRY) | {"evidence": entry.get("evidence", session["evidence"])}


def on_milestone_reached(event: Envelope, views: Views) -> None:
    program = _program(event, views)
    program["milestones"].append(
        {
            "kind": event.data["milestone"],
            "count": event.data["count"],
            "local_date": event.data["local_date"],
        }
    )
    views.put("programs", program)


def _document(event: Envelope, identity: str, names: tuple[str, ...]) -> Document:
    return {
        "_id": qualify(event.tenant, identity),
        "tenant": event.tenant,
        **_fields(event.data, names),
    }


def _program(event: Envelope, views: Views) -> Document:
    """Return the program's document, or its beginning."""
    identity = qualify(event.tenant, event.identity)
    return views.get("programs", identity) or {
        "_id": identity,
        "tenant": event.tenant,
        "program": event.identity,
        "patient": event.data["patient"],
        "milestones": [],
    }


def _month(event: Envelope, views: Views) -> Document:
    month = month_id(event.identity, event.data["local_date"])
    identity = qualify(event.tenant, month)
    return views.get("months", identity) or {
        "_id": identity,
        "tenant": event.tenant,
        "program": event.identity,
        "days": {},
    }


def _revision(event: Envelope) -> Document:
    return {
        **_fields(event.data, REVISION),
        "reason": event.data.get("reason"),
        "note": event.data.get("note"),
        "recorded": event.recorded.isoformat(),
    }


def _fields(data: Mapping[str, Any], names: tuple[str, ...]) -> Document:
    return {name: data[name] for name in names}


def _documents(event: Envelope) -> list[Reference]:
    """Name what the handlers of an event will read."""
    if event.type.startswith("hep.adherence.session."):
        month = month_id(event.identity, event.data["local_date"])
        return [("months", qualify(event.tenant, month))]
    if event.type == ERASED:
        return [("patients", qualify(event.tenant, event.identity))]
    if event.subject.startswith("program-"):
        return [("programs", qualify(event.tenant, event.identity))]
    return []


TIMELINE = Projection(
    name="timeline",
    version=3,
    services=("prescription", "adherence"),
    documents=_documents,
    handlers={
        "hep.prescription.patient.registered.v1": on_patient,
        "hep.prescription.patient.updated.v1": on_patient,
        ERASED: on_patient_erased,
        "hep.prescription.exercise.published.v1": on_exercise,
        "hep.prescription.exercise.revised.v1": on_exercise,
        "hep.prescription.program.prescribed.v1": on_program_prescribed,
        "hep.prescription.program.revised.v1": on_program_revised,
        "hep.prescription.program.paused.v1": on_program_paused,
        "hep.prescription.program.resumed.v1": on_program_resumed,
        "hep.prescription.program.ended.v1": on_program_ended,
        "hep.adherence.session.logged.v1": on_session,
        "hep.adherence.session.amended.v1": on_session,
        "hep.adherence.milestone.reached.v1": on_milestone_reached,
    },
)
PROJECTIONS = [TIMELINE, PRIVACY]
INDEXES = ((TIMELINE, "programs", ("patient", "program")),)
