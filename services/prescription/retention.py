"""How long each kind of record is kept, and what outlives an erasure; read from `retention.toml`.

Nothing is erased because a time is over: what is past it is listed, and a person decides.
"""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from shared.mongo import Document

CLINICAL = "clinical record"


@dataclass(frozen=True, slots=True)
class Kept:
    """A kind of record.

    Attributes:
        type: what it is.
        years: after the end of care; None where no time of its own is known.
        source: who says so.
        verified: whether somebody at the practice has checked it.
    """

    type: str
    years: int | None
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Outlives:
    """What an erasure leaves.

    Attributes:
        name: a code.
        text: what it is, in words.
        days: for how long at most; None where nothing here knows.
    """

    name: str
    text: str
    days: int | None

    def until(self, asked: date) -> date | None:
        """Return the last day that it may still be there."""
        return asked + timedelta(days=self.days) if self.days is not None else None


@dataclass(frozen=True, slots=True)
class Retention:
    """All of it, with its version and where it comes from."""

    version: str
    source: str
    types: tuple[Kept, ...]
    outlives: tuple[Outlives, ...]

    def before(self, today: date) -> date | None:
        """Return the day before which care must have ended for a record to be past its time."""
        years = next(kept.years for kept in self.types if kept.type == CLINICAL)
        return _years_before(today, years) if years else None


@cache
def retention() -> Retention:
    """Return what is in force."""
    found = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
    types = (Kept(**{"years": None, **row}) for row in found["types"])
    outlives = (Outlives(**{"days": None, **row}) for row in found["outlives"])
    return Retention(found["version"], found["source"], tuple(types), tuple(outlives))


def past(patients: Iterable[Document], before: date) -> Iterator[tuple[str, date]]:
    """Yield patients of a list whose care ended before a date, with that end."""
    for patient in patients:
        ended = _ended(patient)
        if ended is not None and ended < before:
            yield patient["patient"], ended


def _ended(patient: Document) -> date | None:
    """Return when care ended: with the latest program, or it never began."""
    latest = patient["latest"]
    found = (latest["ended"] or latest["end"]) if latest else patient["registered"][:10]
    return date.fromisoformat(found) if found else None


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        # The 29th of February.
        return day.replace(year=day.year - years, day=28)
