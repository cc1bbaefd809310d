"""What is decided when it is due."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from prescription import arrivals, patient, shelving, staff, stock
from prescription.catalogue import catalogue
from prescription.commands import AssignPatient
from prescription.handlers import assign_patient
from prescription.patient import PatientImpossible
from prescription.policies import HAND_OVER, IMPORT, STOCK
from prescription.projections import LISTS
from prescription.rules import rules
from prescription.task.duties import DUE as TASK
from shared import commands, privacy
from shared.due import Due
from shared.errors import NotYet, Refusal, Stale
from shared.service import DueHandler, Service


class StillHere(Refusal):
    """Who was to leave stayed, or came back."""

    slug = "still-here"
    title = "This person works here"


def hand_over(due: Due, service: Service) -> None:
    """Give the patients of who left to the successor, each by a command of its own.

    One whom the successor cannot treat, or who has none, is nobody's until somebody decides. A
    patient who came to the one who left while this ran is found on the page of assignments.

    Raises:
        StillHere: the one who left is here again.
    """
    leaver, successor = due.data["staff"], due.data["successor"]
    member = service.streams.peek(staff.KIND, due.tenant, leaver).state
    if member.left is None or member.left.isoformat() != due.data["date"]:
        raise StillHere("The patients stay where they are.")
    for identity in _patients_of(leaver, due.tenant, service):
        try:
            _give(identity, leaver, successor, due, service)
        except PatientImpossible:
            _give(identity, leaver, None, due, service)


def _give(identity: str, leaver: str, successor: str | None, due: Due, service: Service) -> None:
    loaded = service.streams.peek(patient.KIND, due.tenant, identity)
    registered = loaded.state.registered
    if not loaded.state.present or registered is None or registered.therapist != leaver:
        return
    command = AssignPatient(identity, loaded.version, successor)
    cause = due.cause(service.name)
    cause = replace(cause, command=commands.identify(due.id, identity, successor or ""))
    try:
        commands.run(lambda: assign_patient(command, service, cause), cause)
    except Stale:
        # Somebody was faster: what is so now decides.
        _give(identity, leaver, successor, due, service)


def _patients_of(leaver: str, tenant: str, service: Service) -> Iterator[str]:
    documents = service.documents(LISTS, "patients")
    for found in documents.every(tenant, {"therapist": leaver}, order="order"):
        yield found["patient"]


def advance_import(due: Due, service: Service) -> None:
    """Look at the next rows of an import."""
    cause = due.cause(service.name)
    intake, start = due.data["intake"], due.data["start"]
    commands.run(lambda: arrivals.advance(intake, start, service, cause), cause)


def stock_library(due: Due, service: Service) -> None:
    """Take the next exercises of the catalogue into a practice's library.

    Raises:
        NotYet: the edition is one that this code does not have: a deployment rolls.
    """
    edition = catalogue().edition
    if due.data["edition"] > edition:
        raise NotYet(f"This is edition {edition}.")
    start = due.data["start"] if due.data["edition"] == edition else 0
    shelving.stock_library(start, service, due.cause(service.name))


def outdated(service: Service) -> Iterator[Due]:
    """Yield what brings an edition to the practices that have an older one, or none."""
    edition = rules().versions["catalogue"]
    documents = service.documents(LISTS, "practices")
    for found in documents.everywhere({"edition": {"$gte": "", "$lt": edition}}):
        tenant = found["tenant"]
        yield Due(
            id=commands.identify(tenant, STOCK, edition),
            kind=STOCK,
            tenant=tenant,
            stream=stock.KIND.stream(tenant),
            due_at=service.clock(),
            sequence=0,
            data={"edition": edition, "start": 0},
        )


DUE: Mapping[str, DueHandler] = {
    HAND_OVER: hand_over,
    IMPORT: advance_import,
    STOCK: stock_library,
    **TASK,
    privacy.ERASE: privacy.erase,
}
