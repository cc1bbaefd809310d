"""What is read: a program and lists from the projection, a session from its program's stream."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from adherence import diary
from adherence.diary import Diary
from adherence.events import MilestoneReached, Session
from adherence.projections import PROGRAMS
from shared import schedule
from shared.codec import converter
from shared.errors import NotFound
from shared.mongo import Document
from shared.schedule import Program
from shared.service import Service
from shared.store import Commit
from shared.stream import Loaded
from shared.tenancy import LIMIT
from shared.tokens import Identity


def program(service: Service, tenant: str, identity: str) -> Program:
    """Return a program as its events say, in the zone that its patient lives in.

    The zone is None where the patient has not come here yet.

    Raises:
        NotFound: there is no such program, or its patient was erased.
    """
    document = _program(service, tenant, identity)
    patient = _patient(service, tenant, document["patient"])
    if patient and patient["erased"]:
        raise NotFound("There is no such program.")
    return schedule.read(document, patient["zone"] if patient else None)


def in_reach(service: Service, asker: Identity, identity: str) -> Document:
    """Return the document of a program that this asker may see.

    Raises:
        NotFound: there is none, it is another patient's, or of a site that is not the asker's.
    """
    document = _program(service, asker.tenant, identity)
    other = "patient" in asker.roles and asker.patient != document["patient"]
    if other or _elsewhere(service, asker, document):
        raise NotFound("There is no such program.")
    return document


def programs(service: Service, tenant: str, patient: str) -> list[Document]:
    """Return a patient's programs, the latest start first; at most 200."""
    found = service.documents(PROGRAMS, "programs").page(
        tenant, {"patient": patient}, order="program", limit=LIMIT
    )
    return sorted(found[:LIMIT], key=lambda one: (one["start"], one["program"]), reverse=True)


def loaded(service: Service, tenant: str, program: str) -> Loaded[Diary]:
    """Return a program's diary, folded from its stream; empty where nothing was logged."""
    return service.streams.peek(diary.KIND, tenant, program)


def told(service: Service, commit: Commit) -> Session | None:
    """Return the session that a commit tells; None where it is about a phase."""
    found = (event for event in _events(service, commit) if isinstance(event, Session))
    return next(found, None)


def reached(service: Service, commit: Commit) -> list[MilestoneReached]:
    """Return the milestones of a commit."""
    return [event for event in _events(service, commit) if isinstance(event, MilestoneReached)]


def sessions(
    service: Service, tenant: str, program: str, *, after: str = "", limit: int = 50
) -> list[Document]:
    """Return a program's sessions by date, and one more where there is a further page."""
    found = service.documents(PROGRAMS, "sessions").page(
        tenant, {"program": program}, order="local_date", after=after, limit=limit
    )
    notes = texts(service, tenant, [one["note"] for one in found if one["note"]])
    return [one | {"note": notes.get(one["note"])} for one in found]


def as_session(document: Document) -> Session:
    """Return the session that a document holds."""
    return converter.structure(document, Session)


def opened(service: Service, tenant: str, session: Session) -> Session:
    """Return a session with its note in the patient's words instead of the id."""
    ids = [session.note] if session.note else []
    return replace(session, note=texts(service, tenant, ids).get(session.note or ""))


def milestones(service: Service, tenant: str, program: str) -> list[dict[str, Any]]:
    """Return a program's milestones in the order in which they were reached."""
    found = service.documents(PROGRAMS, "milestones").get(tenant, program) or {"items": []}
    return [
        item
        | {
            "local_date": date.fromisoformat(item["local_date"]),
            "reached": datetime.fromisoformat(item["reached"]),
        }
        for item in found["items"]
    ]


def exercises(service: Service, tenant: str, ids: Iterable[str]) -> dict[str, Document]:
    """Return exercises of the library by id, those that have come here."""
    return service.documents(PROGRAMS, "exercises").many(tenant, ids)


def texts(service: Service, tenant: str, ids: Iterable[str]) -> dict[str, Any]:
    """Return people's words by id; erased ones are left out."""
    return service.vault.open(tenant, ids)


def zone(service: Service, tenant: str, patient: str) -> ZoneInfo | None:
    """Return the zone that a patient lives in, None where it has not come here yet."""
    found = _patient(service, tenant, patient)
    return ZoneInfo(found["zone"]) if found else None


def is_erased(service: Service, tenant: str, patient: str) -> bool:
    """Tell whether a patient was erased."""
    found = _patient(service, tenant, patient)
    return bool(found and found["erased"])


def _events(service: Service, commit: Commit) -> Iterator[object]:
    return (service.streams.codec.decode(event) for event in commit.events)


def _program(service: Service, tenant: str, identity: str) -> Document:
    found = service.documents(PROGRAMS, "programs").get(tenant, identity)
    if found is None:
        raise NotFound("There is no such program.")
    return found


def _patient(service: Service, tenant: str, identity: str) -> Document | None:
    return service.documents(PROGRAMS, "patients").get(tenant, identity)


def _elsewhere(service: Service, asker: Identity, document: Document) -> bool:
    """Tell whether a program belongs to none of the sites that the asker works at."""
    if not asker.sites:
        return False
    patient = _patient(service, asker.tenant, document["patient"])
    return (patient or document)["site"] not in asker.sites
