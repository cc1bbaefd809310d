"""What a revision changed: each exercise whose dose is not what it was before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Exercises = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Change:
    """One exercise before and after; None where it was not, or is no longer, in the program."""

    exercise: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def changes(before: Exercises, after: Exercises) -> list[Change]:
    """Return what differs between two revisions' exercises, in the order of the later one."""
    was = {one["exercise"]: one["dose"] for one in before}
    now = {one["exercise"]: one["dose"] for one in after}
    return [
        Change(exercise, was.get(exercise), now.get(exercise))
        for exercise in dict.fromkeys([*now, *was])
        if was.get(exercise) != now.get(exercise)
    ]
