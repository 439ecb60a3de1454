"""Every character the screen shows must be in both faces: Kivy looks in no other font."""

import re
from pathlib import Path

from kivy.core.text import Label

from kiosk.texts import LOCALE
from kiosk.ui import out_of_service, theme
from kiosk.ui.environment import ScreenSettings
from kiosk.ui.fonts import missing_characters
from tests.kiosk.ui.samples import EVERY


def test_all_samples_can_be_shown() -> None:
    assert missing_characters("".join(map(repr, EVERY.values()))) == set()


def test_all_the_kiosk_can_say_can_be_shown() -> None:
    catalogues = [path.read_text(encoding="utf-8") for path in LOCALE.rglob("*.po")]
    assert any("还书" in catalogue for catalogue in catalogues)
    assert missing_characters("".join(catalogues)) == set()


def test_the_last_screen_can_be_shown() -> None:
    rules = Path(out_of_service.__file__).with_suffix(".kv").read_text(encoding="utf-8")
    words = "".join(re.findall(r'words: "(.*)"', rules))
    assert "暂停服务" in words
    assert missing_characters(words) == set()


def test_what_no_face_has_is_named() -> None:
    assert missing_characters("好😀 ok") == {"😀"}


def test_the_faces_are_the_ones_of_set_up() -> None:
    """Not Kivy's own Roboto, which has no Chinese, and bold is a face of its own."""
    label = Label(font_size=theme.BODY)
    assert Path(label.options["font_name_r"]).parent == ScreenSettings.fonts
    bold = Label(font_size=theme.BODY, bold=True)
    assert bold.options["font_name_r"] != label.options["font_name_r"]


def test_lines_are_as_far_apart_as_the_theme_says() -> None:
    line = Label(font_size=100).get_extents("国")[1]
    assert line / 100 >= 1.3
