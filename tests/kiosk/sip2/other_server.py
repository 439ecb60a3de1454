"""An ILS of somebody else: a raw socket that follows a script of bytes. It knows nothing of our code.

A script answers by message code; what it answers with are pieces, each a packet of its own.
"""

import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

Answer = bytes | tuple[bytes, ...] | None
"""One packet; several; None: say nothing, and go on listening."""


@dataclass(frozen=True)
class Manners:
    """How it speaks: `end` closes each line it sends, `numbered` copies AY from the request, `sequence` is
    one it writes on everything, `greeting` comes unasked, `hangs_up` after each answer."""

    answers: Mapping[bytes, Answer | list[Answer]]
    end: bytes = b"\r"
    greeting: bytes = b""
    numbered: bool = False
    sequence: bytes = b""
    hangs_up: bool = False
    line_end_of_clients: bytes = b"\r"


@dataclass
class OtherServer:
    """Start with `with`; `heard` holds every line of every client, in order."""

    manners: Manners
    tls: ssl.SSLContext | None = None
    heard: list[bytes] = field(default_factory=list)

    def __enter__(self) -> "OtherServer":
        self._open: list[socket.socket] = []
        self._counts: Counter[bytes] = Counter()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._threads = [self._begin(self._accept)]
        return self

    def __exit__(self, *_: object) -> None:
        for one in (self._listening, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join(timeout=10)

    def codes(self) -> list[bytes]:
        """What was asked, by message code."""
        return [line[:2] for line in self.heard]

    def _begin(self, act: Callable[..., None], *arguments: object) -> threading.Thread:
        thread = threading.Thread(target=act, args=arguments, daemon=True)
        thread.start()
        return thread

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._threads.append(self._begin(self._serve, connection))

    def _serve(self, plain: socket.socket) -> None:
        with suppress(OSError):
            connection = self.tls.wrap_socket(plain, server_side=True) if self.tls else plain
            self._open.append(connection)
            connection.sendall(self.manners.greeting)
            waiting = b""
            while data := connection.recv(4096):
                waiting += data
                *lines, waiting = waiting.split(self.manners.line_end_of_clients)
                for line in lines:
                    self._hear(connection, line.strip())

    def _hear(self, connection: socket.socket, line: bytes) -> None:
        self.heard.append(line)
        for piece in self._pieces(line):
            connection.sendall(piece)
        if self.manners.hangs_up:
            connection.shutdown(socket.SHUT_RDWR)

    def _pieces(self, line: bytes) -> tuple[bytes, ...]:
        answer = self.manners.answers.get(line[:2])
        if isinstance(answer, list):
            count = self._counts[line[:2]]
            self._counts[line[:2]] += 1
            answer = answer[min(count, len(answer) - 1)]
        if answer is None:
            return ()
        pieces = answer if isinstance(answer, tuple) else (answer,)
        return (*pieces[:-1], pieces[-1] + self._trailer(line) + self.manners.end)

    def _trailer(self, line: bytes) -> bytes:
        if self.manners.sequence:
            return self.manners.sequence
        at = line.rfind(b"AY")
        return line[at : at + 3] if self.manners.numbered and at >= 0 else b""
