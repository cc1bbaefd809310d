"""What this service reads of its documents, for decisions, mails, routes and pages."""

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from notifications.events import Channel, Message, Milestone
from notifications.hours import today
from notifications.projections import MESSAGES, month_id
from notifications.reminder import Desk
from shared.errors import NotFound
from shared.mongo import Document
from shared.permission import NOBODY_HERE, Asker, Person
from shared.schedule import read
from shared.service import Service
from shared.tenancy import LIMIT


class Unknown(LookupError):
    """A fact that what is asked for builds on has not come here yet."""


def person(service: Service, tenant: str, patient: str) -> Document:
    """Return a patient's zone, language, site and programs.

    Raises:
        Unknown: the patient has not come here yet.
    """
    found = service.documents(MESSAGES, "people").get(tenant, patient)
    if found is None or not found["zone"]:
        raise Unknown("patient")
    zone: str = found.get("moved") or found["zone"]
    return found | {"zone": zone}


def site_name(service: Service, tenant: str, site: str) -> str:
    """Return the name of a site, or nothing where it has not come yet."""
    found = service.documents(MESSAGES, "sites").get(tenant, site)
    return str(found["name"]) if found else ""


def desk(service: Service, tenant: str, program: str) -> Desk:
    """Return what is known of a program and of this week's dates, now.

    Raises:
        Unknown: the program or its patient has not come here yet.
    """
    document = service.documents(MESSAGES, "programs").get(tenant, program)
    if document is None or not document["revisions"]:
        raise Unknown("program")
    patient = person(service, tenant, document["patient"])
    zone, now = ZoneInfo(patient["zone"]), service.clock()
    found = read(document, patient["zone"])
    told = _told(service, tenant, program, found.week(today(now, zone)))
    return Desk(
        program=found,
        zone=zone,
        done=frozenset(day for day, done in told.items() if done),
        told=frozenset(told),
        erased=patient["erased"],
        now=now,
    )


def message_document(service: Service, tenant: str, message: str) -> Document:
    """Return a message as the inbox holds it.

    Raises:
        Unknown: there is no such message.
    """
    found = service.documents(MESSAGES, "messages").get(tenant, message)
    if found is None:
        raise Unknown("message")
    return found


def message(service: Service, tenant: str, identity: str, channel: Channel) -> Message:
    """Return a message as what became of it is told.

    Raises:
        Unknown: there is no such message.
    """
    found = message_document(service, tenant, identity)
    return Message(
        message=identity,
        patient=found["patient"],
        program=found["program"],
        kind=found["kind"],
        channel=channel,
        local_date=date.fromisoformat(found["local_date"]),
        milestones=tuple(Milestone(**milestone) for milestone in found["milestones"]),
    )


def inbox(
    service: Service, asker: Asker, patient: str, *, after: str = "", limit: int
) -> list[Document]:
    """Return a patient's messages, the newest first, and one more where there is a further page.

    Raises:
        NotFound: nobody is here for this asker.
    """
    found = service.documents(MESSAGES, "people").get(asker.tenant, patient)
    if found is None:
        raise NotFound(NOBODY_HERE)
    asker.reach(Person(patient, found["site"]))
    messages = service.documents(MESSAGES, "messages")
    return messages.page(
        asker.tenant, {"patient": patient}, order="order", after=after, limit=limit
    )


def unsent(service: Service, tenant: str, patient: str) -> list[str]:
    """Return the ids of a patient's messages that are still to be sent."""
    return [found["message"] for found in messages(service, tenant, patient) if _waits(found)]


def messages(service: Service, tenant: str, patient: str) -> Iterator[Document]:
    """Yield all messages of a patient, the newest first."""
    documents, after = service.documents(MESSAGES, "messages"), ""
    while found := documents.page(
        tenant, {"patient": patient}, order="order", after=after, limit=LIMIT
    ):
        yield from found
        after = found[-1]["order"]


def _waits(message: Document) -> bool:
    return bool(message["state"] == "planned")


def _told(service: Service, tenant: str, program: str, days: tuple[date, ...]) -> dict[date, bool]:
    """Return the dates of which anything was told, and whether anything was done on them."""
    wanted = {month_id(program, day.isoformat()) for day in (days[0], days[-1])}
    months = service.documents(MESSAGES, "months").many(tenant, wanted)
    return {
        date.fromisoformat(day): done
        for month in months.values()
        for day, done in month["days"].items()
    }
