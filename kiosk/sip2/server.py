"""Where the ILS is and how to get through to it; why not is one sentence for staff."""

import socket
import ssl
from dataclasses import dataclass, field

from kiosk.sip2.connection import Connection, WireSilent
from kiosk.sip2.dialect import Dialect
from kiosk.sip2.errors import IlsCrowded, IlsUnreachable
from kiosk.sip2.replies import LoginReply

LOGIN_PROMPT, PASSWORD_PROMPT = b"login:", b"password:"
LONGEST_QUOTE = 80
_CAUSES: tuple[tuple[type[Exception], str, str], ...] = (
    (
        ssl.SSLCertVerificationError,
        "its certificate is not trusted",
        "name the CA that issued it, and the host as the certificate does",
    ),
    (ssl.SSLError, "no TLS is spoken there", "check the port and whether this ILS has TLS"),
    (socket.gaierror, "no such name", "check the host's name and the name service"),
    (ConnectionRefusedError, "nothing listens there", "check the port and that the ILS's SIP2 service runs"),
    (TimeoutError, "no answer", "check the network and the address"),
)
"""What the operating system raises → what it means → what to do; the first that fits."""


@dataclass(frozen=True)
class Server:
    """Where the ILS is, who the kiosk is to it, and how long to wait for what.

    A connection unused for `probe_after_s` is proven with a status before it is used, kept alive with one
    every `keep_alive_s`, and given back after `idle_close_s` without a reader.
    """

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    dialect: Dialect = field(default_factory=Dialect, repr=False)
    tls: ssl.SSLContext | None = None
    connect_timeout_s: float = 5.0
    reply_timeout_s: float = 10.0
    probe_after_s: float = 30.0
    keep_alive_s: float = 240.0
    idle_close_s: float = 900.0

    @property
    def name(self) -> str:
        return f"{self.host}:{self.port}"


def tls_context(ca_file: str = "") -> ssl.SSLContext:
    """Trusts the CAs in the PEM file, else the system's; OSError (also ssl.SSLError) says why not."""
    return ssl.create_default_context(cafile=ca_file or None)


def connect(server: Server) -> Connection:
    """A connection before any login; IlsUnreachable or IlsCrowded."""
    try:
        return Connection(server.host, server.port, server.tls, server.connect_timeout_s)
    except WireSilent as error:
        detail = (
            "took the connection but never began TLS: it speaks none, or its limit of connections is used up"
        )
        raise IlsCrowded(server.name, detail) from error
    except (OSError, ValueError) as error:
        raise IlsUnreachable(server.name, f"cannot connect ({_explained(error)}") from error


def reason_given(server: Server, reply: LoginReply) -> str:
    """What came with a refused login (AF), in brackets; the password is not quoted."""
    said = " ".join(text.strip() for field_id, text in reply.extra if field_id == "AF")
    if server.password:
        said = said.replace(server.password, "***")
    return f" (it says: {said[:LONGEST_QUOTE]})" if said else ""


def prompts(heard: bytes) -> bool:
    """It asks for a user or a password."""
    return any(prompt in heard.lower() for prompt in (LOGIN_PROMPT, PASSWORD_PROMPT))


def log_in_at_prompts(connection: Connection, server: Server) -> bool:
    """Answer `login:` and `password:`; whether we are let in. WireLost; ValueError: cannot be typed."""
    timeout_s = server.reply_timeout_s
    for prompt, answer in ((LOGIN_PROMPT, server.user), (PASSWORD_PROMPT, server.password)):
        typed = _typed(answer, server.dialect)
        connection.read_prompt(prompt, timeout_s)
        connection.send(typed, timeout_s)
    return b"ok" in connection.read_line(timeout_s).lower()


def _typed(text: str, dialect: Dialect) -> bytes:
    """One line; the error never quotes it."""
    try:
        line = text.encode(dialect.encoding.value)
    except UnicodeEncodeError:
        raise ValueError(f"user or password cannot be written in {dialect.encoding.value}") from None
    if b"\r" in line or b"\n" in line:
        raise ValueError("user or password holds a line end")
    return line + dialect.terminator.value.encode("ascii")


def _explained(error: OSError | ValueError) -> str:
    for kind, meaning, advice in _CAUSES:
        if isinstance(error, kind):
            return f"{meaning}): {advice}"
    reason = getattr(error, "strerror", None) or type(error).__name__
    return f"{reason}): check the network, the address and the server"
