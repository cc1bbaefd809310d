"""What can be asked of this service. Words are still words here; events hold their ids."""

from dataclasses import dataclass
from datetime import date

from prescription.events import Dose, Source


@dataclass(frozen=True, slots=True)
class RegisterPractice:
    """Begin to use the platform; `language` is that of its pages and messages."""

    practice: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class RegisterSite:
    """Open a site in a time zone."""

    site: str
    name: str
    zone: str
    language: str


@dataclass(frozen=True, slots=True)
class RegisterStaff:
    """Take somebody on at some sites, for a role; `subject` is who signs in as this person."""

    staff: str
    name: str
    email: str
    role: str
    sites: tuple[str, ...]
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class RegisterPatient:
    """Take a patient into care; `subject` is who signs in as this patient, at the issuer."""

    patient: str
    name: str
    email: str
    phone: str | None
    subject: str | None
    birth_year: int
    zone: str
    language: str
    site: str
    therapist: str | None
    precautions: str | None


@dataclass(frozen=True, slots=True)
class ErasePatient:
    """Destroy all that says who a patient is."""

    patient: str


@dataclass(frozen=True, slots=True)
class PublishExercise:
    """Put an exercise into the practice's library."""

    exercise: str
    name: str
    plain_name: str
    kind: str
    steps: tuple[str, ...]
    stop_if: tuple[str, ...]
    source: Source | None


@dataclass(frozen=True, slots=True)
class AskedDiagnosis:
    """What is treated, in a code and in words."""

    code: str
    system: str
    verified: bool
    text: str


@dataclass(frozen=True, slots=True)
class AskedPhase:
    """A part of a program, by number and name."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class AskedExercise:
    """One exercise with its dose, and what the therapist says about it."""

    exercise: str
    dose: Dose
    priority: int
    instructions: str | None


@dataclass(frozen=True, slots=True)
class PrescribeProgram:
    """Prescribe a program from a date on."""

    program: str
    patient: str
    title: str
    diagnosis: AskedDiagnosis
    goals: tuple[str, ...]
    start: date
    end: date | None
    phase: AskedPhase
    exercises: tuple[AskedExercise, ...]
    source: Source | None


@dataclass(frozen=True, slots=True)
class ReviseProgram:
    """Change a program from a date on; `version` is the one that the therapist saw."""

    program: str
    version: int
    reason: str
    note: str | None
    effective: date
    end: date | None
    phase: AskedPhase
    exercises: tuple[AskedExercise, ...]


@dataclass(frozen=True, slots=True)
class EndProgram:
    """End a program; `date` is the last that it asks for anything."""

    program: str
    version: int
    date: date
    reason: str
