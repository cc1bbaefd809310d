"""Legal holds: while one is in force, nobody erases the record."""

from datetime import date

from prescription.commands import PlaceHold, ReleaseHold
from prescription.events import PatientHeld, PatientReleased
from prescription.fault import fault, one_of
from prescription.patient import Patient
from prescription.rules import Rules
from prescription.text import Keep
from shared.errors import Invalid, NotFound, Refusal

NOBODY = "There is no patient with this id."


class HoldImpossible(Invalid):
    """The record cannot be held like this."""

    slug = "hold-impossible"
    title = "The record cannot be held like this"


class NotHeld(Refusal):
    """There is no hold to release."""

    slug = "not-held"
    title = "No hold is in force"


class OnHold(Refusal):
    """A hold is in force, so that nothing is erased."""

    slug = "on-hold"
    title = "This record is under a legal hold"


def place(
    patient: Patient, command: PlaceHold, today: date, rules: Rules, keep: Keep
) -> list[object]:
    """Decide a hold; one that is in force already is replaced.

    Raises:
        NotFound: nobody is here.
        HoldImpossible: the reason is unknown, or it ends before it begins.
    """
    if not patient.present:
        raise NotFound(NOBODY)
    faults = list(one_of("/reason", command.reason, rules.held))
    if command.until and command.until < today:
        faults.append(fault("/until", "Give a day that is still to come."))
    if faults:
        raise HoldImpossible("Look at the fields that are named here.", faults=faults)
    note = keep(command.note, "hold") if command.note else None
    return [PatientHeld(command.patient, command.reason, note, command.until)]


def release(patient: Patient, command: ReleaseHold, today: date) -> list[object]:
    """Decide the end of a hold.

    Raises:
        NotFound: nobody is here.
        NotHeld: no hold is in force.
    """
    if not patient.present:
        raise NotFound(NOBODY)
    if not in_force(patient, today):
        raise NotHeld("There is nothing to release.")
    return [PatientReleased(command.patient)]


def in_force(patient: Patient, today: date) -> bool:
    """Tell whether a hold keeps the record; its last day is included."""
    hold = patient.held
    return hold is not None and (hold.until is None or today <= hold.until)


def check(patient: Patient, today: date, placed_by: str) -> None:
    """Refuse an erasure while a hold is in force.

    Args:
        patient: whose record.
        today: the date.
        placed_by: id of who placed the hold, who is to be asked.

    Raises:
        OnHold: it is.
    """
    if patient.held and in_force(patient, today):
        until = f" until {patient.held.until}" if patient.held.until else ""
        raise OnHold(
            f"It is held{until} for the reason {patient.held.reason}. Ask {placed_by}, who placed "
            "the hold, or release it first."
        )
