"""More books than fit: arrows and fingers bring them into sight."""

from kiosk.ui.look import screen_of
from tests.kiosk.ui.offscreen import Offscreen
from tests.kiosk.ui.samples import EVERY

LAST = "《现代汉语词典》"


def in_sight(window: Offscreen) -> list[str]:
    return window.texts()


def test_a_short_list_has_no_arrows(window: Offscreen) -> None:
    window.show(EVERY["stack-3-zh"])
    assert window.arrows() == {}
    assert screen_of(window.stage)["out_of_sight"] == []


def test_arrows_go_down_to_the_last_book_and_up_again(window: Offscreen) -> None:
    window.show(EVERY["stack-12-zh"])
    assert LAST not in in_sight(window)
    for _ in range(4):
        window.tap_arrow("sign.down")
    assert LAST in in_sight(window)
    assert "《红楼梦》" not in in_sight(window)
    for _ in range(4):
        window.tap_arrow("sign.up")
    assert "《红楼梦》" in in_sight(window)
    assert window.touched == []


def test_a_finger_pulls_the_list_up(window: Offscreen) -> None:
    window.show(EVERY["stack-12-zh"])
    x = window.stage.width / 4
    window.press(x, 700)
    for y in range(690, 300, -10):
        window.slide(x, y)
    window.lift()
    assert "《红楼梦》" not in in_sight(window)


def test_the_next_visit_starts_at_the_top(window: Offscreen) -> None:
    window.show(EVERY["stack-12-zh"])
    window.tap_arrow("sign.down")
    window.show(EVERY["idle-zh"])
    window.show(EVERY["stack-12-zh"])
    assert "《红楼梦》" in in_sight(window)


def test_an_update_leaves_the_list_where_it_is(window: Offscreen) -> None:
    window.show(EVERY["idle-zh"])
    window.show(EVERY["stack-12-zh"])
    window.tap_arrow("sign.down")
    before = in_sight(window)
    window.show(EVERY["stack-12-zh"])
    assert in_sight(window) == before
