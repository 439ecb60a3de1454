"""The codec against traffic of a real Koha 19.06 (tests/captures/sip2-koha.txt), then against odd servers."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.sip2 import protocol as sip
from tests import vectors

KOHA = sip.Dialect()
CAPTURE = vectors.sip2_lines()
ANSWERS = [line for direction, line in CAPTURE if direction == "<" and line]
QUESTIONS = [line for direction, line in CAPTURE if direction == ">"]
ILL_FORMED = [b"1720261122    075148AOCPL|AB39000001|AC|AY3AZ0000\r", b"77hello|AY4AZFB99\r"]
NOON = datetime(2026, 11, 22, 7, 51, 48)


def parse(line: bytes, dialect: sip.Dialect = KOHA) -> sip.Message:
    return sip.parse(line.rstrip(b"\r"), dialect).message


def wire_fields(line: bytes) -> list[str]:
    """The capture's fields by eye: everything between separators, the two Perl references cut off."""
    text = line.decode().rstrip("\r")
    return [part.removeprefix("C4::SIP::SIPServer=HASH(0x55f450456a38)") for part in text.split("|")[1:-1]]


def values_of(message: sip.Message) -> set[str]:
    """Every value that a message bears, as text, wherever it was kept."""
    held = {value for _, value in message.extra}
    for name in message.__dataclass_fields__.keys() - {"extra"}:
        value = getattr(message, name)
        held |= set(value) if isinstance(value, tuple) else {str(value)}
    return held


def test_the_capture_is_all_there() -> None:
    assert len(ANSWERS) == 70
    assert len(QUESTIONS) == 72


@pytest.mark.parametrize("line", ANSWERS)
def test_every_answer_of_koha_is_read_without_loss(line: bytes) -> None:
    received = sip.parse(line.rstrip(b"\r"), KOHA)
    assert received.message.code == line[:2].decode()
    assert received.checksum is not sip.Checksum.WRONG
    held = values_of(received.message)
    flags = {"Y": "True", "N": "False"}
    for part in wire_fields(line):
        value = part[2:].replace("&#124;", "|")
        assert {value, flags.get(value, value)} & held, f"{part!r} is lost"


@pytest.mark.parametrize("line", ANSWERS)
def test_every_answer_of_koha_can_be_written_and_read_again(line: bytes) -> None:
    """The order of fields is the table's, so the values are compared, not the bytes."""
    message = parse(line)
    if b"&#124;" in line:
        with pytest.raises(ValueError, match="field AJ"):
            sip.encode(message, KOHA)
    else:
        written = sip.encode(message, KOHA, 3)
        assert parse(written) == message
        assert written.count(b"|") >= line.count(b"|"), "every field of the wire is among them"


@pytest.mark.parametrize("line", ANSWERS)
def test_a_truncated_answer_is_refused_or_holds_whole_fields_only(line: bytes) -> None:
    whole = values_of(parse(line)) | {"", "None"}
    for length in range(len(line) - 1):
        try:
            message = sip.parse(line[:length], KOHA).message
        except sip.BadMessage:
            continue
        assert {value for value in values_of(message) if value not in whole} == set()


@pytest.mark.parametrize("line", [line for line in QUESTIONS if line not in ILL_FORMED])
def test_every_request_in_the_capture_is_written_byte_for_byte(line: bytes) -> None:
    received = sip.parse(line.rstrip(b"\r"), KOHA)
    assert received.message.extra == ()
    assert sip.encode(received.message, KOHA, received.sequence) == line


