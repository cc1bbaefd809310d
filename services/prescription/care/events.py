"""What was decided on a patient's care. A text that is somebody's own is an id."""

from dataclasses import dataclass
from datetime import date

from prescription.events import Diagnosis


@dataclass(frozen=True, slots=True)
class Authorisation:
    """So many visits from a first to a last day, both included, as whoever pays agreed to."""

    first: date
    last: date
    visits: int


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Which revision of a program was reviewed, and which of its exercises were gone through."""

    program: str
    revision: int
    exercises: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanBegun:
    """A therapist began a plan of care; `first` to `last` is what is certified, None without end.

    Without an authorisation nobody has said how many visits there may be.
    """

    plan: str
    patient: str
    site: str
    diagnosis: Diagnosis
    goals: tuple[str, ...]
    first: date
    last: date | None
    authorised: tuple[Authorisation, ...]


@dataclass(frozen=True, slots=True)
class PlanChanged:
    """A plan of care is like this from now on, all of it, for a reason; `note` is a text's id."""

    plan: str
    patient: str
    revision: int
    reason: str
    note: str | None
    diagnosis: Diagnosis
    goals: tuple[str, ...]
    first: date
    last: date | None
    authorised: tuple[Authorisation, ...]


@dataclass(frozen=True, slots=True)
class PlanClosed:
    """A plan of care closed; `date` is its last day."""

    plan: str
    patient: str
    date: date
    reason: str


@dataclass(frozen=True, slots=True)
class VisitRecorded:
    """A patient was seen, or the log was reviewed, on this local day.

    `live`: both spoke at the same moment. `counted`: it is taken off what was authorised.
    """

    visit: str
    plan: str
    patient: str
    site: str
    day: date
    kind: str
    minutes: int
    live: bool
    counted: bool
    furnished: str
    done: tuple[str, ...]
    reviewed: tuple[Reviewed, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class VisitAmended:
    """A visit was like this, all of it; `why` is a text's id, amendments count from 1."""

    visit: str
    plan: str
    patient: str
    amendment: int
    reason: str
    why: str | None
    day: date
    kind: str
    minutes: int
    live: bool
    counted: bool
    furnished: str
    done: tuple[str, ...]
    reviewed: tuple[Reviewed, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class VisitWithdrawn:
    """What was recorded as a visit was none; it counts for nothing any more."""

    visit: str
    plan: str
    patient: str
    reason: str
    why: str | None


EVENTS = (PlanBegun, PlanChanged, PlanClosed, VisitRecorded, VisitAmended, VisitWithdrawn)
