"""One kiosk's conversation with the simulated ILS: login first, then a line in and a line out.

How strange things end is the dialect's (`dialects.py`); with all of them AY and AZ come back only if sent,
97 repeats the last reply without them, and a wrong checksum is answered with 96.
"""

from dataclasses import dataclass, field

from hardware_sim.ils.answers import Answers
from hardware_sim.ils.dialects import IlsDialect
from kiosk.sip2 import protocol as sip

USER_PROMPT, PASSWORD_PROMPT = b"login: ", b"password: "
WELCOME, WRONG = b"Login OK.  Initiating SIP\r\n", b"Invalid login\r\n"


@dataclass(frozen=True)
class Account:
    """Who may log in; the demo's and tests' kiosks use this one."""

    user: str = "kiosk"
    password: str = field(default="mazhang", repr=False)


class Conversation:
    def __init__(self, answers: Answers, account: Account, dialect: IlsDialect) -> None:
        self.ended = False
        self.logged_in = False
        self.greeting = USER_PROMPT if dialect.prompts else b""
        """What to send before anything was heard."""
        self._answers = answers
        self._account = account
        self._dialect = dialect
        self._prompted_user: str | None = None
        self._wrong_logins = 0
        self._last: sip.Message = sip.RequestScResend()

    def answer(self, line: bytes) -> bytes:
        """What to send back, perhaps nothing; then the connection is to be closed if `ended`."""
        if self._dialect.prompts and not self.logged_in:
            return self._answer_to_prompt(line.decode("utf-8", "replace"))
        try:
            received = sip.parse(line, self._dialect.wire)
        except sip.BadMessage:
            return self._not_known()
        if self._distrusted(received):
            return self._not_understood()
        if isinstance(received.message, sip.RequestAcsResend):
            return self._written(self._last, None)
        if not (self.logged_in or isinstance(received.message, sip.Login)):
            self._wrong_login()
            return b""
        return self._reply(received)

    def _reply(self, received: sip.Received) -> bytes:
        request = received.message
        reply = self._log_in(request) if isinstance(request, sip.Login) else self._answers.answer(request)
        if reply is None:
            self.ended = True
            return b""
        if isinstance(reply, sip.RequestScResend):
            return self._not_known()
        self._last = reply
        return self._written(reply, received.sequence)

    def _log_in(self, request: sip.Login) -> sip.LoginReply:
        self._try(Account(request.login_user_id, request.login_password))
        return sip.LoginReply(ok=self.logged_in)

    def _answer_to_prompt(self, text: str) -> bytes:
        if self._prompted_user is None:
            self._prompted_user = text
            return PASSWORD_PROMPT
        self._try(Account(self._prompted_user, text))
        self._prompted_user = None
        if self.logged_in:
            return WELCOME
        return WRONG if self.ended else WRONG + USER_PROMPT

    def _try(self, given: Account) -> None:
        self.logged_in = given == self._account
        if not self.logged_in:
            self._wrong_login()

    def _wrong_login(self) -> None:
        self._wrong_logins += 1
        self.ended = self._wrong_logins >= self._dialect.login_tries

    def _distrusted(self, received: sip.Received) -> bool:
        if received.checksum is sip.Checksum.WRONG:
            return True
        is_bare = received.checksum is sip.Checksum.ABSENT or received.sequence is None
        return self._dialect.needs_checksum and is_bare

    def _not_known(self) -> bytes:
        if self._dialect.hangs_up_on_unknown:
            self.ended = True
            return b""
        return self._not_understood()

    def _not_understood(self) -> bytes:
        if not self.logged_in:
            self._wrong_login()
        return b"" if self.ended else self._written(sip.RequestScResend(), None)

    def _written(self, reply: sip.Message, sequence: int | None) -> bytes:
        try:
            return sip.encode(reply, self._dialect.wire, sequence)
        except ValueError:  # it would repeat something of the request that cannot be written
            return sip.encode(sip.RequestScResend(), self._dialect.wire)
