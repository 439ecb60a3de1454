"""PN532 card reader on a serial line, through nfcpy 1.0.4 with a transport of ours.

Says which card lies there; reads no sectors, knows no readers. nfcpy talks to the chip; `_Wire` gives it
our port, our frame decoder (nfcpy's own stumbles over noise) and our errors. A phone that emulates a card
shows a number that is new at every tap: four bytes beginning 08h. Tried with the simulator only.

    [devices.card_reader]
    model = "pn532"
    port = "/dev/kiosk-nfc"
"""

import logging
import shlex
from collections import deque
from pathlib import Path
from typing import Any

import nfc
import nfc.clf.pn532
from nfc.clf import RemoteTarget

from devices.errors import BadFrame, DeviceError, DeviceLost, DeviceRefused
from devices.kinds import CardTapped, CardTechnology, DeviceInfo, Kind
from devices.pn532.protocol import (
    CHIP_TO_HOST,
    HOST_TO_CHIP,
    WAKE_UP,
    Damaged,
    Decoder,
    Frame,
    Item,
    Signal,
    encode,
)
from devices.port import Deadline, LineSettings, Port

# nfcpy logs card numbers, and every hitch as an error; what matters arrives as an exception.
logging.getLogger("nfc").setLevel(logging.CRITICAL)

POWER_ON_BAUD = 115_200
LEFT_AT_BAUDS = (921_600, 460_800, 230_400)
"""Speeds nfcpy may have switched the chip to, likeliest first, when nobody switched it back."""

_SET_SPEED_115200 = encode(Frame(HOST_TO_CHIP, b"\x10\x04"))
_SPEED_IS_SET = Frame(CHIP_TO_HOST, b"\x11")
_SHORTEST_WAIT_S = 0.05
_SENSE_WAIT_S = 0.2
"""The longest one answer may take while sensing: sense() promises to be back soon, nfcpy waits 1 s."""

_ChipRefused = nfc.clf.pn532.Chipset.Error
# What nfcpy raises when a well-framed answer is not what the chip it knows would say.
_NONSENSE = (OSError, IndexError, TypeError, ValueError, AssertionError, nfc.clf.Error)

_POLLED = ("106A", "106B", "212F")

_TYPE_A_BITS = (
    (0x20, CardTechnology.TYPE4A),
    (0x08, CardTechnology.MIFARE_CLASSIC),
    (0x40, None),  # a phone that wants peer-to-peer
    (0x00, CardTechnology.TYPE2),
)
"""Bits of SEL_RES (SAK), the first that are all set decide (NXP AN10833)."""


class Pn532:
    """A CardReader; opening takes up to a second when the chip was left at another speed."""

    def __init__(self, path: str) -> None:
        self._wire = _Wire(path)
        self._frontend = nfc.ContactlessFrontend()
        try:
            self._frontend.device = _start(self._wire)
        except DeviceError:
            self._wire.close()
            raise
        firmware = str(self._frontend.device.chipset_name).removeprefix("PN532v")
        self.info = DeviceInfo(Kind.CARD_READER, "pn532", path, firmware=firmware)

    def sense(self) -> CardTapped | None:
        self._wire.begin("sense", longest_wait_s=_SENSE_WAIT_S)
        if not self._wire.is_open:
            raise DeviceLost(self.info.port, "sense", "the port is closed")
        try:
            target = self._frontend.sense(*(RemoteTarget(name) for name in _POLLED))
        except _ChipRefused as error:
            raise DeviceRefused(self.info.port, "sense", "the chip says no", error.errno) from error
        except _NONSENSE as error:
            raise BadFrame(self.info.port, "sense", f"nfcpy could not use the answer: {error}") from error
        return None if target is None else _card(target)

    def close(self) -> None:
        """Bring the chip back to its power-on speed and to sleep, if it still listens."""
        if not self._wire.is_open:
            return
        self._wire.begin("close", longest_wait_s=_SENSE_WAIT_S)
        try:
            self._frontend.device.close()
        except (DeviceError, _ChipRefused, *_NONSENSE):
            pass  # it is unplugged or mute: the next open finds it at whatever speed it has
        finally:
            self._wire.close()


