"""The reader's account: each loan has its own button, wherever the list stands."""

import time
from dataclasses import replace

import pytest

from kiosk.flow.touch import Action, Touch
from kiosk.ui import theme
from kiosk.ui.look import screen_of, targets_of
from kiosk.ui.sight import box_of, list_of
from kiosk.ui.widgets.touch_button import RowButton, Tab
from kiosk.view_data import AccountScreen, ViewData
from tests.kiosk.ui.offscreen import Offscreen
from tests.kiosk.ui.samples import EVERY

FIRST, SECOND, LAST = "35240000000000", "35240000000001", "35240000000011"
REST_S = 0.2
"""Longer than Kivy would wait for a finger to pull."""


def renewals(window: Offscreen) -> list[str]:
    """The loans whose button can be touched now."""
    return [name.split()[1] for name in targets_of(window.stage) if name.startswith("renew 3")]


def turned_round(view: ViewData) -> ViewData:
    """The same loans, the last one first."""
    assert isinstance(view.screen, AccountScreen)
    loans, *others = view.screen.sections
    sections = (replace(loans, rows=loans.rows[::-1]), *others)
    return replace(view, screen=replace(view.screen, sections=sections))


def pull(window: Offscreen, x: float, y: float, by_px: int) -> None:
    """A finger that goes down at (x, y) and up the screen."""
    window.press(x, y)
    for way in range(0, by_px + 1, 10):
        window.slide(x, y - way)
    window.lift()
    window.draw()


@pytest.fixture
def twelve(window: Offscreen) -> Offscreen:
    """The account of a reader with twelve loans, from its top."""
    window.show(EVERY["idle-zh"])
    window.show(EVERY["account-12-zh"])
    return window


def test_each_loan_has_a_button_of_its_own(twelve: Offscreen) -> None:
    assert {FIRST, SECOND} <= set(renewals(twelve))
    twelve.tap(*twelve.where(Action.RENEW, SECOND))
    twelve.tap(*twelve.where(Action.RENEW, FIRST))
    assert twelve.touched == [Touch(Action.RENEW, what=SECOND), Touch(Action.RENEW, what=FIRST)]


def test_arrows_bring_the_last_loan_and_its_button(twelve: Offscreen) -> None:
    assert LAST not in renewals(twelve)
    for _ in range(8):
        twelve.tap_arrow("sign.down")
    assert FIRST not in renewals(twelve)
    twelve.tap(*twelve.where(Action.RENEW, LAST))
    assert twelve.touched == [Touch(Action.RENEW, what=LAST)]


def test_a_button_that_was_scrolled_away_takes_no_taps(twelve: Offscreen) -> None:
    """It would lie over the tabs, had the list no frame."""
    twelve.tap_arrow("sign.down")
    hidden = [
        widget
        for widget in twelve.stage.walk()
        if isinstance(widget, RowButton) and box_of(widget)[1] > box_of(list_of(widget))[3]
    ]
    assert hidden
    for button in hidden:
        left, bottom, right, top = box_of(button)
        twelve.tap((left + right) / 2, twelve.stage.height - (bottom + top) / 2)
    assert [touch for touch in twelve.touched if touch.action is Action.RENEW] == []


def test_a_pull_that_begins_on_a_button_moves_the_list_and_renews_nothing(twelve: Offscreen) -> None:
    pull(twelve, *twelve.where(Action.RENEW, SECOND), by_px=300)
    assert twelve.touched == []
    assert FIRST not in renewals(twelve)


def test_a_finger_that_rests_before_it_pulls_moves_the_list(twelve: Offscreen) -> None:
    x, y = twelve.where(Action.RENEW, SECOND)
    twelve.press(x, y)
    rested = time.monotonic() + REST_S
    twelve.until(lambda: time.monotonic() > rested)
    pull(twelve, x, y, by_px=300)
    assert FIRST not in renewals(twelve)


def test_an_unsteady_finger_still_renews(twelve: Offscreen) -> None:
    x, y = twelve.where(Action.RENEW, SECOND)
    pull(twelve, x, y, by_px=int(theme.PULL_LEAST) // 2)
    assert twelve.touched == [Touch(Action.RENEW, what=SECOND)]


def test_a_list_that_fits_cannot_be_pulled_away_from_under_a_button(window: Offscreen) -> None:
    window.show(EVERY["account-1-zh"])
    [item_id] = renewals(window)
    pull(window, *window.where(Action.RENEW, item_id), by_px=int(theme.PULL_LEAST) + 10)
    assert window.touched == [Touch(Action.RENEW, what=item_id)]


def test_another_book_under_the_finger_is_not_renewed(twelve: Offscreen) -> None:
    twelve.press(*twelve.where(Action.RENEW, FIRST))
    twelve.show(turned_round(EVERY["account-12-zh"]))
    twelve.lift()
    assert twelve.touched == []


def test_holds_and_fees_are_below_the_loans(window: Offscreen) -> None:
    window.show(EVERY["account-only-holds-zh"])
    shown = screen_of(window.stage)
    words = [*shown["texts"], *shown["out_of_sight"]]
    order = [
        "您现在没有借书。",
        "预约已到",
        "《平凡的世界（全三册）》",
        "预约等候中",
        "活着",
        "费用",
        "1.20 元",
    ]
    places = [words.index(word) for word in order if word in words]
    assert places == sorted(places)
    assert len(places) >= len(order) - 1


def test_the_chosen_tab_is_the_heading_and_no_tab_is_cut(window: Offscreen) -> None:
    for name in ("account-4-en", "stack-12-en"):
        window.show(EVERY[name])
        tabs = [widget for widget in window.stage.walk() if isinstance(widget, Tab)]
        assert [tab.words for tab in tabs] == ["Borrow", "Return", "My account"]
        assert [tab.words for tab in tabs if tab.chosen] == [
            "My account" if name.startswith("account") else "Borrow"
        ]


def test_without_tabs_the_title_is_the_heading(window: Offscreen) -> None:
    window.show(EVERY["stack-return-en"])
    assert "Return books" in window.texts()
    assert not [widget for widget in window.stage.walk() if isinstance(widget, Tab)]
