"""A FEIG OBID i-scan HF reader over the world's pad: each method is a line of the host command set.

A bad frame gets no answer, an unknown command status 80h, a command of a wrong length 81h. What the tags do
in the field, and how long it takes, is `iso15693.py`'s.
"""

import re
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
from hardware_sim.bursts import Bursts
from hardware_sim.iso15693 import (
    AirError,
    Field,
    Garbled,
    NoAnswer,
    Sighting,
    TagRefused,
    WriteStopped,
)
from hardware_sim.world import World

ADDRESS = 0x00
ANY_ADDRESS = 0xFF
RECORDS_AT_ONCE = 8
READ_LIMIT = 32
PAGES, PAGE_SIZE = 8, 14
SERIAL = "0C1A77D3"
FIGURES = re.compile("[0-9A-Fa-f]{8}")

Answer = tuple[Status, bytes]
OK: Answer = (Status.OK, b"")
NO_TAG: Answer = (Status.NO_TAG, b"")


class WrongLength(Exception):
    """A command with fewer or more bytes than it takes."""


@dataclass(frozen=True)
class Request:
    """A command to a tag, by UID or (None) to the one selected before; `data` is what follows."""

    uid: bytes | None
    data: bytes
    security: bool

    @property
    def span(self) -> range:
        """The blocks meant, when `data` begins with first and count."""
        return range(self.data[0], self.data[0] + self.data[1])


