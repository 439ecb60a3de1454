"""An RL866 HF reader over the world's pad: each method is a command of its kind.

A bad frame gets no answer, an unknown command status 0103h, fields of a wrong length 0102h; what fails in the
air is told inside the answer to an access. Whether the real reader insists on the sequence bit is not known:
this one answers with the bit it was asked with. What tags do is `iso15693.py`'s.
"""

from collections.abc import Callable

from devices.rl866.protocol import (
    ADDRESSED,
    ALL_HANDLES,
    ANY_ADDRESS,
    ICODE_SLI,
    ISO_15693,
    MORE,
    RECORDS_AT_ONCE,
    RESYNC,
    RESYNC_REPLY,
    UID_SIZE,
    Access,
    AccessResult,
    Command,
    Decoder,
    Frame,
    InventoryList,
    ProtocolError,
    Reply,
    Status,
    SystemInformation,
    TagRecord,
    decode_ebv,
    inventory_data,
    system_information_data,
)
from hardware_sim.air_answers import AirError, Block, ErrorCode, Garbled, NoAnswer, Sighting, TagRefused
from hardware_sim.bursts import Bursts
from hardware_sim.iso15693 import Field
from hardware_sim.world import World

ADDRESS = 0x01
MOST_HANDLES = 16
CONFIGURATION_BLOCK_SIZE = 14
CONFIGURATION = {1: bytes.fromhex("01 02 02 00 03 01 64 00 00 00 00 00 00 00")}
TAG_TYPES = {"ICODE SLI": ICODE_SLI, "ICODE SLIX": 0x07, "ICODE SLIX2": 0x0A, "ICODE SLIX-S": 0x0C}

Answer = tuple[Status, bytes]


class WrongLength(Exception):
    """A command with fewer or more bytes than it takes."""


