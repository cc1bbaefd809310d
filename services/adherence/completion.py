"""How much of a date's dose was done: amounts of one exercise, and the share of them all."""

from collections.abc import Collection
from dataclasses import fields, replace
from math import ceil
from typing import Any

from adherence.events import Done, Entry, Prescribed
from adherence.rules import Rules
from shared.schedule import Exercise

DIGITS = 4
# Shares are of whole numbers of sets: what is nearer than this is a whole.
NEAR = 1e-6
MEASURES = ("repetitions", "minutes", "hold_seconds")


def prescribed(exercise: Exercise) -> Prescribed:
    """Return the dose that a day is measured by."""
    return Prescribed(**{field.name: exercise.dose[field.name] for field in fields(Prescribed)})


def measure(prescribed: Prescribed) -> str:
    """Return what an exercise is counted in: repetitions, else minutes, else seconds held."""
    return next(unit for unit in MEASURES if getattr(prescribed, unit) is not None)


def amount(dose: Prescribed | Done, unit: str) -> float:
    """Return how much a dose is, in a unit, over all its sets; without sets it is told in all."""
    one = getattr(dose, unit)
    return float((1 if dose.sets is None else dose.sets) * one) if one is not None else 0.0


def told_in_full(done: Done, prescribed: Prescribed) -> Done | None:
    """Return what was done, in the prescribed length where only sets were told.

    None where no amount was told.
    """
    unit = measure(prescribed)
    if getattr(done, unit) is not None:
        return done
    return None if done.sets is None else replace(done, **{unit: getattr(prescribed, unit)})


def share(entry: Entry) -> float:
    """Return how much of the day's dose of an exercise was done, 1 at most."""
    if entry.done is None:
        return 0.0
    unit = measure(entry.prescribed)
    asked = amount(entry.prescribed, unit) * entry.prescribed.times_per_day
    return min(amount(entry.done, unit) / asked, 1.0) if asked else 0.0


def left(entry: Entry) -> int:
    """Return how many times of the day's dose are still to be done; one begun is not."""
    times = entry.prescribed.times_per_day
    return times - ceil(share(entry) * times - NEAR)


def together(first: Done | None, second: Done | None, unit: str) -> Done | None:
    """Return two goes at an exercise on one date as one; of what is counted nothing is lost.

    Sets of one length add up. Others become one sum without sets. What is not counted stays where
    both goes agree on it.
    """
    if first is None or second is None:
        return first or second
    agreed: dict[str, Any] = {
        name: getattr(first, name)
        for name in MEASURES
        if getattr(first, name) == getattr(second, name)
    }
    load = highest(first.load_kg, second.load_kg)
    if first.sets is not None and second.sets is not None and unit in agreed:
        return Done(first.sets + second.sets, **agreed, load_kg=load)
    total = round(amount(first, unit) + amount(second, unit), DIGITS)
    agreed[unit] = total if unit == "minutes" else int(total)
    return Done(None, **agreed, load_kg=load)


def highest(first: Any, second: Any) -> Any:
    """Return the higher of two answers; one that was not given says nothing."""
    return max((found for found in (first, second) if found is not None), default=None)


def done_exercises(entries: Collection[Entry]) -> frozenset[str]:
    """Return the exercises of which anything was done."""
    return frozenset(entry.exercise for entry in entries if share(entry) > 0)


def completion(entries: Collection[Entry], asked: Collection[Exercise], rules: Rules) -> float:
    """Return the weighted share of what was asked for; where nothing was, of what was done."""
    shares = {entry.exercise: share(entry) for entry in entries}
    weights = {found.exercise: rules.weights[found.priority] for found in asked}
    weights = weights or dict.fromkeys(shares, 1)
    if not weights:
        return 0.0
    done = sum(weight * shares.get(exercise, 0.0) for exercise, weight in weights.items())
    return round(done / sum(weights.values()), DIGITS)
