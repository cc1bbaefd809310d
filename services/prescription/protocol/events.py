"""What became of a practice's templates. None of it is of a person."""

from dataclasses import dataclass

from prescription.events import Dose, Source


@dataclass(frozen=True, slots=True)
class Criterion:
    """What must hold for a phase to begin, or to be over; `verified`: a source was seen to say so.

    `measure` is time (whole weeks since the program's start), pain (0 to 10), performance
    (repetitions or seconds of an exercise), score (of an outcome measure) or therapist (whose say
    it is, so that it has no number).
    """

    measure: str
    at_least: float | None
    at_most: float | None
    exercise: str | None
    unit: str | None
    score: str | None
    verified: bool


@dataclass(frozen=True, slots=True)
class Range:
    """The most that a source gives of an amount; the dose holds the least."""

    name: str
    most: float


@dataclass(frozen=True, slots=True)
class Item:
    """An exercise of a phase, as its source calls it, with what the source says of the dose.

    `exercise` is that of the library; None where it has none, and one is to be chosen. `affected`:
    on the side that is treated. `unseen` are fields of the dose that the source leaves open.
    """

    exercise: str | None
    name: str
    kind: str | None
    dose: Dose
    affected: bool
    ranges: tuple[Range, ...]
    unseen: tuple[str, ...]
    priority: int
    note: str | None


@dataclass(frozen=True, slots=True)
class Stage:
    """A phase of a template: when it begins, what it asks for, when it is over."""

    name: str
    entry: tuple[Criterion, ...]
    exit: tuple[Criterion, ...]
    exercises: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Coded:
    """A code of a coding system; verified once somebody has checked it."""

    code: str
    system: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Basis:
    """What the source says besides the doses, and how well it was read.

    `tier` is primary, secondary, web or weak; `completeness` full, partial or knowledge; `unseen`
    names what was not seen in a source.
    """

    population: str | None
    progression: str | None
    pain: str | None
    stop: str | None
    conflicts: str | None
    gap: str | None
    tier: str | None
    completeness: str | None
    unseen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Title:
    """What patients read as the title, in a language; `machine`: no clinician has read it."""

    language: str
    machine: bool
    title: str


@dataclass(frozen=True, slots=True)
class TemplatePublished:
    """A template came into a practice's library; `word` is that of the file that HEP brings.

    `owner` is the staff member who answers for it; None for one of HEP's. `weeks` are the least
    and the most that the program lasts, or nothing.
    """

    template: str
    name: str
    condition: str
    region: str | None
    title: str
    titles: tuple[Title, ...]
    diagnosis: Coded | None
    weeks: tuple[int, ...]
    source: Source | None
    basis: Basis
    stages: tuple[Stage, ...]
    owner: str | None
    word: str | None
    edition: str | None


@dataclass(frozen=True, slots=True)
class TemplateRevised:
    """A template is like this from now on, all of it; programs made from it stay as they are."""

    template: str
    version: int
    name: str
    condition: str
    region: str | None
    title: str
    titles: tuple[Title, ...]
    diagnosis: Coded | None
    weeks: tuple[int, ...]
    source: Source | None
    basis: Basis
    stages: tuple[Stage, ...]
    owner: str | None
    edition: str | None


@dataclass(frozen=True, slots=True)
class TemplateRetired:
    """A template fills no draft any more; programs made from it go on."""

    template: str


EVENTS = (TemplatePublished, TemplateRevised, TemplateRetired)
