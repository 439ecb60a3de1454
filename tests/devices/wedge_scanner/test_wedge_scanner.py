"""Key events to codes. Key codes are those of Linux' input-event-codes.h; a pipe stands in for the device."""

import errno
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_mock import MockerFixture

from devices.errors import BadFrame, DeviceLost
from devices.kinds import CodeScanned
from devices.serial_scanner.protocol import IDLE_GAP_S, LONGEST_CODE, TOO_LONG
from devices.wedge_scanner.driver import EVIOCGRAB, READ_BYTES, WedgeScanner
from devices.wedge_scanner.protocol import (
    LOST_KEYS,
    NO_KEYS,
    NOT_ON_KEYBOARD,
    PLAIN,
    SHIFTED,
    Decoder,
    Event,
    Key,
)
from hardware_sim.wedge_scanner import typed

SOON_S = 10.0
DIGITS = {"1": 2, "2": 3, "3": 4, "4": 5, "5": 6, "6": 7, "7": 8, "8": 9, "9": 10, "0": 11}
ENTER, KEYPAD_ENTER, TAB, SHIFT, ALT, CAPS = 28, 96, 15, 42, 56, 58


def event(kind: int, code: int, value: int) -> bytes:
    """As the kernel lays it out on a 64-bit machine: 24 bytes."""
    return struct.pack("<qqHHi", 1_700_000_000, 0, kind, code, value)


def key(code: int) -> bytes:
    return event(1, code, 1) + event(0, 0, 0) + event(1, code, 0) + event(0, 0, 0)


def keys(*codes: int) -> bytes:
    return b"".join(map(key, codes))


NUMBER = keys(*(DIGITS[digit] for digit in "33191000105864"))
SCANNED = CodeScanned("33191000105864")


@pytest.mark.parametrize("end", [ENTER, KEYPAD_ENTER, TAB])
def test_a_code_and_its_suffix(end: int) -> None:
    assert Decoder().feed(NUMBER + key(end), 1.0) == [SCANNED]


def test_silence_ends_a_code_without_a_suffix() -> None:
    decoder = Decoder()
    assert decoder.feed(NUMBER, 1.0) == []
    assert decoder.feed(b"", 1.0 + IDLE_GAP_S / 2) == []
    assert decoder.feed(b"", 1.0 + IDLE_GAP_S) == [SCANNED]
    assert decoder.feed(b"", 9.0) == []


SHIFT_A = event(1, SHIFT, 1) + key(30) + event(1, SHIFT, 0)
LAYOUT = {
    "letters": (keys(30, 48, 46), "abc"),
    "with shift": (SHIFT_A + key(30), "Aa"),
    "caps lock": (key(CAPS) + keys(30, 2) + key(CAPS) + key(30), "A1a"),
    "caps lock and shift": (key(CAPS) + SHIFT_A, "a"),
    "keypad": (keys(79, 80, 81, 75, 76, 77, 71, 72, 73, 82, 83, 78, 74, 55, 98), "1234567890.+-*/"),
    "punctuation": (keys(12, 13, 26, 27, 39, 40, 41, 43, 51, 52, 53, 57, 30), "-=[];'`\\,./ a"),
    "AIM prefix": (key(27) + event(1, SHIFT, 1) + key(33) + event(1, SHIFT, 0) + key(11) + key(2), "1"),
    "held keys repeat nothing": (event(1, 2, 1) + event(1, 2, 2) + event(1, 2, 0), "1"),
}


@pytest.mark.parametrize(("sent", "text"), LAYOUT.values(), ids=LAYOUT)
def test_a_us_keyboard(sent: bytes, text: str) -> None:
    (code,) = Decoder().feed(sent + key(ENTER), 1.0)
    assert isinstance(code, CodeScanned) and code.text == text


def test_the_layout_has_every_printable_character() -> None:
    assert {*PLAIN.values(), *SHIFTED.values()} == {chr(code) for code in range(0x20, 0x7F)}


@given(
    st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=60),
    st.integers(1, 99),
)
def test_what_is_typed_is_read_in_any_pieces(text: str, size: int) -> None:
    sent = b"".join(map(typed, text + "\n"))
    decoder = Decoder()
    codes = [code for n in range(0, len(sent), size) for code in decoder.feed(sent[n : n + size], 1.0)]
    assert codes == Decoder().feed(sent, 1.0)
    if not text.startswith("]"):
        assert codes == [CodeScanned(text)]


