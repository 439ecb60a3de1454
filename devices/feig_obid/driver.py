"""FEIG OBID i-scan HF book pad as a `devices.kinds.TagReader`.

Knows the reader's limits and answers in several parts. Leaves the wire to `exchange.py`, which tags are
there for good to `devices.pad`, what their bytes mean to `devices.tag_data`, and opening again to the caller.
Tried with the simulator only.

    [[device]]
    model = "feig_obid"
    port = "/dev/kiosk-pad"
"""

from devices.errors import BadFrame, DeviceRefused
from devices.feig_obid.exchange import SHORT_ANSWER_S, Exchange
from devices.feig_obid.protocol import (
    BLINK,
    DEVICE_ID,
    SOFTWARE_VERSION,
    Block,
    Eas,
    EasCommand,
    Inventory,
    Iso,
    Status,
    TagCommand,
    parse_blocks,
    parse_device_id,
    parse_inventory,
    parse_software_version,
    parse_system_information,
    read_blocks,
    write_blocks,
)
from devices.kinds import DeviceInfo, Kind, TagSighting, TagSystem
from devices.port import LineSettings

LINE = LineSettings(38400, "E")
MOST_PARTS = 64
"""Answers to one inventory: for far more tags than a pad can hold."""
READ_BYTES = 128
"""The reader's limit for one read: 32 blocks of 4 bytes."""
LARGEST_BLOCK = 8
"""Bytes: taken for the size until the tag's first answer tells it."""
WRITE_BLOCKS = 8
"""Written at once: a tag takes up to 27 ms for each, and the answer must come in time."""


class FeigObid:
    """Not safe for two threads. Every method tries three times, 1.4 s at most when the reader is silent."""

    def __init__(self, path: str, line: LineSettings = LINE) -> None:
        """Open and identify: DeviceLost when nothing answers, BadFrame when something else does."""
        self._reader = Exchange(path, line)
        self._block_sizes: dict[bytes, int] = {}
        try:
            version = self._reader.ask(SOFTWARE_VERSION, "identify", parse_software_version, SHORT_ANSWER_S)
            serial = self._serial()
        except BaseException:
            self.close()
            raise
        self._info = DeviceInfo(Kind.TAG_READER, "feig_obid", path, serial, version.firmware)

    @property
    def info(self) -> DeviceInfo:
        return self._info

    def close(self) -> None:
        self._reader.close()

    def identify(self) -> None:
        """Blink, and beep where there is a beeper, for 5 s."""
        self._reader.tell(BLINK, "blink")

    def _serial(self) -> str | None:
        """None for an older reader, which does not know its number."""
        try:
            return self._reader.ask(DEVICE_ID, "ask for the serial number", parse_device_id, SHORT_ANSWER_S)
        except DeviceRefused:
            return None

    def inventory(self) -> tuple[TagSighting, ...]:
        """Takes 15 to 250 ms for 1 to 20 tags. A round that fails is begun again, never half-believed."""
        return self._reader.insist(self._inventory_round)

    def system_info(self, uid: bytes) -> TagSystem:
        command = TagCommand(Iso.SYSTEM_INFORMATION, uid)
        words = f"system information of {uid.hex()}"
        system = self._reader.ask(command, words, parse_system_information)
        if system.uid != uid:
            raise BadFrame(self._reader.path, words, f"the tag {system.uid.hex()} answered instead")
        self._block_sizes[uid] = system.block_size
        return TagSystem(uid, system.dsfid, system.afi, system.block_size, system.block_count)

    def read_blocks(self, uid: bytes, first: int, count: int) -> bytes:
        data, end = b"", first + count
        while first < end:
            at_once = max(1, READ_BYTES // self._block_sizes.get(uid, LARGEST_BLOCK))
            piece = self._read_at_once(uid, first, min(at_once, end - first))
            self._block_sizes[uid] = len(piece[0].data)
            data += b"".join(block.data for block in piece)
            first += len(piece)
        return data

    def write_blocks(self, uid: bytes, first: int, data: bytes) -> None:
        size = self._block_size(uid)
        if len(data) % size:
            raise ValueError(f"{len(data)} bytes are no whole blocks of {size}")
        for start in range(0, len(data), size * WRITE_BLOCKS):
            piece = data[start : start + size * WRITE_BLOCKS]
            block = first + start // size
            self._reader.tell(write_blocks(uid, block, size, piece), f"write block {block} of {uid.hex()}")

    def write_afi(self, uid: bytes, afi: int) -> None:
        command = TagCommand(Iso.WRITE_AFI, uid, bytes([afi]))
        self._reader.tell(command, f"write AFI {afi:02X}h of {uid.hex()}")

    def write_dsfid(self, uid: bytes, dsfid: int) -> None:
        command = TagCommand(Iso.WRITE_DSFID, uid, bytes([dsfid]))
        self._reader.tell(command, f"write DSFID {dsfid:02X}h of {uid.hex()}")

    def lock_blocks(self, uid: bytes, first: int, count: int) -> None:
        for start in range(first, first + count, WRITE_BLOCKS):
            piece = min(WRITE_BLOCKS, first + count - start)
            command = TagCommand(Iso.LOCK_BLOCKS, uid, bytes([start, piece]))
            self._reader.tell(command, f"lock blocks {start} to {start + piece - 1} of {uid.hex()}")

    def write_eas(self, uid: bytes, on: bool) -> None:
        command = EasCommand(Eas.SET if on else Eas.RESET, uid)
        self._reader.tell(command, f"switch EAS {'on' if on else 'off'} of {uid.hex()}")

    def _inventory_round(self) -> tuple[TagSighting, ...]:
        sightings: dict[bytes, TagSighting] = {}
        for part in range(MOST_PARTS):
            reply = self._reader.once(
                Inventory(more=part > 0), "inventory", accepted=(Status.OK, Status.MORE_DATA, Status.NO_TAG)
            )
            if reply.status == Status.NO_TAG:
                break
            for record in self._reader.understood(reply, "inventory", parse_inventory):
                sightings[record.uid] = TagSighting(record.uid, record.dsfid)
            if reply.status == Status.OK:
                break
        return tuple(sightings.values())

    def _read_at_once(self, uid: bytes, first: int, count: int) -> tuple[Block, ...]:
        words = f"read blocks {first} to {first + count - 1} of {uid.hex()}"
        blocks = self._reader.ask(read_blocks(uid, first, count), words, parse_blocks)
        if len(blocks) != count:
            raise BadFrame(self._reader.path, words, f"{len(blocks)} blocks came instead of {count}")
        return blocks

    def _block_size(self, uid: bytes) -> int:
        return self._block_sizes.get(uid) or self.system_info(uid).block_size
