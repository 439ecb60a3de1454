"""A PN532 on a serial line with the card that the world holds before it (NXP UM0701-02).

The firmware of the chip: each method is a command of the manual. Frames are in `devices.pn532.protocol`,
the field and what answers in it in `pn532_radio.py`. It cannot be a target (card emulation) nor find
peers (NFC-DEP). Tried with nfcpy 1.0.4 and with libnfc 1.8.0 (nfc-list, nfc-mfultralight, nfc-mfclassic).
"""

from collections.abc import Callable

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
from hardware_sim.contactless_cards import Felica
from hardware_sim.pn532_radio import OK, TIMED_OUT, WRONG_CONTEXT, Radio
from hardware_sim.world import World

BAUDS = (9_600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600, 1_288_000)
FIRMWARE = b"\x32\x01\x06\x07"
"""IC PN532, version 1.6, supports ISO 18092 and 14443 A and B."""

PARAMETER_AUTO_RATS = 0x10
FOR_EVER = 0xFF

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
        self._waiting_for_card: bytes | None = None

    # -- the wire ----------------------------------------------------------------------------------------

    def receive(self, data: bytes) -> bytes:
        return b"".join(self._obey(item) for item in self._decoder.feed(data))

    def tick(self, now: float) -> bytes:
        """Switch speed once the old one has carried the reply; look again for a card that is waited for."""
        if self.baud != self._next_baud:
            self.baud = self._next_baud
            if self.on_baud:
                self.on_baud(self.baud)
        if self._waiting_for_card is None:
            return b""
        return self._run(0x4A, self._waiting_for_card)

    def _obey(self, item: Item) -> bytes:
        """A NACK asks for the last reply again; an ACK or a new command ends the one under way."""
        match item:
            case Signal.NACK:
                return self._last_reply
            case Signal.ACK:
                self._waiting_for_card = None
            case Frame(tfi, data) if tfi == HOST_TO_CHIP and data:
                self._waiting_for_card = None
                return Signal.ACK.value + self._run(data[0], data[1:])
        return b""

    def _run(self, code: int, parameters: bytes) -> bytes:
        """The reply frame; empty while the chip goes on looking for a card."""
        with self._world.lock:
            self._radio.look_at_the_world()
            try:
                result = COMMANDS[code](self, parameters)
            except (KeyError, IndexError, MalformedCommand):
                self._last_reply = encode(SYNTAX_ERROR)
                return self._last_reply
        if result is None:
            return b""
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

    def _in_list_passive_target(self, data: bytes) -> bytes | None:
        """With retries for ever there is no answer until a card comes or the host ends the wait."""
        most, technology, request = data[0], data[1], data[2:]
        if most not in (1, 2):
            raise MalformedCommand
        found = self._radio.find(technology, request)
        waits = found is None and self._activation_retries == FOR_EVER
        self._waiting_for_card = data if waits else None
        if waits:
            return None
        return b"\x00" if found is None else b"\x01\x01" + found

    def _in_communicate_thru(self, data: bytes) -> bytes:
        return self._radio.communicate_thru(data)

    def _in_data_exchange(self, data: bytes) -> bytes:
        _refuse_other_than_target_1(data)
        return self._radio.exchange(data[1:])

    def _in_deselect(self, data: bytes) -> bytes:
        _refuse_other_than_target_1(data)
        if self._radio.target:
            self._radio.target.mute = True
        return OK

    def _in_release(self, data: bytes) -> bytes:
        _refuse_other_than_target_1(data)
        self._radio.forget()
        return OK

    def _in_select(self, data: bytes) -> bytes:
        _refuse_other_than_target_1(data)
        if self._radio.target is None:
            return WRONG_CONTEXT
        self._radio.target.select()
        return OK


def _refuse_other_than_target_1(data: bytes) -> None:
    """0 means all targets; this chip never has a second one."""
    if data[0] not in (0, 1):
        raise MalformedCommand


def _address(two_bytes: bytes) -> int:
    if len(two_bytes) != 2:
        raise MalformedCommand
    return int.from_bytes(two_bytes, "big")


COMMANDS: dict[int, Callable[[Pn532, bytes], bytes | None]] = {
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
    0x4A: Pn532._in_list_passive_target,
    0x52: Pn532._in_release,
    0x54: Pn532._in_select,
}
