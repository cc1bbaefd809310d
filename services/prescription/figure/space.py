"""Vectors and rotations in space."""

from math import acos, cos, degrees, radians, sin, sqrt

Vector = tuple[float, float, float]
# Three rows.
Turn = tuple[Vector, Vector, Vector]

ORIGIN: Vector = (0.0, 0.0, 0.0)
FORWARD: Vector = (1.0, 0.0, 0.0)
LEFT: Vector = (0.0, 1.0, 0.0)
UP: Vector = (0.0, 0.0, 1.0)
STILL: Turn = (FORWARD, LEFT, UP)


def add(one: Vector, other: Vector) -> Vector:
    """Return the sum."""
    return (one[0] + other[0], one[1] + other[1], one[2] + other[2])


def less(one: Vector, other: Vector) -> Vector:
    """Return the way from the other to the one."""
    return (one[0] - other[0], one[1] - other[1], one[2] - other[2])


def times(one: Vector, factor: float) -> Vector:
    """Return the vector, longer or shorter."""
    return (one[0] * factor, one[1] * factor, one[2] * factor)


def dot(one: Vector, other: Vector) -> float:
    """Return the inner product."""
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


def length(one: Vector) -> float:
    """Return how long it is."""
    return sqrt(dot(one, one))


def unit(one: Vector) -> Vector:
    """Return its direction."""
    return times(one, 1 / length(one))


def between(one: Vector, other: Vector, share: float) -> Vector:
    """Return the point at a share of the way."""
    return add(one, times(less(other, one), share))


def angle(one: Vector, other: Vector) -> float:
    """Return the angle between two directions, in degrees."""
    return degrees(acos(max(-1.0, min(1.0, dot(unit(one), unit(other))))))


def apart(one: Vector, along: Vector) -> Vector:
    """Return the part of a vector that is square to a direction."""
    axis = unit(along)
    return less(one, times(axis, dot(one, axis)))


def turned(turn: Turn, one: Vector) -> Vector:
    """Return the vector, turned."""
    return (dot(turn[0], one), dot(turn[1], one), dot(turn[2], one))


def then(first: Turn, inner: Turn) -> Turn:
    """Return the turn that does the inner one within the first."""
    columns = tuple(zip(*inner, strict=True))
    a, b, c = (turned(first, column) for column in columns)
    return ((a[0], b[0], c[0]), (a[1], b[1], c[1]), (a[2], b[2], c[2]))


def framed(forward: Vector, up: Vector) -> Turn:
    """Return the turn to a frame whose z is `up` and whose x is as near to `forward` as can be."""
    z = unit(up)
    x = unit(apart(forward, z))
    y = (z[1] * x[2] - z[2] * x[1], z[2] * x[0] - z[0] * x[2], z[0] * x[1] - z[1] * x[0])
    return ((x[0], y[0], z[0]), (x[1], y[1], z[1]), (x[2], y[2], z[2]))


def about_x(by: float) -> Turn:
    """Return a turn about x: y goes to z."""
    c, s = cos(radians(by)), sin(radians(by))
    return ((1.0, 0.0, 0.0), (0.0, c, -s), (0.0, s, c))


def about_y(by: float) -> Turn:
    """Return a turn about y: z goes to x."""
    c, s = cos(radians(by)), sin(radians(by))
    return ((c, 0.0, s), (0.0, 1.0, 0.0), (-s, 0.0, c))


def about_z(by: float) -> Turn:
    """Return a turn about z: x goes to y."""
    c, s = cos(radians(by)), sin(radians(by))
    return ((c, -s, 0.0), (s, c, 0.0), (0.0, 0.0, 1.0))
