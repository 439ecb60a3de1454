"""What a fuzz is made of: targets, each with its inputs and its call, and a run of them in turn on one core.

A target answers or refuses with one of its own errors; whatever else comes out, or no answer within
`PATIENCE_S` of processor time, has escaped. A target that let one escape is left alone from then on.
"""

import itertools
import random
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

Inputs = Callable[[random.Random], Iterator[bytes]]
Act = Callable[[bytes], bool]
"""Decodes one input, and says whether it was believed."""

BATCH = 5000
SLICE_S = 0.1
"""A turn ends then at the latest, so that every target gets as much of a long run."""
PATIENCE_S = 10.0


@dataclass(frozen=True)
class Target:
    """`refusals` are the errors by which it may say no: they are its promise to whoever calls it."""

    name: str
    inputs: Inputs
    act: Act
    refusals: tuple[type[Exception], ...] = ()


@dataclass
class Tally:
    """`slowest_s` is processor time. `escaped`: which input came out wrong, in hexadecimal, and how."""

    inputs: int = 0
    believed: int = 0
    seconds: float = 0.0
    slowest_s: float = 0.0
    escaped: str | None = None

    def add(self, other: "Tally") -> None:
        self.inputs += other.inputs
        self.believed += other.believed
        self.seconds += other.seconds
        self.slowest_s = max(self.slowest_s, other.slowest_s)
        self.escaped = self.escaped or other.escaped


Tallies = dict[str, Tally]


class TooSlow(Exception):
    """No answer within `PATIENCE_S` of processor time."""


def fuzz(targets: Sequence[Target], seed: int, inputs: int, seconds: float) -> Tallies:
    """Up to `inputs` through each of `targets`, for `seconds` at most; the seed makes it the same again."""
    turns = [_Turns(target, seed) for target in targets]
    end = time.monotonic() + seconds
    with _patience():
        while unfinished := [turn for turn in turns if turn.tally.inputs < inputs and not turn.tally.escaped]:
            for turn in unfinished:
                if time.monotonic() >= end:
                    return {turn.target.name: turn.tally for turn in turns}
                turn.take(min(BATCH, inputs - turn.tally.inputs))
    return {turn.target.name: turn.tally for turn in turns}


@dataclass
class _Turns:
    """One target and how far it is."""

    target: Target
    seed: int
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        self._source = self.target.inputs(random.Random(f"{self.seed} {self.target.name}"))

    def take(self, most: int) -> None:
        began = time.perf_counter()
        for data in itertools.islice(self._source, most):
            self._try(data)
            if self.tally.escaped or time.perf_counter() - began > SLICE_S:
                break
        self.tally.seconds += time.perf_counter() - began

    def _try(self, data: bytes) -> None:
        self.tally.inputs += 1
        began = time.process_time()
        self._answer(data)
        self.tally.slowest_s = max(self.tally.slowest_s, time.process_time() - began)

    def _answer(self, data: bytes) -> None:
        signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE_S)
        try:
            self.tally.believed += self.target.act(data)
        except self.target.refusals:
            return
        except Exception:
            self.tally.escaped = f"{data.hex()}\n{traceback.format_exc()}"


@contextmanager
def _patience() -> Iterator[None]:
    def out_of_patience(*_: object) -> None:
        raise TooSlow(f"no answer within {PATIENCE_S:g} s of processor time")

    before = signal.signal(signal.SIGVTALRM, out_of_patience)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
