"""FEIG OBID i-scan HF on the wire: typed commands and replies to frames (`frames.py`) and back.

Pure: opens, sleeps and knows nothing of time. Sources: the frames in `tests/captures/rfid.json` (those
marked published are printed in a manual or in a third-party driver); field layouts as in FEIG's ISO 15693
host command set. Which tag is meant, what to retry and how long to wait is the driver's affair.
"""

from dataclasses import dataclass
from enum import IntEnum

from devices.feig_obid.frames import Decoder, Frame
from devices.kinds import LARGEST_BLOCK_BYTES

__all__ = ["Decoder", "Frame"]  # passed on: of a device, simulators import its protocol only

UID_SIZE = 8
ADDRESSED, SECURITY, MORE = 0x01, 0x08, 0x80
"""Bits of the mode byte."""
ISO_15693 = 0x03
"""Transponder type in an inventory."""


class Control(IntEnum):
    """The command byte; a reply repeats it."""

    BAUD_DETECT = 0x52
    CPU_RESET = 0x63
    SOFTWARE_VERSION = 0x65
    READER_INFO = 0x66
    RF_RESET = 0x69
    RF_SWITCH = 0x6A
    SET_OUTPUT = 0x71
    READ_CONFIGURATION = 0x80
    WRITE_CONFIGURATION = 0x81
    ISO_HOST = 0xB0
    ISO_CUSTOM = 0xB1


class Iso(IntEnum):
    """The command after `Control.ISO_HOST`."""

    INVENTORY = 0x01
    STAY_QUIET = 0x02
    LOCK_BLOCKS = 0x22
    READ_BLOCKS = 0x23
    WRITE_BLOCKS = 0x24
    SELECT = 0x25
    RESET_TO_READY = 0x26
    WRITE_AFI = 0x27
    LOCK_AFI = 0x28
    WRITE_DSFID = 0x29
    LOCK_DSFID = 0x2A
    SYSTEM_INFORMATION = 0x2B
    BLOCK_SECURITY = 0x2C


NXP = 0x04
"""Manufacturer code before the commands below."""


class Eas(IntEnum):
    """NXP's electronic article surveillance, after `Control.ISO_CUSTOM` and `NXP`."""

    SET = 0xA2
    RESET = 0xA3
    LOCK = 0xA4
    ALARM = 0xA5


class Status(IntEnum):
    """The byte after the command in every reply."""

    OK = 0x00
    NO_TAG = 0x01
    DATA_FALSE = 0x02
    WRITE_ERROR = 0x03
    ADDRESS_ERROR = 0x04
    WRONG_TYPE = 0x05
    AUTHENTICATION_ERROR = 0x08
    COLLISION = 0x0B
    GENERAL_ERROR = 0x0E
    EEPROM_FAILURE = 0x10
    PARAMETER_RANGE = 0x11
    LOGIN_REQUEST = 0x13
    LOGIN_ERROR = 0x14
    UNKNOWN_COMMAND = 0x80
    LENGTH_ERROR = 0x81
    NOT_AVAILABLE = 0x82
    RF_COMMUNICATION = 0x83
    RF_WARNING = 0x84
    OVERFLOW = 0x93
    MORE_DATA = 0x94
    ISO_ERROR = 0x95
    HARDWARE_WARNING = 0xF1


