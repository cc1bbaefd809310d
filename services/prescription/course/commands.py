"""What can be asked of a running program. `version` is always the one that the therapist saw."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ReviewProgram:
    """Say that a program was looked at; `review` is when to look again, None as usual."""

    program: str
    version: int
    review: date | None


@dataclass(frozen=True, slots=True)
class PauseProgram:
    """Have a program ask for nothing from a date on, None from today on."""

    program: str
    version: int
    date: date | None
    reason: str
    note: str | None


@dataclass(frozen=True, slots=True)
class ResumeProgram:
    """Have a paused program ask again from a date on, None from today on."""

    program: str
    version: int
    date: date | None


@dataclass(frozen=True, slots=True)
class StepExercise:
    """Move one exercise of a program: more or less of it, or another in its place.

    `step` is more, less, harder, easier or other; the first two name a field of the dose, the
    others the exercise `to` that comes instead.
    """

    program: str
    version: int
    exercise: str
    step: str
    field: str | None
    to: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class ChangePhase:
    """Have a program go on in another phase, with the same exercises."""

    program: str
    version: int
    number: int
    name: str
    note: str | None
