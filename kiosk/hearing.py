"""What the centre says to a kiosk, given to whoever it is for; what concerns the outbox stays with `Uplink`.

Belongs to the uplink's thread. A message that cannot be read is told in a sentence and left alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from broker_config import messages
from broker_config.commands import Command
from broker_config.from_centre import Certificate, Notices, Wanted
from broker_config.lists import Lists
from broker_config.messages import BadMessage
from kiosk.certificates import Certificates
from kiosk.device_key import BadCertificate
from kiosk.journal import Journal


@dataclass(frozen=True)
class Ears:
    """Who takes what the centre says. `lists` takes a chunk of a list; how far the copy is then is told by
    the next state. `audiences` are those whose notices are for this place."""

    lists: Callable[[Lists], object] = lambda lists: None
    wanted: Callable[[Wanted], object] = lambda wanted: None
    command: Callable[[Command], object] = lambda command: None
    notices: Callable[[str, Notices], object] = lambda audience, notices: None
    audiences: Callable[[], tuple[str, ...]] = tuple


class Then(Enum):
    """What the uplink is to do afterwards."""

    NOTHING = "nothing"
    TELL_STATE = "tell_state"
    CONNECT_AGAIN = "connect_again"


class Hearing:
    def __init__(
        self, ears: Ears, journal: Journal, certificates: Certificates, tell: Callable[[str], None]
    ) -> None:
        """`tell` takes a sentence for staff."""
        self._ears, self._journal, self._certificates, self._tell = ears, journal, certificates, tell

    def take(self, message: messages.Message) -> Then:
        match message:
            case Wanted():
                self._journal.set_token_keys(dict(message.token_keys))
                self._journal.set_card_keys(dict(message.card_keys))
                self._ears.wanted(message)
            case Lists():
                self._ears.lists(message)
                return Then.TELL_STATE
            case Command():
                self._ears.command(message)
            case Certificate():
                return self._take_certificate(message)
        return Then.NOTHING

    def take_notices(self, audience: str, payload: bytes) -> None:
        try:
            # an empty one is how a retained message is taken back
            notices = messages.decode(Notices, payload) if payload else Notices()
        except BadMessage as error:
            self._tell(f"ignored what the centre sent: {error}")
            return
        self._ears.notices(audience, notices)

    def _take_certificate(self, message: Certificate) -> Then:
        try:
            return Then.CONNECT_AGAIN if self._certificates.take(message.certificate) else Then.NOTHING
        except BadCertificate as error:
            self._tell(f"ignored a certificate that the centre sent: {error}")
            return Then.NOTHING
