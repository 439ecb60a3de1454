"""The client against every dialect of the simulated ILS: the same visit, the same certainty after failures.

What changes something is counted at the server: each was heard once, whatever happened to its answer.
"""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from hardware_sim.ils import DIALECTS, IlsAdmin, IlsServer, load_catalogue, load_readers
from hardware_sim.ils.faults import Fault
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
STATUS = b"98YYYYNN10000520261122    0751482.00AOMZ|BXYYYYYYYYYYYNYYYY|\r"
CHANGES = {"11": "checkout", "09": "checkin", "29": "renewal"}


@pytest.fixture(params=sorted(DIALECTS))
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ils(tmp_path: Path, dialect: str) -> Iterator[IlsServer]:
    with IlsServer(tmp_path / "ils.sqlite", dialect=DIALECTS[dialect]) as server:
        yield server


@pytest.fixture
def client(ils: IlsServer, dialect: str, clock: Clock) -> Iterator[Sip2Client]:
    kiosk = Sip2Client(server_for(ils.port, dialect), clock)
    yield kiosk
    kiosk.close()


def server_for(port: int, dialect: str, **changes: object) -> Server:
    wire = replace(DIALECTS[dialect].wire, institution_id="MZ", location_code="mz-taiping-03")
    usual = {"user": "kiosk", "password": "mazhang", "dialect": wire, "reply_timeout_s": 1.0}
    return Server("127.0.0.1", port, **(usual | changes))  # type: ignore[arg-type]


def acts(admin: IlsAdmin) -> list[str]:
    return [entry["act"] for entry in admin.item(BOOK)["history"]]


# -- all is well -----------------------------------------------------------------------------------------


def test_a_whole_visit(client: Sip2Client, admin: IlsAdmin) -> None:
    reader = client.patron_information(READER, READERS["张样例"].pin)
    assert (reader.personal_name, reader.valid_patron_password) == ("张样例", True)
    loan = client.checkout(READER, BOOK)
    assert (loan.ok, loan.title_id) == (True, "傲慢与偏见")
    due, stored = sip.read_due(loan.due_date), datetime.fromisoformat(admin.item(BOOK)["loan"]["due"])
    assert due is not None and (due.date(), due.hour, due.minute) == (stored.date(), 23, 59)
    assert sip.read_due(client.item_information(BOOK).due_date) == due
    _, listed = client.patron_list(READER, sip.Summary.CHARGED)
    assert listed == (BOOK,)
    again = client.checkout(READER, BOOK)
    assert (again.ok, again.renewal_ok) == (True, True), "every server renews on a second checkout"
    back = client.checkin(BOOK)
    assert (back.ok, back.alert_type, back.destination_location) == (True, "04", "mz-main")
    assert client.end_session(READER).end_session
    assert acts(admin) == ["checkout", "renewal", "checkin"]


def test_a_wrong_password_is_told_apart(ils: IlsServer, dialect: str, clock: Clock) -> None:
    client = Sip2Client(server_for(ils.port, dialect, password="guess"), clock)
    with pytest.raises(IlsRefusedLogin, match="user or password"):
        client.status()


def test_a_limit_on_connections_is_recognised_and_outlived(
    ils: IlsServer, dialect: str, clock: Clock, admin: IlsAdmin
) -> None:
    admin.do("limit", connections=1)
    first, second = (Sip2Client(server_for(ils.port, dialect), clock) for _ in range(2))
    assert first.status().online
    with pytest.raises(IlsCrowded, match="limit of connections"):
        second.checkout(READER, BOOK)
    with pytest.raises(IlsCrowded, match="next try in 1 s"):
        second.checkout(READER, BOOK)
    admin.do("clear")
    clock.now += 2
    assert second.checkout(READER, BOOK).ok
    assert (acts(admin), admin.heard("11")) == (["checkout"], 1)


# -- what is known after a failure -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "done"),
    [
        ("hang_before", False),
        ("hang_after", True),
        ("close_before_doing", False),
        ("close_after_doing", True),
        ("half_after_doing", True),
        ("nonsense_after_doing", True),
        ("wrong_item_after_doing", True),
    ],
)
def test_no_valid_answer_is_unknown_and_settled_by_asking(
    client: Sip2Client, admin: IlsAdmin, fault: str, done: bool
) -> None:
    client.status()
    admin.do(fault, code="11")
    with pytest.raises(IlsUnknown):
        client.checkout(READER, BOOK)
    on_loan = client.item_information(BOOK).circulation_status is sip.CirculationStatus.CHARGED
    _, mine = client.patron_list(READER, sip.Summary.CHARGED)
    assert (on_loan, BOOK in mine) == (done, done)
    assert (acts(admin), admin.heard("11")) == (["checkout"] * done, 1)


