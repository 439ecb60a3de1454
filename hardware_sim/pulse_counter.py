"""Two beams on pins: people of the world walk through them, one after the other, in their own time.

`set_beam(beam, broken)` moves a pin (0 is A, the street's side). Beams have no wire and no protocol: whoever
uses this gives it the pins, such as gpiozero's mock ones.
"""

from collections import deque
from collections.abc import Callable
from random import Random

from hardware_sim.passages import Edge, Walk, passage
from hardware_sim.world import World


class PulseCounter:
    """Follows `world.door`: whoever came or went since the last `tick` walks through the beams."""

    def __init__(self, world: World, set_beam: Callable[[int, bool], None], seed: int = 0) -> None:
        self._world, self._set_beam = world, set_beam
        self._random = Random(seed)
        self._seen = (world.door.entries, world.door.exits)
        self._edges: deque[Edge] = deque()
        self._free_at_ms = 0
        self.stuck: set[int] = set()
        """Beams before which somebody hung a coat: their pin stays broken."""

    def tick(self, now_ms: int) -> None:
        """Move the pins to what they are at `now_ms`."""
        with self._world.lock:
            door = (self._world.door.entries, self._world.door.exits)
        for walk, people in zip(
            (Walk.IN, Walk.OUT), (door[0] - self._seen[0], door[1] - self._seen[1]), strict=True
        ):
            for _ in range(people):
                self._walk(walk, now_ms)
        self._seen = door
        while self._edges and self._edges[0].at_ms <= now_ms:
            edge = self._edges.popleft()
            self._set_beam(edge.beam, edge.broken or edge.beam in self.stuck)

    def busy_until_ms(self) -> int:
        """When the last of those who are on their way will have gone through."""
        return self._free_at_ms

    def _walk(self, walk: Walk, now_ms: int) -> None:
        starts_ms = max(now_ms, self._free_at_ms)
        seen = passage(walk, self._random)
        self._edges += [Edge(starts_ms + edge.at_ms, edge.beam, edge.broken) for edge in seen.edges]
        self._free_at_ms = starts_ms + seen.lasts_ms
