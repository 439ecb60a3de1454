"""A QR code: sharp, with its quiet zone, as large as whole pixels to a module allow."""

from functools import lru_cache

import qrcode
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import StringProperty
from kivy.uix.widget import Widget

from kiosk.ui import theme

QUIET_MODULES = 4
_DARK, _LIGHT = b"\x00", b"\xff"


class QrCode(Widget):
    """Shows `content`; nothing while it is empty."""

    content = StringProperty("")

    def __init__(self, **properties: object) -> None:
        super().__init__(**properties)
        with self.canvas:
            Color(*theme.WHITE)
            self._picture = Rectangle()
        self.bind(pos=self._place, size=self._place, content=self._place)

    def _place(self, *_: object) -> None:
        if not self.content:
            self._picture.size = (0, 0)
            return
        modules, dots = _modules(self.content)
        side = int(min(self.size)) // modules * modules
        texture = Texture.create(size=(modules, modules), colorfmt="luminance")
        texture.blit_buffer(dots, colorfmt="luminance", bufferfmt="ubyte")
        texture.mag_filter = texture.min_filter = "nearest"
        self._picture.texture = texture
        self._picture.size = (side, side)
        self._picture.pos = (int(self.x + (self.width - side) / 2), int(self.y + (self.height - side) / 2))


@lru_cache(maxsize=2)
def _modules(content: str) -> tuple[int, bytes]:
    """How many modules a side has, quiet zone and all, and a byte for each, from the lowest row up."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_L, border=QUIET_MODULES)
    code.add_data(content.encode())
    code.make(fit=True)
    rows = code.get_matrix()
    return len(rows), b"".join(_DARK if dark else _LIGHT for row in reversed(rows) for dark in row)
