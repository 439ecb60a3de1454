"""Pictures of the screen fit into a message, however large the screen."""

import io
import random

import pytest
from PIL import Image

from kiosk.picture import small_png


def png(width: int, height: int, noise: bool = False) -> bytes:
    image = Image.new("RGB", (width, height), (18, 78, 82))
    if noise:
        image = Image.frombytes("L", (width, height), random.Random(1).randbytes(width * height))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(("size", "becomes"), [((1280, 800), (960, 600)), ((600, 1024), (600, 1024))])
def test_a_screen_becomes_a_small_picture_of_the_same_shape(
    size: tuple[int, int], becomes: tuple[int, int]
) -> None:
    small = small_png(png(*size), 36_000)
    assert small is not None and len(small) <= 36_000
    with Image.open(io.BytesIO(small)) as opened:
        assert (opened.size, opened.format) == (becomes, "PNG")
        assert opened.convert("RGB").getpixel((5, 5)) == (18, 78, 82)


def test_what_does_not_fit_even_when_small_is_not_sent() -> None:
    assert small_png(png(400, 300, noise=True), 3_000) is None
