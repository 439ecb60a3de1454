"""What a kind of device does all day, once it is open: looked at regularly, told to do things.

A job only ever puts events on the queue; opening and reopening are its worker's (`kiosk.workers`).
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Protocol

from devices.errors import BadFrame, DeviceError, DeviceRefused
from devices.kinds import (
    CardRead,
    CardReader,
    CardTapped,
    CardTechnology,
    CardUnread,
    DoorCounter,
    Kind,
    ReceiptLine,
    ReceiptPrinter,
    Scanner,
    TagReader,
)
from devices.pad import Pad
from devices.tag_data import Model
from kiosk.clock import monotonic_s
from kiosk.flow.effects import ReadAfi, WriteAfi
from kiosk.flow.events import (
    AfiRead,
    AfiWritten,
    CodeRejected,
    DoorCounted,
    Event,
    PrinterChecked,
    PrintJob,
    ReceiptFailed,
    ReceiptPrinted,
    TagActFailed,
)
from kiosk.pace import Attended, Pace, Pacer, nobody
from kiosk.patience import Patience
from kiosk.whereabouts import whereabouts

log = logging.getLogger(__name__)

Post = Callable[[Event], None]
Wanted = Callable[[CardTechnology], CardRead | None]
PAD_PACE = Pace(brisk_s=0.06, resting_s=0.25)
CARD_PACE = Pace(brisk_s=0.1, resting_s=0.15)
"""A card is held there for a moment only: no longer rest than a hand does not feel."""
FORGET_CARD_AFTER = 2
"""Senses without a card before the same card counts as a new arrival."""
UNREAD_TRIES = 10
"""For about a second: by then a card is held still, or cannot be read at all."""


@dataclass(frozen=True)
class PrintLines:
    """A paper ready for the printer, and whose it is."""

    lines: tuple[ReceiptLine, ...]
    job: PrintJob = PrintJob.RECEIPT


Command = WriteAfi | ReadAfi | PrintLines


class Job(Protocol):
    """What is done with an open device: `poll` after a pause, `do` for each command."""

    linger_s: float
    """After a command the next one is awaited so long before polling again."""

    @property
    def pause_s(self) -> float:
        """From one poll to the next."""

    def poll(self, post: Post) -> None: ...

    def do(self, command: Command, post: Post) -> None: ...


def failure(command: Command, reason: str) -> Event:
    """The event that answers a command which could not be carried out."""
    match command:
        case WriteAfi(op_id, uid) | ReadAfi(op_id, uid):
            return TagActFailed(op_id, uid, reason)
        case PrintLines():
            return ReceiptFailed(reason, job=command.job)


class PadJob:
    """While tags are written, the wire is theirs: the next book's turn comes with the ILS's next answer, and
    an inventory in between would keep it waiting."""

    linger_s = 0.2

    def __init__(
        self,
        reader: TagReader,
        models: Sequence[Model] | None = None,
        attended: Attended = nobody,
        clock_s: Callable[[], float] = monotonic_s,
    ) -> None:
        """`models`: as `devices.pad.Pad` takes them."""
        self._pad = Pad(reader, models)
        self._pacer = Pacer(PAD_PACE, clock_s, attended)
        self._read_back: tuple[bytes, int] | None = None
        """The tag written last, and what it bore after that."""

    @property
    def pause_s(self) -> float:
        return 0.0 if self._pad.owes else self._pacer.pause_s

    def poll(self, post: Post) -> None:
        changed = self._pad.poll()
        if not self._pad.at_rest:
            self._pacer.stir()
        if changed is not None:
            post(changed)

    def do(self, command: Command, post: Post) -> None:
        self._pacer.stir()
        match command:
            case WriteAfi(op_id, uid, afi):
                self._read_back = None
                self._pad.write_afi(uid, afi)
                post(AfiWritten(op_id, uid, afi))
                self._read_ahead(uid)
            case ReadAfi(op_id, uid):
                post(AfiRead(op_id, uid, self._afi_now(uid)))

    def _read_ahead(self, uid: bytes) -> None:
        """A write is followed by the wish to read it back: that is done while the write is being recorded.
        What does not work now is tried again when it is asked for."""
        with suppress(DeviceError):
            self._read_back = uid, self._pad.read_afi(uid)

    def _afi_now(self, uid: bytes) -> int:
        ahead, self._read_back = self._read_back, None
        return ahead[1] if ahead and ahead[0] == uid else self._pad.read_afi(uid)


class CardJob:
    linger_s = 0.0

    def __init__(
        self,
        reader: CardReader,
        wanted: Wanted = lambda technology: None,
        attended: Attended = nobody,
        clock_s: Callable[[], float] = monotonic_s,
    ) -> None:
        """`wanted`: what is to be read of a kind of card beside its number."""
        self._reader = reader
        self._pacer = Pacer(CARD_PACE, clock_s, attended)
        self._wanted = wanted
        self._patience = Patience()
        self._lying: CardTapped | None = None
        self._unread_tries = 0
        self._missed = 0

    @property
    def pause_s(self) -> float:
        return self._pacer.pause_s

    def poll(self, post: Post) -> None:
        """An arrival is told once, with what is wanted of it; the card must leave before it counts again.
        One that could not be read is told as that and tried again while it lies there, but not for ever."""
        sensed = self._patience.ask(lambda: (self._reader.sense(),))
        if sensed is None:
            return
        (card,) = sensed
        if card is None:
            self._missed += 1
            if self._missed >= FORGET_CARD_AFTER:
                self._lying = None
            return
        self._missed = 0
        self._pacer.stir()
        if card != self._lying:
            self._lying, self._unread_tries = card, 0
            self._tell(card, post)
        elif 0 < self._unread_tries < UNREAD_TRIES:
            self._tell(card, post)

    def _tell(self, card: CardTapped, post: Post) -> None:
        wanted = self._wanted(card.technology)
        if wanted is not None:
            content = self._patience.ask(lambda: self._reader.read(card, wanted))
            card = replace(card, content=content or CardUnread.UNREADABLE)
        unread = card.content is CardUnread.UNREADABLE
        told_before = self._unread_tries > 0
        self._unread_tries = self._unread_tries + 1 if unread else 0
        if not (unread and told_before):
            post(card)

    def do(self, command: Command, post: Post) -> None:
        post(failure(command, "a card reader takes no commands"))


class ScannerJob:
    pause_s, linger_s = 0.0, 0.0

    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner

    def poll(self, post: Post) -> None:
        try:
            code = self._scanner.read(timeout_s=0.5)
        except BadFrame as error:
            # what is no code takes nobody's scanner away
            log.warning("%s", error)
            post(CodeRejected(str(error)))
            return
        if code is not None:
            post(code)

    def do(self, command: Command, post: Post) -> None:
        post(failure(command, "a scanner takes no commands"))


class PrinterJob:
    pause_s, linger_s = 2.0, 0.0

    def __init__(self, printer: ReceiptPrinter) -> None:
        self._printer = printer
        self._patience = Patience()

    def poll(self, post: Post) -> None:
        status = self._patience.ask(self._printer.status)
        if status is not None:
            post(PrinterChecked(status))

    def do(self, command: Command, post: Post) -> None:
        """Never tried again from here: what failed on the way may be on paper, and that is told."""
        if not isinstance(command, PrintLines):
            return
        try:
            self._printer.print_receipt(command.lines)
            post(ReceiptPrinted(command.job))
        except DeviceRefused:
            # say why before the failure is shown
            self.poll(post)
            raise
        except DeviceError as error:
            # whether the printer is lost, the next polls tell
            log.warning("%s", error)
            post(ReceiptFailed(str(error), doubtful=True, job=command.job))
        except Exception as error:
            post(ReceiptFailed(whereabouts(error), doubtful=True, job=command.job))
            raise
        self.poll(post)


class CounterJob:
    pause_s, linger_s = 1.0, 0.0

    def __init__(self, counter: DoorCounter) -> None:
        self._counter = counter
        self._patience = Patience()

    def poll(self, post: Post) -> None:
        count = self._patience.ask(self._counter.read)
        if count is not None:
            post(DoorCounted(count))

    def do(self, command: Command, post: Post) -> None:
        post(failure(command, "a door counter takes no commands"))


JOBS: dict[Kind, Callable[[Any], Job]] = {
    Kind.TAG_READER: PadJob,
    Kind.CARD_READER: CardJob,
    Kind.SCANNER: ScannerJob,
    Kind.RECEIPT_PRINTER: PrinterJob,
    Kind.DOOR_COUNTER: CounterJob,
}
