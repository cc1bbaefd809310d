"""The thresholds that signals are decided by, read from `rules.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from adherence.signals.events import Hard


@dataclass(frozen=True, slots=True)
class Pain:
    """`limit` is the highest pain of the zone, `green` the highest with which a dose may grow."""

    limit: int
    green: int


@dataclass(frozen=True, slots=True)
class Start:
    """Days after the first date."""

    days: int


@dataclass(frozen=True, slots=True)
class Lapse:
    """Sessions missed in a row, over at least so many days."""

    missed: int
    days: int


@dataclass(frozen=True, slots=True)
class Dip:
    """Windows in days, the fewest sessions one asks for, and shares kept before and now."""

    windows: tuple[int, ...]
    least: int
    before: float
    now: float


@dataclass(frozen=True, slots=True)
class Watch:
    """Days after a start or a session on which the program is looked at; how old is too old."""

    after_days: tuple[int, ...]
    fresh_days: int


@dataclass(frozen=True, slots=True)
class TooHard:
    """From which answer on, how often, of how many sessions; reasons of exercises left out."""

    high: int
    times: int
    of: int
    skipped: tuple[Hard, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """When a dose may grow, and by how much; loads in kilograms, shares of 1."""

    sessions: int
    extra: int
    effort: int
    load_share: float
    load_range: tuple[float, float]
    load_step_kg: float
    repetitions: int
    repetitions_most: int
    sets_most: int


@dataclass(frozen=True, slots=True)
class Reduce:
    """The share of a dose that is kept."""

    keeps: float


@dataclass(frozen=True, slots=True)
class Deload:
    """Sessions in a row."""

    sessions: int


@dataclass(frozen=True, slots=True)
class Signals:
    """The thresholds of each part, and their versions, sources and whether a source was seen."""

    pain: Pain
    start: Start
    lapse: Lapse
    dip: Dip
    watch: Watch
    hard: TooHard
    progress: Progress
    reduce: Reduce
    deload: Deload
    versions: Mapping[str, str]
    sources: Mapping[str, str]
    verified: Mapping[str, bool]


PARTS: Mapping[str, type[Any]] = {
    "pain": Pain,
    "start": Start,
    "lapse": Lapse,
    "dip": Dip,
    "watch": Watch,
    "hard": TooHard,
    "progress": Progress,
    "reduce": Reduce,
    "deload": Deload,
}


@cache
def signals() -> Signals:
    """Return the thresholds in force."""
    found = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
    return Signals(
        **{name: _part(kind, found[name]) for name, kind in PARTS.items()},
        versions={name: part["version"] for name, part in found.items()},
        sources={name: part["source"] for name, part in found.items()},
        verified={name: part["verified"] for name, part in found.items()},
    )


def _part(kind: type[Any], found: Mapping[str, Any]) -> Any:
    values = {one.name: found[one.name] for one in fields(kind)}
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
