"""Whole pictures of a movement: a still, a row of stills, one that moves.

A picture says the paint of each part twice: as a class, by which a page gives it the colours of its
theme, and as a colour, by which a picture that stands alone is painted.
"""

import tomllib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path

from prescription.figure import drawing
from prescription.figure.drawing import Ball, Flat, Part, View
from prescription.figure.movement import Movement
from prescription.figure.posture import Body, body
from prescription.figure.scene import KINDS, boxes
from prescription.figure.space import Vector, dot

PAINTS = Path(__file__).parent / "paints.toml"
# Shapes between two key poses: what lies between two shapes is a straight way of each point.
STEPS = 6
MARGIN = 40
# A shadow falls on what lies on the floor, and behind what stands on it.
FLAT = {"mat"}
STANDING = KINDS.keys() - FLAT
Frame = tuple[int, int, int, int]


@cache
def paints() -> Mapping[str, str]:
    """Return the colours of a picture that stands alone."""
    return tomllib.loads(PAINTS.read_text())


def still(movement: Movement, number: int) -> str:
    """Return the picture of a key pose, with what leads to the next one, as SVG."""
    return _svg(frame(movement), _turned(movement, _key(movement, number)))


def moving(movement: Movement) -> str:
    """Return the picture that moves, as SVG: one second from each key pose to the next.

    It is not to run by itself: whoever shows it sets its time, and so the speed, holds and rests.
    """
    moments = [number / STEPS for number in range(len(movement.keys) * STEPS + 1)]
    shown = [_shapes(movement, at) for at in moments]
    inside = []
    for name, paint in shown[0]:
        inside.append(_animated(paint, [one[name, paint] for one in shown], len(movement.keys)))
    return _svg(frame(movement), _turned(movement, inside))


