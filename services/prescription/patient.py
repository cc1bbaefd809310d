"""Patients: who is in care where, and that they can be forgotten."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from prescription.commands import ErasePatient, RegisterPatient
from prescription.events import PatientErased, PatientRegistered
from prescription.fault import fault
from prescription.rules import Rules
from prescription.site import Site, zone_faults
from prescription.staff import Staff
from prescription.text import Keep
from shared.errors import Fault, Invalid, NotFound
from shared.stream import Kind

# A name is found by its words and by their beginnings: shorter ones would tell too much of it.
SHORTEST = 3
NO_SITE = fault("/site", "The practice has no site with this id.")


class PatientImpossible(Invalid):
    """The patient cannot be taken into care like this."""

    slug = "patient-impossible"
    title = "The patient cannot be registered like this"


@dataclass(frozen=True, slots=True)
class Patient:
    """What is known of a patient; without a registration nobody is there."""

    registered: PatientRegistered | None = None
    erased: bool = False

    @property
    def present(self) -> bool:
        """Whether somebody can be treated under this id."""
        return self.registered is not None and not self.erased


def evolve(patient: Patient, event: object) -> Patient:
    """Return the patient after an event."""
    if isinstance(event, PatientRegistered):
        return replace(patient, registered=event)
    return replace(patient, erased=True) if isinstance(event, PatientErased) else patient


KIND = Kind("patient", Patient(), evolve)


@dataclass(frozen=True, slots=True)
class Desk:
    """What a registration needs besides the command."""

    site: Site
    therapist: Staff
    today: date
    rules: Rules


def register(command: RegisterPatient, desk: Desk, keep: Keep) -> list[object]:
    """Decide a registration.

    Raises:
        PatientImpossible: a field cannot be; each is named.
    """
    if faults := list(_faults(command, desk)):
        raise PatientImpossible("Look at the fields that are named here.", faults=faults)
    precautions = keep(command.precautions, "precautions") if command.precautions else None
    return [
        PatientRegistered(
            patient=command.patient,
            site=command.site,
            zone=command.zone,
            language=command.language,
            therapist=command.therapist,
            birth_year=command.birth_year,
            precautions=precautions,
        )
    ]


def erase(patient: Patient, command: ErasePatient) -> list[object]:
    """Decide an erasure.

    Raises:
        NotFound: nobody was ever here.
    """
    if patient.registered is None:
        raise NotFound("There is no patient with this id.")
    return [PatientErased(command.patient)]


def card(command: RegisterPatient) -> dict[str, str | None]:
    """Return what says who the patient is."""
    names = ("name", "email", "phone", "subject")
    return {name: getattr(command, name) for name in names}


def findable(name: str) -> set[str]:
    """Return what a name can be found by: its words and their beginnings."""
    words = unicodedata.normalize("NFC", name).split()
    found = {word[:end] for word in words for end in range(SHORTEST, len(word))}
    return found | set(words)


def _faults(command: RegisterPatient, desk: Desk) -> Iterator[Fault]:
    if not desk.site.name:
        yield NO_SITE
    if command.therapist is not None and not desk.therapist.treats:
        yield fault("/therapist", "The practice has no therapist with this id.")
    yield from zone_faults(command.zone)
    low, high = desk.today.year - desk.rules.oldest, desk.today.year
    if not low <= command.birth_year <= high:
        yield fault("/birth_year", "Give a year from %(low)s to %(high)s.", low=low, high=high)
