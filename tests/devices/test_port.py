"""The serial line as the operating system gives it: a pseudo-terminal whose other end the test holds."""

import os
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.errors import DeviceLost
from devices.port import LineSettings, Port

LONG = bytes(range(256)) * 512
"""128 KB: many times what a terminal's buffer takes at once."""


class Wire:
    def __init__(self) -> None:
        self.far, near = os.openpty()
        tty.setraw(near)
        self.port = Port(os.ttyname(near), LineSettings(38400))
        os.close(near)

    def hear(self, size: int) -> bytes:
        heard = b""
        while len(heard) < size:
            heard += os.read(self.far, 1024)
        return heard

    def hang_up(self) -> None:
        if self.far >= 0:
            os.close(self.far)
        self.far = -1


@pytest.fixture
def wire() -> Iterator[Wire]:
    wire = Wire()
    yield wire
    wire.port.close()
    wire.hang_up()


def test_what_the_line_does_not_take_at_once_follows_in_order(wire: Wire) -> None:
    heard: list[bytes] = []
    far_end = threading.Thread(target=lambda: heard.append(wire.hear(len(LONG))), daemon=True)
    far_end.start()
    wire.port.write(LONG, "print")
    far_end.join(20)
    assert heard == [LONG]


def test_a_line_that_takes_nothing_more_is_lost_not_waited_for(wire: Wire) -> None:
    with pytest.raises(DeviceLost, match="print"):
        wire.port.write(LONG, "print")


def test_what_has_arrived_is_read_at_once_and_silence_is_no_bytes(wire: Wire) -> None:
    os.write(wire.far, b"one")
    os.write(wire.far, b"two")
    assert wire.port.read(20.0, "listen") == b"onetwo"
    assert wire.port.read(0.01, "listen") == b""


def test_a_pulled_plug_is_said_in_the_systems_words(wire: Wire) -> None:
    wire.hang_up()
    with pytest.raises(DeviceLost, match="listen: Input/output error"):
        wire.port.read(20.0, "listen")
    with pytest.raises(DeviceLost, match="ask: Input/output error"):
        wire.port.write(b"?", "ask")


def test_a_closed_port_is_lost_and_a_port_that_is_not_there_names_itself(wire: Wire, tmp_path: Path) -> None:
    wire.port.close()
    with pytest.raises(DeviceLost):
        wire.port.write(b"?", "ask")
    with pytest.raises(DeviceLost):
        wire.port.read(0.01, "listen")
    with pytest.raises(DeviceLost, match="nowhere: open: "):
        Port(str(tmp_path / "nowhere"), LineSettings(9600))