def sheet(movement: Movement, count: int = 8) -> str:
    """Return so many moments, evenly spread, in one picture."""
    x, y, wide, high = frame(movement)
    across = 2 if wide > high else count // 2
    cells = []
    for number in range(count):
        at = number * len(movement.keys) / count
        inside = list(_moment(movement, at))
        left, top = x + number % across * wide, y + number // across * high
        cells.append(_cell((x, y, wide, high), left, top, inside))
    return _svg((x, y, wide * across, high * count // across), cells)


def row(movement: Movement, title: str) -> str:
    """Return the key poses side by side, each with what leads to the next one; it has a title."""
    x, y, wide, high = frame(movement)
    cells = []
    for number in range(len(movement.keys)):
        inside = _turned(movement, _key(movement, number))
        cells.append(_cell((x, y, wide, high), x + number * wide, y, inside))
    return _svg((x, y, wide * len(cells), high), cells, title)


def frame(movement: Movement) -> Frame:
    """Return what a picture of the movement shows: left, top, width, height."""
    if window := movement.window:
        left, top = window["left"], -window["low"] - window["high"]
        return _whole(left, top, window["wide"], window["high"])
    view = View(movement.turn, movement.tilt)
    found = [box for thing in movement.things for box in boxes(thing)]
    points = [corner for box in found for corner in map(view.seen, box.corners())]
    for number in range(len(movement.keys) * 2):
        points += _outline(movement, number / 2, view)
    left, top = (int(min(one[side] for one in points)) - MARGIN for side in (0, 1))
    right, low = (int(max(one[side] for one in points)) + MARGIN for side in (0, 1))
    return (left, top, right - left, low - top)


def _whole(*metres: float) -> Frame:
    left, top, wide, high = (round(drawing.SCALE * one) for one in metres)
    return (left, top, wide, high)


def _outline(movement: Movement, at: float, view: View) -> Iterator[Flat]:
    for part in drawing.parts(body(movement.pose(at))):
        for balls in part.hulls:
            yield from drawing.hull(balls, view, 8)


def _key(movement: Movement, number: int) -> list[str]:
    return [*_moment(movement, number), *_arrows(movement, number)]


def _turned(movement: Movement, inside: Iterable[str]) -> Iterable[str]:
    """Return what is in the picture, as in a mirror where the movement is shown so."""
    if not movement.mirrored:
        return inside
    left, _, wide, _ = frame(movement)
    return [f'<g transform="translate({2 * left + wide} 0) scale(-1 1)">', *inside, "</g>"]


def _moment(movement: Movement, at: float) -> Iterator[str]:
    for (_, paint), shape in _shapes(movement, at).items():
        yield _shape(paint, shape)


def _shapes(movement: Movement, at: float) -> dict[tuple[str, str], str]:
    """Return each outline by name and paint, in the order in which they are painted."""
    view = View(movement.turn, movement.tilt)
    now = body(movement.pose(at))
    found = {part.name: part for part in [*drawing.parts(now), *_lines(movement, now)]}
    return {
        **dict(_around(movement, view, FLAT)),
        ("shadow", "shadow"): drawing.polygon(drawing.shadow(now, view)),
        **dict(_around(movement, view, STANDING)),
        **{(name, found[name].paint): drawing.path(found[name], view) for name in _order(movement)},
    }


def _around(
    movement: Movement, view: View, kinds: Container[str]
) -> Iterator[tuple[tuple[str, str], str]]:
    """Draw things of some kinds, what is farther first."""
    things = [thing for thing in movement.things if thing["kind"] in kinds]
    found = [box for thing in things for box in boxes(thing)]
    found.sort(key=lambda one: _depth(one.place((0, 0, one.size[2] / 2)), view))
    for number, box in enumerate(found):
        for face, (name, outline) in enumerate(drawing.faces(box, view)):
            yield (f"{box.kind} {number} {face}", f"{box.kind} {name}"), drawing.polygon(outline)


def _lines(movement: Movement, now: Body) -> Iterator[Part]:
    for line in movement.lines:
        ends = [_end(line[name], now) for name in ("from", "to")]
        balls: tuple[Ball, ...] = tuple((end, line.get("thick", 0.012)) for end in ends)
        middle = tuple((one + other) / 2 for one, other in zip(*ends, strict=True))
        yield Part(line["kind"], line["kind"], (balls,), (middle[0], middle[1], middle[2]), 12)


def _end(end: str | Sequence[float], now: Body) -> Vector:
    if isinstance(end, str):
        return now.points[end]
    return (end[0], end[1], end[2])


def _order(movement: Movement) -> list[str]:
    """Return the parts' names, what is farther first: the same at all times, so that none jumps."""
    view = View(movement.turn, movement.tilt)
    depth: dict[str, float] = {}
    for number in range(len(movement.keys)):
        now = body(movement.pose(number))
        for part in [*drawing.parts(now), *_lines(movement, now)]:
            depth[part.name] = depth.get(part.name, 0) + _depth(part.near, view)
    share = len(movement.keys)
    return sorted(depth, key=lambda name: depth[name] / share + movement.order.get(name, 0))


def _depth(point: Vector, view: View) -> float:
    return dot(point, view.toward)


def _arrows(movement: Movement, number: int) -> Iterator[str]:
    """Draw the way that a part goes from this key pose to the next."""
    view = View(movement.turn, movement.tilt)
    for arrow in movement.arrows:
        if movement.keys[number].name != arrow["key"]:
            continue
        way = [
            view.seen(body(movement.pose(number + share / 6)).points[arrow["part"]])
            for share in range(7)
        ]
        x, y = arrow.get("aside", (0, 0))
        yield _arrow([(a + x, b + y) for a, b in way])


def _arrow(way: Sequence[Flat]) -> str:
    (a, b), (x, y) = way[-2], way[-1]
    far = ((x - a) ** 2 + (y - b) ** 2) ** 0.5 or 1
    c, s = (x - a) / far, (y - b) / far
    tips = [(x - 34 * c - t * 22 * s, y - 34 * s + t * 22 * c) for t in (1, -1)]
    line = "L".join(f"{round(one)} {round(other)}" for one, other in way)
    head = "L".join(f"{round(one)} {round(other)}" for one, other in (tips[0], (x, y), tips[1]))
    return (
        f'<path class="arrow" fill="none" stroke="{paints()["arrow"]}" stroke-width="12" '
        f'stroke-linecap="round" stroke-linejoin="round" d="M{line}M{head}"/>'
    )


def _shape(paint: str, data: str) -> str:
    return f'<path class="{paint}" fill="{paints()[paint]}" d="{data}"/>'


def _animated(paint: str, shapes: Sequence[str], seconds: int) -> str:
    if len(set(shapes)) == 1:
        return _shape(paint, shapes[0])
    return (
        f'<path class="{paint}" fill="{paints()[paint]}" d="{shapes[0]}">'
        f'<animate attributeName="d" dur="{seconds}s" repeatCount="indefinite" '
        f'values="{";".join(shapes)}"/></path>'
    )


def _cell(frame: Frame, left: int, top: int, inside: Iterable[str]) -> str:
    """Return a picture within a picture."""
    _, _, wide, high = frame
    place = f'x="{left}" y="{top}" width="{wide}" height="{high}"'
    return f'<svg {place} viewBox="{" ".join(map(str, frame))}">{"".join(inside)}</svg>'


def _svg(frame: Frame, inside: Iterable[str], title: str = "") -> str:
    box = " ".join(str(one) for one in frame)
    said = f'role="img"><title>{escape(title)}</title>' if title else 'aria-hidden="true">'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="figure" viewBox="{box}" '
        f"{said}{''.join(inside)}</svg>\n"
    )
