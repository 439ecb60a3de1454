"""Paints every sample to a PNG: `python -m tests.kiosk.ui.gallery FOLDER [WIDTHxHEIGHT WIDTH_MM]`."""

import os
import sys
from pathlib import Path

from kiosk.ui.environment import ScreenSettings, prepare
from tests.kiosk.ui.samples import EVERY, LARGE


def main(folder: Path, screen: ScreenSettings) -> None:
    os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
    prepare(screen)
    from tests.kiosk.ui.offscreen import Offscreen

    folder.mkdir(parents=True, exist_ok=True)
    window = Offscreen()
    for name, view in (EVERY | LARGE).items():
        window.show(view)
        window.stage.export_to_png(str(folder / f"{name}.png"))


if __name__ == "__main__":
    size, width_mm = (sys.argv[2], float(sys.argv[3])) if len(sys.argv) > 3 else ("1280x800", 217.0)
    width, height = (int(number) for number in size.split("x"))
    main(Path(sys.argv[1]), ScreenSettings(width, height, width_mm))
