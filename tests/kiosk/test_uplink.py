"""The kiosk's line to the centre against a real Mosquitto with TLS: what arrives, and what nothing kills."""

import itertools
import logging
import sqlite3
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import MQTTErrorCode

from broker_config.events import AlarmRaised
from broker_config.from_centre import Confirmed, Resend, Wanted
from broker_config.messages import encode, publication, read
from broker_config.status import Health, State
from broker_config.topics import Identity
from broker_config.values import timestamp
from kiosk import clock, uplink
from kiosk.broker_access import BrokerSettings
from kiosk.journal import Journal
from kiosk.reports import Stamp
from kiosk.uplink import Uplink
from tests.broker import Broker, Client
from tests.kiosk.cable import Cable
from tests.waiting import wait_for

KIOSK = Identity("mz-taiping-03", "kiosk-1")
STATE = f"shuzhan/v1/{KIOSK}/state"
WANTED = f"shuzhan/v1/{KIOSK}/wanted"
CONFIRMED = f"shuzhan/v1/{KIOSK}/confirmed"
COMMAND = f"shuzhan/v1/{KIOSK}/cmd/restart"


def state(session: int, online: bool) -> State:
    return State(at=timestamp(clock.now().utc), clock_synced=True, online=online, session=session)


def health(session: int) -> Health:
    return Health(at=timestamp(clock.now().utc), clock_synced=True, session=session)


def something(stamp: Stamp) -> AlarmRaised:
    return AlarmRaised(**stamp.fields, name="test")  # type: ignore[arg-type]


class Ear:
    """The centre's ear and mouth: a client with the centre's certificate."""

    def __init__(self, broker: Broker, *filters: str) -> None:
        self.client: Client = broker.client("centre")
        for one in filters or (f"shuzhan/v1/{KIOSK}/#",):
            self.client.subscribe(one)

    def all(self, cls: type) -> list:
        heard = [read(topic, payload)[1] for topic, payload in self.client.received]
        return [message for message in heard if isinstance(message, cls)]

    def states(self) -> list[tuple[int, bool]]:
        return [(message.session, message.online) for message in self.all(State)]

    def seqs(self) -> list[int]:
        return [message.seq for message in self.all(AlarmRaised)]

    def confirm(self, install_id: str, seq: int) -> None:
        said = publication(KIOSK, Confirmed(install_id=install_id, seq=seq))
        self.client.publish(said.topic, said.payload, said.qos, said.retain)


class Line:
    """A journal and the uplinks over it; all of them are stopped at the end."""

    def __init__(self, folder: Path, broker: Broker, identity: Identity = KIOSK) -> None:
        issued = broker.issue(str(identity))
        self.settings = BrokerSettings(
            "127.0.0.1", broker.port, issued.ca, issued.certificate, issued.key, keepalive_s=5
        )
        self.folder = folder
        self.journal = Journal(folder / "journal.db", folder / "journal.key")
        self._started: list[Uplink] = []

    def start(
        self,
        port: int | None = None,
        settings: BrokerSettings | None = None,
        state: Callable[[int, bool], State] = state,
        health: Callable[[int], Health] = health,
    ) -> Uplink:
        s = settings or self.settings
        if port is not None:
            s = BrokerSettings(s.host, port, s.ca, s.certificate, s.key, s.keepalive_s)
        started = Uplink(KIOSK, s, self.journal, state, health)
        self._started.append(started)
        started.start()
        return started

    def tell(self, count: int = 1) -> None:
        for _ in range(count):
            self.journal.tell(something, clock.now())

    def close(self) -> None:
        for one in self._started:
            one.stop()
        self.journal.close()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with Broker(tmp_path) as running:
        yield running


