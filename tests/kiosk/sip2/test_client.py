"""The client against the simulated ILS, healthy and broken: above all, what is known after each failure."""

import logging
import ssl
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from hardware_sim.ils import IlsAdmin, IlsServer, load_catalogue, load_readers
from kiosk.sip2 import protocol as sip
from kiosk.sip2.client import (
    IlsCrowded,
    IlsNonsense,
    IlsRefusedLogin,
    IlsUnknown,
    IlsUnreachable,
    Server,
    Sip2Client,
)
from tests.kiosk.sip2.certificate import self_signed
from tests.kiosk.sip2.conftest import Clock, ScriptedIls

TITLES = {item.title: item.item_id for item in reversed(load_catalogue())}
READERS = {reader.name: reader for reader in load_readers()}
BOOK = TITLES["傲慢与偏见"]
READER = READERS["张样例"].reader_id
DIALECT = sip.Dialect(institution_id="MZ", location_code="mz-taiping-03")


def server_for(port: int, **changes: object) -> Server:
    usual = {"user": "kiosk", "password": "mazhang", "dialect": DIALECT, "reply_timeout_s": 5.0}
    return Server("127.0.0.1", port, **(usual | changes))  # type: ignore[arg-type]


@pytest.fixture
def client(ils: IlsServer, clock: Clock) -> Iterator[Sip2Client]:
    kiosk = Sip2Client(server_for(ils.port), clock)
    yield kiosk
    kiosk.close()


@pytest.fixture
def hasty(ils: IlsServer, clock: Clock) -> Iterator[Sip2Client]:
    """A client that waits only a moment for answers."""
    kiosk = Sip2Client(server_for(ils.port, reply_timeout_s=1.0), clock)
    yield kiosk
    kiosk.close()


def acts(admin: IlsAdmin, item_id: str = BOOK) -> list[str]:
    return [entry["act"] for entry in admin.item(item_id)["history"]]


# -- all is well -----------------------------------------------------------------------------------------


def test_a_loan_from_card_to_return(client: Sip2Client, admin: IlsAdmin) -> None:
    reader = client.patron_information(READERS["张样例"].card_uid.hex().upper(), summary=sip.Summary.CHARGED)
    assert (reader.patron_id, reader.personal_name, reader.valid_patron) == (READER, "张样例", True)
    assert client.item_information(BOOK).circulation_status is sip.CirculationStatus.AVAILABLE

    loan = client.checkout(READER, BOOK)
    assert (loan.ok, loan.renewal_ok, loan.desensitize, loan.title_id) == (True, False, True, "傲慢与偏见")
    assert admin.item(BOOK)["loan"]["reader_id"] == READER
    due = sip.read_due(loan.due_date)
    assert due is not None and due > datetime.now()

    renewed = client.renew(READER, BOOK)
    later = sip.read_due(renewed.due_date)
    assert renewed.ok and later is not None and later > due

    back = client.checkin(BOOK)
    assert (back.ok, back.patron_id) == (True, READER)
    assert (back.alert_type, back.destination_location) == ("04", "mz-main"), "it is to travel home"
    assert admin.item(BOOK)["loan"] is None
    assert admin.item(BOOK)["at"] == "mz-taiping-03"
    assert client.end_session(READER).end_session


def test_the_ils_says_what_it_is(client: Sip2Client) -> None:
    assert client.acs_status is None
    status = client.status()
    assert (status.online, status.protocol_version) == (True, "2.00")
    assert client.acs_status is not None and client.connected
    assert client.round_trip_s == 0.0  # the test's clock stands still


def test_a_pin_is_judged_only_when_given(client: Sip2Client) -> None:
    pin = READERS["张样例"].pin
    answers = [client.patron_status(READER, given).valid_patron_password for given in (None, pin, "wrong")]
    assert answers == [None, True, False]


