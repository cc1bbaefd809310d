"""What the documents say, joined when somebody looks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, tzinfo
from zoneinfo import ZoneInfo

from reporting.formulas import formulas
from reporting.projections import TIMELINE, month_id
from reporting.summary import Practised, Summary, practised, summarize
from reporting.timeline import Day, Phase, days, opened, phases
from shared.errors import NotFound
from shared.mongo import Document
from shared.permission import NOBODY_HERE, Asker, Person
from shared.schedule import DAY, read
from shared.service import Service
from shared.tenancy import LIMIT


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision of the program; the first one has no reason."""

    revision: int
    effective: date
    reason: str | None
    phase: int


@dataclass(frozen=True, slots=True)
class Milestone:
    """What the patient reached, on the date of the session that it took."""

    kind: str
    count: int
    local_date: date


@dataclass(frozen=True, slots=True)
class Timeline:
    """A program from its start to today.

    Attributes:
        program: its id.
        patient: whose it is.
        start: first date.
        end: last date, None where none is set.
        today: the date that all this is as of, in the patient's zone.
        unit: what amounts are counted in: repetitions, minutes, hold_seconds, or share.
        summary: its figures.
        days: its dates, without holes.
        revisions: in their order, those to come included.
        phases: their spans.
        milestones: as they were reached.
        exercises: each over the last weeks.
    """

    program: str
    patient: str
    start: date
    end: date | None
    today: date
    unit: str
    summary: Summary
    days: tuple[Day, ...]
    revisions: tuple[Revision, ...]
    phases: tuple[Phase, ...]
    milestones: tuple[Milestone, ...]
    exercises: tuple[Practised, ...]


def program(service: Service, tenant: str, identity: str) -> Document:
    """Return a program's document.

    Raises:
        NotFound: there is none, or only a milestone of it has come so far.
    """
    found = service.documents(TIMELINE, "programs").get(tenant, identity)
    if found is None or "start" not in found:
        raise NotFound(NOBODY_HERE)
    return found


def in_reach(service: Service, asker: Asker, identity: str) -> Document:
    """Return the document of a program that this asker may see.

    Raises:
        NotFound: there is none for this asker.
    """
    document = program(service, asker.tenant, identity)
    patient = _patient(service, asker.tenant, document["patient"])
    if patient and patient.get("erased"):
        raise NotFound(NOBODY_HERE)
    # Until the patient has come here, the program tells the site.
    asker.reach(Person(document["patient"], (patient or document)["site"]))
    return document


def own(service: Service, asker: Asker) -> list[Document]:
    """Return the programs of the patient who asks, the latest first; at most 200."""
    asker.disclose([asker.patient])
    if (_patient(service, asker.tenant, asker.patient) or {}).get("erased"):
        return []
    return programs(service, asker.tenant, asker.patient)


def programs(service: Service, tenant: str, patient: str) -> list[Document]:
    """Return a patient's programs, the latest first; at most 200."""
    found = service.documents(TIMELINE, "programs").page(
        tenant, {"patient": patient}, order="program", limit=LIMIT
    )
    known = [document for document in found[:LIMIT] if "start" in document]
    return sorted(known, key=lambda one: (one["start"], one["program"]), reverse=True)


def in_force(documents: Iterable[Document], today: date) -> Document | None:
    """Return the latest program that runs today, else the next one to begin, else the last one."""
    found = [(read(document, None), document) for document in documents]
    running = [document for program, document in found if program.covers(today)]
    coming = [document for program, document in found if program.start > today]
    over = [document for program, document in found if program.start <= today]
    return next(iter([*running, *reversed(coming), *over]), None)


def names(service: Service, tenant: str, exercises: Iterable[str]) -> dict[str, Document]:
    """Return the names of exercises by id, those that have come."""
    return service.documents(TIMELINE, "exercises").many(tenant, exercises)


def today(service: Service, tenant: str, patient: str) -> date:
    """Return the patient's local date; that of UTC where the patient's zone has not come."""
    return service.clock().astimezone(_zone(service, tenant, patient)).date()


def timeline(service: Service, tenant: str, identity: str, today: date) -> Timeline:
    """Return a program's timeline as of a date, from its own documents alone.

    Raises:
        NotFound: there is no such program.
    """
    found = program(service, tenant, identity)
    return joined(found, _months(service, found, today), today)


def joined(document: Document, months: Iterable[Document], today: date) -> Timeline:
    """Return the timeline of a program's document and those of its months."""
    book = opened(read(document, None), _sessions(months), today)
    found = days(book)
    return Timeline(
        program=document["program"],
        patient=document["patient"],
        start=book.program.start,
        end=book.program.last,
        today=today,
        unit=book.unit,
        summary=summarize(book, found, formulas()),
        days=found,
        revisions=tuple(_revision(one) for one in document["revisions"]),
        phases=phases(book.program),
        milestones=tuple(_milestone(one) for one in document["milestones"]),
        exercises=tuple(practised(book, found, formulas().recent_window)),
    )


def _months(service: Service, document: Document, today: date) -> Iterable[Document]:
    """Load the months from the program's start to tomorrow: a device may be a date ahead."""
    day, months = date.fromisoformat(document["start"]).replace(day=1), []
    while day <= today + DAY:
        months.append(month_id(document["program"], day.isoformat()))
        day = (day + DAY * 31).replace(day=1)
    return service.documents(TIMELINE, "months").many(document["tenant"], months).values()


def _sessions(months: Iterable[Document]) -> dict[date, Document]:
    return {
        date.fromisoformat(day): session
        for month in months
        for day, session in month["days"].items()
    }


def _zone(service: Service, tenant: str, patient: str) -> tzinfo:
    found = _patient(service, tenant, patient)
    return ZoneInfo(found["zone"]) if found else UTC


def _patient(service: Service, tenant: str, patient: str) -> Document | None:
    return service.documents(TIMELINE, "patients").get(tenant, patient)


def _revision(document: Document) -> Revision:
    effective = date.fromisoformat(document["effective"])
    number = document["phase"]["number"]
    return Revision(document["revision"], effective, document["reason"], number)


def _milestone(document: Document) -> Milestone:
    day = date.fromisoformat(document["local_date"])
    return Milestone(document["kind"], document["count"], day)