@pytest.fixture
def line(tmp_path: Path, broker: Broker) -> Iterator[Line]:
    made = Line(tmp_path / "kiosk", broker)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a real second here."""
    monkeypatch.setattr(uplink, "SHORTEST_PAUSE_S", 0.05)
    monkeypatch.setattr(uplink, "LONGEST_PAUSE_S", 0.2)


def sentences(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


# -- birth and death -------------------------------------------------------------------------------------


def test_the_will_bears_the_session_of_the_birth_and_the_next_connection_another(
    broker: Broker, line: Line
) -> None:
    ear = Ear(broker)
    with Cable(broker.port) as cable:
        line.start(cable.port)
        wait_for(lambda: ear.states() == [(1, True)], "a birth")
        cable.cut()
        wait_for(lambda: ear.states()[1:] == [(1, False), (2, True)], f"death and rebirth: {ear.states()}")


def test_a_clean_stop_leaves_offline_behind_with_its_own_session(broker: Broker, line: Line) -> None:
    ear = Ear(broker)
    started = line.start()
    wait_for(lambda: ear.states() == [(1, True)], "a birth")
    started.stop()
    wait_for(lambda: ear.states() == [(1, True), (1, False)], "a goodbye")
    late = Ear(broker, STATE)
    wait_for(lambda: late.states() == [(1, False)], "the goodbye is retained")


def test_sessions_go_on_counting_after_a_restart(broker: Broker, line: Line) -> None:
    ear = Ear(broker)
    line.start().stop()
    line.start()
    wait_for(lambda: ear.states() and ear.states()[-1] == (2, True), f"session 2: {ear.states()}")


def test_a_state_of_the_session_before_is_never_said_by_the_next(broker: Broker, line: Line) -> None:
    ear = Ear(broker)
    with Cable(broker.port) as cable:
        started = line.start(cable.port)
        wait_for(lambda: ear.states() == [(1, True)], "a birth")
        cable.answers_lost = True
        started.publish_state()
        wait_for(lambda: ear.states() == [(1, True)] * 2, "a state that the broker acknowledged in vain")
        cable.answers_lost = False
        cable.cut()
        wait_for(lambda: (2, True) in ear.states(), "a rebirth")
        line.tell()
        wait_for(lambda: ear.seqs() == [1], "the new connection at work")
    assert (1, True) not in ear.states()[ear.states().index((2, True)) :], "the retained state went back"


def test_state_and_a_heartbeat_that_agrees_are_published_when_something_changed(
    broker: Broker, line: Line
) -> None:
    ear = Ear(broker)
    started = line.start()
    wait_for(lambda: len(ear.all(Health)) == 1, "the first heartbeat")
    started.publish_state()
    wait_for(lambda: len(ear.states()) == 2 and len(ear.all(Health)) == 2, "both again")


# -- rest ------------------------------------------------------------------------------------------------


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each turn of the loop was ready to wait, in seconds."""
    waits: list[float] = []
    loop = mqtt.Client.loop

    def watched(client: mqtt.Client, timeout: float = 1.0) -> MQTTErrorCode:
        waits.append(timeout)
        return loop(client, timeout)

    monkeypatch.setattr(mqtt.Client, "loop", watched)
    return waits


