"""A TCP port of this machine whose connections are each served in a thread of their own."""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress


class Listener:
    """Can be closed, which breaks every connection, and opened again on the same port."""

    def __init__(
        self,
        serve: Callable[[socket.socket], None],
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self._serve = serve
        self._tls = tls
        self._listening: socket.socket | None = None
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []

    def open(self) -> None:
        """Listen; OSError when the port is taken. Port 0 becomes a free one."""
        if self._listening is not None:
            return
        self._listening = socket.create_server((self.host, self.port))
        self.port = self._listening.getsockname()[1]
        self._spawn(self._accept, self._listening)

    def close(self) -> None:
        """Refuse new connections, break the open ones, wait for their threads."""
        with self._lock:
            listening, self._listening = self._listening, None
            open_ones, threads = list(self._connections), list(self._threads)
        for one in (listening, *open_ones):
            _shut(one)
        if listening:
            listening.close()
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(timeout=5)

    def _spawn(self, work: Callable[[socket.socket], None], one: socket.socket) -> None:
        thread = threading.Thread(target=work, args=(one,), daemon=True)
        thread.start()
        with self._lock:
            self._threads = [*filter(threading.Thread.is_alive, self._threads), thread]

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            self._spawn(self._serve_one, connection)

    def _serve_one(self, connection: socket.socket) -> None:
        with suppress(OSError):  # the other end went away, or close() broke the connection
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            if self._keep(connection):
                self._serve(connection)
        with self._lock:
            self._connections.discard(connection)
        connection.close()

    def _keep(self, connection: socket.socket) -> bool:
        """Whether it may be served: not when the port was closed since."""
        with self._lock:
            if self._listening is not None:
                self._connections.add(connection)
            return self._listening is not None


def _shut(one: socket.socket | None) -> None:
    if one is None:
        return
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
