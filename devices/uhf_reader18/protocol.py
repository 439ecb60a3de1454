"""UHFReader18 on the wire: typed commands and replies to bytes and back.

`[length][address][command]…[checksum]`; the length counts what follows it, the checksum is FEIG's. A reply
has a status after the command. Words (two bytes) and passwords travel most significant byte first, as they
lie in a tag's memory. A tag is addressed by the content of its bank 01 (EPC); an empty one means any tag.

Sources: `04 FF 21 19 95` (reference); frames of real readers published by chafon-rfid and others (tests); the
command descriptions in ZKHY's user manual of the ZK-RFID102, a UHFReader18; the status list of the makers'
SDK. Confidence: high for framing, reader information, inventory, read and write; medium for locking, and for
EAS, which only NXP's G2X chips have. Later readers of the family (288M, 86) list tags in another way and are
not meant.
"""

from dataclasses import dataclass, field
from enum import IntEnum

from devices.crc import crc16_reflected
from devices.framing import FrameDecoder
from devices.uhf_reader18.status import INVENTORY_ANSWERS, MEANINGS, TAG_ERROR_MEANINGS, Status, TagError

# passed on: of a device, simulators import its protocol only
__all__ = ["INVENTORY_ANSWERS", "MEANINGS", "Status", "TagError"]

ANY_ADDRESS = 0xFF
WORD = 2
MIN_LENGTH = 4
MAX_READ_WORDS = 119
SCAN_TIME_UNIT_S = 0.1


class Command(IntEnum):
    """The byte after the address; a reply repeats it."""

    INVENTORY = 0x01
    READ = 0x02
    WRITE = 0x03
    WRITE_EPC = 0x04
    LOCK = 0x06
    CHANGE_EAS = 0x0C
    CHECK_EAS = 0x0D
    READER_INFORMATION = 0x21


class Bank(IntEnum):
    """A tag's memory banks, 00 to 11 in binary."""

    RESERVED = 0
    EPC = 1
    TID = 2
    USER = 3


class LockArea(IntEnum):
    """What a Lock command is about: not numbered as the banks are."""

    KILL_PASSWORD = 0
    ACCESS_PASSWORD = 1
    EPC = 2
    TID = 3
    USER = 4


class Protection(IntEnum):
    """Who may write an area, and of a password read it too. What is for ever nothing undoes."""

    OPEN = 0
    OPEN_FOR_EVER = 1
    WITH_PASSWORD = 2
    CLOSED_FOR_EVER = 3


class ProtocolError(ValueError):
    """A whole frame with a right checksum whose content is not what the command calls for."""


# -- frames ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Frame:
    """A frame's content without length and checksum; in a reply, `data` begins with the status."""

    command: int
    data: bytes = b""
    address: int = ANY_ADDRESS

    def encode(self) -> bytes:
        counted = bytes([MIN_LENGTH + len(self.data), self.address, self.command]) + self.data
        return counted + crc16_reflected(counted).to_bytes(2, "little")


class Decoder(FrameDecoder[Frame]):
    def __init__(self) -> None:
        super().__init__(_size, _parse)


def _size(data: bytes) -> int:
    return 1 + data[0] if data[0] >= MIN_LENGTH else 0


def _parse(raw: bytes) -> Frame | None:
    if crc16_reflected(raw[:-2]) != int.from_bytes(raw[-2:], "little"):
        return None
    return Frame(raw[2], raw[3:-2], raw[1])


# -- commands --------------------------------------------------------------------------------------------


READER_INFORMATION = Frame(Command.READER_INFORMATION)
INVENTORY = Frame(Command.INVENTORY)
# Passwords are secrets: they stay out of what gets printed of the commands below.


@dataclass(frozen=True)
class Read:
    """`words` words of `bank` from `first`, at most MAX_READ_WORDS."""

    epc: bytes
    bank: Bank
    first: int
    words: int
    password: int = field(default=0, repr=False)

    def frame(self) -> Frame:
        where = bytes([self.bank, self.first, self.words])
        return Frame(Command.READ, _epc(self.epc) + where + _password(self.password))


