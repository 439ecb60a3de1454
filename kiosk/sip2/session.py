"""A logged-in SIP2 conversation: connecting, backing off, asking and judging the answer.

Connects when something is to be asked, and proves an idle connection before trusting a loan to it. A question
is sent again when the server asks for that (96); what changes a loan is sent once and never again. Every
failure after sending ends the connection, and an answer that bears an earlier request's number is passed
over, so that a late answer can never be taken for the next one's.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from devices.port import Deadline
from kiosk.sip2 import protocol as sip
from kiosk.sip2.answers import Numbering, speaks_of_another, trailer_fault
from kiosk.sip2.connection import Connection, WireLost, WireSilent, WireUnended
from kiosk.sip2.errors import (
    IlsCrowded,
    IlsError,
    IlsNonsense,
    IlsRefusedLogin,
    IlsUnknown,
    IlsUnreachable,
)
from kiosk.sip2.server import Server, connect, log_in_at_prompts, prompts, reason_given

log = logging.getLogger(__name__)

RESENDS = 3
LONGEST_BACKOFF_S = 8.0
"""A village link is up for seconds at a time: a hundred kiosks asking so often are no load for an ILS."""

R = TypeVar("R", bound=sip.Message)


@dataclass(frozen=True)
class _Asked:
    """A request as it stands on the wire."""

    request: sip.Request
    sequence: int | None
    line: bytes


class Session:
    """Used by one thread; `clock` counts seconds for backoff and idleness."""

    def __init__(self, server: Server, clock: Callable[[], float] = time.monotonic) -> None:
        self.server = server
        self.acs_status: sip.AcsStatus | None = None
        self.round_trip_s: float | None = None
        self._clock = clock
        self._connection: Connection | None = None
        self._sequence = 0
        self._numbering = Numbering()
        self._opening = False
        self._failures = 0
        self._failure: IlsUnreachable | None = None
        self._retry_at = self._heard_at = self._used_at = clock()

    @property
    def connected(self) -> bool:
        return self._connection is not None

    def exchange(self, request: sip.Request, reply_type: type[R]) -> R:
        """Send `request` and return its reply. Any `IlsError`; ValueError when it cannot be written."""
        connection = self._ready_connection()
        self._used_at = self._clock()
        return self._ask(connection, request, reply_type)

    def tend(self) -> None:
        """Call every few seconds when nothing is asked: keeps alive, gives back. Raises nothing."""
        if self._connection is None:
            return
        if self._clock() - self._used_at >= self.server.idle_close_s:
            self.close()
        elif self._clock() - self._heard_at >= self.server.keep_alive_s:
            self._proven(self._connection)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    # -- connecting ---------------------------------------------------------------------------------------

    def _ready_connection(self) -> Connection:
        connection = self._connection
        if connection is not None and not connection.quiet:
            log.info("ILS %s closed the idle connection", self.server.name)
            self.close()
        elif connection is not None and (self._is_fresh() or self._proven(connection)):
            return connection
        return self._connect()

    def _is_fresh(self) -> bool:
        return self._clock() - self._heard_at < self.server.probe_after_s

    def _proven(self, connection: Connection) -> bool:
        try:
            self._ask_status(connection)
        except IlsError as error:
            log.info("idle connection is lost: %s", error)
            return False
        return True

    def _connect(self) -> Connection:
        wait_s = self._retry_at - self._clock()
        if self._failure is not None and wait_s > 0:
            again = f"{self._failure.detail}; next try in {wait_s:.0f} s"
            raise type(self._failure)(self.server.name, again)
        try:
            connection = self._open()
        except IlsUnreachable as error:
            self.close()
            self._failure = error
            self._retry_at = self._clock() + min(LONGEST_BACKOFF_S, 2.0**self._failures)
            self._failures += 1
            raise
        self._failures, self._failure = 0, None
        return connection

    def _open(self) -> Connection:
        """Connect and log in: whatever goes wrong here, nothing of the operation under way was sent."""
        server = self.server
        self._connection = connection = connect(server)
        self._numbering, self._opening = Numbering(), True
        try:
            _LOG_IN[server.dialect.login](self, connection)
            self._ask_status(connection)
        except IlsUnknown as error:
            raise self._failed_login(error) from error
        except ValueError as error:
            raise IlsUnreachable(server.name, f"no login: {error}; correct the configuration") from error
        finally:
            self._opening = False
        if not connection.quiet:
            detail = "hangs up or speaks unasked right after its first answers: staff must look at its log"
            raise IlsUnreachable(server.name, detail)
        return connection

    def _failed_login(self, error: IlsUnknown) -> IlsUnreachable:
        server = self.server
        if isinstance(error, IlsNonsense) and prompts(error.text.encode()):
            return IlsUnreachable(server.name, 'prompts for user and password: set login = "telnet"')
        if isinstance(error.__cause__, WireSilent) and not isinstance(error, IlsNonsense):
            detail = "took the connection but never answered: its limit of connections may be used up"
            if server.dialect.login is sip.LoginStyle.TELNET:
                detail += ', or it prompts for no login: then set login = "sip"'
            return IlsCrowded(server.name, detail)
        return IlsUnreachable(server.name, f"no login: {error.detail}")

    def _log_in_by_message(self, connection: Connection) -> None:
        login = sip.Login(
            login_user_id=self.server.user,
            login_password=self.server.password,
            location_code=self.server.dialect.location_code,
        )
        reply = self._ask(connection, login, sip.LoginReply)
        if not reply.ok:
            raise self._refused(reason_given(self.server, reply))

    def _log_in_by_prompt(self, connection: Connection) -> None:
        try:
            welcome = log_in_at_prompts(connection, self.server)
        except WireLost as error:
            raise IlsUnknown(self.server.name, str(error)) from error
        if not welcome:
            raise self._refused()

    def _trust_the_network(self, connection: Connection) -> None:
        """No login at all."""

    def _refused(self, reason: str = "") -> IlsRefusedLogin:
        detail = f"refused the kiosk's user or password: correct them in its configuration{reason}"
        return IlsRefusedLogin(self.server.name, detail)

    # -- asking -------------------------------------------------------------------------------------------

    def _ask_status(self, connection: Connection) -> None:
        request = sip.ScStatus(protocol_version=self.server.dialect.protocol_version)
        self._ask(connection, request, sip.AcsStatus)

    def _ask(self, connection: Connection, request: sip.Request, reply_type: type[R]) -> R:
        asked = self._written(request)
        started = self._clock()
        try:
            reply = self._answer(connection, asked, reply_type)
            self._take_status(reply)
        except IlsError:
            self.close()
            raise
        self._heard_at = self._clock()
        self.round_trip_s = self._heard_at - started
        return reply

    def _take_status(self, reply: sip.Message) -> None:
        if not isinstance(reply, sip.AcsStatus):
            return
        self.acs_status = reply
        if not reply.online:
            detail = "says that it is off line: ask its staff to start circulation"
            raise IlsUnreachable(self.server.name, detail)

    def _written(self, request: sip.Request) -> _Asked:
        dialect = self.server.dialect
        sequence = None if dialect.checksum is sip.ChecksumPolicy.OFF else self._sequence
        asked = _Asked(request, sequence, sip.encode(request, dialect, sequence))
        self._sequence = (self._sequence + 1) % 10
        return asked

    def _answer(self, connection: Connection, asked: _Asked, reply_type: type[R]) -> R:
        for again in range(RESENDS if asked.request.question else 1):
            answer, received = self._round_trip(connection, asked)
            if isinstance(received.message, _ASKS_AGAIN):
                continue
            reply = self._judged(received, answer, asked, reply_type)
            if again and not self._opening and not self._numbering.counts_along:
                self.close()  # it may yet answer the other copy, and nothing would tell that answer apart
            return reply
        why = "it asks for it again: checksum, encoding or line end may not suit it"
        raise IlsUnknown(self.server.name, f"message {asked.request.code}: {why}")

    def _round_trip(self, connection: Connection, asked: _Asked) -> tuple[bytes, sip.Received]:
        deadline = Deadline(self.server.reply_timeout_s)
        banner: IlsNonsense | None = None
        try:
            connection.send(asked.line, deadline.left_s)
            while True:
                line = connection.read_line(deadline.left_s)
                try:
                    received = sip.parse(line, self.server.dialect)
                except sip.BadMessage as error:
                    banner = self._banner(asked, error)
                    continue
                if not self._numbering.is_late(received.sequence, asked.sequence):
                    return line, received
                log.info("ILS %s: a late answer was passed over", self.server.name)
        except sip.BadMessage as error:
            raise self._nonsense(asked, str(error), error.text) from None
        except WireLost as error:
            raise banner or self._lost(asked, error) from error

    def _banner(self, asked: _Asked, error: sip.BadMessage) -> IlsNonsense:
        """Some servers greet in words before their first answer; anywhere else words are no answer."""
        nonsense = self._nonsense(asked, str(error), error.text)
        if not self._opening or error.text[:2].isdigit():
            raise nonsense from None
        return nonsense

    def _lost(self, asked: _Asked, error: WireLost) -> IlsError:
        if isinstance(error, WireUnended):
            return self._nonsense(asked, str(error), error.text.decode("utf-8", "replace"))
        kind = IlsUnreachable if error.nothing_left else IlsUnknown
        return kind(self.server.name, f"message {asked.request.code}: {error}")

    def _judged(self, received: sip.Received, answer: bytes, asked: _Asked, reply_type: type[R]) -> R:
        """The reply, once it is certain that it answers this request."""
        dialect, reply = self.server.dialect, received.message
        self._numbering.note(received.sequence, asked.sequence)
        fault = trailer_fault(received, asked.sequence)
        if fault:
            log.warning("ILS %s: message %s: %s", self.server.name, asked.request.code, fault)
        if dialect.checksum is not sip.ChecksumPolicy.STRICT:
            fault = ""
        if not isinstance(reply, reply_type):
            fault = f"answered with message {reply.code}"
        elif speaks_of_another(asked.request, reply):
            fault = "the answer is about another item"
        elif not fault:
            return reply
        raise self._nonsense(asked, fault, answer.decode(dialect.encoding.value, "replace"))

    def _nonsense(self, asked: _Asked, fault: str, text: str) -> IlsNonsense:
        return IlsNonsense(self.server.name, f"message {asked.request.code}: {fault}", text)


_ASKS_AGAIN = (sip.RequestScResend, sip.RequestAcsResend)
"""96; and 97, which is ours to send, where a server takes the one for the other."""
_LOG_IN: dict[sip.LoginStyle, Callable[[Session, Connection], None]] = {
    sip.LoginStyle.SIP: Session._log_in_by_message,
    sip.LoginStyle.TELNET: Session._log_in_by_prompt,
    sip.LoginStyle.NONE: Session._trust_the_network,
}
