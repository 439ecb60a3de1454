"""The simulated ILS as a server: kiosks on one port, the hands that break it on another.

with IlsServer(database) as ils:
    ... Server("127.0.0.1", ils.port, "kiosk", "mazhang") ...
"""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Self

from hardware_sim.ils.admin import AdminDesk
from hardware_sim.ils.answers import Answers
from hardware_sim.ils.circulation import Circulation
from hardware_sim.ils.conversation import Account, Conversation
from hardware_sim.ils.faults import Fault, Faults
from hardware_sim.ils.listener import Listener
from hardware_sim.ils.seed import seed
from hardware_sim.ils.store import Store
from kiosk.sip2 import protocol as sip

NONSENSE = b"Internal Server Error\r"
DOING = (Fault.HANG_AFTER, Fault.CLOSE_AFTER_DOING, Fault.NONSENSE_AFTER_DOING)
CLOSING = (Fault.CLOSE_BEFORE_DOING, Fault.CLOSE_AFTER_DOING)


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
        dialect: sip.Dialect | None = None,
        tls: ssl.SSLContext | None = None,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        self.faults = Faults()
        self.store = Store(database)
        if self.store.is_new:
            seed(self.store, now())
        self._answers = Answers(Circulation(self.store, now), now)
        self._account = account or Account()
        self._dialect = dialect or sip.Dialect()
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
        if self.faults.full:
            _hang(connection)
            return
        conversation = Conversation(self._answers, self._account, self._dialect)
        decoder = sip.Decoder()
        with suppress(sip.BadMessage):  # a line without end: hang up
            while data := connection.recv(4096):
                for line in decoder.feed(data):
                    if not self._take(connection, conversation, line):
                        return

    def _take(self, connection: socket.socket, conversation: Conversation, line: bytes) -> bool:
        """Answer one line, as far as the planned fault lets; whether the connection goes on."""
        fault = self.faults.take(line[:2].decode("ascii", "replace"))
        self._stopping.wait(self.faults.delay_ms / 1000)
        if fault is None or fault in DOING:
            reply = conversation.answer(line)
        if fault is None:
            connection.sendall(reply)
        elif fault is Fault.NONSENSE_AFTER_DOING:
            connection.sendall(NONSENSE)
        elif fault not in CLOSING:
            _hang(connection)
        return fault in (None, Fault.NONSENSE_AFTER_DOING) and not conversation.ended


def _hang(connection: socket.socket) -> None:
    """Read and say nothing until the other end gives up."""
    while connection.recv(4096):
        pass
