"""PN532 card reader on a serial line, through nfcpy 1.0.4 with a transport of ours.

Says which card lies there and reads what is wanted of it (`reading.py`); knows no readers. nfcpy talks to the
chip; `wire.py` gives it our port and our errors. A phone that emulates a card shows a number that is new at
every tap: four bytes beginning 08h. Tried with the simulator only.

    [[device]]
    model = "pn532"
    port = "/dev/kiosk-nfc"
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import nfc
import nfc.clf.pn532
from nfc.clf import RemoteTarget

from devices.errors import BadFrame, DeviceError, DeviceLost, DeviceRefused
from devices.kinds import CardContent, CardRead, CardTapped, CardTechnology, CardUnread, DeviceInfo, Kind
from devices.pn532.reading import read_card
from devices.pn532.wire import Wire

# nfcpy logs card numbers, and every hitch as an error; what matters arrives as an exception.
logging.getLogger("nfc").setLevel(logging.CRITICAL)

_SENSE_WAIT_S = 0.2
"""The longest one answer may take while sensing: sense() promises to be back soon, nfcpy waits 1 s."""
_READ_TRIES = 2
_DOUBTFUL = (CardUnread.UNREADABLE, CardUnread.NOTHING_THERE)
"""A card at the edge of the field says the same."""

T = TypeVar("T")
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
        self._wire = Wire(path)
        self._frontend = nfc.ContactlessFrontend()
        try:
            self._frontend.device = _start(self._wire)
        except DeviceError:
            self._wire.close()
            raise
        firmware = str(self._frontend.device.chipset_name).removeprefix("PN532v")
        self.info = DeviceInfo(Kind.CARD_READER, "pn532", path, firmware=firmware)

    def sense(self) -> CardTapped | None:
        target = self._target()
        return None if target is None else _card(target)

    def read(self, card: CardTapped, wanted: CardRead) -> CardContent:
        """Sensed anew for each try: a card that a wrong key or a lost frame left mute answers again. What
        is read belongs to the card that was sensed, or is not believed."""
        content: CardContent = CardUnread.UNREADABLE
        for _ in range(_READ_TRIES):
            target = self._target()
            if target is None or _card(target) != card:
                return CardUnread.UNREADABLE
            content = self._asked("read", partial(read_card, self._frontend, target, wanted))
            if content not in _DOUBTFUL:
                return content
        return content if self.sense() == card else CardUnread.UNREADABLE

    def _target(self) -> RemoteTarget | None:
        return self._asked("sense", lambda: self._frontend.sense(*(RemoteTarget(name) for name in _POLLED)))

    def _asked(self, command: str, ask: Callable[[], T]) -> T:
        """What nfcpy answers, or a DeviceError."""
        self._wire.begin(command, longest_wait_s=_SENSE_WAIT_S)
        if not self._wire.is_open:
            raise DeviceLost(self.info.port, command, "the port is closed")
        try:
            return ask()
        except _ChipRefused as error:
            raise DeviceRefused(self.info.port, command, "the chip says no", error.errno) from error
        except _NONSENSE as error:
            raise BadFrame(self.info.port, command, f"nfcpy could not use the answer: {error}") from error

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


def _start(wire: Wire) -> Any:
    """nfcpy's device for the chip at the other end, whatever speed a crash left it at."""
    try:
        return _init(wire)
    except DeviceError:
        wire.slow_chip_down()
        return _init(wire)


def _init(wire: Wire) -> Any:
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
