"""What the client puts on the wire for each call: every fixed position and every field (SIP2 2.00 tables)."""

from collections.abc import Callable
from datetime import datetime

import pytest

from kiosk.sip2 import protocol as sip
from kiosk.sip2.client import Server, Sip2Client
from tests.kiosk.sip2.conftest import Clock, ScriptedIls

LOGIN, STATUS = b"941\r", b"98YYYYNN10000520261122    0751482.00AOMZ|BXYYYYYYYYYYYNYYYY|\r"
CLOCK = "20261122    075149"
RENEWED = f"301YNY{CLOCK}AOMZ|AA2|AB3|AJ|AH|\r".encode()
HELD = f"161Y{CLOCK}AOMZ|AA2|AB3|\r".encode()
INFORMATION = f"64              001{CLOCK}{'0000' * 6}AOMZ|AA2|AE|BLY|\r".encode()
CALLS: list[tuple[Callable[[Sip2Client], object], str, bytes]] = [
    (
        lambda client: client.checkout("2", "3", pin="1234", fee_acknowledged=True),
        f"11NN{CLOCK}{' ' * 18}AOMZ|AA2|AB3|ACterm|AD1234|BOY|BIN|",
        f"121NNY{CLOCK}AOMZ|AA2|AB3|AJ|AH|\r".encode(),
    ),
    (
        lambda client: client.checkin("3"),
        f"09N{CLOCK}{CLOCK}APmz-1|AOMZ|AB3|ACterm|BIN|",
        f"101YNN{CLOCK}AOMZ|AB3|AQ|\r".encode(),
    ),
    (lambda client: client.renew("2", "3"), f"29NN{CLOCK}{' ' * 18}AOMZ|AA2|AB3|ACterm|BON|", RENEWED),
    (
        lambda client: client.renew("2", "3", pin="1234", fee_acknowledged=True),
        f"29NN{CLOCK}{' ' * 18}AOMZ|AA2|AD1234|AB3|ACterm|BOY|",
        RENEWED,
    ),
    (
        lambda client: client.renew_all("2", pin="1234", fee_acknowledged=True),
        f"65{CLOCK}AOMZ|AA2|AD1234|ACterm|BOY|",
        f"66100010000{CLOCK}AOMZ|BM3|\r".encode(),
    ),
    (
        lambda client: client.renew_all("2"),
        f"65{CLOCK}AOMZ|AA2|ACterm|BON|",
        f"66100000000{CLOCK}AOMZ|\r".encode(),
    ),
    (
        lambda client: client.hold(sip.HoldMode.ADD, "2", "3", pin="1234", pickup_location="mz-2"),
        f"15+{CLOCK}BSmz-2|AOMZ|AA2|AD1234|AB3|ACterm|",
        HELD,
    ),
    (
        lambda client: client.patron_information("2", "1234", sip.Summary.CHARGED, 3, 9),
        f"63001{CLOCK}  Y       AOMZ|AA2|ACterm|AD1234|BP3|BQ9|",
        INFORMATION,
    ),
    (
        lambda client: client.patron_status("2", "1234"),
        f"23001{CLOCK}AOMZ|AA2|ACterm|AD1234|",
        f"24              001{CLOCK}AOMZ|AA2|AE|BLY|\r".encode(),
    ),
    (
        lambda client: client.end_session("2"),
        f"35{CLOCK}AOMZ|AA2|ACterm|",
        f"36Y{CLOCK}AOMZ|AA2|\r".encode(),
    ),
]


@pytest.mark.parametrize(("call", "request_", "reply"), CALLS, ids=[sent[:2] for _, sent, _ in CALLS])
def test_the_request_bears_everything_it_was_given(
    scripted: ScriptedIls,
    clock: Clock,
    call: Callable[[Sip2Client], object],
    request_: str,
    reply: bytes,
) -> None:
    scripted.will(LOGIN, STATUS, reply)
    dialect = sip.Dialect(institution_id="MZ", location_code="mz-1", terminal_password="term")
    server = Server("127.0.0.1", scripted.port, "kiosk", "mazhang", dialect, reply_timeout_s=5.0)
    client = Sip2Client(server, clock, now=lambda: datetime(2026, 11, 22, 7, 51, 49))
    call(client)
    client.close()
    sent = scripted.heard[2].decode().rstrip("\r")
    body, _, trailer = sent.rpartition("AY")
    fixed = len(request_.partition("AOMZ|")[0].partition("|")[0])
    assert trailer[1:3] == "AZ"
    assert sorted(body[fixed:].split("|")) == sorted(request_[fixed:].split("|"))
    assert body[:fixed] == request_[:fixed]
