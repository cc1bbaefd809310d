"""Patients: who is in care where and whose they are, and that they can be forgotten."""

import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from prescription.commands import (
    AssignPatient,
    ErasePatient,
    Record,
    RegisterPatient,
    UpdatePatient,
)
from prescription.events import (
    PatientAssigned,
    PatientErased,
    PatientHeld,
    PatientRegistered,
    PatientReleased,
    PatientUpdated,
)
from prescription.fault import fault
from prescription.rules import Rules
from prescription.site import Site, zone_faults
from prescription.staff import Staff
from prescription.text import Keep
from shared.errors import Fault, Invalid, NotFound
from shared.stream import Kind

# A name is found by its words and by their beginnings: shorter ones would tell too much of it.
SHORTEST = 3
Card = dict[str, Any]
NO_SITE = fault("/site", "The practice has no site with this id.")


class PatientImpossible(Invalid):
    """The patient cannot be taken into care like this."""

    slug = "patient-impossible"
    title = "The patient cannot be registered like this"


@dataclass(frozen=True, slots=True)
class Patient:
    """What is known of a patient; without a registration nobody is there.

    Attributes:
        registered: the registration, with all that has changed since.
        erased: whether the patient was forgotten.
    """

    registered: PatientRegistered | None = None
    erased: bool = False
    held: PatientHeld | None = None

    @property
    def present(self) -> bool:
        """Whether somebody can be treated under this id."""
        return self.registered is not None and not self.erased


def evolve(patient: Patient, event: object) -> Patient:
    """Return the patient after an event."""
    if isinstance(event, PatientRegistered):
        return replace(patient, registered=event)
    if isinstance(event, PatientErased):
        return replace(patient, erased=True)
    if isinstance(event, PatientHeld):
        return replace(patient, held=event)
    if isinstance(event, PatientReleased):
        return replace(patient, held=None)
    return replace(patient, registered=_changed(patient.registered, event))


def _changed(found: PatientRegistered | None, event: object) -> PatientRegistered | None:
    if found and isinstance(event, PatientUpdated):
        return replace(found, site=event.site, zone=event.zone, language=event.language)
    if found and isinstance(event, PatientAssigned):
        return replace(found, therapist=event.therapist)
    return found


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


def update(patient: Patient, command: UpdatePatient, site: Site) -> list[object]:
    """Decide that a patient's card is sealed anew, or that the patient is treated elsewhere.

    Raises:
        NotFound: nobody is here.
        PatientImpossible: a field cannot be; each is named.
    """
    _check_present(patient)
    if faults := [*([] if site.name else [NO_SITE]), *zone_faults(command.zone)]:
        raise PatientImpossible("Look at the fields that are named here.", faults=faults)
    return [PatientUpdated(command.patient, command.site, command.zone, command.language)]


def assign(patient: Patient, command: AssignPatient, therapist: Staff) -> list[object]:
    """Decide whose a patient is; nothing where that is so already.

    Raises:
        NotFound: nobody is here.
        PatientImpossible: nobody treats under this id, or not at the patient's site.
    """
    registered = _check_present(patient)
    if command.therapist == registered.therapist:
        return []
    if command.therapist and not (therapist.treats and therapist.is_at(registered.site)):
        wrong = fault("/therapist", "Nobody with this id treats at the patient's site.")
        raise PatientImpossible("Look at the therapist.", faults=[wrong])
    return [PatientAssigned(command.patient, command.therapist)]


def erase(patient: Patient, command: ErasePatient) -> list[object]:
    """Decide an erasure.

    Raises:
        NotFound: nobody was ever here.
    """
    if patient.registered is None:
        raise NotFound("There is no patient with this id.")
    return [PatientErased(command.patient)]


def card(command: RegisterPatient) -> Card:
    """Return what says who the patient is."""
    names = ("name", "email", "phone", "subject")
    record = command.record and asdict(command.record)
    return {**{name: getattr(command, name) for name in names}, "record": record}


def changed_card(known: Card, command: UpdatePatient) -> Card:
    """Return a card with what a command says anew."""
    return known | {name: getattr(command, name) for name in ("name", "email", "phone")}


def words(known: Card, birth_year: int) -> set[str]:
    """Return all that a card can be found by: the name, its twins, and the record it came from."""
    record = known.get("record")
    by_record = {of_record(Record(**record))} if record else set()
    return findable(known["name"]) | {twin(known["name"], birth_year)} | by_record


def twin(name: str, birth_year: int) -> str:
    """Return what finds others of the same name and year of birth."""
    return f"twin {' '.join(name.split())} {birth_year}"


def of_record(record: Record) -> str:
    """Return what finds whom another system knows under a number."""
    return f"record {record.source} {record.number}"


def _check_present(patient: Patient) -> PatientRegistered:
    if patient.registered is None or patient.erased:
        raise NotFound("There is no patient with this id.")
    return patient.registered


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
