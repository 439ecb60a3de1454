"""The simulated ILS as a server: kiosks on one port, the hands that break it on another.

with IlsServer(database) as ils:
    ... Server("127.0.0.1", ils.port, "kiosk", "mazhang") ...
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Self

from hardware_sim.ils.admin import AdminDesk
from hardware_sim.ils.answers import Answers
from hardware_sim.ils.circulation import Circulation
from hardware_sim.ils.conversation import Account, Conversation
from hardware_sim.ils.dialects import DIALECTS, IlsDialect
from hardware_sim.ils.faults import CLOSING, HANGING, SPOILING, UNDONE, Faults
from hardware_sim.ils.listener import Listener
from hardware_sim.ils.seed import seed
from hardware_sim.ils.store import Store
from kiosk.sip2 import protocol as sip


class IlsServer:
    """Several kiosks at once, each in its thread. A new database is filled with the sample library."""

    def __init__(
        self,
        database: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        admin_port: int = 0,
        account: Account | None = None,
        dialect: IlsDialect | None = None,
        tls: ssl.SSLContext | None = None,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        self.faults = Faults()
        self.store = Store(database)
        if self.store.is_new:
            seed(self.store, now())
        self._dialect = dialect or DIALECTS["koha"]
        self._answers = Answers(Circulation(self.store, now), now, self._dialect)
        self._account = account or Account()
        self._served = 0
        self._counting = threading.Lock()
        self._stopping = threading.Event()
        self._kiosks = Listener(self._serve, host, port, tls)
        desk = AdminDesk(self.faults, self.store, up=self._kiosks.open, down=self._kiosks.close)
        self._hands = Listener(desk.serve, "127.0.0.1", admin_port)

    @property
    def port(self) -> int:
        return self._kiosks.port

    @property
    def admin_port(self) -> int:
        return self._hands.port

    def start(self) -> None:
        """Listen on both ports; OSError when one is taken."""
        self._kiosks.open()
        self._hands.open()

    def stop(self) -> None:
        self._stopping.set()
        self._kiosks.close()
        self._hands.close()
        self.store.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _serve(self, connection: socket.socket) -> None:
        with self._place() as has_place:
            if has_place:
                self._converse(connection)
            else:
                _hang(connection)

    @contextmanager
    def _place(self) -> Iterator[bool]:
        """Whether this connection is within the limit; its place is free again afterwards."""
        with self._counting:
            limit = self.faults.limit
            has_place = limit is None or self._served < limit
            self._served += has_place
        try:
            yield has_place
        finally:
            with self._counting:
                self._served -= has_place

    def _converse(self, connection: socket.socket) -> None:
        conversation = Conversation(self._answers, self._account, self._dialect)
        decoder = sip.Decoder()
        began_s = time.monotonic()
        connection.sendall(conversation.greeting)
        with suppress(sip.BadMessage):  # a line without end: hang up
            while data := self._receive(connection, conversation, began_s):
                for line in decoder.feed(data):
                    if not self._take(connection, conversation, line):
                        return

    def _receive(self, connection: socket.socket, conversation: Conversation, began_s: float) -> bytes:
        """TimeoutError, which ends the connection, when the login is late."""
        within_s = self._dialect.login_within_s
        if within_s is None or conversation.logged_in:
            connection.settimeout(None)
        else:
            connection.settimeout(max(0.001, began_s + within_s - time.monotonic()))
        return connection.recv(4096)

    def _take(self, connection: socket.socket, conversation: Conversation, line: bytes) -> bool:
        """Answer one line, as far as the planned fault lets; whether the connection goes on."""
        fault = self.faults.take(line[:2].decode("ascii", "replace"))
        self._stopping.wait(self.faults.delay_ms / 1000)
        reply = b"" if fault in UNDONE else conversation.answer(line)
        if fault in HANGING:
            _hang(connection)
            return False
        connection.sendall(reply if fault is None or not reply else SPOILING[fault](reply))
        return fault not in CLOSING and not conversation.ended


def _hang(connection: socket.socket) -> None:
    """Read and say nothing until the other end gives up."""
    connection.settimeout(None)
    while connection.recv(4096):
        pass
