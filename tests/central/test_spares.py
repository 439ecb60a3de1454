"""Spares on the shelf, until they turn up at a place."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker_config.topics import Identity
from central.accounts import audit
from central.accounts.audit import Wanted
from central.office import Office
from central.spares import BadSpare, Draft, Spares
from central.store import SeenDevice
from tests.central.accounts.people import by, later
from tests.central.heard import NOW, ago


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path / "office.db")
    yield opened
    opened.close()


@pytest.fixture
def spares(office: Office) -> Spares:
    return Spares(office, ("scanner", "tag_reader"))


def seen(serial: str, until: float) -> SeenDevice:
    where = Identity("mz-taiping-03", "kiosk-1")
    return SeenDevice(where, "scanner", "m", serial, "/dev/s", ago(days=9), ago(hours=until))


def add(spares: Spares, serial: str = "SC-117", kind: str = "scanner", **more: str) -> BadSpare | None:
    values = {"model": "serial_scanner", "note": "二楼柜", **more}
    return spares.add(by("li"), Draft(serial, kind, **values), in_use=("SC-017",))


def test_a_spare_lies_on_the_shelf(spares: Spares, office: Office) -> None:
    assert add(spares) is None
    (one,) = spares.all([])
    assert (one.serial, one.kind, one.model, one.note, one.by, one.at) == (
        *("SC-117", "scanner", "serial_scanner", "二楼柜"),
        *("li", NOW),
    )
    assert one.seen is None
    (entry,) = audit.entries(office, Wanted(), 9)
    assert (entry.action, entry.subject, entry.actor) == ("spare.add", "SC-117", "li")


def test_it_has_left_the_shelf_where_its_serial_turns_up(spares: Spares) -> None:
    add(spares)
    (one,) = spares.all([seen("OTHER", -2), seen("SC-117", -1)])
    assert one.seen is not None and one.seen.identity.place == "mz-taiping-03"


def test_a_device_that_came_back_from_a_place_is_a_spare_again(spares: Spares) -> None:
    """It was seen before it was entered, and not since."""
    add(spares)
    assert [one.seen for one in spares.all([seen("SC-117", 5)])] == [None]


@pytest.mark.parametrize(
    ("values", "bad"),
    [
        ({"serial": ""}, BadSpare.SERIAL),
        ({"serial": "S" * 81}, BadSpare.SERIAL),
        ({"note": "好" * 81}, BadSpare.SERIAL),
        ({"kind": "toaster"}, BadSpare.KIND),
        ({"serial": "SC-017"}, BadSpare.IN_USE),
    ],
)
def test_what_will_not_do(spares: Spares, values: dict[str, str], bad: BadSpare) -> None:
    assert add(spares, **values) is bad
    assert spares.all([]) == []


def test_a_serial_is_entered_once(spares: Spares) -> None:
    add(spares)
    assert add(spares) is BadSpare.KNOWN


def test_removed(spares: Spares, office: Office) -> None:
    add(spares)
    (one,) = spares.all([])
    assert spares.remove(by("li", at=later(hours=1)), one.id)
    assert not spares.remove(by("li"), one.id)
    assert spares.all([]) == []
    assert audit.entries(office, Wanted(), 9)[0].action == "spare.remove"
