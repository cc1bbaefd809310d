"""What the figures are made by, read from `formulas.toml`."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Formula:
    """One formula: its version and where it comes from."""

    version: str
    source: str


@dataclass(frozen=True, slots=True)
class Formulas:
    """The formulas in force.

    Attributes:
        adherence: how days become one share.
        pain: how answers are compared.
        pain_window: length of the windows at both ends.
        pain_answers: a window with fewer answers than this has no mean.
        recent: what the table of exercises looks back on.
        recent_window: its length.
    """

    adherence: Formula
    pain: Formula
    pain_window: timedelta
    pain_answers: int
    recent: Formula
    recent_window: timedelta


@cache
def formulas() -> Formulas:
    """Return the formulas in force."""
    found = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
    named = {name: Formula(part["version"], part["source"]) for name, part in found.items()}
    return Formulas(
        **named,
        pain_window=timedelta(days=found["pain"]["days"]),
        pain_answers=found["pain"]["answers"],
        recent_window=timedelta(days=found["recent"]["days"]),
    )
