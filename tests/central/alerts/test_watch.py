"""The watch over a real store and a real office, with a clock of its own."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_mock import MockerFixture

import central
from broker_config.events import AlarmCleared, AlarmRaised
from broker_config.values import Condition, Service
from central.accounts import audit
from central.accounts.roles import Actor
from central.alerts.config import Alerts, Recipient, WeCom
from central.alerts.desk import AlertAction, DecisionError, Desk
from central.alerts.engine import State, step
from central.alerts.outbox import Delivery
from central.alerts.people import Decisions, Matcher
from central.alerts.signs import by_key, signs_of
from central.collector import Status
from central.health.availability import Spell, availability
from central.office import Office
from central.outlook import Outlook
from central.places import Places, load_places
from central.store import Kiosk as StoredKiosk
from central.store import Store, StoreError, opened
from central.watch import CENTRE_DOWN, Watch, conditions, judged, setting_of
from tests.central.alerts.world import ZONE
from tests.central.heard import NOW, Kiosk, device
from tests.waiting import wait_for

EXAMPLE = load_places(Path(central.__file__).with_name("places.toml"))
OPEN_ALWAYS = Places(EXAMPLE.town, EXAMPLE.place)
"""So that nothing waits for opening hours."""
ALERTS = Alerts(
    wecom=(WeCom("group", "https://robot.invalid/send?key=K"),), recipient=(Recipient("值班", "group"),)
)


class Centre:
    """`runs` lets its clock go on; nothing is sent, what waits to be sent is in `told`."""

    def __init__(self, store: Store, office: Office, places: Places) -> None:
        self.now, self.status = NOW, Status(True)
        self.store, self.office, self.places = store, office, places
        self.watch = self.start()

    def start(self) -> Watch:
        self.watch = Watch(
            self.store,
            self.office,
            places=self.places,
            zone=ZONE,
            alerts=ALERTS,
            status=lambda: self.status,
            now=lambda: self.now,
            outlook=Outlook(self.store, self.places, ZONE, {}),
        )
        return self.watch

    def runs(self, seconds: float, meanwhile: Callable[[], object] = lambda: None) -> list[str]:
        """The titles of what was told."""
        before, end = len(self.log), self.now + timedelta(seconds=seconds)
        while self.now < end:
            self.now += timedelta(seconds=1)
            meanwhile()
            self.watch.tick()
        return [one.letter.message.title for one in self.log[before:]]

    @property
    def log(self) -> list[Delivery]:
        return self.watch.outbox.log(1000)[::-1]


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    store, office = opened(f"sqlite:{tmp_path / 'centre.db'}", ZONE), Office(tmp_path / "centre.office.db")
    yield Centre(store, office, OPEN_ALWAYS)
    office.close()
    store.close()


@pytest.fixture
def kiosk() -> Kiosk:
    return Kiosk("mz-taiping-03.kiosk-1")


def beats(centre: Centre, *kiosks: Kiosk, **more: object) -> Callable[[], object]:
    """Heartbeats every 30 s."""
    started = centre.now

    def beat() -> None:
        if int((centre.now - started).total_seconds()) % 30 == 1:
            centre.store.take([kiosk.heartbeat(centre.now, **more) for kiosk in kiosks])

    return beat


def test_a_devices_fault_is_told_within_15_seconds_and_its_end(centre: Centre, kiosk: Kiosk) -> None:
    centre.store.take([kiosk.birth(centre.now), kiosk.heartbeat(centre.now)])
    assert centre.runs(30) == []
    broken = device(Condition.DEGRADED, "out of paper")
    centre.store.take([kiosk.heartbeat(centre.now, devices=(broken,))])
    assert centre.runs(14) == ["【书站告警】凭条纸用完：" + _short("mz-taiping-03")]
    centre.store.take([kiosk.heartbeat(centre.now)])
    assert centre.runs(15) == ["【书站已恢复】凭条纸用完：" + _short("mz-taiping-03")]


def test_an_alarms_event_is_told_and_cleared(centre: Centre, kiosk: Kiosk) -> None:
    centre.store.take([kiosk.birth(centre.now), kiosk.event(AlarmRaised, centre.now, name="disk_full")])
    (title,) = centre.runs(10, beats(centre, kiosk))
    assert title.startswith("【书站告警】磁盘已满")
    centre.store.take([kiosk.event(AlarmCleared, centre.now, name="disk_full")])
    (title,) = centre.runs(15, beats(centre, kiosk))
    assert title.startswith("【书站已恢复】磁盘已满")


def test_what_a_kiosk_tells_days_late_is_heard_when_it_comes_back(centre: Centre, kiosk: Kiosk) -> None:
    centre.store.take([kiosk.birth(centre.now), kiosk.heartbeat(centre.now)])
    centre.runs(5)
    happened = centre.now - timedelta(days=3)
    centre.store.take([kiosk.death(centre.now)])
    centre.runs(5)
    centre.store.take(
        [kiosk.birth(centre.now, session=2), kiosk.event(AlarmRaised, happened, name="suspicious_item")]
    )
    (title,) = centre.runs(10)
    assert title.startswith("【书站告警】可疑图书")


def test_a_heartbeats_loss_is_told_within_90_seconds(centre: Centre, kiosk: Kiosk) -> None:
    """A frozen kiosk whose connection lives: no will."""
    centre.store.take([kiosk.birth(centre.now), kiosk.heartbeat(centre.now)])
    assert centre.runs(80) == []
    assert centre.runs(6) == ["【书站告警】自助机没有心跳：" + _short("mz-taiping-03")]
    centre.store.take([kiosk.heartbeat(centre.now)])
    assert centre.runs(15) == ["【书站已恢复】自助机没有心跳：" + _short("mz-taiping-03")]


def test_a_hundred_places_falling_silent_are_one_alert(centre: Centre) -> None:
    """Each had its last heartbeat at a time of its own within half a minute."""
    kiosks = [Kiosk(f"{place.id}.kiosk-1", f"i-{place.id}") for place in EXAMPLE.place[:100]]
    for n, kiosk in enumerate(kiosks):
        if n % 4 == 0:
            centre.runs(1)
        centre.store.take([kiosk.birth(centre.now), kiosk.heartbeat(centre.now)])
    (title,) = centre.runs(180)
    assert title.startswith("【书站告警】自助机没有心跳：100 处")


def test_a_deaf_centre_tells_of_itself_and_of_nobody_elses_silence(centre: Centre, kiosk: Kiosk) -> None:
    centre.store.take([kiosk.birth(centre.now), kiosk.heartbeat(centre.now)])
    centre.status = Status(False, "the broker cannot be reached")
    assert centre.runs(600) == ["【书站告警】中心收不到数据：运行中心"]
    centre.status = Status(True)
    assert centre.runs(30, beats(centre, kiosk)) == ["【书站已恢复】中心收不到数据：运行中心"]
    assert centre.runs(300, beats(centre, kiosk)) == []


def test_a_store_that_fails_is_told_and_nothing_else_is_said_to_be_over(
    centre: Centre, kiosk: Kiosk, mocker: MockerFixture
) -> None:
    centre.store.take([kiosk.birth(centre.now), kiosk.heartbeat(centre.now, disk_free_mb=3)])
    assert len(centre.runs(70, beats(centre, kiosk, disk_free_mb=3))) == 1
    full = mocker.patch.object(centre.store, "kiosks", side_effect=StoreError("disk full"))
    assert centre.runs(300) == ["【书站告警】中心的数据库出错：运行中心"]
    mocker.stop(full)
    assert centre.runs(20, beats(centre, kiosk, disk_free_mb=3)) == [
        "【书站已恢复】中心的数据库出错：运行中心"
    ]


def test_a_restart_neither_repeats_nor_forgets(centre: Centre, kiosk: Kiosk) -> None:
    out = {"service": Service.OUT_OF_SERVICE, "reason": "换锁"}
    centre.store.take([kiosk.birth(centre.now, **out), kiosk.heartbeat(centre.now)])
    (title,) = centre.runs(20, beats(centre, kiosk))
    assert title.startswith("【书站告警】自助机暂停服务")
    centre.start()
    assert centre.runs(60, beats(centre, kiosk)) == []
    centre.start()
    centre.store.take([kiosk.birth(centre.now)])
    (title,) = centre.runs(20, beats(centre, kiosk))
    assert title.startswith("【书站已恢复】自助机暂停服务")
    assert [one.letter.message.incident for one in centre.log] == [1, 1]


# -- what people decide ------------------------------------------------------------------------------------


def test_decisions_at_the_desk_are_obeyed_and_audited(centre: Centre, kiosk: Kiosk) -> None:
    desk = Desk(centre.office)

    def actor() -> Actor:
        return Actor("李四", "127.0.0.1", centre.now)

    silence = desk.silence(
        actor(), Matcher(place="mz-taiping-03"), centre.now + timedelta(minutes=5), "换纸中"
    )
    broken = beats(centre, kiosk, devices=(device(Condition.DEGRADED, "out of paper"),))
    assert centre.runs(60, broken) == []
    desk.end_silence(actor(), silence)
    assert len(centre.runs(5, broken)) == 1
    desk.acknowledge(actor(), 1)
    assert centre.runs(31 * 60, broken) == []
    assert centre.watch.tables.incidents(10)[0].acknowledged_by == "李四"
    plan = desk.plan(actor(), {"mz-taiping-03"}, centre.now, centre.now + timedelta(hours=1), "换机")
    an_hour = (centre.now, centre.now + timedelta(hours=1))
    assert [window.id for window in centre.watch.tables.windows(*an_hour)] == [plan]
    desk.end_plan(actor(), plan)
    assert centre.watch.tables.windows(*an_hour) == []
    kinds = [entry.action for entry in audit.entries(centre.office, audit.Wanted(), 10)]
    assert kinds == [
        action.value
        for action in (
            AlertAction.END_PLAN,
            AlertAction.PLAN,
            AlertAction.ACKNOWLEDGE,
            AlertAction.END_SILENCE,
            AlertAction.SILENCE,
        )
    ]


def test_what_cannot_be_decided_says_why(centre: Centre) -> None:
    desk, actor = Desk(centre.office), Actor("李四", "127.0.0.1", NOW)
    later = NOW + timedelta(hours=1)
    for act, said in (
        (lambda: desk.silence(actor, Matcher(rule="hot"), NOW, "x"), "until: expected"),
        (lambda: desk.silence(actor, Matcher(rule="hot"), NOW + timedelta(days=91), "x"), "within 90 days"),
        (lambda: desk.silence(actor, Matcher(rule="hot"), later, " "), "reason: expected"),
        (lambda: desk.acknowledge(actor, 7), "incident 7: expected one that is open"),
        (lambda: desk.end_silence(actor, 7), "silence 7"),
        (lambda: desk.plan(actor, set(), NOW, later, "x"), "places: expected one"),
        (lambda: desk.plan(actor, {"a"}, later, NOW, "x"), "ends_at: expected"),
        (lambda: desk.end_plan(actor, 7), "maintenance 7"),
    ):
        with pytest.raises(DecisionError, match=said):
            act()  # type: ignore[no-untyped-call]
    assert audit.entries(centre.office, audit.Wanted(), 10) == []


# -- conditions, for availability --------------------------------------------------------------------------


def test_conditions_are_recorded_and_the_centres_own_absence_is_unknown(centre: Centre, kiosk: Kiosk) -> None:
    """An hour up, an hour down, two hours without a centre, an hour up."""
    start = centre.now
    place = kiosk.identity.place

    def passes(condition: dict[str, object], until: float) -> None:
        while centre.now < start + timedelta(hours=until):
            centre.now += timedelta(seconds=30)
            centre.store.take([kiosk.birth(centre.now, **condition), kiosk.heartbeat(centre.now)])
            centre.watch.tick()

    passes({}, 1)
    passes({"service": Service.OUT_OF_SERVICE}, 2)
    centre.now = start + timedelta(hours=4)
    centre.start()
    passes({}, 5)
    spans = centre.store.condition_history(start, centre.now, place, "")
    assert (CENTRE_DOWN,) in [span.told.causes for span in spans]
    spells = [Spell(s.told.condition, s.started_at, s.ended_at or centre.now) for s in spans]
    found = availability(spells, [(start, centre.now)], [], centre.now)
    assert found.up_s == pytest.approx(7200, abs=60)
    assert found.down_s == pytest.approx(3600, abs=60)
    assert found.unknown_s == pytest.approx(7200, abs=90)


# -- how much it costs -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "limit_s"), [(104, 0.02), (10_000, 1.0)])
def test_judging_is_cheap(count: int, limit_s: float) -> None:
    """CPU time of this thread, the best of three: what the machine does besides does not count."""
    setting = setting_of(EXAMPLE, ZONE, ALERTS)
    kiosks: list[StoredKiosk] = [_stored(n) for n in range(count)]
    best = min(_cpu_s(lambda: _judge_all(kiosks, setting)) for _ in range(3))
    assert best < limit_s


def _judge_all(kiosks: list[StoredKiosk], setting: object) -> None:
    found = judged(kiosks, NOW)
    conditions(EXAMPLE, found)
    signs = by_key(sign for one in found for sign in signs_of(one.kiosk, one.verdict, NOW, NOW))
    assert len(signs) > len(kiosks) / 20
    turn = step(State(), signs, Decisions(), setting, NOW)  # type: ignore[arg-type]
    step(turn.state, signs, Decisions(), setting, NOW + timedelta(minutes=5))  # type: ignore[arg-type]


def _stored(number: int) -> StoredKiosk:
    kiosk = Kiosk(f"p-{number}.kiosk-1")
    broken = (device(Condition.DOWN),) if number % 10 == 0 else (device(Condition.OK),)
    state, health = kiosk.birth(), kiosk.heartbeat(devices=broken)
    return StoredKiosk(
        kiosk.identity,
        online=True,
        heard_at=NOW,
        state=state.state,
        health=health.health,  # type: ignore[union-attr]
    )


def _cpu_s(act: Callable[[], object]) -> float:
    before = time.thread_time()
    act()
    return time.thread_time() - before


def test_a_stumble_is_said_once_and_the_watch_goes_on(
    centre: Centre, kiosk: Kiosk, caplog: pytest.LogCaptureFixture
) -> None:
    """The office's database is locked away for a moment."""
    thread = threading.Thread(target=centre.watch.run)
    centre.store.take([kiosk.birth(centre.now), kiosk.heartbeat(centre.now)])
    centre.office.close()
    thread.start()
    wait_for(lambda: [r for r in caplog.records if r.name == "central.watch"], "the watch said it")
    centre.watch.stop()
    thread.join(20)
    assert not thread.is_alive()
    said = [record.getMessage() for record in caplog.records if record.name == "central.watch"]
    assert len(said) == 1


def _short(place: str) -> str:
    found = EXAMPLE.find(place)
    assert found is not None
    return found.short
