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
from shared.permission import NOBODY_HERE, Asker, Person
from shared.schedule import Program
from shared.service import Service
from shared.store import Commit
from shared.stream import Loaded
from shared.tenancy import LIMIT


def program(service: Service, tenant: str, identity: str) -> Program:
    """Return a program as its events say, in the zone that its patient lives in.

    The zone is None where the patient has not come here yet.

    Raises:
        NotFound: there is no such program, or its patient was erased.
    """
    document = _program(service, tenant, identity)
    patient = _patient(service, tenant, document["patient"])
    if patient and patient["erased"]:
        raise NotFound(NOBODY_HERE)
    return schedule.read(document, patient["zone"] if patient else None)


def in_reach(service: Service, asker: Asker, identity: str) -> Document:
    """Return the document of a program that this asker may see.

    Raises:
        NotFound: there is none, it is another patient's, or of a site that is not the asker's.
    """
    document = _program(service, asker.tenant, identity)
    patient = _patient(service, asker.tenant, document["patient"])
    # Until the patient has come here, the program tells the site.
    asker.reach(Person(document["patient"], (patient or document)["site"]))
    return document


def patient_in_reach(service: Service, asker: Asker, identity: str) -> Document:
    """Return the document of a patient that this asker may see.

    Raises:
        NotFound: nobody is here for this asker.
    """
    found = _patient(service, asker.tenant, identity)
    if found is None or "site" not in found:
        raise NotFound(NOBODY_HERE)
    asker.reach(Person(identity, found["site"]))
    return found


def own(service: Service, asker: Asker) -> list[Document]:
    """Return the programs of the patient who asks, the latest start first; at most 200."""
    asker.disclose([asker.patient])
    found = service.documents(PROGRAMS, "programs").page(
        asker.tenant, {"patient": asker.patient}, order="program", limit=LIMIT
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


def _events(service: Service, commit: Commit) -> Iterator[object]:
    return (service.streams.codec.decode(event) for event in commit.events)


def _program(service: Service, tenant: str, identity: str) -> Document:
    found = service.documents(PROGRAMS, "programs").get(tenant, identity)
    if found is None:
        raise NotFound(NOBODY_HERE)
    return found


def _patient(service: Service, tenant: str, identity: str) -> Document | None:
    return service.documents(PROGRAMS, "patients").get(tenant, identity)