AO, AA, AB = {"institution_id": "CPL"}, {"patron_id": "R0001"}, {"item_id": "39000001"}
BLANK_AC, PIN = {"terminal_password": ""}, {"patron_password": "1234"}
TYPED = [
    (
        sip.Login(login_user_id="SIPUSER", login_password="sip2pass", location_code="CPL"),
        0,
        b"9300CNSIPUSER|COsip2pass|CPCPL|AY0AZF466\r",
    ),
    (sip.ScStatus(), 1, b"9900302.00AY1AZFCA5\r"),
    (
        sip.PatronStatusRequest(language="001", transaction_date=NOON, **AO, **AA, **BLANK_AC, **PIN),
        2,
        b"2300120261122    075148AOCPL|AAR0001|AC|AD1234|AY2AZF393\r",
    ),
    (
        sip.PatronInformationRequest(
            language="001",
            transaction_date=NOON,
            summary=sip.Summary.CHARGED,
            start_item="1",
            end_item="2",
            **AO,
            **AA,
            **BLANK_AC,
            **PIN,
        ),
        1,
        b"6300120261122    075148  Y       AOCPL|AAR0001|AC|AD1234|BP1|BQ2|AY1AZEF97\r",
    ),
    (
        sip.ItemInformationRequest(transaction_date=NOON, **AO, **AB, **BLANK_AC),
        2,
        b"1720261122    075148AOCPL|AB39000001|AC|AY2AZF571\r",
    ),
    (
        sip.Checkout(
            sc_renewal_policy=True,
            no_block=False,
            transaction_date=NOON,
            nb_due_date=NOON,
            item_properties="",
            fee_acknowledged=False,
            cancel=False,
            **AO,
            **AA,
            **AB,
            **BLANK_AC,
            **PIN,
        ),
        5,
        b"11YN20261122    07514820261122    075148AOCPL|AAR0001|AB39000001|AC|CH|AD1234|BON|BIN|AY5AZE9F1\r",
    ),
    (
        sip.Checkin(
            no_block=False,
            transaction_date=NOON,
            return_date=NOON,
            current_location="CPL",
            item_properties="",
            cancel=False,
            **AO,
            **AB,
            **BLANK_AC,
        ),
        1,
        b"09N20261122    07514820261122    075148APCPL|AOCPL|AB39000001|AC|CH|BIN|AY1AZED92\r",
    ),
    (
        sip.Renew(
            third_party_allowed=True,
            no_block=False,
            transaction_date=NOON,
            nb_due_date=NOON,
            fee_acknowledged=False,
            **AO,
            **AA,
            **AB,
            **PIN,
        ),
        4,
        b"29YN20261122    07514820261122    075148AOCPL|AAR0001|AD1234|AB39000001|BON|AY4AZED45\r",
    ),
    (
        sip.RenewAll(transaction_date=NOON, fee_acknowledged=False, **AO, **AA, **PIN),
        7,
        b"6520261122    075148AOCPL|AAR0001|AD1234|BON|AY7AZF3BE\r",
    ),
    (
        sip.EndPatronSession(transaction_date=NOON, **AO, **AA, **BLANK_AC, **PIN),
        7,
        b"3520261122    075148AOCPL|AAR0001|AC|AD1234|AY7AZF41C\r",
    ),
    (sip.RequestAcsResend(), None, b"97\r"),
]


@pytest.mark.parametrize(
    ("message", "sequence", "line"), TYPED, ids=lambda value: getattr(value, "code", None)
)
def test_requests_from_typed_values(message: sip.Message, sequence: int | None, line: bytes) -> None:
    assert line in QUESTIONS
    assert sip.encode(message, KOHA, sequence) == line


def test_what_the_answers_mean() -> None:
    """Line by line what the capture's own headings and titles say."""
    first, renewed, fee = (
        next(line for line in ANSWERS if line.startswith(start))
        for start in (b"121NNY", b"121YNY", b"120NUN")
    )
    loan, again, refused = parse(first), parse(renewed), parse(fee)
    assert isinstance(loan, sip.CheckoutReply) and isinstance(again, sip.CheckoutReply)
    assert isinstance(refused, sip.CheckoutReply)
    assert (loan.ok, loan.renewal_ok, loan.desensitize, loan.title_id) == (True, False, True, "Snow Crash")
    assert sip.read_due(loan.due_date) == datetime(2026, 12, 22, 23, 59)
    assert (again.ok, again.renewal_ok) == (True, True)
    assert again.screen_message == ("Item already checked out to you: renewing item.",)
    assert (refused.ok, refused.magnetic_media, refused.valid_patron) == (False, None, True)


