"""What the head prints, looked at: against committed pictures, by zbar, and driven by a second generator.

thermalprinter 2.1 makes ESC/POS for a 58 mm panel printer by itself, sharing no code with python-escpos.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from thermalprinter import ThermalPrinter
from thermalprinter.constants import Justify, Size

from hardware_sim.escpos import Escpos
from hardware_sim.pty_link import PtyLink
from hardware_sim.receipt_image import INK
from hardware_sim.world import World
from kiosk.receipts import sample
from tests.hardware_sim.receipt_pictures import COMMITTED, SHOTS, different, printed
from tests.waiting import wait_for


@pytest.mark.parametrize("name", SHOTS)
def test_the_paper_looks_as_it_did(name: str, tmp_path: Path) -> None:
    picture = printed(SHOTS[name], tmp_path)
    box = different(picture, Image.open(COMMITTED / f"{name}.png").convert("RGB"))
    assert box is None, f"{tmp_path}/receipt-001.png differs in {box}; if meant, record it anew"


def test_another_character_is_another_picture(tmp_path: Path) -> None:
    picture = printed(SHOTS["code-32"], tmp_path)
    changed = picture.copy()
    ImageDraw.Draw(changed).rectangle((80, 80, 90, 90), fill=INK)
    assert different(picture, changed) == (81, 81, 90, 90)
    assert different(picture, picture.resize((10, 10))) is not None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("borrow-32", sample.ACCOUNT_URL),
        ("borrow-48-en", sample.ACCOUNT_URL),
        ("test-42-pictures", sample.CODE),
        ("code-32", sample.CODE),
    ],
)
def test_zbar_reads_the_code_on_the_committed_paper(name: str, content: str) -> None:
    command = ["zbarimg", "--quiet", "--raw", "-Sbinary", str(COMMITTED / f"{name}.png")]
    assert subprocess.run(command, capture_output=True, check=True).stdout.decode() == content


# -- a second generator ------------------------------------------------------------------------------------


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def simulator(world: World, tmp_path: Path) -> Escpos:
    return Escpos(world, tmp_path)


@pytest.fixture
def other(simulator: Escpos, tmp_path: Path) -> Iterator[ThermalPrinter]:
    with PtyLink(simulator, tmp_path / "kiosk-printer") as link:
        printer = ThermalPrinter(
            str(link.path), baudrate=19200, byte_time=0.0, command_timeout=0.0, dot_feed_time=0.0,
            dot_print_time=0.0, read_timeout=15.0, use_stats=False,
        )  # fmt: skip
        yield printer
        printer.close()


def given_out(printer: ThermalPrinter, folder: Path) -> tuple[str, Image.Image]:
    """Cut with Epson's own GS V 0, and what came out."""
    printer.write(b"\x1dV\x00")
    file = folder / "receipt-001.png"
    wait_for(file.exists, "the receipt")
    return file.with_suffix(".txt").read_text("utf-8"), Image.open(file).convert("RGB")


def test_its_text_and_styles(other: ThermalPrinter, simulator: Escpos, tmp_path: Path) -> None:
    other.out("RECEIPT", justify=Justify.CENTER, size=Size.LARGE, bold=True)
    other.out("inverse", inverse=True)
    other.feed(2)
    other.out("end")
    text, picture = given_out(other, tmp_path)
    assert text == "RECEIPT\ninverse\nend\n" and simulator.unknown == []
    dark = sum(count for count, colour in picture.getcolors(1 << 20) or [] if colour == INK)
    assert dark > 2000


def test_its_chinese(other: ThermalPrinter, tmp_path: Path) -> None:
    other.chinese(True)
    other.out("借书凭条".encode("gb18030"))
    other.chinese(False)
    other.out("ISBN")
    assert given_out(other, tmp_path)[0] == "借书凭条\nISBN\n"


def test_its_image_dot_by_dot_with_a_status_question_among_the_dots(
    other: ThermalPrinter, tmp_path: Path
) -> None:
    """The rows of the image are the bytes of DLE EOT 1: no answer, and ink where they say."""
    image = Image.new("1", (24, 8), 1)
    for y in range(8):
        for x, bit in enumerate(f"{0x100401:024b}"):
            image.putpixel((x, y), bit == "0")
    image.filename = "status.png"  # it logs the name
    other.image(image)
    other.write(b"\x10\x04\x04")
    assert other.read(1) == b"\x12", "the one question that was asked"
    text, picture = given_out(other, tmp_path)
    assert text == "[image]\n"
    dark = sum(count for count, colour in picture.getcolors(1 << 20) or [] if colour == INK)
    assert dark == 8 * f"{0x100401:b}".count("1")


def test_asked_between_its_bytes_the_printer_answers_at_once(
    other: ThermalPrinter, world: World, tmp_path: Path
) -> None:
    with world.lock:
        world.printer.cover_open = True
    other.write(b"one\x1b\x10\x04\x02E\x01two\n")
    assert other.read(1) == b"\x16", "in the middle of a command, with the cover open"
    with world.lock:
        world.printer.cover_open = False
    assert given_out(other, tmp_path)[0] == "onetwo\n"
