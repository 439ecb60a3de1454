"""What two light beams across a door saw: edges and times in, passages out.

    judge = Judge(Rules())
    judge.feed(A, True, 1000)        # beam A was broken at 1,000 ms
    judge.tick(2000)                 # time passed; the events of both calls are tuples (what, at_ms)

Beam A is on the street's side, B inside: A, then B, is somebody coming in. Pure: it knows no pins and no
clock; `at_ms` never goes back. This very file runs in the kiosk (`driver.py`) and in the counter node
(`devices/door_counter/firmware`), so it uses nothing that MicroPython lacks: no dataclasses, enums or typing.

How it judges: an edge counts once its level has held for `settle_ms`, at the time of its first flicker. From
clear to clear the two beams are followed like the two tracks of a shaft encoder: a whole turn one way is one
person, back to the start is a turn-back. What two beams cannot decide (one who dithers or two close together,
a pram or two people abreast, one beam stuck) is counted the likelier way and told as DOUBT, one for every
person it may be wrong by. Two side by side in step, or two meeting between the beams, may be one shape to any
beam: there only a narrow door helps.
"""

A = 0
B = 1

ENTRY = "entry"
EXIT = "exit"
TURN_BACK = "turn_back"
UNDIRECTED = "undirected"
"""Somebody passed, nobody knows which way: there is one beam only, or one that can be used."""
DOUBT = "doubt"
"""Entries and exits may each be wrong by one."""
STUCK_A = "stuck_a"
STUCK_B = "stuck_b"
FREE_A = "free_a"
FREE_B = "free_b"

WRAP = 0xFFFFFFFF
"""Totals are u32 and roll over, as everybody's who reads them must expect."""

HELD_UP = 5
"""So many times `settle_ms` one beam's flicker may keep the other waiting for its turn."""
LEAVING_MS = 5000
"""Who stood in both beams and left one of them has left the other by then."""

_STUCK = (STUCK_A, STUCK_B)
_FREE = (FREE_A, FREE_B)
# where a passage inwards stands, by (A broken, B broken): 00, 10, 11, 01
_PHASE = {(False, False): 0, (True, False): 1, (True, True): 2, (False, True): 3}


class Rules:
    """Measures of a door. `spacing_mm` lies between the beams; times in milliseconds."""

    def __init__(
        self,
        *,
        beams: int = 2,
        spacing_mm: int = 80,
        settle_ms: int = 10,
        stuck_ms: int = 60_000,
        close_ms: int = 250,
        long_mm: int = 700,
        least_ms: int = 60,
    ) -> None:
        """`close_ms`: a gap between two people is shorter, a change of mind takes longer. `long_mm`: longer
        than a person without a pram. `least_ms`: with one beam, what breaks it for less is nobody."""
        if beams not in (1, 2):
            raise ValueError(f"beams: {beams}, expected 1 or 2")
        measures = (spacing_mm, settle_ms, stuck_ms, close_ms, long_mm, least_ms)
        if min(measures) < 1 or stuck_ms <= settle_ms:
            raise ValueError("spacing_mm and times: expected 1 or more, and stuck_ms above settle_ms")
        self.beams = beams
        self.spacing_mm = spacing_mm
        self.settle_ms = settle_ms
        self.stuck_ms = stuck_ms
        self.close_ms = close_ms
        self.long_mm = long_mm
        self.least_ms = least_ms


class Totals:
    """Everything since the judge was made, or on top of what it was given; each a u32."""

    def __init__(
        self, *, entries: int = 0, exits: int = 0, undirected: int = 0, turn_backs: int = 0, doubts: int = 0
    ) -> None:
        self.entries = entries
        self.exits = exits
        self.undirected = undirected
        self.turn_backs = turn_backs
        self.doubts = doubts


_FIELD = {
    ENTRY: "entries",
    EXIT: "exits",
    UNDIRECTED: "undirected",
    TURN_BACK: "turn_backs",
    DOUBT: "doubts",
}


