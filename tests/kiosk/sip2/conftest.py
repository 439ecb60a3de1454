"""Two other ends for the client: the simulated ILS, and one that follows a script byte by byte."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from hardware_sim.ils import IlsAdmin, IlsServer


class Clock:
    """A monotonic clock that a test moves on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class ScriptedIls:
    """Answers each line it receives with the next step: bytes, or None to say nothing.

    At the end of a connection's script it hangs up. `heard` is every line of every connection.
    """

    def __init__(self, greeting: bytes = b"") -> None:
        self.heard: list[bytes] = []
        self.scripts: list[list[bytes | None]] = []
        self._greeting = greeting
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def will(self, *script: bytes | None) -> None:
        """What the next connection is to be answered."""
        self.scripts.append(list(script))

    def close(self) -> None:
        for one in (self._listening, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._thread.join(timeout=5)

    def _serve(self) -> None:
        try:
            while True:
                connection, _ = self._listening.accept()
                self._open.append(connection)
                self._follow(connection, self.scripts.pop(0))
                connection.close()
        except OSError:
            return

    def _follow(self, connection: socket.socket, script: list[bytes | None]) -> None:
        if self._greeting:
            connection.sendall(self._greeting)
        waiting = b""
        while script and (data := connection.recv(4096)):
            waiting += data
            while b"\r" in waiting and script:
                line, _, waiting = waiting.partition(b"\r")
                self.heard.append(line.lstrip(b"\n"))
                answer = script.pop(0)
                if answer is None:
                    connection.recv(4096)
                else:
                    connection.sendall(answer)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def scripted() -> Iterator[ScriptedIls]:
    server = ScriptedIls()
    yield server
    server.close()


@pytest.fixture
def ils(tmp_path: Path) -> Iterator[IlsServer]:
    with IlsServer(tmp_path / "ils.sqlite") as server:
        yield server


@pytest.fixture
def admin(ils: IlsServer) -> Iterator[IlsAdmin]:
    hands = IlsAdmin(ils.admin_port)
    yield hands
    hands.close()
