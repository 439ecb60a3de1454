"""The firmware itself under MicroPython, against Mosquitto with TLS and the centre's own reading of it."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker_config.events import Event, Visits
from broker_config.from_centre import Confirmed
from broker_config.messages import publication, read
from broker_config.status import State
from broker_config.topics import Identity
from broker_config.values import Condition
from central.intake import EventHeard, HealthHeard, StateHeard, understand
from tests.broker import Broker, Client
from tests.central.door_events import holes
from tests.central.heard import NOW
from tests.devices.door_counter.nodes import IDENTITY, IN, OUT, NodeUnderTest
from tests.waiting import wait_for


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with Broker(tmp_path_factory.mktemp("broker")) as broker:
        broker.issue(IDENTITY)
        yield broker


@pytest.fixture
def node(broker: Broker, tmp_path: Path) -> Iterator[NodeUnderTest]:
    node = NodeUnderTest(tmp_path, broker.port, broker.certificates)
    yield node
    node.cut()


@pytest.fixture
def centre(broker: Broker) -> Iterator["Centre"]:
    with Centre(broker) as centre:
        yield centre


class Centre:
    """Hears everything, keeps each (install_id, seq) once, confirms when asked to."""

    def __init__(self, broker: Broker) -> None:
        self.client: Client = broker.client("centre")
        self.client.subscribe("shuzhan/v1/+/state")
        self.client.subscribe("shuzhan/v1/+/health")
        self.client.subscribe("shuzhan/v1/+/event/+")

    def __enter__(self) -> "Centre":
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    @property
    def heard(self) -> list[State | Visits | Event]:
        return [read(topic, payload)[1] for topic, payload in self.client.received]  # type: ignore[misc]

    @property
    def events(self) -> dict[tuple[str, int], Visits]:
        kept: dict[tuple[str, int], Visits] = {}
        for message in self.heard:
            if isinstance(message, Visits):
                assert kept.setdefault((message.install_id, message.seq), message) == message
        return kept

    @property
    def entries(self) -> int:
        return sum(event.entries for event in self.events.values())

    def confirm(self) -> None:
        last = max(self.events.values(), key=lambda event: event.seq)
        confirmed = Confirmed(install_id=last.install_id, seq=last.seq)
        sent = publication(Identity.parse(IDENTITY), confirmed)
        self.client.publish(sent.topic, sent.payload, sent.qos, sent.retain)


def test_people_through_the_door_reach_the_centre(node: NodeUnderTest, centre: Centre) -> None:
    node.start()
    node.walk(*IN, *IN, *OUT, *IN)
    wait_for(lambda: centre.entries == 3, f"three people; {node.log.read_text()}")
    topics = {topic for topic, _ in centre.client.received}
    assert f"shuzhan/v1/{IDENTITY}/event/visits" in topics
    understood = [understand(topic, payload, NOW) for topic, payload in centre.client.received]
    assert {type(heard) for heard in understood} <= {EventHeard, StateHeard, HealthHeard}
    wait_for(lambda: any("health" in topic for topic, _ in centre.client.received), "a heartbeat")
    birth = next(message for message in centre.heard if isinstance(message, State))
    (device,) = birth.devices
    assert (device.kind, device.model, device.condition) == ("door_counter", "node_counter", Condition.OK)


def test_confirmed_events_are_forgotten_and_others_not(node: NodeUnderTest, centre: Centre) -> None:
    node.start()
    node.walk(*IN)
    wait_for(lambda: centre.entries == 1, "one person")
    assert len(node.kept()["outbox"]) >= 1
    centre.confirm()
    wait_for(lambda: node.kept()["outbox"] == [], "the outbox is empty", deadline_s=30)


def test_power_cuts_lose_nobody_who_was_kept_and_count_nobody_twice(
    node: NodeUnderTest, centre: Centre
) -> None:
    """Cut at any moment, also in the middle of telling: the centre's sums add up."""
    for boot in range(1, 4):
        node.start()
        wait_for(lambda boot=boot: node.memory.exists() and node.kept()["boots"] == boot, "it is up")
        node.walk(*IN, *IN)
        wait_for(lambda boot=boot: node.kept()["totals"][0] == 2 * boot, "two more people are kept")
        node.cut()
    node.start()
    wait_for(lambda: centre.entries == 6, f"six people; {node.log.read_text()}")
    told = sorted(centre.events.values(), key=lambda event: event.seq)
    assert holes(told) == []
    assert len({event.install_id for event in told}) == 1
    assert len({event.boot_id for event in told}) == len(
        {event.boot_id for event in told if not event.complete}
    )
    sessions = [message.session for message in centre.heard if isinstance(message, State) and message.online]
    assert sessions == sorted(sessions)


def test_a_broker_that_restarts_is_found_again(node: NodeUnderTest, broker: Broker) -> None:
    with Centre(broker) as before:
        node.start()
        node.walk(*IN)
        wait_for(lambda: before.entries == 1, "one person")
        broker.stop(signal.SIGKILL)
    node.walk(*IN, *IN)
    wait_for(lambda: node.kept()["totals"][0] == 3, "it counts on its own")
    broker.start()
    with Centre(broker) as after:
        wait_for(lambda: after.entries == 3, f"all three; {node.log.read_text()}", deadline_s=60)
        assert holes(sorted(after.events.values(), key=lambda event: event.seq)) == []


def test_its_death_is_told_with_the_session_of_its_birth(node: NodeUnderTest, centre: Centre) -> None:
    node.start()

    def states() -> list[State]:
        return [message for message in centre.heard if isinstance(message, State)]

    wait_for(lambda: states() and states()[-1].online, "its birth")
    session = states()[-1].session
    node.cut()
    wait_for(lambda: not states()[-1].online, "its will")
    assert states()[-1].session == session


def test_a_stuck_beam_is_told(node: NodeUnderTest, centre: Centre) -> None:
    node.start()
    node.walk((0, 1, 0), (0, 1, 61_000))

    def told() -> bool:
        reasons = [d.reason for m in centre.heard if isinstance(m, State) for d in m.devices]
        return "beam A (outer) long broken: clean the sensor" in reasons

    wait_for(told, "a stuck beam")


def test_a_memory_that_cannot_be_trusted_starts_a_new_counter(node: NodeUnderTest, centre: Centre) -> None:
    node.memory.write_text("deadbeef" + json.dumps({"boots": 1}), encoding="utf-8")
    node.start()
    node.walk(*IN)
    wait_for(lambda: centre.entries >= 1, "one person")
    (event, *_) = centre.events.values()
    assert (event.seq, event.complete) == (1, False)


def test_a_clock_that_is_set_late_dates_nothing_before_it(node: NodeUnderTest, centre: Centre) -> None:
    node.clock.unlink()
    node.start()
    node.walk(*IN)
    wait_for(lambda: centre.entries == 1, "one person, nobody knows when")
    node.clock.touch()
    node.walk(*IN, *IN)
    wait_for(lambda: centre.entries == 3, "two more")
    told = sorted(centre.events.values(), key=lambda event: event.seq)
    assert (told[0].clock_synced, told[0].hour[:4], told[-1].clock_synced) == (False, "1970", True)
    assert all(event.hour[:4] == event.at[:4] != "1970" for event in told if event.clock_synced)


def test_a_configuration_that_lacks_something_says_what(node: NodeUnderTest) -> None:
    file = node.folder / "config.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    del config["pins"]
    file.write_text(json.dumps(config), encoding="utf-8")
    node.start()
    wait_for(
        lambda: "config.json: 缺少 / missing: pins" in node.log.read_text(encoding="utf-8"), "a sentence"
    )
