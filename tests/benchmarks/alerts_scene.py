"""What `alerts.py` measures with: kiosks that break, die and freeze, and eyes on everything that tells of it.

The kiosks speak MQTT 5 over TLS with a certificate, a will, and the real kiosk's keep-alive and heartbeat.
The eyes look at two pages in Debian's Chromium and at what a mail server and a web server were sent.
"""

import re
import socket
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

import central
from broker_config.events import AlarmCleared, AlarmRaised
from broker_config.messages import Message, publication
from broker_config.status import DeviceState, Health, State
from broker_config.topics import Identity
from broker_config.values import Condition, Service, timestamp
from central.places import Place
from kiosk.broker_access import BrokerSettings, connect
from kiosk.uplink import HEALTH_S
from tests.broker import Broker
from tests.browser import Browser
from tests.central.alerts.servers import MailServer, WebServer
from tests.centre import Centre
from tests.waiting import wait_for

EXAMPLE = Path(central.__file__).with_name("places.toml")
LOOK_S = 0.1


class Channel(Enum):
    BOARD = "page of all places"
    ALERTS = "page of alerts"
    MAIL = "e-mail"
    HOOK = "webhook"


class What(Enum):
    RAISED = "raised"
    UPDATED = "updated"
    CLEARED = "cleared"


# -- kiosks ------------------------------------------------------------------------------------------------

KINDS = {
    "tag_reader": "feig_obid",
    "scanner": "serial_scanner",
    "receipt_printer": "escpos",
    "door_counter": "modbus_counter",
}


class SimulatedKiosk:
    """`troubles` of devices, `figures` and `closed` are what its next state or heartbeat say."""

    def __init__(self, place: Place, broker: Broker, phase_s: float) -> None:
        self.place, self._identity = place, Identity(place.id, "kiosk-1")
        issued = broker.issue(str(self._identity))
        self._to = BrokerSettings("127.0.0.1", broker.port, issued.ca, issued.certificate, issued.key)
        self._session = self._seq = 0
        self._next_beat_s = time.monotonic() + phase_s
        self._beats = False
        self.troubles: dict[str, tuple[Condition, str]] = {}
        self.figures: dict[str, Any] = {}
        self.closed = ""

    def connects(self) -> None:
        self._session += 1
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5, reconnect_on_failure=False
        )
        self._client.tls_set(str(self._to.ca), str(self._to.certificate), str(self._to.key))
        will = publication(self._identity, self._state(online=False))
        self._client.will_set(will.topic, will.payload, will.qos, will.retain)
        connect(self._client, self._to)
        self._client.loop_start()
        wait_for(self._client.is_connected, f"{self._identity} is connected", 30)
        self._beats = True
        self.says_state()
        self.says_health()

    def says_state(self) -> None:
        self._says(self._state(online=True))

    def says_health(self) -> None:
        figures = {"ils_up": True, "disk_free_mb": 20480.0, **self.figures}
        self._says(
            Health(at=_now(), clock_synced=True, session=self._session, devices=self._devices(), **figures)
        )

    def alarm(self, name: str, reason: str, *, raised: bool) -> None:
        self._seq += 1
        cls = AlarmRaised if raised else AlarmCleared
        envelope = {"install_id": f"bench-{self.place.id}", "seq": self._seq, "at": _now()}
        self._says(cls(clock_synced=True, name=name, reason=reason, **envelope))  # type: ignore[arg-type]

    def beat(self, now_s: float) -> None:
        if now_s >= self._next_beat_s:
            self._next_beat_s += HEALTH_S
            if self._beats:
                self.says_health()

    def dies(self) -> None:
        """Its process is killed: the connection breaks without a goodbye, and the broker sends the will."""
        self._beats = False
        connection = self._client.socket()
        assert isinstance(connection, socket.socket)
        connection.shutdown(socket.SHUT_RDWR)

    def is_cut(self) -> None:
        """Its wire is cut: nothing comes any more and nobody says so."""
        self._beats = False
        self._client.loop_stop()

    def freezes(self) -> None:
        """Its connection lives, its programme does not: only the heartbeat's absence tells."""
        self._beats = False

    def leaves(self) -> None:
        self._beats = False
        self._client.disconnect()
        self._client.loop_stop()

    def _says(self, message: Message) -> None:
        sent = publication(self._identity, message)
        self._client.publish(sent.topic, sent.payload, sent.qos, sent.retain)

    def _state(self, *, online: bool) -> State:
        more: dict[str, Any] = {}
        if online:
            service = Service.OUT_OF_SERVICE if self.closed else Service.OPEN
            more = {"devices": self._devices(), "service": service, "reason": self.closed}
        return State(at=_now(), clock_synced=True, session=self._session, online=online, **more)

    def _devices(self) -> tuple[DeviceState, ...]:
        found = []
        for kind, model in KINDS.items():
            condition, reason = self.troubles.get(kind, (Condition.OK, ""))
            found.append(
                DeviceState(
                    kind=kind, model=model, port=f"/dev/{kind}", condition=condition, reason=reason, name=kind
                )
            )
        return tuple(found)


def _now() -> str:
    return timestamp(datetime.now(UTC))


