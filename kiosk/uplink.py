"""From the outbox to the broker, and what the centre says back: MQTT 5 over TLS, a certificate per device.

The outbox is the queue; a connection holds a window of it. An event is forgotten only when the centre has
confirmed it (`…/confirmed`), so a broker that loses its memory, or a link that flaps, loses nothing.
One thread does everything. Each connection has a client of its own: nothing that an old one left unsaid (a
state of the session before) is said by the new one, and a renewed certificate is taken up.
Tried with Mosquitto 2.0.11 and paho-mqtt 2.2.
"""

import logging
import threading
from collections.abc import Callable
from typing import Any

import msgspec
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from broker_config import messages, topics
from broker_config.events import CertificateRequest
from broker_config.from_centre import Confirmed, Resend
from broker_config.messages import BadMessage
from broker_config.status import Health, State
from broker_config.topics import BadTopic, Identity
from kiosk import clock
from kiosk.broker_access import BrokerSettings, connect, tls
from kiosk.certificates import Certificates
from kiosk.clock import monotonic_s
from kiosk.copy import CopyError
from kiosk.hearing import Ears, Hearing, Then
from kiosk.journal import Journal, JournalError
from kiosk.pace import Pace, Pacer
from kiosk.reports import Stamp
from kiosk.staff_log import StaffLog
from kiosk.whereabouts import whereabouts

log = logging.getLogger(__name__)

WINDOW = 50
"""Events under way at once."""
RESEND_S = 20.0
"""Events that the centre has not confirmed after this long are sent again (it drops what it has) …"""
LONGEST_RESEND_S = 1200.0
"""… and then ever more rarely: a centre that is down must not find its queue full of repetitions."""
HEALTH_S = 30.0
LOOP_S = 0.1
RESTING_LOOP_S = 0.5
"""The longest that an event waits here after a while of none; what the broker sends is heard at once."""
SHORTEST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
STEADY_S = 10.0
"""A connection that held this long was a good one: the next is tried at once."""
GOODBYE_S = 1.0
NOT_AUTHORISED = 135


