"""A patient's clinical record: what it can hold."""

from collections.abc import Iterator
from dataclasses import dataclass

from prescription.fault import one_of
from prescription.patient import Patient
from prescription.record import conditions
from prescription.record.commands import SetRecord
from prescription.record.events import Home, RecordSet
from prescription.rules import Rules
from shared.errors import Fault, Invalid, NotFound
from shared.permission import NOBODY_HERE
from shared.stream import Kind


class RecordImpossible(Invalid):
    """The record cannot hold this."""

    slug = "record-impossible"
    title = "The record cannot be like this"


@dataclass(frozen=True, slots=True)
class Record:
    """What is known; `home` is None where nobody has asked."""

    conditions: tuple[str, ...] = ()
    home: Home | None = None


def evolve(record: Record, event: object) -> Record:
    """Return the record after an event."""
    return Record(event.conditions, event.home) if isinstance(event, RecordSet) else record


KIND = Kind("record", Record(), evolve)


def put(command: SetRecord, patient: Patient, rules: Rules) -> list[object]:
    """Decide what a record holds.

    Raises:
        NotFound: the patient is not there, or was erased.
        RecordImpossible: a code is unknown.
    """
    if not patient.present:
        raise NotFound(NOBODY_HERE)
    if faults := list(_faults(command, rules)):
        raise RecordImpossible("Look at the fields that are named here.", faults=faults)
    return [RecordSet(command.patient, command.conditions, command.home)]


def _faults(command: SetRecord, rules: Rules) -> Iterator[Fault]:
    for number, code in enumerate(command.conditions):
        yield from one_of(f"/conditions/{number}", code, tuple(conditions.known()))
    if command.home is None:
        return
    for number, code in enumerate(command.home.equipment):
        yield from one_of(f"/home/equipment/{number}", code, rules.guide["equipment"])
    for number, code in enumerate(command.home.spaces):
        yield from one_of(f"/home/spaces/{number}", code, rules.guide["spaces"])
