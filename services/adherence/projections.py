"""What this service knows of programs, and what it shows: one consumer of both topics.

Each document is written by the events of one stream alone; what belongs together is joined when
it is read.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from adherence.events import lifted
from adherence.policies import schedule_expiry, schedule_phase
from adherence.signals import projections as signals
from adherence.signals.policies import schedule_watch
from shared import schedule
from shared.envelope import Envelope
from shared.mongo import Document
from shared.privacy import PRIVACY
from shared.tenancy import qualify
from shared.views import Projection, Reference, Views

PHASE_COMPLETED = "phase_completed"
# What a patient reads of an exercise in another language, and whether a machine wrote it.
WORDING = ("language", "machine", "plain_name", "steps", "stop_if")


def session_id(program: str, session: str) -> str:
    """Return the id of a session's document within its tenant."""
    return f"{program}.{session}"


def on_patient_registered(event: Envelope, views: Views) -> None:
    names = ("patient", "site", "zone", "language")
    views.put("patients", _document(event, event.data["patient"], {"erased": False}, names))


def on_patient_updated(event: Envelope, views: Views) -> None:
    names = ("site", "zone", "language")
    changed = {name: event.data[name] for name in names}
    views.put("patients", _written("patients", event, views) | changed)


def on_patient_erased(event: Envelope, views: Views) -> None:
    patient = _written("patients", event, views)
    patient["erased"] = True
    views.put("patients", patient)


def on_exercise(event: Envelope, views: Views) -> None:
    names = ("exercise", "name", "plain_name", "steps", "stop_if", "source")
    identity = in_version(event.data["exercise"], event.data.get("version", 1))
    wordings = (event.data.get("guide") or {}).get("wordings", [])
    own = {"wordings": [{name: one[name] for name in WORDING} for one in wordings]}
    views.put("exercises", _document(event, identity, own, names))


def in_version(exercise: str, version: int) -> str:
    """Return the id of one version of an exercise; a program keeps the one that it has."""
    return exercise if version == 1 else f"{exercise}@{version}"


def on_program_prescribed(event: Envelope, views: Views) -> None:
    names = ("program", "patient", "site", "start", "title", "goals", "source")
    own = {"end": event.data["end"], "ended": None, "revisions": [_revision(event.data)]}
    views.put("programs", _document(event, event.data["program"], own, names))
    schedule_watch(event, views, event.data["start"])


def on_program_revised(event: Envelope, views: Views) -> None:
    program = _written("programs", event, views)
    if event.data["reason"] == PHASE_COMPLETED:
        schedule_phase(event, views, program["revisions"][-1]["phase"]["number"])
    program["end"] = event.data["end"]
    program["revisions"].append(_revision(event.data))
    views.put("programs", program)


def on_program_paused(event: Envelope, views: Views) -> None:
    program = _written("programs", event, views)
    schedule.paused(program, event.data["date"])
    views.put("programs", program)


def on_program_resumed(event: Envelope, views: Views) -> None:
    program = _written("programs", event, views)
    schedule.resumed(program, event.data["date"])
    schedule_watch(event, views, event.data["date"])
    views.put("programs", program)


def on_program_ended(event: Envelope, views: Views) -> None:
    program = _written("programs", event, views)
    program["ended"] = event.data["date"]
    views.put("programs", program)


def on_session(event: Envelope, views: Views) -> None:
    data = event.data
    # An amendment tells the whole session anew; within its stream the later one stands.
    identity = session_id(data["program"], data["session"])
    views.put("sessions", _document(event, identity, lifted(data), ()))
    schedule_watch(event, views, data["local_date"])


def on_milestone_reached(event: Envelope, views: Views) -> None:
    identity = qualify(event.tenant, event.identity)
    found = views.get("milestones", identity) or {
        "_id": identity,
        "tenant": event.tenant,
        "program": event.data["program"],
        "items": [],
    }
    names = ("count", "local_date", "session")
    item = {"kind": event.data["milestone"], **{name: event.data[name] for name in names}}
    found["items"].append({**item, "reached": event.recorded.isoformat()})
    views.put("milestones", found)


def on_invitation_issued(event: Envelope, views: Views) -> None:
    schedule_expiry(event, views)


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


def _written(collection: str, event: Envelope, views: Views) -> Document:
    """Return the document that the stream's first event has made."""
    found = views.get(collection, qualify(event.tenant, event.identity))
    if found is None:
        raise KeyError(event.subject)
    return found


def _documents(event: Envelope) -> list[Reference]:
    """Name what the handlers of an event will read, by the noun and verb of its type."""
    collection = READS.get(event.type.split(".", 2)[2])
    return [(collection, qualify(event.tenant, event.identity))] if collection else []


READS = {
    "patient.updated.v1": "patients",
    "patient.erased.v1": "patients",
    "program.revised.v1": "programs",
    "program.paused.v1": "programs",
    "program.resumed.v1": "programs",
    "program.ended.v1": "programs",
    "milestone.reached.v1": "milestones",
}
PROGRAMS = Projection(
    name="programs",
    version=3,
    services=("prescription", "adherence"),
    documents=_documents,
    handlers={
        "hep.prescription.patient.registered.v1": on_patient_registered,
        "hep.prescription.patient.updated.v1": on_patient_updated,
        "hep.prescription.patient.erased.v1": on_patient_erased,
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
        "hep.adherence.invitation.issued.v1": on_invitation_issued,
        **signals.ON,
    },
)
PROJECTIONS = [PROGRAMS, PRIVACY]
INDEXES = (
    (PROGRAMS, "programs", ("patient", "program")),
    (PROGRAMS, "sessions", ("program", "local_date")),
)
