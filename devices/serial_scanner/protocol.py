"""What a serial barcode scanner sends: text that ends in CR, LF, both, or in silence.

Pure; the caller says what time it is. AIM code identifiers (ISO/IEC 15424, `]cm` ahead of the text) are
taken off and become the symbology. What a code means is left to `devices.codes` and to others.
"""

from dataclasses import dataclass

from devices.kinds import CodeScanned

IDLE_GAP_S = 0.1
"""Silence that ends a code without a suffix: a hundred characters' time at 9600 baud."""
LONGEST_CODE = 512

_LONGEST_CHARACTER_BYTES = 4
_LONGEST_PREFIX = 3
_ROOM_BYTES = LONGEST_CODE * _LONGEST_CHARACTER_BYTES + _LONGEST_PREFIX
_ENCODINGS = ("utf-8", "gb18030")

SYMBOLOGIES = {
    "A": "code39",
    "C": "code128",
    "E": "ean",
    "F": "codabar",
    "I": "itf",
    "L": "pdf417",
    "Q": "qr",
    "d": "datamatrix",
}
"""By the AIM code character; every other one is "other"."""


@dataclass(frozen=True)
class Rejected:
    """A code that was dropped whole, and why."""

    reason: str


TOO_LONG = Rejected(f"a code longer than {LONGEST_CODE} characters was dropped")
UNKNOWN_ENCODING = Rejected("a code that is neither UTF-8 nor GB18030 was dropped")


class Decoder:
    """Bytes in any pieces to codes; holds one unfinished code at most, whatever is sent."""

    def __init__(self) -> None:
        self._unfinished = b""
        self._too_long = False
        self._last_byte_at = 0.0

    def feed(self, data: bytes, now: float) -> list[CodeScanned | Rejected]:
        """What is complete at `now` (monotonic, in seconds); `data` is b"" when only time went by."""
        results = self._end() if now - self._last_byte_at >= IDLE_GAP_S else []
        if not data:
            return results
        self._last_byte_at = now
        *ended, unfinished = data.replace(b"\r", b"\n").split(b"\n")
        for piece in ended:
            results += self._take(piece) + self._end()
        return results + self._take(unfinished)

    def _take(self, piece: bytes) -> list[CodeScanned | Rejected]:
        """More of the unfinished code; a code too long is told of once and swallowed up to its end."""
        if self._too_long:
            return []
        self._unfinished += piece
        if len(self._unfinished) <= _ROOM_BYTES:
            return []
        self._unfinished, self._too_long = b"", True
        return [TOO_LONG]

    def _end(self) -> list[CodeScanned | Rejected]:
        code, self._unfinished = self._unfinished, b""
        self._too_long = False
        return [_read(code)] if code else []


def _read(code: bytes) -> CodeScanned | Rejected:
    text = _decode(code)
    if text is None:
        return UNKNOWN_ENCODING
    symbology = None
    if len(text) >= _LONGEST_PREFIX and text[0] == "]" and text[1:3].isascii() and text[1:3].isalnum():
        symbology, text = SYMBOLOGIES.get(text[1], "other"), text[3:]
    return TOO_LONG if len(text) > LONGEST_CODE else CodeScanned(text, symbology)


def _decode(code: bytes) -> str | None:
    for encoding in _ENCODINGS:
        try:
            return code.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
