"""Shows a drawing: painted once, four times as large, and shrunk, for smooth edges without multisampling."""

from functools import cache

from kivy.graphics import ClearBuffers, ClearColor, Color, Fbo, Line, Mesh, PushMatrix, Rectangle, Scale
from kivy.graphics.texture import Texture
from kivy.properties import ColorProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.ui import theme
from kiosk.ui.drawings import DRAWINGS
from kiosk.ui.shapes import Fill, Shape

_SHEET = 100
_OVERSIZE = 4


class Drawing(Widget):
    """The drawing called `name`, square in the widget's middle, on an opaque `ground`: what is behind it."""

    name = StringProperty("")
    ground = ColorProperty(theme.CARD)

    def __init__(self, **properties: object) -> None:
        super().__init__(**properties)
        with self.canvas:
            Color(*theme.WHITE)
            self._picture = Rectangle()
        self.bind(pos=self._place, size=self._place, name=self._place, ground=self._place)

    def _place(self, *_: object) -> None:
        side = int(min(self.size))
        if not self.name or side <= 0:
            self._picture.size = (0, 0)
            return
        self._picture.texture = picture(self.name, side, tuple(self.ground))
        self._picture.size = (side, side)
        # not center_x: Kivy may not have brought it up to date when `pos` tells us
        self._picture.pos = (int(self.x + (self.width - side) / 2), int(self.y + (self.height - side) / 2))


@cache
def picture(name: str, side_px: int, ground: theme.Colour) -> Texture:
    """The drawing as a square texture; kept for ever, there are only so many."""
    large = _sheet(side_px * _OVERSIZE, ground)
    with large:
        Scale(side_px * _OVERSIZE / _SHEET, side_px * _OVERSIZE / _SHEET, 1)
        for shape in DRAWINGS[name]:
            _draw(shape)
    large.draw()
    return _halved(_halved(large.texture, ground), ground)


def _sheet(side_px: int, ground: theme.Colour) -> Fbo:
    sheet = Fbo(size=(side_px, side_px))
    with sheet:
        ClearColor(*ground)
        ClearBuffers()
        PushMatrix()
    return sheet


def _draw(shape: Shape) -> None:
    Color(*shape.colour)
    if isinstance(shape, Fill):
        corners = [number for x, y in shape.points for number in (x, y, 0, 0)]
        Mesh(vertices=corners, indices=list(range(len(shape.points))), mode="triangle_fan")
    else:
        flat = [number for point in shape.points for number in point]
        Line(
            points=flat,
            width=shape.width / 2,
            cap="round",
            joint="round",
            cap_precision=24,
            joint_precision=24,
        )


def _halved(texture: Texture, ground: theme.Colour) -> Texture:
    """Each pixel the mean of four: linear filtering at exactly half the size."""
    texture.mag_filter = texture.min_filter = "linear"
    small = _sheet(texture.width // 2, ground)
    with small:
        Color(*theme.WHITE)
        Rectangle(texture=texture, size=small.size)
    small.draw()
    return small.texture