def test_a_debtor_as_koha_tells_of_him() -> None:
    line = next(line for line in ANSWERS if b"YYYY      YY" in line and b"AVLost book" in line)
    debtor = parse(line)
    assert isinstance(debtor, sip.PatronInformation)
    denied = {
        sip.Denied.CHARGE,
        sip.Denied.RENEWAL,
        sip.Denied.RECALL,
        sip.Denied.HOLD,
        sip.Denied.EXCESS_FINES,
        sip.Denied.EXCESS_FEES,
    }
    assert debtor.patron_status == denied
    assert (debtor.fine_count, debtor.fee_amount) == (1, "12.5")
    assert debtor.entries(sip.Summary.FINE) == ("Lost book 12.50",)
    assert ("PC", "PT") in debtor.extra


def test_junk_in_front_of_a_field_does_not_hide_it() -> None:
    all_renewed = parse(next(line for line in ANSWERS if line.startswith(b"66")))
    assert isinstance(all_renewed, sip.RenewAllReply)
    assert all_renewed.renewed_items == ("39000009", "39000007")
    assert all_renewed.unrenewed_items == ("39000001", "39000002")


def test_checksums_of_the_capture() -> None:
    bad, bare = (sip.parse(line.rstrip(b"\r"), KOHA) for line in (ILL_FORMED[0], b"97\r"))
    assert bad.checksum is sip.Checksum.WRONG
    assert bare.checksum is sip.Checksum.ABSENT
    assert sip.parse(b"96AZFEF6", KOHA).checksum is sip.Checksum.RIGHT


# -- odd servers -----------------------------------------------------------------------------------------

ITEM = b"1803020120261122    075149"


@pytest.mark.parametrize(
    "tail",
    [
        b"AB39000001|AJSnow|AY2AZ0000",  # always 0000
        b"AB39000001|AJSnow|",  # none at all
        b"AJSnow|AB39000001|AQCPL|AY2",  # another order, no checksum
        b"HASH(0x55f4)AB39000001|?|AJSnow|x=1|",  # junk
        b"AB39000001|AJSnow|AY2AZ",  # cut off
    ],
)
def test_trailers_orders_and_junk(tail: bytes) -> None:
    item = parse(ITEM + tail)
    assert isinstance(item, sip.ItemInformation)
    assert (item.item_id, item.title_id) == ("39000001", "Snow")


def test_required_fields_that_are_missing_read_as_empty() -> None:
    unknown = parse(b"100NUY20261122    075152AOCPL|ABNOSUCH|CV99|AFInvalid Item|")
    assert isinstance(unknown, sip.CheckinReply)
    assert (unknown.permanent_location, unknown.title_id, unknown.alert_type) == ("", None, "99")
    old = parse(b"98YYYNNN10000519991201    0000001.00AOlib|")
    assert isinstance(old, sip.AcsStatus)
    assert (old.supported_messages, old.protocol_version) == ("", "1.00")


def test_gbk_whose_second_byte_is_the_separator() -> None:
    gbk = sip.Dialect(encoding=sip.Encoding.GB18030)
    title = b"\x9c\x7c\xba\xd3"  # 9C 7C is one character
    item = parse(ITEM + b"AB39000001|AJ" + title + b"|AQCPL|", gbk)
    assert isinstance(item, sip.ItemInformation)
    assert item.title_id == title.decode("gb18030")
    assert item.permanent_location == "CPL"


