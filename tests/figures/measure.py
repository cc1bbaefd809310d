"""What a body in a movement measures: from its points in space, not from what the data say."""

from collections.abc import Callable, Iterator, Mapping

from prescription.figure.drawing import Part, parts
from prescription.figure.movement import Movement
from prescription.figure.posture import Body, body
from prescription.figure.scene import Box, boxes
from prescription.figure.space import (
    FORWARD,
    UP,
    Vector,
    angle,
    apart,
    dot,
    less,
    times,
    turned,
)

STEPS = 6
# What a hand or foot touches with.
TOUCH = {
    "foot": ("heel", "ball"),
    "heel": ("heel",),
    "ball": ("ball",),
    "hand": ("palm",),
    "elbow": ("elbow",),
    "knee": ("knee",),
    "hips": ("hip",),
    "hip": ("hip",),
}


def frames(movement: Movement) -> Iterator[tuple[float, Body]]:
    """Each moment of a movement with the body in it, once around."""
    for number in range(len(movement.keys) * STEPS + 1):
        yield number / STEPS, body(movement.pose(number / STEPS))


def _bend(start: str, middle: str, end: str) -> Callable[[Body, str], float]:
    def measured(found: Body, side: str) -> float:
        a, b, c = (found.points[f"{name}_{side}"] for name in (start, middle, end))
        return 180 - angle(less(a, b), less(c, b))

    return measured


def _hip(found: Body, side: str) -> float:
    """The thigh against the pelvis, forward, seen from the side."""
    thigh = less(found.points[f"knee_{side}"], found.points[f"hip_{side}"])
    return _signed(found.frames["pelvis"], times(UP, -1), FORWARD, thigh)


def _hip_out(found: Body, side: str) -> float:
    thigh = less(found.points[f"knee_{side}"], found.points[f"hip_{side}"])
    out = (0.0, 1.0 if side == "l" else -1.0, 0.0)
    return 90 - angle(turned(found.frames["pelvis"], out), thigh)


def _shoulder(found: Body, side: str) -> float:
    """The upper arm against the trunk, whatever way it is raised."""
    arm = less(found.points[f"elbow_{side}"], found.points[f"shoulder_{side}"])
    return angle(turned(found.frames["chest"], times(UP, -1)), arm)


def _ankle(found: Body, side: str) -> float:
    """The toes against the shank: more than nothing is up."""
    shank = less(found.points[f"knee_{side}"], found.points[f"ankle_{side}"])
    return 90 - angle(shank, turned(found.frames[f"foot_{side}"], FORWARD))


def _lean(found: Body, _: str) -> float:
    """The trunk against the vertical."""
    return angle(UP, less(found.points["top"], found.points["pelvis"]))


def _head_turn(found: Body, _: str) -> float:
    """The face against the chest, to the left."""
    chest = found.frames["chest"]
    return _signed(chest, FORWARD, (0, 1, 0), turned(found.frames["head"], FORWARD))


def _head_bend(found: Body, _: str) -> float:
    chest = found.frames["chest"]
    return _signed(chest, UP, FORWARD, turned(found.frames["head"], UP))


def _back(found: Body, _: str) -> float:
    """The chest against the pelvis: more than nothing is rounded."""
    pelvis = found.frames["pelvis"]
    return _signed(pelvis, UP, FORWARD, turned(found.frames["chest"], UP))


def _foot(found: Body, side: str) -> float:
    """How far the heel is lifted, as the slope of the foot."""
    return angle(UP, turned(found.frames[f"foot_{side}"], FORWARD)) - 90


def _hip_turn(found: Body, side: str) -> float:
    """How far the knee of a bent leg is lifted outward, seen along the trunk."""
    out = (0.0, 1.0 if side == "l" else -1.0, 0.0)
    thigh = less(found.points[f"knee_{side}"], found.points[f"hip_{side}"])
    return _signed(found.frames["pelvis"], FORWARD, out, thigh)


def _fore_turn(found: Body, side: str) -> float:
    """How far the forearm points outward, seen along the trunk."""
    out = (0.0, 1.0 if side == "l" else -1.0, 0.0)
    fore = less(found.points[f"wrist_{side}"], found.points[f"elbow_{side}"])
    return _signed(found.frames["chest"], FORWARD, out, fore)


def _signed(frame: tuple[Vector, ...], zero: Vector, toward: Vector, one: Vector) -> float:
    """The angle of a direction in the plane of two axes of a frame, from one to the other."""
    a, b = (turned((frame[0], frame[1], frame[2]), axis) for axis in (zero, toward))
    across = (
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    )
    flat = apart(one, across)
    return angle(a, flat) * (1 if dot(flat, b) >= 0 else -1)


ANGLES: Mapping[str, Callable[[Body, str], float]] = {
    "knee": _bend("hip", "knee", "ankle"),
    "elbow": _bend("shoulder", "elbow", "wrist"),
    "hip": _hip,
    "hip-out": _hip_out,
    "hip-turn": _hip_turn,
    "shoulder": _shoulder,
    "fore-turn": _fore_turn,
    "ankle": _ankle,
    "foot": _foot,
    "lean": _lean,
    "back": _back,
    "head-turn": _head_turn,
    "head-bend": _head_bend,
}


def measured(found: Body, name: str) -> list[float]:
    """An angle by its name: `knee` of both sides, `knee-r` of one."""
    side = name[-1] if name[-2:] in ("-l", "-r") else ""
    measure = ANGLES[name.removesuffix(f"-{side}") if side else name]
    return [measure(found, one) for one in (side or "lr")]


def touching(part: str) -> list[str]:
    """The points of a body that touch, by what the data call it: `foot`, `hand_r`, `pelvis`."""
    name, _, side = part.partition("_")
    return [f"{point}_{one}" for point in TOUCH[name] for one in (side or "lr")]


def solid(movement: Movement) -> list[Box]:
    return [box for thing in movement.things for box in boxes(thing) if box.solid]


def gap(found: Body, point: str, thing: str, movement: Movement) -> float:
    """How far the skin at a point is from a thing: less than nothing where it sinks."""
    middle, radius = _ball(found, point)
    if thing == "floor":
        return middle[2] - radius
    things = [one for one in movement.things if one["kind"] == thing]
    return min(box.gap(middle) for one in things for box in boxes(one) if box.solid) - radius


def _ball(found: Body, point: str) -> tuple[Vector, float]:
    for part in parts(found):
        for balls in part.hulls:
            for middle, radius in balls:
                if middle == found.points[point]:
                    return middle, radius
    raise KeyError(point)


def sunk(found: Body, movement: Movement) -> list[tuple[str, float]]:
    """The parts that are within the floor or a thing, and how deep."""
    around = solid(movement)
    deep: dict[str, float] = {}
    for part in parts(found):
        for middle, radius in _balls(part):
            out = min([middle[2], *(box.gap(middle) for box in around)])
            deep[part.name] = min(deep.get(part.name, 0), out - radius)
    return [(name, out) for name, out in deep.items() if out < 0]


def _balls(part: Part) -> Iterator[tuple[Vector, float]]:
    for balls in part.hulls:
        yield from balls
