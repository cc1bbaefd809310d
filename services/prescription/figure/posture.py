"""From a pose to points in space.

A pose is flat: {"pelvis.lean": 20.0, "knee_r.bend": 90.0, "foot_l.x": 0.1}. A limb whose foot or
hand is planted (`foot_r.x`, `hand_l.x`), or whose ankle is led (`ankle_r.x`, the knee toward
`knee_r`), follows from where that is; any other one from its joints' angles. So what is planted
cannot slide.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, radians, sqrt

from prescription.figure.skeleton import SIDES, skeleton
from prescription.figure.space import (
    FORWARD,
    UP,
    Turn,
    Vector,
    about_x,
    about_y,
    about_z,
    add,
    apart,
    framed,
    length,
    less,
    then,
    times,
    turned,
    unit,
)

Pose = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Body:
    """A body in a pose.

    Attributes:
        points: metres, by name: hip_l, knee_l, wrist_r, crown and so on.
        frames: how pelvis, chest, head and feet stand in space.
    """

    points: Mapping[str, Vector]
    frames: Mapping[str, Turn]


def body(pose: Pose) -> Body:
    """Return the body in a pose."""
    points: dict[str, Vector] = {}
    frames: dict[str, Turn] = {}
    _trunk(pose, points, frames)
    for side in SIDES:
        _leg(pose, side, points, frames)
        _arm(pose, side, points, frames)
    return Body(points, frames)


def _trunk(pose: Pose, points: dict[str, Vector], frames: dict[str, Turn]) -> None:
    bones = skeleton().lengths
    pelvis = then(
        then(about_z(_at(pose, "pelvis.turn")), about_y(_at(pose, "pelvis.lean"))),
        then(about_x(_at(pose, "pelvis.roll")), about_z(_at(pose, "pelvis.spin"))),
    )
    middle = (_at(pose, "pelvis.x"), _at(pose, "pelvis.y"), _height(pose, pelvis))
    waist = add(middle, turned(pelvis, (0, 0, bones["waist"])))
    belly = then(pelvis, _bent(pose, "lumbar"))
    ribs = add(waist, turned(belly, (0, 0, bones["ribs"] - bones["waist"])))
    chest = then(belly, _bent(pose, "chest"))
    top = add(ribs, turned(chest, (0, 0, bones["trunk"] - bones["ribs"])))
    neck = then(chest, _bent(pose, "neck"))
    nod = add(top, turned(neck, (0, 0, bones["neck"])))
    head = then(neck, _bent(pose, "head"))
    crown = add(nod, turned(head, (0, 0, bones["head"] * 0.8)))
    points |= {"pelvis": middle, "waist": waist, "ribs": ribs, "top": top, "nod": nod}
    points["crown"] = crown
    frames |= {"pelvis": pelvis, "belly": belly, "chest": chest, "neck": neck, "head": head}
    for side, sign in SIDES.items():
        points[f"hip_{side}"] = add(middle, turned(pelvis, (0, sign * skeleton().hip, 0)))
        girdle = (_at(pose, "girdle.forward"), sign * skeleton().shoulder, _at(pose, "girdle.up"))
        points[f"shoulder_{side}"] = add(top, turned(chest, girdle))


def _bent(pose: Pose, joint: str) -> Turn:
    """Return how a joint of the spine bends: forward, to the left side, and twists leftward."""
    bend, side = about_y(_at(pose, f"{joint}.bend")), about_x(-_at(pose, f"{joint}.side"))
    return then(about_z(_at(pose, f"{joint}.twist")), then(bend, side))


def _height(pose: Pose, pelvis: Turn) -> float:
    """Return how high the hips are: as said, or as a planted leg's knee is bent."""
    if "pelvis.knee" not in pose:
        return _at(pose, "pelvis.z")
    side = "l" if "pelvis.on_l" in pose else "r"
    reach = _reach(pose["pelvis.knee"])
    ankle, _ = _planted(pose, side)
    offset = turned(pelvis, (0, SIDES[side] * skeleton().hip, 0))
    beside = less(ankle, (_at(pose, "pelvis.x") + offset[0], _at(pose, "pelvis.y") + offset[1], 0))
    return ankle[2] + sqrt(reach**2 - beside[0] ** 2 - beside[1] ** 2) - offset[2]


