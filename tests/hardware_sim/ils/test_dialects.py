"""The makes of ILS that the simulated one passes for, as a bare socket hears them."""

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hardware_sim.ils import DIALECTS, IlsAdmin, IlsDialect, IlsServer
from kiosk.sip2 import protocol as sip
from tests.hardware_sim.ils.conftest import TODAY
from tests.hardware_sim.ils.sample import ITEM, READER

DATE = b"20261122    093000"
LOGIN = b"9300CNkiosk|COmazhang|"
WRONG_LOGIN = b"9300CNkiosk|COguess|"
STATUS = b"9900302.00"


class Wire:
    """A socket to the server: bytes out, whatever comes back in."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 5)

    def hear(self, end: bytes = b"\r") -> bytes:
        """Up to `end`; less at the end of the stream."""
        heard = b""
        while not heard.endswith(end) and (byte := self.socket.recv(1)):
            heard += byte
        return heard

    def ask(self, line: bytes, end: bytes = b"\r") -> bytes:
        self.socket.sendall(line + b"\r")
        return self.hear(end)


Open = Callable[..., Wire]


@pytest.fixture
def dial(tmp_path: Path) -> Iterator[Open]:
    """Start a server of that dialect (once) and connect to it."""
    servers: dict[str, IlsServer] = {}
    wires: list[Wire] = []

    def connect(dialect: str | IlsDialect) -> Wire:
        name = dialect if isinstance(dialect, str) else "own"
        if name not in servers:
            value = DIALECTS[dialect] if isinstance(dialect, str) else dialect
            servers[name] = IlsServer(tmp_path / f"{name}.sqlite", dialect=value, now=lambda: TODAY)
            servers[name].start()
        wires.append(Wire(servers[name].port))
        return wires[-1]

    yield connect
    for wire in wires:
        wire.socket.close()
    for server in servers.values():
        server.stop()


@pytest.fixture
def koha(dial: Open) -> Wire:
    return logged_in(dial("koha"))


@pytest.fixture
def evergreen(dial: Open) -> Wire:
    return logged_in(dial("evergreen"))


def logged_in(wire: Wire) -> Wire:
    assert wire.ask(LOGIN) == b"941\r"
    return wire


def checkin(item: str, place: str = "mz-taiping-03") -> bytes:
    return b"09N" + DATE * 2 + f"AP{place}|AOMZ|AB{ITEM[item]}|AC|".encode()


def account(reader: str, summary: bytes = b"          ") -> bytes:
    return b"63001" + DATE + summary + f"AOMZ|AA{READER[reader]}|".encode()


# -- unknown messages and logins -------------------------------------------------------------------------


def test_koha_asks_again_for_what_it_does_not_know(koha: Wire) -> None:
    assert koha.ask(b"77hello|") == b"96\r"
    assert koha.ask(STATUS).startswith(b"98Y")


@pytest.mark.parametrize("line", [b"77hello|", b"25" + DATE + b"AOMZ|AA1|", b"1720"])
def test_evergreen_hangs_up_on_what_it_does_not_know(evergreen: Wire, line: bytes) -> None:
    assert evergreen.ask(line) == b""


def test_koha_hangs_up_after_one_wrong_login_or_none(dial: Open) -> None:
    wire = dial("koha")
    assert wire.ask(WRONG_LOGIN) == b"940\r"
    assert wire.hear() == b""
    assert dial("koha").ask(STATUS) == b""


def test_evergreen_gives_three_tries(dial: Open) -> None:
    wire = dial("evergreen")
    assert [wire.ask(WRONG_LOGIN) for _ in range(2)] == [b"940\r"] * 2
    assert wire.ask(LOGIN) == b"941\r"
    other = dial("evergreen")
    assert [other.ask(WRONG_LOGIN) for _ in range(3)] == [b"940\r"] * 3
    assert other.hear() == b""


def test_dp2_drops_who_does_not_log_in(dial: Open) -> None:
    assert DIALECTS["dp2"].login_within_s == 10
    hasty = replace(DIALECTS["dp2"], login_within_s=0.3)
    began = time.monotonic()
    assert dial(hasty).hear() == b""
    assert 0.2 < time.monotonic() - began < 5
    patient = logged_in(dial(hasty))
    patient.socket.settimeout(0.6)
    with pytest.raises(TimeoutError):
        patient.hear()
    patient.socket.settimeout(5)
    assert patient.ask(STATUS).startswith(b"98Y"), "logged in, it may be idle"


def test_telnet_prompts(dial: Open) -> None:
    wire = dial("telnet")
    assert wire.hear(b": ") == b"login: "
    assert wire.ask(b"kiosk", b": ") == b"password: "
    assert wire.ask(b"mazhang") == b"Login OK.  Initiating SIP\r"
    assert wire.hear(b"\n") == b"\n"
    status = wire.ask(b"9900301.00", b"\n")
    assert status == b"98YYYYNN10000520261122    0930001.00AOMZ|BX|\r\n"


def test_telnet_asks_three_times(dial: Open) -> None:
    wire = dial("telnet")
    wire.hear(b": ")
    for last in (False, False, True):
        assert wire.ask(b"kiosk", b": ") == b"password: "
        answer = wire.ask(b"guess", b"\r\n" if last else b"login: ")
        assert answer == (b"Invalid login\r\n" if last else b"Invalid login\r\nlogin: ")
    assert wire.hear() == b""


# -- checksums -------------------------------------------------------------------------------------------


def test_strict_asks_again_without_a_right_checksum(dial: Open) -> None:
    wire = dial("strict")
    assert wire.ask(LOGIN) == b"96\r"
    assert wire.ask(LOGIN + b"AY0AZ0000") == b"96\r"
    right = sip.encode(
        sip.Login(login_user_id="kiosk", login_password="mazhang"), DIALECTS["strict"].wire, sequence=0
    )
    assert wire.ask(right.rstrip(b"\r")) == b"941AY0AZFDFD\r"
    assert wire.ask(STATUS) == b"96\r"


def test_line_feeds_alone_are_never_answered(koha: Wire) -> None:
    koha.socket.settimeout(0.3)
    koha.socket.sendall(STATUS + b"\n")
    with pytest.raises(TimeoutError):
        koha.hear()


# -- meaning ---------------------------------------------------------------------------------------------


def test_hold_counts_differ_in_meaning(koha: Wire, evergreen: Wire) -> None:
    assert koha.ask(account("萧预约", b"Y         "))[37:41] == b"0000", "none is ready"
    answer = evergreen.ask(account("萧预约", b"Y         "))
    assert answer[37:41] == b"0002"
    assert answer.count(b"|AS") == 2


def test_koha_hangs_up_after_a_transfer_of_what_was_not_on_loan_though_it_is_recorded(dial: Open) -> None:
    assert logged_in(dial("koha")).ask(checkin("镜花缘")) == b""
    answer = logged_in(dial("koha")).ask(b"17" + DATE + f"AOMZ|AB{ITEM['镜花缘']}|".encode())
    assert b"|APmz-taiping-03|" in answer and answer.startswith(b"1803")


def test_a_transfer_of_what_was_on_loan_is_announced(koha: Wire) -> None:
    answer = koha.ask(checkin("子夜"))
    assert answer.startswith(b"101YNY") and b"|CTmz-main|" in answer and b"|CV04|" in answer


def test_evergreen_shows_what_travels(evergreen: Wire) -> None:
    assert evergreen.ask(checkin("镜花缘")).startswith(b"101YNY")
    assert evergreen.ask(b"17" + DATE + f"AOMZ|AB{ITEM['镜花缘']}|".encode()).startswith(b"1810")


def test_koha_prints_perl_references(koha: Wire) -> None:
    """Where nobody waits for the item, and between the two lists of a renewal of everything."""
    answer = koha.ask(checkin("镜花缘", "mz-main"))
    assert answer.count(b"=HASH(0x") == 2
    read = sip.parse(answer.rstrip(b"\r"), sip.Dialect()).message
    assert isinstance(read, sip.CheckinReply) and read.alert_type is None
    renewed = koha.ask(b"65" + DATE + f"AOMZ|AA{READER['蔡测试']}|".encode())
    assert b"C4::SIP::SIPServer=HASH(0x55f450456a38)BN" in renewed
    both = sip.parse(renewed.rstrip(b"\r"), sip.Dialect()).message
    assert isinstance(both, sip.RenewAllReply)
    assert both.unrenewed_items == (ITEM["三体"],)
    assert len(both.renewed_items) == both.renewed_count == 1


def test_dp2_speaks_chinese_in_gb18030_and_dashes_its_days(dial: Open) -> None:
    wire = logged_in(dial("dp2"))
    greeting = wire.ask(account("谢大欠费")).decode("gb18030")
    assert "|AFGreetings" not in greeting and "欠费 68.00 元" in greeting
    answer = wire.ask(b"17" + DATE + f"AOMZ|AB{ITEM['红楼梦']}|".encode()).decode("gb18030")
    assert "AH2026-12-04|" in answer and "AJ红楼梦|" in answer


# -- limits and wrong answers ----------------------------------------------------------------------------


def test_beyond_the_limit_a_connection_is_taken_and_never_answered(tmp_path: Path) -> None:
    with IlsServer(tmp_path / "ils.sqlite") as ils:
        ils.faults.limit = 2
        first, second, third = (Wire(ils.port) for _ in range(3))
        logged_in(first), logged_in(second)
        third.socket.settimeout(0.3)
        with pytest.raises(TimeoutError):
            third.ask(LOGIN)
        first.socket.close()
        assert eventually_answers(ils.port)


def eventually_answers(port: int) -> bool:
    """Once the server has noticed that a place is free."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        wire = Wire(port)
        wire.socket.settimeout(0.2)
        try:
            return wire.ask(LOGIN) == b"941\r"
        except TimeoutError:
            wire.socket.close()
    return False


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("half_after_doing", b"1803020120261122    "),
        ("wrong_item_after_doing", b"AB99999|AJ"),
        ("wrong_checksum_after_doing", b"AZ0000\r"),
        ("no_trailer_after_doing", b"|\r"),
    ],
)
def test_wrong_answers(ils: IlsServer, admin: IlsAdmin, fault: str, expected: bytes) -> None:
    wire = logged_in(Wire(ils.port))
    admin.do(fault, code="17")
    request = sip.ItemInformationRequest(transaction_date=TODAY, institution_id="MZ", item_id=ITEM["镜花缘"])
    line = sip.encode(request, sip.Dialect(), sequence=4).rstrip(b"\r")
    answer = wire.ask(line)
    assert expected in answer
    if fault == "half_after_doing":
        assert not answer.endswith(b"\r")
    if fault == "wrong_item_after_doing":
        received = sip.parse(answer.rstrip(b"\r"), sip.Dialect())
        assert (received.checksum, received.sequence) == (sip.Checksum.RIGHT, 4)


def test_every_message_is_counted(ils: IlsServer, admin: IlsAdmin) -> None:
    wire = logged_in(Wire(ils.port))
    for _ in range(3):
        wire.ask(STATUS)
    assert (admin.heard("93"), admin.heard("99"), admin.heard("11")) == (1, 3, 0)
