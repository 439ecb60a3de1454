"""People walking through a door with two light beams: what the beams see, and what is true.

Bodies are intervals on a line, moving by straight pieces; beam A stands at 0, beam B `SPACING_MM` further in.
A beam is broken while some body lies across it, and its contact chatters when that changes. Nothing here
knows how a counter judges; `entries` and `exits` of a `Passage` are simply who went through.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from random import Random

SPACING_MM = 80.0
BOUNCE_MS = 8
FAR_MM = 1500.0
"""Where people start and end: well away from both beams."""
FINEST_GAP_MM = 40.0
"""Closer than that two people touch, for a beam."""


class Walk(Enum):
    """What people do in a door; the value is the line in the table of errors."""

    IN = "in"
    OUT = "out"
    TURN_BACK = "turn-back"
    PAUSE = "stands between the beams"
    DITHER = "dithers, then goes on"
    FOLLOW = "two, one behind the other"
    CLOSE = "two, a hand's breadth apart"
    PRAM = "with a pram"
    STAGGERED = "two abreast, one ahead"
    IN_STEP = "two abreast, in step"
    MEET = "two, meeting in the door"
    STUCK = "one beam stuck, some pass"


@dataclass(frozen=True)
class Edge:
    """`beam` 0 is A, 1 is B; `broken` from `at_ms` on."""

    at_ms: int
    beam: int
    broken: bool


@dataclass(frozen=True)
class Passage:
    walk: Walk
    edges: tuple[Edge, ...]
    entries: int
    exits: int
    lasts_ms: int


@dataclass(frozen=True)
class Body:
    """`path` is where its front is: (ms, mm) corners, inwards upwards; it reaches back by `length_mm`."""

    path: tuple[tuple[float, float], ...]
    length_mm: float

    def across(self, position_mm: float) -> list[tuple[float, float]]:
        """When it lies across a beam there."""
        found = []
        for (start_ms, start), (end_ms, end) in zip(self.path, self.path[1:], strict=False):
            if start == end:
                inside = position_mm <= start <= position_mm + self.length_mm
                found += [(start_ms, end_ms)] if inside else []
                continue
            pace = (end_ms - start_ms) / (end - start)
            times = [start_ms + (x - start) * pace for x in (position_mm, position_mm + self.length_mm)]
            begins, ends = max(start_ms, min(times)), min(end_ms, max(times))
            found += [(begins, ends)] if begins < ends else []
        return found


# -- walks -----------------------------------------------------------------------------------------------


def _length(random: Random) -> float:
    """A body at waist height, from a child to a thick winter coat."""
    return random.uniform(160, 450)


def _speed(random: Random) -> float:
    """In mm/ms: from a very old person to somebody late for the bus."""
    return random.uniform(0.25, 2.2)


def _through(speed: float, length_mm: float, starts_mm: float = -FAR_MM, at_ms: float = 0.0) -> Body:
    end_mm = FAR_MM + length_mm
    return Body(((at_ms, starts_mm), (at_ms + (end_mm - starts_mm) / speed, end_mm)), length_mm)


def _stops(speed: float, length_mm: float, *stops: tuple[float, float], ends_mm: float = FAR_MM) -> Body:
    """Walks from stop to stop (where, for how long)."""
    time_ms, here = 0.0, -FAR_MM
    path = [(time_ms, here)]
    for there, pause_ms in (*stops, (ends_mm, 0.0)):
        time_ms, here = time_ms + abs(there - here) / speed, there
        path.append((time_ms, here))
        if pause_ms:
            time_ms += pause_ms
            path.append((time_ms, here))
    return Body(tuple(path), length_mm)


def _one(random: Random) -> list[Body]:
    return [_through(_speed(random), _length(random))]


def _turning(random: Random) -> list[Body]:
    length = _length(random)
    deepest = random.uniform(5, SPACING_MM + length - 15)
    return [_stops(_speed(random), length, (deepest, random.uniform(300, 3000)), ends_mm=-FAR_MM)]


def _pausing(random: Random) -> list[Body]:
    length = _length(random)
    where = random.uniform(10, length)
    return [_stops(_speed(random), length, (where, random.uniform(500, 50_000)), ends_mm=FAR_MM + length)]


def _dithering(random: Random) -> list[Body]:
    """Nearly through, back until only the first beam sees it, and on again, with a stop at each turn."""
    length = _length(random)
    back = random.uniform(15, SPACING_MM - 15)
    forward = length + random.uniform(15, SPACING_MM - 15)
    pauses = random.uniform(400, 2000), random.uniform(400, 2000)
    speed = random.uniform(0.25, 1.0)
    return [_stops(speed, length, (forward, pauses[0]), (back, pauses[1]), ends_mm=FAR_MM + length)]


def _two(random: Random, gap_mm: float) -> list[Body]:
    speed, ahead = _speed(random), _length(random)
    behind = _through(speed, _length(random), -FAR_MM - ahead - gap_mm)
    return [_through(speed, ahead), behind]


def _following(random: Random) -> list[Body]:
    """Far enough apart for a moment in which nobody is between the beams."""
    return _two(random, random.uniform(SPACING_MM + 30, 400))


def _close(random: Random) -> list[Body]:
    return _two(random, random.uniform(FINEST_GAP_MM, SPACING_MM - 5))


def _staggered(random: Random) -> list[Body]:
    """One ahead of the other by at least half a metre: together longer than anybody."""
    speed = _speed(random)
    lead, second = random.uniform(300, 450), random.uniform(300, 450)
    behind_mm = random.uniform(480, 600)
    bodies = [_through(speed, lead), _through(speed, second, -FAR_MM - behind_mm)]
    gap_mm = behind_mm - lead
    return bodies if gap_mm < 5 or gap_mm > FINEST_GAP_MM else _staggered(random)


def _in_step(random: Random) -> list[Body]:
    speed = _speed(random)
    return [_through(speed, 300), _through(speed, 300, -FAR_MM - random.uniform(0, 250))]


def _pram(random: Random) -> list[Body]:
    """Between pram and walker arms and handle leave little."""
    speed, pram = random.uniform(0.4, 1.4), random.uniform(550, 900)
    gap_mm = random.choice((0.0, random.uniform(FINEST_GAP_MM, 70)))
    return [_through(speed, pram), _through(speed, _length(random), -FAR_MM - pram - gap_mm)]


def _meeting(random: Random) -> list[Body]:
    """One comes in while the other goes out, side by side at the beams."""
    coming = _through(random.uniform(0.5, 1.5), _length(random))
    going = _mirrored(_through(random.uniform(0.5, 1.5), _length(random)))
    middle = [sum(body.across(0.0)[0]) / 2 for body in (coming, going)]
    later_ms = middle[0] - middle[1] + random.uniform(-150, 150)
    return [coming, Body(tuple((ms + later_ms, mm) for ms, mm in going.path), going.length_mm)]


def _mirrored(body: Body) -> Body:
    """The same walk outwards: the end that was in front now follows."""
    path = tuple((ms, SPACING_MM - mm + body.length_mm) for ms, mm in body.path)
    return Body(path, body.length_mm)


@dataclass(frozen=True)
class _Kind:
    """How it is walked, how many go through, and whether it is walked outwards as often as inwards."""

    bodies: Callable[[Random], list[Body]]
    people: int
    either_way: bool = True


_KINDS = {
    Walk.IN: _Kind(_one, 1, either_way=False),
    Walk.OUT: _Kind(_one, 1, either_way=False),
    Walk.TURN_BACK: _Kind(_turning, 0),
    Walk.PAUSE: _Kind(_pausing, 1),
    Walk.DITHER: _Kind(_dithering, 1),
    Walk.FOLLOW: _Kind(_following, 2),
    Walk.CLOSE: _Kind(_close, 2),
    Walk.PRAM: _Kind(_pram, 1),
    Walk.STAGGERED: _Kind(_staggered, 2),
    Walk.IN_STEP: _Kind(_in_step, 2),
}


def passage(walk: Walk, random: Random) -> Passage:
    """One of its kind, with fresh people; the door is empty before and after."""
    if walk is Walk.MEET:
        return _seen(walk, _meeting(random), 1, 1, random)
    if walk is Walk.STUCK:
        return _stuck(random)
    kind = _KINDS[walk]
    out = walk is Walk.OUT or (kind.either_way and random.random() < 0.5)
    bodies = kind.bodies(random)
    bodies = [_mirrored(body) for body in bodies] if out else bodies
    return _seen(walk, bodies, 0 if out else kind.people, kind.people if out else 0, random)


def passages(count: int, random: Random, walks: Sequence[Walk] = tuple(Walk)) -> Iterable[Passage]:
    """`count` of them, of every kind in turn."""
    return (passage(walks[n % len(walks)], random) for n in range(count))


# -- beams -----------------------------------------------------------------------------------------------


def _seen(walk: Walk, bodies: Sequence[Body], entries: int, exits: int, random: Random) -> Passage:
    spans = [_united(body.across(at) for body in bodies) for at in (0.0, SPACING_MM)]
    return _with_edges(walk, spans, entries, exits, random)


def _stuck(random: Random) -> Passage:
    """Somebody hung a coat before one beam for minutes; others pass the other one alone."""
    beam, people = random.randrange(2), random.randrange(1, 6)
    entries = sum(random.random() < 0.5 for _ in range(people))
    each_ms = 15_000.0
    crossed = [(n * each_ms, n * each_ms + random.uniform(150, 1500)) for n in range(1, people + 1)]
    held = [(0.0, (people + 1) * each_ms + 90_000.0)]
    spans = [held, crossed] if beam == 0 else [crossed, held]
    return _with_edges(Walk.STUCK, spans, entries, people - entries, random)


def _united(spans: Iterable[list[tuple[float, float]]]) -> list[tuple[float, float]]:
    united: list[tuple[float, float]] = []
    for begins, ends in sorted(span for some in spans for span in some):
        if united and begins <= united[-1][1] + 0.001:
            united[-1] = (united[-1][0], max(ends, united[-1][1]))
        else:
            united.append((begins, ends))
    return united


def _with_edges(
    walk: Walk, spans: Sequence[list[tuple[float, float]]], entries: int, exits: int, random: Random
) -> Passage:
    times = [ms for beam in spans for span in beam for ms in span]
    origin = min(times, default=0.0) - 50.0
    edges = [
        edge
        for beam, some in enumerate(spans)
        for n, span in enumerate(some)
        for broken, ms in zip((True, False), span, strict=True)
        for edge in _chatter(Edge(round(ms - origin), beam, broken), random)
    ]
    edges.sort(key=lambda edge: edge.at_ms)
    lasts_ms = (edges[-1].at_ms if edges else 0) + 1000
    return Passage(walk, tuple(edges), entries, exits, lasts_ms)


def _chatter(edge: Edge, random: Random) -> Iterable[Edge]:
    """The edge, and sometimes the bounces after it, ending as it began."""
    bounces = sorted(random.sample(range(1, BOUNCE_MS), 2 * random.choice((0, 0, 1, 2))))
    yield edge
    for n, later_ms in enumerate(bounces):
        yield Edge(edge.at_ms + later_ms, edge.beam, edge.broken if n % 2 else not edge.broken)
