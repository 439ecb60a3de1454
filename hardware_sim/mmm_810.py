"""A 3M 810 HF reader over the world's pad: each method is a command of its kind.

A bad frame gets no answer. Neither does a command that it does not know or that has a wrong length: what the
real one says then is not known. Of errors it knows only 06, that the tag did not do it. What tags do is
`iso15693.py`'s.
"""

from collections.abc import Callable

from devices.mmm_810.protocol import (
    ALL_INFO,
    BLOCK_SIZE,
    HARDWARE_VERSION,
    UID_SIZE,
    Command,
    Decoder,
    Error,
    Frame,
    Listing,
    Start,
)
from hardware_sim.air_answers import AirError, WriteStopped
from hardware_sim.bursts import Bursts
from hardware_sim.iso15693 import Field
from hardware_sim.world import World

HARDWARE = bytes.fromhex("00 11 0A 05 00 02")
FIRMWARE = bytes.fromhex("0A 03 02 06")


class WrongLength(Exception):
    """A command with fewer or more bytes than it takes."""


class Mmm810:
    def __init__(self, world: World) -> None:
        self.field = Field(world)
        self._world = world
        self._bursts = Bursts(Decoder())
        self._reader_commands: dict[int, Callable[[bytes], bytes]] = {
            Command.VERSION: self._version,
            Command.INVENTORY: self._inventory,
        }
        self._tag_commands: dict[int, Callable[[bytes, bytes], bytes]] = {
            Command.QUIET: self._quiet,
            Command.READ_BLOCKS: self._read_blocks,
            Command.WRITE_BLOCKS: self._write_blocks,
            Command.WRITE_BLOCK: self._write_block,
            Command.WRITE_AND_LOCK_BLOCK: self._write_and_lock_block,
            Command.LOCK_BLOCK: self._lock_block,
            Command.GET_AFI: self._get_afi,
            Command.WRITE_AFI: self._write_afi,
            Command.LOCK_AFI: self._lock_afi,
            Command.CHECK_EAS: self._check_eas,
            Command.SET_EAS: self._set_eas,
            Command.GET_DSFID: self._get_dsfid,
            Command.WRITE_DSFID: self._write_dsfid,
            Command.LOCK_DSFID: self._lock_dsfid,
            Command.TAG_INFORMATION: self._tag_information,
        }
        """Each is given the UID and what follows it, and returns what follows the UID in the answer."""

    # -- the wire ----------------------------------------------------------------------------------------

    def receive(self, data: bytes) -> bytes:
        return b"".join(map(self._answer, self._bursts.feed(data)))

    def tick(self, now: float) -> bytes:
        return b"".join(map(self._answer, self._bursts.tick(now)))

    def _answer(self, frame: Frame) -> bytes:
        if frame == HARDWARE_VERSION:
            return Frame(frame.command, HARDWARE, Start.HARDWARE).encode()
        if frame.start != Start.PROTOCOL:
            return b""
        try:
            with self._world.lock:
                return Frame(frame.command, self._obey(frame)).encode()
        except WrongLength:
            return b""

    def _obey(self, frame: Frame) -> bytes:
        if frame.command in self._reader_commands:
            return bytes([Error.OK]) + self._reader_commands[frame.command](frame.data)
        if frame.command not in self._tag_commands:
            raise WrongLength
        uid, parameters = frame.data[:UID_SIZE], frame.data[UID_SIZE:]
        try:
            return bytes([Error.OK]) + uid + self._tag_commands[frame.command](uid, parameters)
        except WriteStopped as stopped:
            return bytes([Error.TAG_SILENT]) + uid + bytes([stopped.block])
        except AirError:
            return bytes([Error.TAG_SILENT]) + uid

    # -- the reader itself -------------------------------------------------------------------------------

    def _version(self, data: bytes) -> bytes:
        _sized(data, 0)
        return FIRMWARE

    def _inventory(self, data: bytes) -> bytes:
        afi, options = _sized(data, 2)
        found = self.field.inventory(afi or None)
        with_dsfid = bool(options & Listing.DSFID)
        records = [(bytes([tag.dsfid]) if with_dsfid else b"") + tag.uid for tag in found]
        return data + bytes([len(records)]) + b"".join(records)

    # -- tags --------------------------------------------------------------------------------------------

    def _quiet(self, uid: bytes, data: bytes) -> bytes:
        _sized(data, 0)
        self.field.stay_quiet(uid)
        return b""

    def _read_blocks(self, uid: bytes, data: bytes) -> bytes:
        first, count = _sized(data, 2)
        blocks = self.field.read_blocks(uid, first, count, security=True)
        travelling = [
            bytes([number, block.locked]) + block.data for number, block in enumerate(blocks, start=first)
        ]
        return bytes([count]) + b"".join(travelling)

    def _write_blocks(self, uid: bytes, data: bytes) -> bytes:
        """The answer tells the block after the last one written."""
        if len(data) < 3:
            raise WrongLength
        first, count = data[0], data[1]
        self.field.write_blocks(uid, first, _sized(data[3:], count * BLOCK_SIZE))
        return bytes([first + count])

    def _write_block(self, uid: bytes, data: bytes) -> bytes:
        _sized(data, 1 + BLOCK_SIZE)
        self.field.write_block(uid, data[0], data[1:])
        return b""

    def _write_and_lock_block(self, uid: bytes, data: bytes) -> bytes:
        self._write_block(uid, data)
        return self._lock_block(uid, data[:1])

    def _lock_block(self, uid: bytes, data: bytes) -> bytes:
        self.field.lock_block(uid, _sized(data, 1)[0])
        return b""

    def _get_afi(self, uid: bytes, data: bytes) -> bytes:
        _sized(data, 0)
        return bytes([self.field.system_information(uid).afi])

    def _write_afi(self, uid: bytes, data: bytes) -> bytes:
        self.field.write_afi(uid, _sized(data, 1)[0])
        return b""

    def _lock_afi(self, uid: bytes, data: bytes) -> bytes:
        _sized(data, 0)
        self.field.lock_afi(uid)
        return b""

    def _check_eas(self, uid: bytes, data: bytes) -> bytes:
        _sized(data, 0)
        try:
            self.field.eas_alarm(uid)
        except AirError:
            return b"\x00"
        return b"\x01"

    def _set_eas(self, uid: bytes, data: bytes) -> bytes:
        self.field.write_eas(uid, bool(_sized(data, 1)[0]))
        return b""

    def _get_dsfid(self, uid: bytes, data: bytes) -> bytes:
        _sized(data, 0)
        return bytes([self.field.system_information(uid).dsfid])

    def _write_dsfid(self, uid: bytes, data: bytes) -> bytes:
        self.field.write_dsfid(uid, _sized(data, 1)[0])
        return b""

    def _lock_dsfid(self, uid: bytes, data: bytes) -> bytes:
        _sized(data, 0)
        self.field.lock_dsfid(uid)
        return b""

    def _tag_information(self, uid: bytes, data: bytes) -> bytes:
        """Everything, whatever was asked for."""
        _sized(data, 1)
        system = self.field.system_information(uid)
        sizes = [system.block_size - 1, system.block_count - 1]
        return bytes([ALL_INFO, system.dsfid, system.afi, *sizes]) + system.ic_reference.to_bytes(2)


def _sized(data: bytes, size: int) -> bytes:
    if len(data) != size:
        raise WrongLength
    return data
