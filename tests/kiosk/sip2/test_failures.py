"""What is said of each failure, to the word, and what is then known: errors name server and message."""

import logging
import socket
import ssl
from collections.abc import Iterator

import pytest

from kiosk.sip2 import protocol as sip
from kiosk.sip2.client import (
    IlsCrowded,
    IlsError,
    IlsNonsense,
    IlsRefusedLogin,
    IlsUnknown,
    IlsUnreachable,
    Server,
    Sip2Client,
)
from kiosk.sip2.server import tls_context
from tests.kiosk.sip2.conftest import Clock, ScriptedIls

LOGIN, STATUS = b"941\r", b"98YYYYNN10000520261122    0751482.00AOMZ|BXYYYYYYYYYYYNYYYY|\r"
ITEM = b"1803020120261122    075149AB3|AJ|"
TELNET = sip.Dialect(login=sip.LoginStyle.TELNET)


def server_at(port: int, **changes: object) -> Server:
    usual = {"user": "kiosk", "password": "mazhang", "reply_timeout_s": 5.0}
    return Server("127.0.0.1", port, **(usual | changes))  # type: ignore[arg-type]


@pytest.fixture
def client(scripted: ScriptedIls, clock: Clock) -> Iterator[Sip2Client]:
    made = Sip2Client(server_at(scripted.port), clock)
    yield made
    made.close()


def said(client: Sip2Client, expected: type[IlsError]) -> str:
    """What an item's information fails with, without the server's name, which it must bear."""
    with pytest.raises(expected) as caught:
        client.item_information("3")
    assert type(caught.value) is expected
    where = f"ILS {caught.value.server}: "
    assert caught.value.server.startswith("127.0.0.1:") and str(caught.value).startswith(where)
    return str(caught.value).removeprefix(where)


# -- logging in ------------------------------------------------------------------------------------------


def test_a_server_that_never_answers_may_be_full(scripted: ScriptedIls, clock: Clock) -> None:
    scripted.will(None)
    client = Sip2Client(server_at(scripted.port, reply_timeout_s=0.3), clock)
    words = "took the connection but never answered: its limit of connections may be used up"
    assert said(client, IlsCrowded) == words


def test_a_server_that_hangs_up_at_login(scripted: ScriptedIls, client: Sip2Client) -> None:
    scripted.will(b"")
    assert said(client, IlsUnreachable) == "no login: message 93: connection was closed by the server"


def test_a_server_that_hangs_up_before_its_prompt(clock: Clock) -> None:
    with_greeting = ScriptedIls(b"welcome\r\n")
    with_greeting.will()
    client = Sip2Client(server_at(with_greeting.port, dialect=TELNET), clock)
    assert said(client, IlsUnreachable) == "no login: connection was closed by the server"
    with_greeting.close()


def test_a_refused_login_says_what_to_correct(scripted: ScriptedIls, client: Sip2Client) -> None:
    scripted.will(b"940\r")
    words = "refused the kiosk's user or password: correct them in its configuration"
    assert said(client, IlsRefusedLogin) == words


@pytest.mark.parametrize("user", ["kiosk\r", "ki\nosk"])
def test_what_cannot_be_typed_is_not_quoted(clock: Clock, user: str) -> None:
    prompting = ScriptedIls(b"login: ")
    prompting.will(b"password: ")
    client = Sip2Client(server_at(prompting.port, user=user, dialect=TELNET), clock)
    words = "no login: user or password holds a line end; correct the configuration"
    assert said(client, IlsUnreachable) == words
    prompting.close()


def test_the_login_tells_where_the_kiosk_stands(scripted: ScriptedIls, clock: Clock) -> None:
    scripted.will(LOGIN, STATUS, ITEM + b"\r")
    dialect = sip.Dialect(location_code="mz-1", checksum=sip.ChecksumPolicy.OFF)
    Sip2Client(server_at(scripted.port, dialect=dialect), clock).item_information("3")
    assert scripted.heard[0] == b"9300CNkiosk|COmazhang|CPmz-1|"


# -- connecting ------------------------------------------------------------------------------------------


