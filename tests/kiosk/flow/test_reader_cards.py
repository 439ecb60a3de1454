"""Cards and codes that sign in, and those that do not: what happens, and the sentence the reader sees."""

from dataclasses import replace

import pytest

from devices.kinds import (
    CardContent,
    CardTapped,
    CardTechnology,
    CardUnread,
    CodeScanned,
    IdNumber,
    NdefTexts,
)
from kiosk import texts
from kiosk.credentials import ByIdNumber, ByNdef, CardRules, Check, Rule
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.events import CodeRefusal
from kiosk.flow.ils_values import Block
from kiosk.flow.session import Hint, Message, Stage
from kiosk.flow.touch import Action
from kiosk.view import view
from kiosk.view_data import MessageScreen
from tests.kiosk.flow.table import CARD, READER, Table, book

TEXTS = texts.load()
ID, NUMBER = "11010519491231002X", "21234000000018"
RULES = CardRules(
    {
        CardTechnology.RESIDENT_ID: Rule(ByIdNumber()),
        CardTechnology.TYPE2: Rule(ByNdef(), check=Check.LIBRARY),
    }
)
CODE = "SZ1:AAAA"


@pytest.fixture
def table() -> Table:
    table = Table()
    table.session = replace(table.session, rules=replace(table.session.rules, cards=RULES))
    table.effects.clear()
    return table


def tapped(technology: CardTechnology, content: CardContent | None = None, uid: bytes = CARD) -> CardTapped:
    return CardTapped(b"" if technology is CardTechnology.RESIDENT_ID else uid, technology, content)


def resident(number: str = ID) -> CardTapped:
    return tapped(CardTechnology.RESIDENT_ID, IdNumber(number))


def library(text: str = NUMBER) -> CardTapped:
    return tapped(CardTechnology.TYPE2, NdefTexts((text,)))


def shown(table: Table) -> MessageScreen:
    screen = view(table.session, TEXTS).screen
    assert isinstance(screen, MessageScreen)
    return screen


def noted(table: Table) -> list[str]:
    return [note.words for note in table.take(fx.NoteForStaff)]


# -- who is asked about ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("card", "credential"), [(resident(), ID), (library(), NUMBER)])
def test_the_ils_is_asked_about_the_number_that_the_card_bears(
    table: Table, card: CardTapped, credential: str
) -> None:
    table.event(card)
    assert table.only(fx.AskReader).credential == credential


def test_a_kind_of_card_without_a_rule_goes_by_its_uid(table: Table) -> None:
    table.event(tapped(CardTechnology.MIFARE_CLASSIC))
    assert table.only(fx.AskReader).credential == CARD.hex().upper()


# -- cards that sign nobody in -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("card", "title", "advice", "reason"),
    [
        (library("no number"), "这不是读者证", "请刷读者证", "cannot be a reader's number"),
        (library("21234000000017"), "这不是读者证", "请刷读者证", "library check"),
        (tapped(CardTechnology.TYPE2, CardUnread.NOTHING_THERE), "这不是读者证", "分馆办理", "no NDEF text"),
        (tapped(CardTechnology.TYPE2, CardUnread.UNREADABLE), "没有读出这张卡", "平放", "pulled away"),
        (resident("110105194912310020"), "没有读出这张卡", "平放", "check digit is wrong"),
        (tapped(CardTechnology.RESIDENT_ID, CardUnread.UNREADABLE), "没有读出这张卡", "平放", "pulled away"),
    ],
)
def test_a_refused_card_says_what_to_do_and_tells_staff_why(
    table: Table, card: CardTapped, title: str, advice: str, reason: str
) -> None:
    table.event(card)
    assert table.take(fx.AskReader) == []
    assert shown(table).title == title and advice in shown(table).advice
    (words,) = noted(table)
    assert reason in words and "2123" not in words and "1949" not in words
    table.wait(table.session.rules.message_s)
    assert table.stage is Stage.IDLE


def test_a_refused_card_is_followed_by_the_right_one_at_once(table: Table) -> None:
    table.event(tapped(CardTechnology.TYPE2, CardUnread.UNREADABLE))
    table.event(library())
    assert table.stage is Stage.SIGNING_IN and table.only(fx.AskReader).credential == NUMBER


def test_a_card_bound_to_nobody(table: Table) -> None:
    table.event(resident())
    table.event(ev.ReaderAnswered(ID, None))
    assert shown(table).title == "这张卡没有登记" and "分馆" in shown(table).advice


def test_a_cancelled_card(table: Table) -> None:
    table.event(library())
    table.event(ev.ReaderAnswered(NUMBER, replace(READER, block=Block.CARD_LOST)))
    assert "挂失" in shown(table).text and table.session.reader is None


# -- two cards, and cards that lie there -------------------------------------------------------------------


def signed_in(table: Table, card: CardTapped, credential: str) -> Table:
    table.pad(book(1))
    table.event(card)
    table.event(ev.ReaderAnswered(credential, READER))
    assert table.stage is Stage.STACK and table.session.reader == READER
    return table


@pytest.mark.parametrize(
    ("first", "credential", "second"), [(library(), NUMBER, resident()), (resident(), ID, library())]
)
def test_an_id_card_and_a_reader_card_together(
    table: Table, first: CardTapped, credential: str, second: CardTapped
) -> None:
    """The first counts; the second, whoever's it is, changes nothing but says so."""
    signed_in(table, first, credential).effects.clear()
    table.event(second)
    assert table.session.hint is Hint.OTHER_CARD and table.session.reader == READER
    assert table.take(fx.AskReader) == []


