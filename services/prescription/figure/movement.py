"""What a body does in an exercise: key poses, ways between them, what is around, what holds."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from prescription.figure.posture import Pose
from prescription.figure.skeleton import SIDES

MOVEMENTS = Path(__file__).parent / "movements"
TOLD = Path(__file__).parent / "told.toml"
LIMBS = {"foot", "hand", "fingers", "elbow", "shoulder", "hip", "knee", "ankle", "wrist"}
LANGUAGES = ("en", "es")


class MovementImpossible(Exception):
    """A file of this package does not say a movement."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key pose.

    Attributes:
        name: one word.
        words: what is done to get here, by language.
        seconds: how long that takes.
        hold: seconds to stay; 0 where nothing is held.
        pose: of the whole body.
        lifted: feet and hands that touch nothing here.
    """

    name: str
    words: Mapping[str, str]
    seconds: float
    hold: float
    pose: Pose
    lifted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Movement:
    """A movement, from its first key pose through the others and back.

    Attributes:
        word: the exercise's.
        name: of the exercise, by language.
        text: what the movement is, for who cannot see it, by language.
        turn: degrees that one looks from the front instead of from the right side.
        tilt: degrees that one looks from above.
        window: {parts, left, low, wide, high} where less than the whole is shown: metres in the
            picture, and the parts that must not leave it.
        keys: at least one; what has one alone is a still.
        again: what is done to get back to the first one, by language.
        back: seconds that it takes.
        things: chairs, walls and what else is there.
        lines: [{kind, from, to, thick}] bands and sticks, each end a part of the body or a place.
        contacts: [{part, thing, keys?}] what touches what.
        checks: [{angle, key, least, most}] what must be measured.
        order: parts drawn nearer than they are, by how many metres.
        arrows: [{part, from, to}] what an arrow shows.
        source: where the movement is described; `verified` says whether it was seen there.
        verified: whether it was.
        mirrored: whether it is shown as in a mirror; what is done with one side is the right one's.
    """

    word: str
    name: Mapping[str, str]
    text: Mapping[str, str]
    turn: float
    tilt: float
    window: Mapping[str, Any]
    keys: tuple[Key, ...]
    again: Mapping[str, str]
    back: float
    things: tuple[Mapping[str, Any], ...]
    lines: tuple[Mapping[str, Any], ...]
    contacts: tuple[Mapping[str, Any], ...]
    checks: tuple[Mapping[str, Any], ...]
    order: Mapping[str, float]
    arrows: tuple[Mapping[str, Any], ...]
    source: str
    verified: bool
    mirrored: bool = False

    @property
    def moves(self) -> bool:
        """Whether there is more to it than one pose."""
        return len(self.keys) > 1

    def pose(self, at: float) -> Pose:
        """Return the pose at a moment: 0 at the first key, 1.5 half way from the second on.

        After the last key comes the first again. How fast each part goes is for who shows it.
        """
        number = int(at) % len(self.keys)
        share = at - int(at)
        start, end = self.keys[number].pose, self.keys[(number + 1) % len(self.keys)].pose
        return {name: start[name] + (end[name] - start[name]) * share for name in start}


@cache
def told() -> Mapping[str, str]:
    """Return the exercises that are text only, each with why no figure shows it."""
    found: Mapping[str, str] = tomllib.loads(TOLD.read_text())["told"]
    return found


@cache
def words() -> tuple[str, ...]:
    """Return the words of the exercises that are shown by a figure."""
    return tuple(sorted(path.stem for path in MOVEMENTS.glob("*.toml")))


@cache
def movement(word: str) -> Movement:
    """Return the movement of an exercise that is one of `words`.

    Raises:
        MovementImpossible: its data say none.
    """
    return read(word, tomllib.loads((MOVEMENTS / f"{word}.toml").read_text()))


def read(word: str, data: Mapping[str, Any]) -> Movement:
    """Return the movement that data say.

    Raises:
        MovementImpossible: they say none.
    """
    keys = tuple(_keys(word, data))
    view = data["view"]
    return Movement(
        word=word,
        name=_said(word, data["name"]),
        text=_said(word, data["text"]),
        turn=view["turn"],
        tilt=view.get("tilt", 8),
        window=data.get("window", {}),
        keys=keys,
        again=_said(word, data["back"]["words"]) if len(keys) > 1 else {},
        back=data["back"]["seconds"] if len(keys) > 1 else 0,
        things=tuple(data.get("thing", ())),
        lines=tuple(data.get("line", ())),
        contacts=tuple(data.get("contact", ())),
        checks=tuple(data["check"]),
        order=data.get("order", {}),
        arrows=tuple(data.get("arrow", ())),
        source=data["source"],
        verified=data["verified"],
    )


def _keys(word: str, data: Mapping[str, Any]) -> Iterator[Key]:
    """Read the key poses: what one does not say stays as it was, and is nothing in the first one.

    What is planted or led is so from the first pose on.
    """
    poses = [dict(_flat(given.get("pose", {}))) for given in data["key"]]
    names = {name for pose in poses for name in pose}
    if late := {name for name in names - poses[0].keys() if name.endswith(".x")}:
        raise MovementImpossible(f"{word}: the first pose lacks {', '.join(sorted(late))}.")
    pose = dict.fromkeys(names, 0.0)
    for given, said in zip(data["key"], poses, strict=True):
        pose = pose | said
        yield Key(
            given["name"],
            _said(word, given["words"]),
            given.get("seconds", 0),
            given.get("hold", 0),
            pose,
            tuple(given.get("lifted", ())),
        )


def _flat(pose: Mapping[str, Mapping[str, float]]) -> Iterator[tuple[str, float]]:
    """Name each value; a limb without a side is both, the right one mirrored."""
    for part, values in pose.items():
        for name, value in values.items():
            if part not in LIMBS:
                yield f"{part}.{name}", float(value)
                continue
            for side, sign in SIDES.items():
                yield f"{part}_{side}.{name}", float(value * sign if name == "y" else value)


def _said(word: str, text: Mapping[str, str]) -> Mapping[str, str]:
    if set(text) != set(LANGUAGES):
        raise MovementImpossible(f"{word}: {', '.join(LANGUAGES)} are all needed.")
    return text
