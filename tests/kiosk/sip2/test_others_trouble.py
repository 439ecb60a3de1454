"""What goes wrong with other people's servers: one clear sentence, and never a lost or doubled operation.

Where a way is some product's, its name stands with it; the sources are those of `test_servers_of_others.py`.
"""

import ssl
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

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
from tests.kiosk.sip2.certificate import self_signed
from tests.kiosk.sip2.conftest import Clock
from tests.kiosk.sip2.other_server import Answer, Manners, OtherServer
from tests.kiosk.sip2.test_servers_of_others import (
    ITEM,
    LOAN,
    NOW,
    READER,
    STATUS,
    USUAL,
    client_of,
    stack,
)

__all__ = ["stack"]

TELNET, NONE = sip.Dialect(login=sip.LoginStyle.TELNET), sip.Dialect(login=sip.LoginStyle.NONE)
SHORT = {"reply_timeout_s": 1.5}
SILENT = "took the connection but never answered: its limit of connections may be used up"
REFUSED = "refused the kiosk's user or password: correct them in its configuration"


@dataclass(frozen=True)
class Trouble:
    """What is done to the client, and what it must say; `sent`: how often a checkout was heard there."""

    name: str
    manners: Manners
    error: type[IlsError]
    words: str
    sent: int = 0
    dialect: sip.Dialect = field(default_factory=sip.Dialect)
    hasty: bool = False


def usual(**changes: Answer | list[Answer]) -> Manners:
    return Manners(
        {**USUAL, **{name[1:].encode(): answer for name, answer in changes.items()}}, numbered=True
    )


TROUBLES = [
    Trouble(
        "no, at a prompt",
        Manners({b"ki": b"Password:", b"ma": b"\r\nInvalid login"}, greeting=b"login: "),
        IlsRefusedLogin,
        REFUSED,
        dialect=TELNET,
    ),
    Trouble(
        "words, then the answer",
        usual(_11=b"Problems with the server\r" + LOAN),
        IlsNonsense,
        "message 11: not a SIP2 message",
        sent=1,
    ),
    Trouble(
        "no, and why",
        usual(_93=b"940|AFTerminal unknown.|"),
        IlsRefusedLogin,
        f"{REFUSED} (it says: Terminal unknown.)",
    ),
    Trouble(
        "no, and why, without a separator",
        usual(_93=b"940AFLocked|AF too often|"),
        IlsRefusedLogin,
        f"{REFUSED} (it says: Locked too often)",
    ),
    Trouble(
        "no, quoting the password",
        usual(_93=b"940AFnot mazhang|"),
        IlsRefusedLogin,
        f"{REFUSED} (it says: not ***)",
    ),
    Trouble(
        "no, at length",
        usual(_93=b"940AF" + b"x" * 90 + b"|"),
        IlsRefusedLogin,
        f"{REFUSED} (it says: {'x' * 80})",
    ),
    Trouble(
        "a login answered with nothing but its code",
        usual(_93=b"94"),
        IlsUnreachable,
        "no login: message 93: message 94: ends before ok",
    ),
    Trouble(
        "a login that is neither yes nor no",
        usual(_93=b"94U\r941"),
        IlsUnreachable,
        "no login: message 93: message 94: ok neither yes nor no",
    ),
    Trouble(
        "96 to the login",
        usual(_93=b"96"),
        IlsUnreachable,
        "no login: message 93: it asks for it again: checksum, encoding or line end may not suit it",
    ),
    Trouble(
        "off line by its own word",
        usual(_99=STATUS.replace(b"98Y", b"98N")),
        IlsUnreachable,
        "says that it is off line: ask its staff to start circulation",
    ),
    Trouble(
        "a web server",
        Manners({b"93": b"HTTP/1.1 400 Bad Request"}, hangs_up=True),
        IlsUnreachable,
        "no login: message 93: not a SIP2 message",
    ),
    Trouble(
        "only a banner",
        Manners({}, greeting=b"Welcome\r\n"),
        IlsUnreachable,
        "no login: message 93: not a SIP2 message",
        hasty=True,
    ),
    Trouble(
        "prompts where message 93 was expected",
        Manners({b"93": (b"password: ", b"")}, greeting=b"login: ", end=b""),
        IlsUnreachable,
        'prompts for user and password: set login = "telnet"',
        hasty=True,
    ),
    Trouble(
        "no prompt where one was expected",
        Manners({}),
        IlsCrowded,
        f'{SILENT}, or it prompts for no login: then set login = "sip"',
        dialect=TELNET,
        hasty=True,
    ),
    Trouble(
        "silence",
        Manners({}),
        IlsCrowded,
        SILENT,
        hasty=True,
    ),
    Trouble(
        "hangs up after each answer",
        replace(usual(), hangs_up=True),
        IlsUnreachable,
        "no login: message 99: connection was closed by the server",
    ),
    Trouble(
        "speaks unasked after its status",
        usual(_99=STATUS + b"\r" + STATUS),
        IlsUnreachable,
        "hangs up or speaks unasked right after its first answers: staff must look at its log",
    ),
    Trouble(
        "a loan answered with a question to send again",
        usual(_11=b"96"),
        IlsUnknown,
        "message 11: it asks for it again: checksum, encoding or line end may not suit it",
        sent=1,
    ),
    Trouble(
        "the same as 97",
        usual(_11=b"97"),
        IlsUnknown,
        "message 11: it asks for it again: checksum, encoding or line end may not suit it",
        sent=1,
    ),
    Trouble(
        "another item",
        usual(_11=LOAN.replace(b"AB3", b"AB4")),
        IlsNonsense,
        "message 11: the answer is about another item",
        sent=1,
    ),
    Trouble("another message", usual(_11=ITEM), IlsNonsense, "message 11: answered with message 18", sent=1),
    Trouble(
        "neither yes nor no",
        usual(_11=LOAN.replace(b"121", b"12U")),
        IlsNonsense,
        "message 11: message 12: ok neither yes nor no",
        sent=1,
    ),
    Trouble(
        "nothing in time", usual(_11=None), IlsUnknown, "message 11: no answer in time", sent=1, hasty=True
    ),
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=[trouble.name for trouble in TROUBLES])
def test_in_one_sentence(trouble: Trouble, stack: ExitStack) -> None:
    hurry = SHORT if trouble.hasty else {}
    client, other = client_of(stack, trouble.manners, dialect=trouble.dialect, **hurry)
    with pytest.raises(trouble.error) as caught:
        client.checkout("2", "3")
    assert type(caught.value) is trouble.error
    assert (caught.value.server, caught.value.detail) == (f"127.0.0.1:{other.port}", trouble.words)
    assert other.codes().count(b"11") == trouble.sent
    assert not client.connected and "mazhang" not in caught.value.detail


