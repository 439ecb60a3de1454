"""A FEIG OBID i-scan HF reader over the world's pad: each method is a line of the host command set.

A bad frame gets no answer, an unknown command status 80h, a command of a wrong length 81h. Anti-collision,
radio and timing are left out: every tag on the pad is heard.
"""

from collections.abc import Callable
from dataclasses import dataclass

from devices.feig_obid.protocol import (
    ADDRESSED,
    ISO_15693,
    MORE,
    NXP,
    SECURITY,
    UID_SIZE,
    Control,
    Decoder,
    Eas,
    Frame,
    Iso,
    Status,
    swap_blocks,
)
from hardware_sim.world import Chip, World

ADDRESS = 0x00
ANY_ADDRESS = 0xFF
CHARACTER_GAP_S = 0.1
"""12 ms by the book; more, since two processes stand between the host's bytes here."""
RECORDS_AT_ONCE = 8
READ_LIMIT = 32
PAGES, PAGE_SIZE = 8, 14
IC_REFERENCE_SLIX = 0x01
BLOCK_NOT_AVAILABLE, BLOCK_LOCKED = 0x10, 0x12
"""ISO 15693 error codes."""

Answer = tuple[Status, bytes]
OK: Answer = (Status.OK, b"")
NO_TAG: Answer = (Status.NO_TAG, b"")
NOT_THERE: Answer = (Status.ISO_ERROR, bytes([BLOCK_NOT_AVAILABLE]))


class WrongLength(Exception):
    """A command with fewer or more bytes than it takes."""


@dataclass(frozen=True)
class Request:
    """A command to a tag that is there: `data` is what follows its UID."""

    chip: Chip
    data: bytes
    security: bool

    @property
    def span(self) -> range:
        """The blocks meant, when `data` begins with first and count."""
        return range(self.data[0], self.data[0] + self.data[1])

    @property
    def beyond(self) -> bool:
        return self.span.stop > self.chip.block_count


