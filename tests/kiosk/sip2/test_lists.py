"""Whole lists of a reader, page by page, and what a call sends when little is given to it."""

from collections.abc import Iterator

import pytest

from kiosk.sip2 import protocol as sip
from kiosk.sip2.client import Server, Sip2Client
from tests.kiosk.sip2.conftest import Clock, ScriptedIls

LOGIN, STATUS = b"941\r", b"98YYYYNN10000520261122    0751482.00AOMZ|BXYYYYYYYYYYYNYYYY|\r"
CLOCK = "20261122    075149"


@pytest.fixture
def client(scripted: ScriptedIls, clock: Clock) -> Iterator[Sip2Client]:
    made = Sip2Client(Server("127.0.0.1", scripted.port, "kiosk", reply_timeout_s=5.0), clock)
    yield made
    made.close()


def page(charged: int, *items: str) -> bytes:
    listed = "".join(f"AU{item}|" for item in items)
    counts = f"00000000{charged:04}000000000000"
    return f"64              001{CLOCK}{counts}AOMZ|AA1|AE|BLY|{listed}\r".encode()


def fields(line: bytes) -> set[str]:
    body, _, _ = line.decode().partition("AY")
    return set(body[35:].split("|")) - {""}


def test_every_page_is_asked_for_with_reader_pin_and_list(scripted: ScriptedIls, client: Sip2Client) -> None:
    scripted.will(LOGIN, STATUS, page(3, "9"), page(3, "7"), page(3, "2"))
    _, entries = client.patron_list("1", sip.Summary.CHARGED, pin="1234")
    assert entries == ("9", "7", "2")
    first, second, third = scripted.heard[2:]
    assert {line[23:33] for line in (first, second, third)} == {first[23:33]} and b"Y" in first[23:33]
    assert fields(first) >= {"AA1", "AD1234"} and not {"BP2", "BP3"} & fields(first)
    assert fields(second) >= {"AA1", "AD1234", "BP2", "BQ3"}
    assert fields(third) >= {"AA1", "AD1234", "BP3", "BQ3"}


def test_a_server_that_sends_the_same_page_for_ever_ends_the_list(
    scripted: ScriptedIls, client: Sip2Client
) -> None:
    scripted.will(LOGIN, STATUS, page(4, "9", "7"), page(4, "9", "7"))
    reader, entries = client.patron_list("1", sip.Summary.CHARGED)
    assert entries == ("9", "7") and reader.charged_count == 4


@pytest.mark.parametrize("charged", [0, 1])
def test_a_list_that_is_whole_is_asked_for_once(
    scripted: ScriptedIls, client: Sip2Client, charged: int
) -> None:
    scripted.will(LOGIN, STATUS, page(charged, "9"))
    assert client.patron_list("1", sip.Summary.CHARGED)[1] == ("9",)
    assert len(scripted.heard) == 3


def test_who_asks_for_no_part_of_a_list_sends_none(scripted: ScriptedIls, client: Sip2Client) -> None:
    scripted.will(LOGIN, STATUS, page(0))
    client.patron_information("1")
    assert not [field for field in fields(scripted.heard[2]) if field[:2] in ("BP", "BQ", "AD")]


def test_a_plain_loan_agrees_to_no_fee_and_cancels_nothing(scripted: ScriptedIls, client: Sip2Client) -> None:
    scripted.will(LOGIN, STATUS, f"121NNY{CLOCK}AOMZ|AA2|AB3|AJ|AH|\r".encode())
    client.checkout("2", "3")
    body, _, _ = scripted.heard[2].decode().partition("AY")
    assert body.startswith("11NN")
    assert {"AA2", "AB3", "BON", "BIN"} <= set(body[38:].split("|"))


def test_a_list_whose_length_is_not_told_is_asked_for_once(scripted: ScriptedIls, client: Sip2Client) -> None:
    """OCLC LBS4 leaves counts blank."""
    scripted.will(LOGIN, STATUS, page(0, "9", "7").replace(b"0" * 24, b" " * 24))
    reader, entries = client.patron_list("1", sip.Summary.CHARGED)
    assert (reader.charged_count, entries, len(scripted.heard)) == (None, ("9", "7"), 3)
