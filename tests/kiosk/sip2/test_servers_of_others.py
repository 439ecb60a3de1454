"""Conversations as other people's library systems hold them, over a raw socket that is not our simulator.

Each row names the product; its lines have the form that product gives them, ids and names are invented.
Told of in `tests/captures` (Koha 19.06) and the reference page; redacted samples in the tests of NYPL's
circulation (Sierra, Evergreen, Polaris); Edmonton's mecard (Symphony); gossip of TU Hamburg (OCLC LBS4);
php-sip2 (Unicorn); DigitalPlatform/dp2, issues 756 and 765 and unit tests (dp2); Ex Libris's knowledge base
(Aleph 16); OCLC's help in php-sip2's tests (OLIB); Axiell's FBS as bibbox meets it; FOLIO edge-sip2, pulls 21
and 170; Libki, issue 351; cap60552/php-sip2, issues 2 and 6; NiceAndNerdy/SIP2.NET, issues 1 and 4.
Interlib, ILAS and Huiwen publish nothing of theirs: dp2 stands for Chinese systems, here also in GBK.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

import pytest

from kiosk.sip2 import protocol as sip
from kiosk.sip2.client import (
    Server,
    Sip2Client,
)
from tests.kiosk.sip2.conftest import Clock
from tests.kiosk.sip2.other_server import Manners, OtherServer

NOW = b"20261122    075149"
READER_OF = b"64" + b" " * 14 + b"001" + NOW + b"0000" * 6
LOAN_OF = b"121NNY" + NOW
UNSAID_OF = b"121NUY" + NOW
STATUS_OF = b"98YYYYNN100005" + NOW + b"2.00"
LOGIN, STATUS = b"941", STATUS_OF + b"AOMZ|BXYYYYYYYYYYYNYYYY|"
READER = READER_OF + b"AOMZ|AA2|AEA|BLY|"
ITEM = b"18030201" + NOW + b"AB3|AJA|"
LOAN = LOAN_OF + b"AOMZ|AA2|AB3|AJA|AH20261222    235900|"
RETURN = b"101YNN" + NOW + b"AOMZ|AB3|AQmz|AJA|"
USUAL: dict[bytes, bytes] = {
    b"93": LOGIN,
    b"99": STATUS,
    b"63": READER,
    b"17": ITEM,
    b"11": LOAN,
    b"09": RETURN,
}
BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Row:
    """A product's way, and what is to be understood of it."""

    product: str
    manners: Manners
    dialect: sip.Dialect = field(default_factory=sip.Dialect)
    reader: str = "A"
    title: str = "A"
    due: datetime | None = datetime(2026, 12, 22, 23, 59)
    words: tuple[str, ...] = ()


def said(**changes: bytes) -> dict[bytes, bytes]:
    """The usual answers, but for these: `said(_11=…)`."""
    return USUAL | {name[1:].encode(): line for name, line in changes.items()}


