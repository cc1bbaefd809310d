"""How a dose grows and how it is reduced: one measure of it, all else as it was."""

from typing import Any

from adherence.signals.events import Measure, Proposed
from adherence.signals.rules import Progress, Reduce
from shared.schedule import Exercise

HALF = 0.5
AMOUNTS: tuple[Measure, ...] = ("repetitions", "hold_seconds", "minutes")


def grown(exercise: Exercise, rule: Progress) -> Proposed | None:
    """Return a dose one step up: load, else repetitions, else sets; None at the end of them.

    A load grows by whole steps (kilograms) within the range that the rule's source gives; where the
    smallest step is too much of it, repetitions grow.
    """
    dose = exercise.dose
    load, repetitions, sets = dose["load_kg"], dose["repetitions"], dose["sets"] or 1
    if load:
        step = max(rule.load_step_kg, _whole(load * rule.load_share, rule.load_step_kg))
        low, high = rule.load_range
        if low <= step / load <= high:
            return _changed(exercise, "load_kg", load, round(load + step, 2))
    if repetitions is not None and repetitions + rule.repetitions <= rule.repetitions_most:
        return _changed(exercise, "repetitions", repetitions, repetitions + rule.repetitions)
    if sets < rule.sets_most:
        return _changed(exercise, "sets", sets, sets + 1)
    return None


def reduced(exercise: Exercise, rule: Reduce) -> Proposed | None:
    """Return a smaller dose: fewer sets, else less in the one set; None where there is no less."""
    dose = exercise.dose
    sets = dose["sets"] or 1
    if sets > 1:
        return _changed(exercise, "sets", sets, max(1, min(sets - 1, round(sets * rule.keeps))))
    measure = next((name for name in AMOUNTS if dose[name] is not None), None)
    if measure is None:
        return None
    step = HALF if measure == "minutes" else 1
    less = max(step, _whole(dose[measure] * rule.keeps, step))
    return _changed(exercise, measure, dose[measure], less) if less < dose[measure] else None


def _changed(exercise: Exercise, measure: Measure, before: float, after: float) -> Proposed:
    whole: Any = after if measure in ("load_kg", "minutes") else int(after)
    dose = {**exercise.dose, measure: whole}
    return Proposed(exercise.exercise, measure, float(before), float(after), dose)


def _whole(amount: float, step: float) -> float:
    """Return an amount in whole steps."""
    return round(amount / step) * step
