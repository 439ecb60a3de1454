"""Book-tag readers: their frames among noise, and what whole frames say once their checksum is right."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from devices.feig_obid import protocol as feig
from devices.mmm_810 import protocol as mmm
from devices.rl866 import frames as rl_frames
from devices.rl866 import protocol as rl
from devices.uhf_reader18 import protocol as uhf
from tests import vectors
from tests.fuzz.engine import Act, Target
from tests.fuzz.inputs import as_stream, each_of, mutations_of


class _Frames(Protocol):
    def feed(self, data: bytes) -> list[Any]: ...
    def end_of_burst(self) -> list[Any]: ...


def _frames(decoder: Callable[[], _Frames]) -> Act:
    """Until the line is quiet; nothing is left waiting then."""

    def hear(stream: Iterable[bytes]) -> object:
        wire = decoder()
        return [frame for piece in stream for frame in wire.feed(piece)] + wire.end_of_burst()

    return as_stream(hear)


def captured(family: str) -> list[bytes]:
    return [bytes.fromhex(vector["hex"]) for vector in vectors.load_rfid()[family]]


def uhf_frames() -> list[bytes]:
    """A question from the maker's manual, and the captured tags as an inventory would answer with them."""
    epcs = [bytes.fromhex(vector["epc"]) for vector in vectors.load_rfid()["uhf"] if "epc" in vector]
    answers = [uhf.Frame(0x01, bytes([0x01, 0x01, len(epc)]) + epc, address=0).encode() for epc in epcs]
    return [bytes.fromhex("04 FF 21 19 95"), *answers]


def _contents(
    decoder: Callable[[], _Frames], frames: list[bytes], content: Callable[[Any], bytes]
) -> list[bytes]:
    """What the frames of others carry."""
    return [content(frame) for whole in frames for frame in decoder().feed(whole)]


def _feig_answer(data: bytes) -> object:
    reply = feig.Reply.of(feig.Frame(feig.Control.ISO_HOST, data))
    return reply.meaning if reply else None


def _mmm_answer(data: bytes) -> object:
    reply = mmm.Reply.of(mmm.Frame(mmm.Command.INVENTORY, data))
    return reply.meaning if reply else None


def _rl_answer(data: bytes) -> object:
    return rl.Reply.of(rl_frames.Frame(0, data))


def _uhf_answer(data: bytes) -> object:
    reply = uhf.Reply.of(uhf.Frame(uhf.Command.INVENTORY, data))
    return (reply.meaning, reply.tag_error) if reply else None


_UID = bytes.fromhex("E004010012345678")


def _uhf_question(command: uhf.Command) -> Callable[[bytes], object]:
    return lambda data: uhf.parse_command(uhf.Frame(command, data)).frame()


_FEIG, _RL, _MMM, _UHF = captured("feig_obid"), captured("rl866"), captured("mmm_210_810"), uhf_frames()
_FEIG_SAID = [
    *_contents(feig.Decoder, _FEIG, lambda f: f.data[1:]),
    b"\x01\x03\x06" + _UID,
    b"\x01\x04\x00abcd",
]
_RL_SAID = [*_contents(rl_frames.Decoder, _RL, lambda f: f.inf[3:]), b"\x05\x50\x00\x01ok"]
_MMM_SAID = [*_contents(mmm.Decoder, _MMM, lambda f: f.data[1:]), _UID + b"\x01\x00\x00abcd"]
_UHF_SAID = [*_contents(uhf.Decoder, _UHF, lambda f: f.data[1:]), bytes.fromhex("0142090F 00 00 1E 0A")]

TARGETS = (
    Target("wire feig_obid", mutations_of(*_FEIG), _frames(feig.Decoder)),
    Target("wire rl866", mutations_of(*_RL), _frames(rl_frames.Decoder)),
    Target("wire mmm_810", mutations_of(*_MMM), _frames(mmm.Decoder)),
    Target("wire uhf_reader18", mutations_of(*_UHF), _frames(uhf.Decoder)),
    Target(
        "said by feig_obid",
        mutations_of(*_FEIG_SAID),
        each_of(
            feig.parse_software_version,
            feig.parse_device_id,
            feig.parse_inventory,
            feig.parse_blocks,
            feig.parse_system_information,
            refusals=feig.ProtocolError,
        ),
    ),
    Target(
        "said by rl866",
        mutations_of(*_RL_SAID),
        each_of(
            rl.parse_inventory,
            rl.parse_handle,
            rl.parse_access,
            rl.parse_system_information,
            rl.parse_blocks(2),
            refusals=rl.ProtocolError,
        ),
    ),
    Target(
        "said by mmm_810",
        mutations_of(*_MMM_SAID),
        each_of(
            mmm.parse_version,
            mmm.parse_inventory,
            mmm.parse_blocks,
            mmm.parse_tag_information,
            lambda data: mmm.about(_UID, data),
            refusals=mmm.ProtocolError,
        ),
    ),
    Target(
        "said by uhf_reader18",
        mutations_of(*_UHF_SAID),
        each_of(
            uhf.parse_inventory,
            uhf.parse_reader_information,
            *(_uhf_question(command) for command in uhf.Command),
            refusals=uhf.ProtocolError,
        ),
    ),
    Target(
        "statuses of pads",
        mutations_of(*(frame[3:-2] for frame in (*_FEIG, *_RL, *_MMM, *_UHF))),
        lambda data: any([_feig_answer(data), _rl_answer(data), _mmm_answer(data), _uhf_answer(data)]),
    ),
)