REFUSED = {
    "characters by Alt and figures": (event(1, ALT, 1) + key(79) + event(1, ALT, 0), NOT_ON_KEYBOARD),
    "a key that is no character": (keys(2, 59), NOT_ON_KEYBOARD),
    "keys lost in the kernel": (key(2) + event(0, 3, 0) + key(3), LOST_KEYS),
    "no event device at all": (b"\xff" * 48, NO_KEYS),
    "too many": (key(2) * (LONGEST_CODE + 1), TOO_LONG),
}


@pytest.mark.parametrize(("sent", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_code_is_dropped_whole_and_the_next_is_read(sent: bytes, reason: Any) -> None:
    decoder = Decoder()
    assert decoder.feed(sent + key(ENTER) + NUMBER + key(ENTER), 1.0) == [reason, SCANNED]


@given(st.lists(st.binary(max_size=100)))
def test_rubbish_is_held_nowhere(pieces: list[bytes]) -> None:
    decoder = Decoder()
    for number, piece in enumerate(pieces):
        decoder.feed(piece, float(number))
    assert len(decoder._bytes) < 24 and len(decoder._text) <= LONGEST_CODE


# -- the device ----------------------------------------------------------------------------------------------


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "event0"
    os.mkfifo(path)
    yield path


@pytest.fixture
def scanner(pipe: Path) -> Iterator[WedgeScanner]:
    scanner = WedgeScanner(str(pipe))
    yield scanner
    scanner.close()


@pytest.fixture
def hand(scanner: WedgeScanner, pipe: Path) -> Iterator[int]:
    """The kernel's end."""
    file = os.open(pipe, os.O_WRONLY)
    yield file
    os.close(file)


def test_codes_come_through_a_pipe(scanner: WedgeScanner, hand: int) -> None:
    os.write(hand, NUMBER + key(ENTER) + keys(2, ENTER))
    assert [scanner.read(SOON_S), scanner.read(SOON_S)] == [SCANNED, CodeScanned("1")]
    assert scanner.read(0.05) is None


def test_a_megabyte_of_keys_stalls_nothing(scanner: WedgeScanner, hand: int) -> None:
    flood, told = key(2) * (READ_BYTES // 96), []
    for _ in range(1_000_000 // len(flood)):
        os.write(hand, flood)
        try:
            assert scanner.read(0.0) is None
        except BadFrame as error:
            told.append(error.detail)
    os.write(hand, key(ENTER) + NUMBER + key(ENTER))
    with pytest.raises(BadFrame, match="longer than 512"):
        scanner.read(SOON_S)
    assert scanner.read(SOON_S) == SCANNED
    assert set(told) <= {TOO_LONG.reason}


def test_unplugged_it_is_lost(pipe: Path) -> None:
    scanner = WedgeScanner(str(pipe))
    os.close(os.open(pipe, os.O_WRONLY))
    with pytest.raises(DeviceLost, match="unplugged"):
        scanner.read(SOON_S)
    scanner.close()
    scanner.close()


def test_the_event_device_is_grabbed_so_that_no_window_hears_it(pipe: Path, mocker: MockerFixture) -> None:
    ioctl = mocker.patch("devices.wedge_scanner.driver.fcntl.ioctl", return_value=0)
    scanner = WedgeScanner(str(pipe))
    assert [call.args[1:] for call in ioctl.call_args_list] == [(0x40044590, 1)]
    assert EVIOCGRAB == 0x40044590
    scanner.close()


def test_a_device_that_another_has_grabbed_is_not_read(pipe: Path, mocker: MockerFixture) -> None:
    mocker.patch("devices.wedge_scanner.driver.fcntl.ioctl", side_effect=OSError(errno.EBUSY, "busy"))
    with pytest.raises(DeviceLost, match="another has it"):
        WedgeScanner(str(pipe))


def test_strokes_are_the_kernels_bytes() -> None:
    assert Event(1, Key.ENTER, 1).encode()[16:] == event(1, ENTER, 1)[16:]