def test_a_reason_of_the_systems_own_is_passed_on(
    client: Sip2Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> socket.socket:
        raise OSError(113, "No route to host")

    monkeypatch.setattr(socket, "create_connection", refuse)
    words = "cannot connect (No route to host): check the network, the address and the server"
    assert said(client, IlsUnreachable) == words


def test_a_name_that_can_be_none_is_told_apart(clock: Clock) -> None:
    client = Sip2Client(Server("x" * 64, 6001), clock)
    with pytest.raises(IlsUnreachable) as caught:
        client.status()
    assert caught.value.detail == (
        "cannot connect (UnicodeError): check the network, the address and the server"
    )


def test_the_systems_own_authorities_are_trusted_without_a_file() -> None:
    assert tls_context().verify_mode is ssl.CERT_REQUIRED


# -- asking ----------------------------------------------------------------------------------------------


def test_what_never_left_was_certainly_not_done(
    scripted: ScriptedIls, client: Sip2Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> int:
        raise BrokenPipeError(32, "Broken pipe")

    scripted.will(LOGIN, STATUS, STATUS, None)
    client.status()
    monkeypatch.setattr(socket.socket, "send", broken)
    assert said(client, IlsUnreachable) == "message 17: sending failed (Broken pipe)"


def test_an_error_without_words_goes_by_its_name(
    scripted: ScriptedIls, client: Sip2Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> int:
        raise ConnectionAbortedError

    scripted.will(LOGIN, STATUS, STATUS, None)
    client.status()
    monkeypatch.setattr(socket.socket, "send", broken)
    assert said(client, IlsUnreachable) == "message 17: sending failed (ConnectionAbortedError)"


def test_a_server_that_always_asks_again(scripted: ScriptedIls, client: Sip2Client) -> None:
    scripted.will(LOGIN, STATUS, *[b"96\r"] * 3)
    words = "message 17: it asks for it again: checksum, encoding or line end may not suit it"
    assert said(client, IlsUnknown) == words


def test_an_answer_about_another_item_is_kept_as_it_came(scripted: ScriptedIls, client: Sip2Client) -> None:
    other = b"1803020120261122    075149AB4|AJ\xff|"
    scripted.will(LOGIN, STATUS, other + b"\r")
    with pytest.raises(IlsNonsense) as caught:
        client.item_information("3")
    assert caught.value.detail == "message 17: the answer is about another item"
    assert caught.value.text == other.decode("utf-8", "replace")


@pytest.mark.parametrize("answered", [b"", b"\xe4\xb9\xa6", b" 3 "], ids=["nothing", "not ASCII", "padded"])
def test_a_number_that_a_server_mangles_is_not_another(
    scripted: ScriptedIls, client: Sip2Client, answered: bytes
) -> None:
    scripted.will(LOGIN, STATUS, ITEM.replace(b"AB3", b"AB" + answered) + b"\r")
    assert client.item_information("3").circulation_status is sip.CirculationStatus.AVAILABLE


FAULTS = [
    (b"AY2AZ0000", "the answer's checksum is wrong"),
    (b"AY7", "the answer bears another sequence number"),
]


@pytest.mark.parametrize(("trailer", "fault"), FAULTS)
def test_a_bad_trailer_is_logged_with_server_and_message(
    scripted: ScriptedIls, client: Sip2Client, trailer: bytes, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    scripted.will(LOGIN, STATUS, ITEM + trailer + b"\r")
    client.item_information("3")
    assert caplog.messages == [f"ILS 127.0.0.1:{scripted.port}: message 17: {fault}"]


@pytest.mark.parametrize(("trailer", "fault"), FAULTS)
def test_a_bad_trailer_is_refused_by_name_where_checksums_are_strict(
    scripted: ScriptedIls, clock: Clock, trailer: bytes, fault: str
) -> None:
    scripted.will(LOGIN, STATUS, ITEM + trailer + b"\r")
    strict = sip.Dialect(checksum=sip.ChecksumPolicy.STRICT)
    assert said(Sip2Client(server_at(scripted.port, dialect=strict), clock), IlsNonsense) == (
        f"message 17: {fault}"
    )


# -- an idle connection ----------------------------------------------------------------------------------


def test_an_idle_connection_that_answers_is_used_on(
    scripted: ScriptedIls, client: Sip2Client, clock: Clock
) -> None:
    scripted.will(LOGIN, STATUS, STATUS, STATUS, ITEM + b"\r")
    client.status()
    clock.now += 30.0
    client.item_information("3")
    asked = [line[:2] for line in scripted.heard]
    assert asked == [b"93", b"99", b"99", b"99", b"17"], "proven once, on the same connection"


def test_a_connection_used_a_moment_ago_needs_no_proof(
    scripted: ScriptedIls, client: Sip2Client, clock: Clock
) -> None:
    scripted.will(LOGIN, STATUS, STATUS, ITEM + b"\r")
    client.status()
    clock.now += 29.9
    client.item_information("3")
    assert [line[:2] for line in scripted.heard] == [b"93", b"99", b"99", b"17"]


def test_an_idle_connection_that_is_lost_is_noted_and_another_made(
    scripted: ScriptedIls, client: Sip2Client, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "kiosk.sip2")
    scripted.will(LOGIN, STATUS, STATUS, b"")
    scripted.will(LOGIN, STATUS, ITEM + b"\r")
    client.status()
    clock.now += 30.0
    assert client.item_information("3").item_id == "3"
    lost = f"ILS 127.0.0.1:{scripted.port}: message 99: connection was closed by the server"
    assert f"idle connection is lost: {lost}" in caplog.messages
