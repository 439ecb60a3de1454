"""What differs between one ILS's SIP2 and another's; one value per server, from its configuration."""

from dataclasses import dataclass
from enum import Enum


class Encoding(Enum):
    """The value is Python's name. GB18030 reads GBK and GB 2312 too."""

    UTF_8 = "utf-8"
    GB18030 = "gb18030"
    CP850 = "cp850"
    ASCII = "ascii"


class Terminator(Enum):
    CR = "\r"
    CRLF = "\r\n"


class ChecksumPolicy(Enum):
    """OFF sends no trailer and looks at none; LOG sends one and only remarks on a bad answer; STRICT
    treats an answer with a wrong checksum or sequence as none."""

    OFF = "off"
    LOG = "log"
    STRICT = "strict"


class LoginStyle(Enum):
    """SIP is message 93; TELNET answers `login:` and `password:` prompts; NONE trusts the network."""

    SIP = "sip"
    TELNET = "telnet"
    NONE = "none"


@dataclass(frozen=True)
class Dialect:
    """`institution_id` is AO, `location_code` CP and AP, `terminal_password` AC."""

    institution_id: str = ""
    location_code: str = ""
    terminal_password: str = ""
    encoding: Encoding = Encoding.UTF_8
    terminator: Terminator = Terminator.CR
    checksum: ChecksumPolicy = ChecksumPolicy.LOG
    login: LoginStyle = LoginStyle.SIP
    protocol_version: str = "2.00"
    language: str = "001"