def test_the_checksum_is_of_bytes_not_of_characters() -> None:
    gbk = sip.Dialect(encoding=sip.Encoding.GB18030)
    line = sip.encode(sip.ItemInformationRequest(transaction_date=NOON, item_id="红楼梦", **AO), gbk, 1)
    assert sum(line[:-5]) + int(line[-5:-1], 16) & 0xFFFF == 0
    assert "红楼梦".encode("gb18030") in line


def test_a_repeated_no_is_not_overruled_by_a_later_yes() -> None:
    reader = parse(b"24              00120261122    075148AEA|AAR1|BLN|BLY|CQmaybe|")
    assert isinstance(reader, sip.PatronStatus)
    assert reader.valid_patron is False
    assert reader.valid_patron_password is None
    assert reader.extra == (("BL", "Y"), ("CQ", "maybe"))


@pytest.mark.parametrize(
    "line", [b"HTTP/1.1 400 Bad Request", b"login:", b"12", b"12?NNY", b"18030201", b"\xff\xfe", b"1"]
)
def test_what_is_no_message_is_kept_whole(line: bytes) -> None:
    with pytest.raises(sip.BadMessage) as caught:
        sip.parse(line, KOHA)
    assert caught.value.text == line.decode("utf-8", "replace")


@pytest.mark.parametrize("poison", ["3|9", "3\r9", "3\n9"])
def test_a_separator_or_line_end_is_never_sent(poison: str) -> None:
    with pytest.raises(ValueError, match="field AB") as caught:
        sip.encode(sip.ItemInformationRequest(transaction_date=NOON, item_id=poison, **AO), KOHA)
    assert poison not in str(caught.value)


def test_what_the_server_cannot_read_is_not_sent_mangled() -> None:
    with pytest.raises(ValueError, match="cannot be written in ascii"):
        sip.encode(
            sip.Checkin(
                no_block=False,
                transaction_date=NOON,
                return_date=NOON,
                current_location="馆",
                **AO,
                **AB,
                **BLANK_AC,
            ),
            sip.Dialect(encoding=sip.Encoding.ASCII),
        )


def test_a_message_in_a_log_tells_nothing() -> None:
    assert "R0001" not in repr(TYPED[2][0]) + str(TYPED[2][0])


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("20261222    235900", datetime(2026, 12, 22, 23, 59)),
        ("20261222   Z155900", datetime(2026, 12, 22, 15, 59, tzinfo=UTC)),
        ("2022-02-26", datetime(2022, 2, 26, 23, 59)),
        ("2022-02-26 12:00:00", datetime(2022, 2, 26, 12, 0)),
        ("20220226", datetime(2022, 2, 26, 23, 59)),
        ("2022年2月", None),
        ("20261322    000000", None),
        ("", None),
        (None, None),
    ],
)
def test_due_dates_as_servers_write_them(text: str | None, when: datetime | None) -> None:
    assert sip.read_due(text) == when


PLAIN = st.text(st.characters(exclude_characters="|\r\n", exclude_categories=["Cs"]), max_size=30).filter(
    lambda text: "&#124;" not in text
)


@given(name=PLAIN, lines=st.lists(PLAIN, max_size=3), sequence=st.integers(0, 9))
def test_whatever_is_written_is_read_back(name: str, lines: list[str], sequence: int) -> None:
    message = sip.PatronStatus(
        patron_status=frozenset({sip.Denied.CHARGE}),
        language="019",
        transaction_date=NOON,
        institution_id="MZ",
        patron_id="1",
        personal_name=name,
        screen_message=tuple(lines),
    )
    received = sip.parse(sip.encode(message, KOHA, sequence)[:-1], KOHA)
    assert received == sip.Received(message, sequence, sip.Checksum.RIGHT)


@given(st.binary(max_size=200))
def test_garbage_is_refused_or_read_but_never_crashes(data: bytes) -> None:
    try:
        received = sip.parse(data, KOHA)
    except sip.BadMessage as error:
        assert error.text == data.decode("utf-8", "replace")
    else:
        assert received.message.code == data[:2].decode()
