"""A body and what is around it as SVG.

Each part is the hull of a few balls, as one sees it: a thigh is a thick ball at the hip and a
thinner one at the knee. A hull is drawn by its support points in fixed directions, so that a part
has equally many points in every pose and one shape can be animated into the next.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi, radians, sin

from prescription.figure.posture import Body
from prescription.figure.scene import Box
from prescription.figure.skeleton import SIDES, skeleton
from prescription.figure.space import Vector, add, between, dot, turned

# Units of a picture per metre.
SCALE = 600
ROUND = 24
Ball = tuple[Vector, float]
Flat = tuple[float, float]


@dataclass(frozen=True, slots=True)
class View:
    """From where one looks: turn 0 from the right side, 90 from the front; tilt from above."""

    turn: float
    tilt: float

    @property
    def toward(self) -> Vector:
        """The direction to who looks."""
        turn, tilt = radians(self.turn), radians(self.tilt)
        return (sin(turn) * cos(tilt), -cos(turn) * cos(tilt), sin(tilt))

    def seen(self, point: Vector) -> Flat:
        """Return where a point is in the picture, units to the right and down."""
        turn, tilt = radians(self.turn), radians(self.tilt)
        right = (cos(turn), sin(turn), 0.0)
        up = (-sin(tilt) * sin(turn), sin(tilt) * cos(turn), cos(tilt))
        return (SCALE * dot(point, right), -SCALE * dot(point, up))


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a picture: its hulls, how it is painted, how near it is."""

    name: str
    paint: str
    hulls: tuple[tuple[Ball, ...], ...]
    near: Vector
    round: int = ROUND


def parts(body: Body) -> tuple[Part, ...]:
    """Return the parts of a body, in no order."""
    found = [*_trunk(body), *_head(body)]
    for side in SIDES:
        found += [*_leg(body, side), *_arm(body, side)]
    return tuple(found)


def _trunk(body: Body) -> Iterable[Part]:
    at, thick = body.points, skeleton().thickness

    def pair(middle: str, frame: str, aside: float, radius: str, up: float = 0.0) -> list[Ball]:
        turn = body.frames[frame]
        return [
            (add(at[middle], turned(turn, (0, sign * aside, up))), thick[radius])
            for sign in SIDES.values()
        ]

    hip = skeleton().hip
    high = [(between(at["top"], at[f"shoulder_{side}"], 0.72), thick["chest"]) for side in SIDES]
    high = [
        (add(point, turned(body.frames["chest"], (0, 0, -0.035))), size) for point, size in high
    ]
    ribs = pair("ribs", "chest", 0.080, "ribs")
    waist = pair("waist", "belly", 0.070, "waist")
    low = pair("pelvis", "pelvis", hip * 0.85, "hips", 0.06)
    hips = pair("pelvis", "pelvis", hip, "hips")
    yield Part(
        "shirt", "shirt", (tuple(high + ribs), tuple(ribs + waist), tuple(waist + low)), at["ribs"]
    )
    yield Part("seat", "legs", (tuple(low + hips),), at["pelvis"])
    collar = [(between(at["top"], at["nod"], share), thick["neck"] * 1.1) for share in (0.0, 0.8)]
    yield Part("neck", "skin", (tuple(collar),), between(at["top"], at["nod"], 0.5))


def _head(body: Body) -> Iterable[Part]:
    size = skeleton().lengths["head"]

    def ball(forward: float, left: float, up: float, radius: float) -> Ball:
        at = turned(body.frames["head"], (forward * size, left * size, up * size))
        return (add(body.points["nod"], at), radius * size)

    face = (ball(0.11, 0, 0.38, 0.37), ball(0.17, 0, 0.0, 0.25))
    hair = (ball(-0.05, 0, 0.44, 0.455), ball(-0.15, 0, 0.06, 0.30))
    yield Part("hair", "hair", (hair,), ball(-0.1, 0, 0.3, 0)[0])
    yield Part(
        "face",
        "skin",
        (face, (ball(0.475, 0, 0.18, 0.06), ball(0.40, 0, 0.32, 0.06))),
        ball(0.12, 0, 0.2, 0)[0],
    )
    for side, sign in SIDES.items():
        ear = (ball(-0.06, sign * 0.37, 0.26, 0.085), ball(-0.05, sign * 0.36, 0.15, 0.06))
        yield Part(f"ear_{side}", "shade", (ear,), ball(-0.02, sign * 0.43, 0.2, 0)[0], 12)
        eye = (ball(0.41, sign * 0.15, 0.29, 0.035),)
        yield Part(f"eye_{side}", "eye", (eye,), ball(0.46, sign * 0.17, 0.26, 0)[0], 8)


