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


def test_a_prompt_is_known_though_it_comes_in_pieces(
    pair: tuple[Connection, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    near, far = pair
    monkeypatch.setattr("kiosk.sip2.connection.CHUNK", 5)
    far.sendall(b"Koha LoGin: ")
    near.read_prompt(b"login:", 5)
    far.sendall(b"941\r")
    assert near.peek(5).strip().startswith(b"941"), "not a byte more than the prompt was taken"


def test_a_server_that_waits_to_be_asked_says_nothing(pair: tuple[Connection, socket.socket]) -> None:
    near, _ = pair
    assert near.peek(0.1) == b""


def test_why_nothing_can_be_drained(pair: tuple[Connection, socket.socket]) -> None:
    near, far = pair
    far.close()
    select.select([near._socket], [], [], 5)
    with pytest.raises(WireLost) as caught:
        near.drain()
    assert str(caught.value) == "closed"


def test_a_reset_is_told_in_the_systems_own_words(pair: tuple[Connection, socket.socket]) -> None:
    near, far = pair
    far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    far.close()
    select.select([near._socket], [], [], 5)
    with pytest.raises(WireLost) as caught:
        near.drain()
    assert str(caught.value) == "Connection reset by peer"


def test_a_reset_while_an_answer_is_waited_for(pair: tuple[Connection, socket.socket]) -> None:
    near, far = pair
    far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    far.close()
    with pytest.raises(WireLost) as caught:
        near.read_line(10)
    assert str(caught.value) == "connection broke (Connection reset by peer)"
