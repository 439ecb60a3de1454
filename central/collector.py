"""Takes what the broker brings into the store: nothing lost, nothing twice.

One thread: messages gather into a batch, the batch is committed, only then acknowledged, and the senders
are told how far they are confirmed. A crash at any point makes the broker send again what was not
acknowledged, and the store ignores what it has. While the store fails nothing is acknowledged, so the
broker holds back by itself. What a message means is `intake.py`'s affair.
Several collectors may share the events (`share`); states and heartbeats, whose order matters, belong to the
one that is not `events_only`.
Tried with Mosquitto 2.0.11 and paho-mqtt 2.2.
"""

import logging
import select
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from broker_config import topics
from broker_config.messages import Publication, publication
from central.buffered_tls import BufferedTls
from central.intake import Heard, understand
from central.store import Confirmation, Store, StoreError
from central.work import Work

log = logging.getLogger(__name__)

BATCH = 2000
"""Messages committed together at most …"""
BATCH_AGE_S = 0.05
"""… or whatever came within this time, when no more is waiting …"""
LONGEST_BATCH_AGE_S = 0.25
"""… or within this."""
IN_FLIGHT = 4000
"""Unacknowledged messages we let the broker send; the broker's own limit is the same (mosquitto.conf.j2).
Twice a batch: the next one arrives while this one is committed."""
TELL_EVERY_S = 0.25
"""A kiosk that sends a lot is told how far it is confirmed four times a second."""
OUT_IN_FLIGHT = 200
SESSION_EXPIRY_S = 14 * 24 * 3600
"""How long the broker keeps what a stopped collector misses."""
KEEPALIVE_S = 30
RETRY_S = 2.0


@dataclass(frozen=True)
class BrokerAccess:
    """Where the broker is and who we are: PEM files of the authority, our certificate and its key."""

    host: str
    port: int
    ca: Path
    certificate: Path
    key: Path
    client_id: str = "centre"
    share: str | None = None
    events_only: bool = False

    @property
    def filters(self) -> dict[str, int]:
        """What to subscribe to, with its QoS."""
        events = f"$share/{self.share}/{topics.EVERY_EVENT}" if self.share else topics.EVERY_EVENT
        others = {} if self.events_only else {topics.EVERY_STATE: 1, topics.EVERY_HEALTH: 0}
        return {events: 1, **others}


@dataclass(frozen=True)
class Status:
    """Whether we have the broker; `trouble` says in one sentence why messages are not kept."""

    connected: bool
    trouble: str = ""

    @property
    def working(self) -> bool:
        return self.connected and not self.trouble


class AccessError(Exception):
    """Certificates that cannot be used, and how to get better ones."""


