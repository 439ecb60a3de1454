"""What a kind of device does all day, once it is open: looked at regularly, told to do things.

A job only ever puts events on the queue; opening and reopening are its worker's (`kiosk.workers`).
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from devices.errors import DeviceError, DeviceRefused
from devices.kinds import (
    CardReader,
    CardTapped,
    DoorCounter,
    Kind,
    ReceiptLine,
    ReceiptPrinter,
    Scanner,
    TagReader,
)
from devices.pad import Pad
from devices.tag_data import Model
from kiosk.flow.effects import ReadAfi, WriteAfi
from kiosk.flow.events import (
    AfiRead,
    AfiWritten,
    DoorCounted,
    Event,
    PrinterChecked,
    ReceiptFailed,
    ReceiptPrinted,
    TagActFailed,
)

Post = Callable[[Event], None]
T = TypeVar("T")
PAD_PAUSE_S = 0.06
FORGET_CARD_AFTER = 2
"""Senses without a card before the same card counts as a new arrival."""
FAILURES_BORNE = 3
"""Failures in a row before a device counts as gone."""


@dataclass(frozen=True)
class PrintLines:
    """A receipt ready for the printer."""

    lines: tuple[ReceiptLine, ...]


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
            return ReceiptFailed(reason)


class PadJob:
    """While tags are written, the wire is theirs: the next book's turn comes with the ILS's next answer, and
    an inventory in between would keep it waiting."""

    linger_s = 0.2

    def __init__(self, reader: TagReader, models: Sequence[Model] | None = None) -> None:
        """`models`: as `devices.pad.Pad` takes them."""
        self._pad = Pad(reader, models)
        self._read_back: tuple[bytes, int] | None = None
        """The tag written last, and what it bore after that."""

    @property
    def pause_s(self) -> float:
        return 0.0 if self._pad.owes else PAD_PAUSE_S

    def poll(self, post: Post) -> None:
        changed = self._pad.poll()
        if changed is not None:
            post(changed)

    def do(self, command: Command, post: Post) -> None:
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


class Patience:
    """Bears a few failures in a row before it lets one through: a board that was busy elsewhere, a printer in
    the middle of a cut, noise on a line are no lost device."""

    def __init__(self) -> None:
        self._failures = 0

    def ask(self, question: Callable[[], T]) -> T | None:
        """The answer; None for a failure that is borne."""
        try:
            answer = question()
        except DeviceError:
            self._failures += 1
            if self._failures >= FAILURES_BORNE:
                raise
            return None
        self._failures = 0
        return answer


class CardJob:
    pause_s, linger_s = 0.1, 0.0

    def __init__(self, reader: CardReader) -> None:
        self._reader = reader
        self._patience = Patience()
        self._lying: CardTapped | None = None
        self._missed = 0

    def poll(self, post: Post) -> None:
        """An arrival is told once; the card must leave before it counts again."""
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
        if self._lying is None or card.uid != self._lying.uid:
            self._lying = card
            post(card)

    def do(self, command: Command, post: Post) -> None:
        post(failure(command, "a card reader takes no commands"))


class ScannerJob:
    pause_s, linger_s = 0.0, 0.0

    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner

    def poll(self, post: Post) -> None:
        code = self._scanner.read(timeout_s=0.5)
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
        if isinstance(command, PrintLines):
            try:
                self._printer.print_receipt(command.lines)
            except DeviceRefused:
                # say why before the failure is shown
                self.poll(post)
                raise
            post(ReceiptPrinted())
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
