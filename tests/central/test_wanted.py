"""What kiosks are to go by: versions, settings, and keys that are gone when their month is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import central
from broker_config.from_centre import Settings, Wanted
from broker_config.messages import read
from central.accounts import audit
from central.intake import Heard
from central.office import Office
from central.places import load_places
from central.reader_cards import ReaderCardKeys
from central.store import Store, opened
from central.wanted import TokenKeys, WantedKeeper, Wishes
from tests.central.accounts.people import by
from tests.central.heard import NOW, Kiosk

ZONE = ZoneInfo("Asia/Shanghai")
PLACES = load_places(Path(central.__file__).with_name("places.toml"))


@dataclass
class Desk:
    folder: Path
    office: Office
    store: Store

    def __post_init__(self) -> None:
        self.kiosk = Kiosk()
        self.start()

    def start(self) -> None:
        tokens, cards = TokenKeys(self.folder / "tokens"), ReaderCardKeys(self.folder / "cards")
        self.keeper = WantedKeeper(self.office, self.store, PLACES, ZONE, tokens=tokens, cards=cards)

    def hear(self, *heard: Heard, at: datetime = NOW) -> dict[str, Wanted]:
        """Whom is told what now."""
        self.store.take(heard)
        said = {}
        for one in self.keeper.answers(heard, at):
            address, message = read(one.topic, one.payload)
            assert isinstance(message, Wanted) and one.retain
            said[str(address.identity)] = message
        return said


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    office, store = Office(tmp_path / "office.db"), opened(f"sqlite:{tmp_path / 'centre.db'}")
    audit.have_log(office)
    yield Desk(tmp_path, office, store)
    store.close()
    office.close()


def test_a_kiosk_that_is_heard_of_is_told_its_keys_and_its_level(desk: Desk) -> None:
    assert desk.hear() == {}
    told = desk.hear(desk.kiosk.birth())["mz-taiping-03.kiosk-1"]
    assert told.version == 1
    assert sorted(told.token_keys) == ["2026-11", "2026-12"]
    assert len(told.card_keys) == 1 and told.settings == Settings(level="point")
    assert desk.hear(at=NOW + timedelta(seconds=6)) == {}, "nothing changed"


def test_a_change_is_a_new_version_and_a_restart_is_none(desk: Desk) -> None:
    desk.hear(desk.kiosk.birth())
    chosen = Settings(open=("09:00-12:00",), offline="loans")
    Wishes(desk.office).set(by(), "mz-taiping-03", chosen)
    (told,) = desk.hear(at=NOW + timedelta(seconds=6)).values()
    assert (told.version, told.settings.open, told.settings.offline) == (2, ("09:00-12:00",), "loans")
    desk.start()
    (again,) = desk.hear(at=NOW + timedelta(seconds=12)).values()
    assert again == told, "the broker may have lost its memory"
    (entry,) = audit.entries(desk.office, audit.Wanted(), 10)
    assert (entry.action, entry.details) == ("place.settings", {"open": ["09:00-12:00"], "offline": "loans"})


def test_since_when_a_kiosk_goes_by_what_was_chosen(desk: Desk) -> None:
    wishes, place, later = Wishes(desk.office), "mz-taiping-03", timedelta(seconds=6)
    desk.hear(desk.kiosk.birth())
    wishes.set(by(), place, Settings(idle_s=90.0))
    desk.hear(at=NOW + later)
    (sent,) = wishes.sent(place)
    assert (sent.settings, sent.version, sent.latest) == (Settings(idle_s=90.0, level="point"), 2, 2)
    assert (sent.sent_at, sent.taken_at) == (NOW + later, None)
    for times, version, taken_at in (
        (2, 1, None),
        (3, 2, NOW + 3 * later),
        (4, 2, NOW + 3 * later),
        (5, 0, None),
    ):
        desk.hear(desk.kiosk.birth(session=times, wanted_version=version), at=NOW + times * later)
        (sent,) = wishes.sent(place)
        assert sent.taken_at == taken_at, f"version {version}"
    assert wishes.sent() == [sent] and wishes.sent("mz-taiping-0") == []


def test_new_keys_are_a_new_version_and_the_settings_stay_in_force(desk: Desk) -> None:
    wishes, next_month = Wishes(desk.office), NOW + timedelta(days=20)
    desk.hear(desk.kiosk.birth())
    wishes.set(by(), "mz-taiping-03", Settings(idle_s=90.0))
    desk.hear(at=NOW + timedelta(seconds=6))
    desk.hear(desk.kiosk.birth(session=2, wanted_version=2), at=NOW + timedelta(seconds=12))
    desk.hear(at=next_month)
    (sent,) = wishes.sent("mz-taiping-03")
    assert (sent.version, sent.latest, sent.taken_at) == (2, 3, NOW + timedelta(seconds=12))


def test_what_is_cleared_is_in_the_audit_log_and_what_changes_nothing_is_not(desk: Desk) -> None:
    wishes = Wishes(desk.office)
    for settings in (Settings(idle_s=90.0), Settings(idle_s=90.0), Settings(offline="off"), Settings()):
        wishes.set(by(), "mz-taiping-03", settings)
    assert [entry.details for entry in audit.entries(desk.office, audit.Wanted(), 10)][::-1] == [
        {"idle_s": 90.0},
        {"offline": "off", "cleared": ["idle_s"]},
        {"cleared": ["offline"]},
    ]


def test_many_places_are_changed_together_or_not_at_all(desk: Desk) -> None:
    wishes, seen = Wishes(desk.office), list[Settings]()

    def changed(before: Settings) -> Settings:
        seen.append(before)
        if len(seen) == 2:
            raise ValueError("the power fails")
        return Settings(idle_s=90.0)

    with pytest.raises(ValueError, match="power"):
        wishes.change(by(), ["mz-main", "mz-taiping-03"], changed)
    assert wishes.all() == {} and audit.entries(desk.office, audit.Wanted(), 10) == []


def test_every_kiosk_has_the_same_token_keys_so_that_readers_count_once(desk: Desk) -> None:
    told = desk.hear(desk.kiosk.birth(), Kiosk("mz-main.kiosk-1", "i-2").birth())
    assert len(told) == 2
    first, second = told.values()
    assert first.token_keys == second.token_keys
    assert {told.settings.level for told in told.values()} == {"main", "point"}


def test_when_a_month_is_over_its_key_is_nowhere_any_more(desk: Desk) -> None:
    (before,) = desk.hear(desk.kiosk.birth()).values()
    first_of_month = datetime(2026, 12, 1, 0, 0, 1, tzinfo=ZONE)
    assert desk.hear(at=first_of_month - timedelta(seconds=2)) == {}, "local time counts"
    (after,) = desk.hear(at=first_of_month + timedelta(seconds=6)).values()
    assert sorted(after.token_keys) == ["2026-12", "2027-01"]
    assert after.token_keys["2026-12"] == before.token_keys["2026-12"]
    desk.store.close()
    desk.office.close()
    gone = before.token_keys["2026-11"].encode()
    assert not [file for file in desk.folder.rglob("*") if file.is_file() and gone in file.read_bytes()]


def test_keys_are_the_owners_alone_and_survive_a_restart(tmp_path: Path) -> None:
    keys = TokenKeys(tmp_path / "keys").rotate(date(2026, 12, 31))
    assert sorted(keys) == ["2026-12", "2027-01"]
    assert TokenKeys(tmp_path / "keys").rotate(date(2026, 12, 31)) == keys
    assert len(set(keys.values())) == 2 and all(len(key) == 64 for key in keys.values())
    assert {file.stat().st_mode & 0o077 for file in (tmp_path / "keys").iterdir()} == {0}


def test_what_is_published_shows_no_key_in_a_log(desk: Desk) -> None:
    (told,) = desk.hear(desk.kiosk.birth()).values()
    assert told.token_keys["2026-11"] not in repr(told)