def test_an_uplink_with_nothing_to_say_rests_until_there_is_something(
    broker: Broker, line: Line, turns: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    later_s = 0.0
    monkeypatch.setattr(uplink, "monotonic_s", lambda: time.monotonic() + later_s)
    ear = Ear(broker)
    line.start()
    wait_for(lambda: ear.all(Health), "the first heartbeat")
    assert set(turns) == {uplink.LOOP_S}
    later_s = 11.0
    wait_for(lambda: turns[-1] == uplink.RESTING_LOOP_S, "it rests")
    line.tell()
    wait_for(lambda: ear.seqs() == [1], "what is told at rest goes out all the same")
    wait_for(lambda: turns[-1] == uplink.LOOP_S, "and it is brisk again")
    later_s = 22.0
    wait_for(lambda: turns[-1] == uplink.RESTING_LOOP_S, "it rests again")
    ear.confirm(line.journal.install_id, 1)
    wait_for(lambda: turns[-1] == uplink.LOOP_S, "a word of the centre ends the rest")
    assert line.journal.outbox_depth() == 0


# -- the outbox ------------------------------------------------------------------------------------------


def test_events_go_out_in_order_and_are_forgotten_only_when_the_centre_says_so(
    broker: Broker, line: Line
) -> None:
    ear = Ear(broker)
    line.tell(5)
    line.start()
    wait_for(lambda: ear.seqs() == [1, 2, 3, 4, 5], "five events in order")
    assert line.journal.outbox_depth() == 5
    ear.confirm(line.journal.install_id, 3)
    wait_for(lambda: line.journal.outbox_depth() == 2, "what is confirmed is forgotten")
    ear.confirm("0" * 32, 5)
    line.tell()
    wait_for(lambda: ear.seqs() == [1, 2, 3, 4, 5, 6], "the next one, and none twice")
    assert line.journal.outbox_depth() == 3, "another installation's mark is none of ours"


def test_a_mark_beyond_the_journal_is_told_to_staff_and_forgets_nothing(
    broker: Broker, line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    ear = Ear(broker)
    ear.confirm(line.journal.install_id, 7)
    line.start()
    wait_for(lambda: sentences(caplog), "a sentence")
    line.tell(3)
    wait_for(lambda: ear.seqs() == [1, 2, 3], "the events all the same")
    assert line.journal.outbox_depth() == 3
    assert "restored from a backup" in sentences(caplog)[0]


def test_a_broker_that_lost_its_memory_gets_everything_again(
    broker: Broker, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the second ear may come to listen only after the kiosk has sent everything once more
    monkeypatch.setattr(uplink, "RESEND_S", 1.0)
    first = Ear(broker)
    line.tell(3)
    line.start()
    wait_for(lambda: len(first.seqs()) == 3, "the events")
    broker.stop()
    for file in broker.log.parent.glob("broker/data/*"):
        file.unlink()
    broker.start()
    second = Ear(broker)
    wait_for(lambda: second.seqs()[-3:] == [1, 2, 3], "all of them again, in order")
    assert line.journal.outbox_depth() == 3


def test_a_centre_that_is_down_is_asked_ever_more_rarely(
    broker: Broker, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uplink, "RESEND_S", 0.3)
    arrived: list[float] = []
    ear = Ear(broker)
    line.tell()
    line.start()
    while len(arrived) < 4:
        wait_for(lambda: len(ear.seqs()) > len(arrived), "the next copy")
        arrived.append(time.monotonic())
    gaps = [after - before for before, after in itertools.pairwise(arrived)]
    assert gaps[2] > 0.8, f"four times the first wait of 0.3 s: {gaps}"
    ear.confirm(line.journal.install_id, 1)
    wait_for(lambda: line.journal.outbox_depth() == 0, "the confirmation")


def test_ten_thousand_events_wait_on_disk_and_drain_a_window_at_a_time(broker: Broker, line: Line) -> None:
    _fill(line, 10_000)
    ear = Ear(broker, f"shuzhan/v1/{KIOSK}/event/+")
    most = 0

    def confirm_each_window(*_: object) -> None:
        """As the collector does: a whole batch, then one mark."""
        nonlocal most
        received.append(1)
        most = max(most, len(received) - marked[-1])
        if len(received) % uplink.WINDOW == 0:
            marked.append(len(received))
            said = publication(KIOSK, Confirmed(install_id=line.journal.install_id, seq=len(received)))
            ear.client.mqtt.publish(said.topic, said.payload, said.qos, said.retain)

    received: list[int] = []
    marked = [0]
    ear.client.mqtt.on_message = confirm_each_window
    tracemalloc.start()
    began_s = time.monotonic()
    line.start()
    wait_for(lambda: line.journal.outbox_depth() <= 8_500, "1,500 of them confirmed", 60)
    took_s = time.monotonic() - began_s
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"1,500 events in {took_s:.1f} s, {most} at once, at most {peak / 2**20:.1f} MB")
    assert most <= uplink.WINDOW
    assert peak < 4 * 2**20


def _fill(line: Line, count: int) -> None:
    """What weeks without a line leave behind, in one commit."""
    line.tell()
    with sqlite3.connect(line.folder / "journal.db") as db:
        db.execute(
            "WITH RECURSIVE n(seq) AS (SELECT 2 UNION ALL SELECT seq + 1 FROM n WHERE seq < ?) "
            "INSERT INTO outbox (seq, payload, topic_kind) SELECT n.seq, payload, topic_kind FROM n, outbox",
            [count],
        )
        db.execute("UPDATE facts SET value = ? WHERE name = 'last_seq'", [count])
    assert line.journal.outbox_depth() == count


def test_the_state_tells_where_the_outbox_begins(broker: Broker, line: Line) -> None:
    ear = Ear(broker)
    line.tell(5)
    line.journal.confirmed(3)
    line.start()
    wait_for(lambda: ear.all(State) != [], "a birth")
    birth = ear.all(State)[0]
    assert (birth.install_id, birth.oldest_seq) == (line.journal.install_id, 4)
    ear.confirm(line.journal.install_id, 5)
    wait_for(lambda: line.journal.outbox_depth() == 0, "all confirmed")
    line.start().publish_state()
    wait_for(lambda: ear.all(State)[-1].oldest_seq == 6, "the next event will be the sixth")


def test_what_the_centre_lacks_is_sent_again_at_once_and_the_state_after_it(
    broker: Broker, line: Line
) -> None:
    ear = Ear(broker)
    line.tell(6)
    line.journal.confirmed(2)
    line.start()
    wait_for(lambda: ear.seqs() == [3, 4, 5, 6], "what is in the outbox")
    for install_id in ("another", line.journal.install_id):
        asked = publication(KIOSK, Resend(install_id=install_id, first=1, last=4))
        ear.client.publish(asked.topic, asked.payload, asked.qos)
    wait_for(lambda: len(ear.all(State)) == 2, "the state")
    assert ear.seqs() == [3, 4, 5, 6, 3, 4], "what is still there of it, once"
    assert ear.all(State)[1].oldest_seq == 3


# -- refused ---------------------------------------------------------------------------------------------


def test_a_certificate_of_another_authority_is_refused_once_in_the_log_and_tried_again(
    tmp_path: Path, broker: Broker, line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = Broker(tmp_path / "elsewhere").issue(str(KIOSK))
    s = line.settings
    line.start(settings=BrokerSettings(s.host, s.port, s.ca, stranger.certificate, stranger.key))
    wait_for(lambda: line.journal.next_connection() >= 6, "further tries")
    assert len(sentences(caplog)) == 1 and str(stranger.certificate) in sentences(caplog)[0]


def test_a_broker_with_a_certificate_of_another_authority_is_not_trusted(
    tmp_path: Path, broker: Broker, line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = Broker(tmp_path / "elsewhere").issue(str(KIOSK))
    ear = Ear(broker)
    s = line.settings
    line.start(settings=BrokerSettings(s.host, s.port, stranger.ca, s.certificate, s.key))
    wait_for(lambda: sentences(caplog), "a sentence")
    assert "certificate verify failed" in sentences(caplog)[0] and ear.states() == []


def test_a_certificate_that_cannot_be_read_is_named_and_its_renewal_taken_up(
    broker: Broker, line: Line, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    certificate, s = tmp_path / "renewed.crt", line.settings
    certificate.write_text("no certificate", encoding="ascii")
    ear = Ear(broker)
    line.start(settings=BrokerSettings(s.host, s.port, s.ca, certificate, s.key))
    wait_for(lambda: line.journal.next_connection() >= 4, "further tries")
    assert len(sentences(caplog)) == 1 and str(certificate) in sentences(caplog)[0]
    certificate.write_bytes(s.certificate.read_bytes())
    wait_for(lambda: ear.states() != [], "a birth without a restart")


def test_not_authorised_is_said_once(
    tmp_path: Path, broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    other = Line(tmp_path / "other", broker, Identity("mz-other", "kiosk-1"))
    ear = Ear(broker)
    other.tell(3)
    other.start()
    wait_for(lambda: sentences(caplog), "a sentence")
    other.tell(3)
    wait_for(lambda: other.journal.outbox_depth() == 6, "everything kept")
    other.close()
    assert len(sentences(caplog)) == 1 and "does not let mz-taiping-03.kiosk-1 speak" in sentences(caplog)[0]
    assert ear.client.received == []


def test_no_broker_at_all_is_said_once_and_does_not_hinder_stopping(
    broker: Broker, line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    broker.stop()
    started = line.start()
    wait_for(lambda: line.journal.next_connection() >= 6, "further tries")
    began_s = time.monotonic()
    started.stop()
    assert time.monotonic() - began_s < 2
    assert len(sentences(caplog)) == 1 and "cannot be reached" in sentences(caplog)[0]


# -- what nothing kills ----------------------------------------------------------------------------------


def test_rubbish_from_the_centre_leaves_the_kiosk_alive(broker: Broker, line: Line) -> None:
    ear = Ear(broker, STATE)
    line.start()
    wait_for(lambda: ear.states() != [], "a birth")
    deep = b"[" * 100_000
    for topic in (WANTED, CONFIRMED, COMMAND):
        for payload in (b"", b"\xff\xfe", b"{}", b'{"type":"confirmed/1","seq":-1}', deep, b"x" * 200_000):
            ear.client.publish(topic, payload)
    with broker.client("centre") as shouting:
        assert shouting.publish(WANTED, bytes(10 * 2**20)) == "disconnected", "the broker takes no 10 MB"
    calm = Ear(broker)
    line.tell()
    wait_for(lambda: calm.seqs() == [1], "the kiosk still speaks")
    calm.confirm(line.journal.install_id, 1)
    wait_for(lambda: line.journal.outbox_depth() == 0, "and still listens")
    assert ear.states() == [(1, True)], "on the same connection"


def test_token_keys_are_kept_and_never_logged(
    broker: Broker, line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ear = Ear(broker)
    line.start()
    key = "ab" * 32
    wanted = Wanted(version=1, token_keys={"2026-11": key}, card_keys={"21fe31df": "cd" * 32})
    ear.client.publish(WANTED, encode(wanted), retain=True)
    wait_for(lambda: line.journal.token_keys() == {"2026-11": key}, "the keys")
    wait_for(lambda: line.journal.card_keys() == {"21fe31df": "cd" * 32}, "the keys for reader codes")
    ear.client.publish(WANTED, f'{{"type":"wanted/1","version":2,"token_keys":{{"x":"{key}"}}}}'.encode())
    wait_for(lambda: "ignored what the centre sent" in caplog.text, "a sentence about a bad key")
    assert key not in caplog.text


def test_health_that_cannot_be_measured_does_not_end_the_uplink(
    broker: Broker, line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(session: int) -> Health:
        raise KeyError("23024000000017")

    ear = Ear(broker)
    line.start(health=failing)
    line.tell(2)
    wait_for(lambda: ear.seqs() == [1, 2], "events all the same")
    assert len(sentences(caplog)) == 1 and "KeyError in failing" in sentences(caplog)[0]
    assert "23024000000017" not in caplog.text, "an error's text may quote a reader"


def test_a_state_that_cannot_be_made_at_first_delays_the_birth_only(broker: Broker, line: Line) -> None:
    tries: list[int] = []

    def failing_twice(session: int, online: bool) -> State:
        tries.append(session)
        if len(tries) < 3:
            raise RuntimeError("not yet")
        return state(session, online)

    ear = Ear(broker)
    line.start(state=failing_twice)
    wait_for(lambda: (3, True) in ear.states(), f"a birth: {ear.states()}")


def test_many_reconnections_leave_no_files_open(broker: Broker, line: Line) -> None:
    ear = Ear(broker, STATE)
    open_files: list[int] = []
    with Cable(broker.port) as cable:
        line.start(cable.port)
        while len(open_files) < 10:
            wait_for(lambda: (len(open_files) + 1, True) in ear.states(), "the next session")
            open_files.append(_open_files())
            cable.cut()
    assert min(open_files[5:]) <= max(open_files[:5]), open_files


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