@pytest.mark.parametrize("code", sorted(CHANGES))
@pytest.mark.parametrize("fault", ["hang_after", "close_after_doing", "nonsense_after_doing"])
def test_no_change_is_ever_sent_twice(client: Sip2Client, admin: IlsAdmin, code: str, fault: str) -> None:
    if code != "11":
        client.checkout(READER, BOOK)
    before = admin.heard(code)
    admin.do(fault, code=code)
    with pytest.raises(IlsUnknown):
        {
            "11": lambda: client.checkout(READER, BOOK),
            "09": lambda: client.checkin(BOOK),
            "29": lambda: client.renew(READER, BOOK),
        }[code]()
    client.tend()
    assert client.status().online
    assert admin.heard(code) == before + 1
    assert acts(admin).count(CHANGES[code]) == 1


def test_an_ils_that_went_away_and_came_back(client: Sip2Client, admin: IlsAdmin, clock: Clock) -> None:
    assert client.checkout(READER, BOOK).ok
    admin.do("down")
    for wait_s in (1, 2, 4):
        with pytest.raises(IlsUnreachable, match="nothing listens there"):
            client.checkin(BOOK)
        with pytest.raises(IlsUnreachable, match=f"next try in {wait_s} s"):
            client.checkin(BOOK)
        clock.now += wait_s
    admin.do("up")
    assert client.checkin(BOOK).ok
    assert (acts(admin), admin.heard("09")) == (["checkout", "checkin"], 1)


# -- what only some do -----------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", ["koha"], indirect=True)
def test_koha_hangs_up_after_a_transfer_but_it_is_recorded(client: Sip2Client, admin: IlsAdmin) -> None:
    with pytest.raises(IlsUnknown, match="closed by the server"):
        client.checkin(BOOK)
    assert client.item_information(BOOK).current_location == "mz-taiping-03"
    assert (acts(admin), admin.heard("09")) == (["checkin"], 1)


@pytest.mark.parametrize("dialect", ["koha"], indirect=True)
def test_perl_references_are_nobody(client: Sip2Client) -> None:
    """Between two lists they are skipped; as a value they stay, beside an alert that says there is none."""
    result = client.renew_all(READERS["蔡测试"].reader_id)
    assert (result.renewed_count, result.unrenewed_items) == (1, (TITLES["三体"],))


@pytest.mark.parametrize("dialect", ["evergreen"], indirect=True)
def test_evergreen_hangs_up_on_what_it_does_not_know(client: Sip2Client, admin: IlsAdmin) -> None:
    session = client._session
    assert client.status().supports("19") is False
    update = sip.ItemStatusUpdate(
        transaction_date=None, institution_id="MZ", item_id=BOOK, item_properties="wet"
    )
    with pytest.raises(IlsUnknown, match="closed by the server"):
        session.exchange(update, sip.ItemStatusUpdateReply)
    assert client.checkout(READER, BOOK).ok


@pytest.mark.parametrize("dialect", ["koha", "evergreen"], indirect=True)
def test_counts_differ_in_meaning(client: Sip2Client, dialect: str) -> None:
    reader, ready = client.patron_list(READERS["萧预约"].reader_id, sip.Summary.HOLD)
    assert (reader.hold_count, len(ready)) == ((0, 0) if dialect == "koha" else (2, 2))


@pytest.mark.parametrize("dialect", ["strict"], indirect=True)
def test_a_wrong_checksum_is_no_answer_where_checksums_are_strict(
    client: Sip2Client, admin: IlsAdmin
) -> None:
    client.status()
    admin.do("wrong_checksum_after_doing", code="11")
    with pytest.raises(IlsNonsense, match="checksum is wrong"):
        client.checkout(READER, BOOK)
    assert (acts(admin), admin.heard("11")) == (["checkout"], 1)


@pytest.mark.parametrize("dialect", ["strict"], indirect=True)
def test_a_server_that_wants_checksums_and_gets_none(ils: IlsServer, clock: Clock) -> None:
    server = server_for(ils.port, "strict")
    bare = replace(server, dialect=replace(server.dialect, checksum=sip.ChecksumPolicy.OFF))
    with pytest.raises(IlsUnreachable, match="no login: message 93: it asks for it again: checksum"):
        Sip2Client(bare, clock).checkout(READER, BOOK)


