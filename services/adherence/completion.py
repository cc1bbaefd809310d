"""How much of a date's dose was done: amounts of one exercise, and the share of them all."""

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, replace
from datetime import date
from typing import Any

from adherence.events import Done, Entry, Prescribed
from adherence.rules import Rules
from shared.schedule import WEEK, Exercise, Program

DIGITS = 4
MEASURES = ("repetitions", "minutes", "hold_seconds")

DoneOn = Mapping[date, AbstractSet[str]]


def prescribed(exercise: Exercise) -> Prescribed:
    """Return the dose that a day is measured by."""
    return Prescribed(**{field.name: exercise.dose[field.name] for field in fields(Prescribed)})


def measure(prescribed: Prescribed) -> str:
    """Return what an exercise is counted in: repetitions, else minutes, else seconds held."""
    return next(unit for unit in MEASURES if getattr(prescribed, unit) is not None)


def amount(dose: Prescribed | Done, unit: str) -> float:
    """Return how much a dose is, in a unit, over all its sets."""
    one = getattr(dose, unit)
    return float((1 if dose.sets is None else dose.sets) * one) if one is not None else 0.0


def told_in_full(done: Done, prescribed: Prescribed) -> Done | None:
    """Return what was done, with the prescribed value where only sets or only amounts were told.

    None where neither was told.
    """
    unit = measure(prescribed)
    if done.sets is None and getattr(done, unit) is None:
        return None
    found = done if done.sets is not None else replace(done, sets=prescribed.sets)
    if getattr(found, unit) is not None:
        return found
    return replace(found, **{unit: getattr(prescribed, unit)})


def share(entry: Entry) -> float:
    """Return how much of the day's dose of an exercise was done, 1 at most."""
    if entry.done is None:
        return 0.0
    unit = measure(entry.prescribed)
    asked = amount(entry.prescribed, unit) * entry.prescribed.times_per_day
    return min(amount(entry.done, unit) / asked, 1.0) if asked else 0.0


def together(first: Done | None, second: Done | None) -> Done | None:
    """Return two goes at an exercise on one date as one: sets and amounts add up.

    Sets of different lengths become as many sets of their mean, rounded down: never more than was
    done.
    """
    if first is None or second is None:
        return first or second
    loads = [done.load_kg for done in (first, second) if done.load_kg is not None]
    load = max(loads, default=None)
    if first.sets is None and second.sets is None:
        units: dict[str, Any] = {
            unit: _sum(getattr(first, unit), getattr(second, unit)) for unit in MEASURES
        }
        if units["repetitions"] is not None or units["minutes"] is not None:
            units["hold_seconds"] = first.hold_seconds or second.hold_seconds
        return Done(None, **units, load_kg=load)
    sets = (1 if first.sets is None else first.sets) + (1 if second.sets is None else second.sets)
    means: dict[str, Any] = {unit: _mean(first, second, unit, sets) for unit in MEASURES}
    return Done(sets, **means, load_kg=load)


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


def asked(program: Program, day: date, done_on: DoneOn) -> tuple[Exercise, ...]:
    """Return the exercises that a date asks for, given what was done on the dates around it.

    Those on chosen days go together by their number of days a week: a date asks for them once one
    of them was done on it, or when their days can no longer be reached without it.
    """
    exercises = program.in_force(day).exercises
    classes = {found.days_per_week for found in exercises if found.chosen}
    chosen = {often for often in classes if _is_asked(program, day, done_on, often)}
    return tuple(
        found
        for found in exercises
        if (found.days_per_week in chosen if found.chosen else found.fixed_on(day))
    )


def _is_asked(program: Program, day: date, done_on: DoneOn, often: int) -> bool:
    together_with = {
        found.exercise
        for found in program.in_force(day).exercises
        if found.chosen and found.days_per_week == often
    }
    if together_with & done_on.get(day, frozenset()):
        return True
    return often - days_done(program, day, done_on, together_with) > _days_after(program, day)


def days_done(program: Program, day: date, done_on: DoneOn, exercises: AbstractSet[str]) -> int:
    """Return on how many earlier dates of the week any of the exercises was done."""
    week = program.week(day)
    return sum(bool(exercises & done_on.get(found, frozenset())) for found in week if found < day)


def _days_after(program: Program, day: date) -> int:
    return WEEK - 1 - program.week(day).index(day)


def _sum(first: float | None, second: float | None) -> float | None:
    return None if first is None and second is None else (first or 0) + (second or 0)


def _mean(first: Done, second: Done, unit: str, sets: int) -> float | None:
    if getattr(first, unit) is None and getattr(second, unit) is None:
        return None
    total = amount(first, unit) + amount(second, unit)
    return total / sets if unit == "minutes" else int(total // sets)
