"""The gaps in a place's data, as its page shows them: from what counters told to the sentence."""

from datetime import timedelta

import pytest

from broker_config.events import Visits
from broker_config.values import hour, timestamp
from central.board import Board
from central.intake import Heard
from central.store import Store
from central.web.live import TEMPLATES
from central.web.place import past_of
from central.web.statistics_words import sentence
from central.web.texts import Language, Words
from tests.central.heard import NOW, Kiosk, ago
from tests.central.test_board import PLACES, board, store
from tests.central.web.inside import ZONE

__all__ = ["board", "store"]
PLACE = PLACES.place[0]
TEMPLATE = TEMPLATES.get_template("missing.html")


def shown(board: Board, language: Language) -> str:
    past, words = past_of(board, PLACE, NOW), Words(language, ZONE)
    door = [sentence(words, note) for note in past.door]
    return TEMPLATE.render(t=words, missing=past.missing, days=past.days, door=door)


def told(counter: Kiosk, back: timedelta, entries: int, **more: object) -> Heard:
    at = NOW - back
    values = {"hour": hour(at), "entries": entries, "count_type": "entries", "complete": True} | more
    return counter.event(Visits, at, **values)


@pytest.fixture
def counter(store: Store) -> Kiosk:
    """Heard all the month."""
    made = Kiosk(f"{PLACE.id}.door-1", "n-1")
    store.take([made.heartbeat(ago(days=40)), made.heartbeat()])
    return made


def test_nothing_is_missing(board: Board, store: Store, counter: Kiosk) -> None:
    store.take([told(counter, timedelta(hours=1), 5, while_closed=False)])
    assert "数据完整，没有缺口。" in shown(board, Language.CHINESE)


def test_visits_that_were_lost_are_shown_with_their_number(
    board: Board, store: Store, counter: Kiosk
) -> None:
    store.take([told(counter, timedelta(days=3), 5, entries_total=50)])
    counter.seq += 2
    store.take([told(counter, timedelta(days=1), 4, entries_total=1_288)])
    page = shown(board, Language.CHINESE)
    assert "近 30 天进馆人次：11月19日 11:04 至 11月21日 11:04 有 1,234 人次未收到、未计入" in page
    assert "11月20日：进馆人次不完整" in page and "没有缺口" not in page
    assert "1,234 visits between" in shown(board, Language.ENGLISH)


def test_people_of_a_gap_and_of_closed_hours_are_shown(board: Board, store: Store, counter: Kiosk) -> None:
    since = timestamp(ago(days=2, hours=3))
    store.take([told(counter, timedelta(days=2), 30, complete=False, since=since)])
    store.take([told(counter, timedelta(days=1), 2, while_closed=True)])
    page = shown(board, Language.CHINESE)
    assert "共 30 人次不知具体时间" in page
    assert "其中 2 人次在闭馆时间进入，已计入" in page
