"""From the outbox to the broker, and what the centre says back: MQTT 5 over TLS, a certificate per device.

The outbox is the queue; the client holds a window of it. An event is forgotten only when the centre has
confirmed it (`…/confirmed`), so a broker that loses its memory, or a link that flaps, loses nothing.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from broker_config import messages, topics
from broker_config.messages import BadMessage, Confirmed, Health, State, Wanted
from broker_config.topics import BadTopic, Identity
from kiosk.clock import monotonic_s
from kiosk.journal import Journal

log = logging.getLogger(__name__)

WINDOW = 50
"""Events under way at once; the broker allows this many unacknowledged."""
RESEND_S = 20.0
"""Events that the centre has not confirmed after this long are sent again (it drops what it has)."""
HEALTH_S = 30.0
PUMP_S = 0.5
NOT_AUTHORISED = 135


@dataclass(frozen=True)
class BrokerSettings:
    host: str
    port: int
    ca: Path
    certificate: Path
    key: Path
    keepalive_s: int = 15


class Uplink:
    """Started once; runs its own threads. `state` and `health` make the messages of this moment."""

    def __init__(
        self,
        identity: Identity,
        settings: BrokerSettings,
        journal: Journal,
        state: Callable[[int, bool], State],
        health: Callable[[int], Health],
    ) -> None:
        self._identity, self._settings, self._journal = identity, settings, journal
        self._state, self._health = state, health
        self._session = 0
        self._confirmed = journal.confirmed_up_to()
        self._sent_up_to = self._confirmed
        self._moved_s = 0.0
        self._health_at_s = 0.0
        self._wake = threading.Event()
        self._stopping = False
        self._client = self._make_client()
        self._pump = threading.Thread(target=self._run, name="uplink", daemon=True)

    def start(self) -> None:
        self._client.connect_async(
            self._settings.host,
            self._settings.port,
            keepalive=self._settings.keepalive_s,
            clean_start=True,
        )
        self._client.loop_start()
        self._pump.start()

    def stop(self) -> None:
        """A clean goodbye: the retained state says offline, as the will would."""
        self._stopping = True
        self._wake.set()
        self._pump.join(timeout=2.0)
        if self._client.is_connected():
            gone = messages.publication(self._identity, self._state(self._session, False))
            self._client.publish(gone.topic, gone.payload, gone.qos, gone.retain).wait_for_publish(1.0)
        self._client.disconnect()
        self._client.loop_stop()

    def nudge(self) -> None:
        """There is something new in the outbox."""
        self._wake.set()

    def publish_state(self) -> None:
        """The retained state again, and a heartbeat that agrees with it; nothing when not connected, since
        every connection begins with both."""
        if self._client.is_connected():
            self._publish(self._state(self._session, True))
            self._health_at_s = 0.0
            self._wake.set()

    # -- the client --------------------------------------------------------------------------------------

    def _make_client(self) -> mqtt.Client:
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=str(self._identity), protocol=mqtt.MQTTv5)
        s = self._settings
        client.tls_set(ca_certs=str(s.ca), certfile=str(s.certificate), keyfile=str(s.key))
        client.max_inflight_messages_set(WINDOW)
        client.max_queued_messages_set(4 * WINDOW)
        client.reconnect_delay_set(min_delay=1, max_delay=30)
        client.on_pre_connect = self._before_connect
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        return client

    def _before_connect(self, client: mqtt.Client, userdata: Any) -> None:
        """A session number for each connection ties its will to its birth."""
        self._session = self._journal.next_connection()
        will = messages.publication(self._identity, self._state(self._session, False))
        client.will_set(will.topic, will.payload, will.qos, will.retain)

    def _on_connect(
        self, client: mqtt.Client, userdata: Any, flags: Any, reason: ReasonCode, properties: Any
    ) -> None:
        if reason.is_failure:
            log.warning("broker refused the connection: %s", reason)
            return
        filters = (
            topics.wanted(self._identity),
            topics.confirmed(self._identity),
            topics.commands(self._identity),
        )
        client.subscribe([(topic, SubscribeOptions(qos=1)) for topic in filters])
        self._sent_up_to = self._confirmed
        self.publish_state()

    def _on_publish(
        self, client: mqtt.Client, userdata: Any, mid: int, reason: ReasonCode, properties: Any
    ) -> None:
        if reason.value == NOT_AUTHORISED:
            log.error("the broker does not let %s speak here: check its certificate and ACL", self._identity)

    def _on_message(self, client: mqtt.Client, userdata: Any, packet: mqtt.MQTTMessage) -> None:
        try:
            _, message = messages.read(packet.topic, bytes(packet.payload))
        except (BadTopic, BadMessage) as error:
            log.warning("ignored what the centre sent: %s", error)
            return
        if isinstance(message, Confirmed):
            self._on_confirmed(message)
        elif isinstance(message, Wanted):
            self._journal.set_token_keys(dict(message.token_keys))

    def _on_confirmed(self, message: Confirmed) -> None:
        if message.install_id != self._journal.install_id:
            return
        self._confirmed = max(self._confirmed, message.seq)
        self._moved_s = monotonic_s()
        self._journal.confirmed(message.seq)
        self._wake.set()

    # -- the pump ----------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(PUMP_S)
            self._wake.clear()
            if not self._client.is_connected():
                continue
            self._send_waiting()
            if monotonic_s() >= self._health_at_s:
                self._health_at_s = monotonic_s() + HEALTH_S
                self._publish(self._health(self._session))

    def _send_waiting(self) -> None:
        now_s = monotonic_s()
        if self._sent_up_to > self._confirmed and now_s - self._moved_s > RESEND_S:
            self._sent_up_to = self._confirmed
        free = WINDOW - (self._sent_up_to - self._confirmed)
        for event in self._journal.waiting(self._sent_up_to, max(0, free)):
            topic = topics.event(self._identity, event.kind)
            self._client.publish(topic, event.payload, qos=1)
            self._sent_up_to = event.seq
            self._moved_s = now_s

    def _publish(self, message: messages.Message) -> None:
        p = messages.publication(self._identity, message)
        self._client.publish(p.topic, p.payload, p.qos, p.retain)