def test_a_hold_and_its_end(client: Sip2Client, admin: IlsAdmin) -> None:
    assert client.hold(sip.HoldMode.ADD, READER, BOOK, pickup_location="mz-taiping-03").ok
    assert [hold["reader_id"] for hold in admin.item(BOOK)["holds"]] == [READER]
    assert client.hold(sip.HoldMode.DELETE, READER, BOOK).ok
    assert admin.item(BOOK)["holds"] == []


def test_renewing_everything(client: Sip2Client) -> None:
    reader = READERS["曾逾期"].reader_id
    result = client.renew_all(reader)
    assert (result.renewed_count, result.unrenewed_count) == (3, 0)
    assert set(result.renewed_items) == {TITLES[title] for title in ("骆驼祥子", "子夜", "雷雨")}


def test_a_whole_list_though_the_server_pages_it(scripted: ScriptedIls, clock: Clock) -> None:
    def page(*items: str) -> bytes:
        charged = "".join(f"AU{item}|" for item in items)
        counts = "000000000004000000000000"
        line = f"64              00120261122    075150{counts}AOMZ|AA1|AE|BLY|{charged}AU |"
        return line.encode() + b"\r"

    scripted.will(b"941\r", STATUS, page("9", "7", "2"), page("2", "1"))
    client = Sip2Client(server_for(scripted.port), clock)
    reader, entries = client.patron_list("1", sip.Summary.CHARGED)
    assert entries == ("9", "7", "2", "1")
    assert reader.charged_count == 4
    assert b"|BP4|BQ4|" in scripted.heard[-1]


STATUS = b"98YYYYNN10000520261122    0751482.00AOMZ|BXYYYYYYYYYYYNYYYY|\r"


def test_offline_loans_bear_their_own_time(scripted: ScriptedIls, clock: Clock) -> None:
    scripted.will(
        b"941\r",
        STATUS,
        b"121NNY20261122    075149AOMZ|AA2|AB3|AJ|AH|\r",
        b"101YNN20261122    075149AOMZ|AB3|AQ|\r",
    )
    client = Sip2Client(server_for(scripted.port), clock)
    then, due = datetime(2026, 11, 20, 9, 30), datetime(2026, 12, 20, 23, 59)
    client.checkout("2", "3", done_at=then, due=due)
    client.checkin("3", done_at=then)
    assert scripted.heard[2].startswith(b"11NY20261120    09300020261220    235900AOMZ|AA2|AB3|")
    assert scripted.heard[3].startswith(b"09Y") and scripted.heard[3][21:39] == b"20261120    093000"


# -- what is known after a failure -----------------------------------------------------------------------


def test_nobody_there_means_not_done(client: Sip2Client, admin: IlsAdmin) -> None:
    admin.do("down")
    with pytest.raises(IlsUnreachable, match="cannot connect") as caught:
        client.checkout(READER, BOOK)
    assert READER not in str(caught.value) and BOOK not in str(caught.value)
    admin.do("up")
    assert acts(admin) == []


def test_closed_while_idle_is_found_out_before_anything_is_sent(client: Sip2Client, admin: IlsAdmin) -> None:
    client.status()
    admin.do("down")
    admin.do("up")
    assert client.checkout(READER, BOOK).ok
    assert acts(admin) == ["checkout"]


@pytest.mark.parametrize(
    ("fault", "done"),
    [
        ("hang_before", []),
        ("hang_after", ["checkout"]),
        ("close_before_doing", []),
        ("close_after_doing", ["checkout"]),
        ("nonsense_after_doing", ["checkout"]),
    ],
)
def test_sent_without_a_valid_answer_means_unknown(
    hasty: Sip2Client, admin: IlsAdmin, fault: str, done: list[str]
) -> None:
    """The same error whether it was done or not; asking the ILS settles it, on a new connection."""
    hasty.status()
    admin.do(fault, code="11")
    with pytest.raises(IlsUnknown) as caught:
        hasty.checkout(READER, BOOK)
    assert READER not in str(caught.value) and BOOK not in str(caught.value)
    assert not hasty.connected
    is_charged = hasty.item_information(BOOK).circulation_status is sip.CirculationStatus.CHARGED
    assert is_charged is bool(done)
    assert acts(admin) == done, "sent once and never again"


