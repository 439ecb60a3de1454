"""A conversation with an ILS under examination: raw lines, timed, not yet judged. Changes nothing there.

`kiosk/ils_check.py` decides what to ask and what the answers mean. Unlike `session.py` this one goes on after
a strange answer, finds out login style, line end and trailer by trying, and keeps every line for comparison.
"""

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from kiosk.sip2 import protocol as sip
from kiosk.sip2.connection import Connection, WireLost, WireSilent, WireUnended
from kiosk.sip2.errors import IlsError, IlsRefusedLogin
from kiosk.sip2.server import LOGIN_PROMPT, Server, connect, log_in_at_prompts, prompts, reason_given

GREETING_S = 1.0
"""How long to wait for a prompt before the kiosk speaks first."""
GREETING_LINES = 5
_FOREIGN = re.compile(r"[^\x00-\x7f]+")


class Failed(Exception):
    """The ILS did not do what it must; the message is one sentence for staff."""


@dataclass(frozen=True)
class Answer:
    """One line as it came, what it means (None: no SIP2 message), and how long it took."""

    line: bytes
    received: sip.Received | None
    sequence: int | None
    took_ms: float


def fitting_encoding(line: bytes) -> sip.Encoding | None:
    """The encoding that makes sense of `line`; None when it is plain ASCII, which fits them all."""
    if line.isascii():
        return None
    for encoding in (sip.Encoding.UTF_8, sip.Encoding.GB18030):
        try:
            text = line.decode(encoding.value)
        except UnicodeDecodeError:
            continue
        if encoding is sip.Encoding.UTF_8 or _reads_as_chinese(text):
            return encoding
    return sip.Encoding.CP850


def _reads_as_chinese(text: str) -> bool:
    """Chinese stands in runs or is common; `ä` and the letter after it make one rare character alone."""
    runs = _FOREIGN.findall(text)
    likely = sum(len(run) for run in runs if len(run) > 1 or _is_common(run))
    return 2 * likely > sum(map(len, runs))


def _is_common(char: str) -> bool:
    try:
        return bool(char.encode("gb2312"))
    except UnicodeEncodeError:
        return False


