"""Scanners: text with any ending, replies to commands among it, packets, key events; and what a code is."""

from collections.abc import Iterable, Iterator

from devices import codes
from devices.gm65 import protocol as gm65
from devices.honeywell_scanner import protocol as honeywell
from devices.kinds import CodeScanned
from devices.newland_scanner import protocol as newland
from devices.serial_scanner import protocol as plain
from devices.serial_scanner.commands import Dialect, Sieve
from devices.wedge_scanner import protocol as wedge
from devices.zebra_ssi import protocol as zebra
from tests.fuzz.engine import Act, Target
from tests.fuzz.inputs import as_stream, chance_of, mutations_of, pieces

_CODES = (
    b"33191000105864\r",
    b"9787302511625\r\n",
    b"]F0A33191000105864B\r",
    b"]Q3SZ1:MFRGG\n",
    "书目\r".encode(),
)
_GB18030 = "读者\r".encode("gb18030")


def _within_bounds(code: plain.Rejected | CodeScanned) -> plain.Rejected | CodeScanned:
    if isinstance(code, CodeScanned):
        assert 0 < len(code.text) <= plain.LONGEST_CODE or not code.text
        assert "\r" not in code.text and "\n" not in code.text and "\0" not in code.text
    else:
        assert code.reason
    return code


def _text(stream: Iterable[bytes]) -> list[object]:
    """In one burst, and then silence."""
    decoder = plain.Decoder()
    said = [code for piece in stream for code in decoder.feed(piece, 1.0)]
    return [_within_bounds(code) for code in (*said, *decoder.feed(b"", 2.0))]


def _with_pauses(data: bytes) -> bool:
    """However long the pauses are, nothing is kept of what is over."""
    decoder, chance, now = plain.Decoder(), chance_of(data), 1.0
    said = []
    for piece in pieces(data):
        now += chance.choice((0.0, 0.01, 0.2))
        said += [_within_bounds(code) for code in decoder.feed(piece, now)]
    said += decoder.feed(b"", now + 1.0)
    assert decoder.feed(b"", now + 2.0) == []
    return any(isinstance(code, CodeScanned) for code in said)


def _commanded(dialect: Dialect) -> Act:
    """Replies are taken out of the text, and say who is there or nothing."""

    def hear(stream: Iterable[bytes]) -> object:
        sieve = Sieve(dialect.reply_size)
        text = b"".join([*(sieve.feed(piece) for piece in stream if piece), sieve.feed(b"")])
        for reply in sieve.replies:
            dialect.identity(reply)
        decoder = plain.Decoder()
        return sieve.replies, [*decoder.feed(text, 1.0), *decoder.feed(b"", 2.0)]

    whole_or_pieces = as_stream(hear)

    def act(data: bytes) -> bool:
        whole_or_pieces(data)
        replies, _ = hear((data,))
        return bool(replies)

    return act


def _packets(stream: Iterable[bytes]) -> object:
    decoder = zebra.decoder()
    packets = [packet for piece in stream for packet in decoder.feed(piece)] + decoder.end_of_burst()
    return [_within_bounds(zebra.code_in(packet)) for packet in packets]


def _packet(data: bytes) -> bool:
    """A code in a packet whose checksum is right."""
    return isinstance(_within_bounds(zebra.code_in(zebra.Packet(zebra.Opcode.CODE, data))), CodeScanned)


def _keys(stream: Iterable[bytes]) -> list[object]:
    decoder = wedge.Decoder()
    said = [code for piece in stream for code in decoder.feed(piece, 1.0)]
    return [_within_bounds(code) for code in (*said, *decoder.feed(b"", 2.0))]


def _typed(text: str) -> bytes:
    return b"".join(event.encode() for character in text for event in wedge.strokes(character))


_SPECIAL = tuple(wedge.Key)
_FROM_SPECIAL = 0xC0


def _any_keys(data: bytes) -> Iterator[bytes]:
    """Each byte a key that is pressed; every other one is let go, too."""
    for byte in data:
        code = _SPECIAL[byte % len(_SPECIAL)] if byte >= _FROM_SPECIAL else byte
        yield wedge.Event(wedge.EV_KEY, code, wedge.PRESSED).encode()
        if byte & 1:
            yield wedge.Event(wedge.EV_KEY, code, wedge.RELEASED).encode()


def _hammered(data: bytes) -> bool:
    return any(isinstance(code, CodeScanned) for code in _keys(_any_keys(data)))


def _what_is(data: bytes) -> bool:
    """A code is of one kind whatever its text; numbers that come out are plain digits."""
    text = data.decode("utf-8", "replace")
    kind, number, isbn = codes.what_is(text), codes.library_code(text), codes.isbn13(text)
    assert number is None or (len(number.number) == 14 and number.number.isascii())
    assert isbn is None or (len(isbn) == 13 and isbn.isascii() and isbn.isdecimal())
    codes.without_guards(text)
    return kind is not codes.CodeKind.OTHER


def _check_digit(data: bytes) -> bool:
    codes.library_check_digit(data.decode("utf-8", "replace"))
    return True


def _aim(data: bytes) -> bool:
    said = _within_bounds(plain.code_in(data.decode("utf-8", "replace")))
    return isinstance(said, CodeScanned) and said.symbology is not None


_REPLIES: tuple[tuple[Dialect, tuple[bytes, ...]], ...] = (
    (honeywell.DIALECT, (b"CBRENA1\x06.", b"CBRENA\x15.")),
    (newland.DIALECT, (newland.reply(b"@QRYSYSSerial Number: NS1\r\nFirmware Version: V1.2"),)),
    (gm65.DIALECT, (bytes.fromhex("02 00 00 01 00 33 31"), gm65.reply(b"\x39\x01"))),
)
_PACKETS = (
    zebra.Packet(zebra.Opcode.CODE, b"\x0b9787302511625", zebra.DECODER).encode(),
    zebra.Packet(zebra.Opcode.ACK, source=zebra.DECODER).encode(),
    zebra.Packet(zebra.Opcode.NAK, b"\x06", zebra.DECODER).encode(),
)

TARGETS = (
    Target("wire serial_scanner", mutations_of(*_CODES, _GB18030), as_stream(_text)),
    Target("wire serial_scanner, pauses", mutations_of(*_CODES, _GB18030), _with_pauses),
    *(
        Target(f"wire {dialect.model}", mutations_of(*replies, *_CODES), _commanded(dialect))
        for dialect, replies in _REPLIES
    ),
    Target("wire zebra_ssi", mutations_of(*_PACKETS), as_stream(_packets)),
    Target("code in an SSI packet", mutations_of(b"\x0b9787302511625", b"\x1c]Q3R1"), _packet),
    Target("wire wedge_scanner", mutations_of(_typed("97873\n"), _typed("aB]F0\n")), as_stream(_keys)),
    Target(
        "keys of wedge_scanner", mutations_of(bytes((*range(2, 12), 0xC9, *range(16, 26), 0xCB))), _hammered
    ),
    Target("AIM prefix", mutations_of(*_CODES), _aim),
    Target(
        "Codabar and ISBN",
        mutations_of(b"33191000105864", b"A21234000000018B", b"978-7-302-51162-5", b"7-302-51162-8"),
        _what_is,
    ),
    Target("check digit", mutations_of(b"3319100010586"), _check_digit, (ValueError,)),
)
