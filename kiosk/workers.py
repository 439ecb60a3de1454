"""One thread per device: opens it, does its job, tells what happened, opens it again when it is lost.

A worker only ever puts events on the queue. What a kind of device does all day is its job, in the table at
the end; opening and reopening are the same for all.
"""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from devices.errors import DeviceError, DeviceRefused
from devices.kinds import (
    CardReader,
    CardTapped,
    Device,
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
    DeviceDown,
    DeviceUp,
    DoorCounted,
    Event,
    PrinterChecked,
    ReceiptFailed,
    ReceiptPrinted,
    TagActFailed,
)
from kiosk.whereabouts import whereabouts

log = logging.getLogger(__name__)

Post = Callable[[Event], None]
REOPEN_S = 1.0
PAD_PAUSE_S = 0.06
FORGET_CARD_AFTER = 2
"""Senses without a card before the same card counts as a new arrival."""
POLL_AT_LEAST_S = 1.5
"""However many commands there are: what comes to the pad or leaves it must be noticed."""
PRINTER_MISSES = 3
"""Silent polls before a printer counts as gone: one in the middle of a cut is slow to answer."""


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


class DeviceWorker(threading.Thread):
    """Runs until `stop`; `put` hands it a command, which is always answered by an event."""

    def __init__(
        self,
        kind: Kind,
        model: str,
        port: str,
        open_device: Callable[[], Any],
        post: Post,
        *,
        make_job: Callable[[Any], "Job"] | None = None,
    ) -> None:
        """`make_job` where this kind's usual one will not do."""
        super().__init__(name=f"device {kind.value}", daemon=True)
        self.kind = kind
        self._model, self._port = model, port
        self._make_job = make_job or JOBS[kind]
        self._open, self._post = open_device, post
        self._commands: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._told = ""
        self.beat_s = monotonic_s()
        """When the worker last showed that it is alive."""

    def put(self, command: Command) -> None:
        self._commands.put(command)

    def stop(self) -> None:
        self._stopping.set()
        self._commands.put(None)

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                device = self._open()
                try:
                    self._serve(device)
                finally:
                    device.close()
            except DeviceError as error:
                self._away(str(error))
            except Exception as error:
                # a driver's fault must not silence its device for ever: staff see it, and it is reopened
                self._away(f"{self._port}: {self._model}: driver failed: {whereabouts(error)}")

    def _serve(self, device: Device) -> None:
        self._told = ""
        log.info("%s: %s opened", self._port, self._model)
        self._post(DeviceUp(device.info))
        job = self._make_job(device)
        while not self._stopping.is_set():
            self.beat_s = monotonic_s()
            job.poll(self._post)
            self._commands_for(job.pause_s, lambda command: job.do(command, self._post), job.linger_s)

    def _away(self, reason: str) -> None:
        """Say so, and answer commands with failure until it is time to try again."""
        if reason != self._told:
            self._told = reason
            log.warning("%s", reason)
        self._post(DeviceDown(self.kind, self._model, self._port, reason))
        self.beat_s = monotonic_s()
        self._commands_for(REOPEN_S, lambda command: self._post(failure(command, "device is away")))

    def _commands_for(self, seconds: float, do: Callable[[Command], None], linger_s: float = 0.0) -> None:
        """Take commands for this long, and while one follows the other within `linger_s`, but not for ever;
        each may take longer."""
        began_s = monotonic_s()
        end_s = began_s + seconds
        while not self._stopping.is_set():
            left_s = end_s - monotonic_s()
            try:
                command = self._commands.get(timeout=left_s) if left_s > 0 else self._commands.get_nowait()
            except queue.Empty:
                return
            if command is not None and self._attempt(command, do):
                end_s = max(end_s, min(monotonic_s() + linger_s, began_s + POLL_AT_LEAST_S))

    def _attempt(self, command: Command, do: Callable[[Command], None]) -> bool:
        """Whether it was done. What was refused may have left the pad: time to look."""
        try:
            do(command)
        except DeviceRefused as error:
            self._post(failure(command, str(error)))
            return False
        except Exception as error:
            # whatever it was, somebody waits for the answer
            reason = str(error) if isinstance(error, DeviceError) else whereabouts(error)
            self._post(failure(command, reason))
            raise
        return True


def failure(command: Command, reason: str) -> Event:
    """The event that answers a command which could not be carried out."""
    match command:
        case WriteAfi(op_id, uid) | ReadAfi(op_id, uid):
            return TagActFailed(op_id, uid, reason)
        case PrintLines():
            return ReceiptFailed(reason)


# -- jobs ------------------------------------------------------------------------------------------------


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


class CardJob:
    pause_s, linger_s = 0.1, 0.0

    def __init__(self, reader: CardReader) -> None:
        self._reader = reader
        self._lying: CardTapped | None = None
        self._missed = 0

    def poll(self, post: Post) -> None:
        """An arrival is told once; the card must leave before it counts again."""
        card = self._reader.sense()
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
        self._misses = 0

    def poll(self, post: Post) -> None:
        try:
            status = self._printer.status()
        except DeviceError:
            self._misses += 1
            if self._misses >= PRINTER_MISSES:
                raise
            return
        self._misses = 0
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

    def poll(self, post: Post) -> None:
        post(DoorCounted(self._counter.read()))

    def do(self, command: Command, post: Post) -> None:
        post(failure(command, "a door counter takes no commands"))


JOBS: dict[Kind, Callable[[Any], Job]] = {
    Kind.TAG_READER: PadJob,
    Kind.CARD_READER: CardJob,
    Kind.SCANNER: ScannerJob,
    Kind.RECEIPT_PRINTER: PrinterJob,
    Kind.DOOR_COUNTER: CounterJob,
}