ROWS = [
    Row(
        "Koha 19.06: CRLF after login, an escaped separator",
        Manners(
            said(_11=LOAN.replace(b"AJA", b"AJ\xe6\xb4\xbb&#124;\xe7\x9d\x80")), end=b"\r\n", numbered=True
        ),
        title="活|着",
    ),
    Row(
        "Koha: junk of Perl between fields, an empty AF, fields after AF",
        Manners(
            said(
                _63=READER_OF + b"AFhello |HASH(0x55f4)AA2|AEA|BLY|AOMZ|",
                _11=LOAN + b"AF|AFItem already checked out to you: renewing item.|CK001|",
            )
        ),
        words=("", "Item already checked out to you: renewing item."),
    ),
    Row(
        "Koha told to format due dates, dateformat metric",
        Manners(said(_11=LOAN.replace(b"20261222    235900", b"22/12/2026 23:59"))),
    ),
    Row(
        "Evergreen: AZ0000 on everything, AO last, no CQ",
        Manners(
            said(
                _63=b"64"
                + b" " * 14
                + b"000"
                + NOW
                + b"0000" * 6
                + b"AA2|AEA|BHUSD|BD1 Road|AQMZ|BLY|PA20301004|AOMZ|",
                _11=LOAN_OF + b"AA2|AB3|AJA|AH20261222    235900|AOMZ|",
            ),
            sequence=b"AY2AZ0000",
        ),
    ),
    Row(
        "Polaris: fields U1 to U5 of its own, AF and AG alike",
        Manners(
            said(
                _63=b"64"
                + b" " * 14
                + b"001"
                + NOW
                + b"0000" * 6
                + b"AOMZ|AA2|AEA|BZ0050|CA0075|CB0075|BLY|CQY|BHUSD|"
                b"BV9.25|CC9.99|U1|U2|U3|PX20280609    235959|PYN|FA0.00|AFStatus is ok.|AGStatus is ok.|",
                _11=LOAN + b"AFStatus is ok.|AGStatus is ok.|",
            ),
            numbered=True,
        ),
        words=("Status is ok.",),
    ),
    Row(
        "Sierra: zone 0000 in dates, cp850, a blank behind AO, two AF",
        Manners(
            said(
                _63=b"64"
                + b" " * 14
                + b"000201610210000142637"
                + b"0000" * 6
                + b"AOmz |AA2|AELE CARR\x90|BZ0030|CA0050|CB0050|BLY|CQY|BV0|CC15.00|",
                _11=b"121NNY201610210000142637AOmz |AA2|AB3|AJA|AH202612220000235900|AFone.|AFtwo.|",
            ),
            numbered=True,
        ),
        dialect=sip.Dialect(encoding=sip.Encoding.CP850),
        reader="LE CARRÉ",
        words=("one.", "two."),
    ),
    Row(
        "Symphony: VN and AN in 98, expiry with the class behind it, no AF",
        Manners(
            said(
                _99=b"98YYYYNN010003"
                + NOW
                + b"2.00AOst|AMA Library|BXYYYYYYYYYYYYYYYY|ANUnassigned|VNSIP 2.00.106|",
                _63=READER + b"PE20280903    235900STAFF|ZYs|",
            ),
            numbered=True,
        ),
    ),
    Row(
        "Unicorn: U.S. due date with a comma",
        Manners(said(_11=LOAN.replace(b"20261222    235900", b"12/22/2026,23:59"))),
    ),
    Row(
        "Aleph 16: due date in words, AF and AG, CH with subfields",
        Manners(
            said(
                _99=b"98YYYYYN150010"
                + NOW
                + b"2.00AOALEPH|AMA Library|BXYYYYYYYYYYYNNYYY|AN127.0.0.1|AFACS status.|"
                b"AGACS status.|",
                _11=b"121NNY"
                + NOW
                + b"AOMZ|AA2|AB3|CH$$hPK2899$$iR876 1981|CK001|AJA|AHDecember 22 2026 11:59 PM|"
                b"AFLoan performed.|AGLoan performed.|",
            )
        ),
        words=("Loan performed.",),
    ),
    Row(
        "OCLC LBS4 behind gossip: German day, counts left blank, no security flag",
        Manners(
            said(
                _63=b"64"
                + b" " * 14
                + b"003"
                + NOW
                + b"0000" * 3
                + b" " * 8
                + b"0000AOTUB HH|AA2|AEA|BLY|CQY|BHEUR|BV0.00|",
                _11=UNSAID_OF + b"AOTUB HH|AA2|AB3|AJA|AH22.12.2026|",
            ),
            numbered=True,
        ),
    ),
    Row(
        "OLIB: AH before AA, an empty AF",
        Manners(said(_11=UNSAID_OF + b"AOMAIN|AH20261222    235900|AA2|AB3|AJA|BV1.30|AF|")),
        words=("",),
    ),
    Row(
        "Axiell FBS: due at midnight, a transaction id",
        Manners(
            said(
                _11=b"121NUY"
                + NOW
                + b"AODK-775100|AA2|AB3|AJA|AH20261222    000000|CHA%a%xx%61.36|BK19adc5e7|"
            )
        ),
        due=datetime(2026, 12, 22),
    ),
    Row(
        "a French ILS: day first, where that cannot be told, and blanks behind AO",
        Manners(said(_11=LOAN.replace(b"20261222    235900", b"04/01/2027").replace(b"AOMZ", b"AOMZ    "))),
        due=None,
    ),
    Row(
        "dp2: number 4 on every answer, ISO day, AF in Chinese",
        Manners(
            said(
                _93=b"941|",
                _99=b"98YYYYYN010003"
                + NOW
                + "2.00AOdp2Library|AMdp2Library|BXYYYYYYYYYYYYYYYY|AF连接成功!|".encode(),
                _11=LOAN_OF + "AOCN-1|AA2|AB3|AJ怪物大师|AH2026-12-22|AF成功|AG成功|".encode(),
            ),
            sequence=b"AY4",
        ),
        title="怪物大师",
        words=("成功",),
    ),
    Row(
        "dp2 of 2025: no version in 98, so that its places are too short",
        Manners(said(_99=b"98YYYYYN180180" + NOW + b"AOCN-0000001-ZG|AF|AG|")),
    ),
    Row(
        "a Chinese system in GBK, with 9C7Ch in title and name",
        Manners(
            said(
                _63=READER.replace(b"AEA", b"AE\xc0\xee\x9c\x7c"),
                _11=LOAN.replace(b"AJA", b"AJ\x9c\x7c\xba\xd3").replace(b"20261222    235900", b"2026/12/22"),
            )
        ),
        dialect=sip.Dialect(encoding=sip.Encoding.GB18030),
        reader=b"\xc0\xee\x9c\x7c".decode("gb18030"),
        title=b"\x9c\x7c\xba\xd3".decode("gb18030"),
    ),
    Row(
        "FOLIO: an offset in its times, BX with gaps",
        Manners(
            said(
                _99=STATUS_OF + b"AOfs00001000diku|AMDatalogisk|BXYYYNYNYYYYYNNNYY|ANTL01|",
                _11=LOAN.replace(b"20261222    235900", b"2026-12-22T23:59:00+08:00"),
            ),
            end=b"\r",
            numbered=True,
        ),
        due=datetime(2026, 12, 22, 23, 59, tzinfo=BEIJING),
    ),
    Row(
        "a server of Libki's users: BX not ended and padded, BLY run into the next field",
        Manners(
            said(
                _99=STATUS_OF + b"AF|AG|AM|AN|AO25404|BXYYYYYYYYNYYNNNYY" + b" " * 60,
                _63=b"64"
                + b" " * 14
                + b"001"
                + NOW
                + b"0000" * 6
                + b"AA2|AEA|AF7.00 outstanding|AOMZ|BLYBV7.00|CQY|PCN|",
            ),
            numbered=True,
        ),
    ),
    Row(
        "a Vietnamese system: zone 0700, U.S. day, CK before nothing",
        Manners(
            said(
                _99=b"98YYYYYN300005202002240700115603" + b"2.00AO|AM|BXYYYYYYYYYYYYYYYY|AN|AF|AG",
                _11=LOAN_OF + b"AO|AA2|AB3|AJA|AH12/22/2026|CK001|",
            ),
            numbered=True,
        ),
    ),
    Row("a server of LF alone", Manners(USUAL, end=b"\n", numbered=True)),
    Row("a server that ends with NUL after CR", Manners(USUAL, end=b"\r\0")),
    Row("a server that puts NULs and blanks in front", Manners({k: b"\0\0  " + v for k, v in USUAL.items()})),
    Row(
        "a server on .NET that marks its UTF-8",
        Manners({code: b"\xef\xbb\xbf" + line for code, line in USUAL.items()}, end=b"\r\n"),
    ),
    Row(
        "a banner in lines before the login's answer",
        Manners(USUAL, greeting=b"Welcome\r\nACS ready\r\n", end=b"\r\n"),
    ),
    Row("a banner so slow that it comes behind the login", Manners(said(_93=b"Welcome\r\nACS ready\r\n941"))),
    Row(
        "a banner, and no login at all",
        Manners(USUAL, greeting=b"Welcome\r\n"),
        dialect=sip.Dialect(login=sip.LoginStyle.NONE),
    ),
    Row(
        "telnet with negotiation bytes in front of the prompt",
        Manners(
            {**USUAL, b"ki": b"Password:", b"ma": b"\r\nLogin OK. Initiating SIP"},
            greeting=b"\xff\xfd\x18\r\nlogin: ",
        ),
        dialect=sip.Dialect(login=sip.LoginStyle.TELNET),
    ),
    Row(
        "answers in many packets",
        Manners({k: (v[:1], v[1:9], v[9:]) for k, v in USUAL.items() if len(v) > 9} | {b"93": (b"9", b"41")}),
    ),
    Row("14 figures for a date", Manners({k: v.replace(NOW, b"20261122075149") for k, v in USUAL.items()})),
    Row(
        "16 characters for a date",
        Manners({k: v.replace(NOW, b"20261122  075149") for k, v in USUAL.items()}),
    ),
    Row("a status without its blanks", Manners(said(_63=READER.replace(b" " * 14, b"")))),
    Row(
        "no AO, AQ, AJ of a title, nor trailer",
        Manners(said(_11=LOAN.replace(b"AOMZ|", b"").replace(b"AJA", b"AJA"))),
    ),
    Row("numbers in lower case", Manners(said(_11=LOAN, _17=ITEM), numbered=True)),
]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def client_of(stack: ExitStack, manners: Manners, **changes: object) -> tuple[Sip2Client, OtherServer]:
    other = stack.enter_context(OtherServer(manners))
    usual = {"user": "kiosk", "password": "mazhang", "reply_timeout_s": 10.0}
    client = Sip2Client(Server("127.0.0.1", other.port, **(usual | changes)), Clock())  # type: ignore[arg-type]
    stack.callback(client.close)
    return client, other


# -- all goes well ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", ROWS, ids=[row.product for row in ROWS])
def test_a_visit_with(row: Row, stack: ExitStack) -> None:
    client, other = client_of(stack, row.manners, dialect=replace(row.dialect, institution_id="elsewhere"))
    reader = client.patron_information("2", "1234")
    assert (reader.patron_id, reader.personal_name) == ("2", row.reader)
    assert (reader.valid_patron is not False, reader.patron_status) == (True, frozenset())
    assert reader.charged_count == 0
    assert client.item_information("3").circulation_status is sip.CirculationStatus.AVAILABLE
    loan = client.checkout("2", "3")
    assert (loan.ok, loan.item_id, loan.title_id) == (True, "3", row.title)
    assert (sip.read_due(loan.due_date), loan.screen_message) == (row.due, row.words)
    assert client.checkin("3").ok
    opened = [] if row.dialect.login is sip.LoginStyle.NONE else [b"93"]
    asked = [code for code in other.codes() if code.isdigit()]
    if row.dialect.login is sip.LoginStyle.TELNET:
        opened = []
    assert asked == [*opened, b"99", b"63", b"17", b"11", b"09"], "each asked once, on one connection"
