"""The real broker and the real collector with its store, shared by all stories, and their bad weather.

Every story's kiosk has an identity of its own. Meanwhile the collector is stopped and started, and now and
then the broker is killed with all it had not written down. Each kiosk's network can be cut on its own.
"""

import json
import select
import signal
import socket
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, Self

from central import collector as collecting
from central.collector import BrokerAccess, Collector
from central.store import opened
from tests.broker import Broker

FAIR_S = (0.5, 3.0)
"""From one change of the weather to the next."""
BROKER_DIES = 0.2
"""How often it is the broker that goes."""
HURRY_S = 0.05


class Centre:
    """`with Centre(folder) as centre:` collector and broker are there, and from time to time they are not."""

    def __init__(self, folder: Path, seed: int = 0) -> None:
        self._broker = Broker(folder)
        issued = self._broker.issue("centre")
        self._access = BrokerAccess("127.0.0.1", self._broker.port, issued.ca, issued.certificate, issued.key)
        self._store = opened(f"sqlite:{folder / 'centre.db'}")
        self._random = Random(seed)
        self._over = threading.Event()
        self._weather = threading.Thread(target=self._bad_weather, name="weather", daemon=True)
        self._collector: Collector | None = None
        self._collecting: threading.Thread | None = None
        collecting.RETRY_S = HURRY_S

    @property
    def port(self) -> int:
        return self._broker.port

    @property
    def certificates(self) -> Path:
        return self._broker.certificates

    def enrol(self, identity: str) -> None:
        self._broker.issue(identity)

    def events(self, place: str) -> dict[int, dict[str, Any]]:
        """What the store has of the one kiosk of `place`, by number; twice is an error of the store."""
        now = datetime.now(UTC)
        found = list(self._store.events(now - timedelta(days=2), now + timedelta(days=2), place=place))
        numbers = [event.seq for event in found]
        assert len(numbers) == len(set(numbers)), f"{place}: stored twice: {sorted(numbers)}"
        return {event.seq: json.loads(event.body) for event in found}

    def __enter__(self) -> Self:
        self._broker.start()
        self._collect()
        self._weather.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._weather.join()
        self._stop_collecting()
        self._broker.stop()
        self._store.close()

    def _bad_weather(self) -> None:
        while not self._over.wait(self._random.uniform(*FAIR_S)):
            self._stop_collecting()
            if self._random.random() < BROKER_DIES:
                self._broker.stop(signal.SIGKILL)
                self._broker.start()
            self._over.wait(self._random.uniform(0.0, 0.3))
            self._collect()

    def _collect(self) -> None:
        self._collector = Collector(self._access, self._store)
        self._collecting = threading.Thread(target=self._collector.run, name="collector", daemon=True)
        self._collecting.start()

    def _stop_collecting(self) -> None:
        if self._collector is not None and self._collecting is not None:
            self._collector.stop()
            self._collecting.join()


class Network:
    """The way from one kiosk to the broker: `cut` ends what is under way and lets nothing through."""

    def __init__(self, broker_port: int) -> None:
        self._broker_port = broker_port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.up = True
        self._over = False
        self._thread = threading.Thread(target=self._carry, name="network", daemon=True)
        self._thread.start()

    def cut(self) -> None:
        self.up = False

    def mend(self) -> None:
        self.up = True

    def close(self) -> None:
        self._over = True
        self._thread.join()
        self._listening.close()

    def _carry(self) -> None:
        """Bytes from each end to the other, in one thread; an end that closes takes its other end along."""
        other: dict[socket.socket, socket.socket] = {}
        while not self._over:
            ready, _, _ = select.select([self._listening, *other], [], [], 0.02)
            if not self.up:
                _hang_up(other, *other)
            for end in ready:
                if end is self._listening:
                    self._accept(other)
                elif end in other and not _pass_on(end, other[end]):
                    _hang_up(other, end)
        _hang_up(other, *other)

    def _accept(self, other: dict[socket.socket, socket.socket]) -> None:
        kiosk, _ = self._listening.accept()
        try:
            if not self.up:
                raise ConnectionRefusedError
            broker = socket.create_connection(("127.0.0.1", self._broker_port), timeout=5)
        except OSError:
            kiosk.close()
            return
        other |= {kiosk: broker, broker: kiosk}


def _pass_on(end: socket.socket, to: socket.socket) -> bool:
    """Whether there is anybody left to speak and to listen."""
    try:
        data = end.recv(65536)
        to.sendall(data)
    except OSError:
        return False
    return bool(data)


def _hang_up(other: dict[socket.socket, socket.socket], *ends: socket.socket) -> None:
    for end in ends:
        if end in other:
            to = other.pop(end)
            del other[to]
            end.close()
            to.close()
