"""The tools on UHF tags: written whole and read back, never half believed, never beside a namesake."""

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from devices.__main__ import main
from devices.tag_data import Model, TagContent, Unreadable, decode, encode, uhf
from devices.uhf_reader18.protocol import Command, Decoder
from hardware_sim.pty_link import LineSpeed, PtyLink
from hardware_sim.uhf_reader18 import UhfReader18
from hardware_sim.world import Chip, World
from tests.devices.tag_tools.bench import NEW_ID, RFID, one_sentence

CONSORTIUM = bytes.fromhex(RFID["uhf"][0]["epc"] + RFID["uhf"][0]["user"])
"""A captured tag of the university consortium: item 32103179."""
USER_BYTES = 64
BLANK = uhf.join(uhf.Banks(bytes(12), bytes(USER_BYTES), afi=None))
FACTORY = bytes.fromhex("E2003412F1446A7149324D41")
"""What a factory leaves in bank 01: the chip's own number."""
PASSWORD = "1A2B3C4D"
WRITES = {Command.WRITE, Command.WRITE_EPC, Command.LOCK}


def tid(number: int) -> bytes:
    return bytes.fromhex("E2003412013D0300") + number.to_bytes(4)


def iso_memory(item_id: str, **elements: str) -> bytes:
    """An ISO tag in the library with bank 11 of USER_BYTES."""
    content = TagContent(Model.ISO_28560_4, item_id, elements={6: "QA268"})
    banks = uhf.split(encode(content, 512))
    return uhf.join(uhf.Banks(banks.content, banks.user[:USER_BYTES], afi=0x07))


@dataclass
class Watched:
    """The reader; `at_write` is called with the number of each write before it is obeyed."""

    reader: UhfReader18
    at_write: Callable[[int], None] = lambda number: None
    writes: int = 0
    decoder: Decoder = field(default_factory=Decoder)

    def receive(self, data: bytes) -> bytes:
        for frame in self.decoder.feed(data):
            if frame.command in WRITES:
                self.writes += 1
                self.at_write(self.writes)
        return self.reader.receive(data)

    def tick(self, now: float) -> bytes:
        return self.reader.tick(now)


class Pad:
    def __init__(self, folder: Path) -> None:
        self.world = World()
        self.watched = Watched(UhfReader18(self.world))
        self.link = PtyLink(self.watched, folder / "uhf-pad", line=LineSpeed((57600,)))

    def lay(self, number: int, memory: bytes) -> Chip:
        chip = Chip(tid(number), bytearray(memory))
        self.world.tags[str(number)] = chip
        self.world.put(str(number))
        return chip


@pytest.fixture
def pad(tmp_path: Path) -> Iterator[Pad]:
    pad = Pad(tmp_path)
    with pad.link:
        yield pad


Tool = Callable[..., tuple[int, str, str]]


@pytest.fixture
def tool(pad: Pad, capsys: pytest.CaptureFixture[str]) -> Tool:
    def run(action: str, *words: str) -> tuple[int, str, str]:
        status = main(["tag", action, "--port", str(pad.link.path), "--model", "uhf_reader18", *words])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def item_of(chip: Chip) -> str | None:
    content = decode(bytes(chip.memory))
    return content.primary_item_id if isinstance(content, TagContent) else None


def test_a_blank_tag_gets_both_banks_its_length_and_its_security_byte(pad: Pad, tool: Tool) -> None:
    chip = pad.lay(1, BLANK)
    status, out, err = tool("write", "--id", NEW_ID, "--owner", "CN-524094", "--element", "6=I247.5")
    assert (status, err) == (0, "")
    banks = uhf.split(bytes(chip.memory))
    assert (banks.afi, len(banks.user)) == (0x07, USER_BYTES)
    content = decode(bytes(chip.memory))
    assert isinstance(content, TagContent) and content.model is Model.ISO_28560_4
    assert (content.primary_item_id, content.owner) == (NEW_ID, "CN-524094")
    assert content.elements[6] == "I247.5"
    assert json.loads(out)["primary_item_id"] == NEW_ID


def test_a_consortium_tag_in_its_own_model_on_loan(pad: Pad, tool: Tool) -> None:
    chip = pad.lay(1, CONSORTIUM)
    assert tool("write", "--id", "32103180", "--data-model", "gaoxiao", "--afi", "C2", "--yes")[0] == 0
    assert item_of(chip) == "32103180"
    assert chip.memory[4] & 0x80
    assert tool("write", "--id", "32103180", "--data-model", "gaoxiao", "--yes")[0] == 0
    assert not chip.memory[4] & 0x80


def test_converting_tells_what_is_lost_and_undo_brings_every_byte_back(
    pad: Pad, tool: Tool, tmp_path: Path
) -> None:
    chip = pad.lay(1, CONSORTIUM)
    log = ["--undo-log", str(tmp_path / "undo.jsonl")]
    status, out, _ = tool("convert", "--to", "iso28560-4", "--yes", *log)
    assert status == 0
    assert (item_of(chip), uhf.split(bytes(chip.memory)).afi) == ("32103179", 0x07)
    assert json.loads(out)["before"]["hex"] == CONSORTIUM.hex()
    assert tool("undo", "--yes", *log)[0] == 0
    assert chip.memory == CONSORTIUM


