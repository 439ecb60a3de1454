"""The number pad: what is tapped is reported, what was entered stays covered."""

import pytest

from kiosk.flow.touch import Action, Touch
from kiosk.ui.look import targets_of
from kiosk.ui.widgets.drawing import Drawing
from tests.kiosk.ui.offscreen import Offscreen
from tests.kiosk.ui.samples import EVERY


def places(window: Offscreen) -> str:
    """The dots, one character each."""
    signs = {"sign.place": "o", "sign.place_filled": "*"}
    names = (widget.name for widget in window.stage.walk() if isinstance(widget, Drawing))
    return "".join(signs[name] for name in names if name in signs)


def test_every_key_means_its_figure(window: Offscreen) -> None:
    window.show(EVERY["pin-3-zh"])
    for figure in "0123456789":
        window.tap(*window.where(Action.DIGIT, figure))
    window.tap(*window.where(Action.ERASE))
    window.tap(*window.where(Action.ENTER))
    figures = [Touch(Action.DIGIT, what=figure) for figure in "0123456789"]
    assert window.touched == [*figures, Touch(Action.ERASE), Touch(Action.ENTER)]


def test_the_keys_lie_as_on_a_telephone(window: Offscreen) -> None:
    window.show(EVERY["pin-3-zh"])
    targets = targets_of(window.stage)
    keys = {name: targets[name] for name in targets if name.startswith(("digit", "erase", "enter"))}
    by_place = sorted(keys, key=lambda name: (round(keys[name][1] / 20), keys[name][0]))
    assert [name.removeprefix("digit ") for name in by_place] == [*"123456789", "erase", "0", "enter"]


def test_the_next_figure_may_follow_at_once(window: Offscreen) -> None:
    """A dot more is no other screen: quick fingers are not made to wait."""
    window.show(EVERY["pin-empty-zh"])
    window.stage.show(EVERY["pin-3-zh"])
    assert not window.stage.deaf


@pytest.mark.parametrize(
    ("name", "dots"),
    [
        ("pin-empty-en", "oooooo"),
        ("pin-3-en", "***ooo"),
        ("pin-12-en", "*******ooooo"),
        ("pin-3-zh", "***ooo"),
    ],
)
def test_a_dot_for_each_figure(window: Offscreen, name: str, dots: str) -> None:
    window.show(EVERY[name])
    assert places(window) == dots


def test_with_nothing_entered_there_is_nothing_to_erase_or_send(window: Offscreen) -> None:
    window.show(EVERY["pin-empty-zh"])
    assert {"erase", "enter"}.isdisjoint(targets_of(window.stage))


def test_a_question_of_consent_counts_nothing_down(window: Offscreen) -> None:
    def signs() -> set[str]:
        return {widget.name for widget in window.stage.walk() if isinstance(widget, Drawing)}

    window.show(EVERY["overlay-zh"])
    assert "18" in window.texts()
    assert "sign.ring" in signs()
    window.show(EVERY["overlay-fee-zh"])
    assert "18" not in window.texts()
    assert "sign.question" in signs()
    assert set(targets_of(window.stage)) == {"consent", "decline"}
