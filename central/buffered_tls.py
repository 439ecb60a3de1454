"""A TLS socket that reads ahead and, when asked to, gathers what is written.

The MQTT library asks for one or two bytes at a time and writes every acknowledgement by itself: each a system
call and a TLS record of its own, which cost a collector a third of its messages. Given to
`ssl.SSLContext.sslsocket_class`, so neither library is touched. For sockets that do not block.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

READ_AHEAD_BYTES = 65_536


class BufferedTls(ssl.SSLSocket):
    # ssl makes these without calling __init__
    _read = b""
    _position = 0
    _unsent = b""
    _gathered: list[bytes] | None = None
    dry = False
    """The last `recv` had nothing to give; whoever reads until then clears it first."""

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        if self._position == len(self._read):
            try:
                self._read, self._position = super().recv(READ_AHEAD_BYTES, flags), 0
            except ssl.SSLWantReadError:
                self.dry = True
                raise
        start = self._position
        data = self._read[start : start + buflen]
        self._position = start + len(data)
        return data

    def pending(self) -> int:
        """Some bytes that can be had without waiting; 0 if none."""
        return len(self._read) - self._position or super().pending()

    def send(self, data: Any, flags: int = 0) -> int:
        if self._gathered is not None:
            self._gathered.append(bytes(data))
            return len(data)
        if self._unsent and not self.flush():
            raise ssl.SSLWantWriteError("what was gathered before is not sent yet")
        return super().send(data, flags)

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """What is sent within goes out together at the end, or by later calls of `flush`."""
        self._gathered = []
        try:
            yield
        finally:
            self._unsent += b"".join(self._gathered)
            self._gathered = None
        self.flush()

    @property
    def unsent(self) -> bool:
        return bool(self._unsent)

    def flush(self) -> bool:
        """Whether all is sent; OSError when the connection is lost."""
        try:
            while self._unsent:
                self._unsent = self._unsent[super().send(self._unsent) :]
        except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
            return False
        return True
