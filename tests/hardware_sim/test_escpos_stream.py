"""The cutting of a stream into commands, on bytes that python-escpos 3.1 made."""

import pytest
from escpos.printer import Dummy
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hardware_sim.escpos_stream import Command, Stream


def made_by_python_escpos() -> bytes:
    dummy = Dummy()
    dummy.hw("INIT")
    dummy.set(align="center", bold=True, custom_size=True, width=2, height=2)
    dummy.text("Receipt\n")
    dummy.image(Image.new("1", (16, 2), 0))
    dummy.qr("\x10\x04\x01", native=True)
    dummy.image(Image.new("1", (3, 24), 0), impl="bitImageColumn")
    dummy.image(Image.new("1", (8, 1), 0), impl="graphics")
    dummy.barcode("4006381333931", "EAN13", function_type="A")
    dummy.barcode("{BABC", "CODE128", function_type="B")
    dummy.control("HT", count=3)
    dummy.cashdraw(2)
    dummy.cut()
    dummy.cut(feed=False)
    return dummy.output


def gathered(commands: list[Command]) -> list[Command]:
    """Text that came byte by byte as one."""
    whole: list[Command] = []
    for command in commands:
        if whole and command.code == whole[-1].code == b"":
            whole[-1] = Command(b"", whole[-1].data + command.data)
        else:
            whole.append(command)
    return whole


EXPECTED = [
    Command(b"\x1b@"),
    Command(b"\x1d!", b"\x11"),
    Command(b"\x1bE", b"\x01"),
    Command(b"\x1ba", b"\x01"),
    Command(b"\x1bt", b"\x00"),
    Command(b"", b"Receipt\n"),
    Command(b"\x1dv0", b"\x00\x02\x00\x02\x00" + b"\xff" * 4),
    Command(b"\x1d(k", b"\x04\x001A2\x00"),
    Command(b"\x1d(k", b"\x03\x001C\x03"),
    Command(b"\x1d(k", b"\x03\x001E0"),
    Command(b"\x1d(k", b"\x06\x001P0\x10\x04\x01"),
    Command(b"\x1d(k", b"\x03\x001Q0"),
    Command(b"\x1b3", b"\x10"),
    Command(b"\x1b*", b"\x21\x03\x00" + b"\xff" * 9),
    Command(b"", b"\n"),
    Command(b"\x1b2"),
    Command(b"\x1d(L", b"\x0b\x000p0\x01\x011\x08\x00\x01\x00\xff"),
    Command(b"\x1d(L", b"\x02\x0002"),
    Command(b"\x1ba", b"\x01"),
    Command(b"\x1dh", b"\x40"),
    Command(b"\x1dw", b"\x03"),
    Command(b"\x1df", b"\x00"),
    Command(b"\x1dH", b"\x02"),
    Command(b"\x1dk", b"\x024006381333931\x00"),
    Command(b"\x1ba", b"\x01"),
    Command(b"\x1dh", b"\x40"),
    Command(b"\x1dw", b"\x03"),
    Command(b"\x1df", b"\x00"),
    Command(b"\x1dH", b"\x02"),
    Command(b"\x1dk", b"\x49\x05{BABC"),
    Command(b"\x1bD", b"\x08\x10\x00"),
    Command(b"\x1bp", b"\x0022"),
    Command(b"\x1bd", b"\x06"),
    Command(b"\x1dV", b"\x00"),
    Command(b"\x1dV", b"\x42\x00"),
]


def test_what_python_escpos_sends() -> None:
    assert gathered(Stream().feed(made_by_python_escpos())) == EXPECTED


def test_byte_by_byte() -> None:
    stream = Stream()
    pieces = [command for byte in made_by_python_escpos() for command in stream.feed(bytes((byte,)))]
    assert gathered(pieces) == EXPECTED


@pytest.mark.parametrize("before", [b"", b"text", b"\x1b", b"\x1d!", b"\x10", b"\x1d(k\x05\x00"], ids=repr)
def test_a_status_question_is_heard_outside_payloads(before: bytes) -> None:
    heard = Stream().feed(before + b"\x10\x04\x02")
    asked = [command for command in heard if command.code == b"\x10\x04"]
    assert asked == ([] if before.startswith(b"\x1d(") else [Command(b"\x10\x04", b"\x02")])


def test_an_interrupted_command_goes_on_after_the_question() -> None:
    assert Stream().feed(b"\x1d!\x10\x04\x01\x11") == [
        Command(b"\x10\x04", b"\x01"),
        Command(b"\x1d!", b"\x11"),
    ]


def test_what_only_began_like_a_question_is_what_it_was() -> None:
    assert Stream().feed(b"\x1b3\x10\x1b2") == [Command(b"\x1b3", b"\x10"), Command(b"\x1b2")]
    assert Stream().feed(b"\x10\x05\x01a") == [Command(b"\x10\x05", b"\x01"), Command(b"", b"a")]
    assert Stream().feed(b"\x10\x10\x04\x01")[0] == Command(b"\x10\x04", b"\x01")


def test_an_unknown_escape_is_two_bytes_long() -> None:
    assert gathered(Stream().feed(b"\x1bqok\x1c~ok")) == [
        Command(b"\x1bq"),
        Command(b"", b"ok"),
        Command(b"\x1c~"),
        Command(b"", b"ok"),
    ]


@given(st.lists(st.binary(max_size=40)))
def test_the_pieces_do_not_matter(pieces: list[bytes]) -> None:
    stream = Stream()
    assert [c for piece in pieces for c in stream.feed(piece)] == Stream().feed(b"".join(pieces))
