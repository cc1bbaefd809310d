"""What can be asked of this service. Words are still words here; events hold their ids."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from prescription.events import Dose, Guide, Note, Source
from prescription.hours import Opening, Shift


@dataclass(frozen=True, slots=True)
class RegisterPractice:
    """Begin to use the platform; `language` is that of its pages and messages."""

    practice: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class ChangePractice:
    """Give the practice another name or language."""

    practice: str
    version: int
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class RegisterRegion:
    """Begin a region, which sites can belong to."""

    region: str
    name: str


@dataclass(frozen=True, slots=True)
class RenameRegion:
    """Give a region another name."""

    region: str
    version: int
    name: str


@dataclass(frozen=True, slots=True)
class RegisterSite:
    """Open a site in a time zone, in a region or in none."""

    site: str
    name: str
    zone: str
    language: str
    region: str | None


@dataclass(frozen=True, slots=True)
class ChangeSite:
    """Say anew what a site is like; `version` is the one that was read."""

    site: str
    version: int
    name: str
    zone: str
    language: str
    region: str | None
    hours: tuple[Opening, ...]


@dataclass(frozen=True, slots=True)
class SetRota:
    """Say anew who is on duty at a site, and who is where nobody is."""

    site: str
    version: int
    shifts: tuple[Shift, ...]
    fallback: str


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
class ChangeStaff:
    """Say anew who somebody is, in which role and where."""

    staff: str
    version: int
    name: str
    email: str
    role: str
    sites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeaveStaff:
    """End somebody's employment; the patients go to a successor, or to nobody yet."""

    staff: str
    version: int
    date: date
    successor: str | None


@dataclass(frozen=True, slots=True)
class ReturnStaff:
    """Take somebody on again who had left."""

    staff: str
    version: int


@dataclass(frozen=True, slots=True)
class Record:
    """Under which number another system knows somebody."""

    source: str
    number: str


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
    record: Record | None = None


@dataclass(frozen=True, slots=True)
class UpdatePatient:
    """Say anew who a patient is and where the patient is treated."""

    patient: str
    version: int
    name: str
    email: str
    phone: str | None
    zone: str
    language: str
    site: str


@dataclass(frozen=True, slots=True)
class AssignPatient:
    """Give a patient to a therapist, or to nobody yet."""

    patient: str
    version: int
    therapist: str | None


@dataclass(frozen=True, slots=True)
class ErasePatient:
    """Destroy all that says who a patient is."""

    patient: str


@dataclass(frozen=True, slots=True)
class PlaceHold:
    """Keep a patient's record from being erased, for a reason, until a date or until released."""

    patient: str
    reason: str
    note: str | None
    until: date | None


@dataclass(frozen=True, slots=True)
class ReleaseHold:
    """Let a patient's record be erased again."""

    patient: str


@dataclass(frozen=True, slots=True)
class StartImport:
    """Take patients or staff from a file of another system; `sites` are the importer's."""

    intake: str
    kind: str
    source: str
    encoding: str
    rows: tuple[dict[str, Any], ...]
    ignored: tuple[str, ...]
    sites: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class AdvanceImport:
    """Say what became of the rows of an import from one on, a word a row."""

    intake: str
    start: int
    outcomes: tuple[str, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class PublishExercise:
    """Put an exercise into the library: of one site, or of the whole practice."""

    exercise: str
    name: str
    plain_name: str
    kind: str
    steps: tuple[str, ...]
    stop_if: tuple[str, ...]
    source: Source | None
    guide: Guide | None = None
    site: str | None = None
    word: str | None = None
    edition: str | None = None


@dataclass(frozen=True, slots=True)
class ReviseExercise:
    """Say anew what an exercise of the practice's own is like; `version` is the one read."""

    exercise: str
    version: int
    name: str
    plain_name: str
    kind: str
    steps: tuple[str, ...]
    stop_if: tuple[str, ...]
    source: Source | None
    guide: Guide | None


@dataclass(frozen=True, slots=True)
class RetireExercise:
    """Have an exercise prescribed to nobody any more."""

    exercise: str
    version: int


@dataclass(frozen=True, slots=True)
class RestoreExercise:
    """Have a retired exercise prescribed again."""

    exercise: str
    version: int


@dataclass(frozen=True, slots=True)
class OfferExercise:
    """Offer an exercise of one site to the whole practice."""

    exercise: str
    version: int


@dataclass(frozen=True, slots=True)
class AnswerOffer:
    """Take an offered exercise in for all sites, or leave it with its own."""

    exercise: str
    version: int
    accepted: bool


@dataclass(frozen=True, slots=True)
class MarkFavourite:
    """Want an exercise at hand, or no longer; `shelf` is the asker's own."""

    shelf: str
    exercise: str
    favourite: bool


@dataclass(frozen=True, slots=True)
class StockLibrary:
    """Say how far an edition of the catalogue has come into a practice's library."""

    library: str
    edition: str
    through: int
    of: int


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
    """One exercise with its dose, and what the therapist says about it.

    `bad_day` is the way that a bad day is met: the codes of the rules.
    """

    exercise: str
    dose: Dose
    priority: int
    instructions: str | None
    group: str | None = None
    bad_day: str | None = None
    taught: str | None = None


@dataclass(frozen=True, slots=True)
class AskedReason:
    """Why something is prescribed all the same: `about` the number or an exercise's id."""

    about: str
    code: str
    words: str | None


@dataclass(frozen=True, slots=True)
class AskedTarget:
    """How a goal is seen to be met, and by when; `goal` is its place among the goals, from 0."""

    goal: int
    measure: str | None
    by: date | None


@dataclass(frozen=True, slots=True)
class PrescribeProgram:
    """Prescribe a program from a date on; `review` is when to look at it again, None as usual."""

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
    review: date | None = None
    reasons: tuple[AskedReason, ...] = ()
    targets: tuple[AskedTarget, ...] = ()


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
    review: date | None = None


@dataclass(frozen=True, slots=True)
class EndProgram:
    """End a program; `date` is the last that it asks for anything."""

    program: str
    version: int
    date: date
    reason: str