class FeigObid:
    def __init__(self, world: World) -> None:
        self._world = world
        self._decoder = Decoder()
        self._now = self._last_byte_at = 0.0
        self._rf_on = True
        self._quiet: set[bytes] = set()
        self._selected: bytes | None = None
        self._waiting: list[Chip] = []
        self._configuration = {page: bytes(PAGE_SIZE) for page in range(PAGES)}
        self._commands: dict[int, tuple[int | None, Callable[[bytes], Answer]]] = {
            Control.BAUD_DETECT: (1, self._baud_detect),
            Control.CPU_RESET: (0, self._cpu_reset),
            Control.SOFTWARE_VERSION: (0, self._software_version),
            Control.READER_INFO: (1, self._reader_info),
            Control.RF_RESET: (0, self._rf_reset),
            Control.RF_SWITCH: (1, self._rf_switch),
            Control.READ_CONFIGURATION: (1, self._read_configuration),
            Control.WRITE_CONFIGURATION: (1 + PAGE_SIZE, self._write_configuration),
            Control.ISO_HOST: (None, self._iso_host),
            Control.ISO_CUSTOM: (3 + UID_SIZE, self._iso_custom),
        }
        """The length each takes (None: it depends) and what it does."""
        self._tag_commands: dict[int, tuple[int | None, Callable[[Request], Answer]]] = {
            Iso.STAY_QUIET: (0, self._stay_quiet),
            Iso.LOCK_BLOCKS: (2, self._lock_blocks),
            Iso.READ_BLOCKS: (2, self._read_blocks),
            Iso.WRITE_BLOCKS: (None, self._write_blocks),
            Iso.SELECT: (0, self._select),
            Iso.RESET_TO_READY: (0, self._reset_to_ready),
            Iso.WRITE_AFI: (1, self._write_afi),
            Iso.WRITE_DSFID: (1, self._write_dsfid),
            Iso.SYSTEM_INFORMATION: (0, self._system_information),
            Iso.BLOCK_SECURITY: (2, self._block_security),
        }

    # -- the wire ----------------------------------------------------------------------------------------

    def receive(self, data: bytes) -> bytes:
        self._last_byte_at = self._now
        return b"".join(self._answer(frame) for frame in self._decoder.feed(data))

    def tick(self, now: float) -> bytes:
        self._now = now
        if self._decoder.pending and now - self._last_byte_at > CHARACTER_GAP_S:
            return b"".join(self._answer(frame) for frame in self._decoder.end_of_burst())
        return b""

    def _answer(self, frame: Frame) -> bytes:
        if frame.address not in (ADDRESS, ANY_ADDRESS):
            return b""
        with self._world.lock:
            status, data = self._obey(frame)
        return Frame(frame.control, bytes([status]) + data, ADDRESS, frame.advanced).encode()

    def _obey(self, frame: Frame) -> Answer:
        if frame.control not in self._commands:
            return Status.UNKNOWN_COMMAND, b""
        size, command = self._commands[frame.control]
        try:
            return command(_sized(frame.data, size))
        except WrongLength:
            return Status.LENGTH_ERROR, b""

    # -- the reader itself -------------------------------------------------------------------------------

    def _baud_detect(self, _data: bytes) -> Answer:
        return OK

    def _cpu_reset(self, _data: bytes) -> Answer:
        self._rf_on = True
        self._forget_tags()
        return OK

    def _software_version(self, _data: bytes) -> Answer:
        return Status.OK, bytes.fromhex("02 10 00 40 4C 00 08")

    def _reader_info(self, data: bytes) -> Answer:
        return self._software_version(b"") if data == b"\x00" else (Status.PARAMETER_RANGE, b"")

    def _rf_reset(self, _data: bytes) -> Answer:
        self._forget_tags()
        return OK

    def _rf_switch(self, data: bytes) -> Answer:
        self._rf_on = bool(data[0])
        self._forget_tags()
        return OK

    def _read_configuration(self, data: bytes) -> Answer:
        page = self._configuration.get(data[0])
        return (Status.OK, page) if page is not None else (Status.ADDRESS_ERROR, b"")

    def _write_configuration(self, data: bytes) -> Answer:
        if data[0] not in self._configuration:
            return Status.ADDRESS_ERROR, b""
        self._configuration[data[0]] = data[1:]
        return OK

    def _forget_tags(self) -> None:
        """Without a field the tags forget that they were to stay quiet or were selected."""
        self._quiet.clear()
        self._selected = None
        self._waiting.clear()

    # -- tags: B0h and B1h -------------------------------------------------------------------------------

    def _iso_host(self, data: bytes) -> Answer:
        _at_least(data, 2)
        iso, mode = data[0], data[1]
        if iso == Iso.INVENTORY:
            return self._inventory(mode)
        if iso not in self._tag_commands:
            return Status.NOT_AVAILABLE, b""
        size, command = self._tag_commands[iso]
        chip, parameters = self._addressed(mode, data[2:])
        return command(Request(chip, _sized(parameters, size), bool(mode & SECURITY))) if chip else NO_TAG

    def _iso_custom(self, data: bytes) -> Answer:
        """NXP's surveillance bit; an alarm request is answered only by a tag whose bit is set."""
        manufacturer, code, mode = data[:3]
        if manufacturer != NXP or code not in (Eas.SET, Eas.RESET, Eas.ALARM):
            return Status.NOT_AVAILABLE, b""
        chip, _ = self._addressed(mode, data[3:])
        if chip is None or (code == Eas.ALARM and not chip.eas):
            return NO_TAG
        if code == Eas.ALARM:
            return OK
        return self._register(chip, "eas", code == Eas.SET)

    def _addressed(self, mode: int, rest: bytes) -> tuple[Chip | None, bytes]:
        """The tag meant, by UID or as the one selected before, and what follows."""
        uid: bytes | None = self._selected
        if mode & ADDRESSED:
            _at_least(rest, UID_SIZE)
            uid, rest = rest[:UID_SIZE], rest[UID_SIZE:]
        return next((chip for chip in self._in_field() if chip.uid == uid), None), rest

    def _in_field(self) -> list[Chip]:
        return self._world.chips_on_pad() if self._rf_on else []

    def _inventory(self, mode: int) -> Answer:
        if not mode & MORE:
            self._waiting = [chip for chip in self._in_field() if chip.uid not in self._quiet]
        now, self._waiting = self._waiting[:RECORDS_AT_ONCE], self._waiting[RECORDS_AT_ONCE:]
        if not now:
            return NO_TAG
        records = b"".join(bytes([ISO_15693, chip.dsfid]) + chip.uid for chip in now)
        return Status.MORE_DATA if self._waiting else Status.OK, bytes([len(now)]) + records

    def _stay_quiet(self, request: Request) -> Answer:
        self._quiet.add(request.chip.uid)
        return OK

    def _select(self, request: Request) -> Answer:
        self._selected = request.chip.uid
        return OK

    def _reset_to_ready(self, request: Request) -> Answer:
        self._quiet.discard(request.chip.uid)
        return OK

    def _read_blocks(self, request: Request) -> Answer:
        """The security byte always travels; it tells the truth only when asked for."""
        if not 1 <= len(request.span) <= READ_LIMIT:
            return Status.PARAMETER_RANGE, b""
        if request.beyond:
            return NOT_THERE
        chip, size = request.chip, request.chip.block_size
        if chip.read_fails:
            chip.read_fails -= 1
            return Status.RF_COMMUNICATION, b""
        blocks = b"".join(
            bytes([request.security and block in chip.locked_blocks])
            + chip.memory[block * size : (block + 1) * size][::-1]
            for block in request.span
        )
        return Status.OK, bytes([len(request.span), size]) + blocks

    def _write_blocks(self, request: Request) -> Answer:
        """Block after block: what fails midway leaves the blocks before it written."""
        _at_least(request.data, 3)
        chip, size = request.chip, request.data[2]
        data = swap_blocks(_sized(request.data[3:], len(request.span) * size), size or 1)
        if size != chip.block_size:
            return Status.WRONG_TYPE, b""
        if request.beyond:
            return NOT_THERE
        torn_at = request.span.start + len(request.span) // 2 if _fails(chip) else None
        for number, block in enumerate(request.span):
            if block == torn_at:
                return Status.WRITE_ERROR, bytes([block])
            if block in chip.locked_blocks:
                return Status.ISO_ERROR, bytes([BLOCK_LOCKED])
            chip.memory[block * size : (block + 1) * size] = data[number * size : (number + 1) * size]
        return OK

    def _lock_blocks(self, request: Request) -> Answer:
        if request.beyond:
            return NOT_THERE
        request.chip.locked_blocks.update(request.span)
        return OK

    def _block_security(self, request: Request) -> Answer:
        if request.beyond:
            return NOT_THERE
        locked = bytes(block in request.chip.locked_blocks for block in request.span)
        return Status.OK, bytes([len(locked)]) + locked

    def _write_afi(self, request: Request) -> Answer:
        return self._register(request.chip, "afi", request.data[0])

    def _write_dsfid(self, request: Request) -> Answer:
        return self._register(request.chip, "dsfid", request.data[0])

    def _register(self, chip: Chip, name: str, value: int) -> Answer:
        if _fails(chip):
            return Status.WRITE_ERROR, b"\x00"
        setattr(chip, name, value)
        return OK

    def _system_information(self, request: Request) -> Answer:
        chip = request.chip
        sizes = bytes([chip.block_size - 1, chip.block_count - 1, IC_REFERENCE_SLIX])
        return Status.OK, bytes([chip.dsfid]) + chip.uid + bytes([chip.afi]) + sizes


def _fails(chip: Chip) -> bool:
    """Whether this write is one of those the tag is to spoil; counts it."""
    if not chip.write_fails:
        return False
    chip.write_fails -= 1
    return True


def _sized(data: bytes, size: int | None) -> bytes:
    if size is not None and len(data) != size:
        raise WrongLength
    return data


def _at_least(data: bytes, size: int) -> None:
    if len(data) < size:
        raise WrongLength
