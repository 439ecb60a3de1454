"""What one simulated device finds when it is started alone: from words of the command line to a world.

Pure but for reading a file of tags. Book tags are called B1, B2 … and lie on the pad; cards C1, C2 …, of
which the first is held to the reader. Without a word about tags and cards there is something to see too.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from devices.tag_data import Model, TagContent, decode, dsfid_of, encode
from hardware_sim.place import BadSeed, load_seed
from hardware_sim.place_state import Paper
from hardware_sim.sdt_idcard import Person, id_card
from hardware_sim.verbs import BadWords, described_card
from hardware_sim.world import SLIX, Card, Chip, Printer, World, uid_of

HF_BYTES = SLIX.block_count * 4
UHF_MODELS = frozenset({"uhf_reader18"})
UHF_BYTES = 96
UHF_TID = bytes.fromhex("E2003412013D0300")
SAMPLE_ITEMS = ("30000000000012", "30000000000020")
SAMPLE_CARD = "mifare_classic:04A1B2C3"
RESIDENT_ID = "resident_id"
SAMPLE_ID_CARD = f"{RESIDENT_ID}:11010519491231002X"
"""The published sample of a number."""
ID_NUMBER = re.compile(r"\d{15}|\d{17}[\dX]", re.ASCII)
SAMPLE_CODE = "9787302511625"
PAPER_MM: dict[Paper, float] = {Paper.OK: Printer().paper_mm, Paper.LOW: 1_000.0, Paper.OUT: 0.0}


def rig_world(
    model: str,
    *,
    tags: Sequence[str] | None = None,
    file: Path | None = None,
    cards: Sequence[str] | None = None,
    paper: Paper = Paper.OK,
    people: tuple[int, int] = (1, 0),
) -> World:
    """`tags` are memories in hexadecimal, UHF ones bank 01 and bank 11 in one piece; `cards` are KIND:UID, a
    resident ID card `resident_id:NUMBER`.

    BadWords or BadSeed for what makes no sense.
    """
    world = tags_of_file(file, model) if file else World()
    untold = tags is None and file is None and cards is None
    for chip in [chip_of(text, model) for text in tags or ()] or (sample_chips(model) if untold else []):
        label = f"B{len(world.tags) + 1}"
        chip.label = label
        chip.uid = uid_for(model, len(world.tags) + 1)
        world.tags[label] = chip
    sample = SAMPLE_ID_CARD if model == "sdt_idcard" else SAMPLE_CARD
    for number, text in enumerate([sample] if untold else cards or (), start=1):
        world.cards[f"C{number}"] = card_of(text, label=f"C{number}")
    world.put(*world.tags)
    world.card = next(iter(world.cards.values()), None)
    world.scans.extend([SAMPLE_CODE] if untold else [])
    world.printer.paper_mm = PAPER_MM[paper]
    world.door.entries, world.door.exits = people
    return world


def tags_of_file(file: Path, model: str) -> World:
    """A JSON seed as of `place.load_seed`, or a tag's memory in hexadecimal on each line, # for remarks."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadSeed(
            f"{file}: 读不了 / cannot be read: {getattr(error, 'strerror', None) or error}"
        ) from error
    if text.lstrip().startswith("{"):
        return load_seed(file)
    world = World()
    for line in filter(None, (line.partition("#")[0].strip() for line in text.splitlines())):
        label = f"B{len(world.tags) + 1}"
        world.tags[label] = chip_of(line, model)
        world.tags[label].uid, world.tags[label].label = uid_for(model, len(world.tags)), label
    return world


def card_of(text: str, label: str) -> Card:
    """`KIND:UID`, or `resident_id:NUMBER`, whose check digit may be wrong."""
    kind, number = _parted(text)
    if kind != RESIDENT_ID:
        return Card(*described_card(kind, number), label=label)
    if not ID_NUMBER.fullmatch(number):
        raise BadWords(
            f"身份证号 / ID number {number!r}: 应为 18 位 / has 18 characters, such as {SAMPLE_ID_CARD}"
        )
    return id_card(Person(number), label)


def chip_of(text: str, model: str) -> Chip:
    """A tag that bears these bytes; an HF tag's register says the data model that they are of."""
    try:
        memory = bytes.fromhex(text)
    except ValueError:
        memory = b""
    if not memory:
        raise BadWords(f"标签 / tag {text!r}: 不是十六进制内容 / is no memory in hexadecimal")
    if model in UHF_MODELS:
        return Chip(b"", bytearray(memory))
    content = decode(memory)
    dsfid = dsfid_of(content.model) if isinstance(content, TagContent) else 0
    return Chip(b"", bytearray(memory.ljust(HF_BYTES, b"\0")), dsfid)


def sample_chips(model: str) -> list[Chip]:
    data_model, size = (
        (Model.ISO_28560_4, UHF_BYTES) if model in UHF_MODELS else (Model.ISO_28560_2, HF_BYTES)
    )
    contents = [TagContent(data_model, item) for item in SAMPLE_ITEMS]
    return [Chip(b"", bytearray(encode(each, size)), dsfid_of(data_model)) for each in contents]


def uid_for(model: str, number: int) -> bytes:
    """A chip's own number: a TID for UHF."""
    return UHF_TID + number.to_bytes(4) if model in UHF_MODELS else uid_of(SLIX, number)


def _parted(card: str) -> tuple[str, str]:
    kind, colon, uid = card.partition(":")
    if not colon:
        raise BadWords(f"卡 / card {card!r}: 应为 类型:十六进制号 / must be KIND:UID, such as {SAMPLE_CARD}")
    return kind, uid