def _leg(body: Body, side: str) -> Iterable[Part]:
    at, thick = body.points, skeleton().thickness
    hip, knee, ankle = (at[f"{name}_{side}"] for name in ("hip", "knee", "ankle"))
    back = turned(body.frames[f"foot_{side}"], (-0.012, 0, 0))
    calf = add(between(knee, ankle, 0.28), back)
    thigh = ((between(hip, knee, 0.05), thick["thigh"]), (knee, thick["knee"]))
    shank = ((knee, thick["knee"]), (ankle, thick["ankle"]))
    belly = (
        (calf, thick["calf"]),
        (knee, thick["knee"] * 0.95),
        (between(knee, ankle, 0.75), thick["ankle"]),
    )
    yield Part(f"leg_{side}", _far("legs", side), (thigh, shank, belly), knee)
    heel, ball, toe = (at[f"{name}_{side}"] for name in ("heel", "ball", "toe"))
    shoe = (
        ((heel, thick["heel"]), (ball, thick["ball"]), (ankle, thick["ankle"] * 1.05)),
        ((ball, thick["ball"]), (toe, thick["toe"])),
    )
    yield Part(f"shoe_{side}", _far("shoe", side), shoe, between(ankle, ball, 0.5))


def _arm(body: Body, side: str) -> Iterable[Part]:
    at, thick = body.points, skeleton().thickness
    names = ("shoulder", "elbow", "wrist", "palm", "finger")
    shoulder, elbow, wrist, palm, finger = (at[f"{name}_{side}"] for name in names)
    upper = ((shoulder, thick["shoulder"] * 0.85), (elbow, thick["elbow"]))
    fore = (
        (elbow, thick["elbow"]),
        (between(elbow, wrist, 0.25), thick["elbow"] * 1.06),
        (wrist, thick["wrist"]),
    )
    hand = ((wrist, thick["wrist"]), (palm, thick["hand"]), (finger, thick["finger"]))
    yield Part(f"arm_{side}", _far("skin", side), (upper, fore, hand), between(elbow, wrist, 0.3))
    sleeve = ((shoulder, thick["shoulder"]), (between(shoulder, elbow, 0.5), thick["elbow"] * 1.42))
    yield Part(f"sleeve_{side}", _far("sleeve", side), (sleeve,), between(elbow, wrist, 0.3))


def _far(paint: str, side: str) -> str:
    return f"{paint} {side}"


def hull(balls: Sequence[Ball], view: View, points: int = ROUND) -> list[Flat]:
    """Return the outline of the hull of balls: as many points whatever the balls are."""
    seen = [(*view.seen(middle), radius * SCALE) for middle, radius in balls]
    outline = []
    for number in range(points):
        c, s = cos(2 * pi * number / points), sin(2 * pi * number / points)
        x, y, radius = max(seen, key=lambda one: one[0] * c + one[1] * s + one[2])
        outline.append((x + radius * c, y + radius * s))
    return outline


def path(part: Part, view: View) -> str:
    """Return a part's outline as the data of an SVG path, in whole units."""
    return "".join(polygon(hull(balls, view, part.round)) for balls in part.hulls)


def polygon(points: Sequence[Flat]) -> str:
    """Return a polygon as the data of an SVG path."""
    whole = [(round(x), round(y)) for x, y in points]
    steps = [f"{x - before[0]} {y - before[1]}" for before, (x, y) in pairwise(whole)]
    return f"M{whole[0][0]} {whole[0][1]}l{' '.join(steps)}z".replace(" -", "-")


def faces(box: Box, view: View) -> list[tuple[str, list[Flat]]]:
    """Return the faces of a box that are seen: (top, side or front; its outline)."""
    seen = [view.seen(corner) for corner in box.corners()]
    sides = [("top", (4, 5, 6, 7)), ("side", (0, 1, 5, 4)), ("front", (1, 2, 6, 5))]
    sides += [("side", (2, 3, 7, 6)), ("front", (3, 0, 4, 7))]
    found = []
    for name, corners in sides:
        outline = [seen[corner] for corner in corners]
        if _area(outline) < 0:
            found.append((name, outline))
    return found


def _area(outline: Sequence[Flat]) -> float:
    return sum(
        a[0] * b[1] - b[0] * a[1] for a, b in zip(outline, [*outline[1:], outline[0]], strict=True)
    )


def shadow(body: Body, view: View) -> list[Flat]:
    """Return the outline of the body's shadow on the floor."""
    names = ("pelvis", "top", "heel_l", "heel_r", "toe_l", "toe_r", "knee_l", "knee_r", "crown")
    flat = [(body.points[name][0], body.points[name][1], 0.0) for name in names]
    # The floor is seen at a slant: round on it is flat in the picture.
    slant = sin(radians(view.tilt))
    spots = [(x, y / slant) for x, y in map(view.seen, flat)]
    outline = []
    for number in range(ROUND):
        c, s = cos(2 * pi * number / ROUND), sin(2 * pi * number / ROUND)
        x, y = max(spots, key=lambda one: one[0] * c + one[1] * s)
        outline.append((x + 66 * c, (y + 66 * s) * slant))
    return outline
