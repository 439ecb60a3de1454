"""Contrast as WCAG 2.2 computes it (relative luminance, success criterion 1.4.3)."""

import pytest

from kiosk.ui import theme
from kiosk.ui.drawings import SIGNS
from kiosk.ui.shapes import Fill
from kiosk.ui.widgets import touch_button
from kiosk.view_data import Tone

AIMED = 7.0
"""Level AAA for text."""
GRAPHICS = 3.0
DISABLED = 4.5


def luminance(colour: theme.Colour) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: theme.Colour, other: theme.Colour) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_21_to_1() -> None:
    assert contrast((0, 0, 0, 1), (1, 1, 1, 1)) == pytest.approx(21)


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        (theme.INK, theme.PAPER),
        (theme.INK, theme.CARD),
        (theme.INK_SOFT, theme.CARD),
        (theme.ACCENT, theme.PAPER),
        (theme.ACCENT, theme.CARD),
        (theme.WHITE, theme.ACCENT),
        (theme.WHITE, theme.ACCENT_DEEP),
    ],
)
def test_text_stands_out_from_its_ground(ink: theme.Colour, ground: theme.Colour) -> None:
    assert contrast(ink, ground) >= AIMED


@pytest.mark.parametrize("tone", Tone)
def test_every_tone_can_be_read_and_its_sign_be_seen(tone: Tone) -> None:
    colours = theme.TONES[tone]
    assert contrast(colours.ink, colours.wash) >= AIMED
    assert contrast(colours.ink, theme.CARD) >= AIMED
    assert contrast(theme.INK_SOFT, colours.wash) >= DISABLED
    assert contrast(colours.on_solid, colours.solid) >= GRAPHICS


@pytest.mark.parametrize("style", [*touch_button.STYLES.values(), touch_button.ON_HEADER])
def test_buttons_can_be_read(style: touch_button.Style) -> None:
    fill, _, ink = style
    assert contrast(ink, fill) >= AIMED


def test_a_button_out_of_use_can_still_be_read() -> None:
    fill, _, ink = touch_button.DISABLED
    assert contrast(ink, fill) >= DISABLED


def test_signs_differ_without_colour() -> None:
    """Each tone's sign has shapes of its own, not just a colour."""
    outlines = {
        tone: tuple((type(shape), shape.points, isinstance(shape, Fill)) for shape in shapes)
        for tone, shapes in SIGNS.items()
    }
    assert len(set(outlines.values())) == len(Tone)


def test_six_sizes_of_type_and_no_more() -> None:
    sizes = (theme.SMALL, theme.BODY, theme.LEAD, theme.HEADLINE, theme.INVITATION, theme.NUMERAL)
    assert list(sizes) == sorted(set(sizes))
    assert theme.ASCENT + theme.DESCENT >= 1.3, "line spacing"
