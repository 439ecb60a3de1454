"""What drawings are made of, on a sheet of 100 x 100 with the origin at the bottom left. Pure values."""

from dataclasses import dataclass
from math import cos, pi, sin

Point = tuple[float, float]
Colour = tuple[float, float, float, float]


@dataclass(frozen=True)
class Fill:
    """A convex polygon."""

    colour: Colour
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Stroke:
    """A line with round ends and joints."""

    colour: Colour
    width: float
    points: tuple[Point, ...]


Shape = Fill | Stroke


def arc(
    x: float, y: float, radius: float, start_deg: float, end_deg: float, *, steps: int = 24
) -> tuple[Point, ...]:
    """Points along a circle around (x, y), counter-clockwise from the east."""
    angles = [(start_deg + (end_deg - start_deg) * i / steps) * pi / 180 for i in range(steps + 1)]
    return tuple((x + radius * cos(a), y + radius * sin(a)) for a in angles)


def disc(x: float, y: float, radius: float) -> tuple[Point, ...]:
    return arc(x, y, radius, 0, 360, steps=72)


def box(
    x: float, y: float, width: float, height: float, radius: float = 0, *, turn_deg: float = 0
) -> tuple[Point, ...]:
    """A rectangle with round corners, turned about its middle."""
    right, top = x + width - radius, y + height - radius
    left, bottom = x + radius, y + radius
    corners = ((right, top, 0), (left, top, 90), (left, bottom, 180), (right, bottom, 270))
    points = [p for cx, cy, start in corners for p in arc(cx, cy, radius, start, start + 90, steps=8)]
    return turned(tuple(points), x + width / 2, y + height / 2, turn_deg)


def turned(points: tuple[Point, ...], x: float, y: float, turn_deg: float) -> tuple[Point, ...]:
    """`points` turned counter-clockwise about (x, y)."""
    c, s = cos(turn_deg * pi / 180), sin(turn_deg * pi / 180)
    return tuple((x + (px - x) * c - (py - y) * s, y + (px - x) * s + (py - y) * c) for px, py in points)


def polygon(*points: Point) -> tuple[Point, ...]:
    return points