MEANINGS: dict[int, str] = {
    Status.OK: "done",
    Status.NO_TAG: "no such tag in the field",
    Status.DATA_FALSE: "the tag's data came garbled",
    Status.WRITE_ERROR: "the tag did not take the data",
    Status.ADDRESS_ERROR: "no such address",
    Status.WRONG_TYPE: "this kind of tag cannot do that",
    Status.AUTHENTICATION_ERROR: "the tag wants a password",
    Status.COLLISION: "tags collide: spread the books out",
    Status.GENERAL_ERROR: "general error",
    Status.EEPROM_FAILURE: "the reader's own memory fails",
    Status.PARAMETER_RANGE: "parameter out of range",
    Status.LOGIN_REQUEST: "the reader wants a login",
    Status.LOGIN_ERROR: "the reader's login failed",
    Status.UNKNOWN_COMMAND: "the reader does not know this command",
    Status.LENGTH_ERROR: "command of a wrong length",
    Status.NOT_AVAILABLE: "command not available in this mode",
    Status.RF_COMMUNICATION: "the tag does not answer over the air",
    Status.RF_WARNING: "the antenna is out of tune",
    Status.OVERFLOW: "too much data for the reader",
    Status.MORE_DATA: "more data waits",
    Status.ISO_ERROR: "the tag refuses",
    Status.HARDWARE_WARNING: "the reader's hardware reports a fault",
}
DETAILED = {Status.WRITE_ERROR: "block", Status.ISO_ERROR: "tag's error"}
"""Statuses followed by one byte, and what it is."""


class ProtocolError(ValueError):
    """A whole frame with a right checksum whose content is not what the command calls for."""


# -- commands --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReaderCommand:
    """A command to the reader itself: `Control` and its parameters."""

    control: Control
    parameters: bytes = b""

    def frame(self) -> Frame:
        return Frame(self.control, self.parameters)


BAUD_DETECT = ReaderCommand(Control.BAUD_DETECT, b"\x00")
CPU_RESET = ReaderCommand(Control.CPU_RESET)
SOFTWARE_VERSION = ReaderCommand(Control.SOFTWARE_VERSION)
READER_INFO = ReaderCommand(Control.READER_INFO, b"\x00")
DEVICE_ID = ReaderCommand(Control.READER_INFO, b"\x80")
BLINK = ReaderCommand(Control.SET_OUTPUT, bytes.fromhex("003F 002A 0032 0000"))
"""Both lamps and the beeper by turns for 5 s (the same manual, 5.8)."""
RF_RESET = ReaderCommand(Control.RF_RESET)
RF_OFF = ReaderCommand(Control.RF_SWITCH, b"\x00")
RF_ON = ReaderCommand(Control.RF_SWITCH, b"\x01")


def read_configuration(page: int) -> ReaderCommand:
    return ReaderCommand(Control.READ_CONFIGURATION, bytes([page]))


@dataclass(frozen=True)
class Inventory:
    """List the tags in the field; `more` asks for those an answer with MORE_DATA left over."""

    more: bool = False

    def frame(self) -> Frame:
        return Frame(Control.ISO_HOST, bytes([Iso.INVENTORY, MORE if self.more else 0x00]))


@dataclass(frozen=True)
class TagCommand:
    """A command to one tag: `uid` most significant byte first, `parameters` as `iso` wants them."""

    iso: Iso
    uid: bytes
    parameters: bytes = b""
    security: bool = False
    """Ask for the blocks' lock state too (READ_BLOCKS)."""

    def frame(self) -> Frame:
        mode = ADDRESSED | (SECURITY if self.security else 0)
        return Frame(Control.ISO_HOST, bytes([self.iso, mode]) + self.uid + self.parameters)


@dataclass(frozen=True)
class EasCommand:
    """An NXP surveillance command to one tag."""

    eas: Eas
    uid: bytes

    def frame(self) -> Frame:
        return Frame(Control.ISO_CUSTOM, bytes([NXP, self.eas, ADDRESSED]) + self.uid)


Command = ReaderCommand | Inventory | TagCommand | EasCommand


def read_blocks(uid: bytes, first: int, count: int, security: bool = False) -> TagCommand:
    return TagCommand(Iso.READ_BLOCKS, uid, bytes([first, count]), security)