@pytest.mark.parametrize("call", ["checkin", "renew", "end_session"])
def test_every_change_is_sent_once(hasty: Sip2Client, admin: IlsAdmin, call: str) -> None:
    hasty.checkout(READER, BOOK)
    admin.do("close_after_doing")
    arguments = {"checkin": (BOOK,), "renew": (READER, BOOK), "end_session": (READER,)}[call]
    with pytest.raises(IlsUnknown, match="closed by the server"):
        getattr(hasty, call)(*arguments)
    hasty.status()
    expected = {"checkin": ["checkin"], "renew": ["renewal"], "end_session": []}[call]
    assert acts(admin) == ["checkout", *expected]


def test_an_ils_at_its_connection_limit(hasty: Sip2Client, admin: IlsAdmin) -> None:
    admin.do("full")
    with pytest.raises(IlsCrowded, match="limit of connections"):
        hasty.checkout(READER, BOOK)
    assert acts(admin) == []


def test_a_refused_login_is_told_apart(ils: IlsServer, clock: Clock) -> None:
    client = Sip2Client(server_for(ils.port, password="wrong"), clock)
    with pytest.raises(IlsRefusedLogin, match="user or password"):
        client.status()
    with pytest.raises(IlsRefusedLogin, match="next try in 1 s"):
        client.status()


def test_failed_connections_are_spaced_out_and_then_tried_again(
    client: Sip2Client, admin: IlsAdmin, clock: Clock
) -> None:
    admin.do("down")
    waits = []
    for _ in range(9):
        with pytest.raises(IlsUnreachable, match="cannot connect"):
            client.status()
        with pytest.raises(IlsUnreachable, match="next try in") as caught:
            client.status()
        waits.append(int(caught.value.detail.split()[-2]))
        clock.now += waits[-1]
    assert waits == [1, 2, 4, 8, 8, 8, 8, 8, 8]
    admin.do("up")
    assert client.status().online


def test_a_slow_answer_within_the_deadline_is_waited_for(client: Sip2Client, admin: IlsAdmin) -> None:
    client.status()
    admin.do("delay_ms", ms=200)
    assert client.checkout(READER, BOOK).ok


# -- strange answers -------------------------------------------------------------------------------------

ITEM = b"1803020120261122    075149AB3|AJ\xe7\xba\xa2|"
OTHER_ITEM = b"1803020120261122    075149AB4|AJ|\r"


def test_plain_text_is_kept_for_staff_but_not_told(scripted: ScriptedIls, clock: Clock) -> None:
    scripted.will(b"941\r", STATUS, b"HTTP/1.1 500 for reader 2\r")
    client = Sip2Client(server_for(scripted.port), clock)
    with pytest.raises(IlsNonsense, match="message 11: not a SIP2 message") as caught:
        client.checkout("2", "3")
    assert caught.value.text == "HTTP/1.1 500 for reader 2"
    assert "HTTP" not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (OTHER_ITEM, "another item"),
        (b"121NNY20261122    075149AOMZ|AA2|AB3|AJ|AH|\r", "answered with message 12"),
        (b"x" * 70_000, "no line end"),
        (b"18\r", "ends before"),
    ],
)
def test_an_answer_to_something_else_is_none(
    scripted: ScriptedIls, clock: Clock, answer: bytes, fault: str
) -> None:
    scripted.will(b"941\r", STATUS, answer)
    client = Sip2Client(server_for(scripted.port), clock)
    with pytest.raises(IlsNonsense, match=fault):
        client.item_information("3")
    assert not client.connected


def test_a_question_is_asked_again_when_the_server_wants_it(scripted: ScriptedIls, clock: Clock) -> None:
    scripted.will(b"941\r", STATUS, b"96\r", b"96AZFEF6\r", ITEM + b"\r")
    client = Sip2Client(server_for(scripted.port), clock)
    assert client.item_information("3").title_id == "红"
    assert scripted.heard[2] == scripted.heard[3] == scripted.heard[4]


