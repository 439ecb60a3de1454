"""Cards and codes through the whole kiosk but its window: two card readers, and signed codes."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broker_config import topics
from broker_config.from_centre import Wanted
from broker_config.messages import encode
from broker_config.topics import Identity
from central.reader_cards import ReaderCardKeys
from hardware_sim.sdt_idcard import Person, id_card
from kiosk import clock
from tests.kiosk.place import READERS
from tests.kiosk.test_app import IDENTITY, Point, running_with
from tests.waiting import wait_for

ID = "11010519491231002X"
READER = "李示范"
ID_CARD_READER = """
[[device]]
model = "sdt_idcard"
name = "id_cards"
port = "{port}"
[cards.type2]
pattern = "[0-9A-F]{{14}}"
[cards.type4a]
way = "refuse"
"""


@pytest.fixture
def point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Point]:
    monkeypatch.setattr(clock, "_synchronised", lambda: True)
    with running_with(ID_CARD_READER, tmp_path) as made:
        yield made


def test_two_card_readers_and_each_card_gets_its_sentence(
    point: Point, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    point.here.world.card = id_card(Person(ID))
    point.screen.see("message", "这张卡没有登记")
    point.here.world.card = point.here.world.cards["王试读"]  # type 4A
    point.screen.see("message", "这不是读者证")
    point.here.world.card = id_card(Person("110105194912310020"))
    point.screen.see("message", "没有读出这张卡")
    point.here.world.card = point.here.world.cards[READER]
    point.screen.see("stack", "李*范")
    assert "type4a cards are not accepted here" in caplog.text
    assert "check digit is wrong" in caplog.text
    for secret in ("19491231", READERS[READER].card_uid.hex(), READERS["王试读"].card_uid.hex(), "样例村"):
        assert secret.lower() not in caplog.text.lower()


def test_a_signed_code_signs_in_once_by_keys_that_the_centre_sent(point: Point, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    keys = ReaderCardKeys(tmp_path / "cards")
    keys.rotate(now)
    number = READERS[READER].reader_id
    code = keys.sign(number, now)
    point.here.world.scans.append(f"]Q3{code}")
    point.screen.see("message", "本机暂时不能核对二维码")
    wanted = Wanted(version=1, card_keys=keys.public(now))
    point.centre.publish(topics.wanted(Identity.parse(IDENTITY)), encode(wanted), retain=True)
    wait_for(lambda: point.kiosk._journal.card_keys() == keys.public(now), "the centre's keys")
    point.here.world.scans.append(f"]Q3{keys.sign(number, now)}")
    point.screen.see("stack", "李*范")


def test_a_photograph_of_a_code_is_worth_nothing_afterwards(point: Point, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    keys = ReaderCardKeys(tmp_path / "cards")
    keys.rotate(now)
    point.kiosk._journal.set_card_keys(keys.public(now))
    code = keys.sign(READERS[READER].reader_id, now)
    point.here.world.scans.append(code)
    point.screen.see("stack", "李*范")
    point.touch(_end(point))
    point.screen.see("idle")
    point.here.world.scans.append(code)
    point.screen.see("message", "这个二维码已经用过")


def _end(point: Point):
    return next(b.touch.action for b in point.screen.now.screen.buttons if b.touch.action.value == "end")
