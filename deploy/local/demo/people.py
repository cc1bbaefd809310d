"""Who is in the demonstration, as `people.toml` says."""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

FILE = Path(__file__).with_suffix(".toml")
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Dates from one to another, both included; what is told of them stands beside."""

    first: date
    last: date
    pain: int = 0
    steady: float = 0.0
    sync: datetime | None = None

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Revision:
    """What a therapist changes: from the day after, where no other date is said."""

    on: date
    at: time
    phase: int
    reason: str
    effective: date | None = None
    weeks: int | None = None
    note: str | None = None

    @property
    def starts(self) -> date:
        """Return the first date that it is in force on."""
        return self.effective or self.on + DAY


@dataclass(frozen=True, slots=True)
class End:
    """When the therapist ends the program, and why."""

    on: date
    at: time
    reason: str


@dataclass(frozen=True, slots=True)
class Amendment:
    """The session of a date is corrected or added to, at a local time."""

    on: date
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Skip:
    """An exercise that is left out on a date, and why."""

    on: date
    exercise: str
    why: str


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient: who it is, which program, and how it is taken to; see people.toml."""

    key: str
    name: str
    born: int
    language: str
    site: str
    zone: ZoneInfo
    therapist: str
    program: str
    about: str
    at: tuple[time, ...]
    steady: float
    partial: float
    pain: tuple[int, int]
    effort: tuple[int, int]
    weekend: float
    side: str | None
    precautions: str | None
    days: frozenset[int]
    unanswered: float
    fast: int
    away: tuple[Span, ...]
    slack: tuple[Span, ...]
    flares: tuple[Span, ...]
    offline: tuple[Span, ...]
    revisions: tuple[Revision, ...]
    amendments: tuple[Amendment, ...]
    skips: tuple[Skip, ...]
    notes: dict[date, str]
    moments: dict[date, datetime]
    end: End | None

    @property
    def email(self) -> str:
        """Return an address that nobody has."""
        return f"{self.key}@example.org"

    def in_force(self, day: date) -> tuple[int, int]:
        """Return the revision in force on a date, and its phase."""
        later = [(n, one.phase) for n, one in enumerate(self.revisions, 2) if one.starts <= day]
        return later[-1] if later else (1, 1)


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, and the dates between which it all happens.

    Attributes:
        first: the first date of every program.
        last: the last date that is loaded.
        then: when the platform's clock goes on from there.
        practice: as its request holds it.
        sites: their requests, by key.
        staff: name, role and keys of sites, by the subject at the issuer.
        patients: in the order in which they are registered.
    """

    first: date
    last: date
    then: datetime
    practice: dict[str, str]
    sites: dict[str, dict[str, str]]
    staff: dict[str, dict[str, Any]]
    patients: tuple[Patient, ...]


@cache
def cast() -> Cast:
    """Read everybody."""
    found = tomllib.loads(FILE.read_text())
    zone = ZoneInfo(found["zone"])
    sites = {site.pop("key"): site for site in found["sites"]}
    return Cast(
        first=found["first"],
        last=found["last"],
        then=found["then"].replace(tzinfo=zone),
        practice=found["practice"],
        sites=sites,
        staff={staff.pop("key"): staff for staff in found["staff"]},
        patients=tuple(_patient(one, sites) for one in found["patients"]),
    )


def _patient(told: dict[str, Any], sites: dict[str, dict[str, str]]) -> Patient:
    plain = ("key", "name", "born", "language", "site", "therapist", "program", "about")
    zone = ZoneInfo(sites[told["site"]]["zone"])
    return Patient(
        **{name: told[name] for name in plain},
        zone=zone,
        at=tuple(told["at"]),
        steady=told["steady"],
        weekend=told.get("weekend", told["steady"]),
        partial=told["partial"],
        pain=tuple(told["pain"]),
        effort=tuple(told["effort"]),
        side=told.get("side"),
        precautions=told.get("precautions"),
        days=frozenset(told.get("days", range(1, 8))),
        unanswered=told.get("unanswered", 0.0),
        fast=told.get("fast", 0),
        away=_spans(told, "away", zone),
        slack=_spans(told, "slack", zone),
        flares=_spans(told, "flares", zone),
        offline=_spans(told, "offline", zone),
        revisions=tuple(Revision(**one) for one in told.get("revisions", ())),
        amendments=tuple(
            Amendment(one["on"], one["at"].replace(tzinfo=zone), one["reason"])
            for one in told.get("amendments", ())
        ),
        skips=tuple(Skip(**one) for one in told.get("skips", ())),
        notes={one["on"]: one["text"] for one in told.get("notes", ())},
        moments={one["on"]: one["at"].astimezone(zone) for one in told.get("moments", ())},
        end=End(**told["end"]) if "end" in told else None,
    )


def _spans(told: dict[str, Any], name: str, zone: ZoneInfo) -> tuple[Span, ...]:
    return tuple(
        Span(
            first=one["from"],
            last=one["until"],
            pain=one.get("pain", 0),
            steady=one.get("steady", 0.0),
            sync=one["sync"].replace(tzinfo=zone) if "sync" in one else None,
        )
        for one in told.get(name, ())
    )
