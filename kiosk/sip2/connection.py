"""One TCP or TLS connection carrying SIP2 lines: every wait has an end, and what was sent is known.

It knows neither messages nor logins; `client.py` says what its errors mean.
"""

import socket
import ssl
from collections import deque

from devices.port import Deadline
from kiosk.sip2.framing import Decoder

CHUNK = 65536
LINE_FEED_S = 1.0
"""So long after an LF with nothing behind it the first line of a connection is over: LF ends its lines."""


class WireLost(Exception):
    """The connection cannot be used any more. `nothing_left` when no byte of the last send has gone out."""

    def __init__(self, detail: str, nothing_left: bool = False) -> None:
        super().__init__(detail)
        self.nothing_left = nothing_left


class WireSilent(WireLost):
    """No line came in time."""


class WireUnended(WireSilent):
    """Only the beginning of a line came in time; `text` is that, for staff."""

    def __init__(self, text: bytes) -> None:
        super().__init__("an answer was begun and not ended in time")
        self.text = text


class Connection:
    """Used by one thread. After a `WireLost` only `close` makes sense."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None, timeout_s: float) -> None:
        """Connect; OSError says why not, WireSilent that TLS was never answered."""
        plain = socket.create_connection((host, port), timeout_s)
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            self._socket = tls.wrap_socket(plain, server_hostname=host) if tls else plain
        except TimeoutError as error:
            plain.close()
            raise WireSilent("TLS was not answered in time") from error
        except (OSError, ValueError):
            plain.close()
            raise
        self._decoder = Decoder()
        self._lines: deque[bytes] = deque()

    @property
    def peer(self) -> tuple[str, int]:
        """Address and port of the other end."""
        address, port = self._socket.getpeername()[:2]
        return str(address), int(port)

    @property
    def tls(self) -> ssl.SSLSocket | None:
        """For what was agreed on and who the other end is."""
        return self._socket if isinstance(self._socket, ssl.SSLSocket) else None

    @property
    def line_feed_follows(self) -> bool:
        """A line feed came after the carriage return of the last line."""
        return self._decoder.line_feed_follows

    @property
    def line_feed_alone(self) -> bool:
        """The lines end with a line feed and no carriage return."""
        return self._decoder.line_feed_alone

    @property
    def quiet(self) -> bool:
        """The other end is still there and has said nothing since it was last read.

        Looked at before each send: that a server closed an idle connection shows while nothing is lost.
        """
        try:
            self._take_what_is_there()
        except (WireLost, ValueError):
            return False
        return not self._lines and not self._decoder.held

    def send(self, data: bytes, timeout_s: float) -> None:
        """Hand all of `data` to the network, or WireLost."""
        sent = 0
        deadline = Deadline(timeout_s)
        try:
            while sent < len(data):
                self._wait_until(deadline)
                sent += self._socket.send(data[sent:])
        except OSError as error:
            # TLS may have handed a record to the network before it failed: then nothing is certain.
            certain = sent == 0 and not isinstance(self._socket, ssl.SSLSocket)
            raise WireLost(f"sending failed ({_reason(error)})", nothing_left=certain) from error

    def read_line(self, timeout_s: float) -> bytes:
        """The next whole line; WireSilent after `timeout_s`, WireLost at the end, BadMessage when endless."""
        deadline = Deadline(timeout_s)
        while not self._lines:
            self._lines.extend(self._more(deadline))
        return self._lines.popleft()

    def _more(self, deadline: Deadline) -> list[bytes]:
        """The lines that end with what comes next."""
        patience = Deadline(min(LINE_FEED_S, deadline.left_s)) if self._decoder.may_have_ended else deadline
        try:
            return self._decoder.feed(self._receive(patience))
        except WireSilent as error:
            if self._decoder.may_have_ended:
                return self._decoder.end_at_line_feed()
            if self._decoder.held:
                raise WireUnended(self._decoder.held) from error
            raise

    def read_prompt(self, prompt: bytes, timeout_s: float) -> None:
        """Wait for a `login:` style prompt, which no line end follows."""
        deadline = Deadline(timeout_s)
        seen = b""
        while prompt not in seen.lower():
            seen = seen[-CHUNK:] + self._receive(deadline)

    def peek(self, timeout_s: float) -> bytes:
        """What the server says before it is asked; empty when it waits to be asked."""
        try:
            return self._receive(Deadline(timeout_s))
        except WireSilent:
            return b""

    def drain(self) -> None:
        """Forget whole lines that came unasked, so that they answer nothing."""
        self._take_what_is_there()
        self._lines.clear()

    def close(self) -> None:
        try:
            self._socket.close()
        except OSError:
            return

    def _receive(self, deadline: Deadline) -> bytes:
        try:
            self._wait_until(deadline)
            data = self._socket.recv(CHUNK)
        except TimeoutError as error:
            raise WireSilent("no answer in time") from error
        except OSError as error:
            raise WireLost(f"connection broke ({_reason(error)})") from error
        if not data:
            raise WireLost("connection was closed by the server")
        return data

    def _wait_until(self, deadline: Deadline) -> None:
        """Let the next call wait no longer than that; a zero would mean not to wait at all."""
        if deadline.over:
            raise TimeoutError("deadline passed")
        self._socket.settimeout(max(deadline.left_s, 0.001))

    def _take_what_is_there(self) -> None:
        """Read without waiting. A line feed left over from the last line's end is no message."""
        self._socket.setblocking(False)
        try:
            data = self._socket.recv(CHUNK)
        except (BlockingIOError, ssl.SSLWantReadError):
            return
        except OSError as error:
            raise WireLost(_reason(error)) from error
        if not data:
            raise WireLost("closed")
        self._lines.extend(self._decoder.feed(data))


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
