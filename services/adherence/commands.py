"""What can be asked of this service."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from adherence.events import Done, Evidence, Mode, Part, Reason, Way

Answer = Literal["pain", "effort", "difficulty", "note", "next_morning"]
ANSWERS: frozenset[Answer] = frozenset(("pain", "effort", "difficulty", "note", "next_morning"))


@dataclass(frozen=True, slots=True)
class Entered:
    """One exercise as the patient tells it: done, or left out with or without a reason.

    `mode` and `evidence` are the session's where the entry has none of its own. `seen` is how many
    goes at it the device knew of on that date; None says that it knew all.
    """

    exercise: str
    done: Done | None = None
    skipped: str | None = None
    difficulty: int | None = None
    mode: Mode | None = None
    evidence: Evidence | None = None
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a patient tells of one go at the exercises; `note` is in the patient's own words."""

    occurred: datetime
    device_now: datetime
    entries: tuple[Entered, ...]
    pain: int | None
    effort: int | None
    difficulty: int | None
    note: str | None
    mode: Mode
    evidence: Evidence
    next_morning: int | None = None


@dataclass(frozen=True, slots=True)
class LogSession:
    """Log what was done for a program on a local date; the device names the revision it showed."""

    program: str
    revision: int
    local_date: date
    told: Told


@dataclass(frozen=True, slots=True)
class AmendSession:
    """Add to the session of a date, or correct it.

    A correction replaces the exercises that it names and the answers but those in `kept`; all else
    stands as it was.
    """

    program: str
    session: str
    reason: Reason
    told: Told
    revision: int | None = None
    kept: frozenset[Answer] = frozenset()


@dataclass(frozen=True, slots=True)
class ReachPhase:
    """Note that the therapist has declared a phase of the program completed."""

    program: str
    phase: int
    declared: datetime


@dataclass(frozen=True, slots=True)
class IssueInvitation:
    """Invite a patient, or a supporter again.

    A code on paper holds only together with the year of birth.
    """

    invitation: str
    patient: str
    way: Way
    birth_year: int | None = None
    supporter: str | None = None


@dataclass(frozen=True, slots=True)
class RevokeInvitation:
    """Take an invitation back."""

    invitation: str
    patient: str


@dataclass(frozen=True, slots=True)
class RedeemInvitation:
    """Come in by an invitation, with what the given secret is recognized by."""

    invitation: str
    patient: str
    digest: str


@dataclass(frozen=True, slots=True)
class InviteSupporter:
    """Let somebody of the patient's choice see these parts, and invite them."""

    supporter: str
    invitation: str
    patient: str
    name: str
    email: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class RemoveSupporter:
    """Let a supporter see nothing any more."""

    supporter: str
    patient: str
