"""RL866 / RL8000 on the wire: typed commands and replies to bytes and back.

A frame's PCB C0h is a request to resynchronise and E0h its reply; else bit 6 toggles with each exchange. INF
is a command and its fields; in a reply a status word stands between the two. Numbers and UIDs travel least
significant byte first, block data as they lie in memory.

There is no vendor document. Sources: the frames in `tests/captures/rfid.json`, and the field lists quoted in
Lainuri, a Finnish self-service kiosk that drives an RL866. Confidence: high for framing, inventory, connect,
access, system information and blocks (captured); medium for the ninth byte of a serial number as DSFID and
for continuing a list too long for one frame; access codes for AFI and EAS are Lainuri's. LOCK_BLOCKS and
WRITE_DSFID are inferred, low to medium: the codes run in the order of ISO 15693's commands, and theirs are
the gaps. Chained frames (PCB bit 5) are not known well enough: nothing here asks for as much as would need
them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from devices.kinds import LARGEST_BLOCK_BYTES
from devices.rl866.frames import ANY_ADDRESS, RESYNC, RESYNC_REPLY, SEQUENCE, Decoder, Frame
from devices.rl866.status import MEANINGS, Status

# passed on: of a device, simulators import its protocol only
__all__ = ["ANY_ADDRESS", "MEANINGS", "RESYNC", "RESYNC_REPLY", "SEQUENCE", "Decoder", "Frame", "Status"]

UID_SIZE = 8
ISO_15693 = 0x01
ICODE_SLI = 0x01
"""Air protocol and tag type, as in inventories and connects."""
ADDRESSED = 0x01
ALL_HANDLES = 0
"""In place of a handle: disconnect every tag."""
MORE = 0x08
"""Inventory flag: go on with the tags that the answer before left over."""


class Command(IntEnum):
    """The first byte of INF; a reply repeats it."""

    READ_CONFIGURATION = 0x01
    INVENTORY = 0x31
    CONNECT = 0x32
    DISCONNECT = 0x33
    ACCESS = 0x34


class Access(IntEnum):
    """What is done to a connected tag."""

    RESET = 0x0001
    SELECT = 0x0002
    READ_BLOCKS = 0x0003
    WRITE_BLOCKS = 0x0004
    LOCK_BLOCKS = 0x0005
    WRITE_AFI = 0x0006
    WRITE_DSFID = 0x0008
    SYSTEM_INFORMATION = 0x000A
    EAS_ON = 0x000C
    EAS_OFF = 0x000D
    EAS_ALARM = 0x000F
    READ_BLOCK = 0x004F
    WRITE_BLOCK = 0x0050


class ProtocolError(ValueError):
    """A whole frame with a right checksum whose content is not what the command calls for."""


# -- commands --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Request:
    """A command and its fields."""

    command: Command
    fields: bytes = b""


RESYNCHRONISE = Frame(RESYNC)


def encode(request: Request, sequence: bool = False) -> bytes:
    """`sequence` is the bit that toggles with each exchange, clear after a resynchronisation."""
    return Frame(SEQUENCE if sequence else 0, bytes([request.command]) + request.fields).encode()


def read_configuration(first: int, count: int, rom: bool = False) -> Request:
    """Blocks of 14 bytes, from working memory or as stored for the next start."""
    return Request(Command.READ_CONFIGURATION, bytes([first | (0x80 if rom else 0), count]))


def inventory(more: bool = False) -> Request:
    return Request(Command.INVENTORY, bytes([MORE if more else 0x00]))


def connect(uid: bytes, tag_type: int = ICODE_SLI, antenna: int = 0) -> Request:
    """`uid` most significant byte first; `tag_type` as the inventory said."""
    parameters = bytes([ADDRESSED]) + uid[::-1]
    head = bytes([antenna, ISO_15693, tag_type, len(parameters)])
    return Request(Command.CONNECT, head + parameters)


def disconnect(handle: int = ALL_HANDLES) -> Request:
    return Request(Command.DISCONNECT, bytes([handle]))


def access(handle: int, code: Access, parameters: bytes = b"") -> Request:
    """One act on a connected tag."""
    act = _word(code) + parameters
    return Request(Command.ACCESS, bytes([handle]) + encode_ebv(len(act)) + act)


def block_range(first: int, count: int) -> bytes:
    """What LOCK_BLOCKS takes, WRITE_BLOCKS before its data and READ_BLOCKS after READ_WITHOUT_LOCKS."""
    return _word(first) + _word(count)


READ_WITHOUT_LOCKS = b"\x00"


def encode_ebv(value: int) -> bytes:
    """An extensible bit vector: seven bits a byte, the highest set in all but the last."""
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.insert(0, value & 0x7F | 0x80)
    return bytes(digits)


def decode_ebv(data: bytes) -> tuple[int, bytes]:
    """The value and what follows it."""
    value = 0
    for position, byte in enumerate(data):
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            return value, data[position + 1 :]
    raise ProtocolError("a length without an end")


# -- replies ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reply:
    command: int
    status: int
    data: bytes

    @staticmethod
    def of(frame: Frame) -> "Reply | None":
        """None for a frame too short to be a reply, or a reply to a resynchronisation."""
        if frame.pcb == RESYNC_REPLY or len(frame.inf) < 3:
            return None
        return Reply(frame.inf[0], int.from_bytes(frame.inf[1:3], "little"), frame.inf[3:])

    def frame(self, pcb: int, address: int) -> Frame:
        return Frame(pcb, bytes([self.command]) + _word(self.status) + self.data, address)


@dataclass(frozen=True)
class TagRecord:
    """One line of an inventory; `uid` most significant byte first."""

    uid: bytes
    dsfid: int
    tag_type: int


@dataclass(frozen=True)
class InventoryList:
    """`more` tags wait for an inventory with the flag MORE."""

    tags: tuple[TagRecord, ...]
    more: bool


@dataclass(frozen=True)
class AccessResult:
    """`error` is None when it was done, else the status of the failure."""

    code: int
    error: int | None
    data: bytes = b""

    def encode(self) -> bytes:
        data = self.data if self.error is None else _word(self.error)
        result = _word(self.code) + bytes([self.error is None]) + data
        return encode_ebv(len(result)) + result


@dataclass(frozen=True)
class SystemInformation:
    uid: bytes
    dsfid: int
    afi: int
    block_size: int
    block_count: int
    ic_reference: int


_RECORD_HEAD = bytes([0x0E, ISO_15693])
"""Flags: air protocol, tag type and serial number follow; then the air protocol."""
_SERIAL_SIZE = UID_SIZE + 1
_RECORD_SIZE = len(_RECORD_HEAD) + 2 + _SERIAL_SIZE
RECORDS_AT_ONCE = 18
"""More do not fit into one frame."""


def parse_inventory(data: bytes) -> InventoryList:
    """Why it stopped (1: something was left over), how many tags it found, how many of them follow."""
    _want(len(data) >= 4 and len(data) == 4 + data[3] * _RECORD_SIZE, "inventory", data)
    records = [data[i : i + _RECORD_SIZE] for i in range(4, len(data), _RECORD_SIZE)]
    for record in records:
        _want(record[:2] == _RECORD_HEAD and record[3] == _SERIAL_SIZE, "inventory of ISO 15693 tags", record)
    tags = tuple(TagRecord(record[11:3:-1], record[12], record[2]) for record in records)
    return InventoryList(tags, more=data[0] != 0)


def inventory_data(listed: InventoryList, found: int) -> bytes:
    """The reverse of `parse_inventory`; `found` counts those left over too."""
    head = bytes([listed.more]) + _word(found) + bytes([len(listed.tags)])
    records = [
        _RECORD_HEAD + bytes([tag.tag_type, _SERIAL_SIZE]) + tag.uid[::-1] + bytes([tag.dsfid])
        for tag in listed.tags
    ]
    return head + b"".join(records)


def parse_handle(data: bytes) -> int:
    _want(len(data) == 1, "handle of a connected tag", data)
    return data[0]


def parse_access(data: bytes) -> AccessResult:
    """A tag's answer: its bytes, or the reason why it would not; ProtocolError."""
    size, result = decode_ebv(data)
    _want(len(result) == size >= 3, "result of an access", data)
    code, done, rest = int.from_bytes(result[:2], "little"), result[2], result[3:]
    if done:
        return AccessResult(code, None, rest)
    _want(len(rest) == 2, "reason of a failed access", data)
    return AccessResult(code, int.from_bytes(rest, "little"))


