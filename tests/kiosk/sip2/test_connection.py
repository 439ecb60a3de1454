"""Whether a byte has left, at the edge where the operating system says so."""

import select
import socket
import struct
from collections.abc import Iterator

import pytest

from kiosk.sip2.connection import Connection, WireLost, WireSilent

RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@pytest.fixture
def pair() -> Iterator[tuple[Connection, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        near = Connection("127.0.0.1", listening.getsockname()[1], None, timeout_s=5)
        far, _ = listening.accept()
        with far:
            yield near, far
        near.close()


def test_nothing_has_left_when_the_first_send_fails(pair: tuple[Connection, socket.socket]) -> None:
    near, far = pair
    far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    far.close()
    select.select([near._socket], [], [], 5)  # until the reset has arrived
    with pytest.raises(WireLost) as caught:
        near.send(b"11...\r", 1)
    assert caught.value.nothing_left


def test_something_has_left_when_sending_stops_half_way(pair: tuple[Connection, socket.socket]) -> None:
    near, _ = pair
    with pytest.raises(WireLost) as caught:
        near.send(b"x" * 50_000_000, 0.3)
    assert not caught.value.nothing_left


def test_a_trickle_does_not_stretch_the_deadline(pair: tuple[Connection, socket.socket]) -> None:
    near, far = pair
    far.sendall(b"no end")
    with pytest.raises(WireSilent):
        near.read_line(0.2)


def test_quiet_until_something_unasked_comes(pair: tuple[Connection, socket.socket]) -> None:
    near, far = pair
    far.sendall(b"941\r")
    assert near.read_line(5) == b"941"
    far.sendall(b"\n")
    select.select([near._socket], [], [], 5)
    assert near.quiet, "the rest of a line end is no message"
    far.sendall(b"98")
    select.select([near._socket], [], [], 5)
    assert not near.quiet
