"""The counts and weights that the rules work by, read from `rules.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Rules:
    """Counts and weights, each with the version and the source it comes from.

    Attributes:
        streak: lengths of streaks that are milestones.
        total: numbers of sessions that are milestones.
        weights: of an exercise in the completion, by its priority.
        versions: of the milestones and the completion.
        sources: of the same.
    """

    streak: tuple[int, ...]
    total: tuple[int, ...]
    weights: Mapping[int, int]
    versions: Mapping[str, str]
    sources: Mapping[str, str]


@cache
def rules() -> Rules:
    """Return the rules in force."""
    found = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
    return Rules(
        streak=tuple(found["milestones"]["streak"]),
        total=tuple(found["milestones"]["total"]),
        weights={int(name): weight for name, weight in found["completion"]["weights"].items()},
        versions={name: part["version"] for name, part in found.items()},
        sources={name: part["source"] for name, part in found.items()},
    )
