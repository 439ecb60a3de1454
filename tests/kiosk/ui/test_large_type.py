"""大字: what is read closely grows by one size, everything still fits, and no further glyphs are drawn."""

import pytest

from kiosk.flow.touch import Action, Touch
from kiosk.ui import theme
from kiosk.ui.environment import ScreenSettings
from kiosk.ui.look import texts_of
from tests.kiosk.ui import fit
from tests.kiosk.ui.offscreen import Offscreen
from tests.kiosk.ui.samples import EVERY, LARGE

READ = {"《红楼梦》", "应还 12月22日", "条码 35240000000001"}


def sizes(window: Offscreen) -> dict[str, float]:
    return {text.words: text.font_size for text in texts_of(window.stage)}


def test_titles_dates_and_numbers_grow_by_one_size_and_shrink_again(window: Offscreen) -> None:
    window.show(EVERY["result-choice-zh"])
    before = sizes(window)
    window.show(LARGE["result-choice-zh-large"])
    after = sizes(window)
    assert before.keys() >= READ
    larger = {theme.SMALL: theme.BODY, theme.BODY: theme.LEAD}
    assert {words: after[words] for words in READ} == {words: larger[before[words]] for words in READ}
    window.show(EVERY["result-choice-zh"])
    assert sizes(window) == before


def test_all_sizes_are_the_themes(window: Offscreen) -> None:
    """Each further size costs glyphs."""
    known = {theme.SMALL, theme.BODY, theme.LEAD, theme.HEADLINE, theme.INVITATION, theme.NUMERAL}
    for view in LARGE.values():
        window.stage.show(view)
        window.lay_out(1)
        assert set(sizes(window).values()) <= known


def test_one_touch_asks_for_it(window: Offscreen) -> None:
    window.show(EVERY["idle-zh"])
    window.tap(*window.where(Action.LARGE_TYPE))
    assert window.touched == [Touch(Action.LARGE_TYPE)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_whoever_asked_sees_at_once_that_it_was_heard(window: Offscreen, language: str) -> None:
    step = {"zh": "把书放到感应区", "en": "Put your books on the pad"}[language]
    window.show(EVERY[f"idle-{language}"])
    before = sizes(window)[step]
    window.show(LARGE[f"idle-{language}-large"])
    assert sizes(window)[step] > before


def test_every_reading_screen_still_fits(window: Offscreen) -> None:
    found = []
    for name, view in LARGE.items():
        window.stage.show(view)
        window.lay_out()
        found += [f"{name}: {fault}" for fault in fit.faults(window.stage, ScreenSettings())]
    assert found == []