@dataclass(frozen=True)
class Write:
    """`data`, whole words, into `bank` from word `first`."""

    epc: bytes
    bank: Bank
    first: int
    data: bytes
    password: int = field(default=0, repr=False)

    def frame(self) -> Frame:
        what = bytes([len(self.data) // WORD]) + _epc(self.epc)
        where = bytes([self.bank, self.first])
        return Frame(Command.WRITE, what + where + self.data + _password(self.password))


@dataclass(frozen=True)
class WriteEpc:
    """New content of bank 01 for any one tag in the field."""

    epc: bytes
    password: int = field(default=0, repr=False)

    def frame(self) -> Frame:
        size = bytes([len(self.epc) // WORD])
        return Frame(Command.WRITE_EPC, size + _password(self.password) + self.epc)


@dataclass(frozen=True)
class Lock:
    """`password` is the tag's own: without one a tag cannot be locked."""

    epc: bytes
    area: LockArea
    protection: Protection
    password: int = field(default=0, repr=False)

    def frame(self) -> Frame:
        what = bytes([self.area, self.protection])
        return Frame(Command.LOCK, _epc(self.epc) + what + _password(self.password))


@dataclass(frozen=True)
class ChangeEas:
    """NXP G2X only; the tag's access password must not be zero."""

    epc: bytes
    on: bool
    password: int = field(default=0, repr=False)

    def frame(self) -> Frame:
        return Frame(Command.CHANGE_EAS, _epc(self.epc) + _password(self.password) + bytes([self.on]))


TagCommand = Read | Write | WriteEpc | Lock | ChangeEas


def encode(command: Frame | TagCommand) -> bytes:
    return (command if isinstance(command, Frame) else command.frame()).encode()


def parse_command(frame: Frame) -> TagCommand:
    """The reverse of `TagCommand.frame`; ProtocolError for anything else."""
    data = frame.data
    match frame.command:
        case Command.READ:
            epc, rest = _split_epc(data)
            _want(len(rest) == 7 and rest[0] in tuple(Bank), "reading", data)
            return Read(epc, Bank(rest[0]), rest[1], rest[2], int.from_bytes(rest[3:]))
        case Command.WRITE:
            epc, rest = _split_epc(data[1:])
            size = WORD * data[0] if data else 0
            _want(len(rest) == 2 + size + 4 and size > 0 and rest[0] in tuple(Bank), "writing", data)
            return Write(epc, Bank(rest[0]), rest[1], rest[2:-4], int.from_bytes(rest[-4:]))
        case Command.WRITE_EPC:
            _want(len(data) > 5 and len(data) == 5 + WORD * data[0], "writing of bank 01", data)
            return WriteEpc(data[5:], int.from_bytes(data[1:5]))
        case Command.LOCK:
            epc, rest = _split_epc(data)
            known = len(rest) == 6 and rest[0] in tuple(LockArea) and rest[1] in tuple(Protection)
            _want(known, "locking", data)
            return Lock(epc, LockArea(rest[0]), Protection(rest[1]), int.from_bytes(rest[2:]))
        case Command.CHANGE_EAS:
            epc, rest = _split_epc(data)
            _want(len(rest) == 5, "change of EAS", data)
            return ChangeEas(epc, bool(rest[4] & 1), int.from_bytes(rest[:4]))
    raise ProtocolError(f"no command {frame.command:02X}h to a tag")


def _epc(epc: bytes) -> bytes:
    return bytes([len(epc) // WORD]) + epc


def _split_epc(data: bytes) -> tuple[bytes, bytes]:
    end = 1 + WORD * data[0] if data else 1
    _want(0 < end <= len(data), "address of a tag", data)
    return data[1:end], data[end:]


def _password(password: int) -> bytes:
    return password.to_bytes(4)


# -- replies ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reply:
    command: int
    status: int
    data: bytes

    @staticmethod
    def of(frame: Frame) -> "Reply | None":
        """None for a frame too short to be a reply."""
        return Reply(frame.command, frame.data[0], frame.data[1:]) if frame.data else None

    @property
    def tag_error(self) -> int | None:
        """What the tag said, where it was the tag that refused."""
        return self.data[0] if self.status == Status.TAG_ERROR and self.data else None

    @property
    def meaning(self) -> str:
        words = MEANINGS.get(self.status, "unknown status")
        if self.tag_error is None:
            return words
        return f"{words}: {TAG_ERROR_MEANINGS.get(self.tag_error, 'unknown reason')} ({self.tag_error:02X}h)"


@dataclass(frozen=True)
class ReaderInformation:
    """`reader_type` 09h is a UHFReader18; `scan_time_s` is the longest that an inventory takes."""

    firmware: str
    reader_type: int
    power_dbm: int
    scan_time_s: float


def parse_reader_information(data: bytes) -> ReaderInformation:
    """Version, subversion, type, protocols, highest and lowest frequency, power, scan time (later readers
    tell more)."""
    _want(len(data) >= 8, "reader information", data)
    return ReaderInformation(f"{data[0]}.{data[1]:02}", data[2], data[6], data[7] * SCAN_TIME_UNIT_S)


def parse_inventory(data: bytes) -> tuple[bytes, ...]:
    """How many, then the length in bytes and the bank 01 content of each."""
    _want(len(data) >= 1, "inventory", data)
    count, rest = data[0], data[1:]
    contents = []
    for _ in range(count):
        end = 1 + rest[0] if rest else 1
        _want(end <= len(rest) and end % WORD == 1, "inventory", data)
        contents.append(rest[1:end])
        rest = rest[end:]
    _want(not rest, "inventory", data)
    return tuple(contents)


def _want(right: bool, what: str, data: bytes) -> None:
    if not right:
        raise ProtocolError(f"{len(data)} bytes are no {what}")