@contextmanager
def beating(kiosks: Sequence[SimulatedKiosk]) -> Iterator[None]:
    """Connected, and heard every 30 s, each at a time of its own."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(LOOK_S):
            for kiosk in kiosks:
                kiosk.beat(time.monotonic())

    for kiosk in kiosks:
        kiosk.connects()
    thread = threading.Thread(target=beat)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        for kiosk in kiosks:
            kiosk.leaves()


# -- eyes --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Arrival:
    """`fault` and `where` in the words of the page or message; of the board the place only."""

    channel: Channel
    what: What
    fault: str
    where: str
    at_s: float


TITLE = re.compile(r"【书站(告警更新|告警|已恢复)】([^：]+)：(.+)")
HEADS = {"告警": What.RAISED, "告警更新": What.UPDATED, "已恢复": What.CLEARED}
TROUBLED = """[...document.querySelectorAll('.tile:not(.is-ok):not(.is-absent)')]
    .map(tile => ['', tile.querySelector('.tile-name').innerText])"""
OPEN = """[...document.querySelectorAll('.alert_open .alert, .alert_acknowledged .alert')].map(row =>
    [row.querySelector('.alert-title b').innerText, row.querySelector('.alert-where').innerText])"""
PAGES = {Channel.BOARD: ("/", TROUBLED), Channel.ALERTS: ("/alerts", OPEN)}


class Eyes:
    """`look` belongs to the thread that made it, since a browser does; `arrivals` are for all."""

    def __init__(self, browser: Browser, centre: Centre, mail: MailServer, hook: WebServer) -> None:
        self._mail, self._hook = mail, hook
        self._mails, self._posted = len(mail.mails), len(hook.posted)
        self._shown: dict[Channel, set[tuple[str, str]]] = {channel: set() for channel in PAGES}
        self._tabs = {}
        for channel, (path, script) in PAGES.items():
            tab = browser.tab()
            tab.goto(f"{centre.url}{path}")
            self._tabs[channel] = (tab, script)
        self.arrivals: list[Arrival] = []

    def look(self) -> None:
        for channel, (tab, script) in self._tabs.items():
            self._compare(channel, {(fault, where) for fault, where in tab.evaluate(script)})
        self._read(Channel.MAIL, [str(mail["Subject"]) for mail in self._mail.mails[self._mails :]])
        self._mails = len(self._mail.mails)
        self._read(Channel.HOOK, [one.body["title"] for one in self._hook.posted[self._posted :]])
        self._posted = len(self._hook.posted)

    def all_well(self) -> bool:
        """Every place of the district is shown as working."""
        tab, _ = self._tabs[Channel.BOARD]
        return bool(tab.evaluate("!document.querySelector('.tile:not(.is-ok)')"))

    def first_s(self, channel: Channel, what: What, fault: str, where: str, after_s: float) -> float | None:
        """When it was first seen after `after_s`; the board names no fault."""
        named = "" if channel is Channel.BOARD else fault
        wanted = (channel, what, named, where)
        return next(
            (
                one.at_s
                for one in list(self.arrivals)
                if (one.channel, one.what, one.fault, one.where) == wanted and one.at_s >= after_s
            ),
            None,
        )

    def told(self, channel: Channel, fault: str, after_s: float) -> list[Arrival]:
        """Everything of `fault` that came through `channel`."""
        return [
            one
            for one in list(self.arrivals)
            if one.channel is channel and one.fault == fault and one.at_s >= after_s
        ]

    def _compare(self, channel: Channel, shown: set[tuple[str, str]]) -> None:
        before, self._shown[channel] = self._shown[channel], shown
        self._note(channel, What.RAISED, shown - before)
        self._note(channel, What.CLEARED, before - shown)

    def _read(self, channel: Channel, titles: Iterable[str]) -> None:
        for title in titles:
            found = TITLE.match(title)
            assert found is not None, f"a title that nobody foresaw: {title}"
            self._note(channel, HEADS[found[1]], {(found[2], found[3])})

    def _note(self, channel: Channel, what: What, seen: Iterable[tuple[str, str]]) -> None:
        at_s = time.monotonic()
        self.arrivals += [Arrival(channel, what, fault, where, at_s) for fault, where in seen]


def centre_that_tells(folder: Path, broker: Broker, mail: MailServer, hook: WebServer) -> Centre:
    """As its users configure it, but for opening hours: without them nothing waits for the morning."""
    folder.mkdir()
    channel = mail.channel()
    centre = Centre(
        folder,
        broker,
        more=(
            f'[[alerts.email]]\nname = "mail"\nhost = "{channel.host}"\nport = {channel.port}\n'
            f'sender = "{channel.sender}"\nuser = "{channel.user}"\npassword = "{channel.password}"\n'
            f'ca = "{channel.ca}"\n[[alerts.webhook]]\nname = "hook"\nurl = "{hook.url("/alerts")}"\n'
            '[[alerts.recipient]]\nname = "值班"\nchannel = "mail"\nto = ["duty@example.cn"]\n'
            '[[alerts.recipient]]\nname = "平台"\nchannel = "hook"\n'
        ),
    )
    example = EXAMPLE.read_text(encoding="utf-8")
    (folder / "always-open.toml").write_text(example[example.index("[[town]]") :], encoding="utf-8")
    text = centre.config.read_text(encoding="utf-8")
    centre.config.write_text(text.replace(str(EXAMPLE), "always-open.toml"), encoding="utf-8")
    return centre
