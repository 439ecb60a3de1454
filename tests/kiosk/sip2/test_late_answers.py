"""Asked again (96), answered twice, answered late: no answer is ever taken for another request's."""

import logging
from contextlib import ExitStack

import pytest

from kiosk.sip2.client import IlsUnknown, IlsUnreachable
from tests.kiosk.sip2.other_server import Answer, Manners
from tests.kiosk.sip2.test_others_trouble import NONE, SHORT, usual
from tests.kiosk.sip2.test_servers_of_others import ITEM, LOAN, LOGIN, READER, STATUS, USUAL, client_of, stack

__all__ = ["stack"]


@pytest.mark.parametrize("again", [b"96", b"97", b"96AZFEF6"])
def test_a_question_is_asked_again_with_its_own_number(stack: ExitStack, again: bytes) -> None:
    client, other = client_of(stack, usual(_17=[again, ITEM]))
    assert client.item_information("3").item_id == "3"
    first, second = (line for line in other.heard if line[:2] == b"17")
    assert first == second


def numbered(line: bytes, number: int) -> bytes:
    return line + b"AY%d" % number


def test_a_late_answer_is_never_taken_for_the_next_readers(
    stack: ExitStack, caplog: pytest.LogCaptureFixture
) -> None:
    """Asked again, the server answers both copies; the second comes while the next reader is asked about."""
    caplog.set_level(logging.INFO, "kiosk.sip2")
    late, right = READER.replace(b"AA2", b"AA1"), READER
    script: list[Answer] = [b"96", numbered(late, 2), numbered(late, 2) + b"\r" + numbered(right, 3)]
    ended: dict[bytes, Answer | list[Answer]] = {
        b"93": numbered(LOGIN, 0),
        b"99": numbered(STATUS, 1),
        b"63": script,
    }
    client, other = client_of(stack, Manners(ended))
    assert client.patron_information("1").patron_id == "1"
    assert client.patron_information("2").patron_id == "2"
    assert other.codes() == [b"93", b"99", b"63", b"63", b"63"], "on one connection"
    assert f"ILS 127.0.0.1:{other.port}: a late answer was passed over" in caplog.messages


def test_a_late_loan_is_never_taken_for_another(stack: ExitStack) -> None:
    """The same title in two copies and a server that leaves ids out: only the number tells them apart."""
    bare = LOAN.replace(b"AB3", b"AB")
    answers = {b"93": numbered(LOGIN, 0), b"99": numbered(STATUS, 1), b"11": numbered(bare, 1)}
    client, other = client_of(stack, Manners(answers), **SHORT)
    with pytest.raises(IlsUnknown, match="no answer in time"):
        client.checkout("2", "3")
    assert other.codes().count(b"11") == 1


def test_without_numbers_a_connection_that_was_asked_twice_is_not_used_on(stack: ExitStack) -> None:
    client, other = client_of(stack, Manners({**USUAL, b"63": [b"96", READER]}))
    client.patron_information("2")
    assert not client.connected
    assert client.checkout("2", "3").ok
    assert other.codes() == [b"93", b"99", b"63", b"63", b"93", b"99", b"11"]


def test_a_number_that_never_fitted_makes_no_answer_late(stack: ExitStack) -> None:
    """dp2 writes AY4 on everything: also where a request happens to be number 4."""
    client, other = client_of(stack, Manners(USUAL, sequence=b"AY4"))
    for _ in range(12):
        assert client.item_information("3").item_id == "3"
    assert other.codes().count(b"93") == 1


def test_a_server_that_counts_and_once_miscounts_in_the_beginning_is_believed(stack: ExitStack) -> None:
    answers = {b"93": numbered(LOGIN, 0), b"99": numbered(STATUS, 7), b"17": numbered(ITEM, 7)}
    client, _ = client_of(stack, Manners(answers))
    assert client.item_information("3").item_id == "3"


def test_an_answer_without_a_number_is_never_late(stack: ExitStack) -> None:
    """Koha leaves AY out of some answers."""
    answers = {b"93": numbered(LOGIN, 0), b"99": numbered(STATUS, 1), b"17": ITEM}
    client, _ = client_of(stack, Manners(answers))
    assert client.item_information("3").item_id == "3"


def test_a_server_that_hangs_up_after_each_answer_and_knows_no_login(stack: ExitStack) -> None:
    """Whether its end is seen before the loan is sent is chance; that the loan is never sent twice is not."""
    client, other = client_of(stack, Manners(USUAL, hangs_up=True), dialect=NONE)
    with pytest.raises(
        (IlsUnreachable, IlsUnknown), match=r"hangs up|closed by the server|sending failed|broke"
    ):
        client.checkout("2", "3")
    assert other.codes().count(b"11") <= 1 and not client.connected
