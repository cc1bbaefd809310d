"""Criteria of phases: which can be met at all, and which one phase can hold together."""

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from prescription.fault import fault, one_of
from prescription.protocol.events import Criterion
from shared.errors import Fault

PERFORMANCE, SCORE, THERAPIST, TIME = "performance", "score", "therapist", "time"


@dataclass(frozen=True, slots=True)
class Measures:
    """What criteria may ask for, read from `criteria.toml`.

    Attributes:
        measures: each with the least and the most that can be asked.
        scores: outcome scores, each with its scale.
        units: of performance.
    """

    measures: Mapping[str, tuple[float, float]]
    scores: Mapping[str, tuple[float, float]]
    units: tuple[str, ...]


@cache
def measures() -> Measures:
    """Return the measures in force."""
    found: dict[str, Any] = tomllib.loads(Path(__file__).with_name("criteria.toml").read_text())
    told = found["criteria"]
    return Measures(
        {name: (low, high) for name, (low, high) in told["measures"].items()},
        {name: (low, high) for name, (low, high) in told["scores"].items()},
        tuple(told["units"]),
    )


def faults(
    entry: Sequence[Criterion],
    exit_: Sequence[Criterion],
    exercises: Collection[str],
    pointer: str,
) -> Iterator[Fault]:
    """Yield what cannot be about the criteria of one phase.

    Args:
        entry: what must hold for it to begin.
        exit_: what must hold for it to be over.
        exercises: ids of the exercises that the phase asks for.
        pointer: to the phase.
    """
    if not exit_:
        yield fault(f"{pointer}/exit", "Say when this phase is over: add a criterion.")
    for name, criteria in (("entry", entry), ("exit", exit_)):
        for number, found in enumerate(criteria):
            place = f"{pointer}/{name}/{number}"
            yield from _of_one(found, place, exercises)
            if any(_about(found) == _about(other) for other in criteria[:number]):
                yield fault(f"{place}/measure", "This stands here twice: keep one.")
    yield from _against(entry, exit_, pointer)


def _about(criterion: Criterion) -> tuple[str | None, ...]:
    """Return what a criterion measures."""
    return criterion.measure, criterion.exercise, criterion.unit, criterion.score


def _of_one(found: Criterion, pointer: str, exercises: Collection[str]) -> Iterator[Fault]:
    known = measures()
    if found.measure not in known.measures:
        yield from one_of(f"{pointer}/measure", found.measure, tuple(known.measures))
        return
    low, high = known.measures[found.measure]
    if found.measure == SCORE:
        yield from _scored(found, pointer, known)
        low, high = known.scores.get(found.score or "", (low, high))
    if found.measure == PERFORMANCE:
        yield from _performed(found, pointer, exercises, known)
    numbers = {name: getattr(found, name) for name in ("at_least", "at_most")}
    given = {name: value for name, value in numbers.items() if value is not None}
    if found.measure == THERAPIST:
        for name in given:
            yield fault(f"{pointer}/{name}", "The therapist's say has no number: leave it empty.")
        return
    if not given:
        yield fault(f"{pointer}/at_least", "Say how much: at least, at most, or both.")
    for name, value in given.items():
        if not low <= value <= high:
            yield fault(f"{pointer}/{name}", "Give %(low)g to %(high)g.", low=low, high=high)
    if found.at_least is not None and found.at_most is not None and found.at_least > found.at_most:
        told = "Nothing is at least %(least)g and at most %(most)g: make them agree."
        yield fault(f"{pointer}/at_most", told, least=found.at_least, most=found.at_most)


def _scored(found: Criterion, pointer: str, known: Measures) -> Iterator[Fault]:
    if found.score is None:
        yield fault(f"{pointer}/score", "Say which score.")
    yield from one_of(f"{pointer}/score", found.score, tuple(known.scores))


def _performed(
    found: Criterion, pointer: str, exercises: Collection[str], known: Measures
) -> Iterator[Fault]:
    if found.exercise not in exercises:
        yield fault(f"{pointer}/exercise", "The phase has no such exercise: choose one of it.")
    if found.unit is None:
        yield fault(f"{pointer}/unit", "Say of what: repetitions or seconds.")
    yield from one_of(f"{pointer}/unit", found.unit, known.units)


def _against(
    entry: Sequence[Criterion], exit_: Sequence[Criterion], pointer: str
) -> Iterator[Fault]:
    """Yield each exit that asks for less than the entry: the phase would be over at its start."""
    begun = {_about(found): found for found in entry}
    for number, found in enumerate(exit_):
        before = begun.get(_about(found))
        if before is None or found.measure == THERAPIST:
            continue
        place = f"{pointer}/exit/{number}"
        if _below(found.at_least, before.at_least):
            told = "It lies below the entry, %(entry)g: the phase would be over before it begins."
            yield fault(f"{place}/at_least", told, entry=before.at_least)
        if _below(before.at_most, found.at_most):
            told = "It lies above the entry, %(entry)g: the phase would be over before it begins."
            yield fault(f"{place}/at_most", told, entry=before.at_most)
        if found.measure == TIME and _equal(found.at_least, before.at_least):
            told = "It begins at %(entry)g weeks: give a later end."
            yield fault(f"{place}/at_least", told, entry=before.at_least)


def _below(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and one < other


def _equal(one: float | None, other: float | None) -> bool:
    return one is not None and one == other
