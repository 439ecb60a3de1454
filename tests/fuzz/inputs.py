"""Inputs from valid ones: flipped, cut, grown, repeated, spliced, among noise; and how a stream is cut up."""

import random
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence

from tests.devices.tag_data.fuzz import edited
from tests.fuzz.engine import Act, Inputs

LONGEST = 8192
_TIMES = (2, 2, 3, 9, 70, 3000)
_NOISE = 40


def mutations_of(*seeds: bytes) -> Inputs:
    """Most are one step from a valid input, so that they get past a decoder's first look."""

    def inputs(chance: random.Random) -> Iterator[bytes]:
        while True:
            yield chance.choice(_STEPS)(chance, seeds)[:LONGEST]

    return inputs


def scripts(chance: random.Random) -> Iterator[bytes]:
    """For targets that draw their faults themselves: what to draw them by."""
    while True:
        yield chance.randbytes(8)


def _edited(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    return edited(chance, chance.choice(seeds))


def _cut(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    whole = _edited(chance, seeds)
    return whole[: chance.randrange(len(whole) + 1)]


def _repeated(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """A piece of it many times: what nests is nested deep, what is long is too long."""
    whole = chance.choice(seeds)
    at = chance.randrange(len(whole) + 1)
    end = at + chance.randrange(1, 9)
    return whole[:at] + whole[at:end] * chance.choice(_TIMES) + whole[end:]


def _spliced(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    one, other = chance.choice(seeds), chance.choice(seeds)
    return one[: chance.randrange(len(one) + 1)] + other[chance.randrange(len(other) + 1) :]


def _in_a_row(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    return b"".join(_edited(chance, seeds) for _ in range(chance.randrange(2, 5)))


def _noisy(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    return chance.randbytes(chance.randrange(_NOISE)) + _edited(chance, seeds)


def _random(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    return chance.randbytes(chance.randrange(4 * _NOISE))


_STEPS: tuple[Callable[[random.Random, Sequence[bytes]], bytes], ...] = (
    *(_edited, _edited, _edited, _edited, _cut, _cut),
    *(_repeated, _spliced, _spliced, _in_a_row, _noisy, _random),
)


def chance_of(data: bytes) -> random.Random:
    """Chance that is the same for the same input, so that its hexadecimal alone plays it again."""
    return random.Random(zlib.crc32(data))


def pieces(data: bytes) -> Iterator[bytes]:
    """As a wire may bring it."""
    chance, at = chance_of(data), 0
    while at < len(data):
        size = chance.choice((1, 1, 2, 3, 8, 64, 1024))
        yield data[at : at + size]
        at += size


def as_stream(hear: Callable[[Iterable[bytes]], object]) -> Act:
    """What is heard of it must not depend on the pieces in which it comes."""

    def act(data: bytes) -> bool:
        whole = hear((data,))
        assert hear(pieces(data)) == whole, "in pieces it means something else"
        return bool(whole)

    return act


def each_of(
    *asked: Callable[[bytes], object], refusals: type[Exception] | tuple[type[Exception], ...]
) -> Act:
    """Every one of `asked` on its own; whether any of them believed it."""

    def act(data: bytes) -> bool:
        believed = [_believed(ask, data, refusals) for ask in asked]
        return any(believed)

    return act


def _believed(
    ask: Callable[[bytes], object], data: bytes, refusals: type[Exception] | tuple[type[Exception], ...]
) -> bool:
    try:
        ask(data)
    except refusals:
        return False
    return True
