"""The whole centre: a kiosk's fault, told through a real broker, arrives at a real web server, and so does
its end. The times promised are shown with a clock of our own in `test_watch.py`."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

import central
from broker_config.messages import Message, publication
from broker_config.status import State
from broker_config.topics import Identity
from broker_config.values import Condition, Service, timestamp
from tests.broker import Broker, Client
from tests.central.alerts.servers import WebServer
from tests.central.heard import DOOR, READER, device
from tests.central.heard import Kiosk as Heard
from tests.centre import Centre
from tests.waiting import wait_for

EXAMPLE = Path(central.__file__).with_name("places.toml")
KIOSK = Identity("mz-taiping-03", "kiosk-1")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("alerts")


@pytest.fixture(scope="module")
def web() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


@pytest.fixture(scope="module")
def broker(folder: Path) -> Iterator[Broker]:
    with Broker(folder) as running:
        yield running


@pytest.fixture(scope="module")
def centre(folder: Path, broker: Broker, web: WebServer) -> Iterator[Centre]:
    """Without opening hours, so that nothing waits for the morning."""
    made = Centre(folder, broker)
    example = EXAMPLE.read_text(encoding="utf-8")
    (folder / "always-open.toml").write_text(example[example.index("[[town]]") :], encoding="utf-8")
    text = made.config.read_text(encoding="utf-8").replace(str(EXAMPLE), "always-open.toml")
    text += (
        f'[[alerts.webhook]]\nname = "ours"\nurl = "{web.url("/alerts")}"\n'
        '[[alerts.recipient]]\nname = "值班"\nchannel = "ours"\n'
    )
    made.config.write_text(text, encoding="utf-8")
    with made as running:
        yield running


def says(client: Client, message: Message, identity: Identity = KIOSK) -> None:
    sent = publication(identity, message)
    assert client.publish(sent.topic, sent.payload, sent.qos, sent.retain) == "Success"


def state(**more: object) -> State:
    at = timestamp(datetime.now(UTC))
    values = {"devices": (READER, DOOR), "service": Service.OPEN} | more
    return State(at=at, clock_synced=True, session=1, online=True, **values)  # type: ignore[arg-type]


def told(web: WebServer, what: str, rule: str) -> list[int]:
    """How many places each such message named."""
    return [len(p.body["places"]) for p in web.posted if (p.body["what"], p.body["rule"]) == (what, rule)]


def test_a_kiosks_fault_arrives_and_so_does_its_end(broker: Broker, centre: Centre, web: WebServer) -> None:
    with broker.client(str(KIOSK)) as kiosk:
        says(kiosk, state(devices=(device(Condition.DEGRADED, "out of paper"), DOOR)))
        wait_for(lambda: told(web, "raised", "paper_out") == [1], "the fault arrives", 40)
        says(kiosk, state())
        wait_for(lambda: told(web, "cleared", "paper_out") == [1], "its end arrives", 40)
    titles = [posted.body["title"] for posted in web.posted]
    assert titles[0].startswith("【书站告警】凭条纸用完：")


def test_a_hundred_places_losing_their_link_are_one_alert(
    broker: Broker, centre: Centre, web: WebServer
) -> None:
    """A hundred kiosks with a certificate and a connection each."""
    identities = [Identity(place, "kiosk-1") for place in _places()][:100]
    with ExitStack() as stack:
        kiosks = [(identity, stack.enter_context(broker.client(str(identity)))) for identity in identities]
        for identity, kiosk in kiosks:
            says(kiosk, state(), identity)
        wait_for(lambda: _online(centre) >= 100, "a hundred are there", 40)
        for identity, kiosk in kiosks:
            says(kiosk, Heard.state(datetime.now(UTC), 1, online=False), identity)
        wait_for(lambda: told(web, "raised", "kiosk_offline"), "they are missed", 60)
        for identity, kiosk in kiosks:
            says(kiosk, state(), identity)
        wait_for(lambda: told(web, "cleared", "kiosk_offline"), "they are back", 60)
    assert told(web, "raised", "kiosk_offline") == [100]
    assert told(web, "cleared", "kiosk_offline") == [100]


def _places() -> list[str]:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    return [line.split('"')[1] for line in lines if line.startswith('id = "mz-') and line.count("-") == 2]


def _online(centre: Centre) -> int:
    return sum(place["condition"] == "ok" for place in centre.get("/api/v1/places"))
