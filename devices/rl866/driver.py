"""RL866 / RL8000 HF book pad as a `devices.kinds.TagReader`.

Knows the reader's connections to tags, its limits and its step-keeping. Leaves the wire to `exchange.py`,
which tags are there for good to `devices.pad`, what their bytes mean to `devices.tag_data`, and opening again
to the caller. Tried with the simulator only.

    [[device]]
    model = "rl866"
    port = "/dev/kiosk-pad"
"""

from collections.abc import Callable
from typing import TypeVar

from devices.errors import BadFrame, DeviceRefused
from devices.exchange import ANSWER_S, SHORT_ANSWER_S, Exchange, Question
from devices.kinds import DeviceInfo, Kind, TagSighting, TagSystem
from devices.port import LineSettings
from devices.rl866.protocol import (
    ICODE_SLI,
    READ_WITHOUT_LOCKS,
    RESYNC_REPLY,
    RESYNCHRONISE,
    Access,
    Decoder,
    Frame,
    Reply,
    Request,
    Status,
    access,
    block_range,
    connect,
    disconnect,
    encode,
    inventory,
    parse_access,
    parse_blocks,
    parse_handle,
    parse_inventory,
    parse_system_information,
)
from devices.rl866.status import meaning

T = TypeVar("T")

LINE = LineSettings(38400, "E")
MOST_PARTS = 16
"""Answers to one inventory: for far more tags than a pad can hold."""
READ_BYTES = 128
"""Read at once: a frame holds 240 bytes, and the answer must come in time."""
LARGEST_BLOCK = 8
"""Bytes: taken for the size until the tag's first answer tells it."""
MOST_CONNECTIONS = 24
"""More than tags on a pad. How many the reader keeps is not known: it says so when they are too many."""
WRITE_BLOCKS = 8
"""Written at once: a tag takes up to 27 ms for each."""
WORTH_REPEATING = frozenset(
    {
        Status.TIMEOUT,
        Status.CHECKSUM,
        Status.SEQUENCE_ERROR,
        Status.AIR_WRONG_DATA,
        Status.AIR_WRITE,
        Status.AIR_COLLISION,
        Status.AIR_CHECKSUM,
        Status.AIR_PROTOCOL_ERROR,
        Status.AIR_NO_DATA,
        Status.WRONG_HANDLE,
        Status.TAGS_COLLIDE,
        Status.NO_TAG,
        Status.TAG_WRONG_DATA,
        Status.TAG_WRONG_UID,
    }
)
"""What a tag at the edge of the field or a lost step causes, and what often passes."""
_IN_STEP = Question[Frame](
    RESYNCHRONISE.encode(), lambda frame: frame.pcb == RESYNC_REPLY, "resynchronise", SHORT_ANSWER_S
)


