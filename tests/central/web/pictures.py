"""Pictures of pages, kept beside the tests and compared with what the pages look like now.

`RECORD=1` writes them anew: look at each before it is committed. Compared are channels (a difference of more
than 24 counts), and single specks do not matter: text is drawn a little differently from one build of
Chromium to the next.
"""

import io
import os
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter

FOLDER = Path(__file__).with_name("pictures")
CHANNEL = 24
SPECK_PX = 3


def check(name: str, png: bytes, folder: Path) -> None:
    """Fails where the picture `name` differs; `folder` then has what is seen now and where it differs."""
    kept = FOLDER / f"{name}.png"
    now = Image.open(io.BytesIO(png)).convert("RGB")
    if os.environ.get("RECORD"):
        now.save(kept, optimize=True)
    assert kept.exists(), f"{kept} is not there: RECORD=1 makes it"
    differs = difference(Image.open(kept).convert("RGB"), now)
    if differs is not None:
        now.save(folder / f"{name}.png")
    assert differs is None, f"{name} differs within {differs}: see {folder}; RECORD=1 keeps it if it is meant"


def difference(one: Image.Image, other: Image.Image) -> tuple[int, int, int, int] | None:
    """The box in which the two differ, None where they are alike."""
    if one.size != other.size:
        return (0, 0, *other.size)
    channels = ImageChops.difference(one, other).split()
    worst = channels[0]
    for channel in channels[1:]:
        worst = ImageChops.lighter(worst, channel)
    found = worst.point(lambda value: 255 if value > CHANNEL else 0).filter(ImageFilter.MinFilter(SPECK_PX))
    return found.getbbox()
