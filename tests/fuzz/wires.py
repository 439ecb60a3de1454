"""Wires that lie: a simulated device's answers are changed behind its back, checksums and all.

The driver is the shipped one, and so are nfcpy, python-escpos and pymodbus; only the line between them and
the device is ours, and the clock, so that no answer has to be waited for.
"""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import nfc.clf.pn53x
import nfc.clf.pn532
import pymodbus.client.serial
import serial

import devices.exchange
import devices.feig_obid.exchange
import devices.pn532.wire
import devices.port
import devices.sdt_idcard.driver
import devices.serial_scanner.driver
import devices.zebra_ssi.driver
from devices.crc import crc16_modbus
from devices.errors import DeviceLost
from devices.escpos import driver as escpos_driver
from devices.feig_obid import frames as feig
from devices.gm65 import protocol as gm65
from devices.mmm_810 import protocol as mmm
from devices.pn532 import protocol as pn532
from devices.port import LineSettings
from devices.rl866 import frames as rl866
from devices.sdt_idcard import protocol as sdt
from devices.uhf_reader18 import protocol as uhf
from devices.zebra_ssi import protocol as zebra
from hardware_sim.simulator import Simulator
from tests.devices.tag_data.fuzz import edited

# -- lies --------------------------------------------------------------------------------------------------

Lie = Callable[[random.Random, bytes], bytes]
"""Another answer instead of this one, and one that the driver must take for genuine."""
_MOST_DATA = 240


def _edit(chance: random.Random, data: bytes) -> bytes:
    return edited(chance, data)[:_MOST_DATA]


def _of_frames(decoder: Callable[[], Any], lie: Callable[[random.Random, Any], bytes]) -> Lie:
    return lambda chance, data: b"".join(lie(chance, frame) for frame in decoder().feed(data)) or data


def _chips_lie(chance: random.Random, item: pn532.Item) -> bytes:
    if isinstance(item, pn532.Frame):
        return pn532.encode(pn532.Frame(item.tfi, item.data[:1] + _edit(chance, item.data[1:])))
    return pn532.encode(item) if isinstance(item, pn532.Signal) else b""


def _id_readers_lie(chance: random.Random, data: bytes) -> bytes:
    body = data[len(sdt.START) + 2 : -1]
    if not data.startswith(sdt.START) or len(body) < 3:
        return data
    status = chance.choice((body[2], body[2], *sdt.Status))
    return sdt.encode_answer(status, edited(chance, body[3:]))


def _modules_lie(chance: random.Random, data: bytes) -> bytes:
    return gm65.reply(_edit(chance, data[4:-2])[:32]) if data.startswith(gm65.REPLY_HEAD) else data


def _counters_lie(chance: random.Random, data: bytes) -> bytes:
    body = _edit(chance, data[:-2])
    return body + crc16_modbus(body).to_bytes(2, "little")


LIES: dict[str, Lie] = {
    "feig_obid": _of_frames(feig.Decoder, lambda chance, f: replace(f, data=_edit(chance, f.data)).encode()),
    "rl866": _of_frames(rl866.Decoder, lambda chance, f: replace(f, inf=_edit(chance, f.inf)).encode()),
    "mmm_810": _of_frames(mmm.Decoder, lambda chance, f: replace(f, data=_edit(chance, f.data)).encode()),
    "uhf_reader18": _of_frames(
        uhf.Decoder, lambda chance, f: replace(f, data=_edit(chance, f.data)).encode()
    ),
    "pn532": _of_frames(pn532.Decoder, _chips_lie),
    "sdt_idcard": _id_readers_lie,
    "zebra_ssi": _of_frames(zebra.decoder, lambda chance, p: replace(p, data=_edit(chance, p.data)).encode()),
    "gm65": _modules_lie,
    "modbus_counter": _counters_lie,
}
"""Of models whose answers have a checksum; in the others' every damage is believed."""


