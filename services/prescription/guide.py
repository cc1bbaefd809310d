"""What a guide to an exercise can say."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from prescription import dose, ladder
from prescription.events import Guide
from prescription.fault import fault, one_of
from prescription.rules import Rules
from shared.errors import Fault


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rest of an exercise's ladder.

    Attributes:
        known: exercises at and below those that are named, each with those one rung below it.
        missing: those that are named and are not in the library.
    """

    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing: AbstractSet[str] = frozenset()


def faults(exercise: str, kind: str, guide: Guide, around: Ladder, rules: Rules) -> Iterator[Fault]:
    """Yield what cannot be about a guide, field by field.

    Args:
        exercise: whose guide it is, by its id.
        kind: of exercise.
        guide: what is said.
        around: the rest of its ladder.
        rules: codes and limits.
    """
    for name, codes in (
        ("region", "regions"),
        ("position", "positions"),
        ("space", "spaces"),
        ("supervision", "supervision"),
        ("sides", "sided"),
    ):
        yield from one_of(f"/{name}", getattr(guide, name), rules.guide[codes])
    for number, one in enumerate(guide.equipment):
        yield from one_of(f"/equipment/{number}", one, rules.guide["equipment"])
    if guide.usual:
        yield from dose.faults(guide.usual.dose, "/usual/dose", rules, kind)
    yield from _ladder_faults(exercise, guide.easier, around)


def _ladder_faults(exercise: str, easier: tuple[str, ...], around: Ladder) -> Iterator[Fault]:
    for number, one in enumerate(easier):
        pointer = f"/easier/{number}"
        if one == exercise:
            yield fault(pointer, "An exercise is no easier form of itself: choose another.")
        elif one in around.missing:
            yield fault(pointer, "The library has no such exercise: choose one.")
        elif ladder.circle(exercise, [one], around.known):
            yield fault(pointer, "From this one the ladder leads back here: choose another.")
