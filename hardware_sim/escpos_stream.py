"""The printer's ear: cuts a stream of ESC/POS into commands, whatever they then mean.

Pure. Knows how long each command is, so that a payload is never taken for text, and hears the real-time
command DLE EOT n anywhere but inside a payload. Lengths from Epson's ESC/POS reference and, for the Chinese
commands, from manuals of GB 18030 models.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

NUL, DLE, EOT, ESC, FS, GS = 0x00, 0x10, 0x04, 0x1B, 0x1C, 0x1D
REAL_TIME_STATUS = b"\x10\x04"


@dataclass(frozen=True)
class Command:
    """`code` is the command's fixed bytes, `data` all that follows; text comes a byte at a time, code b""."""

    code: bytes
    data: bytes = b""


ARGUMENT_BYTES: dict[bytes, int] = {
    **{bytes((ESC, letter)): 0 for letter in b"@2imvLS<"},
    **{bytes((ESC, letter)): 1 for letter in b"!adeJKEG-MtR3+A{rV =?%Tu9"},
    **{bytes((ESC, letter)): 2 for letter in b"\\$cB8"},
    **{bytes((ESC, letter)): 3 for letter in b"p7"},
    **{bytes((ESC, letter)): 8 for letter in b"W"},
    **{bytes((GS, letter)): 0 for letter in b":"},
    **{bytes((GS, letter)): 1 for letter in b"!Bb|HfhwrIaT/"},
    **{bytes((GS, letter)): 2 for letter in b"LWP\\$"},
    **{bytes((GS, letter)): 3 for letter in b"^"},
    **{bytes((FS, letter)): 0 for letter in b"&."},
    **{bytes((FS, letter)): 1 for letter in b"!-WC"},
    **{bytes((FS, letter)): 2 for letter in b"Sp?"},
    **{bytes((FS, letter)): 74 for letter in b"2"},
    bytes((DLE, 0x05)): 1,
    bytes((DLE, 0x14)): 3,
}
"""Commands of fixed length. An escape that stands in neither table is two bytes long, as printers take it."""


def _u16(data: bytes) -> int:
    return int.from_bytes(data[:2], "little")


def _column_image(header: bytes) -> int:
    """ESC * m nL nH: one byte a column, three in the 24-dot modes."""
    return _u16(header[3:]) * (3 if header[2] in (32, 33) else 1)


@dataclass(frozen=True)
class Form:
    """A command with a payload: `code_bytes` of code, in all `header_bytes` before the payload of `size`."""

    code_bytes: int
    header_bytes: int
    size: Callable[[bytes], int]


FORMS: dict[bytes, Form] = {
    b"\x1dv": Form(3, 8, lambda h: _u16(h[4:]) * _u16(h[6:])),
    b"\x1d(": Form(3, 5, lambda h: _u16(h[3:])),
    b"\x1c(": Form(3, 5, lambda h: _u16(h[3:])),
    b"\x1b(": Form(3, 5, lambda h: _u16(h[3:])),
    b"\x1d8": Form(3, 7, lambda h: int.from_bytes(h[3:7], "little")),
    b"\x1b*": Form(2, 5, _column_image),
    b"\x1d*": Form(2, 4, lambda h: h[2] * h[3] * 8),
    b"\x1dV": Form(2, 3, lambda h: 1 if h[2] >= 65 else 0),
    b"\x1dk": Form(2, 4, lambda h: h[3]),
}
_UNTIL_NUL = (b"\x1bD",)
_OLD_BARCODES = tuple(bytes((GS, ord("k"), kind)) for kind in range(7))


class Stream:
    """`feed` takes bytes in any pieces and returns the commands that are complete."""

    def __init__(self) -> None:
        self._command = bytearray()
        self._real_time = bytearray()

    def feed(self, data: bytes) -> list[Command]:
        return [command for byte in data for command in self._hear(byte)]

    def _hear(self, byte: int) -> Iterator[Command]:
        """Hold back what may become DLE EOT n; let go of it when it does not."""
        if self._in_payload():
            yield from self._take(byte)
            return
        self._real_time.append(byte)
        held = bytes(self._real_time)
        if REAL_TIME_STATUS.startswith(held):
            return
        self._real_time.clear()
        if held[:2] == REAL_TIME_STATUS:
            yield Command(REAL_TIME_STATUS, held[2:])
            return
        yield from self._take(held[0])
        for later in held[1:]:
            yield from self._hear(later)

    def _take(self, byte: int) -> Iterator[Command]:
        self._command.append(byte)
        if self._command[0] not in (DLE, ESC, FS, GS):
            self._command.clear()
            yield Command(b"", bytes((byte,)))
        elif _complete(self._command):
            command = bytes(self._command)
            self._command.clear()
            code_bytes = FORMS[command[:2]].code_bytes if command[:2] in FORMS else 2
            yield Command(command[:code_bytes], command[code_bytes:])

    def _in_payload(self) -> bool:
        form = FORMS.get(bytes(self._command[:2]))
        return form is not None and len(self._command) >= form.header_bytes


def _complete(command: bytearray) -> bool:
    if len(command) < 2:
        return False
    if command.startswith(_UNTIL_NUL) or command[:3].startswith(_OLD_BARCODES):
        return command[-1] == NUL and len(command) > 3
    code = bytes(command[:2])
    form = FORMS.get(code)
    if form is None:
        return len(command) == 2 + ARGUMENT_BYTES.get(code, 0)
    header = bytes(command[: form.header_bytes])
    return len(header) == form.header_bytes and len(command) >= form.header_bytes + form.size(header)
