"""What this service knows of programs, and what it shows: one consumer of both topics.

Each document is written by the events of one stream alone; what belongs together is joined when
it is read.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from adherence.policies import schedule_phase
from shared.envelope import Envelope
from shared.mongo import Document
from shared.tenancy import qualify
from shared.views import Projection, Reference, Views

PHASE_COMPLETED = "phase_completed"


def session_id(program: str, session: str) -> str:
    """Return the id of a session's document within its tenant."""
    return f"{program}.{session}"


def on_site_registered(event: Envelope, views: Views) -> None:
    names = ("name", "zone", "language")
    views.put("sites", _document(event, event.data["site"], {"site": event.data["site"]}, names))


def on_patient_registered(event: Envelope, views: Views) -> None:
    names = ("patient", "site", "zone", "language")
    views.put("patients", _document(event, event.data["patient"], {}, names))


def on_exercise_published(event: Envelope, views: Views) -> None:
    names = ("exercise", "steps", "stop_if", "source")
    views.put("exercises", _document(event, event.data["exercise"], {}, names))


def on_program_prescribed(event: Envelope, views: Views) -> None:
    names = ("program", "patient", "start", "title", "source")
    own = {"end": event.data["end"], "ended": None, "revisions": [_revision(event.data)]}
    views.put("programs", _document(event, event.data["program"], own, names))


def on_program_revised(event: Envelope, views: Views) -> None:
    program = _program(event, views)
    if event.data["reason"] == PHASE_COMPLETED:
        schedule_phase(event, views, program["revisions"][-1]["phase"]["number"])
    program["end"] = event.data["end"]
    program["revisions"].append(_revision(event.data))
    views.put("programs", program)


def on_program_ended(event: Envelope, views: Views) -> None:
    program = _program(event, views)
    program["ended"] = event.data["date"]
    views.put("programs", program)


def on_session(event: Envelope, views: Views) -> None:
    data = event.data
    own = {"recorded": event.recorded.isoformat(), "reason": data.get("reason")}
    views.put(
        "sessions",
        _document(event, session_id(data["program"], data["session"]), own, tuple(data)),
    )
    diary = _diary(event, views)
    diary["sessions"][data["session"]] = {
        "completion": data["completion"],
        "done": any(entry["done"] for entry in data["entries"]),
    }
    views.put("diaries", diary)


def on_milestone_reached(event: Envelope, views: Views) -> None:
    diary = _diary(event, views)
    names = ("milestone", "count", "local_date", "session")
    found = {name: event.data[name] for name in names}
    diary["milestones"].append({**found, "reached": event.recorded.isoformat()})
    views.put("diaries", diary)


def _document(
    event: Envelope, identity: str, own: Mapping[str, Any], names: Iterable[str]
) -> Document:
    """Return a document of these fields of the event."""
    return {
        "_id": qualify(event.tenant, identity),
        "tenant": event.tenant,
        **{name: event.data[name] for name in names},
        **own,
    }


def _revision(data: Mapping[str, Any]) -> Document:
    names = ("revision", "effective", "phase", "exercises")
    return {name: data[name] for name in names}


def _program(event: Envelope, views: Views) -> Document:
    """Return the document that the stream's first event has made."""
    found = views.get("programs", qualify(event.tenant, event.identity))
    if found is None:
        raise KeyError(event.subject)
    return found


def _diary(event: Envelope, views: Views) -> Document:
    identity = qualify(event.tenant, event.identity)
    return views.get("diaries", identity) or {
        "_id": identity,
        "tenant": event.tenant,
        "program": event.data["program"],
        "patient": event.data["patient"],
        "sessions": {},
        "milestones": [],
    }


def _documents(event: Envelope) -> list[Reference]:
    """Name what the handlers of an event will read."""
    identity = qualify(event.tenant, event.identity)
    if event.type.startswith("hep.prescription.program."):
        return [("programs", identity)]
    if event.source == "/adherence":
        return [("diaries", identity)]
    return []


PROGRAMS = Projection(
    name="programs",
    version=1,
    services=("prescription", "adherence"),
    documents=_documents,
    handlers={
        "hep.prescription.site.registered.v1": on_site_registered,
        "hep.prescription.patient.registered.v1": on_patient_registered,
        "hep.prescription.exercise.published.v1": on_exercise_published,
        "hep.prescription.program.prescribed.v1": on_program_prescribed,
        "hep.prescription.program.revised.v1": on_program_revised,
        "hep.prescription.program.ended.v1": on_program_ended,
        "hep.adherence.session.logged.v1": on_session,
        "hep.adherence.session.amended.v1": on_session,
        "hep.adherence.milestone.reached.v1": on_milestone_reached,
    },
)
PROJECTIONS = [PROGRAMS]
INDEXES = (
    (PROGRAMS, "programs", ("patient", "program")),
    (PROGRAMS, "sessions", ("program", "local_date")),
)
