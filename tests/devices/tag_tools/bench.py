"""A FEIG reader on a wire with tags on its pad, for the tests of the staff tools."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from devices.feig_obid.protocol import Control, Decoder, Iso
from devices.tag_data import Model, TagContent, Unreadable, decode, dsfid_of, encode
from hardware_sim.feig_obid import FeigObid
from hardware_sim.pty_link import LineSpeed, PtyLink
from hardware_sim.world import Chip, World
from tests import vectors

RFID = vectors.load_rfid()
SIZE = 112
NEW_ID = "33191000105864"
ANNEX = bytes.fromhex(RFID["iso28560_2"][0]["hex"])
"""GB/T 35660.2's worked example: item 123456789012, part 3 of 12, owner US-InU-Mu, shelf QA268.L55."""
DANISH = bytes.fromhex(RFID["iso28560_3"][1]["hex"])
"""Item 1000000056 of DK718500."""
Tool = Callable[..., tuple[int, str, str]]
"""Runs `tag ACTION …` on the bench's reader; gives exit status, standard output and standard error."""
WRITES = {Iso.WRITE_BLOCKS, Iso.WRITE_AFI, Iso.WRITE_DSFID}


def uid_of(number: int) -> bytes:
    return bytes.fromhex("E0040100") + number.to_bytes(4)


def chip(number: int, memory: bytes = b"", dsfid: int = 0x00, afi: int = 0x00) -> Chip:
    return Chip(uid_of(number), bytearray(memory.ljust(SIZE, b"\0")), dsfid=dsfid, afi=afi)


def written_chip(number: int, item_id: str, model: Model = Model.ISO_28560_2) -> Chip:
    return chip(number, encode(TagContent(model, item_id), SIZE), dsfid_of(model), afi=0x07)


@dataclass
class Watched:
    """The reader, with somebody who looks on: `at_write` is called with the number of each write command
    before it is obeyed; `states` holds the memory of `chip` after each command."""

    reader: FeigObid
    chip: Chip | None = None
    at_write: Callable[[int], None] = lambda number: None
    writes: int = 0
    inventories: int = 0
    states: list[bytes] = field(default_factory=list)
    decoder: Decoder = field(default_factory=Decoder)

    def receive(self, data: bytes) -> bytes:
        for frame in self.decoder.feed(data):
            command = frame.data[0] if frame.control == Control.ISO_HOST else None
            self.inventories += command == Iso.INVENTORY
            if command in WRITES:
                self.writes += 1
                self.at_write(self.writes)
        answer = self.reader.receive(data)
        if self.chip:
            self.states.append(bytes(self.chip.memory))
        return answer

    def tick(self, now: float) -> bytes:
        return self.reader.tick(now)


class Bench:
    """`put` and `lift` are the hands; `port` is what the tools are given."""

    def __init__(self, folder: Path) -> None:
        self.world = World()
        self.watched = Watched(FeigObid(self.world))
        self.link = PtyLink(self.watched, folder / "kiosk-pad", line=LineSpeed((38400,), "E"))
        self.port = str(self.link.path)

    def put(self, *chips: Chip) -> None:
        for each in chips:
            self.world.tags[each.uid.hex()] = each
            self.world.put(each.uid.hex())

    def lift(self, *chips: Chip) -> None:
        self.world.lift(*(each.uid.hex() for each in chips))

    def watch(self, tag: Chip, at_write: Callable[[int], None] = lambda number: None) -> None:
        """From now on; writes are counted anew."""
        self.watched.chip, self.watched.at_write = tag, at_write
        self.watched.writes = 0
        self.watched.states.clear()


def bears(each: Chip) -> TagContent | Unreadable:
    return decode(bytes(each.memory), each.dsfid)


def item_id(each: Chip) -> str | None:
    content = bears(each)
    return content.primary_item_id if isinstance(content, TagContent) else None


def believed(memory: bytes) -> set[str]:
    """Every item identifier that some data model reads there, whatever the register says."""
    contents = (decode(memory, models=[model]) for model in Model)
    return {content.primary_item_id for content in contents if isinstance(content, TagContent)}


def one_sentence(err: str) -> bool:
    return err.count("\n") == 1 and err.endswith("\n") and "Traceback" not in err
