"""Bytes in, bytes out, against the forms that a real Koha was seen to use (tests/captures/sip2-koha.txt)."""

import re

import pytest

from hardware_sim.ils.answers import Answers
from hardware_sim.ils.circulation import Circulation
from hardware_sim.ils.conversation import Account, Conversation
from hardware_sim.ils.dialects import DIALECTS
from hardware_sim.ils.store import Item
from kiosk.sip2 import protocol as sip
from tests.hardware_sim.ils.conftest import TODAY
from tests.hardware_sim.ils.sample import ITEM, READER

LOGIN = b"9300CNkiosk|COmazhang|CPmz-main|"
DATE = b"20261122    093000"
SOMEBODY, SHELF = READER["张样例"].encode(), ITEM["镜花缘"].encode()


@pytest.fixture
def talk(circulation: Circulation) -> Conversation:
    """A conversation after login."""
    conversation = fresh(circulation)
    assert conversation.answer(LOGIN) == b"941\r"
    return conversation


def fresh(circulation: Circulation) -> Conversation:
    koha = DIALECTS["koha"]
    return Conversation(Answers(circulation, lambda: TODAY, koha), Account(), koha)


def read(line: bytes) -> sip.Message:
    return sip.parse(line.rstrip(b"\r"), sip.Dialect()).message


def checkout(item: bytes = SHELF, reader: bytes = SOMEBODY, tail: bytes = b"") -> bytes:
    return b"11YN" + DATE * 2 + b"AOMZ|AA" + reader + b"|AB" + item + b"|AC|" + tail


def test_before_login_there_is_only_login(circulation: Circulation) -> None:
    conversation = fresh(circulation)
    assert conversation.answer(b"9900302.00AY1AZFCA5") == b""
    assert conversation.ended


def test_one_failed_login_disconnects(circulation: Circulation) -> None:
    conversation = fresh(circulation)
    assert conversation.answer(b"9300CNkiosk|COguess|") == b"940\r"
    assert conversation.ended


def test_status_is_kohas_but_for_the_name(talk: Conversation) -> None:
    assert talk.answer(b"9900302.00AY1AZFCA5") == (
        b"98YYYYNN10000520261122    0930002.00AOMZ|BXYYYYYYYYYYYNYYYY|AY1AZ"
        + talk.answer(b"9900302.00AY1AZFCA5")[-5:]
    )
    assert sip.parse(talk.answer(b"9900302.00AY1AZFCA5")[:-1], sip.Dialect()).checksum is sip.Checksum.RIGHT


@pytest.mark.parametrize(
    ("request_line", "start"),
    [
        (checkout(), rb"121NNY20261122    093000AOMZ\|"),
        (checkout(reader=READER["郑停用"].encode()), rb"120NUN20261122    093000AOMZ\|"),
        (checkout(item=b"NOSUCH"), rb"120NUN20261122    093000AOMZ\|"),
        (b"09N" + DATE * 2 + b"APmz-main|AOMZ|ABNOSUCH|AC|", rb"100NUY20261122    093000AOMZ\|ABNOSUCH\|"),
        (b"09N" + DATE * 2 + b"APmz-main|AOMZ|AB" + SHELF + b"|AC|", rb"101YNN20261122    093000AOMZ\|"),
        (b"17" + DATE + b"AOMZ|AB" + SHELF + b"|", rb"1803020120261122    093000"),
        (b"17" + DATE + b"AOMZ|ABNOSUCH|", rb"1801010120261122    093000ABNOSUCH\|AJ\|"),
        (b"29NN" + DATE * 2 + b"AOMZ|AA" + SOMEBODY + b"|AB" + SHELF + b"|", rb"300NUN20261122    093000"),
        (b"35" + DATE + b"AOMZ|AA" + SOMEBODY + b"|", rb"36Y20261122    093000AOMZ\|AA\d+\|AFThank you !\|"),
        (b"77hello|", rb"96\r"),
        (b"1720261122", rb"96\r"),
        (b"17" + DATE + b"AOMZ|AB1|AY3AZ0000", rb"96\r"),
        (b"25" + DATE + b"AOMZ|AA1|", rb"96\r"),
    ],
)
def test_answers_have_the_captured_forms(talk: Conversation, request_line: bytes, start: bytes) -> None:
    answer = talk.answer(request_line)
    assert re.match(start, answer), answer
    assert answer.endswith(b"\r") and b"AZ" not in answer, "no trailer unless one was sent"


def test_a_reader_is_known_by_card_or_number(talk: Conversation, circulation: Circulation) -> None:
    reader = circulation.store.reader(READER["李示范"])
    assert reader is not None
    for key in (reader.reader_id, reader.card_uid, reader.card_uid.lower()):
        answer = read(talk.answer(b"63001" + DATE + b"  Y       AOMZ|AA" + key.encode() + b"|"))
        assert isinstance(answer, sip.PatronInformation)
        assert (answer.patron_id, answer.personal_name) == (reader.reader_id, "李示范")
        assert set(answer.entries(sip.Summary.CHARGED)) == {ITEM["平凡的世界"], ITEM["小王子"]}
        assert (answer.charged_count, answer.overdue_count, answer.charged_limit) == (2, 1, "0010")
        assert answer.valid_patron_password is None