def parse_system_information(data: bytes) -> SystemInformation:
    """Flags, UID, DSFID, AFI, number and size of blocks minus one, IC reference."""
    _want(len(data) == 1 + UID_SIZE + 5, "system information", data)
    dsfid, afi, count, size, ic_reference = data[9:]
    _want(size < LARGEST_BLOCK_BYTES, "memory of a tag", data)
    return SystemInformation(data[8:0:-1], dsfid, afi, size + 1, count + 1, ic_reference)


def system_information_data(system: SystemInformation) -> bytes:
    """The reverse of `parse_system_information`, with everything there."""
    sizes = [system.block_count - 1, system.block_size - 1]
    return b"\x0f" + system.uid[::-1] + bytes([system.dsfid, system.afi, *sizes, system.ic_reference])


def parse_blocks(count: int) -> Callable[[bytes], bytes]:
    """For the data of a READ_BLOCKS that asked for `count` blocks without their locks: the blocks."""

    def parse(data: bytes) -> bytes:
        whole = len(data) > 2 and (len(data) - 2) % count == 0
        _want(whole and int.from_bytes(data[:2], "little") == count, f"{count} blocks", data)
        return data[2:]

    return parse


def _word(value: int) -> bytes:
    return value.to_bytes(2, "little")


def _want(right: bool, what: str, data: bytes) -> None:
    if not right:
        raise ProtocolError(f"answer of {len(data)} bytes is no {what}")
