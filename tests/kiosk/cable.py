"""A network cable between the kiosk and a server: cut it, or let what the server says get lost."""

import contextlib
import socket
import threading
from typing import Self


class Cable:
    """`port` leads to `to_port` of this machine; usable again after `cut`."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._ends: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.connections = 0
        self.answers_lost = False
        """What the server says does not arrive; what the kiosk says does."""
        self.up = True
        """Whether who connects now gets through."""
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Whoever is connected is so no more, without a goodbye."""
        ends, self._ends = self._ends, []
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                kiosk, _ = self._listening.accept()
                self.connections += 1
                if not self.up:
                    kiosk.close()
                    continue
                with contextlib.suppress(OSError):
                    server = socket.create_connection(("127.0.0.1", self._to_port))
                    self._ends += [kiosk, server]
                    for source, target in ((kiosk, server), (server, kiosk)):
                        threading.Thread(target=self._carry, args=(source, target), daemon=True).start()
                    continue
                kiosk.close()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if not (self.answers_lost and source.getpeername()[1] == self._to_port):
                    target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)
        source.close()
