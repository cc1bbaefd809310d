"""What stands around a body: a chair, a wall, a step, a bed, made of boxes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from prescription.figure.space import Vector, about_z, add, less, turned


@dataclass(frozen=True, slots=True)
class Box:
    """A box on the floor.

    Attributes:
        kind: how it is painted.
        middle: of its floor, metres.
        size: along, across and up.
        turn: degrees, about the vertical.
        solid: whether a body can touch it; a leg of a chair is only drawn.
    """

    kind: str
    middle: Vector
    size: Vector
    turn: float = 0.0
    solid: bool = True

    def corners(self) -> tuple[Vector, ...]:
        """Return its eight corners, the lower four first."""
        long, wide, high = self.size
        flat = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
        return tuple(
            self.place((x * long / 2, y * wide / 2, z)) for z in (0, high) for x, y in flat
        )

    def place(self, within: Vector) -> Vector:
        """Return where a point of the box is."""
        return add(self.middle, turned(about_z(self.turn), within))

    def gap(self, point: Vector) -> float:
        """Return how far a point is outside; what is inside has less than nothing."""
        x, y, z = turned(about_z(-self.turn), less(point, self.middle))
        long, wide, high = self.size
        out = (abs(x) - long / 2, abs(y) - wide / 2, max(-z, z - high))
        beside = sum(max(0.0, one) ** 2 for one in out) ** 0.5
        return float(beside or max(out))


def boxes(thing: Mapping[str, Any]) -> tuple[Box, ...]:
    """Return what a thing is made of: {kind, at [x, y], turn, and its own measures}."""
    return KINDS[thing["kind"]](thing)


def _placed(thing: Mapping[str, Any], kind: str, middle: Vector, size: Vector, **more: Any) -> Box:
    x, y = thing.get("at", (0, 0))
    turn = thing.get("turn", 0.0)
    return Box(kind, add((x, y, 0), turned(about_z(turn), middle)), size, turn, **more)


def _chair(thing: Mapping[str, Any]) -> tuple[Box, ...]:
    """Return a chair that faces x; its place is the middle of the seat."""
    high, deep, wide = thing.get("seat", 0.45), thing.get("deep", 0.42), thing.get("wide", 0.44)
    leg = 0.035
    inset = (deep / 2 - leg / 2, wide / 2 - leg / 2)
    legs = [
        _placed(
            thing, "wood", (x * inset[0], y * inset[1], 0), (leg, leg, high - 0.04), solid=False
        )
        for x in (1, -1)
        for y in (1, -1)
    ]
    seat = _placed(thing, "seat", (0, 0, high - 0.045), (deep, wide, 0.045))
    if not thing.get("back", True):
        return (*legs, seat)
    posts = [
        _placed(
            thing, "wood", (-deep / 2 + leg / 2, y * inset[1], high), (leg, leg, 0.4), solid=False
        )
        for y in (1, -1)
    ]
    rest = (-deep / 2 + leg / 2, 0, high + 0.2)
    return (*legs, seat, *posts, _placed(thing, "seat", rest, (leg, wide, 0.25)))


def _wall(thing: Mapping[str, Any]) -> tuple[Box, ...]:
    """Return a wall whose near face is at its place and looks against x."""
    size = (0.06, thing.get("wide", 1.1), thing.get("high", 1.95))
    return (_placed(thing, "wall", (0.03, 0, 0), size),)


def _step(thing: Mapping[str, Any]) -> tuple[Box, ...]:
    size = (thing.get("deep", 0.4), thing.get("wide", 0.55), thing.get("high", 0.15))
    return (_placed(thing, "wood", (0, 0, 0), size),)


def _mat(thing: Mapping[str, Any]) -> tuple[Box, ...]:
    size = (thing.get("long", 1.95), thing.get("wide", 0.66), thing.get("high", 0.02))
    return (_placed(thing, "mat", (0, 0, 0), size),)


def _counter(thing: Mapping[str, Any]) -> tuple[Box, ...]:
    """Return a kitchen counter."""
    deep, wide, high = thing.get("deep", 0.4), thing.get("wide", 0.9), thing.get("high", 0.9)
    body = _placed(thing, "wall", (0, 0, 0), (deep - 0.04, wide - 0.04, high - 0.04))
    return (body, _placed(thing, "wood", (0, 0, high - 0.04), (deep, wide, 0.04)))


KINDS: Mapping[str, Callable[[Mapping[str, Any]], tuple[Box, ...]]] = {
    "chair": _chair,
    "counter": _counter,
    "mat": _mat,
    "step": _step,
    "wall": _wall,
}
