"""Pictures of receipts as the simulated printer gives them out, and their comparison with the committed ones.

`python -m tests.hardware_sim.receipt_pictures` records them anew: look at each before it is committed.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageFilter

from devices.escpos.driver import EscposPrinter
from devices.kinds import ReceiptLine
from hardware_sim.escpos import Escpos
from hardware_sim.pty_link import PtyLink
from hardware_sim.world import World
from kiosk.flow.session import Language
from kiosk.receipts import sample
from kiosk.receipts.library import load
from kiosk.receipts.papers import Paper, Papers
from tests.waiting import wait_for

COMMITTED = Path(__file__).with_name("receipts")
DIFFERENCE = 24
"""Of a channel: anti-aliasing of another FreeType is not ink."""


@dataclass(frozen=True)
class Shot:
    paper: Paper
    columns: int
    language: Language
    options: dict[str, Any]


SHOTS = {
    "borrow-32": Shot(Paper.BORROW, 32, Language.ZH, {}),
    "borrow-48-en": Shot(Paper.BORROW, 48, Language.EN, {}),
    "test-42-pictures": Shot(Paper.TEST, 42, Language.ZH, {"native_qr": False, "chinese_font": False}),
    "code-32": Shot(Paper.CODE, 32, Language.ZH, {}),
}


def printed(shot: Shot, folder: Path) -> Image.Image:
    """By the kiosk's templates and driver, over a wire, on the simulated printer."""
    lines = sample.lines(Papers(load(), sample.ACCOUNT_URL), shot.paper, shot.language)
    return printed_lines(lines, shot, folder)


def printed_lines(lines: tuple[ReceiptLine, ...], shot: Shot, folder: Path) -> Image.Image:
    file = folder / "receipt-001.png"
    with PtyLink(Escpos(World(), folder, shot.columns), folder / "kiosk-printer") as link:
        printer = EscposPrinter(str(link.path), columns=shot.columns, **shot.options)
        printer.print_receipt(lines)
        wait_for(file.exists, "the receipt")
        printer.close()
    return Image.open(file).convert("RGB")


def different(one: Image.Image, other: Image.Image) -> tuple[int, int, int, int] | None:
    """The box in which they differ by more than a thin line of grey; None where they are the same."""
    if one.size != other.size:
        return (0, 0, *one.size)
    channels = ImageChops.difference(one, other).split()
    strongest = ImageChops.lighter(ImageChops.lighter(channels[0], channels[1]), channels[2])
    marked = strongest.point(lambda value: 255 if value > DIFFERENCE else 0)
    return marked.filter(ImageFilter.MinFilter(3)).getbbox()


def main() -> None:
    COMMITTED.mkdir(exist_ok=True)
    for name, shot in SHOTS.items():
        with tempfile.TemporaryDirectory() as folder:
            printed(shot, Path(folder)).quantize(32).save(COMMITTED / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