class _Beam:
    """One beam, debounced. `broken` is what is believed, since `since_ms`; `raw` what was seen last."""

    def __init__(self) -> None:
        self.broken = False
        self.raw = False
        self.first_ms = 0
        self.last_ms = 0
        self.since_ms = 0
        self.stuck = False

    @property
    def pending(self) -> bool:
        return self.raw != self.broken

    def see(self, broken: bool, at_ms: int, settle_ms: int) -> None:
        if broken == self.raw:
            return
        if not self.pending and at_ms - self.last_ms >= settle_ms:
            self.first_ms = at_ms
        self.raw = broken
        self.last_ms = at_ms

    def believe(self) -> int:
        """Take over what is seen; since when it was so."""
        self.broken = self.raw
        self.since_ms = self.first_ms
        return self.first_ms

    def unclear_ms(self, at_ms: int, settle_ms: int) -> int:
        """For how long it has not been seen clear: broken, or flickering, which is as useless."""
        if self.broken:
            return at_ms - self.since_ms
        restless = self.pending or at_ms - self.last_ms < settle_ms
        return at_ms - self.first_ms if restless else 0


class Judge:
    """`feed` every edge, `tick` now and then, both in the order of time; `totals` may be read at any time."""

    def __init__(self, rules: Rules, totals: "Totals | None" = None) -> None:
        self.rules = rules
        self.totals = totals or Totals()
        self._beams = (_Beam(), _Beam())
        self._events: list[tuple[str, int]] = []
        self._blind = -1
        self._begin()

    @property
    def stuck(self) -> "tuple[bool, bool]":
        """Which of (A, B) has not been seen clear for `stuck_ms`."""
        return (self._beams[A].stuck, self._beams[B].stuck)

    def feed(self, beam: int, broken: bool, at_ms: int) -> "list[tuple[str, int]]":
        """An edge. What comes of it is told once it is settled, by a later `feed` or `tick`."""
        self._settle(at_ms)
        self._beams[beam].see(broken, at_ms, self.rules.settle_ms)
        return self._told()

    def tick(self, at_ms: int) -> "list[tuple[str, int]]":
        self._settle(at_ms)
        for number in range(self.rules.beams):
            self._look_at(number, at_ms)
        return self._told()

    def _told(self) -> "list[tuple[str, int]]":
        events, self._events = self._events, []
        return events

    def _tell(self, what: str, at_ms: int) -> None:
        self._events.append((what, at_ms))
        field = _FIELD.get(what)
        if field:
            setattr(self.totals, field, (getattr(self.totals, field) + 1) & WRAP)

    # -- debouncing ------------------------------------------------------------------------------------------

    def _settle(self, at_ms: int) -> None:
        """Take over what has held long enough, in the order in which it began."""
        settle_ms = self.rules.settle_ms
        for number in sorted((A, B), key=lambda n: self._beams[n].first_ms):
            beam = self._beams[number]
            if not beam.pending:
                continue
            if at_ms - beam.last_ms >= settle_ms:
                self._changed(number, beam.believe())
            elif at_ms - beam.first_ms < HELD_UP * settle_ms:
                return

    def _look_at(self, number: int, at_ms: int) -> None:
        """Whether a beam is stuck now, or no longer."""
        beam, other = self._beams[number], self._beams[1 - number]
        unclear_ms = beam.unclear_ms(at_ms, self.rules.settle_ms)
        if not beam.stuck and unclear_ms >= self.rules.stuck_ms:
            beam.stuck = True
            self._tell(_STUCK[number], at_ms)
            if other.broken:
                self._stood = True
        elif beam.stuck and unclear_ms == 0:
            self._freed(number, at_ms)
        alone = beam.stuck and not other.broken and self.rules.beams == 2 and self._blind < 0
        if alone and (not self._stood or at_ms - other.since_ms >= LEAVING_MS):
            self._go_blind(number, at_ms)

    def _freed(self, number: int, at_ms: int) -> None:
        self._beams[number].stuck = False
        self._tell(_FREE[number], at_ms)
        if self._blind == number:
            self._blind = -1
            self._begin()

    def _go_blind(self, number: int, at_ms: int) -> None:
        """From now on the other beam counts alone; who passed it meanwhile is counted late."""
        for _ in range(self._crossed[1 - number]):
            self._pass_undirected(at_ms)
        self._blind = number

    # -- judging ---------------------------------------------------------------------------------------------

    def _changed(self, number: int, at_ms: int) -> None:
        """A beam is broken or clear now, and has been since `at_ms`."""
        beam = self._beams[number]
        if self.rules.beams == 1:
            self._single(beam, at_ms)
        elif self._blind == 1 - number:
            if not beam.broken:
                self._pass_undirected(at_ms)
        elif self._blind < 0:
            self._turn(number, at_ms)
        if beam.stuck and not beam.broken:
            self._freed(number, at_ms)

    def _single(self, beam: _Beam, at_ms: int) -> None:
        if beam.broken:
            self._began_ms = at_ms
        elif not beam.stuck and at_ms - self._began_ms >= self.rules.least_ms:
            self._tell(UNDIRECTED, at_ms)

    def _pass_undirected(self, at_ms: int) -> None:
        self._tell(UNDIRECTED, at_ms)
        self._tell(DOUBT, at_ms)

    def _begin(self) -> None:
        """From here on a passage is followed; one that began unseen cannot be judged."""
        self._phase = _PHASE[(self._beams[A].broken, self._beams[B].broken)]
        self._unseen = self._phase != 0
        self._turned = 0
        self._doubts = 0
        self._both = False
        self._stood = False
        self._began_ms = 0
        self._crossed = [0, 0]
        self._steps: list[tuple[int, int]] = []
        self._edges: dict[tuple[int, bool], int] = {}

    def _turn(self, number: int, at_ms: int) -> None:
        """Follow the shaft encoder by one quarter: `_turned` is +4 after an entry, -4 after an exit."""
        broken = self._beams[number].broken
        phase = _PHASE[(self._beams[A].broken, self._beams[B].broken)]
        self._turned += 1 if (phase - self._phase) % 4 == 1 else -1
        self._phase = phase
        self._both = self._both or phase == 2
        if broken:
            self._edges.setdefault((number, True), at_ms)
        else:
            self._edges[(number, False)] = at_ms
            self._crossed[number] += 1
        self._steps.append((self._turned, at_ms))
        del self._steps[:-4]
        self._look_for_followers(at_ms)
        if phase == 0:
            self._passed(at_ms)
            self._begin()

    def _look_for_followers(self, at_ms: int) -> None:
        """Through, back, back and through again: one person who dithers, or one who leaves while the next
        arrives. The gap between two people goes past each beam in a moment; a change of mind takes longer."""
        sign = 1 if self._turned > 0 else -1
        if [sign * turned for turned, _ in self._steps] != [3, 2, 1, 2]:
            return
        self._doubts += 1
        times = [step[1] for step in self._steps]
        if max(times[1] - times[0], times[3] - times[2]) <= self.rules.close_ms:
            self._tell(ENTRY if sign > 0 else EXIT, at_ms)

    def _passed(self, at_ms: int) -> None:
        """Both beams are clear again."""
        if self._unseen:
            self._pass_undirected(at_ms)
        elif self._turned == 0:
            self._tell(TURN_BACK, at_ms)
            self._doubts += self._both  # or one came and one left, meeting between the beams
        else:
            self._tell(ENTRY if self._turned > 0 else EXIT, at_ms)
            self._doubts += not self._doubts and self._is_long()
        for _ in range(self._doubts):
            self._tell(DOUBT, at_ms)

    def _is_long(self) -> bool:
        """Longer than a person, by the slower of the speeds at which it came to the beams and left them."""
        edges = self._edges
        arriving_ms = abs(edges[(A, True)] - edges[(B, True)])
        leaving_ms = abs(edges[(A, False)] - edges[(B, False)])
        held_ms = edges[(A, False)] - edges[(A, True)]
        return held_ms * self.rules.spacing_mm > self.rules.long_mm * max(arriving_ms, leaving_ms, 1)
