"""The buffered socket against the standard library's own at the other end."""

import random
import select
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from central.buffered_tls import BufferedTls
from central.enrolment.authority import init_ca, issue
from tests.waiting import wait_for

Pair = tuple[BufferedTls, ssl.SSLSocket]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    init_ca(tmp_path)
    server, client = issue(tmp_path, "broker", server=True, hosts=["localhost"]), issue(tmp_path, "centre")
    theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    theirs.load_cert_chain(server.certificate, server.key)
    ours = ssl.create_default_context(cafile=client.ca)
    ours.sslsocket_class = BufferedTls
    here, there = socket.socketpair()
    wrapped: list[ssl.SSLSocket] = []
    thread = threading.Thread(target=lambda: wrapped.append(theirs.wrap_socket(there, server_side=True)))
    thread.start()
    mine = ours.wrap_socket(here, server_hostname="localhost")
    thread.join()
    mine.setblocking(False)
    assert isinstance(mine, BufferedTls)
    yield mine, wrapped[0]
    mine.close()
    wrapped[0].close()


def read(mine: BufferedTls, count: int, random_sizes: random.Random) -> bytes:
    got = b""
    while len(got) < count:
        try:
            got += mine.recv(min(count - len(got), random_sizes.choice([1, 1, 2, 300, 9000])))
        except ssl.SSLWantReadError:
            assert mine.dry
            select.select([mine], [], [], 10)
    return got


def test_whatever_the_pieces_nothing_is_lost_or_out_of_order(pair: Pair) -> None:
    mine, theirs = pair
    data = random.Random(1).randbytes(300_000)
    sender = threading.Thread(target=lambda: theirs.sendall(data))
    sender.start()
    assert read(mine, len(data), random.Random(2)) == data
    sender.join()
    assert mine.pending() == 0


def test_what_is_pending_can_be_had_without_waiting(pair: Pair) -> None:
    mine, theirs = pair
    theirs.sendall(b"0123456789")
    select.select([mine], [], [], 10)
    assert mine.recv(1) == b"0"
    assert mine.pending() == 9
    assert (mine.recv(4), mine.recv(99)) == (b"1234", b"56789")


def test_what_is_gathered_goes_out_together_and_before_what_follows(pair: Pair) -> None:
    mine, theirs = pair
    with mine.gathering():
        for number in range(100):
            assert mine.send(number.to_bytes(4, "big")) == 4
        theirs.settimeout(0.05)
        with pytest.raises(TimeoutError):
            theirs.recv(1)
    mine.send(b"last")
    theirs.settimeout(10)
    assert theirs.recv(10_000) == b"".join(number.to_bytes(4, "big") for number in range(100))
    assert theirs.recv(10_000) == b"last"


def test_a_peer_that_does_not_read_holds_nothing_up_and_gets_all_of_it(pair: Pair) -> None:
    mine, theirs = pair
    data = random.Random(3).randbytes(4_000_000)
    with mine.gathering():
        mine.send(data)
    assert mine.unsent
    with pytest.raises(ssl.SSLWantWriteError):
        mine.send(b"more")
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.extend(iter(lambda: theirs.recv(65_536), b"more")))
    reader.start()
    wait_for(mine.flush, "all of it is sent")
    mine.send(b"more")
    reader.join(20)
    assert b"".join(got) == data