def test_a_question_is_not_asked_for_ever(scripted: ScriptedIls, clock: Clock) -> None:
    scripted.will(b"941\r", STATUS, *[b"96\r"] * 10)
    client = Sip2Client(server_for(scripted.port), clock)
    with pytest.raises(IlsUnknown, match="asks for it again"):
        client.item_information("3")
    assert len(scripted.heard) == 5


def test_a_change_is_not_repeated_even_when_the_server_wants_it(scripted: ScriptedIls, clock: Clock) -> None:
    scripted.will(b"941\r", STATUS, b"96\r", b"never\r")
    client = Sip2Client(server_for(scripted.port), clock)
    with pytest.raises(IlsUnknown, match="message 11"):
        client.checkout("2", "3")
    assert len(scripted.heard) == 3


@pytest.mark.parametrize("trailer", [b"AY2AZ0000", b"AY7AZ"])
@pytest.mark.parametrize("policy", list(sip.ChecksumPolicy))
def test_bad_trailers_by_policy(
    scripted: ScriptedIls,
    clock: Clock,
    trailer: bytes,
    policy: sip.ChecksumPolicy,
    caplog: pytest.LogCaptureFixture,
) -> None:
    scripted.will(b"941\r", STATUS, ITEM + trailer + b"\r")
    client = Sip2Client(server_for(scripted.port, dialect=sip.Dialect(checksum=policy)), clock)
    with caplog.at_level(logging.WARNING):
        if policy is sip.ChecksumPolicy.STRICT:
            with pytest.raises(IlsNonsense, match=r"checksum is wrong|another sequence"):
                client.item_information("3")
        else:
            assert client.item_information("3").item_id == "3"
    assert bool(caplog.records) is (policy is not sip.ChecksumPolicy.OFF)
    assert any(b"AZ" in line for line in scripted.heard) is (policy is not sip.ChecksumPolicy.OFF)
    assert not any("3" in record.getMessage().split("message")[-1] for record in caplog.records)


def test_line_feeds_and_other_line_ends(scripted: ScriptedIls, clock: Clock) -> None:
    """CRLF, a line feed that comes late, and one inside a title."""
    scripted.will(b"\r\n941\r\n", STATUS + b"\n", b"\n" + ITEM.replace(b"|AJ", b"|AJa\n") + b"\r\n")
    client = Sip2Client(server_for(scripted.port), clock)
    assert client.item_information("3").title_id == "a\n红"


def test_poisoned_values_are_never_sent(client: Sip2Client, admin: IlsAdmin) -> None:
    with pytest.raises(ValueError, match="field AB"):
        client.checkout(READER, "3|9")
    assert client.checkout(READER, BOOK).ok


def test_sequence_numbers_run_and_wrap(scripted: ScriptedIls, clock: Clock) -> None:
    scripted.will(b"941\r", *[STATUS] * 12)
    client = Sip2Client(server_for(scripted.port), clock)
    for _ in range(11):
        client.status()
    sequences = [line[line.rindex(b"AY") + 2 : line.rindex(b"AZ")] for line in scripted.heard]
    assert b"".join(sequences) == b"0123456789012"


# -- other logins ----------------------------------------------------------------------------------------


def test_a_telnet_style_login(clock: Clock) -> None:
    scripted = ScriptedIls(greeting=b"\r\nWelcome\r\nLogin: ")
    scripted.will(b"Password: ", b"Login OK.  Initiating SIP\r\n", STATUS, STATUS)
    dialect = sip.Dialect(login=sip.LoginStyle.TELNET)
    client = Sip2Client(server_for(scripted.port, dialect=dialect), clock)
    assert client.status().online
    assert scripted.heard[:2] == [b"kiosk", b"mazhang"]
    scripted.close()


