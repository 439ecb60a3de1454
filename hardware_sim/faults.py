"""What a bad wire does to a device's answers, as data: faults compose with `|`.

Pure: it says which bytes leave when. `pty_link.py` is the only place that lets them happen. What befalls
the device itself (no paper, a torn write, a card pulled away) is the world's affair, not the wire's.
"""

from dataclasses import dataclass, fields
from random import Random


@dataclass(frozen=True)
class Faults:
    """How one wire misbehaves; the default is a good wire.

    silent: nothing the device says arrives, though it hears and obeys.
    deaf: nothing the host says arrives; the device may still speak of its own accord.
    noise_bytes: so many random bytes come before each answer.
    garbled: one bit of each answer is flipped.
    late_s: each answer leaves so much later.
    byte_gap_s: each byte travels alone, so long after the one before; 0 sends answers whole.
    seed: of the random bytes and bits, so that a failure can be repeated.
    """

    silent: bool = False
    deaf: bool = False
    noise_bytes: int = 0
    garbled: bool = False
    late_s: float = 0.0
    byte_gap_s: float = 0.0
    seed: int = 20_220_701

    def __or__(self, other: "Faults") -> "Faults":
        """Both at once: wherever `other` differs from a good wire, its value holds."""
        good = Faults()
        chosen = {
            field.name: theirs
            if (theirs := getattr(other, field.name)) != getattr(good, field.name)
            else getattr(self, field.name)
            for field in fields(Faults)
        }
        return Faults(**chosen)


GOOD_WIRE = Faults()

FAULTS: dict[str, Faults] = {
    "none": GOOD_WIRE,
    "silent": Faults(silent=True),
    "deaf": Faults(deaf=True),
    "noisy": Faults(noise_bytes=7),
    "garbled": Faults(garbled=True),
    "late": Faults(late_s=0.05),
    "byte_by_byte": Faults(byte_gap_s=0.000_5),
}


@dataclass(frozen=True)
class Piece:
    """Bytes that travel together, `wait_s` after the piece before (or after the device spoke)."""

    wait_s: float
    data: bytes


def bend(answer: bytes, faults: Faults, random: Random) -> tuple[Piece, ...]:
    """What arrives instead of `answer`, piece by piece."""
    if faults.silent or not answer:
        return ()
    data = random.randbytes(faults.noise_bytes) + (
        _flip_one_bit(answer, random) if faults.garbled else answer
    )
    if not faults.byte_gap_s:
        return (Piece(faults.late_s, data),)
    first, *rest = (data[i : i + 1] for i in range(len(data)))
    return (Piece(faults.late_s, first), *(Piece(faults.byte_gap_s, byte) for byte in rest))


def _flip_one_bit(data: bytes, random: Random) -> bytes:
    place = random.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << random.randrange(8)]) + data[place + 1 :]