def _reach(knee: float) -> float:
    """Return how far the ankle is from the hip when the knee is bent so."""
    thigh, shank = skeleton().lengths["thigh"], skeleton().lengths["shank"]
    return sqrt(thigh**2 + shank**2 + 2 * thigh * shank * cos(radians(knee)))


def _planted(pose: Pose, side: str) -> tuple[Vector, Turn]:
    """Return the ankle of a planted foot and how the foot stands.

    A positive pitch lifts its heel, about the ball; a negative one its toes, about the heel.
    """
    bones, thick = skeleton().lengths, skeleton().thickness
    foot = f"foot_{side}"
    flat = about_z(SIDES[side] * _at(pose, f"{foot}.out"))
    pitch = _at(pose, f"{foot}.pitch")
    ground = (pose[f"{foot}.x"], _at(pose, f"{foot}.y"), _at(pose, f"{foot}.z"))
    ball, heel = (
        (bones["ball"], 0.0, thick["ball"]),
        (thick["heel"] - bones["heel"], 0.0, thick["heel"]),
    )
    pivot = ball if pitch > 0 else heel
    stands = then(flat, about_y(pitch))
    ankle = turned(stands, less((0, 0, bones["ankle"]), pivot))
    return add(add(ground, turned(flat, pivot)), ankle), stands


def _leg(pose: Pose, side: str, points: dict[str, Vector], frames: dict[str, Turn]) -> None:
    bones, sign = skeleton().lengths, SIDES[side]
    hip, pelvis = points[f"hip_{side}"], frames["pelvis"]
    if f"foot_{side}.x" in pose:
        ankle, foot = _planted(pose, side)
        ahead = then(foot, about_y(-_at(pose, f"foot_{side}.pitch")))
        toward = add(turned(pelvis, (0.6, 0, 0.2)), turned(ahead, FORWARD))
        toward = add(toward, turned(pelvis, (0, sign * _at(pose, f"knee_{side}.out"), 0)))
        knee, ankle = _limb(hip, ankle, (bones["thigh"], bones["shank"]), toward)
        thigh = framed(toward, less(hip, knee))
    elif f"ankle_{side}.x" in pose:
        ankle = _named(pose, f"ankle_{side}", hip)
        toward = _named(pose, f"knee_{side}", turned(pelvis, FORWARD))
        knee, ankle = _limb(hip, ankle, (bones["thigh"], bones["shank"]), toward)
        thigh = framed(toward, less(hip, knee))
        foot = then(framed(toward, less(knee, ankle)), about_y(-_at(pose, f"ankle_{side}.up")))
    else:
        thigh = then(pelvis, about_x(sign * _at(pose, f"hip_{side}.out")))
        thigh = then(thigh, about_y(-_at(pose, f"hip_{side}.bend")))
        thigh = then(thigh, about_z(sign * _at(pose, f"hip_{side}.turn")))
        knee = add(hip, turned(thigh, (0, 0, -bones["thigh"])))
        shank = then(thigh, about_y(_at(pose, f"knee_{side}.bend")))
        ankle = add(knee, turned(shank, (0, 0, -bones["shank"])))
        foot = then(shank, about_y(-_at(pose, f"ankle_{side}.up")))
        foot = then(foot, about_z(sign * _at(pose, f"ankle_{side}.turn")))
    points |= {f"knee_{side}": knee, f"ankle_{side}": ankle}
    frames |= {f"thigh_{side}": thigh, f"foot_{side}": foot}
    _foot(pose, side, points, foot)