def test_an_error_that_is_never_ended_is_kept_for_staff(stack: ExitStack) -> None:
    """FOLIO before SIP2-208 left out the CR behind the text of an error."""
    ended = {code: line + b"\r" for code, line in USUAL.items()}
    client, _ = client_of(stack, Manners({**ended, b"11": b"Problems with reader 2"}, end=b""), **SHORT)
    with pytest.raises(IlsNonsense) as caught:
        client.checkout("2", "3")
    assert caught.value.detail == "message 11: an answer was begun and not ended in time"
    assert caught.value.text == "Problems with reader 2"


# -- what is shown ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "denied"),
    [
        (b"YYYY", {0, 1, 2, 3}),
        (b"YY Y", {0, 1, 3}),
        (b"Y  YYYYYYYYYYY", {0, *range(3, 14)}),
        (b"", set()),
    ],
)
@pytest.mark.parametrize("when", [NOW, b"20261122075149", b"20261122  075149", b"20261122\t075149"])
def test_places_that_are_too_short_shift_no_count(
    stack: ExitStack, written: bytes, denied: set[int], when: bytes
) -> None:
    line = b"64" + written + b"019" + when + b"000100020003000400050006AOMZ|AA2|AEA|BLY|"
    client, _ = client_of(stack, Manners({**USUAL, b"63": line}))
    reader = client.patron_information("2")
    assert (set(reader.patron_status), reader.language) == ({sip.Denied(place) for place in denied}, "019")
    assert [reader.count(summary) for summary in sip.Summary] == [1, 2, 3, 4, 5, 6]
    assert (reader.institution_id, reader.patron_id) == ("MZ", "2")
    assert reader.transaction_date is not None and reader.transaction_date.hour == 7


def test_fields_of_others_are_kept(stack: ExitStack) -> None:
    client, _ = client_of(stack, Manners({**USUAL, b"63": READER + b"U1x|U2|PC7|"}))
    assert client.patron_information("2").extra == (("U1", "x"), ("U2", ""), ("PC", "7"))


def test_a_last_field_without_its_end_counts_where_the_checksum_is_right(stack: ExitStack) -> None:
    line = ITEM + b"APshelf 9"
    counted = line + b"AY2AZ"
    summed = counted + b"%04X" % (-sum(counted) & 0xFFFF)
    for answer, place in ((summed, "shelf 9"), (counted + b"0000", None), (line, None)):
        client, _ = client_of(stack, Manners({**USUAL, b"17": answer}))
        assert client.item_information("3").current_location == place


# -- TLS -------------------------------------------------------------------------------------------------


def test_the_name_is_told_before_the_certificate_is_asked_for(tmp_path: Path, stack: ExitStack) -> None:
    """SNI: several libraries behind one address, as FOLIO's and Alma's hosts are."""
    certificate, key = self_signed(tmp_path)
    inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    inside.load_cert_chain(certificate, key)
    names: list[str | None] = []
    inside.sni_callback = lambda _socket, name, _context: names.append(name)
    trusting = ssl.create_default_context(cafile=str(certificate))
    trusting.check_hostname = False
    other = stack.enter_context(OtherServer(Manners(USUAL), tls=inside))
    client = Sip2Client(Server("localhost", other.port, "kiosk", tls=trusting, reply_timeout_s=10.0), Clock())
    assert client.checkout("2", "3").ok
    client.close()
    assert names == ["localhost"]