class Probe:
    """`server.dialect` holds what is known beforehand and, after `log_in`, what was found to work."""

    def __init__(self, server: Server, *, login_known: bool, encoding_known: bool) -> None:
        self.server = server
        self.answers: list[Answer] = []
        self.sends_trailer = server.dialect.checksum is not sip.ChecksumPolicy.OFF
        self.found_encoding: sip.Encoding | None = None
        self._login_known = login_known
        self._encoding_known = encoding_known
        self._connection: Connection | None = None
        self._sequence = 0

    @property
    def dialect(self) -> sip.Dialect:
        return self.server.dialect

    @property
    def connection(self) -> Connection:
        if self._connection is None:
            self._connection = connect(self.server)
        return self._connection

    @property
    def line_end(self) -> str:
        """What ends the server's lines: CR, CRLF or LF; ask between exchanges."""
        connection = self.connection
        if connection.line_feed_alone:
            return "LF"
        return "CRLF" if connection.quiet and connection.line_feed_follows else "CR"

    @property
    def numbers_answers(self) -> bool:
        return any(answer.received and answer.received.sequence is not None for answer in self.answers)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    # -- logging in --------------------------------------------------------------------------------------

    def log_in(self) -> None:
        """IlsError or Failed. A wrong password is tried once only: three may lock the account."""
        if not self._login_known:
            self._find_login_style()
        if self.dialect.login is sip.LoginStyle.NONE:
            return
        trouble: WireLost | Failed | None = None
        for trailer, terminator in self._ways():
            if isinstance(trouble, WireSilent) and terminator is self.dialect.terminator:
                continue  # what makes a server silent is the line end, not the trailer
            self.sends_trailer, dialect = trailer, replace(self.dialect, terminator=terminator)
            self.server = replace(self.server, dialect=dialect)
            try:
                self._log_in_once()
            except (WireLost, Failed) as error:
                trouble = trouble or error
                self.close()
                continue
            return
        raise _no_login(trouble)

    def again(self) -> None:
        """A new connection, logged in as before; for when the server hung up."""
        self.close()
        if self.dialect.login is not sip.LoginStyle.NONE:
            self._log_in_once()

    def recover(self) -> None:
        """After a broken exchange; what is still wrong shows at the next one."""
        with suppress(WireLost, Failed, IlsError, ValueError):
            self.again()

    def _find_login_style(self) -> None:
        heard = self.connection.peek(GREETING_S)
        style = sip.LoginStyle.SIP if self.server.user else sip.LoginStyle.NONE
        if LOGIN_PROMPT in heard.lower():
            style = sip.LoginStyle.TELNET
            if not self.server.user:
                raise Failed("it asks for a user at a prompt: give --login and --password")
            self.close()  # what was heard of the prompt cannot be heard again
        self.server = replace(self.server, dialect=replace(self.dialect, login=style))

    def _ways(self) -> Iterator[tuple[bool, sip.Terminator]]:
        """Trailer or not, and the line end, the likeliest first."""
        terminator = self.dialect.terminator
        yield self.sends_trailer, terminator
        yield not self.sends_trailer, terminator
        yield self.sends_trailer, next(other for other in sip.Terminator if other is not terminator)

    def _log_in_once(self) -> None:
        if self.dialect.login is sip.LoginStyle.TELNET:
            if not log_in_at_prompts(self.connection, self.server):
                raise self._refused()
        else:
            login = sip.Login(
                login_user_id=self.server.user,
                login_password=self.server.password,
                location_code=self.dialect.location_code,
            )
            answer = self._past_greeting(self.ask(login))
            message = answer.received.message if answer.received else None
            if not isinstance(message, sip.LoginReply):
                raise Failed(f"the login was answered with {described(answer)}, expected message 94")
            if not message.ok:
                raise self._refused(reason_given(self.server, message))

    def _refused(self, reason: str = "") -> IlsRefusedLogin:
        return IlsRefusedLogin(self.server.name, f"refused user or password: correct them{reason}")

    def _past_greeting(self, answer: Answer) -> Answer:
        """The answer itself, where lines of welcome stand before it."""
        for _ in range(GREETING_LINES):
            if answer.received is not None:
                break
            try:
                line = self.connection.read_line(GREETING_S)
            except WireLost:
                break
            answer = replace(answer, line=line, received=self._read(line))
            self.answers[-1] = answer
        return answer

    # -- asking ------------------------------------------------------------------------------------------

    def ask(self, request: sip.Request) -> Answer:
        """WireLost when nothing comes; ValueError when the request cannot be written."""
        sequence = self._next_sequence() if self.sends_trailer else None
        answer = self.send(sip.encode(request, self.dialect, sequence), sequence)
        self.answers.append(answer)
        return answer

    def send(self, line: bytes, sequence: int | None = None, timeout_s: float | None = None) -> Answer:
        """Any bytes, line end included."""
        timeout_s = self.server.reply_timeout_s if timeout_s is None else timeout_s
        connection = self.connection
        connection.drain()
        began_s = time.monotonic()
        connection.send(line, timeout_s)
        heard = connection.read_line(timeout_s)
        return Answer(heard, self._read(heard), sequence, 1000 * (time.monotonic() - began_s))

    def _read(self, line: bytes) -> sip.Received | None:
        self._learn_encoding(line)
        try:
            return sip.parse(line, self.dialect)
        except sip.BadMessage:
            return None

    def _learn_encoding(self, line: bytes) -> None:
        """UTF-8 stays once something else was found: no other text looks like it by chance."""
        fits = fitting_encoding(line)
        if fits is None or self.found_encoding is sip.Encoding.UTF_8:
            return
        self.found_encoding = fits
        if not self._encoding_known:
            self.server = replace(self.server, dialect=replace(self.dialect, encoding=fits))

    def _next_sequence(self) -> int:
        self._sequence = (self._sequence + 1) % 10
        return self._sequence


def described(answer: Answer) -> str:
    """What came, without its contents."""
    if answer.received is None:
        return "something that is no SIP2 message"
    return f"message {answer.received.message.code}"


def _no_login(trouble: WireLost | Failed | None) -> Failed:
    if isinstance(trouble, WireUnended) and prompts(trouble.text):
        return Failed("it prompts for user and password: give --login-style telnet")
    if isinstance(trouble, WireSilent) and not isinstance(trouble, WireUnended):
        return Failed(
            "it took the connection but never answered: its limit of connections may be used up, or "
            "it is no SIP2 server"
        )
    return Failed(f"no login: {trouble}")
