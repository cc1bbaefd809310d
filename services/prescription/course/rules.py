"""The dates, codes and steps that a program is steered by, read from `course.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Steering:
    """Dates, codes and steps, each with the version and the source it comes from.

    Attributes:
        review: from a revision or a review to the next look at the program.
        latest: the longest that this can be put off.
        paused: reasons to pause a program.
        by: field of a dose to how much one step of it is.
        share: of a load, that one step of it is.
        rung: in kilograms, what a load moves by at the least.
        fields: kind of exercise to the fields of a dose that a step can move.
        versions: of these, by part.
        sources: the same.
    """

    review: timedelta
    latest: timedelta
    paused: tuple[str, ...]
    by: Mapping[str, int]
    share: float
    rung: float
    fields: Mapping[str, tuple[str, ...]]
    versions: Mapping[str, str]
    sources: Mapping[str, str]


@cache
def steering() -> Steering:
    """Return what is in force."""
    found = tomllib.loads(Path(__file__).with_name("course.toml").read_text())
    review, step = found["review"], found["step"]
    return Steering(
        review=timedelta(days=review["days"]),
        latest=timedelta(days=review["most"]),
        paused=tuple(found["pause"]["reasons"]),
        by=step["by"],
        share=step["load"]["share"],
        rung=step["load"]["rung_kg"],
        fields={kind: tuple(names) for kind, names in step["fields"].items()},
        versions={name: part["version"] for name, part in found.items()},
        sources={name: part["source"] for name, part in found.items()},
    )
