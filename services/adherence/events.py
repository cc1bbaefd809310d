"""What happened at the patient's home, and who was let in there, in the words of the clinic."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from adherence.signals import events as signals
from shared.codec import Upcaster
from shared.privacy import ErasureCompleted

Mode = Literal["as_prescribed", "edited"]
Evidence = Literal["tap", "timed", "counted", "observed", "device"]
Reason = Literal["added", "correction"]
Way = Literal["link", "paper"]
Part = Literal["progress", "messages"]
Revoked = Literal["replaced", "withdrawn", "removed"]
Milestone = Literal["first_session", "streak", "total", "first_week", "phase"]


@dataclass(frozen=True, slots=True)
class Prescribed:
    """The dose of one exercise for one day, as the revision in force asked for it."""

    sets: int | None
    repetitions: int | None
    hold_seconds: int | None
    minutes: float | None
    times_per_day: int


@dataclass(frozen=True, slots=True)
class Done:
    """What the patient did of one exercise on that day, all times together."""

    sets: int | None = None
    repetitions: int | None = None
    hold_seconds: int | None = None
    minutes: float | None = None
    load_kg: float | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One exercise of a session: what was prescribed, and what was done or why it was not.

    `goes` is how often it was told of as another go, `occurred` when the last of them was over;
    `evidence` is what the weakest of them rests on.
    """

    exercise: str
    prescribed: Prescribed
    done: Done | None
    skipped: str | None
    difficulty: int | None
    occurred: datetime
    mode: Mode
    evidence: Evidence
    goes: int


@dataclass(frozen=True, slots=True)
class Session:
    """All that a patient did for a program on one local date; None is "not answered", never 0.

    `pain` was during it, `next_morning` is the pain on the morning after.

    `revision` is the one in force on that date; `due` tells whether it asked for anything;
    `completion` is the weighted share of what it asked for, and `partial` that this is below 1.
    """

    program: str
    patient: str
    session: str
    local_date: date
    revision: int
    due: bool
    late: bool
    occurred: datetime
    entries: tuple[Entry, ...]
    completion: float
    partial: bool
    pain: int | None
    effort: int | None
    difficulty: int | None
    note: str | None
    mode: Mode
    evidence: Evidence
    next_morning: int | None

    @property
    def worst_pain(self) -> int | None:
        """The higher of the pain during it and on the morning after; None where none was told."""
        return max((one for one in (self.pain, self.next_morning) if one is not None), default=None)


@dataclass(frozen=True, slots=True)
class SessionLogged(Session):
    """The patient logged the first exercises of a local date."""


@dataclass(frozen=True, slots=True)
class SessionAmended(Session):
    """The session of a local date was added to or corrected; it is now as told here."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class MilestoneReached:
    """The patient reached something worth saying, once in this program."""

    program: str
    patient: str
    milestone: Milestone
    count: int
    local_date: date
    session: str | None


@dataclass(frozen=True, slots=True)
class InvitationIssued:
    """Somebody was invited to sign in: the patient, or a supporter whom the patient chose."""

    invitation: str
    patient: str
    supporter: str | None
    way: Way
    expires: datetime


@dataclass(frozen=True, slots=True)
class InvitationSealed:
    """What an invitation is recognized by; the secret itself is sealed under this id."""

    invitation: str
    digest: str
    secret: str


@dataclass(frozen=True, slots=True)
class InvitationRedeemed:
    """The one who was invited has come in."""

    invitation: str
    patient: str
    supporter: str | None
    way: Way


@dataclass(frozen=True, slots=True)
class InvitationMistaken:
    """Somebody tried it with a code or a year that is not the right one."""

    invitation: str


@dataclass(frozen=True, slots=True)
class InvitationLocked:
    """It was tried too often."""

    invitation: str


@dataclass(frozen=True, slots=True)
class InvitationRevoked:
    """It holds no more: a newer one took its place, or somebody took it back."""

    invitation: str
    reason: Revoked


@dataclass(frozen=True, slots=True)
class SupporterAllowed:
    """The patient lets a supporter see these parts; who that is is sealed under the same id."""

    supporter: str
    patient: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class SupporterRemoved:
    """The patient lets a supporter see nothing any more."""

    supporter: str
    patient: str


EVENTS = (
    SessionLogged,
    SessionAmended,
    MilestoneReached,
    InvitationIssued,
    InvitationSealed,
    InvitationRedeemed,
    InvitationMistaken,
    InvitationLocked,
    InvitationRevoked,
    SupporterAllowed,
    SupporterRemoved,
    *signals.EVENTS,
    ErasureCompleted,
)


def with_evidence(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a session of before 2026-12, whose exercises did not say each what they rest on."""
    told = {name: data[name] for name in ("occurred", "mode", "evidence")}
    entries = [{**told, "goes": 1, **entry} for entry in data["entries"]]
    return {**data, "entries": entries}


def with_morning(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a session of before 2026-12, when nobody was asked how the morning after was."""
    return {"next_morning": None, **data}


def lifted(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a session of any time as one of today."""
    return with_morning(with_evidence(data))


# (type, schema) to the function that lifts it to the next schema.
UPCASTERS: Mapping[tuple[str, int], Upcaster] = {
    ("SessionLogged", 1): with_evidence,
    ("SessionAmended", 1): with_evidence,
    ("SessionLogged", 2): with_morning,
    ("SessionAmended", 2): with_morning,
}
