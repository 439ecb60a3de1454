"""What stands on the screen: frozen values that `kiosk.view` makes and `kiosk.ui` paints.

Every text is final, in the reader's language. The painter decides nothing: it shows one `Screen` and puts
a button's `touch` on the queue when it is touched.
"""

from dataclasses import dataclass
from enum import Enum

from kiosk.flow.touch import Touch


class Tone(Enum):
    """The meaning of a colour; the painter adds a sign of its own, since colour alone tells nobody."""

    NEUTRAL = "neutral"
    BUSY = "busy"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


class Rank(Enum):
    """How loudly a button asks to be touched."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    QUIET = "quiet"


@dataclass(frozen=True)
class Button:
    text: str
    touch: Touch
    rank: Rank = Rank.SECONDARY
    enabled: bool = True
    chosen: bool = False
    """A tab that is the current one."""
    note: str = ""
    """Why it is out of use, in a few words; it stays in its place so that no other comes under the finger."""


@dataclass(frozen=True)
class Header:
    """`language` is the button to the other language; `reader` the masked name of who is signed in."""

    place: str
    clock: str
    date: str
    language: Button
    reader: str | None = None
    larger: Button | None = None
    """To type of the other size."""
    staff: Button | None = None
    """Shown when there is something for staff to see to."""
    held: Touch | None = None
    """What a long press on the place's name means; nothing on the screen tells of it."""


@dataclass(frozen=True)
class Row:
    """A book on the pad or in a result: `key` is stable for the book, `mark` is what holds for it, `button`
    what can be done with it alone."""

    key: str
    title: str
    detail: str
    mark: str
    tone: Tone = Tone.NEUTRAL
    button: Button | None = None


@dataclass(frozen=True)
class Line:
    """A short message in a band of its own tone."""

    text: str
    tone: Tone = Tone.NEUTRAL


class Picture(Enum):
    """Which drawing goes with a screen; the painter draws it."""

    TAP_CARD = "tap_card"
    PUT_BOOKS = "put_books"
    DONE = "done"
    WAIT = "wait"
    STOP = "stop"
    UNPLUGGED = "unplugged"
    PLUG_IN = "plug_in"
    SCANNER = "scanner"
    PRINTER = "printer"
    DOOR = "door"


@dataclass(frozen=True)
class IdleScreen:
    """Nobody here. `headline` invites, `steps` say how in a few words, `pad` tells of books lying there."""

    name = "idle"
    header: Header
    headline: str
    steps: tuple[str, ...]
    buttons: tuple[Button, ...]
    pad: Line | None = None
    notice: Line | None = None


@dataclass(frozen=True)
class StackScreen:
    """The books on the pad before anything is done: a big `count` with its unit, the rows, what is next."""

    name = "stack"
    header: Header
    title: str
    tabs: tuple[Button, ...]
    count: str
    count_unit: str
    count_note: str
    rows: tuple[Row, ...]
    empty: str
    """What to show in place of the rows when there are none."""
    buttons: tuple[Button, ...]
    notice: Line | None = None


@dataclass(frozen=True)
class WorkingScreen:
    """Operations under way: `done` of `total`."""

    name = "working"
    header: Header
    title: str
    done: int
    total: int
    rows: tuple[Row, ...]
    notice: Line | None = None


@dataclass(frozen=True)
class ResultScreen:
    """What became of each book, and the question about the receipt: `ways` to have it, and other buttons."""

    name = "result"
    header: Header
    title: str
    tone: Tone
    summary: str
    rows: tuple[Row, ...]
    question: str
    ways: tuple[Button, ...]
    buttons: tuple[Button, ...]
    notice: Line | None = None


@dataclass(frozen=True)
class ReceiptScreen:
    """The receipt as a QR code that holds its text: a telephone needs no network for it."""

    name = "receipt"
    header: Header
    title: str
    text: str
    code: str
    advice: str
    buttons: tuple[Button, ...]


@dataclass(frozen=True)
class MessageScreen:
    """One thing to know: what happened, to what, and what to do next. Also the farewell."""

    name = "message"
    header: Header
    picture: Picture
    tone: Tone
    title: str
    text: str
    advice: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True)
class Section:
    """Rows under a heading; `empty` stands there when there are none."""

    heading: str
    rows: tuple[Row, ...]
    empty: str = ""


@dataclass(frozen=True)
class AccountScreen:
    """What the ILS has of the reader: `sections` one below the other (loans, holds, fees), scrolled together.

    `figures` are the few numbers that matter, as (value, what it counts).
    """

    name = "account"
    header: Header
    title: str
    tabs: tuple[Button, ...]
    figures: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    buttons: tuple[Button, ...]
    notice: Line | None = None


@dataclass(frozen=True)
class PinScreen:
    """A number pad: `entered` figures stand as dots, `places` is how many there may be. `keys` are 1–9, 0."""

    name = "pin"
    header: Header
    title: str
    text: str
    entered: int
    places: int
    keys: tuple[Button, ...]
    erase: Button
    enter: Button
    buttons: tuple[Button, ...]
    notice: Line | None = None


ReaderScreen = (
    IdleScreen
    | StackScreen
    | WorkingScreen
    | ResultScreen
    | ReceiptScreen
    | MessageScreen
    | AccountScreen
    | PinScreen
)


@dataclass(frozen=True)
class StaffScreen:
    """Every device and how it is, and what staff can do with the kiosk; `figures` as in AccountScreen."""

    name = "staff"
    header: Header
    title: str
    figures: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    buttons: tuple[Button, ...]
    tabs: tuple[Button, ...] = ()
    notice: Line | None = None


@dataclass(frozen=True)
class StaffStepScreen:
    """One thing for staff to do with a device: which part it is, and how far its change has come (`here` of
    `steps`, which are empty where nothing is being changed)."""

    name = "staff_step"
    header: Header
    steps: tuple[str, ...]
    here: int
    picture: Picture
    tone: Tone
    title: str
    text: str
    advice: str
    buttons: tuple[Button, ...] = ()


Screen = ReaderScreen | StaffScreen | StaffStepScreen


@dataclass(frozen=True)
class Overlay:
    """Asked on top of a screen: is anybody still here, does the reader agree to a fee? `seconds` counts down
    to the consequence; None where there is none."""

    title: str
    text: str
    seconds: int | None
    buttons: tuple[Button, ...]


@dataclass(frozen=True)
class ViewData:
    """Everything that stands on the screen at one instant."""

    screen: Screen
    overlay: Overlay | None = None
    large_type: bool = False
