"""Fingers: what they touch reaches `on_touch`, and nothing else does."""

from dataclasses import replace
from itertools import chain

import pytest

from kiosk.flow.touch import Action, Touch
from kiosk.ui import stage
from kiosk.ui.look import targets_of
from kiosk.view_data import StackScreen, Tone, ViewData
from tests.kiosk.ui.offscreen import Offscreen
from tests.kiosk.ui.samples import EVERY, LANGUAGES


def stack(count: int) -> ViewData:
    samples = LANGUAGES["zh"]
    return samples.stack(samples.rows(count, Tone.GOOD, "Can be borrowed"))


def meanings(view: ViewData) -> dict[str, Touch]:
    screen = view.screen
    groups = (getattr(screen, name, ()) for name in ("tabs", "ways", "buttons"))
    header = screen.header
    assert header.larger is not None
    buttons = [header.language, header.larger, *chain.from_iterable(groups)]
    return {button.touch.target: button.touch for button in buttons}


@pytest.mark.parametrize(
    "name", ["idle-zh", "stack-3-zh", "result-good-en", "message-unknown-en", "stack-12-en"]
)
def test_a_tap_on_each_button_means_what_it_says(window: Offscreen, name: str) -> None:
    view = EVERY[name]
    window.show(view)
    targets = targets_of(window.stage)
    for x, y, _, _ in targets.values():
        window.tap(x, y)
    assert window.touched == [meanings(view)[action] for action in targets]


def test_confirming_agrees_to_the_books_that_were_shown(window: Offscreen) -> None:
    window.show(stack(3))
    window.tap(*window.where(Action.CONFIRM))
    [touch] = window.touched
    assert touch.seen == frozenset(number.to_bytes(8, "big") for number in range(3))


def test_a_book_that_comes_while_the_finger_is_down_is_not_agreed_to(window: Offscreen) -> None:
    window.show(stack(3))
    window.press(*window.where(Action.CONFIRM))
    window.show(stack(4))
    window.lift()
    [touch] = window.touched
    assert len(touch.seen) == 3


def test_a_finger_that_slides_off_has_touched_nothing(window: Offscreen) -> None:
    window.show(stack(3))
    x, y = window.where(Action.END)
    window.press(x, y)
    window.slide(x - 600, y)
    window.lift()
    assert window.touched == []


def test_a_pressed_button_looks_pressed_until_let_go(window: Offscreen) -> None:
    window.show(stack(3))
    at_rest = window.picture()
    window.press(*window.where(Action.CONFIRM))
    assert window.picture() != at_rest
    window.lift()
    assert window.picture() == at_rest


def test_a_screen_that_changes_under_the_finger_takes_the_touch_away(window: Offscreen) -> None:
    window.show(stack(3))
    window.press(*window.where(Action.CONFIRM))
    window.show(EVERY["working-0-zh"])
    window.lift()
    assert window.touched == []


def test_the_second_tap_of_a_shaky_finger_misses_the_next_screen(
    window: Offscreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "DEAF_AFTER_CHANGE_S", 2.0)  # a busy machine taps slowly
    window.show(EVERY["message-unknown-zh"])
    window.stage.show(EVERY["result-good-zh"])
    window.draw()
    spot = window.where(Action.NO_RECEIPT)
    assert window.stage.deaf
    window.tap(*spot)
    assert window.touched == []
    window.until(lambda: not window.stage.deaf)
    window.tap(*spot)
    assert window.touched == [Touch(Action.NO_RECEIPT)]


def test_a_view_of_the_same_kind_takes_taps_at_once(window: Offscreen) -> None:
    window.show(stack(3))
    window.stage.show(stack(4))
    assert not window.stage.deaf


def test_a_button_out_of_use_says_nothing(window: Offscreen) -> None:
    window.show(stack(3))
    spot = window.where(Action.CONFIRM)
    view = stack(3)
    assert isinstance(view.screen, StackScreen)
    buttons = tuple(replace(button, enabled=False) for button in view.screen.buttons)
    window.show(replace(view, screen=replace(view.screen, buttons=buttons)))
    window.tap(*spot)
    assert window.touched == []


def test_under_an_overlay_nothing_can_be_touched(window: Offscreen) -> None:
    window.show(stack(3))
    below = targets_of(window.stage)
    window.show(EVERY["overlay-zh"])
    stay, end = window.where(Action.STAY), window.where(Action.END)
    for button in ("language", "show_return"):
        window.tap(*below[button][:2])
    assert window.touched == []
    window.tap(*stay)
    window.tap(*end)
    assert [touch.action for touch in window.touched] == [Action.STAY, Action.END]


def test_a_long_press_on_the_places_name_is_the_way_in_for_staff(window: Offscreen) -> None:
    window.show(EVERY["idle-staff-zh"])
    brand = window.stage.header.brand
    middle = brand.center_x, window.stage.height - brand.center_y
    window.tap(*middle)
    assert window.touched == []
    window.press(*middle)
    window.until(lambda: bool(window.touched), deadline_s=20.0)
    window.lift()
    assert window.touched == [Touch(Action.STAFF)]
    window.show(EVERY["stack-3-zh"])
    window.press(*middle)
    assert not window.stage._hold.under_way
    window.lift()


# -- what comes to a place while a finger is on its way


def test_a_finger_on_its_way_to_print_presses_nothing_when_the_paper_ends(window: Offscreen) -> None:
    window.show(EVERY["result-choice-zh"])
    spot, others = window.where(Action.PRINT_RECEIPT), targets_of(window.stage)
    window.stage.show(EVERY["result-no-paper-zh"])
    window.draw()
    window.tap(*spot)
    assert window.touched == []
    assert "没有纸了" in window.texts()
    del others["print_receipt"]
    assert targets_of(window.stage) == others, "the other buttons are where they were"


def test_a_button_that_came_to_the_place_of_another_is_not_meant(
    window: Offscreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "DEAF_AFTER_CHANGE_S", 2.0)  # a busy machine taps slowly
    window.show(EVERY["staff-test-receipt-printer-zh"])
    spot = window.where(Action.STAFF_RIGHT)
    window.stage.show(EVERY["staff-failed-zh"])
    window.draw()
    window.tap(*spot)
    assert window.touched == [] and window.stage.settling
    window.until(lambda: not window.stage.settling)
    window.tap(*spot)
    assert window.touched == [Touch(Action.STAFF_REPLACE)]


def test_a_button_that_stays_is_heard_at_once(window: Offscreen) -> None:
    window.show(EVERY["staff-pull-zh"])
    spot = window.where(Action.STAFF_DEVICES)
    window.stage.show(EVERY["staff-plug-zh"])
    window.draw()
    window.tap(*spot)
    assert window.touched == [Touch(Action.STAFF_DEVICES)]


def test_a_yes_to_one_fee_is_none_to_the_next(window: Offscreen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "DEAF_AFTER_CHANGE_S", 2.0)
    window.show(EVERY["overlay-fee-zh"])
    spot = window.where(Action.CONSENT)
    window.stage.show(EVERY["overlay-fee-long-zh"])
    window.draw()
    window.tap(*spot)
    assert window.touched == []
    window.until(lambda: not window.stage.deaf)
    window.tap(*window.where(Action.CONSENT))
    assert window.touched == [Touch(Action.CONSENT)]
