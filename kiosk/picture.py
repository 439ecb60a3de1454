"""A picture of the screen small enough for a message: narrower and with fewer colours until it fits."""

import io

from PIL import Image

WIDTHS_PX = (960, 800, 640, 480, 320)
COLOURS = 64
MEDIA_TYPE = "image/png"


def small_png(png: bytes, at_most_bytes: int) -> bytes | None:
    """None when even the smallest is too large."""
    with Image.open(io.BytesIO(png)) as opened:
        whole = opened.convert("RGB")
    for width in WIDTHS_PX:
        size = (min(width, whole.width), max(1, whole.height * min(width, whole.width) // whole.width))
        small = whole.resize(size, Image.Resampling.LANCZOS).quantize(COLOURS)
        out = io.BytesIO()
        small.save(out, "PNG", optimize=True)
        if len(out.getvalue()) <= at_most_bytes:
            return out.getvalue()
    return None