@pytest.mark.parametrize("dialect", ["dp2"], indirect=True)
def test_chinese_in_another_encoding_is_garbled_but_breaks_nothing(ils: IlsServer, clock: Clock) -> None:
    server = server_for(ils.port, "dp2")
    wrong = replace(server, dialect=replace(server.dialect, encoding=sip.Encoding.UTF_8))
    reply = Sip2Client(wrong, clock).item_information(BOOK)
    assert reply.item_id == BOOK and "�" in reply.title_id


def test_the_second_byte_of_a_gbk_character_may_be_the_separator(scripted: ScriptedIls, clock: Clock) -> None:
    """9C7Ch (sip2 reference, point 20); ASCII stands on both sides of it."""
    title = b"A\x9c\x7cB"
    scripted.will(b"941\r", STATUS, b"1803020120261122    075149AB3|AJ" + title + b"|APmz|\r")
    server = server_for(scripted.port, "dp2")
    reply = Sip2Client(server, clock).item_information("3")
    assert (reply.title_id, reply.current_location) == (title.decode("gb18030"), "mz")
    assert len(reply.title_id) == 3


@pytest.mark.parametrize("dialect", ["telnet"], indirect=True)
@pytest.mark.parametrize("secret", ["a\rb", "密码\ud800"])
def test_what_cannot_be_typed_at_a_prompt(
    ils: IlsServer, clock: Clock, secret: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = Sip2Client(server_for(ils.port, "telnet", password=secret), clock)
    with pytest.raises(IlsUnreachable, match=r"user or password .* correct the configuration") as caught:
        client.status()
    assert secret not in str(caught.value) + caplog.text


# -- TLS -------------------------------------------------------------------------------------------------


def test_every_dialect_inside_tls(tmp_path: Path, dialect: str, clock: Clock) -> None:
    certificate, key = self_signed(tmp_path)
    inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    inside.load_cert_chain(certificate, key)
    trusting = ssl.create_default_context(cafile=str(certificate))
    with IlsServer(tmp_path / "tls.sqlite", tls=inside, dialect=DIALECTS[dialect]) as ils:
        client = Sip2Client(server_for(ils.port, dialect, tls=trusting), clock)
        assert client.checkout(READER, BOOK).title_id == "傲慢与偏见"
        ils.faults.plan(Fault.CLOSE_AFTER_DOING, code="09")
        with pytest.raises(IlsUnknown):
            client.checkin(BOOK)
        assert client.item_information(BOOK).circulation_status is not sip.CirculationStatus.CHARGED
        client.close()


def test_why_tls_cannot_begin(tmp_path: Path, clock: Clock) -> None:
    """An unknown CA, a name that is not the certificate's, and a server that speaks no TLS at all."""
    certificate, key = self_signed(tmp_path)
    inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    inside.load_cert_chain(certificate, key)
    trusting = ssl.create_default_context(cafile=str(certificate))
    with IlsServer(tmp_path / "tls.sqlite", tls=inside) as ils:
        stranger = server_for(ils.port, "koha", tls=ssl.create_default_context())
        misnamed = replace(server_for(ils.port, "koha", tls=trusting), host="localhost")
        for server in (stranger, misnamed):
            with pytest.raises(IlsUnreachable, match="its certificate is not trusted"):
                Sip2Client(server, clock).status()
    with Answering(b"220 not TLS\r\n") as port, pytest.raises(IlsUnreachable, match="no TLS is spoken"):
        Sip2Client(server_for(port, "koha", tls=trusting), clock).status()
    with Answering(b"") as port, pytest.raises(IlsCrowded) as caught:
        Sip2Client(server_for(port, "koha", tls=trusting, connect_timeout_s=0.3), clock).status()
    assert caught.value.detail == (
        "took the connection but never began TLS: it speaks none, or its limit of connections is used up"
    )


class Answering:
    """A port that says one thing to whoever connects, then listens for ever."""

    def __init__(self, greeting: bytes) -> None:
        self._greeting = greeting
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._connections: list[socket.socket] = []

    def __enter__(self) -> int:
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return int(self._listening.getsockname()[1])

    def __exit__(self, *_: object) -> None:
        for one in (self._listening, *self._connections):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._thread.join(timeout=5)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self._connections.append(connection)
                connection.sendall(self._greeting)


def test_a_name_that_does_not_exist(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_such_name(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_such_name)
    nowhere = replace(server_for(6001, "koha"), host="ils.invalid")
    with pytest.raises(IlsUnreachable, match="no such name"):
        Sip2Client(nowhere, clock).status()