class Rl866:
    def __init__(self, world: World) -> None:
        self.field = Field(world)
        self._world = world
        self._bursts = Bursts(Decoder())
        self._handles: dict[int, bytes] = {}
        self._waiting: list[Sighting] = []
        self._commands: dict[int, Callable[[bytes], Answer]] = {
            Command.READ_CONFIGURATION: self._read_configuration,
            Command.INVENTORY: self._inventory,
            Command.CONNECT: self._connect,
            Command.DISCONNECT: self._disconnect,
            Command.ACCESS: self._access,
        }
        self._acts: dict[int, Callable[[bytes, bytes], bytes]] = {
            Access.RESET: self._reset_to_ready,
            Access.SELECT: self._select,
            Access.READ_BLOCKS: self._read_blocks,
            Access.READ_BLOCK: self._read_block,
            Access.WRITE_BLOCKS: self._write_blocks,
            Access.WRITE_BLOCK: self._write_block,
            Access.LOCK_BLOCKS: self._lock_blocks,
            Access.WRITE_AFI: self._write_afi,
            Access.WRITE_DSFID: self._write_dsfid,
            Access.SYSTEM_INFORMATION: self._system_information,
            Access.EAS_ON: lambda uid, data: self._write_eas(uid, data, True),
            Access.EAS_OFF: lambda uid, data: self._write_eas(uid, data, False),
            Access.EAS_ALARM: self._eas_alarm,
        }

    # -- the wire ----------------------------------------------------------------------------------------

    def receive(self, data: bytes) -> bytes:
        return b"".join(map(self._answer, self._bursts.feed(data)))

    def tick(self, now: float) -> bytes:
        return b"".join(map(self._answer, self._bursts.tick(now)))

    def _answer(self, frame: Frame) -> bytes:
        if frame.address not in (ADDRESS, ANY_ADDRESS):
            return b""
        if frame.pcb == RESYNC:
            return self._resynchronise()
        if not frame.inf:
            return b""
        with self._world.lock:
            status, data = self._obey(frame.inf[0], frame.inf[1:])
        return Reply(frame.inf[0], status, data).frame(frame.pcb, ADDRESS).encode()

    def _obey(self, command: int, fields: bytes) -> Answer:
        if command not in self._commands:
            return Status.UNKNOWN_COMMAND, b""
        try:
            return self._commands[command](fields)
        except (WrongLength, ProtocolError):
            return Status.MESSAGE_SIZE, b""

    # -- the reader itself -------------------------------------------------------------------------------

    def _resynchronise(self) -> bytes:
        self._handles.clear()
        self._waiting.clear()
        return Frame(RESYNC_REPLY, address=ADDRESS).encode()

    def _read_configuration(self, fields: bytes) -> Answer:
        """Working memory and stored configuration are the same here."""
        where, count = _sized(fields, 2)
        first = where & 0x3F
        blocks = [
            CONFIGURATION.get(number, bytes(CONFIGURATION_BLOCK_SIZE))
            for number in range(first, first + count)
        ]
        return Status.OK, bytes([len(blocks)]) + b"".join(blocks)

    # -- tags --------------------------------------------------------------------------------------------

    def _inventory(self, fields: bytes) -> Answer:
        if not _sized(fields, 1)[0] & MORE:
            self._waiting = list(self.field.inventory())
        found = len(self._waiting)
        now, self._waiting = self._waiting[:RECORDS_AT_ONCE], self._waiting[RECORDS_AT_ONCE:]
        records = tuple(TagRecord(tag.uid, tag.dsfid, self._tag_type(tag.uid)) for tag in now)
        return Status.OK, inventory_data(InventoryList(records, more=bool(self._waiting)), found)

    def _tag_type(self, uid: bytes) -> int:
        models = {chip.uid: chip.model.name for chip in self._world.chips_on_pad()}
        return TAG_TYPES.get(models.get(uid, ""), ICODE_SLI)

    def _connect(self, fields: bytes) -> Answer:
        """In addressed mode nothing goes over the air: the reader only notes which tag is meant."""
        _antenna, protocol, _tag_type, size, mode, *uid = _sized(fields, 5 + UID_SIZE)
        if protocol != ISO_15693:
            return Status.AIR_PROTOCOL, b""
        if size != 1 + UID_SIZE or mode != ADDRESSED:
            return Status.PARAMETER, b""
        free = next((number for number in range(1, MOST_HANDLES + 1) if number not in self._handles), None)
        if free is None:
            return Status.NO_MEMORY, b""
        self._handles[free] = bytes(reversed(uid))
        return Status.OK, bytes([free])

    def _disconnect(self, fields: bytes) -> Answer:
        handle = _sized(fields, 1)[0]
        if handle == ALL_HANDLES:
            self._handles.clear()
        elif self._handles.pop(handle, None) is None:
            return Status.WRONG_HANDLE, b""
        return Status.OK, b""

    def _access(self, fields: bytes) -> Answer:
        if not fields:
            raise WrongLength
        size, act = decode_ebv(fields[1:])
        if len(act) != size or size < 2:
            raise WrongLength
        uid = self._handles.get(fields[0])
        if uid is None:
            return Status.WRONG_HANDLE, b""
        return Status.OK, self._done(uid, int.from_bytes(act[:2], "little"), act[2:]).encode()

    def _done(self, uid: bytes, code: int, parameters: bytes) -> AccessResult:
        if code not in self._acts:
            return AccessResult(code, Status.NOT_SUPPORTED)
        try:
            return AccessResult(code, None, self._acts[code](uid, parameters))
        except WrongLength:
            return AccessResult(code, Status.ARGUMENT_SIZE)
        except AirError as error:
            return AccessResult(code, _status_of(error))

    # -- what is done to a tag ---------------------------------------------------------------------------

    def _reset_to_ready(self, uid: bytes, parameters: bytes) -> bytes:
        _sized(parameters, 0)
        self.field.reset_to_ready(uid)
        return b""

    def _select(self, uid: bytes, parameters: bytes) -> bytes:
        _sized(parameters, 0)
        self.field.select(uid)
        return b""

    def _read_blocks(self, uid: bytes, parameters: bytes) -> bytes:
        with_locks = bool(_sized(parameters, 5)[0])
        first, count = _word(parameters[1:3]), _word(parameters[3:])
        blocks = self.field.read_blocks(uid, first, count, with_locks)
        return parameters[3:] + b"".join(_travelling(block, with_locks) for block in blocks)

    def _read_block(self, uid: bytes, parameters: bytes) -> bytes:
        with_locks = bool(_sized(parameters, 3)[0])
        return _travelling(self.field.read_block(uid, _word(parameters[1:]), with_locks), with_locks)

    def _write_blocks(self, uid: bytes, parameters: bytes) -> bytes:
        """The data tell the block size: whole blocks of as many bytes as the tag's."""
        count = _word(parameters[2:4])
        data = parameters[4:]
        if len(parameters) < 5 or not count or len(data) % count:
            raise WrongLength
        self.field.write_blocks(uid, _word(parameters[:2]), data)
        return b""

    def _write_block(self, uid: bytes, parameters: bytes) -> bytes:
        if len(parameters) < 3:
            raise WrongLength
        self.field.write_block(uid, _word(parameters[:2]), parameters[2:])
        return b""

    def _lock_blocks(self, uid: bytes, parameters: bytes) -> bytes:
        first, count = _word(_sized(parameters, 4)[:2]), _word(parameters[2:])
        for block in range(first, first + count):
            self.field.lock_block(uid, block)
        return b""

    def _write_dsfid(self, uid: bytes, parameters: bytes) -> bytes:
        self.field.write_dsfid(uid, _sized(parameters, 1)[0])
        return b""

    def _write_afi(self, uid: bytes, parameters: bytes) -> bytes:
        self.field.write_afi(uid, _sized(parameters, 1)[0])
        return b""

    def _system_information(self, uid: bytes, parameters: bytes) -> bytes:
        _sized(parameters, 0)
        system = self.field.system_information(uid)
        return system_information_data(SystemInformation(**vars(system)))

    def _write_eas(self, uid: bytes, parameters: bytes, on: bool) -> bytes:
        _sized(parameters, 0)
        self.field.write_eas(uid, on)
        return b""

    def _eas_alarm(self, uid: bytes, parameters: bytes) -> bytes:
        _sized(parameters, 0)
        self.field.eas_alarm(uid)
        return b""


def _status_of(error: AirError) -> Status:
    match error:
        case NoAnswer():
            return Status.NO_TAG
        case Garbled():
            return Status.AIR_CHECKSUM
        case TagRefused(code=ErrorCode.LOCKED | ErrorCode.ALREADY_LOCKED | ErrorCode.BLOCK_NOT_AVAILABLE):
            return Status.BLOCK_LOCKED
        case TagRefused():
            return Status.TAG_REFUSES
    return Status.AIR_WRITE


def _travelling(block: Block, with_lock: bool) -> bytes:
    return (bytes([block.locked]) if with_lock else b"") + block.data


def _word(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _sized(data: bytes, size: int) -> bytes:
    if len(data) != size:
        raise WrongLength
    return data