@pytest.mark.parametrize(
    ("name", "denied", "words"),
    [
        ("张样例", set(), "Greetings from Mazhang."),
        ("何过期", {sip.Denied.CHARGE, sip.Denied.RENEWAL}, "PATRON EXPIRED"),
        ("彭挂失", {sip.Denied.CARD_LOST}, "reported lost"),
        ("谢大欠费", {sip.Denied.EXCESS_FINES, sip.Denied.EXCESS_FEES}, "owes 68.00"),
        ("叶某某", {sip.Denied.TOO_MANY_OVERDUE}, "overdue items"),
        ("罗借满", {sip.Denied.TOO_MANY_CHARGED}, "Greetings"),
    ],
)
def test_how_a_reader_stands(talk: Conversation, name: str, denied: set[sip.Denied], words: str) -> None:
    answer = read(talk.answer(b"23001" + DATE + b"AOMZ|AA" + READER[name].encode() + b"|AC|ADwrong|"))
    assert isinstance(answer, sip.PatronStatus)
    assert denied <= answer.patron_status
    assert bool(answer.patron_status) is bool(denied)
    assert words in answer.screen_message[0] and "Invalid password" in answer.screen_message[0]
    assert (answer.valid_patron, answer.valid_patron_password) == (True, False)


def test_an_unknown_reader(talk: Conversation) -> None:
    assert talk.answer(b"23001" + DATE + b"AOMZ|AAnosuch|AC|AD1|").startswith(b"24YYYY          001")
    answer = read(talk.answer(b"63001" + DATE + b"          AOMZ|AAnosuch|"))
    assert isinstance(answer, sip.PatronInformation) and answer.valid_patron is False


def test_a_fee_asks_for_consent_without_a_word(talk: Conversation) -> None:
    debtor = READER["梁欠费"].encode()
    asked = read(talk.answer(checkout(reader=debtor, tail=b"BON|")))
    assert isinstance(asked, sip.CheckoutReply)
    assert (asked.ok, asked.fee_amount, asked.screen_message) == (False, "3.50", ())
    agreed = read(talk.answer(checkout(reader=debtor, tail=b"BOY|")))
    assert isinstance(agreed, sip.CheckoutReply)
    assert (agreed.ok, agreed.fee_amount) == (True, "3.50")


def test_a_repeated_checkout_says_that_it_renewed(talk: Conversation) -> None:
    talk.answer(checkout())
    again = read(talk.answer(checkout()))
    assert isinstance(again, sip.CheckoutReply)
    assert (again.ok, again.renewal_ok) == (True, True)
    assert again.screen_message == ("Item already checked out to you: renewing item.",)


@pytest.mark.parametrize(("place", "alert"), [(b"mz-taiping-03", "01"), (b"mz-main", "02")])
def test_a_held_item_raises_an_alert(talk: Conversation, place: bytes, alert: str) -> None:
    line = b"09N" + DATE * 2 + b"AP" + place + b"|AOMZ|AB" + ITEM["三体"].encode() + b"|AC|"
    answer = read(talk.answer(line))
    assert isinstance(answer, sip.CheckinReply)
    assert (answer.alert, answer.alert_type, answer.destination_location) == (True, alert, "mz-taiping-03")
    assert answer.hold_patron_id == READER["萧预约"]


def test_pages_reach_one_entry_too_far_as_with_koha(talk: Conversation) -> None:
    line = b"63001" + DATE + b"  Y       AOMZ|AA" + READER["罗借满"].encode() + b"|BP1|BQ1|"
    answer = read(talk.answer(line))
    assert isinstance(answer, sip.PatronInformation)
    assert (len(answer.charged_items), answer.charged_count) == (2, 3)


def test_a_payment(talk: Conversation, circulation: Circulation) -> None:
    start = b"37" + DATE + b"0400CNYBV"
    for amount, taken in ((b"99.00", b"38N"), (b"junk", b"38N"), (b"3.50", b"38Y")):
        answer = talk.answer(start + amount + b"|AOMZ|AA" + READER["梁欠费"].encode() + b"|")
        assert answer.startswith(taken)
    reader = circulation.store.reader(READER["梁欠费"])
    assert reader is not None and reader.owes_fen == 0


def test_97_repeats_the_last_answer_without_its_trailer(talk: Conversation) -> None:
    status = talk.answer(b"9900302.00AY1AZFCA5")
    assert talk.answer(b"97") == status[: status.index(b"AY1AZ")] + b"\r"


def test_a_separator_in_a_title_is_escaped(talk: Conversation, circulation: Circulation) -> None:
    item = circulation.store.item(ITEM["镜花缘"])
    assert item is not None
    with circulation.store.transaction():
        circulation.store.add_item(Item("39", "甲|乙", "I/1", item.kind, home="mz-main", at="mz-main"))
    assert "AJ甲&#124;乙|".encode() in talk.answer(b"17" + DATE + b"AOMZ|AB39|")


def test_what_cannot_be_repeated_is_not_understood(talk: Conversation) -> None:
    assert talk.answer(b"17" + DATE + b"AOMZ|AB3&#124;9|") == b"96\r"
