"""What a serial barcode scanner sends: text that ends in CR, LF, both, or in silence.

Pure; the caller says what time it is. AIM code identifiers (ISO/IEC 15424, `]cm` ahead of the text) are
taken off and become the symbology. What a code means is left to `devices.codes` and to others, commands to
`devices.serial_scanner.commands`.
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
_PADDING = b"\x02\x03\t "
"""STX, ETX and TAB: what some scanners are set to put around a code."""
_NOT_TEXT = frozenset(map(chr, (*range(0x1D), 0x1F, 0x7F)))
"""GS (1Dh) and RS (1Eh) stand in codes of the GS1 kind."""

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


NOT_TEXT = Rejected("something with control characters in it, no code's text, was dropped")
TOO_LONG = Rejected(f"a code longer than {LONGEST_CODE} characters was dropped")
UNKNOWN_ENCODING = Rejected("a code that is neither UTF-8 nor GB18030 was dropped")


class Decoder:
    """Bytes in any pieces to codes; holds one unfinished code at most, whatever is sent."""

    def __init__(self) -> None:
        self._unfinished = b""
        self._too_long = False
        self._told = False
        """Something was rejected since the line was last quiet: rubbish is told of once, however long."""
        self._last_byte_at = 0.0

    def feed(self, data: bytes, now: float, since: float | None = None) -> list[CodeScanned | Rejected]:
        """What is complete at `now` (monotonic, in seconds); `data` is b"" when only time went by. Bytes that
        came at an unknown time from `since` on follow what came before without a gap."""
        results: list[CodeScanned | Rejected] = []
        if (now if since is None else since) - self._last_byte_at >= IDLE_GAP_S:
            results += self._said(self._end())
            self._told = False
        if data:
            self._last_byte_at = now
            *ended, unfinished = data.replace(b"\r", b"\n").split(b"\n")
            for piece in ended:
                results += self._said(self._take(piece) + self._end())
            results += self._said(self._take(unfinished))
        return results

    def _said(self, results: list[CodeScanned | Rejected]) -> list[CodeScanned | Rejected]:
        """`results`, without a second complaint."""
        kept: list[CodeScanned | Rejected] = []
        for result in results:
            if isinstance(result, CodeScanned) or not self._told:
                kept.append(result)
            self._told = self._told or isinstance(result, Rejected)
        return kept

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
        code = code.strip(_PADDING)
        return [decode_text(code)] if code else []


def decode_text(code: bytes) -> CodeScanned | Rejected:
    """A whole code without its end, in either encoding."""
    text = _decode(code)
    return UNKNOWN_ENCODING if text is None else code_in(text)


def code_in(text: str) -> CodeScanned | Rejected:
    """A whole line of text, its AIM prefix taken off and told."""
    if any(character in _NOT_TEXT for character in text):
        return NOT_TEXT
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
