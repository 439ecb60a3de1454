"""How fast the centre takes events for good: stored, committed, unique key on, and acknowledged.

The same stream waits at the same broker, in the session of the same subscriber, for a bare paho client that
only counts, and for the collector with each store; then a whole district comes back with what it queued.
"""

import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from broker_config import topics
from broker_config.events import Loan
from broker_config.messages import Publication, publication
from broker_config.topics import Identity
from broker_config.values import timestamp
from central.collector import IN_FLIGHT, BrokerAccess, Collector
from central.intake import Heard
from central.store import Store, opened
from tests.benchmarks.district import District
from tests.benchmarks.table import Findings, Row
from tests.broker import Broker
from tests.postgres import Postgres
from tests.waiting import wait_for

PLACES = 104
MESSAGES = 52_000
ROUNDS = 3
QUEUED = 2000
CHUNK = 5
SESSION_EXPIRY_S = 3600
STARTED = 1_795_000_000.0
PATIENCE_S = 900.0


def measure() -> Findings:
    with tempfile.TemporaryDirectory() as name, Postgres() as server, Broker(Path(name)) as broker:
        folder = Path(name)
        senders = Senders(broker)
        paces: dict[str, list[Pace]] = {"bare paho": [], "SQLite": [], "PostgreSQL": []}
        urls: dict[str, Callable[[int], str]] = {
            "SQLite": lambda n: f"sqlite:{folder / f'{n}.db'}",
            "PostgreSQL": lambda n: server.database(),
        }
        for number in range(ROUNDS):
            senders.fill()
            paces["bare paho"].append(_bare(broker))
            for store, url in urls.items():
                senders.fill()
                paces[store].append(_collected(broker, opened(url(number))))
        senders.close()
        rows = [_row(who, paces[who], paces["bare paho"]) for who in paces]
        outage = _outage(broker, folder)
    return Findings(
        "collector: durable messages a second, and after a district's outage",
        rows,
        (
            f"{MESSAGES} loans of {PLACES} places wait at the broker, {ROUNDS} rounds each, TLS, QoS 1, the "
            f"median counts; collector: decoded, counted by hour, day and reader, committed, acknowledged",
            "cpu_us: what this process computed for one message, which others on the machine lengthen less; "
            "PostgreSQL's own comes on top",
            outage,
        ),
    )


@dataclass(frozen=True)
class Pace:
    """`cpu_us`: of this process, for one message."""

    per_s: float
    cpu_us: float


def _row(who: str, paces: Sequence[Pace], bare: Sequence[Pace]) -> Row:
    per_s, cpu_us = (median(pace.per_s for pace in paces), median(pace.cpu_us for pace in paces))
    return {
        "receiver": who,
        "per_s": round(per_s),
        "least_per_s": round(min(pace.per_s for pace in paces)),
        "of_bare": round(per_s / median(pace.per_s for pace in bare), 2),
        "cpu_us": round(cpu_us),
        "bare_cpu_of_it": round(median(pace.cpu_us for pace in bare) / cpu_us, 2),
    }


