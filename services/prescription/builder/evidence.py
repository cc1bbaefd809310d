"""What a draft is held against, read from `evidence.toml`: each figure with its source."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a figure comes from; verified once it was seen there."""

    title: str
    url: str
    verified: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual of a kind of exercise; an end that is None is open.

    Attributes:
        kinds: of exercise.
        field: of the dose, or `total_seconds` a session, or `week_minutes`.
        least: and `most`: what is usual.
        from_age: and `younger_than`: for whom, in years.
        source: key of its source.
    """

    kinds: tuple[str, ...]
    field: str
    source: str
    least: float | None = None
    most: float | None = None
    from_age: int | None = None
    younger_than: int | None = None

    def suits(self, kind: str, age: int) -> bool:
        """Tell whether it is about a kind of exercise at an age."""
        old = self.from_age is None or age >= self.from_age
        young = self.younger_than is None or age < self.younger_than
        return kind in self.kinds and old and young


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things take, in seconds, where the dose does not say."""

    repetition: int
    between_sets: int
    change: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of it.

    Attributes:
        warn_above: exercises above which a warning is shown.
        reason_above: exercises above which a reason is asked.
        says: the evidence for that, in words.
        number_sources: where it comes from.
        pace: of doing.
        usual: of doses.
        sources: by key.
    """

    warn_above: int
    reason_above: int
    says: str
    number_sources: tuple[Origin, ...]
    pace: Pace
    usual: tuple[Usual, ...]
    sources: Mapping[str, Origin]


@cache
def evidence() -> Evidence:
    """Return what is in force."""
    found: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
    number, pace = found["number"], found["pace"]
    return Evidence(
        warn_above=number["warn_above"],
        reason_above=number["reason_above"],
        says=number["says"],
        number_sources=tuple(Origin(**one) for one in number["sources"]),
        pace=Pace(
            pace["seconds_per_repetition"],
            pace["seconds_between_sets"],
            pace["seconds_to_change"],
        ),
        usual=tuple(Usual(**one | {"kinds": tuple(one["kinds"])}) for one in found["usual"]),
        sources={key: Origin(**one) for key, one in found["sources"].items()},
    )
