"""How much a dose is, as one number.

An exercise is counted in repetitions, else in minutes, else in seconds held: what its dose names
first. Sets and times a day multiply it; "each side" counts once, as it is logged. Amounts of
exercises that are counted alike may be added: a program whose every exercise, in every revision,
is counted in one unit is shown in that unit. A program that mixes them has no honest sum (ten
repetitions and ten minutes are not twenty of anything), so each date is shown as a share: 1 is all
that the date asked for, and what was done is the completion that the session was logged with.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.schedule import Exercise, Program

MEASURES = ("repetitions", "minutes", "hold_seconds")
SHARE = "share"

Dose = Mapping[str, Any]


def measure(dose: Dose) -> str:
    """Return what an exercise with this dose is counted in."""
    return next(unit for unit in MEASURES if dose[unit] is not None)


def unit(program: Program) -> str:
    """Return what a program is counted in: the measure of all its exercises, or `share`."""
    doses = (found.dose for revision in program.revisions for found in revision.exercises)
    measures = {measure(dose) for dose in doses}
    return measures.pop() if len(measures) == 1 else SHARE


def asked(dose: Dose, unit: str) -> float:
    """Return how much a dose asks for on one day."""
    return _amount(dose, unit) * float(dose["times_per_day"])


def done(entry: Mapping[str, Any], unit: str) -> float:
    """Return how much of one exercise a session holds; 0 where it was left out."""
    return _amount(entry["done"], unit) if entry["done"] else 0.0


def share(entry: Mapping[str, Any]) -> float:
    """Return how much of the day's dose of an exercise was done, 1 at most."""
    unit = measure(entry["prescribed"])
    dose = asked(entry["prescribed"], unit)
    return min(done(entry, unit) / dose, 1.0) if dose else 0.0


def prescribed(exercises: Iterable[Exercise], unit: str) -> float | None:
    """Return how much these exercises ask for on one day; None where there are none."""
    doses = [found.dose for found in exercises]
    if unit == SHARE:
        return 1.0 if doses else None
    return sum(asked(dose, unit) for dose in doses) if doses else None


def told(session: Mapping[str, Any], unit: str) -> float:
    """Return how much a session holds."""
    if unit == SHARE:
        return float(session["completion"])
    return sum(done(entry, unit) for entry in session["entries"])


def _amount(dose: Dose, unit: str) -> float:
    one = dose[unit]
    return float((1 if dose["sets"] is None else dose["sets"]) * one) if one is not None else 0.0
