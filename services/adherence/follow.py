"""How one goes through an exercise with a timer: get ready, repetitions or time, rest, other side.

Pure: from the dose and the rules.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from adherence.rules import Follow

Kind = Literal["ready", "move", "time", "rest", "switch"]
# The right side comes first, as in the usual words of a program.
SIDES: Mapping[str | None, tuple[str | None, ...]] = {
    "each": ("right", "left"),
    "left": ("left",),
    "right": ("right",),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way.

    Attributes:
        kind: ready (to get into position), move (repetitions, or one hold), time (minutes of it),
            rest, switch (to the other side).
        set: which set it belongs to, from 1.
        side: left or right where the sides take turns, else None.
        seconds: how long it takes; of move, one repetition without the dose's hold, None where the
            figure says it.
        repetitions: of move.
        hold: seconds to stay in each repetition.
    """

    kind: Kind
    set: int
    side: str | None
    seconds: float | None
    repetitions: int = 1
    hold: int = 0


def steps(dose: Mapping[str, Any], rules: Follow) -> tuple[Step, ...]:
    """Return the steps of one time of a dose, in order; a rest stands between sets, not after."""
    return tuple(_steps(dose, rules))


def _steps(dose: Mapping[str, Any], rules: Follow) -> Iterator[Step]:
    sides = SIDES.get(dose["side"], (None,))
    rest = dose["rest_seconds"] or rules.rest_seconds
    yield Step("ready", 1, sides[0], rules.ready_seconds)
    for number in range(1, (dose["sets"] or 1) + 1):
        if number > 1:
            yield Step("rest", number, sides[0], rest)
        for side in sides:
            if side != sides[0]:
                yield Step("switch", number, side, rules.switch_seconds)
            yield _work(dose, number, side)


def _work(dose: Mapping[str, Any], number: int, side: str | None) -> Step:
    if dose["repetitions"] is None and dose["minutes"] is not None:
        return Step("time", number, side, dose["minutes"] * 60)
    return Step(
        "move",
        number,
        side,
        _pace(dose["tempo"]),
        dose["repetitions"] or 1,
        dose["hold_seconds"] or 0,
    )


def _pace(tempo: str | None) -> float | None:
    """Return the seconds of a repetition by its tempo: seconds down, held and up, as 3-1-3."""
    return float(sum(map(int, tempo.split("-")))) if tempo else None
