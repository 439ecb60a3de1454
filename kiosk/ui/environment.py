"""The screen a place has, and the process environment Kivy must find before its first import.

Without KIVY_NO_CONFIG a file in the home folder could change the window's size or load the inspector.
Tried with Kivy 2.3.1 on Debian 12: Xvfb, SDL's offscreen driver.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

MM_PER_INCH = 25.4
FONT_NAME = "sans-sc"
REGULAR_FILE = "sans-sc-regular.otf"
BOLD_FILE = "sans-sc-bold.otf"

# What the drawings in millimetres are made for: a 10.1-inch panel. A larger screen stands no farther from
# the eye, but its emptiness would look lost: everything grows with it, up to MOST_ENLARGED.
DESIGNED_SHORT_MM = 135.0
DESIGNED_LONG_MM = 217.0
MOST_ENLARGED = 1.6

FRAMES_PER_S = 30


class ScreenUnavailable(Exception):
    """There is nothing to draw on; staff act: the message says what to do."""


@dataclass(frozen=True)
class ScreenSettings:
    """The panel: its pixels, the width of its lit area, and how the window lies on it."""

    width_px: int = 1280
    height_px: int = 800
    width_mm: float = 217.0
    fullscreen: bool = False
    borderless: bool = True
    show_cursor: bool = False
    fonts: Path = Path(sys.prefix) / "share" / "shuzhan" / "fonts"

    def __post_init__(self) -> None:
        if min(self.width_px, self.height_px, self.width_mm) <= 0:
            raise ValueError("screen: width_px, height_px and width_mm must be more than 0")
        short, long = sorted((self.width_mm, self.height_mm))
        if short < DESIGNED_SHORT_MM - 5 or long < DESIGNED_LONG_MM - 5:
            raise ValueError(
                f"screen: {self.width_mm:.0f} x {self.height_mm:.0f} mm is too small for touch targets of "
                "15 mm; give the lit area's true width_mm, or use a panel of at least 10.1 inches"
            )

    @property
    def px_per_mm(self) -> float:
        return self.width_px / self.width_mm

    @property
    def height_mm(self) -> float:
        return self.height_px / self.px_per_mm

    @property
    def enlargement(self) -> float:
        """How much larger than on the designed panel everything is drawn; never smaller."""
        short, long = sorted((self.width_mm, self.height_mm))
        return min(max(1.0, min(short / DESIGNED_SHORT_MM, long / DESIGNED_LONG_MM)), MOST_ENLARGED)

    @property
    def dpi(self) -> float:
        """What Kivy's `mm` shall follow."""
        return self.px_per_mm * MM_PER_INCH * self.enlargement


def prepare(screen: ScreenSettings) -> None:
    """Set everything Kivy reads while it is imported; call it first, once in a process.

    Raises ScreenUnavailable when fonts or the display are missing.
    """
    for name in (REGULAR_FILE, BOLD_FILE):
        if not (screen.fonts / name).is_file():
            raise ScreenUnavailable(f"screen: no font {screen.fonts / name}; run make set-up to create it")
    _choose_display()
    os.environ.update(_variables(screen))
    _configure(screen)


def _choose_display() -> None:
    """SDL would fall back to a window that nobody can see; a kiosk must rather say so."""
    if os.environ.get("SDL_VIDEODRIVER"):
        return
    if not os.environ.get("DISPLAY"):
        raise ScreenUnavailable(
            "screen: DISPLAY is not set; start the kiosk in its X11 session, "
            "or set SDL_VIDEODRIVER=kmsdrm on a board without X11"
        )
    os.environ["SDL_VIDEODRIVER"] = "x11"


def _variables(screen: ScreenSettings) -> dict[str, str]:
    switches = ("KIVY_NO_ARGS", "KIVY_NO_CONFIG", "KIVY_NO_ENV_CONFIG", "KIVY_NO_FILELOG")
    return dict.fromkeys(switches, "1") | {
        "KIVY_LOG_MODE": "PYTHON",
        "KIVY_WINDOW": "sdl2",
        "KIVY_DPI": f"{screen.dpi:.4f}",
        "KIVY_METRICS_DENSITY": "1",
        "KIVY_METRICS_FONTSCALE": "1",
        # without it the first touch of a window without focus is lost
        "SDL_MOUSE_FOCUS_CLICKTHROUGH": "1",
        # SDL would turn SIGTERM into a close request, which the window refuses
        "SDL_NO_SIGNAL_HANDLERS": "1",
    }


def _configure(screen: ScreenSettings) -> None:
    from kivy.config import Config

    regular, bold = str(screen.fonts / REGULAR_FILE), str(screen.fonts / BOLD_FILE)
    for section, option, value in (
        ("kivy", "exit_on_escape", "0"),
        ("kivy", "default_font", str([FONT_NAME, regular, regular, bold, bold])),
        ("graphics", "width", str(screen.width_px)),
        ("graphics", "height", str(screen.height_px)),
        ("graphics", "position", "custom"),
        ("graphics", "left", "0"),
        ("graphics", "top", "0"),
        ("graphics", "borderless", str(int(screen.borderless))),
        ("graphics", "fullscreen", "auto" if screen.fullscreen else "0"),
        ("graphics", "show_cursor", str(int(screen.show_cursor))),
        ("graphics", "resizable", "0"),
        # pictures are the same on every machine only without multisampling; it also costs 75 MB
        ("graphics", "multisamples", "0"),
        ("graphics", "maxfps", str(FRAMES_PER_S)),
        ("input", "mouse", "mouse,disable_multitouch,disable_hover"),
    ):
        Config.set(section, option, value)
    # the default reads touch panels a second time, past SDL: every tap would come twice
    Config.remove_option("input", "%(name)s")
    for module in Config.options("modules"):
        Config.remove_option("modules", module)
