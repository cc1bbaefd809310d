"""One step of an exercise: more or less of its dose, or another exercise in its place.

Pure. What can be moved and by how much is data, by kind of exercise; a step that would lead beyond
what a dose can hold is none.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from prescription import dose
from prescription.course.rules import Steering
from prescription.events import Dose
from prescription.exercise import Version
from prescription.rules import Rules

# Which way a step goes, and the reason of the revision that it is.
REASONS = {
    "more": "progressed",
    "less": "eased",
    "harder": "progressed",
    "easier": "eased",
    "other": "other",
}
WAYS = {"more": 1, "less": -1}


@dataclass(frozen=True, slots=True)
class Step:
    """One step that a dose can take: which field moves, and the dose after it."""

    field: str
    dose: Dose


def steps(before: Dose, kind: str, way: str, rules: Rules, steering: Steering) -> Iterator[Step]:
    """Yield each step that a dose can take.

    Args:
        before: the dose as it is.
        kind: of the exercise.
        way: more or less.
        rules: what a dose can hold.
        steering: what a step is.
    """
    for name in steering.fields.get(kind, ()):
        after = _moved(before, name, WAYS[way], rules, steering)
        if after is not None and not any(dose.faults(after, "", rules, kind)):
            yield Step(name, after)


def instead(before: Dose, version: Version, rules: Rules) -> Dose:
    """Return the dose of an exercise that comes in another's place.

    It is the exercise's own usual dose, where it has one; else what was asked for before, as far as
    that goes with its kind.
    """
    usual = version.guide.usual if version.guide else None
    if usual is not None:
        return usual.dose
    suited = rules.suited.get(version.kind, dose.SUITING)
    left: dict[str, Any] = {name: None for name in dose.SUITING if name not in suited}
    return replace(before, **left)


def _moved(before: Dose, name: str, way: int, rules: Rules, steering: Steering) -> Dose | None:
    """Return the dose with one field moved; None where that cannot be."""
    value = getattr(before, name)
    if value is None or (name == "days_per_week" and before.weekdays):
        return None
    if name == "band":
        place = rules.bands.index(value) + way if value in rules.bands else -1
        return replace(before, band=rules.bands[place]) if 0 <= place < len(rules.bands) else None
    by = _rungs(value, steering) if name == "load_kg" else steering.by[name]
    after: dict[str, Any] = {name: value + way * by}
    low, high = rules.limits[name]
    return replace(before, **after) if low <= after[name] <= high else None


def _rungs(load: float, steering: Steering) -> float:
    """Return by how many kilograms a load moves: whole rungs, one at the least."""
    return max(1, round(load * steering.share / steering.rung)) * steering.rung