class Senders:
    """104 devices, each on its own connection; `fill` puts the same stream before an absent subscriber."""

    def __init__(self, broker: Broker) -> None:
        self._access = _access(broker)
        self._port = broker.port
        self._devices = []
        for number in range(PLACES):
            identity = Identity(f"mz-place-{number}", "kiosk-1")
            issued = broker.issue(str(identity))
            client = _client(str(identity), issued.ca, issued.certificate, issued.key)
            client.connect("127.0.0.1", broker.port)
            self._devices.append((client, _stream(identity, MESSAGES // PLACES)))

    def fill(self) -> None:
        _subscriber_goes_away(self._access)
        for start in range(0, MESSAGES // PLACES, CHUNK):
            for client, stream in self._devices:
                for one in stream[start : start + CHUNK]:
                    client.publish(one.topic, one.payload, one.qos)
                client.loop(0)
        for client, _ in self._devices:
            while client.want_write() or client._out_messages:
                client.loop(0.01)

    def close(self) -> None:
        for client, _ in self._devices:
            client.disconnect()


def _stream(identity: Identity, count: int) -> list[Publication]:
    token = f"{hash(identity.place) % 2**64:016x}"
    return [
        publication(
            identity,
            Loan(
                install_id=f"{identity.place}-install-0123456789",
                seq=seq,
                at=timestamp(_moment(seq)),
                clock_synced=True,
                op_id=str(seq),
                reader_token=f"{token}{seq % 50:016x}",
                due="20261220    235900",
            ),
        )
        for seq in range(1, count + 1)
    ]


def _moment(seq: int) -> datetime:
    return datetime.fromtimestamp(STARTED + 60 * seq, UTC)


# -- receivers ---------------------------------------------------------------------------------------------


def _access(broker: Broker) -> BrokerAccess:
    issued = broker.issue("centre")
    return BrokerAccess("127.0.0.1", broker.port, issued.ca, issued.certificate, issued.key)


def _client(name: str, ca: Path, certificate: Path, key: Path) -> mqtt.Client:
    context = ssl.create_default_context(cafile=ca)
    context.load_cert_chain(certificate, key)
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTProtocolVersion.MQTTv5)
    client.tls_set_context(context)
    return client


def _subscribed(access: BrokerAccess) -> mqtt.Client:
    """Connected, with the collector's session and window, and its subscription to events."""
    client = _client("centre", access.ca, access.certificate, access.key)
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = SESSION_EXPIRY_S
    properties.ReceiveMaximum = IN_FLIGHT
    client.connect(access.host, access.port, clean_start=False, properties=properties)
    return client


def _subscriber_goes_away(access: BrokerAccess) -> None:
    client = _subscribed(access)
    granted = threading.Event()
    client.on_connect = lambda *_: client.subscribe(topics.EVERY_EVENT, qos=1)
    client.on_subscribe = lambda *_: granted.set()
    client.loop_start()
    assert granted.wait(20)
    client.disconnect()
    client.loop_stop()


class Stopwatch:
    """From being made, before anybody connects, to the last of so many messages."""

    def __init__(self, messages: int) -> None:
        self._messages = self._left = messages
        self._began_s, self._began_cpu_s = time.perf_counter(), time.process_time()
        self.pace = Pace(0.0, 0.0)

    def saw(self, count: int = 1) -> None:
        self._left -= count
        if self._left == 0:
            took_s, took_cpu_s = time.perf_counter() - self._began_s, time.process_time() - self._began_cpu_s
            self.pace = Pace(self._messages / took_s, 1e6 * took_cpu_s / self._messages)


def _bare(broker: Broker) -> Pace:
    access, watch = _access(broker), Stopwatch(MESSAGES)
    client = _subscribed(access)
    client.on_message = lambda *_: watch.saw()
    client.loop_start()
    wait_for(lambda: watch.pace.per_s, "everything received", PATIENCE_S)
    client.disconnect()
    client.loop_stop()
    return watch.pace


def _collected(broker: Broker, store: Store) -> Pace:
    access, watch = _access(broker), Stopwatch(MESSAGES)

    def kept(heard: Sequence[Heard]) -> tuple[()]:
        """Asked when they are committed and acknowledged."""
        watch.saw(len(heard))
        return ()

    collector = Collector(access, store, answers=kept)
    thread = threading.Thread(target=collector.run)
    thread.start()
    wait_for(lambda: watch.pace.per_s, "everything kept", PATIENCE_S)
    assert store.event_count() == MESSAGES
    collector.stop()
    thread.join()
    store.close()
    return watch.pace


# -- after an outage ---------------------------------------------------------------------------------------


def _outage(broker: Broker, folder: Path) -> str:
    """Real uplinks with real journals, all at once."""
    store = opened(f"sqlite:{folder / 'outage.db'}")
    collector = Collector(_access(broker), store)
    thread = threading.Thread(target=collector.run)
    thread.start()
    with District(folder / "kiosks", broker, PLACES, QUEUED) as district:
        began_s = time.perf_counter()
        district.start()
        wait_for(district.drained, "every outbox is empty", PATIENCE_S)
        took_s = time.perf_counter() - began_s
    collector.stop()
    thread.join()
    stored = store.event_count()
    store.close()
    assert stored == PLACES * QUEUED
    return (
        f"after an outage {PLACES} kiosks with {QUEUED} events each: {stored} stored, each once, "
        f"in {took_s:.0f} s"
    )
