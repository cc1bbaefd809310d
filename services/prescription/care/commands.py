"""What can be asked about a patient's care; `version` is the one of it that was read."""

from dataclasses import dataclass
from datetime import date

from prescription.care.events import Authorisation, Reviewed
from prescription.commands import AskedDiagnosis


@dataclass(frozen=True, slots=True)
class BeginPlan:
    """Begin a plan of care."""

    patient: str
    plan: str
    diagnosis: AskedDiagnosis
    goals: tuple[str, ...]
    first: date
    last: date | None
    authorised: tuple[Authorisation, ...]


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """Say anew all that a plan of care is."""

    patient: str
    version: int
    plan: str
    reason: str
    note: str | None
    diagnosis: AskedDiagnosis
    goals: tuple[str, ...]
    first: date
    last: date | None
    authorised: tuple[Authorisation, ...]


@dataclass(frozen=True, slots=True)
class ClosePlan:
    """Close a plan of care; `date` is its last day."""

    patient: str
    version: int
    plan: str
    date: date
    reason: str


@dataclass(frozen=True, slots=True)
class AskedVisit:
    """What a visit was; `counted` None leaves it to its kind."""

    day: date
    kind: str
    minutes: int
    counted: bool | None
    furnished: str
    done: tuple[str, ...]
    reviewed: tuple[Reviewed, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class RecordVisit:
    """Record a visit of a plan of care."""

    patient: str
    version: int
    plan: str
    visit: str
    asked: AskedVisit


@dataclass(frozen=True, slots=True)
class AmendVisit:
    """Say anew all that a visit was, for a reason."""

    patient: str
    version: int
    visit: str
    reason: str
    why: str | None
    asked: AskedVisit


@dataclass(frozen=True, slots=True)
class WithdrawVisit:
    """Take back what was recorded as a visit and was none."""

    patient: str
    version: int
    visit: str
    reason: str
    why: str | None
