"""Ladders: exercises from easier to harder, each naming those one rung below it."""

from collections.abc import Callable, Iterable, Mapping

Below = Callable[[str], Iterable[str]]


def rungs(start: Iterable[str], below: Below, most: int) -> dict[str, tuple[str, ...]]:
    """Return the exercises at and below these, each with those one rung below it.

    Args:
        start: where to begin.
        below: gives the exercises one rung below one.
        most: at which number of exercises it is left.
    """
    found: dict[str, tuple[str, ...]] = {}
    ahead = list(start)
    while ahead and len(found) < most:
        rung = ahead.pop()
        if rung not in found:
            found[rung] = tuple(below(rung))
            ahead.extend(found[rung])
    return found


def circle(rung: str, easier: Iterable[str], known: Mapping[str, tuple[str, ...]]) -> str | None:
    """Return the one of `easier` from which a ladder leads down to `rung` again, if any does."""
    for one in easier:
        if rung in rungs([one], lambda at: known.get(at, ()), len(known) + 1):
            return one
    return None
