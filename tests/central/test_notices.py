"""Notices: who is told what, when, and how they are taken back."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from broker_config.from_centre import Notices
from broker_config.messages import Publication, decode
from central.accounts import audit
from central.notices import MOST, BadNotice, Draft, NoticeBoard
from central.office import Office
from tests.central.accounts.people import by
from tests.central.heard import NOW

POINTS = "shuzhan/v1/notices/point"
CLOSED = Draft("point", "春节闭馆", NOW, NOW + timedelta(days=7), body_zh="二月五日至十一日")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "office.db")
    audit.have_log(made)
    yield made
    made.close()


@pytest.fixture
def board(office: Office) -> NoticeBoard:
    made = NoticeBoard(office, ["mz-taiping-03", "point", "branch", "main"])
    made.answers(NOW)
    return made


def said(publications: list[Publication]) -> dict[str, list[str]]:
    assert all(one.retain and one.qos == 1 for one in publications)
    return {
        one.topic: [notice.title_zh for notice in decode(Notices, one.payload).notices]
        for one in publications
    }


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_notice_goes_to_its_audience_once_and_is_taken_back(board: NoticeBoard) -> None:
    number = board.add(by(), CLOSED)
    assert isinstance(number, int) and not isinstance(number, BadNotice)
    assert said(board.answers(later(5))) == {POINTS: ["春节闭馆"]}
    assert board.answers(later(10)) == []
    changed = Draft("branch", "闭馆", NOW, NOW + timedelta(days=1))
    assert board.change(by(), number, changed) is True
    assert said(board.answers(later(15))) == {POINTS: [], "shuzhan/v1/notices/branch": ["闭馆"]}
    assert board.remove(by(), number) and not board.remove(by(), number)
    assert said(board.answers(later(20))) == {"shuzhan/v1/notices/branch": []}
    assert board.answers(later(25)) == []


def test_what_was_taken_back_while_nobody_ran_is_taken_back_at_the_start(office: Office) -> None:
    """The broker still holds what an earlier run published."""
    started = NoticeBoard(office, ["point"])
    assert said(started.answers(NOW)) == {POINTS: [], "shuzhan/v1/notices/all": []}


def test_one_that_is_over_is_not_sent_any_more(board: NoticeBoard) -> None:
    board.add(by(), CLOSED)
    board.add(by(), Draft("point", "讲座", NOW, NOW + timedelta(days=30)))
    assert said(board.answers(later(5))) == {POINTS: ["春节闭馆", "讲座"]}
    assert said(board.answers(NOW + timedelta(days=8))) == {POINTS: ["讲座"]}


@pytest.mark.parametrize(
    ("draft", "why"),
    [
        (Draft("nowhere", "x", NOW, later(9)), BadNotice.AUDIENCE),
        (Draft("point", " ", NOW, later(9)), BadNotice.TITLE),
        (Draft("point", "长" * 201, NOW, later(9)), BadNotice.TITLE),
        (Draft("point", "x", NOW, later(9), body_en="x" * 1001), BadNotice.BODY),
        (Draft("point", "x", later(9), NOW), BadNotice.TIME),
        (Draft("point", "x", later(-9), later(-1)), BadNotice.TIME),
    ],
)
def test_what_cannot_be_announced(board: NoticeBoard, draft: Draft, why: BadNotice) -> None:
    assert board.add(by(), draft) is why
    assert board.all() == []


def test_no_more_than_a_message_carries(board: NoticeBoard) -> None:
    numbers = [board.add(by(), CLOSED) for _ in range(MOST)]
    assert board.add(by(), CLOSED) is BadNotice.TOO_MANY
    assert board.change(by(), numbers[0], CLOSED) is True  # type: ignore[arg-type]


def test_who_announced_what_is_written_down(board: NoticeBoard, office: Office) -> None:
    board.add(by("boss"), CLOSED)
    (entry,) = audit.entries(office, audit.Wanted(), 10)
    assert (entry.actor, entry.action, entry.details["title"]) == ("boss", "notice.add", "春节闭馆")
