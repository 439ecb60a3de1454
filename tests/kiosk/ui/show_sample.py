"""The screen as the kiosk runs it, for tests: `python -m tests.kiosk.ui.show_sample NAME PORT`.

Says each touch on a line of its output; takes "show NAME", "picture PATH", "stall", "fail" and "stop".
"""

import sys
import threading
from pathlib import Path

from kiosk.flow.touch import Touch
from kiosk.ui.window import Handle, ScreenSettings, ScreenUnavailable, run
from tests.kiosk.ui.samples import EVERY


def say(*words: object) -> None:
    print(*words, flush=True)


def on_touch(touch: Touch) -> None:
    say("touch", touch.target)


def obey(handle: Handle) -> None:
    for line in sys.stdin:
        match line.split():
            case ["show", name]:
                handle.show(EVERY[name])
            case ["stall"]:
                say("stall", handle.take_stall_ms(), handle.heartbeat_age_s())
            case ["fail"]:
                handle.show("no view data at all")  # type: ignore[arg-type]
            case ["failure"]:
                say("failure", handle.failure)
            case ["picture", path]:
                handle.take_picture(lambda png, path=path: say("taken", Path(path).write_bytes(png)))
            case ["stop"]:
                handle.stop()


def on_start(handle: Handle) -> None:
    threading.Thread(target=obey, args=(handle,), daemon=True).start()
    say("started")


if __name__ == "__main__":
    try:
        run(EVERY[sys.argv[1]], ScreenSettings(), on_touch, int(sys.argv[2]), on_start)
    except ScreenUnavailable as error:
        sys.exit(str(error))
    say("ended")
