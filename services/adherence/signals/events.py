"""What was noticed of a program, and what became of what was proposed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

Hard = Literal["difficulty", "effort", "pain", "unsure"]
Move = Literal["progress", "step_back", "deload"]
Why = Literal["two_for_two", "pain", "effort"]
Measure = Literal["load_kg", "sets", "repetitions", "hold_seconds", "minutes"]
Outcome = Literal["accepted", "declined"]


@dataclass(frozen=True, slots=True)
class PainFlagged:
    """Pain during a session was above the zone of the program; once for a local date."""

    program: str
    patient: str
    session: str
    local_date: date
    revision: int
    late: bool
    pain: int
    limit: int
    rule: str


@dataclass(frozen=True, slots=True)
class ProgramNotStarted:
    """Days after the program's start nothing of it was done; once in a program."""

    program: str
    patient: str
    start: date
    local_date: date
    revision: int
    days: int
    rule: str


@dataclass(frozen=True, slots=True)
class AdherenceDipped:
    """Fewer of the sessions asked for were done than in as many days before."""

    program: str
    patient: str
    first: date
    local_date: date
    revision: int
    kept: int
    due: int
    kept_before: int
    due_before: int
    rule: str


@dataclass(frozen=True, slots=True)
class ProgramLapsed:
    """The last sessions asked for were all missed; once until the patient comes back."""

    program: str
    patient: str
    last: date
    local_date: date
    revision: int
    days: int
    missed: int
    rule: str


@dataclass(frozen=True, slots=True)
class ProgramResumed:
    """The patient did something again after a lapse."""

    program: str
    patient: str
    session: str
    local_date: date
    revision: int
    last: date
    days: int


@dataclass(frozen=True, slots=True)
class ProgramTooHard:
    """Sessions, or one exercise, were told to be too hard, or were left out for it."""

    program: str
    patient: str
    local_date: date
    revision: int
    reason: Hard
    exercise: str | None
    sessions: tuple[str, ...]
    highest: int | None
    rule: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """One exercise's dose as it could be; `measure` went from `before` to `after`, all else stays.

    `dose` is the whole dose as a program's revision has it.
    """

    exercise: str
    measure: Measure
    before: float
    after: float
    dose: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DoseProposed:
    """Another dose is proposed; the therapist decides. The newest of an exercise stands."""

    program: str
    patient: str
    proposal: str
    local_date: date
    revision: int
    move: Move
    reason: Why
    exercises: tuple[Proposed, ...]
    sessions: tuple[str, ...]
    pain: int | None
    effort: int | None
    rule: str


@dataclass(frozen=True, slots=True)
class ProposalSettled:
    """The therapist has accepted or declined what was proposed."""

    program: str
    proposal: str
    outcome: Outcome


Signal = (
    PainFlagged
    | ProgramNotStarted
    | AdherenceDipped
    | ProgramLapsed
    | ProgramResumed
    | ProgramTooHard
    | DoseProposed
)
EVENTS = (
    PainFlagged,
    ProgramNotStarted,
    AdherenceDipped,
    ProgramLapsed,
    ProgramResumed,
    ProgramTooHard,
    DoseProposed,
    ProposalSettled,
)