@dataclass
class Liar:
    """Changes answers, now and then, by a script."""

    chance: random.Random
    lie: Lie
    often: float
    """How likely an answer is changed."""

    def says(self, data: bytes) -> bytes:
        if not data or self.chance.random() >= self.often:
            return data
        match self.chance.randrange(8):
            case 0:
                return b""
            case 1:
                return self.chance.randbytes(self.chance.randrange(20)) + data
            case 2:
                return data + data
            case 3 | 4:
                return edited(self.chance, data)
            case _:
                return self.lie(self.chance, data)

    @property
    def pulls_the_plug(self) -> bool:
        return self.chance.random() < self.often / 20


# -- the line and the clock ----------------------------------------------------------------------------------


@dataclass
class _Clock:
    """Goes on when somebody waits, and a little by itself: no loop lasts for ever."""

    now_s: float = 1000.0

    def time(self) -> float:
        self.now_s += 1e-5
        return self.now_s

    monotonic = time

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds

    def monotonic_ns(self) -> int:
        return int(self.time() * 1e9)


class _Line:
    """Stands in for `devices.port.Port`, the one place where bytes come in, with a simulator behind it."""

    def __init__(self, device: Simulator, liar: Liar, clock: _Clock, path: str, line: LineSettings) -> None:
        self.path, self.line = path, line
        self._device, self._liar, self._clock = device, liar, clock
        self._coming = b""

    def write(self, data: bytes, command: str) -> None:
        if self._liar.pulls_the_plug:
            raise DeviceLost(self.path, command, "unplugged")
        self._coming += self._liar.says(self._device.receive(bytes(data)))

    def read(self, timeout_s: float, command: str) -> bytes:
        if self._liar.pulls_the_plug:
            raise DeviceLost(self.path, command, "unplugged")
        self._coming += self._liar.says(self._device.tick(self._clock.time()))
        if not self._coming:
            self._clock.sleep(max(timeout_s, 1e-3))
            return b""
        size = self._liar.chance.choice((1, 3, 64, 4096))
        came, self._coming = self._coming[:size], self._coming[size:]
        return came

    def discard_input(self) -> None:
        self._coming = b""

    def close(self) -> None:
        return


class _SerialLine:
    """The same as pymodbus wants it."""

    is_open = True
    inter_byte_timeout = 0.0

    def __init__(self, line: _Line) -> None:
        self._line = line
        self._heard = b""

    @property
    def in_waiting(self) -> int:
        self._heard += self._read()
        return len(self._heard)

    def _read(self) -> bytes:
        try:
            return self._line.read(0.0, "read")
        except DeviceLost as error:
            raise serial.SerialException("unplugged") from error

    def write(self, data: bytes) -> int:
        self._line.write(data, "write")
        return len(data)

    def read(self, size: int) -> bytes:
        taken, self._heard = self._heard[:size], self._heard[size:]
        return taken

    def close(self) -> None:
        return


_PORTS = (
    devices.exchange,
    devices.feig_obid.exchange,
    devices.pn532.wire,
    devices.sdt_idcard.driver,
    devices.serial_scanner.driver,
    devices.zebra_ssi.driver,
    escpos_driver,
)
_CLOCKS = (
    devices.port,
    devices.feig_obid.exchange,
    devices.serial_scanner.driver,
    nfc.clf.pn53x,
    nfc.clf.pn532,
    pymodbus.client.serial,
)


@contextmanager
def wired(device: Simulator, liar: Liar) -> Iterator[None]:
    """Until the end every line leads to `device`."""
    clock = _Clock()
    line = partial(_Line, device, liar, clock)
    own = SimpleNamespace(**vars(serial))
    own.serial_for_url = lambda path, **_: _SerialLine(line(path, LineSettings(9600)))
    stand_ins = [(module, "Port", line) for module in _PORTS]
    stand_ins += [(module, "time", clock) for module in _CLOCKS]
    stand_ins.append((pymodbus.client.serial, "serial", own))
    # nfcpy has a shell set the speed of a terminal that is not there
    stand_ins.append((nfc.clf.pn532, "os", SimpleNamespace(system=lambda _: 0, strerror=os.strerror)))
    before = [(module, name, getattr(module, name)) for module, name, _ in stand_ins]
    for module, name, stand_in in stand_ins:
        setattr(module, name, stand_in)
    try:
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)