class Uplink:
    """Started once; runs its own thread, in which `state` and `health` make the messages of this moment."""

    def __init__(
        self,
        identity: Identity,
        settings: BrokerSettings,
        journal: Journal,
        state: Callable[[int, bool], State],
        health: Callable[[int], Health],
        *,
        ears: Ears | None = None,
        certificates: Certificates | None = None,
    ) -> None:
        """`certificates` are the settings' own, if not given."""
        self._identity, self._settings, self._journal = identity, settings, journal
        self._state, self._health, self._ears = state, health, ears or Ears()
        self._certificates = certificates or Certificates(
            identity, settings.ca, settings.certificate, settings.key
        )
        self._hearing = Hearing(self._ears, journal, self._certificates, self._tell_staff)
        self._subscribed: set[str] = set()
        self._again = False
        self._session = 0
        self._up = False
        self._confirmed = journal.confirmed_up_to()
        self._sent_up_to = self._confirmed
        self._pacer = Pacer(Pace(LOOP_S, RESTING_LOOP_S), monotonic_s)
        self._moved_s = 0.0
        self._resend_s = RESEND_S
        self._health_at_s = 0.0
        self._state_due = False
        self._asked_for: Resend | None = None
        self._staff_log = StaffLog(log, monotonic_s)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="uplink", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """A clean goodbye: the retained state says offline, as the will would."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2 * GOODBYE_S)

    def publish_state(self) -> None:
        """Soon, from any thread: the retained state again, and a heartbeat that agrees with it."""
        self._state_due = True

    def connect_again(self) -> None:
        """Soon, from any thread: say goodbye and come back, so that the centre looks at us anew."""
        self._again = True

    # -- a connection after the other ----------------------------------------------------------------------

    def _run(self) -> None:
        pause_s = SHORTEST_PAUSE_S
        while not self._stopping.is_set():
            began_s = monotonic_s()
            self._guarded(self._live)
            steady = monotonic_s() - began_s >= STEADY_S
            pause_s = SHORTEST_PAUSE_S if steady else pause_s
            self._stopping.wait(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _live(self) -> None:
        """One connection, from its beginning to its end, whoever ends it."""
        self._up = False
        client = self._connected()
        while client.loop(self._pacer.pause_s) == MQTTErrorCode.MQTT_ERR_SUCCESS:
            if self._stopping.is_set() or self._again:
                self._say_goodbye(client)
                return
            if self._up:
                self._guarded(self._say_what_is_due, client)
        where = f"{self._settings.host}:{self._settings.port}"
        if self._up:
            self._tell_staff(f"the connection to the broker {where} was lost")
        else:
            tried, _ = self._certificates.chain()
            self._certificates.failed()
            self._tell_staff(f"the broker {where} hung up: does it accept {tried}?")

    def _connected(self) -> mqtt.Client:
        """A client under way, with a session number of its own, which ties its will to its birth."""
        self._session = self._journal.next_connection()
        self._again = False
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=str(self._identity), protocol=mqtt.MQTTv5)
        client.tls_set_context(tls(self._settings.ca, self._certificates))
        client.max_inflight_messages_set(WINDOW)
        client.max_queued_messages_set(4 * WINDOW)
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        will = messages.publication(self._identity, self._state(self._session, False))
        client.will_set(will.topic, will.payload, will.qos, will.retain)
        connect(client, self._settings)
        return client

    def _say_goodbye(self, client: mqtt.Client) -> None:
        if not self._up:
            return
        gone = self._publish(client, self._state(self._session, False))
        until_s = monotonic_s() + GOODBYE_S
        while not gone.is_published() and monotonic_s() < until_s:
            if client.loop(LOOP_S) != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return
        client.disconnect()

    # -- what the broker says ------------------------------------------------------------------------------

    def _on_connect(
        self, client: mqtt.Client, userdata: Any, flags: Any, reason: ReasonCode, properties: Any
    ) -> None:
        if reason.is_failure:
            self._tell_staff(f"the broker refused {self._identity}: {reason}")
            return
        log.info("connected to the broker as session %d", self._session)
        filters = (
            topics.wanted(self._identity),
            topics.confirmed(self._identity),
            topics.commands(self._identity),
        )
        client.subscribe([(topic, SubscribeOptions(qos=1)) for topic in filters])
        self._subscribed = set()
        self._subscribe_to_notices(client)
        self._certificates.worked()
        self._sent_up_to, self._resend_s = self._confirmed, RESEND_S
        self._up = self._state_due = True

    def _on_publish(
        self, client: mqtt.Client, userdata: Any, mid: int, reason: ReasonCode, properties: Any
    ) -> None:
        if reason.value == NOT_AUTHORISED:
            self._tell_staff(f"the broker does not let {self._identity} speak: check its certificate and ACL")

    def _on_message(self, client: mqtt.Client, userdata: Any, packet: mqtt.MQTTMessage) -> None:
        self._pacer.stir()
        self._guarded(self._take, packet.topic, bytes(packet.payload))

    def _subscribe_to_notices(self, client: mqtt.Client) -> None:
        """Whose place this is may become known, or change, while we are connected."""
        wanted = {topics.notices(audience) for audience in self._ears.audiences()}
        if fresh := sorted(wanted - self._subscribed):
            client.subscribe([(topic, SubscribeOptions(qos=1)) for topic in fresh])
        if gone := sorted(self._subscribed - wanted):
            client.unsubscribe(gone)
        self._subscribed = wanted

    def _take(self, topic: str, payload: bytes) -> None:
        if (audience := topics.notices_audience(topic)) is not None:
            self._hearing.take_notices(audience, payload)
            return
        try:
            _, message = messages.read(topic, payload)
        except (BadTopic, BadMessage) as error:
            self._tell_staff(f"ignored what the centre sent: {error}")
            return
        if isinstance(message, Confirmed) and message.install_id == self._journal.install_id:
            self._forget(message.seq)
        elif isinstance(message, Resend) and message.install_id == self._journal.install_id:
            self._asked_for = message
        else:
            then = self._hearing.take(message)
            self._state_due = self._state_due or then is Then.TELL_STATE
            self._again = self._again or then is Then.CONNECT_AGAIN

    def _forget(self, seq: int) -> None:
        newest = self._journal.confirmed_up_to() + self._journal.outbox_depth()
        if seq > newest:
            # forgetting on such a word would lose what is told next
            self._tell_staff(
                f"the centre has event {seq} of this kiosk, whose journal ends at {newest}: "
                "was the journal copied, or restored from a backup?"
            )
            return
        self._journal.confirmed(seq)
        self._confirmed = max(self._confirmed, seq)
        self._sent_up_to = max(self._sent_up_to, self._confirmed)
        self._moved_s, self._resend_s = monotonic_s(), RESEND_S

    # -- what is due ---------------------------------------------------------------------------------------

    def _say_what_is_due(self, client: mqtt.Client) -> None:
        if self._asked_for:
            self._send_again(client, self._asked_for)
            self._asked_for, self._state_due = None, True
        if self._state_due:
            self._state_due = False
            self._pacer.stir()
            self._health_at_s = 0.0
            self._publish(client, self._birth())
        if monotonic_s() >= self._health_at_s:
            self._health_at_s = monotonic_s() + HEALTH_S
            self._publish(client, self._health(self._session))
            self._ask_for_certificate()
        self._subscribe_to_notices(client)
        self._send_waiting(client)

    def _ask_for_certificate(self) -> None:
        moment = clock.now()
        csr = self._certificates.request(moment)
        if csr is not None:
            self._journal.tell(lambda stamp: _certificate_request(stamp, csr), moment)

    def _birth(self) -> State:
        """With where the outbox begins: the centre need not wait for what is no longer in it."""
        return msgspec.structs.replace(
            self._state(self._session, True),
            install_id=self._journal.install_id,
            oldest_seq=self._journal.confirmed_up_to() + 1,
        )

    def _send_again(self, client: mqtt.Client, asked: Resend) -> None:
        """A window of it: the centre asks on when it lacks more."""
        for event in self._journal.waiting(asked.first - 1, WINDOW):
            if event.seq <= asked.last:
                client.publish(topics.event(self._identity, event.kind), event.payload, qos=1)

    def _send_waiting(self, client: mqtt.Client) -> None:
        now_s = monotonic_s()
        if self._sent_up_to > self._confirmed and now_s - self._moved_s > self._resend_s:
            self._sent_up_to = self._confirmed
            self._resend_s = min(2 * self._resend_s, LONGEST_RESEND_S)
        free = WINDOW - (self._sent_up_to - self._confirmed)
        if free <= 0:
            return
        for event in self._journal.waiting(self._sent_up_to, free):
            client.publish(topics.event(self._identity, event.kind), event.payload, qos=1)
            self._sent_up_to = event.seq
            self._pacer.stir()
            self._moved_s = now_s

    def _publish(self, client: mqtt.Client, message: messages.Message) -> mqtt.MQTTMessageInfo:
        p = messages.publication(self._identity, message)
        return client.publish(p.topic, p.payload, p.qos, p.retain)

    # -- what goes wrong -----------------------------------------------------------------------------------

    def _guarded(self, act: Callable[..., None], *values: object) -> None:
        """Whatever goes wrong in `act` must not silence this kiosk for ever: it is said, and life goes on."""
        try:
            act(*values)
        except (OSError, JournalError, CopyError) as error:
            self._tell_staff(str(error))
        except Exception as error:
            self._tell_staff(f"uplink: {whereabouts(error)}")

    def _tell_staff(self, sentence: str) -> None:
        if not self._stopping.is_set():
            self._staff_log.tell(sentence)


def _certificate_request(stamp: Stamp, csr: str) -> CertificateRequest:
    return CertificateRequest(**stamp.fields, csr=csr)  # type: ignore[arg-type]
