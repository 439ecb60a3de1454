"""A logged-in SIP2 conversation: connecting, backing off, asking and judging the answer.

Connects when something is to be asked, and proves an idle connection before trusting a loan to it. A question
is sent again when the server asks for that (96); what changes a loan is sent once and never again. Every
failure after sending ends the connection, so that a late answer can never be taken for the next one's.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from kiosk.sip2 import protocol as sip
from kiosk.sip2.connection import Connection, WireLost, WireSilent
from kiosk.sip2.errors import (
    IlsCrowded,
    IlsError,
    IlsNonsense,
    IlsRefusedLogin,
    IlsUnknown,
    IlsUnreachable,
)
from kiosk.sip2.server import Server, connect, log_in_at_prompts

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
        try:
            _LOG_IN[server.dialect.login](self, connection)
            self._ask_status(connection)
        except IlsUnknown as error:
            raise self._failed_login(error) from error
        except ValueError as error:
            raise IlsUnreachable(server.name, f"no login: {error}; correct the configuration") from error
        return connection

    def _failed_login(self, error: IlsUnknown) -> IlsUnreachable:
        if isinstance(error.__cause__, WireSilent):
            detail = "took the connection but never answered: its limit of connections may be used up"
            return IlsCrowded(self.server.name, detail)
        return IlsUnreachable(self.server.name, f"no login: {error.detail}")

    def _log_in_by_message(self, connection: Connection) -> None:
        login = sip.Login(
            login_user_id=self.server.user,
            login_password=self.server.password,
            location_code=self.server.dialect.location_code,
        )
        if not self._ask(connection, login, sip.LoginReply).ok:
            raise self._refused()

    def _log_in_by_prompt(self, connection: Connection) -> None:
        try:
            welcome = log_in_at_prompts(connection, self.server)
        except WireLost as error:
            raise IlsUnknown(self.server.name, str(error)) from error
        if not welcome:
            raise self._refused()

    def _trust_the_network(self, connection: Connection) -> None:
        """No login at all."""

    def _refused(self) -> IlsRefusedLogin:
        detail = "refused the kiosk's user or password: correct them in its configuration"
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
        except IlsError:
            self.close()
            raise
        if isinstance(reply, sip.AcsStatus):
            self.acs_status = reply
        self._heard_at = self._clock()
        self.round_trip_s = self._heard_at - started
        return reply

    def _written(self, request: sip.Request) -> _Asked:
        dialect = self.server.dialect
        sequence = None if dialect.checksum is sip.ChecksumPolicy.OFF else self._sequence
        asked = _Asked(request, sequence, sip.encode(request, dialect, sequence))
        self._sequence = (self._sequence + 1) % 10
        return asked

    def _answer(self, connection: Connection, asked: _Asked, reply_type: type[R]) -> R:
        for _ in range(RESENDS if asked.request.question else 1):
            answer = self._round_trip(connection, asked)
            try:
                received = sip.parse(answer, self.server.dialect)
            except sip.BadMessage as error:
                raise self._nonsense(asked, str(error), error.text) from None
            if not isinstance(received.message, sip.RequestScResend):
                return self._judged(received, answer, asked, reply_type)
        why = "it asks for it again: checksum, encoding or line end may not suit it"
        raise IlsUnknown(self.server.name, f"message {asked.request.code}: {why}")

    def _round_trip(self, connection: Connection, asked: _Asked) -> bytes:
        timeout_s = self.server.reply_timeout_s
        try:
            connection.send(asked.line, timeout_s)
            return connection.read_line(timeout_s)
        except WireLost as error:
            kind = IlsUnreachable if error.nothing_left else IlsUnknown
            raise kind(self.server.name, f"message {asked.request.code}: {error}") from error
        except sip.BadMessage as error:
            raise self._nonsense(asked, str(error), error.text) from None

    def _judged(self, received: sip.Received, answer: bytes, asked: _Asked, reply_type: type[R]) -> R:
        """The reply, once it is certain that it answers this request."""
        dialect, reply = self.server.dialect, received.message
        fault = _trailer_fault(received, asked.sequence)
        if fault:
            log.warning("ILS %s: message %s: %s", self.server.name, asked.request.code, fault)
        if dialect.checksum is not sip.ChecksumPolicy.STRICT:
            fault = ""
        if not isinstance(reply, reply_type):
            fault = f"answered with message {reply.code}"
        elif _differ(getattr(asked.request, "item_id", None), getattr(reply, "item_id", None)):
            fault = "the answer is about another item"
        elif not fault:
            return reply
        raise self._nonsense(asked, fault, answer.decode(dialect.encoding.value, "replace"))

    def _nonsense(self, asked: _Asked, fault: str, text: str) -> IlsNonsense:
        return IlsNonsense(self.server.name, f"message {asked.request.code}: {fault}", text)


_LOG_IN: dict[sip.LoginStyle, Callable[[Session, Connection], None]] = {
    sip.LoginStyle.SIP: Session._log_in_by_message,
    sip.LoginStyle.TELNET: Session._log_in_by_prompt,
    sip.LoginStyle.NONE: Session._trust_the_network,
}


def _trailer_fault(received: sip.Received, sequence: int | None) -> str:
    if sequence is None:
        return ""
    if received.checksum is sip.Checksum.WRONG:
        return "the answer's checksum is wrong"
    if received.sequence not in (None, sequence):
        return "the answer bears another sequence number"
    return ""


def _differ(asked: str | None, answered: str | None) -> bool:
    """Servers leave ids out and mangle those that are not ASCII: only plain ones can be compared."""
    if not asked or not answered or not (asked + answered).isascii():
        return False
    return asked.strip() != answered.strip()