def write_blocks(uid: bytes, first: int, block_size: int, data: bytes) -> TagCommand:
    """`data` in memory order, whole blocks."""
    head = bytes([first, len(data) // block_size, block_size])
    return TagCommand(Iso.WRITE_BLOCKS, uid, head + swap_blocks(data, block_size))


def encode(command: Command) -> bytes:
    """The standard frame of `command`, for whichever reader is on the line."""
    return command.frame().encode()


# -- replies ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reply:
    control: int
    status: int
    data: bytes

    @staticmethod
    def of(frame: Frame) -> "Reply | None":
        """None for a frame too short to be a reply."""
        return Reply(frame.control, frame.data[0], frame.data[1:]) if frame.data else None

    @property
    def meaning(self) -> str:
        """The status in words, with the byte that explains it where there is one."""
        words = MEANINGS.get(self.status, "unknown status")
        if self.status in DETAILED and self.data:
            return f"{words}, {DETAILED[Status(self.status)]} {self.data[0]:02X}h"
        return words


@dataclass(frozen=True)
class SoftwareVersion:
    firmware: str
    hardware_type: int
    reader_type: int


@dataclass(frozen=True)
class TagRecord:
    """One line of an inventory."""

    dsfid: int
    uid: bytes


@dataclass(frozen=True)
class Block:
    """One block in memory order and its security status byte (bit 0: locked)."""

    security: int
    data: bytes


@dataclass(frozen=True)
class SystemInformation:
    dsfid: int
    uid: bytes
    afi: int
    block_size: int
    block_count: int
    ic_reference: int


def parse_software_version(data: bytes) -> SoftwareVersion:
    _want(len(data) >= 5, "software version", data)
    return SoftwareVersion(f"{data[0]:02X}.{data[1]:02X}", data[3], data[4])


def parse_device_id(data: bytes) -> str:
    """The reader's own number in hexadecimal: the first four bytes of what reader info tells in mode 80h
    (FEIG's system manual H60301 of the ID ISC.MR/PR/PRH101, 5.5); licences of no interest here follow."""
    _want(len(data) == 16, "device id", data)
    return data[:4].hex().upper()


def parse_inventory(data: bytes) -> tuple[TagRecord, ...]:
    """The data of an OK or MORE_DATA answer: count, then type, DSFID and UID of each."""
    record = 2 + UID_SIZE
    _want(len(data) >= 1 and len(data) == 1 + data[0] * record, "inventory", data)
    records = [data[i : i + record] for i in range(1, len(data), record)]
    _want(all(each[0] == ISO_15693 for each in records), "inventory of ISO 15693 tags", data)
    return tuple(TagRecord(each[1], each[2:]) for each in records)


def parse_blocks(data: bytes) -> tuple[Block, ...]:
    """The data of a READ_BLOCKS answer: count, size, then a security byte before each reversed block."""
    _want(len(data) >= 2 and data[1] > 0 and len(data) == 2 + data[0] * (1 + data[1]), "blocks", data)
    step = 1 + data[1]
    return tuple(Block(data[i], data[i + 1 : i + step][::-1]) for i in range(2, len(data), step))


def parse_system_information(data: bytes) -> SystemInformation:
    """Manuals leave open whether size and count are minus one. Block sizes are even numbers of bytes, so
    an odd size is meant minus one, and then the count is too."""
    _want(len(data) == 5 + UID_SIZE, "system information", data)
    dsfid, uid, (afi, size, count, ic_reference) = data[0], data[1:9], data[9:]
    minus_one = size % 2
    _want(0 < size + minus_one <= LARGEST_BLOCK_BYTES and count + minus_one > 0, "memory of a tag", data)
    return SystemInformation(dsfid, uid, afi, size + minus_one, count + minus_one, ic_reference)


def swap_blocks(data: bytes, block_size: int) -> bytes:
    """Each block back to front, as it travels or as it lies in memory: the same step both ways."""
    return b"".join(data[i : i + block_size][::-1] for i in range(0, len(data), block_size))


def _want(right: bool, what: str, data: bytes) -> None:
    if not right:
        raise ProtocolError(f"answer is no {what}: {data.hex(' ')}")
