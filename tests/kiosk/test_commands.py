"""Orders, settings, notices and keys from a running centre to a whole kiosk, over a real broker and back."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broker_config import commands
from broker_config.commands import CommandResult
from broker_config.events import Loan
from broker_config.from_centre import Notice, Notices, Settings, Wanted
from broker_config.messages import decode
from broker_config.status import State
from broker_config.topics import Identity
from broker_config.values import Service, timestamp
from central.accounts import audit
from central.commands import CommandKept, Commands, Status
from central.notices import Draft, NoticeBoard
from central.office import Office
from central.store import Store, opened
from central.wanted import Wishes
from hardware_sim.ils import IlsServer
from kiosk import config as configuration
from kiosk.app import Kiosk
from kiosk.commands import CentreSays
from kiosk.flow.effects import Answer
from kiosk.flow.events import Event, NoticesCame, Ordered, SettingsCame
from kiosk.flow.remote_values import OrderKind, Outcome
from kiosk.flow.touch import Action
from kiosk.journal import Journal
from kiosk.log_ring import LogRing, masked
from tests.broker import Broker
from tests.central.accounts.people import by
from tests.centre import Centre
from tests.kiosk.place import READERS, place
from tests.kiosk.test_app import BOOK, IDENTITY, READER, Point
from tests.kiosk.test_picture import png
from tests.waiting import wait_for

KIOSK = Identity.parse(IDENTITY)
SOON = {"id": "c-1", "issued": timestamp(datetime.now(UTC)), "expires": "2099-01-01T00:00:00.000Z"}


# -- what is taken, kept and repeated --------------------------------------------------------------------


class Told:
    """What the centre says to a kiosk whose journal lasts over starts; `posted` is what came of it."""

    def __init__(self, config: configuration.Config) -> None:
        self.config = config
        self.posted: list[Event] = []
        self.start()

    def start(self) -> None:
        self.journal = Journal(Path(self.config.journal.path), Path(self.config.journal.key))
        self.says = CentreSays(self.config, self.journal, self.posted.append)

    def start_again(self) -> None:
        self.journal.close()
        self.posted.clear()
        self.start()

    def results(self) -> list[CommandResult]:
        return [decode(CommandResult, event.payload) for event in self.journal.waiting(0, 50)]


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    for name in ("ca", "crt", "key"):
        (tmp_path / name).touch()
    file = tmp_path / "kiosk.toml"
    file.write_text(
        f'[place]\nidentity = "{IDENTITY}"\nname = "x"\n'
        '[ils]\nhost = "x"\nport = 1\n[journal]\npath = "j.db"\n'
        '[broker]\nhost = "x"\nport = 1\nca = "ca"\ncertificate = "crt"\nkey = "key"\n'
        '[[device]]\nmodel = "feig_obid"\nport = "x"\n',
        encoding="utf-8",
    )
    made = Told(configuration.load(file))
    yield made
    made.journal.close()


def test_an_answered_order_is_never_put_on_the_queue_again(told: Told) -> None:
    for _ in range(2):
        told.says.command(commands.Restart(**SOON))
    assert [event.order.kind for event in told.posted if isinstance(event, Ordered)] == [OrderKind.RESTART]
    told.start_again()
    told.says.command(commands.Restart(**SOON))
    assert len(told.posted) == 1, "not answered before the start: it is still to be done"
    told.says.answer(Answer("c-1", Outcome.DONE))
    told.start_again()
    told.says.command(commands.Restart(**SOON))
    assert told.posted == []
    assert [(result.command_id, result.outcome) for result in told.results()] == [("c-1", "done")]


def test_settings_come_into_force_when_taken_up_and_outlast_a_start(told: Told) -> None:
    settings = Settings(open=("09:00-12:00",), offline="loans", idle_s=90.0, level="point")
    told.says.wanted(Wanted(version=7, settings=settings))
    came = next(event for event in told.posted if isinstance(event, SettingsCame))
    assert (came.version, came.rules.idle_s, told.says.version) == (7, 90.0, 0)
    taken = told.says.take_up(7)
    assert (taken.offline.policy, taken.opening_hours is not None, told.says.version) == ("loans", True, 7)
    assert taken.digest != told.config.digest
    assert told.says.audiences() == ("mz-taiping-03", "point", "all")
    told.start_again()
    assert (told.says.config, told.says.version) == (taken, 7)
    told.says.wanted(Wanted(version=7, settings=settings))
    assert told.posted == []


@pytest.mark.parametrize(
    "settings",
    [Settings(idle_s=30.0, warning_s=30.0), Settings(open=("12:00-09:00",)), Settings(open=("99:00-99:30",))],
)
def test_settings_that_make_no_sense_are_left_alone(
    told: Told, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    told.says.wanted(Wanted(version=2, settings=settings))
    assert told.posted == [] and told.says.config == told.config
    assert "settings not taken: the centre's" in caplog.text


def test_notices_of_the_place_come_first_and_outlast_a_start(told: Told) -> None:
    def notice(title: str) -> Notices:
        times = {"start": "2026-01-01T00:00:00.000Z", "end": "2099-01-01T00:00:00.000Z"}
        return Notices(notices=(Notice(id="n-1", title_zh=title, **times),))

    told.says.notices("all", notice("给所有人"))
    told.says.notices("mz-taiping-03", notice("给本村"))
    told.says.notices("all", notice("给所有人"))
    assert len(told.posted) == 2, "said twice, told once"
    assert titles(told.posted[-1]) == ["给本村", "给所有人"]
    told.start_again()
    assert titles(told.says.announcements()) == ["给本村", "给所有人"]


def titles(event: Event) -> list[str]:
    assert isinstance(event, NoticesCame)
    return [one.title_zh for one in event.notices]


def test_a_log_leaves_the_board_without_long_numbers() -> None:
    ring = LogRing()
    for number in range(5):
        ring.emit(logging.LogRecord("kiosk", logging.INFO, "", 0, f"line {number} 25240000010010", (), None))
    text = ring.last(3, 10_000).decode()
    assert "line 2 ***" in text and "line 4" in text and "line 1" not in text
    assert ring.last(5, 100).decode().startswith("20"), "only whole lines"
    assert masked("card 04A1B2C3D4E5F6 at 127.0.0.1:8883") == "card *** at 127.0.0.1:8883"


# -- over the wire ---------------------------------------------------------------------------------------


class District:
    """A point and its centre; the test decides as people at the centre do."""

    def __init__(self, point: Point, centre: Centre) -> None:
        self.point = point
        beside = centre.config.with_name
        self.office = Office(beside("centre.office.db"))
        self.store: Store = opened(f"sqlite:{beside('centre.db')}")
        self.commands = Commands(self.office, self.store)

    def issue(self, name: str, **fields: object) -> str:
        at = datetime.now(UTC)
        return self.commands.issue(by(at=at), KIOSK, name, 60, **fields)

    def answered(self, command_id: str) -> CommandKept:
        def one() -> CommandKept:
            found = self.commands.one(command_id, datetime.now(UTC))
            assert found is not None
            return found

        wait_for(lambda: one().status not in (Status.WAITING, Status.SENT), f"{one()} is answered")
        return one()

    def state(self) -> State | None:
        (kiosk,) = self.store.kiosks(KIOSK.place) or [None]
        return kiosk.state if kiosk else None

    def close(self) -> None:
        self.store.close()
        self.office.close()


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    folder = tmp_path_factory.mktemp("district")
    with (
        place(folder / "wires") as here,
        IlsServer(folder / "ils.sqlite") as ils,
        Broker(folder) as broker,
    ):
        point = Point(folder, here, ils, broker)
        point.centre.close()  # one name has one connection: it is the centre's now
        ring = LogRing()
        point.kiosk.stop()
        point.kiosk = Kiosk(point.config, log_ring=ring)
        root, level = logging.getLogger(), logging.getLogger().level
        root.addHandler(ring)
        root.setLevel(logging.INFO)  # as `python -m kiosk` has it
        with Centre(folder, broker) as centre:
            point.start()
            made = District(point, centre)
            wait_for(lambda: made.state() is not None, "the centre hears of the kiosk")
            yield made
            made.close()
        point.kiosk.stop()
        root.removeHandler(ring)
        root.setLevel(level)


def test_a_kiosk_goes_by_what_the_centre_wants(district: District) -> None:
    wait_for(lambda: (state := district.state()) and state.wanted_version, "the first version is taken up")
    before = district.state()
    assert before is not None
    wishes = Wishes(district.office)
    wishes.set(by(at=datetime.now(UTC)), KIOSK.place, Settings(idle_s=123.0))
    wait_for(lambda: district.point.kiosk._session.rules.idle_s == 123.0, "the kiosk goes by it")
    wait_for(
        lambda: (state := district.state()) is not None and state.config_hash != before.config_hash,
        "and says so",
    )


def test_readers_are_counted_by_tokens_that_only_the_centres_key_makes(district: District) -> None:
    point = district.point
    wait_for(point.kiosk._journal.token_keys, "the keys")
    point.here.world.put(BOOK)
    point.here.world.card = point.here.world.cards[READER]
    point.screen.see("stack", BOOK)
    point.touch(Action.CONFIRM)
    point.screen.see("result", "成功借出 1 本")
    point.here.world.card = None
    wait_for(lambda: district.store.event_count(KIOSK.place, "loan") == 1, "the loan is stored")
    (stored,) = district.store.recent(KIOSK.place, 5, ["loan"])
    token = decode(Loan, stored.body.encode()).reader_token
    assert token is not None and len(token) >= 16
    assert READERS[READER].reader_id not in stored.body


def test_orders_wait_for_the_reader_to_go_and_come_back_answered(district: District) -> None:
    point = district.point
    point.here.world.card = point.here.world.cards[READER]
    wait_for(lambda: "李*范" in repr(point.screen.now), "somebody is being served")
    ordered = district.issue("logs", lines=30)
    wait_for(lambda: point.kiosk._session.orders, "it waits for the reader")
    point.here.world.card = None
    at_result = point.screen.now.screen.name == "result"
    point.touch(Action.NO_RECEIPT if at_result else Action.END)
    kept = district.answered(ordered)
    assert (kept.status, kept.media_type) == (Status.DONE, "text/plain")
    attachment = district.commands.attachment(ordered)
    assert attachment is not None and b"INFO" in attachment.content
    assert READERS[READER].reader_id.encode() not in attachment.content
    kept = district.answered(district.issue("self_test"))
    assert (kept.status, kept.reason) == (Status.DONE, "")
    kept = district.answered(district.issue("identify", device="nothing"))
    assert kept.status is Status.REFUSED


def test_out_of_service_and_back(district: District) -> None:
    until = timestamp(datetime.now(UTC) + timedelta(hours=1))
    closing = district.issue("out_of_service", reason="正在盘点", until=until)
    assert district.answered(closing).status is Status.DONE
    district.point.screen.see("message", "正在盘点")
    wait_for(
        lambda: (
            (state := district.state()) is not None
            and (state.service, state.reason) == (Service.OUT_OF_SERVICE, "正在盘点")
        ),
        "the centre sees it",
    )
    assert district.answered(district.issue("in_service")).status is Status.DONE
    district.point.screen.see("idle")


def test_a_screenshot_shows_no_reader(district: District) -> None:
    """The window stands in for the screen's own thread, where somebody may come in between."""
    point = district.point
    point.screen.see("idle")
    point.screen.take_picture = lambda taken: taken(png(1280, 800))  # type: ignore[attr-defined]
    kept = district.answered(district.issue("screenshot"))
    attachment = district.commands.attachment(kept.id)
    assert (kept.status, kept.media_type) == (Status.DONE, "image/png")
    assert attachment is not None and attachment.content.startswith(b"\x89PNG")

    def somebody_came(taken: Callable[[bytes], None]) -> None:
        point.kiosk._shown = None
        taken(png(1280, 800))

    point.screen.take_picture = somebody_came  # type: ignore[attr-defined]
    kept = district.answered(district.issue("screenshot"))
    assert (kept.status, kept.reason) == (Status.REFUSED, "a reader is being served")
    assert district.commands.attachment(kept.id) is None


def test_a_notice_appears_on_the_idle_screen_and_goes(district: District) -> None:
    board = NoticeBoard(district.office, [KIOSK.place, "point"])
    now = datetime.now(UTC)
    number = board.add(by(at=now), Draft("point", "周六有故事会", now, now + timedelta(hours=2)))
    assert isinstance(number, int)
    district.point.screen.see("idle", "周六有故事会")
    board.remove(by(at=now), number)
    wait_for(lambda: "周六有故事会" not in repr(district.point.screen.now), "it is taken back")


def test_every_act_is_in_the_audit_log_and_nothing_of_a_reader(district: District) -> None:
    entries = audit.entries(district.office, audit.Wanted(), 100)
    acts = {entry.action for entry in entries}
    assert {"command.issue", "notice.add", "notice.remove", "place.settings"} <= acts
    assert READERS[READER].reader_id not in json.dumps([entry.details for entry in entries])
