"""Key events of Linux (`struct input_event`, 24 bytes on 64-bit machines) to codes, by the US layout.

Pure; the caller says what time it is. A code ends with Enter, Tab or an idle gap. Scanners that type Chinese
do it with Alt and figures, which no layout explains: such a code is refused.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum

from devices.kinds import CodeScanned
from devices.serial_scanner.protocol import IDLE_GAP_S, LONGEST_CODE, TOO_LONG, Rejected, code_in

EVENT = struct.Struct("@llHHi")
"""Seconds, microseconds, type, code, value."""
EV_SYN, EV_KEY = 0x00, 0x01
_EV_MOST = 0x1F
SYN_DROPPED = 3
RELEASED, PRESSED = 0, 1


class Key(IntEnum):
    """Codes of the keys that are no characters (linux/input-event-codes.h)."""

    TAB = 15
    ENTER = 28
    LEFT_CTRL = 29
    LEFT_SHIFT = 42
    RIGHT_SHIFT = 54
    LEFT_ALT = 56
    CAPS_LOCK = 58
    KEYPAD_ENTER = 96
    RIGHT_CTRL = 97
    RIGHT_ALT = 100


_ENDS = frozenset({Key.TAB, Key.ENTER, Key.KEYPAD_ENTER})
_SHIFTS = frozenset({Key.LEFT_SHIFT, Key.RIGHT_SHIFT})
_OTHERS = frozenset({Key.LEFT_CTRL, Key.RIGHT_CTRL, Key.LEFT_ALT, Key.RIGHT_ALT})

_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (55, "*", "*"),
    (57, " ", " "),
    (71, "789-456+1230.", "789-456+1230."),
    (98, "/", "/"),
)
"""First key of a run, its characters, and those with Shift."""
PLAIN = {first + n: character for first, plain, _ in _ROWS for n, character in enumerate(plain)}
SHIFTED = {first + n: character for first, _, shifted in _ROWS for n, character in enumerate(shifted)}

NO_KEYS = Rejected("what came is no key event: is this the event device of a scanner?")
LOST_KEYS = Rejected("keys were lost on the way, the code was dropped")
NOT_ON_KEYBOARD = Rejected(
    "a code with characters that no keyboard has was dropped: set the scanner to serial"
)


@dataclass(frozen=True)
class Event:
    """A change of one key, or a mark between changes; the time it bears is of no use to us."""

    type: int
    code: int
    value: int

    def encode(self) -> bytes:
        return EVENT.pack(0, 0, self.type, self.code, self.value)


class Decoder:
    """Bytes in any pieces to codes; holds one unfinished code at most, whatever is sent."""

    def __init__(self) -> None:
        self._bytes = b""
        self._text = ""
        self._held: set[int] = set()
        self._caps = False
        self._rejected: Rejected | None = None
        """Why the code under way will be dropped when it ends."""
        self._last_key_at = 0.0

    def feed(self, data: bytes, now: float) -> list[CodeScanned | Rejected]:
        """What is complete at `now` (monotonic, in seconds); `data` is b"" when only time went by."""
        results = self._end() if now - self._last_key_at >= IDLE_GAP_S else []
        self._bytes += data
        whole = len(self._bytes) // EVENT.size * EVENT.size
        for _, _, kind, code, value in EVENT.iter_unpack(self._bytes[:whole]):
            results += self._hear(Event(kind, code, value))
        self._bytes = self._bytes[whole:]
        if data:
            # last: what follows an Enter in the same piece may be a code that nothing but silence ends
            self._last_key_at = now
        return results

    def _hear(self, event: Event) -> list[CodeScanned | Rejected]:
        if event.type > _EV_MOST:
            self._rejected = NO_KEYS
        elif event.type == EV_SYN and event.code == SYN_DROPPED:
            self._rejected, self._held = LOST_KEYS, set()
        elif event.type == EV_KEY and event.value == RELEASED:
            self._held.discard(event.code)
        elif event.type == EV_KEY and event.value == PRESSED:
            return self._press(event.code)
        return []

    def _press(self, code: int) -> list[CodeScanned | Rejected]:
        if code in _ENDS:
            return self._end()
        if code == Key.CAPS_LOCK:
            self._caps = not self._caps
        elif code in _SHIFTS or code in _OTHERS:
            self._held.add(code)
        else:
            self._type(code)
        return []

    def _type(self, code: int) -> None:
        plain = PLAIN.get(code)
        if self._held & _OTHERS or plain is None:
            self._rejected = self._rejected or NOT_ON_KEYBOARD
            return
        shift = bool(self._held & _SHIFTS) != (self._caps and plain.isalpha())
        if len(self._text) >= LONGEST_CODE:
            self._rejected = self._rejected or TOO_LONG
        else:
            self._text += SHIFTED[code] if shift else plain

    def _end(self) -> list[CodeScanned | Rejected]:
        text, self._text = self._text, ""
        rejected, self._rejected = self._rejected, None
        self._last_key_at = float("inf")
        if rejected:
            return [rejected]
        return [code_in(text)] if text else []


def strokes(character: str) -> tuple[Event, ...]:
    """The key events that type it; ValueError for what a US keyboard does not have."""
    if character == "\n":
        return (*_stroke(Key.ENTER),)
    code = next((code for code, plain in PLAIN.items() if plain == character), None)
    if code is not None:
        return (*_stroke(code),)
    code = next((code for code, shifted in SHIFTED.items() if shifted == character), None)
    if code is None:
        raise ValueError(f"no key types {character!r}")
    press, release = _stroke(Key.LEFT_SHIFT)
    return (press, *_stroke(code), release)


def _stroke(code: int) -> tuple[Event, Event]:
    return Event(EV_KEY, code, PRESSED), Event(EV_KEY, code, RELEASED)
