"""What bad input says to a reader and to staff, through the whole kiosk but its window: a megabyte from a
scanner, a card pulled away while it is read, an ID card whose number is wrong."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from devices.port import Port
from hardware_sim.pty_link import PtyLink
from hardware_sim.sdt_idcard import Person, id_card
from hardware_sim.world import Card
from tests.devices.pn532.cards import KEY_A, NUMBER, WRITTEN_CLASSIC
from tests.kiosk.place import READERS
from tests.kiosk.test_app import Point, running_with
from tests.waiting import wait_for

READER = "李示范"
NUMBER_RIGHT, NUMBER_WRONG = "11010519491231002X", "110105194912310020"
SECTOR_CARDS = f"""
[[device]]
model = "sdt_idcard"
name = "id_cards"
port = "{{port}}"
[cards.mifare_classic]
way = "sector"
sector = 3
block = 1
key = "{KEY_A.hex().upper()}"
"""
PIECE = b"8" * 4000


@pytest.fixture
def point(tmp_path: Path) -> Iterator[Point]:
    with running_with(SECTOR_CARDS, tmp_path) as made:
        yield made


@pytest.fixture
def said(point: Point, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What staff find in the log."""
    caplog.set_level(logging.DEBUG)
    return caplog


def lay(point: Point, card: Card) -> None:
    with point.here.world.lock:
        point.here.world.card = card


class Meter:
    """How many bytes the kiosk has taken off a wire: what nobody takes, a line forgets."""

    def __init__(self, wire: PtyLink, monkeypatch: pytest.MonkeyPatch) -> None:
        self.taken = 0
        read = Port.read

        def metered(port: Port, timeout_s: float, command: str) -> bytes:
            data = read(port, timeout_s, command)
            self.taken += len(data) if port.path == str(wire.path) else 0
            return data

        monkeypatch.setattr(Port, "read", metered)


def test_a_scanner_that_sends_a_megabyte(
    point: Point, said: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = point.here.devices["kiosk-scanner"].link
    meter = Meter(wire, monkeypatch)
    wait_for(lambda: wire.say(PIECE) or meter.taken >= 2**20, "the kiosk takes a megabyte", deadline_s=60)
    point.screen.see("idle", "这个码没有读出来，请拿稳再扫一次。")
    told = [record for record in said.records if "longer than 512" in record.getMessage()]
    assert 0 < len(told) < 20, "staff are told, not drowned"
    assert "8888" not in said.text
    wire.say(b"\r")
    point.here.world.scans.append(READERS[READER].reader_id)
    point.screen.see("stack", "李*范")


def test_a_card_pulled_away_while_it_is_read(point: Point, said: pytest.LogCaptureFixture) -> None:
    lay(point, replace(WRITTEN_CLASSIC, pulled_after=1))
    screen = point.screen.see("message", "没有读出这张卡")
    assert "平放" in repr(screen)
    wait_for(lambda: "it was pulled away or could not be read" in said.text, "staff are told why")
    assert NUMBER not in said.text and WRITTEN_CLASSIC.uid.hex() not in said.text.lower()


def test_an_id_card_pulled_away_while_it_is_read(point: Point, said: pytest.LogCaptureFixture) -> None:
    lay(point, replace(id_card(Person(NUMBER_RIGHT)), pulled_after=0))
    assert "平放" in repr(point.screen.see("message", "没有读出这张卡"))
    wait_for(lambda: "it was pulled away or could not be read" in said.text, "staff are told why")
    assert NUMBER_RIGHT not in said.text


def test_an_id_card_whose_check_digit_is_wrong(point: Point, said: pytest.LogCaptureFixture) -> None:
    lay(point, id_card(Person(NUMBER_WRONG)))
    assert "平放" in repr(point.screen.see("message", "没有读出这张卡"))
    wait_for(lambda: "the ID number's check digit is wrong" in said.text, "staff are told why")
    assert NUMBER_WRONG[:12] not in said.text
