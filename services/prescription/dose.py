"""Doses: what a dose of an exercise can be."""

from collections.abc import Iterator

from prescription.events import Dose
from prescription.fault import fault, one_of
from prescription.rules import Rules
from shared.errors import Fault

WEEK = range(1, 8)
AMOUNTS = ("repetitions", "hold_seconds", "minutes")
AMOUNT = "Say how much: repetitions, a hold or minutes."
# Of what suits some kinds of exercise and not others.
SUITING = (
    "sets",
    "repetitions",
    "hold_seconds",
    "minutes",
    "load_kg",
    "band",
    "effort",
    "rest_seconds",
    "tempo",
    "layers",
    "frequency_hz",
    "pulse_us",
    "milliamperes",
)


def faults(
    dose: Dose, pointer: str, rules: Rules, kind: str | None = None, *, whole: bool = True
) -> Iterator[Fault]:
    """Yield what cannot be about a dose, field by field.

    Args:
        dose: how much and how often.
        pointer: to it.
        rules: codes and limits.
        kind: of the exercise, where it is known.
        whole: whether it must say how much; a template may leave that open.
    """
    for name, (low, high) in rules.limits.items():
        value = getattr(dose, name)
        if value is not None and not low <= value <= high:
            yield fault(f"{pointer}/{name}", "Give %(low)g to %(high)g.", low=low, high=high)
    suited = rules.suited.get(kind or "", AMOUNTS)
    yield from _unsuited(dose, pointer, rules, kind)
    amounts = [name for name in AMOUNTS if name in suited]
    if whole and all(getattr(dose, name) is None for name in amounts):
        told = AMOUNT if len(amounts) > 1 else "Say for how many minutes."
        yield fault(f"{pointer}/{amounts[0]}", told)
    yield from one_of(f"{pointer}/band", dose.band, rules.bands)
    yield from one_of(f"{pointer}/side", dose.side, rules.sides)
    if dose.tempo is not None and not rules.tempo.fullmatch(dose.tempo):
        yield fault(f"{pointer}/tempo", "Give seconds down, held and up, for example 3-1-3.")
    yield from _weekdays(dose, f"{pointer}/weekdays")


def _unsuited(dose: Dose, pointer: str, rules: Rules, kind: str | None) -> Iterator[Fault]:
    suited = rules.suited.get(kind or "", SUITING)
    for name in SUITING:
        if getattr(dose, name) is not None and name not in suited:
            told = "This does not go with an exercise of this kind (%(kind)s): leave it empty."
            yield fault(f"{pointer}/{name}", told, kind=kind)


def _weekdays(dose: Dose, pointer: str) -> Iterator[Fault]:
    days = dose.weekdays
    if any(day not in WEEK for day in days):
        yield fault(pointer, "Weekdays are 1 (Monday) to 7 (Sunday).")
    elif len(set(days)) < len(days):
        yield fault(pointer, "A weekday stands here twice: name it once.")
    elif days and len(days) != dose.days_per_week:
        yield fault(
            pointer,
            "%(named)s weekdays are named, but it is for %(days)s days a week: make them agree.",
            named=len(days),
            days=dose.days_per_week,
        )
