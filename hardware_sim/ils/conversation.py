"""One kiosk's conversation with the simulated ILS: login first, then a line in and a line out.

As with Koha: anything before login, and a failed login, ends the connection; a wrong checksum or an unknown
message is answered with 96; AY and AZ come back only if sent; 97 repeats the last reply without them.
"""

from dataclasses import dataclass, field

from hardware_sim.ils.answers import Answers
from kiosk.sip2 import protocol as sip


@dataclass(frozen=True)
class Account:
    """Who may log in; the demo's and tests' kiosks use this one."""

    user: str = "kiosk"
    password: str = field(default="mazhang", repr=False)


class Conversation:
    def __init__(self, answers: Answers, account: Account, dialect: sip.Dialect) -> None:
        self.ended = False
        self._answers = answers
        self._account = account
        self._dialect = dialect
        self._logged_in = False
        self._last: sip.Message = sip.RequestScResend()

    def answer(self, line: bytes) -> bytes:
        """What to send back, perhaps nothing; then the connection is to be closed if `ended`."""
        try:
            received = sip.parse(line, self._dialect)
        except sip.BadMessage:
            received = None
        if received is None or received.checksum is sip.Checksum.WRONG:
            self.ended = not self._logged_in
            return b"" if self.ended else self._written(sip.RequestScResend(), None)
        if isinstance(received.message, sip.RequestAcsResend):
            return self._written(self._last, None)
        if not (self._logged_in or isinstance(received.message, sip.Login)):
            self.ended = True
            return b""
        self._last = self._reply(received.message)
        return self._written(self._last, received.sequence)

    def _reply(self, request: sip.Message) -> sip.Message:
        if not isinstance(request, sip.Login):
            return self._answers.answer(request)
        given = Account(request.login_user_id, request.login_password)
        self._logged_in = given == self._account
        self.ended = not self._logged_in
        return sip.LoginReply(ok=self._logged_in)

    def _written(self, reply: sip.Message, sequence: int | None) -> bytes:
        try:
            return sip.encode(reply, self._dialect, sequence)
        except ValueError:  # it would repeat something of the request that cannot be written
            return sip.encode(sip.RequestScResend(), self._dialect)