def test_two_cards_at_once_while_the_first_is_looked_up(table: Table) -> None:
    table.event(library())
    table.event(resident())
    assert [asked.credential for asked in table.take(fx.AskReader)] == [NUMBER]
    table.event(ev.ReaderAnswered(NUMBER, READER))
    assert table.session.reader == READER


def test_a_strange_card_beside_ones_own_throws_nobody_out(table: Table) -> None:
    signed_in(table, library(), NUMBER)
    table.event(tapped(CardTechnology.TYPE2, CardUnread.WRONG_KEY))
    assert table.stage is Stage.STACK and table.session.hint is Hint.NOT_A_READER_CARD
    assert view(table.session, TEXTS).screen


def test_somebody_who_returns_books_keeps_the_stack_when_a_card_is_refused(table: Table) -> None:
    table.touch(Action.START_RETURN)
    table.event(tapped(CardTechnology.TYPE2, CardUnread.UNREADABLE))
    assert table.stage is Stage.STACK and table.session.hint is Hint.CARD_UNREADABLE


def test_a_card_left_there_for_hours_starts_nothing(table: Table) -> None:
    """It was told once, at its arrival (`kiosk.jobs.CardJob`): the visit ends, the next reader is served."""
    signed_in(table, library(), NUMBER)
    for _ in range(60):
        table.wait(120)
    assert table.stage is Stage.IDLE and table.session.reader is None
    table.effects.clear()
    table.event(resident())
    assert table.only(fx.AskReader).credential == ID


# -- signed codes ------------------------------------------------------------------------------------------


def scanned(table: Table, text: str = CODE, symbology: str | None = "qr") -> None:
    table.event(CodeScanned(text, symbology))


def test_a_signed_code_signs_in_once_it_was_checked(table: Table) -> None:
    scanned(table)
    assert table.only(fx.CheckReaderCode).code == CODE and table.stage is Stage.IDLE
    table.event(ev.ReaderCodeChecked(CODE, NUMBER))
    assert table.only(fx.AskReader).credential == NUMBER
    table.event(ev.ReaderAnswered(NUMBER, READER))
    assert table.session.reader == READER


@pytest.mark.parametrize(
    ("why", "title", "advice"),
    [
        (CodeRefusal.EXPIRED, "这个二维码已过期", "刷新"),
        (CodeRefusal.USED, "这个二维码已经用过", "刷新"),
        (CodeRefusal.NOT_GENUINE, "这不是本馆的二维码", "重新打开"),
        (CodeRefusal.CANNOT_CHECK, "本机暂时不能核对二维码", "刷读者证"),
    ],
)
def test_a_refused_code_says_what_to_do(table: Table, why: CodeRefusal, title: str, advice: str) -> None:
    scanned(table)
    table.event(ev.ReaderCodeChecked(CODE, why, "why not"))
    assert shown(table).title == title and advice in shown(table).advice
    assert noted(table) == ["a reader code was refused: why not"]


def test_a_telephone_left_before_the_scanner_is_checked_once(table: Table) -> None:
    for _ in range(5):
        scanned(table)
    assert len(table.take(fx.CheckReaderCode)) == 1
    table.event(ev.ReaderCodeChecked(CODE, NUMBER))
    table.event(ev.ReaderAnswered(NUMBER, READER))
    scanned(table)
    assert table.session.hint is None and table.take(fx.CheckReaderCode) == []


def test_another_telephone_while_somebody_is_here_is_not_used_up(table: Table) -> None:
    signed_in(table, library(), NUMBER)
    scanned(table)
    assert table.session.hint is Hint.OTHER_CARD and table.take(fx.CheckReaderCode) == []


def test_a_code_is_not_used_up_while_nobody_can_be_asked(table: Table) -> None:
    table.event(ev.IlsDown("no route"))
    scanned(table)
    assert table.take(fx.CheckReaderCode) == [] and table.session.message is Message.ILS_DOWN


def test_an_answer_that_comes_too_late_signs_nobody_in(table: Table) -> None:
    scanned(table)
    signed_in(table, library(), NUMBER)
    table.effects.clear()
    table.event(ev.ReaderCodeChecked(CODE, "25240000010028"))
    assert table.take(fx.AskReader) == [] and table.session.reader == READER


def test_the_end_of_a_visit_forgets_the_code(table: Table) -> None:
    scanned(table)
    table.event(ev.ReaderCodeChecked(CODE, NUMBER))
    table.event(ev.ReaderAnswered(NUMBER, READER))
    table.touch(Action.END)
    assert table.session.code == "" and CODE not in repr(table.session)


@pytest.mark.parametrize(("symbology", "asked"), [("codabar", 1), (None, 1), ("qr", 0)])
def test_a_plain_number_signs_in_from_a_barcode_only(table: Table, symbology: str | None, asked: int) -> None:
    scanned(table, NUMBER, symbology)
    assert len(table.take(fx.AskReader)) == asked
    assert (table.session.hint is Hint.NOT_A_READER_CODE) is (asked == 0)


def test_numbers_are_in_no_repr() -> None:
    for value in (resident(), library(), fx.CheckReaderCode(CODE), ev.ReaderCodeChecked(CODE, NUMBER)):
        assert not any(secret in repr(value) for secret in (ID, NUMBER, CODE, "04A1", "x04"))
