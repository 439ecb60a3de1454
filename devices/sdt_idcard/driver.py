"""Resident ID card reader on a serial line, real or USB adapter: tells a card's number, once per arrival.

Finds, selects and reads; a card that was read is not found again before it was lifted, so what `sense` says
is an arrival. Photo, name and address are dropped by the protocol as they come over the wire. A reader set
to another speed is found and set back to 115200. What the number means is left to the kiosk. Follows the
published command set (GA 467); tried with the simulator only.

    [[device]]
    model = "sdt_idcard"
    port = "/dev/kiosk-idcard"
"""

from devices.errors import BadFrame, DeviceError, DeviceLost, DeviceRefused
from devices.kinds import (
    CardContent,
    CardRead,
    CardTapped,
    CardTechnology,
    CardUnread,
    DeviceInfo,
    IdNumber,
    Kind,
)
from devices.port import Deadline, LineSettings, Port
from devices.sdt_idcard.protocol import (
    BAD_LENGTH,
    BAUDS,
    Answer,
    CardNumber,
    Command,
    Damaged,
    Decoder,
    Item,
    Status,
    encode,
    sam_serial,
)

USUAL_BAUD = 115_200
_ANSWER_S = 0.25
_READ_S = 1.2
"""A SAM takes up to a second to read a card."""
_TRIES = 2
_UNREAD = CardTapped(b"", CardTechnology.RESIDENT_ID, CardUnread.UNREADABLE)
_WORDS = {
    Command.STATUS: "open",
    Command.SAM_ID: "ask for the serial number",
    Command.FIND: "find a card",
    Command.SELECT: "select a card",
    Command.READ: "read a card",
}


class SdtIdcard:
    """A CardReader at `path`. Opening takes up to 1.5 s when nothing answers at the usual speed."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._port = _opened(path)
        try:
            serial = self._serial()
        except DeviceError:
            self._port.close()
            raise
        self.info = DeviceInfo(Kind.CARD_READER, "sdt_idcard", path, serial=serial)

    def sense(self) -> CardTapped | None:
        """A card that came to lie there since the last one was lifted."""
        found = self._ask(Command.FIND)
        if found.status == Status.NO_CARD:
            return None
        self._refuse_unless(found.status == Status.FOUND, found, Command.FIND)
        for attempt in range(_TRIES):
            if self._ask(Command.SELECT).status != Status.OK:
                # before any read it lies there no more, or not yet right: it will be found again
                return _UNREAD if attempt else None
            card = _ask(self._port, Command.READ, _READ_S)
            if isinstance(card, CardNumber):
                return CardTapped(b"", CardTechnology.RESIDENT_ID, IdNumber(card.number))
        return _UNREAD

    def read(self, card: CardTapped, wanted: CardRead) -> CardContent:
        raise DeviceRefused(self._path, "read", "an ID card reader reads nothing but the number")

    def close(self) -> None:
        self._port.close()

    def _serial(self) -> str | None:
        """Not every reader tells it."""
        answer = self._ask(Command.SAM_ID)
        return sam_serial(answer.data) if answer.status == Status.OK else None

    def _ask(self, command: Command) -> Answer:
        answer = _ask(self._port, command, _ANSWER_S)
        if isinstance(answer, Answer):
            return answer
        reason = answer.reason if isinstance(answer, Damaged) else "a card's data came unasked"
        raise BadFrame(self._path, _WORDS[command], reason)

    def _refuse_unless(self, right: bool, answer: Answer, command: Command) -> None:
        if not right:
            raise DeviceRefused(self._path, _WORDS[command], "the reader says no", answer.status)


def _opened(path: str) -> Port:
    """The reader's port at the usual speed, to which it is brought where it was set to another."""
    for baud in BAUDS:
        port = Port(path, LineSettings(baud))
        if not _answers(port):
            port.close()
            continue
        return port if baud == USUAL_BAUD else _brought_to_usual_speed(port)
    raise DeviceLost(path, "open", "no answer at any speed: check cable, power and model")


def _brought_to_usual_speed(port: Port) -> Port:
    """Some take the new speed at once, some after the next power-on: it is used at whichever answers."""
    slow = port.line
    try:
        port.write(encode(BAUDS[USUAL_BAUD]), "set the speed")
        port.read(_ANSWER_S, "set the speed")
    finally:
        port.close()
    fast = Port(port.path, LineSettings(USUAL_BAUD))
    if _answers(fast):
        return fast
    fast.close()
    return Port(port.path, slow)


def _answers(port: Port) -> bool:
    try:
        return isinstance(_ask(port, Command.STATUS, _ANSWER_S), Answer)
    except DeviceLost:
        return False


def _ask(port: Port, command: Command, timeout_s: float) -> Item:
    """The answer, whole or damaged; DeviceLost for silence."""
    words = _WORDS[command]
    decoder = Decoder()
    port.discard_input()
    port.write(encode(command), words)
    deadline, false_start = Deadline(timeout_s), False
    while not deadline.over:
        for item in decoder.feed(port.read(deadline.left_s, words)):
            if item != BAD_LENGTH:
                return item
            false_start = True
    if not false_start:
        raise DeviceLost(port.path, words, f"no answer within {timeout_s} s: check cable and power")
    return BAD_LENGTH
