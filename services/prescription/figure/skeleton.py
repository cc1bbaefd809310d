"""The body's measures: segment lengths as published fractions of stature."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
SIDES = {"l": 1, "r": -1}


@dataclass(frozen=True, slots=True)
class Skeleton:
    """How long and how thick a body's parts are.

    Attributes:
        lengths: metres, by segment.
        thickness: radii in metres, by place.
    """

    lengths: Mapping[str, float]
    thickness: Mapping[str, float]

    @property
    def shoulder(self) -> float:
        """How far the shoulder's centre is from the middle: the published width is outside."""
        return self.lengths["shoulders"] / 2 - self.thickness["shoulder"]

    @property
    def hip(self) -> float:
        """How far the hip's centre is from the middle, likewise."""
        return self.lengths["hips"] / 2 - self.thickness["thigh"]


@cache
def skeleton() -> Skeleton:
    """Return the body that is drawn."""
    data = tomllib.loads((HERE / "skeleton.toml").read_text())
    measured = data["lengths"] | data["chosen"]
    return Skeleton(
        {name: data["stature"] * at for name, at in measured.items() if isinstance(at, float)},
        {name: data["stature"] * at for name, at in data["thickness"].items()},
    )
