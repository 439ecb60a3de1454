"""The simulated printer against python-escpos' own serial printer, unmodified, and on the bare wire."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import qrcode
from escpos.printer import Dummy, Serial
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from devices.escpos.protocol import is_status
from hardware_sim.escpos import Escpos
from hardware_sim.escpos_modes import MODES
from hardware_sim.escpos_stream import ARGUMENT_BYTES, FORMS
from hardware_sim.pty_link import PtyLink
from hardware_sim.receipt_image import INK, PAPER
from hardware_sim.world import World
from tests.waiting import wait_for

CUT = b"\x1dV\x00"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def printer(world: World, tmp_path: Path) -> Escpos:
    return Escpos(world, tmp_path)


@pytest.fixture
def library(printer: Escpos, tmp_path: Path) -> Iterator[Serial]:
    """python-escpos, knowing nothing of us."""
    with PtyLink(printer, tmp_path / "pty") as link:
        serial = Serial(devfile=str(link.path), baudrate=19200, timeout=0.1, dsrdtr=False)
        serial.open()
        yield serial
        serial.close()


def wait_for_picture(folder: Path, number: int = 1) -> Image.Image:
    path = folder / f"receipt-{number:03}.png"
    wait_for(path.exists, f"{path.name} is given out")
    return Image.open(path)


def printed(folder: Path, number: int = 1) -> str:
    return (folder / f"receipt-{number:03}.txt").read_text("utf-8")


def ink(picture: Image.Image) -> int:
    """How many dots are black."""
    return sum(count for count, colour in picture.getcolors(1 << 20) or [] if colour == INK)


# -- with python-escpos ----------------------------------------------------------------------------------


def test_python_escpos_prints_text(library: Serial, tmp_path: Path) -> None:
    library.hw("INIT")
    library.set(align="center", bold=True, double_width=True, double_height=True)
    library.text("RECEIPT\n")
    library.set(align="left", bold=False, normal_textsize=True)
    library.text("借书 Checkout 1\n")
    library.text("two\nlines\n")
    library.cut()
    picture = wait_for_picture(tmp_path)
    assert printed(tmp_path) == "RECEIPT\n借书 Checkout 1\ntwo\nlines\n"
    assert ink(picture) > 1500


def test_python_escpos_asks_for_status(library: Serial, world: World) -> None:
    assert library.is_online()
    assert library.paper_status() == 2
    world.printer.paper_mm = world.printer.near_end_mm
    assert library.paper_status() == 1
    world.printer.paper_mm = 0.0
    assert library.paper_status() == 0
    assert not library.is_online()


def test_python_escpos_prints_a_qr_code_of_the_printer(library: Serial, tmp_path: Path) -> None:
    """Found again in the picture, module by module."""
    content = "https://example.org/再见"
    library.hw("INIT")
    library.set(align="center")
    library.qr(content, native=True, size=4)
    library.cut()
    picture = wait_for_picture(tmp_path)
    assert printed(tmp_path) == f"[QR {content}]\n"
    symbol = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_L)
    symbol.add_data(content)
    symbol.make(fit=True)
    assert modules(picture, 4) == [[bool(module) for module in row] for row in symbol.get_matrix()]


def test_more_than_a_qr_code_can_hold_prints_nothing(printer: Escpos, tmp_path: Path) -> None:
    dummy = Dummy()
    dummy.qr("9" * 8000, native=True)
    printer.receive(dummy.output + b"after\n" + CUT)
    assert printed(tmp_path) == "after\n"


def modules(picture: Image.Image, size: int) -> list[list[bool]]:
    """Black or white at the middle of each module of the only symbol in the picture."""
    black = picture.convert("RGB").point(lambda value: 255 if value < 60 else 0).convert("L")
    left, top, right, bottom = black.point(lambda value: 255 if value > 200 else 0).getbbox() or (0, 0, 0, 0)
    return [
        [black.getpixel((x, y)) == 255 for x in range(left + size // 2, right, size)]
        for y in range(top + size // 2, bottom, size)
    ]


def test_python_escpos_prints_an_image(library: Serial, tmp_path: Path) -> None:
    library.image(Image.new("1", (80, 40), 0))
    library.cut()
    picture = wait_for_picture(tmp_path)
    assert printed(tmp_path) == "[image]\n"
    assert ink(picture) == 80 * 40


def test_what_it_does_not_know_is_skipped_and_remembered(
    library: Serial, printer: Escpos, tmp_path: Path
) -> None:
    library.barcode("4006381333931", "EAN13", function_type="A")
    library.text("after\n")
    library.cut()
    wait_for_picture(tmp_path)
    assert printed(tmp_path) == "after\n"
    assert printer.unknown == [b"\x1dk"]


@pytest.mark.parametrize("impl", ["bitImageRaster", "bitImageColumn", "graphics"])
@pytest.mark.parametrize(
    "sizes", [{}, {"high_density_vertical": False, "high_density_horizontal": False}], ids=["small", "large"]
)
def test_a_qr_code_in_each_kind_of_image_is_read_back_by_zbar(
    printer: Escpos, tmp_path: Path, impl: str, sizes: dict[str, bool]
) -> None:
    dummy = Dummy()
    dummy.image(qrcode.make("书站 3000012", box_size=3, border=2).get_image(), impl=impl, **sizes)
    printer.receive(b"\x1ba\x01" + dummy.output + CUT)
    assert printed(tmp_path) == "[image]\n"
    assert printer.unknown == []
    read = subprocess.run(
        ["zbarimg", "--quiet", "--raw", tmp_path / "receipt-001.png"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert read.stdout == "书站 3000012\n"


# -- on the bare wire ------------------------------------------------------------------------------------

TEXTS = {
    "Chinese mode is on at first": ("书站".encode("gb18030"), "书站"),
    "Chinese mode off: a code page": (b"\x1b@\x1c.caf\x82", "café"),
    "another code page": (b"\x1c.\x1bt\x10caf\xe9", "café"),
    "Chinese mode swallows a code page": (b"caf\x82ABC", "caf侫BC"),
    "four bytes have no glyph": ("𠮷".encode("gb18030"), "□4□5"),
    "a pair that is none": (b"\xff\xff.", "□."),
    "carriage returns do nothing": (b"one\r\ntwo", "one\ntwo"),
    "tabs are eight cells apart": (b"a\tb", "a       b"),
    "a full line is printed": (b"0123456789" * 4, "01234567890123456789012345678901\n23456789"),
    "double width halves the line": (b"\x1d!\x10" + b"0123456789" * 2, "0123456789012345\n6789"),
    "a reset forgets the line": (b"lost\x1b@kept", "kept"),
    "half a character before a command": (b"\xca\x1b2A", "□A"),
    "unknown escapes": (b"\x1bqA\x1c~B\x1d_C", "ABC"),
}


@pytest.mark.parametrize(("sent", "expected"), TEXTS.values(), ids=TEXTS)
def test_text(sent: bytes, expected: str, printer: Escpos, tmp_path: Path) -> None:
    printer.receive(sent + b"\n" + CUT)
    assert printed(tmp_path) == expected + "\n"


def height(sent: bytes, world: World, folder: Path) -> float:
    """Millimetres of paper that `sent` takes."""
    before = world.printer.paper_mm
    Escpos(world, folder).receive(sent + CUT)
    return before - world.printer.paper_mm


PAPER_MM = {
    "a line is 30 dots": (b"a\n", 3.75),
    "another spacing": (b"\x1b3\x50a\n", 10.0),
    "double height": (b"\x1d!\x01a\n", 6.0),
    "ESC ! leaves Chinese small": (b"\x1b!\x10" + "书\n".encode("gb18030"), 3.75),
    "FS ! makes it big": (b"\x1c!\x08" + "书\n".encode("gb18030"), 6.0),
    "FS W makes it big": (b"\x1cW\x01" + "书\n".encode("gb18030"), 6.0),
    "feed": (b"\x1bd\x04", 15.0),
    "feed before the cut": (b"a\n\x1dVB\x50", 13.75),
    "an image": (b"\x1dv0\x00\x01\x00\x10\x00" + bytes(16), 2.0),
    "an image of double height": (b"\x1dv02\x01\x00\x10\x00" + bytes(16), 4.0),
    "a column image is a line": (b"\x1b*\x21\x02\x00" + bytes(6) + b"\n", 3.75),
    "and as high as a line at least": (b"\x1b3\x10\x1b*\x00\x02\x00" + bytes(2) + b"\n", 3.0),
    "graphics that are stored": (b"\x1d(L\x12\x000p0\x01\x021\x08\x00\x08\x00" + b"\xff" * 8, 0.0),
    "graphics stored and printed": (
        b"\x1d(L\x12\x000p0\x01\x021\x08\x00\x08\x00" + b"\xff" * 8 + b"\x1d(L\x02\x0002",
        2.0,
    ),
    "large graphics": (
        b"\x1d8L\x12\x00\x00\x000p0\x01\x011\x08\x00\x08\x00" + b"\xff" * 8 + b"\x1d(L\x02\x0002",
        1.0,
    ),
}


@pytest.mark.parametrize(("sent", "expected"), PAPER_MM.values(), ids=PAPER_MM)
def test_paper_is_used_up(sent: bytes, expected: float, world: World, tmp_path: Path) -> None:
    assert height(sent, world, tmp_path) == expected


STYLES = {
    "bold": b"\x1bE\x01",
    "underlined": b"\x1b-\x01",
    "white on black": b"\x1dB\x01",
    "right": b"\x1ba\x02",
    "centred": b"\x1ba1",
    "large": b"\x1d!\x11",
}


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_each_style_looks_different(style: bytes, printer: Escpos, tmp_path: Path) -> None:
    printer.receive(b"abc\n" + CUT + style + b"abc\n" + CUT)
    assert wait_for_picture(tmp_path, 1).tobytes() != wait_for_picture(tmp_path, 2).tobytes()


def test_blank_paper_is_blank(printer: Escpos, tmp_path: Path) -> None:
    printer.receive(CUT)
    assert not list(tmp_path.iterdir()), "nothing came out, nothing to cut"
    printer.receive(b"\x1bd\x05" + CUT)
    picture = wait_for_picture(tmp_path)
    assert printed(tmp_path) == "\n"
    assert ink(picture) == 0 and picture.getpixel((picture.width // 2, picture.height // 2)) == PAPER


def test_no_receipt_of_an_earlier_day_is_overwritten(world: World, tmp_path: Path) -> None:
    for text in (b"yesterday\n", b"today\n"):
        Escpos(world, tmp_path).receive(text + CUT)
    assert (printed(tmp_path, 1), printed(tmp_path, 2)) == ("yesterday\n", "today\n")


QUESTION = b"\x10\x04"


def test_status_byte_by_byte(printer: Escpos, world: World) -> None:
    assert [printer.receive(QUESTION + bytes((n,))) for n in (1, 2, 3, 4)] == [b"\x12"] * 4
    world.printer.paper_mm = 0.0
    assert [printer.receive(QUESTION + bytes((n,))).hex() for n in (1, 2, 3, 4)] == ["1a", "32", "12", "7e"]
    assert printer.receive(QUESTION + b"\x09") == b""


def test_status_in_its_turn(printer: Escpos, world: World) -> None:
    """GS r 1 waits behind what cannot be printed; 2 is a drawer that nobody opened."""
    assert [printer.receive(b"\x1dr" + n) for n in (b"\x01", b"1", b"\x02", b"\x09")] == [b"\0"] * 3 + [b""]
    world.printer.paper_mm = world.printer.near_end_mm
    assert printer.receive(b"\x1dr\x01") == b"\x03"
    world.printer.cover_open = True
    assert printer.receive(b"text\n\x1dr\x01") == b""
    world.printer.cover_open = False
    assert printer.tick(0.0) == b"\x03"


def test_status_unasked_until_a_reset(printer: Escpos, world: World) -> None:
    assert printer.receive(b"\x1da\x0f") + printer.tick(0.0) == bytes.fromhex("10000000")
    assert printer.tick(1.0) == b""
    world.printer.cover_open = True
    assert printer.tick(2.0) == bytes.fromhex("38000000")
    world.printer.cover_open, world.printer.paper_mm, world.printer.cutter_jammed = False, 0.0, True
    assert printer.tick(3.0) == bytes.fromhex("18080f00")
    world.printer.cutter_jammed, world.printer.paper_mm = False, 3_000.0
    assert printer.tick(4.0) == bytes.fromhex("10000000")
    printer.receive(b"\x1b@")
    world.printer.cover_open = True
    assert printer.tick(5.0) == b""


def test_when_the_paper_ends_it_keeps_the_rest(printer: Escpos, world: World, tmp_path: Path) -> None:
    world.printer.paper_mm = 5.0
    answer = printer.receive(b"one\ntwo\nthree\n" + CUT + QUESTION + b"\x04")
    assert answer == b"\x7e"
    assert not list(tmp_path.iterdir())
    world.printer.paper_mm = 100.0
    printer.tick(0.0)
    assert printed(tmp_path) == "one\ntwo\nthree\n"


def test_an_open_cover_and_a_jam_wait_too(printer: Escpos, world: World, tmp_path: Path) -> None:
    world.printer.cover_open = True
    printer.receive(b"one\n" + CUT)
    world.printer.cover_open, world.printer.cutter_jammed = False, True
    printer.tick(0.0)
    assert not list(tmp_path.iterdir())
    world.printer.cutter_jammed = False
    printer.tick(1.0)
    assert printed(tmp_path) == "one\n"


CODES = st.sampled_from([*MODES, *FORMS, *ARGUMENT_BYTES, QUESTION, CUT, b"\x1d(k\x03\x001", b"\n"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CODES | st.binary(max_size=8)).map(b"".join))
def test_rubbish_does_not_break_it(tmp_path: Path, rubbish: bytes) -> None:
    """Whatever it hears, all it says is status: to DLE EOT, or that there is paper and no open drawer."""
    printer = Escpos(World(), tmp_path)
    assert all(is_status(byte) or byte == 0 for byte in printer.receive(rubbish))
    assert printer.tick(0.0) in (b"", bytes.fromhex("10000000"))