def test_a_telnet_style_refusal(clock: Clock) -> None:
    scripted = ScriptedIls(greeting=b"login: ")
    scripted.will(b"password: ", b"Invalid login\r\n", b"")
    client = Sip2Client(server_for(scripted.port, dialect=sip.Dialect(login=sip.LoginStyle.TELNET)), clock)
    with pytest.raises(IlsRefusedLogin):
        client.status()
    scripted.close()


def test_no_login_at_all(scripted: ScriptedIls, clock: Clock) -> None:
    scripted.will(STATUS, STATUS)
    client = Sip2Client(server_for(scripted.port, dialect=sip.Dialect(login=sip.LoginStyle.NONE)), clock)
    assert client.status().online
    assert scripted.heard[0].startswith(b"9900302.00")


def test_a_user_that_cannot_be_written_is_a_matter_of_configuration(ils: IlsServer, clock: Clock) -> None:
    client = Sip2Client(server_for(ils.port, user="ki|osk"), clock)
    with pytest.raises(IlsUnreachable, match=r"field CN.*configuration"):
        client.status()
    assert not client.connected


# -- idle connections ------------------------------------------------------------------------------------


def test_keep_alive_and_giving_back(scripted: ScriptedIls, clock: Clock) -> None:
    scripted.will(b"941\r", *[STATUS] * 20)
    server = server_for(scripted.port, keep_alive_s=100, idle_close_s=250)
    client = Sip2Client(server, clock)
    client.tend()
    assert not client.connected, "nothing asked, nothing opened"
    client.status()
    asked = len(scripted.heard)
    for seconds in (50, 50, 99, 1, 49):
        clock.now += seconds
        client.tend()
    assert len(scripted.heard) == asked + 2, "one status each 100 s"
    assert client.connected
    clock.now += 1
    client.tend()
    assert not client.connected, "250 s without a reader"


def test_a_connection_that_died_in_silence_is_proven_before_a_loan_is_entrusted(
    hasty: Sip2Client, admin: IlsAdmin, clock: Clock
) -> None:
    hasty.status()
    clock.now += 31
    admin.do("hang_before")  # the old connection is dead, as when a router forgot it
    assert hasty.checkout(READER, BOOK).ok
    assert acts(admin) == ["checkout"]


def test_a_keep_alive_that_fails_raises_nothing(client: Sip2Client, admin: IlsAdmin, clock: Clock) -> None:
    client.status()
    admin.do("down")
    clock.now += 500
    client.tend()
    assert not client.connected
    admin.do("up")
    assert client.status().online


# -- privacy and TLS -------------------------------------------------------------------------------------


def test_logs_name_nobody(hasty: Sip2Client, admin: IlsAdmin, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        hasty.patron_information(READER, "1037", sip.Summary.CHARGED)
        admin.do("hang_after", code="11")
        with pytest.raises(IlsUnknown):
            hasty.checkout(READER, BOOK, pin="1037")
        admin.do("down")
        with pytest.raises(IlsUnreachable):
            hasty.item_information(BOOK)
    for secret in (READER, BOOK, "1037", "张样例", "mazhang"):
        assert secret not in caplog.text
    assert "mazhang" not in repr(hasty.__dict__)


def test_the_same_inside_tls(tmp_path: Path, clock: Clock) -> None:
    certificate, key = self_signed(tmp_path)
    inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    inside.load_cert_chain(certificate, key)
    with IlsServer(tmp_path / "ils.sqlite", tls=inside) as ils:
        admin = IlsAdmin(ils.admin_port)
        trusting = ssl.create_default_context(cafile=str(certificate))
        client = Sip2Client(server_for(ils.port, tls=trusting), clock)
        assert client.checkout(READER, BOOK).ok
        admin.do("down")
        admin.do("up")
        assert client.checkin(BOOK).ok, "the closed connection was found out"
        assert acts(admin) == ["checkout", "checkin"]
        distrusting = Sip2Client(server_for(ils.port, tls=ssl.create_default_context()), clock)
        with pytest.raises(IlsUnreachable, match="cannot connect"):
            distrusting.status()
        admin.close()
        client.close()
