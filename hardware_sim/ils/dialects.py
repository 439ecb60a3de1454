"""The makes of ILS that the simulated one can pass for: only the wire differs, lending is the same for all.

koha       Koha 19.06: one failed login hangs up, 96 to what it does not know, Perl references in answers,
           hangs up after a return that must travel and was not on loan; counts ready holds only
evergreen  Evergreen's SIPServer: three tries to log in, hangs up on what it does not know; counts all holds
dp2        a Chinese ILS: GB18030, Chinese sentences, due days as 2022-02-26, 10 s to log in
strict     asks again (96) for what has no checksum or a wrong one
telnet     an old server: `login:` and `password:` prompts, CRLF, protocol 1.00, no list of messages
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from hardware_sim.ils.words import CHINESE, Wording
from kiosk.sip2 import protocol as sip

SUPPORTED_MESSAGES = "YYYYYYYYYYYNYYYY"


def day_of(due: datetime) -> str:
    return f"{due:%Y-%m-%d}"


@dataclass(frozen=True)
class IlsDialect:
    """`wire` is what a kiosk must be configured with; the rest is how the server behaves.

    `login_tries` wrong logins end the connection, `login_within_s` without a login too.
    """

    wire: sip.Dialect = field(default_factory=sip.Dialect)
    supported_messages: str = SUPPORTED_MESSAGES
    login_tries: int = 1
    login_within_s: float | None = None
    hangs_up_on_unknown: bool = False
    prints_perl_references: bool = False
    hangs_up_on_idle_transfer: bool = False
    shows_transit: bool = False
    counts_all_holds: bool = False
    due: Callable[[datetime], str] = sip.write_date
    wording: Wording = field(default_factory=dict)

    @property
    def needs_checksum(self) -> bool:
        return self.wire.checksum is sip.ChecksumPolicy.STRICT

    @property
    def prompts(self) -> bool:
        return self.wire.login is sip.LoginStyle.TELNET


DIALECTS: dict[str, IlsDialect] = {
    "koha": IlsDialect(prints_perl_references=True, hangs_up_on_idle_transfer=True),
    "evergreen": IlsDialect(
        login_tries=3, hangs_up_on_unknown=True, shows_transit=True, counts_all_holds=True
    ),
    "dp2": IlsDialect(
        wire=sip.Dialect(encoding=sip.Encoding.GB18030),
        login_tries=3,
        login_within_s=10.0,
        counts_all_holds=True,
        due=day_of,
        wording=CHINESE,
    ),
    "strict": IlsDialect(wire=sip.Dialect(checksum=sip.ChecksumPolicy.STRICT), login_tries=3),
    "telnet": IlsDialect(
        wire=sip.Dialect(
            login=sip.LoginStyle.TELNET, terminator=sip.Terminator.CRLF, protocol_version="1.00"
        ),
        supported_messages="",
        login_tries=3,
    ),
}
