"""Lines out of a stream in any pieces, with the capture of Koha as the stream."""

import pytest

from kiosk.sip2.framing import BadMessage, Decoder
from tests import vectors

ANSWERS = [line for direction, line in vectors.sip2_lines() if direction == "<" and line]
LINES = [line.rstrip(b"\r") for line in ANSWERS]


def lines_of(stream: bytes, piece: int) -> list[bytes]:
    decoder = Decoder()
    return [line for at in range(0, len(stream), piece) for line in decoder.feed(stream[at : at + piece])]


@pytest.mark.parametrize("piece", [1, 2, 7, 1_000_000])
@pytest.mark.parametrize("ending", [b"\r", b"\r\n", b"\r\r\n"])
def test_the_capture_in_pieces(piece: int, ending: bytes) -> None:
    assert lines_of(ending.join(LINES) + ending, piece) == LINES


def test_a_line_feed_inside_a_title_stays() -> None:
    assert Decoder().feed(b"\n18AJSnow\nCrash|\r\n") == [b"18AJSnow\nCrash|"]


def test_what_is_not_ended_is_no_line() -> None:
    decoder = Decoder()
    assert decoder.feed(b"\r\n941AY0AZFD") == []
    assert decoder.held == b"941AY0AZFD"
    assert decoder.feed(b"FD\r") == [b"941AY0AZFDFD"]
    assert decoder.held == b""


def test_a_line_without_end_is_given_up() -> None:
    decoder = Decoder(longest=100)
    with pytest.raises(BadMessage, match="100 bytes"):
        decoder.feed(b"x" * 101)
    assert decoder.feed(b"941\r") == [b"941"]
