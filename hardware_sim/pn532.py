"""A PN532 on a serial line with the card that the world holds before it (NXP UM0701-02).

The firmware of the chip: each method is a command of the manual. Frames are in `devices.pn532.protocol`,
the field and what answers in it in `pn532_radio.py`. It cannot be a target (card emulation), and there are no
peers (NFC-DEP) to find. Tried with nfcpy 1.0.4 and with libnfc 1.8.0 (nfc-list, nfc-mfultralight,
nfc-mfclassic, and what nfc-poll asks of the library).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from devices.pn532.protocol import (
    CHIP_TO_HOST,
    HOST_TO_CHIP,
    SYNTAX_ERROR,
    Decoder,
    Frame,
    Item,
    Signal,
    encode,
)
from hardware_sim.contactless_cards import Felica, IsoDep
from hardware_sim.pn532_radio import OK, TIMED_OUT, WRONG_CONTEXT, Radio
from hardware_sim.world import World

BAUDS = (9_600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600, 1_288_000)
FIRMWARE = b"\x32\x01\x06\x07"
"""IC PN532, version 1.6, supports ISO 18092 and 14443 A and B."""

PARAMETER_AUTO_RATS = 0x10
FOR_EVER = 0xFF
NOBODY = b"\x00"

RF_CONFIGURATION_SIZES = {
    0x01: 1,  # RF field
    0x02: 3,  # timings
    0x04: 1,  # retries of a communication
    0x05: 3,  # retries of an activation
    0x0A: 11,  # analogue settings: type A
    0x0B: 8,  # 212 and 424 kbit/s
    0x0C: 3,  # type B
    0x0D: 9,  # ISO 14443-4 at higher speeds
}


POLL_PERIOD_S = 0.15
MIFARE, ISO_14443_4A = 0x10, 0x20
POLLED: dict[int, tuple[int, bytes, int]] = {
    0x00: (0x00, b"", 0x00),
    0x01: (0x01, b"\x00\xff\xff\x01\x00", 0x11),
    0x02: (0x02, b"\x00\xff\xff\x01\x00", 0x12),
    0x03: (0x03, b"\x00", 0x23),
    0x04: (0x04, b"", 0x04),
    MIFARE: (0x00, b"", MIFARE),
    0x11: (0x01, b"\x00\xff\xff\x01\x00", 0x11),
    0x12: (0x02, b"\x00\xff\xff\x01\x00", 0x12),
    ISO_14443_4A: (0x00, b"", ISO_14443_4A),
    0x23: (0x03, b"\x00", 0x23),
}
"""InAutoPoll's types: the technology and request to find such a card with, and the type that is answered
(0: whichever of the two of type A it is)."""


@dataclass(frozen=True)
class Waiting:
    """No card is there yet; the chip goes on looking."""

    lasts_s: float


@dataclass(frozen=True)
class Search:
    """The command that waits for a card; `ends_at` is known from the first tick on."""

    code: int
    parameters: bytes
    lasts_s: float
    ends_at: float | None = None


class MalformedCommand(Exception):
    """The chip answers it with a syntax error frame."""


class Pn532:
    """The chip. `baud` is the speed it listens at now; `on_baud` is told when the host changes it."""

    def __init__(self, world: World, on_baud: Callable[[int], None] | None = None) -> None:
        self._world = world
        self._radio = Radio(world)
        self.on_baud = on_baud
        self.baud = 115_200
        self._next_baud = self.baud
        self._decoder = Decoder()
        self._last_reply = b""
        self._activation_retries = FOR_EVER
        self._search: Search | None = None

    # -- the wire ----------------------------------------------------------------------------------------

    def receive(self, data: bytes) -> bytes:
        return b"".join(self._obey(item) for item in self._decoder.feed(data))

    def tick(self, now: float) -> bytes:
        """Switch speed once the old one has carried the reply; look again for a card that is waited for."""
        if self.baud != self._next_baud:
            self.baud = self._next_baud
            if self.on_baud:
                self.on_baud(self.baud)
        if self._search is None:
            return b""
        ends_at = self._search.ends_at or now + self._search.lasts_s
        self._search = replace(self._search, ends_at=ends_at)
        return self._run(self._search.code, self._search.parameters, in_time=now < ends_at)

    def _obey(self, item: Item) -> bytes:
        """A NACK asks for the last reply again; an ACK or a new command ends the one under way."""
        match item:
            case Signal.NACK:
                return self._last_reply
            case Signal.ACK:
                self._search = None
            case Frame(tfi, data) if tfi == HOST_TO_CHIP and data:
                self._search = None
                return Signal.ACK.value + self._run(data[0], data[1:])
        return b""

    def _run(self, code: int, parameters: bytes, in_time: bool = True) -> bytes:
        """The reply frame; empty while the chip goes on looking for a card, as it does only `in_time`."""
        with self._world.lock:
            self._radio.look_at_the_world()
            try:
                result = COMMANDS[code](self, parameters)
            except (KeyError, IndexError, MalformedCommand):
                self._last_reply = encode(SYNTAX_ERROR)
                return self._last_reply
        if isinstance(result, Waiting):
            if in_time:
                self._search = self._search or Search(code, parameters, result.lasts_s)
                return b""
            result = NOBODY
        self._search = None
        self._last_reply = encode(Frame(CHIP_TO_HOST, bytes([code + 1]) + result))
        return self._last_reply

    # -- the chip itself ---------------------------------------------------------------------------------

    def _diagnose(self, data: bytes) -> bytes:
        match data[0]:
            case 0x00:  # communication line
                return data
            case 0x01 | 0x02:  # ROM, RAM
                return OK
            case 0x06:  # is the card still there?
                card = self._radio.target
                return OK if card and not card.mute else TIMED_OUT
        raise MalformedCommand

    def _get_firmware_version(self, _data: bytes) -> bytes:
        return FIRMWARE

    def _get_general_status(self, _data: bytes) -> bytes:
        target = b"\x00"
        if self._radio.target:
            felica = isinstance(self._radio.target, Felica)
            target = b"\x01\x01" + (b"\x01\x01\x10" if felica else b"\x00\x00\x00")
        return OK + bytes([self._radio.field_on]) + target + b"\x80"

    def _read_register(self, data: bytes) -> bytes:
        addresses = [_address(data[i : i + 2]) for i in range(0, len(data), 2)]
        return bytes(self._radio.registers.get(address, 0) for address in addresses)

    def _write_register(self, data: bytes) -> bytes:
        for i in range(0, len(data), 3):
            self._radio.registers[_address(data[i : i + 2])] = data[i + 2]
        return b""

    def _set_serial_baud_rate(self, data: bytes) -> bytes:
        self._next_baud = BAUDS[data[0]]
        return b""

    def _set_parameters(self, data: bytes) -> bytes:
        self._radio.automatic_rats = bool(data[0] & PARAMETER_AUTO_RATS)
        return b""

    def _sam_configuration(self, data: bytes) -> bytes:
        if data[0] not in (1, 2, 3, 4):
            raise MalformedCommand
        return b""

    def _power_down(self, data: bytes) -> bytes:
        if not data:
            raise MalformedCommand
        self._radio.switch_field(on=False)
        return OK

    def _rf_configuration(self, data: bytes) -> bytes:
        item, values = data[0], data[1:]
        if RF_CONFIGURATION_SIZES[item] != len(values):
            raise MalformedCommand
        if item == 0x01:
            self._radio.switch_field(on=bool(values[0] & 0x01))
        if item == 0x05:
            self._activation_retries = values[2]
        return b""

    # -- cards -------------------------------------------------------------------------------------------

    def _in_list_passive_target(self, data: bytes) -> bytes | Waiting:
        """With retries for ever there is no answer until a card comes or the host ends the wait."""
        most, technology, request = data[0], data[1], data[2:]
        if most not in (1, 2):
            raise MalformedCommand
        found = self._radio.find(technology, request, most)
        if not found and self._activation_retries == FOR_EVER:
            return Waiting(math.inf)
        return bytes([len(found)]) + b"".join(bytes([number]) + each for number, each in enumerate(found, 1))

    def _in_auto_poll(self, data: bytes) -> bytes | Waiting:
        """One kind of card after the other, so many times over, until one is there."""
        rounds, period, kinds = data[0], data[1], data[2:]
        if not (rounds and 1 <= period <= 0x0F and 1 <= len(kinds) <= 0x0F):
            raise MalformedCommand
        for technology, request, kind in [POLLED[kind] for kind in kinds]:
            for found in self._radio.find(technology, request):
                iso_dep = ISO_14443_4A if isinstance(self._radio.target, IsoDep) else MIFARE
                if kind in (iso_dep, 0x00) or technology:
                    return bytes([1, kind or iso_dep, len(found) + 1, 1]) + found
        return Waiting(math.inf if rounds == FOR_EVER else rounds * period * len(kinds) * POLL_PERIOD_S)

    def _in_jump_for_dep(self, _data: bytes) -> bytes:
        self._radio.forget()
        return TIMED_OUT

    def _in_communicate_thru(self, data: bytes) -> bytes:
        return self._radio.communicate_thru(data)

    def _in_data_exchange(self, data: bytes) -> bytes:
        return self._radio.exchange(_target(data) or 1, data[1:])

    def _in_deselect(self, data: bytes) -> bytes:
        self._radio.halt(_target(data))
        return OK

    def _in_release(self, data: bytes) -> bytes:
        _target(data)
        self._radio.forget()
        return OK

    def _in_select(self, data: bytes) -> bytes:
        card = self._radio.turn_to(_target(data) or 1)
        if card is None:
            return WRONG_CONTEXT
        card.halted = False
        card.select()
        return OK


def _target(data: bytes) -> int:
    """1 or 2; 0 for all of them."""
    if data[0] > 2:
        raise MalformedCommand
    return data[0]


def _address(two_bytes: bytes) -> int:
    if len(two_bytes) != 2:
        raise MalformedCommand
    return int.from_bytes(two_bytes, "big")


COMMANDS: dict[int, Callable[[Pn532, bytes], bytes | Waiting]] = {
    0x00: Pn532._diagnose,
    0x02: Pn532._get_firmware_version,
    0x04: Pn532._get_general_status,
    0x06: Pn532._read_register,
    0x08: Pn532._write_register,
    0x10: Pn532._set_serial_baud_rate,
    0x12: Pn532._set_parameters,
    0x14: Pn532._sam_configuration,
    0x16: Pn532._power_down,
    0x32: Pn532._rf_configuration,
    0x40: Pn532._in_data_exchange,
    0x42: Pn532._in_communicate_thru,
    0x44: Pn532._in_deselect,
    0x46: Pn532._in_jump_for_dep,
    0x4A: Pn532._in_list_passive_target,
    0x52: Pn532._in_release,
    0x54: Pn532._in_select,
    0x56: Pn532._in_jump_for_dep,
    0x60: Pn532._in_auto_poll,
}