class Collector:
    """`run` works until `stop` is called from another thread; `status` and `work` may be read at any time."""

    def __init__(
        self,
        access: BrokerAccess,
        store: Store,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        answers: Callable[[Sequence[Heard]], Iterable[Publication]] = lambda kept: (),
    ) -> None:
        """`answers` is asked in `run`'s thread what to send, whenever something was kept and many times a
        second besides."""
        self._access = access
        self._store = store
        self._now = now
        self._answers = answers
        self._stop = threading.Event()
        self._batch: list[Heard] = []
        self._to_acknowledge: list[int] = []
        self._batch_since = 0.0
        self._quiet = True
        self._received_at = now()
        self._to_tell: dict[str, Confirmation] = {}
        self._told_s = 0.0
        self.status = Status(False, "not connected yet")
        self.work = Work()
        self._client = self._make_client()

    def run(self) -> None:
        while not self._stop.is_set():
            if self._client.socket() is None and not self._connect():
                self._stop.wait(RETRY_S)
                continue
            if not self._turn():
                was_up = self.status.connected
                self._lost("the connection to the broker was lost" if was_up else self.status.trouble)
                self._stop.wait(RETRY_S)
            elif self._due() and not self._keep():
                self._leave_to_others()
                self._stop.wait(RETRY_S)
            elif self.status.working:
                self._tell()
                self._say(self._answers(()))
        self._keep()
        self._tell(at_once=True)
        self._client.disconnect()

    def _turn(self) -> bool:
        """Wait a little, read what is there and write what is due; False when the connection is lost."""
        socket = self._client.socket()
        assert isinstance(socket, BufferedTls)
        writes = [socket] if socket.unsent or self._client.want_write() else []
        try:
            if not socket.pending():
                readable, _, _ = select.select([socket], writes, [], BATCH_AGE_S)
                self._quiet = not readable
            socket.flush()
            self._received_at = self._now()
            socket.dry = False
            for _ in range(BATCH):
                if self._client.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS:
                    return False
                if socket.dry:
                    break
            written = self._client.loop_write() == MQTTErrorCode.MQTT_ERR_SUCCESS
            return written and self._client.loop_misc() == MQTTErrorCode.MQTT_ERR_SUCCESS
        except (OSError, ValueError):  # a socket that was closed in between
            return False

    def stop(self) -> None:
        self._stop.set()

    # -- the connection ------------------------------------------------------------------------------------

    def _make_client(self) -> mqtt.Client:
        access = self._access
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=access.client_id,
            protocol=MQTTProtocolVersion.MQTTv5,
            manual_ack=True,
        )
        try:
            context = ssl.create_default_context(cafile=access.ca)
            context.load_cert_chain(access.certificate, access.key)
        except OSError as error:
            raise AccessError(
                f"{access.certificate}, {access.key} or {access.ca} cannot be used: {error}; "
                f"issue them again with 'python -m central ca issue'"
            ) from error
        context.sslsocket_class = BufferedTls
        client.tls_set_context(context)
        client.max_inflight_messages_set(OUT_IN_FLIGHT)
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        return client

    def _connect(self) -> bool:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        # What a further collector left unacknowledged is for the others; kiosks offer it again.
        transient = self._access.events_only
        properties.SessionExpiryInterval = 0 if transient else SESSION_EXPIRY_S
        properties.ReceiveMaximum = IN_FLIGHT
        access = self._access
        try:
            self._client.connect(
                access.host, access.port, KEEPALIVE_S, clean_start=transient, properties=properties
            )
        except OSError as error:  # TLS errors are OSErrors too
            self._lost(f"broker {access.host}:{access.port} cannot be reached: {error}")
            return False
        return True

    def _on_connect(
        self,
        client: mqtt.Client,
        _userdata: object,
        _flags: mqtt.ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._lost(f"the broker refused us: {reason}")
            return
        self.status = Status(True)
        log.info("connected to the broker")
        client.subscribe(
            [
                # Retained states come once, with a new subscription; later ones are told as they happen.
                (name, SubscribeOptions(qos=qos, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB))
                for name, qos in self._access.filters.items()
            ]
        )
        try:
            # those that a crash kept from being sent
            self._to_tell = {c.confirmed.install_id: c for c in self._store.confirmations()}
        except StoreError as error:
            self._store_fails(error)

    def _lost(self, trouble: str) -> None:
        """Keep what came; its acknowledgements died with the connection, so it will come again."""
        if self.status != Status(False, trouble):
            log.warning(trouble)
        self.status = Status(False, trouble)
        self._to_acknowledge.clear()
        if self._batch and not self._keep():
            self._batch.clear()

    # -- messages ------------------------------------------------------------------------------------------

    def _on_message(self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        if not self._batch:
            self._batch_since = time.monotonic()
        elif message.qos == 0 and len(self._batch) >= IN_FLIGHT:
            return  # the store fails: the next heartbeat will tell the same
        self._batch.append(
            understand(message.topic, bytes(message.payload), self._received_at, message.retain)
        )
        if message.qos:
            self._to_acknowledge.append(message.mid)

    def _due(self) -> bool:
        if not self._batch:
            return False
        age_s = time.monotonic() - self._batch_since
        enough_s = BATCH_AGE_S if self._quiet else LONGEST_BATCH_AGE_S
        return len(self._batch) >= BATCH or age_s >= enough_s

    def _keep(self) -> bool:
        """Commit, acknowledge, confirm. False when the store cannot: everything waits for the next try."""
        try:
            confirmations = self._store.take(self._batch)
        except StoreError as error:
            self._store_fails(error)
            return False
        if self.status.connected and self.status.trouble:
            self.status = Status(True)
        kept, self._batch = self._batch, []
        self.work = self.work.kept(kept, len(self._to_acknowledge), self._now())
        self._acknowledge()
        self._to_tell |= {c.confirmed.install_id: c for c in confirmations}
        self._tell()
        if self.status.working:
            self._say(self._answers(kept))
        return True

    def _acknowledge(self) -> None:
        socket, mids = self._client.socket(), self._to_acknowledge
        self._to_acknowledge = []
        if not isinstance(socket, BufferedTls) or not mids:
            return
        try:
            with socket.gathering():
                for mid in mids:
                    self._client.ack(mid, qos=1)
        except OSError:
            pass  # the connection is lost, which the next turn finds out: all of it comes again

    def _leave_to_others(self) -> None:
        """A further collector that cannot keep anything must not hold its share of the events."""
        if self._access.events_only:
            self._client.disconnect()
            self._batch.clear()
            self._to_acknowledge.clear()
            self.status = Status(False, self.status.trouble)

    def _store_fails(self, error: StoreError) -> None:
        self.work = self.work.failed()
        if str(error) != self.status.trouble:
            log.error("%s", error)
        self.status = Status(self.status.connected, str(error))

    def _tell(self, at_once: bool = False) -> None:
        now_s = time.monotonic()
        if not self._to_tell or not (at_once or now_s - self._told_s >= TELL_EVERY_S):
            return
        told, self._to_tell, self._told_s = self._to_tell, {}, now_s
        self._say(publication(one.identity, one.confirmed) for one in told.values())

    def _say(self, messages: Iterable[Publication]) -> None:
        for message in messages:
            self._client.publish(message.topic, message.payload, message.qos, message.retain)
