"""Whether what stands on the stage can be read and touched: no text cut, nothing over anything else.

`python -m tests.kiosk.ui.fit WIDTHxHEIGHT WIDTH_MM [large]` asks it of every sample on a screen of that size.
"""

import os
import sys
from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

from kiosk.ui.environment import ScreenSettings, prepare
from kiosk.view_data import ViewData
from tests.kiosk.ui.samples import EVERY, LARGE

if TYPE_CHECKING:
    from kiosk.ui.stage import Stage
    from tests.kiosk.ui.offscreen import Offscreen

TARGET_LEAST_MM = 15

STAY = tuple(
    tuple(f"{screen}-{state}" for state in states.split())
    for screen, states in (
        ("result", "choice no-paper jammed failed doubtful printing"),
        ("account", "printer no-paper printing printed"),
        ("account", "asking nothing no-answer 4"),
        ("stack", "3 empty asking changed left-out ils-away 12"),
        ("pin", "3 empty wrong"),
        ("staff", "devices devices-down closed"),
        ("staff", "device device-down"),
        ("staff", "pull plug probe no-answer test-tag-reader test-receipt-printer failed"),
    )
)
"""Samples that can follow one another without a touch."""

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in the window."""


def main(screen: ScreenSettings, samples: dict[str, ViewData]) -> list[str]:
    os.environ["SDL_VIDEODRIVER"] = "offscreen"
    prepare(screen)
    from tests.kiosk.ui.offscreen import Offscreen

    window = Offscreen()
    found = []
    for name, view in samples.items():
        window.stage.show(view)
        window.lay_out()
        found += [f"{name}: {fault}" for fault in faults(window.stage, screen)]
    return [*found, *moves(window)]


def faults(stage: "Stage", screen: ScreenSettings) -> list[str]:
    """What is wrong, a line each; empty when all is well."""
    return [*text_faults(stage, screen), *target_faults(stage, screen), *restless_faults()]


def restless_faults() -> Iterator[str]:
    """All is in its place: a frame later nothing more is to be moved, which would go on for ever."""
    from kivy.clock import Clock

    waiting = [event for event in Clock.get_events() if not event.loop and event.timeout <= 0]
    if waiting:
        yield f"still moving: {waiting}"


def text_faults(stage: "Stage", screen: ScreenSettings) -> Iterator[str]:
    """Every text is whole (only a book's title may be shortened), inside what holds it, and free."""
    from kiosk.ui.look import on_top, texts_of
    from kiosk.ui.sight import box_of
    from kiosk.ui.widgets.row_list import RowCard, Rows

    glass = (0, 0, screen.width_px, screen.height_px)
    texts = [text for text in texts_of(stage) if on_top(stage, text)]
    scrolled = {text for text in texts if held_by(text, Rows)}
    for text in texts:
        is_title = any(card.title == text.words for card in held_by(text, RowCard))
        if text.shortened and not is_title:
            yield f"shortened: {text.words}"
        if breaks_a_word(text):
            yield f"a word is broken: {text.text}"
        if text.texture_size[1] > text.padding[1] + text.padding[3] + most_height(text):
            yield f"broken once more by Kivy: {text.words}"
        if text.texture_size[0] > text.width + 1 or text.texture_size[1] > text.height + 1:
            yield f"larger than its place: {text.words}"
        if text not in scrolled and not inside(box_of(text), glass):
            yield f"outside the window: {text.words}"
        if not all(inside(ink_of(text), box_of(plate)) for plate in plates(text)):
            yield f"sticks out of what holds it: {text.words}"
    for group in (scrolled, set(texts) - scrolled):
        for one, other in combinations(group, 2):
            if overlap(ink_of(one), ink_of(other)):
                yield f"one over the other: {one.words} / {other.words}"


def target_faults(stage: "Stage", screen: ScreenSettings) -> Iterator[str]:
    """Every button is large enough, and what is seen of it wholly in the window and clear of the others."""
    from kiosk.ui.sight import seen_box_of

    boxes: dict[str, Box] = {}
    for button in stage.targets():
        name = button.meaning.target
        boxes[name] = seen_box_of(button)
        if min(button.size) < TARGET_LEAST_MM * screen.px_per_mm - 1:
            yield f"too small to touch: {name}"
        if not inside(boxes[name], (0, 0, screen.width_px, screen.height_px)):
            yield f"outside the window: {name}"
    for one, other in combinations(boxes, 2):
        if overlap(boxes[one], boxes[other]):
            yield f"buttons touch: {one} {other}"


def moves(window: "Offscreen") -> Iterator[str]:
    """Buttons that are elsewhere on a screen which may take another's place while a finger is on its way."""
    for language in ("zh", "en"):
        for names in STAY:
            first, *others = (f"{name}-{language}" for name in names)
            before = places(window, first)
            for name in others:
                after = places(window, name)
                for target in before.keys() & after.keys():
                    if not same(before[target], after[target]):
                        yield f"{target} moves between {first} and {name}"


def places(window: "Offscreen", name: str) -> dict[str, Box]:
    """Each button in sight, in or out of use."""
    from kiosk.ui.sight import box_of

    window.stage.show(EVERY[name])
    window.lay_out()
    return {button.meaning.target: box_of(button) for button in window.stage._pressable()}


def same(box: Box, other: Box) -> bool:
    return inside(box, other) and inside(other, box)


def breaks_a_word(text: Any) -> bool:
    """A Latin word goes on in the next line."""
    return any(
        (one[-1:] + following[:1]).isascii() and one[-1:].isalpha() and one + following in text.words
        for one, following in pairwise(text.text.split("\n"))
    )


def plates(widget: Any) -> list[Any]:
    """The cards and buttons a widget lies on, out to the list that scrolls, if it is in one."""
    from kiosk.ui.widgets.row_list import Rows
    from kiosk.ui.widgets.surface import Surface
    from kiosk.ui.widgets.touch_button import Pressable

    found = []
    for parent in ancestors(widget):
        if isinstance(parent, Rows):
            break
        if isinstance(parent, Surface | Pressable):
            found.append(parent)
    return found


def held_by(widget: Any, kind: type) -> list[Any]:
    return [parent for parent in ancestors(widget) if isinstance(parent, kind)]


def ancestors(widget: Any) -> Iterator[Any]:
    parent = widget.parent
    while parent is not None and parent is not parent.parent:
        yield parent
        parent = parent.parent


def ink_of(text: Any) -> Box:
    """Where a text's characters are: its lines without the air above and below them."""
    from kiosk.ui.sight import box_of

    left, bottom, right, top = box_of(text)
    air = 0.2 * text.font_size
    return left + 1, bottom + text.padding[3] + air, right - 1, top - air


def most_height(text: Any) -> float:
    """Of the lines that `typeset` made."""
    from kiosk.ui import theme

    line: float = (theme.ASCENT + theme.DESCENT) * text.font_size
    lines: int = text.text.count("\n") + 1
    return (lines + 0.5) * line


def inside(box: Box, other: Box) -> bool:
    """To the nearest pixel."""
    return (
        box[0] >= other[0] - 1
        and box[1] >= other[1] - 1
        and box[2] <= other[2] + 1
        and box[3] <= other[3] + 1
    )


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


if __name__ == "__main__":
    width, height = (int(number) for number in sys.argv[1].split("x"))
    asked = LARGE if "large" in sys.argv[3:] else EVERY
    lines = main(ScreenSettings(width, height, float(sys.argv[2])), asked)
    print("\n".join(lines))
    sys.exit(1 if lines else 0)