def test_a_crate_of_uhf_tags(pad: Pad, tool: Tool, tmp_path: Path) -> None:
    chip = pad.lay(1, BLANK)
    crate = tmp_path / "crate.csv"
    crate.write_text(f"item_id,part,total\n{NEW_ID},1,2\n", encoding="utf-8")
    words = ["--csv", str(crate), "--undo-log", str(tmp_path / "crate.jsonl"), "--wait", "20"]
    assert tool("batch", *words)[0] == 0
    content = decode(bytes(chip.memory))
    assert isinstance(content, TagContent) and content.set_info is not None
    assert (content.primary_item_id, content.set_info.part) == (NEW_ID, 1)


@pytest.mark.parametrize(
    ("memories", "words", "says"),
    [
        ((BLANK, BLANK), (), "two tags bear the same content"),
        ((BLANK, uhf.join(uhf.Banks(bytes(8), bytes(USER_BYTES), None))), (), "2 blank tags"),
        ((BLANK, uhf.join(uhf.Banks(FACTORY, bytes(USER_BYTES), None))), (), "2 blank tags"),
        ((BLANK, iso_memory("AB000002")), (), "2 tags lie on the pad"),
        ((BLANK, iso_memory(NEW_ID)), ("--uid", tid(1).hex()), "bears the same already"),
    ],
)
def test_no_doubt_which_tag_is_meant(
    pad: Pad, tool: Tool, memories: tuple[bytes, ...], words: tuple[str, ...], says: str
) -> None:
    chips = [pad.lay(number, memory) for number, memory in enumerate(memories, start=1)]
    status, out, err = tool("write", "--id", NEW_ID, "--yes", *words)
    assert (status, out) == (1, "")
    assert one_sentence(err)
    assert says in err
    assert [bytes(chip.memory) for chip in chips] == list(memories)


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("--id", NEW_ID, "--data-model", "3m"), 1, "cannot bear 3m: choose one of iso28560-4, gaoxiao"),
        (("--id", NEW_ID, "--element", f"17={'红楼梦' * 20}"), 1, "the tag holds"),
        (("--id", NEW_ID, "--lock"), 2, "--lock needs --access-password"),
        (("--id", NEW_ID, "--access-password", "12"), 2, "--access-password"),
        (("--id", "ABC12345", "--data-model", "gaoxiao", "--afi", "DA"), 1, "07h or C2h only"),
    ],
)
def test_what_cannot_be_written_is_said_and_the_tag_left_alone(
    pad: Pad, tool: Tool, words: tuple[str, ...], status: int, says: str
) -> None:
    chip = pad.lay(1, BLANK)
    assert tool("read")[0] == 0
    result, out, err = tool("write", *words)
    assert (result, out, bytes(chip.memory)) == (status, "", BLANK)
    assert one_sentence(err)
    assert says in err


def test_a_written_tag_is_not_overwritten_unasked(pad: Pad, tool: Tool) -> None:
    chip = pad.lay(1, iso_memory("AB000001"))
    status, _, err = tool("write", "--id", NEW_ID)
    assert (status, item_of(chip)) == (1, "AB000001")
    assert "AB000001" in err and "--yes" in err


def test_a_locked_tag_changes_for_its_own_password_only(pad: Pad, tool: Tool) -> None:
    chip = pad.lay(1, BLANK)
    mine = ("--access-password", PASSWORD)
    assert tool("write", "--id", NEW_ID, "--lock", *mine)[0] == 0
    assert chip.access_password == int(PASSWORD, 16)
    locked = bytes(chip.memory)
    for foreign in ((), ("--access-password", "11111111")):
        status, _, err = tool("write", "--id", "77889900", "--yes", *foreign)
        assert (status, bytes(chip.memory)) == (1, locked)
        assert one_sentence(err)
    assert json.loads(tool("read")[1])[0]["primary_item_id"] == NEW_ID
    assert tool("write", "--id", "77889900", "--yes", *mine)[0] == 0
    assert item_of(chip) == "77889900"


DISASTERS: dict[str, Callable[[Pad, Chip], object]] = {
    "lifted": lambda pad, chip: pad.world.lift("1"),
    "failing a while": lambda pad, chip: setattr(chip, "write_fails", 3),
    "failing for good": lambda pad, chip: setattr(chip, "write_fails", 99),
}
OLD_TAGS = {"blank": BLANK, "iso": iso_memory("AB000001"), "consortium": CONSORTIUM}


@pytest.mark.parametrize("disaster", DISASTERS)
@pytest.mark.parametrize("old", OLD_TAGS)
def test_a_disaster_at_every_write_in_turn(pad: Pad, tool: Tool, old: str, disaster: str) -> None:
    """Whenever it befalls, the tag bears its old book, the new one, or nothing that is believed."""
    before = OLD_TAGS[old]
    for number in itertools.count(1):
        chip = pad.lay(1, before)
        pad.watched.writes = 0
        pad.watched.at_write = lambda now, chip=chip, number=number: (  # type: ignore[misc]
            DISASTERS[disaster](pad, chip) if now == number else None
        )
        status, _, err = tool("write", "--id", NEW_ID, "--element", "6=I247.5", "--yes")
        pad.watched.at_write = lambda now: None
        chip.write_fails = 0
        if status == 0:
            break
        assert one_sentence(err)
        torn = isinstance(decode(bytes(chip.memory)), Unreadable)
        assert torn or bytes(chip.memory) == before, f"write {number}"
        assert "lay it back" in err or not torn or bytes(chip.memory) == before
        pad.world.put("1")
        assert tool("write", "--id", NEW_ID, "--yes")[0] == 0
    assert number > (3 if disaster == "lifted" else 1)
    assert item_of(chip) == NEW_ID