class Rl866:
    """Not safe for two threads. Every method tries three times, 1.4 s at most when the reader is silent."""

    def __init__(self, path: str, line: LineSettings = LINE) -> None:
        """Open and resynchronise: DeviceLost when nothing answers, BadFrame when something else does."""
        self._reader = Exchange(path, line, Decoder, _IN_STEP, WORTH_REPEATING)
        self._tag_types: dict[bytes, int] = {}
        self._block_sizes: dict[bytes, int] = {}
        self._sequence = False
        self._handles: dict[bytes, int] = {}
        """Connections by UID. A handle stands for one tag only, or the wrong book would be read."""
        try:
            self._reader.insist(lambda: self._reader.converse(_IN_STEP))
        except BaseException:
            self.close()
            raise
        self._info = DeviceInfo(Kind.TAG_READER, "rl866", path)

    @property
    def info(self) -> DeviceInfo:
        return self._info

    def close(self) -> None:
        self._reader.close()

    def inventory(self) -> tuple[TagSighting, ...]:
        """Takes 20 to 300 ms for 1 to 20 tags. A round that fails is begun again, never half-believed."""
        return self._reader.insist(self._inventory_round)

    def system_info(self, uid: bytes) -> TagSystem:
        words = f"system information of {uid.hex()}"
        system = self._access(uid, Access.SYSTEM_INFORMATION, b"", words, parse_system_information)
        if system.uid != uid:
            raise BadFrame(self._reader.path, words, f"the tag {system.uid.hex()} answered instead")
        self._block_sizes[uid] = system.block_size
        return TagSystem(uid, system.dsfid, system.afi, system.block_size, system.block_count)

    def read_blocks(self, uid: bytes, first: int, count: int) -> bytes:
        data, end = b"", first + count
        while first < end:
            at_once = max(1, READ_BYTES // self._block_sizes.get(uid, LARGEST_BLOCK))
            at_once = min(at_once, end - first)
            piece = self._read_at_once(uid, first, at_once)
            self._block_sizes[uid] = len(piece) // at_once
            data += piece
            first += at_once
        return data

    def write_blocks(self, uid: bytes, first: int, data: bytes) -> None:
        size = self._block_size(uid)
        if len(data) % size:
            raise ValueError(f"{len(data)} bytes are no whole blocks of {size}")
        for start in range(0, len(data), size * WRITE_BLOCKS):
            piece = data[start : start + size * WRITE_BLOCKS]
            block = first + start // size
            parameters = block_range(block, len(piece) // size) + piece
            self._tell(uid, Access.WRITE_BLOCKS, parameters, f"write block {block} of {uid.hex()}")

    def write_afi(self, uid: bytes, afi: int) -> None:
        self._tell(uid, Access.WRITE_AFI, bytes([afi]), f"write AFI {afi:02X}h of {uid.hex()}")

    def write_dsfid(self, uid: bytes, dsfid: int) -> None:
        """Read back, since the command is inferred: BadFrame when something else was done."""
        words = f"write DSFID {dsfid:02X}h of {uid.hex()}"
        self._tell(uid, Access.WRITE_DSFID, bytes([dsfid]), words)
        if self.system_info(uid).dsfid != dsfid:
            raise BadFrame(self._reader.path, words, "the reader did something else: is it an RL866?")

    def lock_blocks(self, uid: bytes, first: int, count: int) -> None:
        words = f"lock blocks {first} to {first + count - 1} of {uid.hex()}"
        self._tell(uid, Access.LOCK_BLOCKS, block_range(first, count), words)

    def write_eas(self, uid: bytes, on: bool) -> None:
        code = Access.EAS_ON if on else Access.EAS_OFF
        self._tell(uid, code, b"", f"switch EAS {'on' if on else 'off'} of {uid.hex()}")

    def _inventory_round(self) -> tuple[TagSighting, ...]:
        sightings: dict[bytes, TagSighting] = {}
        self._tag_types.clear()
        for part in range(MOST_PARTS):
            reply = self._once(inventory(more=part > 0), "inventory", accepted=(Status.OK, Status.NO_TAG))
            if reply.status == Status.NO_TAG:
                break
            listed = self._reader.understood(parse_inventory, reply.data, "inventory")
            for tag in listed.tags:
                sightings[tag.uid] = TagSighting(tag.uid, tag.dsfid)
                self._tag_types[tag.uid] = tag.tag_type
            if not listed.more:
                break
        return tuple(sightings.values())

    def _read_at_once(self, uid: bytes, first: int, count: int) -> bytes:
        words = f"read blocks {first} to {first + count - 1} of {uid.hex()}"
        parameters = READ_WITHOUT_LOCKS + block_range(first, count)
        return self._access(uid, Access.READ_BLOCKS, parameters, words, parse_blocks(count))

    def _block_size(self, uid: bytes) -> int:
        return self._block_sizes.get(uid) or self.system_info(uid).block_size

    # -- connections -------------------------------------------------------------------------------------

    def _tell(self, uid: bytes, code: Access, parameters: bytes, words: str) -> None:
        """An access whose answer bears nothing but that it was done."""
        self._access(uid, code, parameters, words, lambda _: None)

    def _access(
        self, uid: bytes, code: Access, parameters: bytes, words: str, understand: Callable[[bytes], T]
    ) -> T:
        """`understand` applied to what `code` gave. A tag stays connected: that costs nothing in the air, and
        the next access to it no connect."""

        def once() -> T:
            handle = self._connected_as(uid, words)
            reply = self._once(access(handle, code, parameters), words)
            result = self._reader.understood(parse_access, reply.data, words)
            if result.code != code:
                raise BadFrame(self._reader.path, words, f"the reader did {result.code:04X}h instead")
            if result.error is not None:
                self._refuse(result.error, words)
            return self._reader.understood(understand, result.data, words)

        return self._reader.insist(once)

    def _connected_as(self, uid: bytes, words: str) -> int:
        """The handle of the connection to the tag, made anew where there is none."""
        self._keep_step(words)
        if uid not in self._handles:
            if len(self._handles) >= MOST_CONNECTIONS:
                self._disconnect_all(words)
            request = connect(uid, self._tag_types.get(uid, ICODE_SLI))
            reply = self._once(request, words, accepted=(Status.OK, Status.NO_MEMORY))
            if reply.status == Status.NO_MEMORY:
                self._disconnect_all(words)
                reply = self._once(request, words)
            handle = self._reader.understood(parse_handle, reply.data, words)
            self._handles = {other: its for other, its in self._handles.items() if its != handle}
            self._handles[uid] = handle
        return self._handles[uid]

    def _disconnect_all(self, words: str) -> None:
        self._handles.clear()
        self._once(disconnect(), words)

    # -- questions and answers ---------------------------------------------------------------------------

    def _once(self, request: Request, words: str, accepted: tuple[Status, ...] = (Status.OK,)) -> Reply:
        """One question, one answer; DeviceRefused when its status is not among `accepted`."""
        self._keep_step(words)

        def answers(frame: Frame) -> bool:
            reply = Reply.of(frame)
            return reply is not None and reply.command == request.command

        wire = encode(request, self._sequence)
        reply = Reply.of(self._reader.converse(Question(wire, answers, words, ANSWER_S)))
        assert reply is not None
        self._sequence = not self._sequence
        if reply.status not in accepted:
            self._refuse(reply.status, words)
        return reply

    def _refuse(self, status: int, words: str) -> None:
        if status == Status.WRONG_HANDLE:
            self._handles.clear()
        if status == Status.SEQUENCE_ERROR:
            self._reader.doubt()
        raise DeviceRefused(self._reader.path, words, meaning(status), status)

    def _keep_step(self, words: str) -> None:
        """Begin anew where the reader had to be resynchronised: it may have forgotten its connections."""
        if self._reader.settle(words):
            self._sequence = False
            self._handles.clear()
