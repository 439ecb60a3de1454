"""Which characters the kiosk's fonts can show; Kivy never looks for a missing one in another font."""

from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from kiosk.ui.environment import BOLD_FILE, REGULAR_FILE, ScreenSettings


def missing_characters(text: str, folder: Path = ScreenSettings.fonts) -> set[str]:
    """The characters of `text` that either face lacks; line breaks and spaces aside."""
    return {character for character in text if not character.isspace()} - _covered(folder)


@cache
def _covered(folder: Path) -> set[str]:
    faces = [TTFont(folder / name, lazy=True).getBestCmap() for name in (REGULAR_FILE, BOLD_FILE)]
    return {chr(code) for code in faces[0].keys() & faces[1].keys()}