def _foot(pose: Pose, side: str, points: dict[str, Vector], foot: Turn) -> None:
    """Add heel, ball and toe: the toes of a planted foot stay flat when the heel is lifted."""
    bones, thick = skeleton().lengths, skeleton().thickness
    ankle = points[f"ankle_{side}"]
    low = -bones["ankle"]
    heel = (thick["heel"] - bones["heel"], 0, low + thick["heel"])
    ball = (bones["ball"], 0, low + thick["ball"])
    points[f"heel_{side}"] = add(ankle, turned(foot, heel))
    points[f"ball_{side}"] = add(ankle, turned(foot, ball))
    pitch = _at(pose, f"foot_{side}.pitch")
    toes = then(foot, about_y(-pitch)) if pitch > 0 else foot
    end = bones["foot"] - bones["heel"] - bones["ball"] - thick["toe"]
    beyond = turned(toes, (end, 0, thick["toe"] - thick["ball"]))
    points[f"toe_{side}"] = add(points[f"ball_{side}"], beyond)


def _arm(pose: Pose, side: str, points: dict[str, Vector], frames: dict[str, Turn]) -> None:
    bones, sign = skeleton().lengths, SIDES[side]
    shoulder, chest = points[f"shoulder_{side}"], frames["chest"]
    if f"hand_{side}.x" in pose:
        palm = (pose[f"hand_{side}.x"], _at(pose, f"hand_{side}.y"), _at(pose, f"hand_{side}.z"))
        fingers = unit(_named(pose, f"fingers_{side}", FORWARD))
        wrist = less(palm, times(fingers, bones["palm"]))
        toward = _named(pose, f"elbow_{side}", turned(chest, (-0.5, sign * 0.5, -0.8)))
        elbow, wrist = _limb(shoulder, wrist, (bones["upper_arm"], bones["forearm"]), toward)
    else:
        upper = then(chest, about_x(sign * _at(pose, f"shoulder_{side}.out")))
        upper = then(upper, about_y(-_at(pose, f"shoulder_{side}.bend")))
        upper = then(upper, about_z(sign * _at(pose, f"shoulder_{side}.turn")))
        elbow = add(shoulder, turned(upper, (0, 0, -bones["upper_arm"])))
        fore = then(upper, about_y(-_at(pose, f"elbow_{side}.bend")))
        wrist = add(elbow, turned(fore, (0, 0, -bones["forearm"])))
        fingers = turned(then(fore, about_y(_at(pose, f"wrist_{side}.back"))), times(UP, -1))
    points |= {f"elbow_{side}": elbow, f"wrist_{side}": wrist}
    points[f"palm_{side}"] = add(wrist, times(fingers, bones["palm"]))
    points[f"finger_{side}"] = add(wrist, times(fingers, bones["hand"] * 0.8))


def _limb(
    root: Vector, end: Vector, bones: tuple[float, float], toward: Vector
) -> tuple[Vector, Vector]:
    """Return the middle joint and the end of a limb that reaches from one place to another.

    Args:
        root: hip or shoulder.
        end: ankle or wrist; what is out of reach is reached for with a straight limb.
        bones: the lengths of both segments.
        toward: to which side the joint points.
    """
    first, second = bones
    way = less(end, root)
    far = min(length(way), (first + second) * 0.99999)
    along = (first**2 - second**2 + far**2) / (2 * far)
    aside = sqrt(max(0.0, first**2 - along**2))
    joint = add(root, add(times(unit(way), along), times(unit(apart(toward, way)), aside)))
    return joint, add(joint, times(unit(less(end, joint)), second))


def _named(pose: Pose, name: str, otherwise: Vector) -> Vector:
    if f"{name}.x" not in pose and f"{name}.y" not in pose and f"{name}.z" not in pose:
        return otherwise
    return (_at(pose, f"{name}.x"), _at(pose, f"{name}.y"), _at(pose, f"{name}.z"))


def _at(pose: Pose, name: str) -> float:
    return pose.get(name, 0.0)
