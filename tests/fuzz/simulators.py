"""The simulated devices, which others may ask whatever they like: they answer, or they are silent."""

import tempfile
from pathlib import Path

from devices.feig_obid import protocol as feig
from devices.gm65 import protocol as gm65
from devices.honeywell_scanner import protocol as honeywell
from devices.mmm_810 import protocol as mmm
from devices.newland_scanner import protocol as newland
from devices.pn532 import protocol as pn532
from devices.rl866 import protocol as rl866
from devices.sdt_idcard import protocol as sdt
from devices.serial_scanner.commands import Dialect
from devices.uhf_reader18 import protocol as uhf
from devices.zebra_ssi import protocol as zebra
from hardware_sim.registry import MODELS
from tests.fuzz.drivers import world_for
from tests.fuzz.engine import Act, Target
from tests.fuzz.inputs import chance_of, mutations_of, pieces

_UID = bytes.fromhex("E004011000000000")
_PN532 = (
    "02",
    "4A0100",
    "4A010300",
    "4A010100FFFF0100",
    "4001 6004 FFFFFFFFFFFF DEADBEEF",
    "42 3000",
    "32050000",
)


def _orders(dialect: Dialect) -> tuple[bytes, ...]:
    return (*dialect.orders.values(), dialect.question)


_ASKED: dict[str, tuple[bytes, ...]] = {
    "feig_obid": tuple(
        feig.encode(command)
        for command in (
            feig.SOFTWARE_VERSION,
            feig.Inventory(),
            feig.read_blocks(_UID, 0, 4, security=True),
            feig.write_blocks(_UID, 2, 4, b"abcdefgh"),
            feig.TagCommand(feig.Iso.SYSTEM_INFORMATION, _UID),
            feig.TagCommand(feig.Iso.WRITE_AFI, _UID, b"\xc2"),
            feig.EasCommand(feig.Eas.SET, _UID),
        )
    ),
    "rl866": tuple(
        rl866.encode(request)
        for request in (
            rl866.read_configuration(0, 1),
            rl866.inventory(),
            rl866.connect(_UID),
            rl866.access(1, rl866.Access.SYSTEM_INFORMATION),
            rl866.access(1, rl866.Access.WRITE_BLOCKS, rl866.block_range(0, 1) + b"abcd"),
        )
    ),
    "mmm_810": tuple(
        frame.encode()
        for frame in (
            mmm.HARDWARE_VERSION,
            mmm.inventory(),
            mmm.read_blocks(_UID, 0, 4),
            mmm.write_blocks(_UID, 2, b"abcd"),
            mmm.tag_information(_UID),
        )
    ),
    "uhf_reader18": tuple(
        uhf.encode(command)
        for command in (
            uhf.READER_INFORMATION,
            uhf.INVENTORY,
            uhf.Read(b"", uhf.Bank.TID, 0, 4),
            uhf.Write(b"", uhf.Bank.USER, 0, b"abcd"),
            uhf.Lock(b"", uhf.LockArea.USER, uhf.Protection.WITH_PASSWORD, 7),
        )
    ),
    "pn532": tuple(pn532.encode(pn532.Frame(pn532.HOST_TO_CHIP, bytes.fromhex(said))) for said in _PN532),
    "sdt_idcard": tuple(sdt.encode(command) for command in sdt.Command),
    "modbus_counter": (bytes.fromhex("01 04 00 00 00 04 F1 C9"),),
    "honeywell_scanner": _orders(honeywell.DIALECT),
    "newland_scanner": _orders(newland.DIALECT),
    "gm65": _orders(gm65.DIALECT),
    "zebra_ssi": tuple(zebra.Packet(opcode).encode() for opcode in zebra.Opcode),
    "escpos": (
        b"\x10\x04\x01",
        b"\x1b@\x1c&\xb8\xb4\x1c.\n",
        b"\x1dv0\x00\x02\x00\x02\x00abcd",
        b"\x1d(k\x03\x001C\x03",
    ),
    "serial_scanner": (b"hello",),
    "wedge_scanner": (b"hello",),
}
"""What hosts say; the last two listen to nobody."""


def _asked(model: str) -> Act:
    def act(data: bytes) -> bool:
        with tempfile.TemporaryDirectory() as paper:
            device = MODELS[model].build(world_for(model, chance_of(data)), Path(paper))
            said = b"".join(device.receive(piece) for piece in pieces(data))
            return bool(said + device.tick(1.0))

    return act


TARGETS = tuple(
    Target(f"simulated {model}", mutations_of(*asked), _asked(model)) for model, asked in _ASKED.items()
)
