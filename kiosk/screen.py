"""What the control thread needs of the screen; `kiosk.ui.window` is the one there is."""

from collections.abc import Callable
from typing import Protocol

from kiosk.view_data import ViewData


class Window(Protocol):
    """Called from the control thread; the screen's own thread is Kivy's."""

    def show(self, view: ViewData) -> None: ...

    def take_stall_ms(self) -> int: ...

    def heartbeat_age_s(self) -> float: ...

    def stop(self) -> None: ...

    def take_picture(self, taken: Callable[[bytes], None]) -> None:
        """Of what is painted, as PNG; `taken` is called by the screen's thread."""

    @property
    def failure(self) -> str | None:
        """Why the screen shows nothing of ours any more."""