def _start(wire: "_Wire") -> Any:
    """nfcpy's device for the chip at the other end, whatever speed a crash left it at."""
    try:
        return _init(wire)
    except DeviceError:
        wire.slow_chip_down()
        return _init(wire)


def _init(wire: "_Wire") -> Any:
    try:
        return nfc.clf.pn532.init(wire)
    except (_ChipRefused, *_NONSENSE) as error:
        raise DeviceLost(wire.path, "open", "what answers is not a PN532: check model and cable") from error


def _card(target: RemoteTarget) -> CardTapped | None:
    """The card that nfcpy found; None for what is no card of ours (a Topaz tag, a peer-to-peer phone)."""
    if target.sensf_res:
        return CardTapped(bytes(target.sensf_res[1:9]), CardTechnology.FELICA)
    if target.sensb_res:
        return CardTapped(bytes(target.sensb_res[1:5]), CardTechnology.TYPE4B)
    if not target.sdd_res:
        return None
    technology = next(kind for bits, kind in _TYPE_A_BITS if target.sel_res[0] & bits == bits)
    return None if technology is None else CardTapped(bytes(target.sdd_res), technology)


class _Wire:
    """What nfcpy calls a transport of type TTY: whole frames over a Port, times in milliseconds."""

    TYPE = "TTY"

    def __init__(self, path: str) -> None:
        self.path = path
        self._port: Port | None = None
        self._baudrate = POWER_ON_BAUD
        self.begin("open", longest_wait_s=2.0)

    def begin(self, command: str, longest_wait_s: float) -> None:
        """From here on errors name `command`, and no answer is waited for longer than this."""
        self._command = command
        self._longest_wait_s = longest_wait_s

    @property
    def port(self) -> str:
        """nfcpy knows some boards' ports by name, and puts this into a shell command (stty)."""
        return shlex.quote(str(Path(self.path).resolve()))

    @property
    def is_open(self) -> bool:
        return self._port is not None

    @property
    def baudrate(self) -> int:
        return self._baudrate

    @baudrate.setter
    def baudrate(self, baud: int) -> None:
        self.open(self.path, baud)

    def open(self, _port: str, baudrate: int) -> None:
        self.close()
        self._baudrate = baudrate
        self._port = Port(self.path, LineSettings(baudrate))
        self._forget()

    def close(self) -> None:
        if self._port is not None:
            self._port.close()
        self._port = None

    def write(self, frame: bytes) -> None:
        """Send; what is still unread answers an older question."""
        port = self._opened()
        port.discard_input()
        self._forget()
        port.write(bytes(frame), self._command)

    def read(self, timeout: float) -> bytearray:
        item = self._next(timeout / 1000)
        if item is None:
            raise DeviceLost(self.path, self._command, "no answer: check cable and power")
        if isinstance(item, Damaged):
            raise BadFrame(self.path, self._command, item.reason)
        return bytearray(encode(item))

    def slow_chip_down(self) -> None:
        """Bring a chip that may listen at a higher speed back to the one it has after power-on."""
        for baud in LEFT_AT_BAUDS:
            self.open(self.path, baud)
            self.write(WAKE_UP + _SET_SPEED_115200)
            if self._next(0.1) is Signal.ACK and self._next(0.1) == _SPEED_IS_SET:
                self.write(Signal.ACK.value)
                return

    def _next(self, timeout_s: float) -> Item | None:
        """The next good frame; when none comes in time, what was damaged, or None for silence."""
        port = self._opened()
        deadline = Deadline(max(_SHORTEST_WAIT_S, min(timeout_s, self._longest_wait_s)))
        damaged = None
        while True:
            while self._items:
                item = self._items.popleft()
                if not isinstance(item, Damaged):
                    return item
                damaged = item
            if deadline.over:
                return damaged
            self._items.extend(self._decoder.feed(port.read(deadline.left_s, self._command)))

    def _opened(self) -> Port:
        if self._port is None:
            raise DeviceLost(self.path, self._command, "the port is closed")
        return self._port

    def _forget(self) -> None:
        self._decoder = Decoder()
        self._items: deque[Item] = deque()