class FeigObid:
    def __init__(self, world: World, serial: str = "") -> None:
        """`serial`: its number as eight hexadecimal figures; ValueError for another."""
        if not FIGURES.fullmatch(serial or SERIAL):
            raise ValueError(f"要八位十六进制数 / eight hexadecimal figures are needed, such as {SERIAL}")
        self._serial = bytes.fromhex(serial or SERIAL)
        self.outputs = b""
        """What its lamps and beeper were told to do last."""
        self.field = Field(world)
        self._world = world
        self._bursts = Bursts(Decoder())
        self._waiting: list[Sighting] = []
        self._configuration = {page: bytes(PAGE_SIZE) for page in range(PAGES)}
        self._commands: dict[int, tuple[int | None, Callable[[bytes], Answer]]] = {
            Control.BAUD_DETECT: (1, self._baud_detect),
            Control.CPU_RESET: (0, self._cpu_reset),
            Control.SOFTWARE_VERSION: (0, self._software_version),
            Control.READER_INFO: (1, self._reader_info),
            Control.RF_RESET: (0, self._rf_reset),
            Control.RF_SWITCH: (1, self._rf_switch),
            Control.SET_OUTPUT: (8, self._set_output),
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
            Iso.LOCK_AFI: (0, self._lock_afi),
            Iso.WRITE_DSFID: (1, self._write_dsfid),
            Iso.LOCK_DSFID: (0, self._lock_dsfid),
            Iso.SYSTEM_INFORMATION: (0, self._system_information),
            Iso.BLOCK_SECURITY: (2, self._block_security),
        }

    # -- the wire ----------------------------------------------------------------------------------------

    def receive(self, data: bytes) -> bytes:
        return b"".join(map(self._answer, self._bursts.feed(data)))

    def tick(self, now: float) -> bytes:
        return b"".join(map(self._answer, self._bursts.tick(now)))

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
        except AirError as error:
            return _failed(error)

    # -- the reader itself -------------------------------------------------------------------------------

    def _baud_detect(self, _data: bytes) -> Answer:
        return OK

    def _cpu_reset(self, _data: bytes) -> Answer:
        return self._rf_switch(b"\x01")

    def _software_version(self, _data: bytes) -> Answer:
        return Status.OK, bytes.fromhex("02 10 00 40 4C 00 08")

    def _reader_info(self, data: bytes) -> Answer:
        return self._information.get(data, lambda: (Status.PARAMETER_RANGE, b""))()

    @property
    def _information(self) -> dict[bytes, Callable[[], Answer]]:
        """By mode: the firmware, and the reader's number before twelve bytes about licences."""
        return {
            b"\x00": lambda: self._software_version(b""),
            b"\x80": lambda: (Status.OK, self._serial + bytes(12)),
        }

    def _set_output(self, data: bytes) -> Answer:
        self.outputs = data
        return OK

    def _rf_reset(self, _data: bytes) -> Answer:
        self.field.reset()
        self._waiting.clear()
        return OK

    def _rf_switch(self, data: bytes) -> Answer:
        self.field.switch(bool(data[0]))
        self._waiting.clear()
        return OK

    def _read_configuration(self, data: bytes) -> Answer:
        page = self._configuration.get(data[0])
        return (Status.OK, page) if page is not None else (Status.ADDRESS_ERROR, b"")

    def _write_configuration(self, data: bytes) -> Answer:
        if data[0] not in self._configuration:
            return Status.ADDRESS_ERROR, b""
        self._configuration[data[0]] = data[1:]
        return OK

    # -- tags: B0h and B1h -------------------------------------------------------------------------------

    def _iso_host(self, data: bytes) -> Answer:
        _at_least(data, 2)
        iso, mode = data[0], data[1]
        if iso == Iso.INVENTORY:
            return self._inventory(mode)
        if iso not in self._tag_commands:
            return Status.NOT_AVAILABLE, b""
        size, command = self._tag_commands[iso]
        uid, parameters = _addressed(mode, data[2:])
        return command(Request(uid, _sized(parameters, size), bool(mode & SECURITY)))

    def _iso_custom(self, data: bytes) -> Answer:
        """NXP's surveillance bit; an alarm request is answered only by a tag whose bit is set."""
        manufacturer, code, mode = data[:3]
        if manufacturer != NXP or code not in set(Eas):
            return Status.NOT_AVAILABLE, b""
        uid, _ = _addressed(mode, data[3:])
        match code:
            case Eas.SET | Eas.RESET:
                self.field.write_eas(uid, code == Eas.SET)
            case Eas.LOCK:
                self.field.lock_eas(uid)
            case Eas.ALARM:
                self.field.eas_alarm(uid)
        return OK

    def _inventory(self, mode: int) -> Answer:
        if not mode & MORE:
            self._waiting = list(self.field.inventory())
        now, self._waiting = self._waiting[:RECORDS_AT_ONCE], self._waiting[RECORDS_AT_ONCE:]
        if not now:
            return NO_TAG
        records = b"".join(bytes([ISO_15693, tag.dsfid]) + tag.uid for tag in now)
        return Status.MORE_DATA if self._waiting else Status.OK, bytes([len(now)]) + records

    def _stay_quiet(self, request: Request) -> Answer:
        if request.uid is not None:
            self.field.stay_quiet(request.uid)
        return OK

    def _select(self, request: Request) -> Answer:
        if request.uid is None:
            return Status.PARAMETER_RANGE, b""
        self.field.select(request.uid)
        return OK

    def _reset_to_ready(self, request: Request) -> Answer:
        self.field.reset_to_ready(request.uid)
        return OK

    def _read_blocks(self, request: Request) -> Answer:
        """The security byte always travels; it tells the truth only when asked for."""
        span = request.span
        if not 1 <= len(span) <= READ_LIMIT:
            return Status.PARAMETER_RANGE, b""
        blocks = self.field.read_blocks(request.uid, span.start, len(span), request.security)
        size = len(blocks[0].data)
        data = b"".join(bytes([request.security and each.locked]) + each.data[::-1] for each in blocks)
        return Status.OK, bytes([len(span), size]) + data

    def _write_blocks(self, request: Request) -> Answer:
        """Block after block: what fails midway leaves the blocks before it written."""
        _at_least(request.data, 3)
        size = request.data[2]
        data = swap_blocks(_sized(request.data[3:], len(request.span) * size), size or 1)
        if not size or size != self.field.block_size(request.uid):
            return Status.WRONG_TYPE, b""
        self.field.write_blocks(request.uid, request.span.start, data)
        return OK

    def _lock_blocks(self, request: Request) -> Answer:
        for block in request.span:
            self.field.lock_block(request.uid, block)
        return OK

    def _block_security(self, request: Request) -> Answer:
        locked = self.field.block_security(request.uid, request.span.start, len(request.span))
        return Status.OK, bytes([len(locked), *locked])

    def _write_afi(self, request: Request) -> Answer:
        self.field.write_afi(request.uid, request.data[0])
        return OK

    def _lock_afi(self, request: Request) -> Answer:
        self.field.lock_afi(request.uid)
        return OK

    def _write_dsfid(self, request: Request) -> Answer:
        self.field.write_dsfid(request.uid, request.data[0])
        return OK

    def _lock_dsfid(self, request: Request) -> Answer:
        self.field.lock_dsfid(request.uid)
        return OK

    def _system_information(self, request: Request) -> Answer:
        tag = self.field.system_information(request.uid)
        sizes = bytes([tag.block_size - 1, tag.block_count - 1, tag.ic_reference])
        return Status.OK, bytes([tag.dsfid]) + tag.uid + bytes([tag.afi]) + sizes


def _failed(error: AirError) -> Answer:
    match error:
        case NoAnswer():
            return NO_TAG
        case Garbled():
            return Status.RF_COMMUNICATION, b""
        case WriteStopped(block=block):
            return Status.WRITE_ERROR, bytes([block])
        case TagRefused(code=code):
            return Status.ISO_ERROR, bytes([code])
    raise error


def _addressed(mode: int, rest: bytes) -> tuple[bytes | None, bytes]:
    """The UID of the tag meant, None for the one selected before, and what follows."""
    if not mode & ADDRESSED:
        return None, rest
    _at_least(rest, UID_SIZE)
    return rest[:UID_SIZE], rest[UID_SIZE:]


def _sized(data: bytes, size: int | None) -> bytes:
    if size is not None and len(data) != size:
        raise WrongLength
    return data


def _at_least(data: bytes, size: int) -> None:
    if len(data) < size:
        raise WrongLength
