"""Random and mutated tag memories, and all that may be asked of one: every question is answered, none raises.

`make fuzz` (`tests/fuzz`) gives the same memories to each decoder by itself, millions of them.
"""

import random
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass

from devices.crc import crc16
from devices.tag_data import Model, TagContent, Unreadable, bytes_needed, decode, encode, uhf
from tests import vectors

_DSFIDS = (None, 0x00, 0x06, 0x3E, 0xFF)
_CHOICES: tuple[tuple[Model, ...] | None, ...] = (None, *((model,) for model in Model))


@dataclass
class Tally:
    inputs: int = 0
    trusted: int = 0
    escaped: str | None = None
    """The input that made a decoder raise or answer nonsense, and how."""


def fuzz(seconds: float, inputs: int, seed: int = 0) -> Tally:
    tally = Tally()
    end = time.monotonic() + seconds
    for memory in memories(random.Random(seed)):
        if tally.inputs >= inputs or time.monotonic() >= end:
            break
        tally.inputs += 1
        try:
            tally.trusted += _try_all(memory)
        except Exception:
            tally.escaped = f"{memory.hex()}\n{traceback.format_exc()}"
            break
    return tally


def _try_all(memory: bytes) -> bool:
    """Every model and DSFID on `memory`; whether any of them believed it."""
    trusted = False
    for dsfid in _DSFIDS:
        for models in _CHOICES:
            content = decode(memory, dsfid, models)
            assert isinstance(content, TagContent | Unreadable)
            trusted |= isinstance(content, TagContent)
            needed = bytes_needed(memory, dsfid, models, extensions=True)
            assert needed is None or needed > len(memory)
            if isinstance(content, TagContent):
                _write_again(content, len(memory) + 256)
    return trusted


def _write_again(content: TagContent, size: int) -> None:
    """What was believed can be written, or is refused in words, and then reads the same."""
    try:
        memory = encode(content, size)
    except ValueError:
        return
    again = decode(memory, models=[content.model])
    assert isinstance(again, TagContent), again
    assert again.primary_item_id == content.primary_item_id


def memories(chance: random.Random) -> Iterator[bytes]:
    seeds = _seeds()
    while True:
        if chance.random() < 0.25:
            yield chance.randbytes(chance.randrange(130))
        else:
            yield _with_valid_checks(chance, edited(chance, chance.choice(seeds)))


def _seeds() -> list[bytes]:
    rfid = vectors.load_rfid()
    captured = [bytes.fromhex(vector["hex"]) for vector in rfid["iso28560_2"] + rfid["iso28560_3"]]
    captured += [bytes.fromhex(vector["epc"] + vector["user"]) for vector in rfid["uhf"] if "epc" in vector]
    written = [
        encode(TagContent(model, "12345678", elements={6: "A1"}), 64)
        for model in Model
        if model is not Model.MMM
    ]
    return [*captured, *written, encode(TagContent(Model.MMM, "12345678"), 32)]


def edited(chance: random.Random, memory: bytes) -> bytes:
    """Up to three bits flipped, bytes changed, taken out or put in."""
    changed = bytearray(memory)
    for _ in range(chance.randrange(4)):
        at = chance.randrange(len(changed) + 1)
        match chance.randrange(4):
            case 0 if at < len(changed):
                changed[at] ^= 1 << chance.randrange(8)
            case 1 if at < len(changed):
                changed[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF))
            case 2:
                del changed[at : at + chance.randrange(1, 5)]
            case _:
                changed[at:at] = chance.randbytes(chance.randrange(1, 5))
    return bytes(changed)


def _with_valid_checks(chance: random.Random, memory: bytes) -> bytes:
    """Some of them with a CRC put right, that of bank 01 or of ISO 28560-3, so that mutations get past it."""
    match chance.randrange(4):
        case 0 if len(memory) >= 16:
            afi = chance.choice((None, 0xC2, 0x07))
            return uhf.join(uhf.Banks(memory[4:16], memory[16:], afi))
        case 1 if len(memory) >= 34:
            check = crc16(memory[:19] + memory[21:34]).to_bytes(2, "little")
            return memory[:19] + check + memory[21:]
    return memory
