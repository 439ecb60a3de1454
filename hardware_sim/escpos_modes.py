"""The printer's modes: what commands change about the glyphs to come, and ESC @ puts back. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from hardware_sim.receipt_image import Align, Style

LINE_SPACING_DOTS = 30
CODE_PAGES = {0: "cp437", 2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865", 16: "cp1252", 17: "cp866"}
"""ESC t n; an n that this printer lacks is page 0."""

NORMAL = Style()


@dataclass(frozen=True)
class Modes:
    """What commands change and ESC @ puts back."""

    latin: Style = NORMAL
    chinese: Style = NORMAL
    chinese_on: bool = True
    align: Align = Align.LEFT
    line_spacing_dots: int = LINE_SPACING_DOTS
    code_page: str = CODE_PAGES[0]


def _both(modes: Modes, change: Callable[[Style], Style]) -> Modes:
    return replace(modes, latin=change(modes.latin), chinese=change(modes.chinese))


def _size(modes: Modes, data: bytes) -> Modes:
    """GS ! n: bits 4–6 width, 0–2 height, each the multiple less one."""
    width, height = (data[0] >> 4 & 7) + 1, (data[0] & 7) + 1
    return _both(modes, lambda style: replace(style, width=width, height=height))


def _bold(modes: Modes, data: bytes) -> Modes:
    return _both(modes, lambda style: replace(style, bold=bool(data[0] & 1)))


def _inverse(modes: Modes, data: bytes) -> Modes:
    return _both(modes, lambda style: replace(style, inverse=bool(data[0] & 1)))


def _underline(modes: Modes, data: bytes) -> Modes:
    """ESC - n: Latin only, as ESC !."""
    return replace(modes, latin=replace(modes.latin, underline=bool(data[0] & 3)))


def _latin_mode(modes: Modes, data: bytes) -> Modes:
    """ESC ! n: 08 bold, 10 double height, 20 double width, 80 underline."""
    n = data[0]
    style = replace(
        modes.latin,
        bold=bool(n & 0x08),
        underline=bool(n & 0x80),
        width=2 if n & 0x20 else 1,
        height=2 if n & 0x10 else 1,
    )
    return replace(modes, latin=style)


def _chinese_mode(modes: Modes, data: bytes) -> Modes:
    """FS ! n: 04 double width, 08 double height, 80 underline."""
    n = data[0]
    style = replace(
        modes.chinese, underline=bool(n & 0x80), width=2 if n & 0x04 else 1, height=2 if n & 0x08 else 1
    )
    return replace(modes, chinese=style)


def _chinese_underline(modes: Modes, data: bytes) -> Modes:
    """FS - n."""
    return replace(modes, chinese=replace(modes.chinese, underline=bool(data[0] & 3)))


def _chinese_large(modes: Modes, data: bytes) -> Modes:
    """FS W n: four times the area."""
    times = 1 + (data[0] & 1)
    return replace(modes, chinese=replace(modes.chinese, width=times, height=times))


def _align(modes: Modes, data: bytes) -> Modes:
    """ESC a n, n as a number or as a digit."""
    n = data[0] & 0x0F
    return replace(modes, align=Align(n)) if n in (0, 1, 2) else modes


MODES: dict[bytes, Callable[[Modes, bytes], Modes]] = {
    b"\x1b@": lambda _modes, _data: Modes(),
    b"\x1b!": _latin_mode,
    b"\x1c!": _chinese_mode,
    b"\x1c-": _chinese_underline,
    b"\x1cW": _chinese_large,
    b"\x1d!": _size,
    b"\x1bE": _bold,
    b"\x1bG": _bold,
    b"\x1b-": _underline,
    b"\x1dB": _inverse,
    b"\x1ba": _align,
    b"\x1b2": lambda modes, _data: replace(modes, line_spacing_dots=LINE_SPACING_DOTS),
    b"\x1b3": lambda modes, data: replace(modes, line_spacing_dots=data[0]),
    b"\x1bt": lambda modes, data: replace(modes, code_page=CODE_PAGES.get(data[0], CODE_PAGES[0])),
    b"\x1c&": lambda modes, _data: replace(modes, chinese_on=True),
    b"\x1c.": lambda modes, _data: replace(modes, chinese_on=False),
}
