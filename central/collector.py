"""Takes what the broker brings into the store: nothing lost, nothing twice.

One thread: messages gather into a batch, the batch is committed, only then acknowledged, and the senders
are told how far they are confirmed. A crash at any point makes the broker send again what was not
acknowledged, and the store ignores what it has. While the store fails nothing is acknowledged, so the
broker holds back by itself. What a message means is `intake.py`'s affair.
Tried with Mosquitto 2.0.11 and paho-mqtt 2.2.
"""

import logging
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
from central.intake import Heard, understand
from central.store import Confirmation, Store, StoreError

log = logging.getLogger(__name__)

BATCH = 500
"""Messages committed together at most …"""
BATCH_AGE_S = 0.05
"""… or whatever came within this time."""
IN_FLIGHT = 2000
"""Unacknowledged messages we let the broker send; the broker's own limit is the same (mosquitto.conf.j2)."""
SESSION_EXPIRY_S = 14 * 24 * 3600
"""How long the broker keeps what a stopped collector misses."""
KEEPALIVE_S = 30
RETRY_S = 2.0
QOS_BY_FILTER = {topics.EVERY_STATE: 1, topics.EVERY_EVENT: 1, topics.EVERY_HEALTH: 0}


@dataclass(frozen=True)
class BrokerAccess:
    """Where the broker is and who we are: PEM files of the authority, our certificate and its key."""

    host: str
    port: int
    ca: Path
    certificate: Path
    key: Path
    client_id: str = "centre"


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
    """`run` works until `stop` is called from another thread; `status` may be read at any time."""

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
        self.status = Status(False, "not connected yet")
        self._client = self._make_client()

    def run(self) -> None:
        while not self._stop.is_set():
            if self._client.socket() is None and not self._connect():
                self._stop.wait(RETRY_S)
                continue
            if self._client.loop(timeout=BATCH_AGE_S) != MQTTErrorCode.MQTT_ERR_SUCCESS:
                was_up = self.status.connected
                self._lost("the connection to the broker was lost" if was_up else self.status.trouble)
                self._stop.wait(RETRY_S)
            elif self._due() and not self._keep():
                self._stop.wait(RETRY_S)
            elif self.status.working:
                self._say(self._answers(()))
        self._keep()
        self._client.disconnect()

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
        client.tls_set_context(context)
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        return client

    def _connect(self) -> bool:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = SESSION_EXPIRY_S
        properties.ReceiveMaximum = IN_FLIGHT
        access = self._access
        try:
            self._client.connect(
                access.host, access.port, KEEPALIVE_S, clean_start=False, properties=properties
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
                for name, qos in QOS_BY_FILTER.items()
            ]
        )
        try:
            self._tell(self._store.confirmations())  # those that a crash kept from being sent
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
        self._batch.append(understand(message.topic, bytes(message.payload), self._now(), message.retain))
        if message.qos:
            self._to_acknowledge.append(message.mid)

    def _due(self) -> bool:
        age_s = time.monotonic() - self._batch_since
        return bool(self._batch) and (len(self._batch) >= BATCH or age_s >= BATCH_AGE_S)

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
        for mid in self._to_acknowledge:
            self._client.ack(mid, qos=1)
        self._to_acknowledge.clear()
        self._tell(confirmations)
        if self.status.working:
            self._say(self._answers(kept))
        return True

    def _store_fails(self, error: StoreError) -> None:
        log.error("%s", error)
        self.status = Status(self.status.connected, str(error))

    def _tell(self, confirmations: list[Confirmation]) -> None:
        self._say(
            publication(confirmation.identity, confirmation.confirmed) for confirmation in confirmations
        )

    def _say(self, messages: Iterable[Publication]) -> None:
        for message in messages:
            self._client.publish(message.topic, message.payload, message.qos, message.retain)
