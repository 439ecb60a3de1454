"""The radio half of a simulated PN532: its contactless interface unit (CIU) and the card before it.

The CIU is seen through its registers, as the host sees it; how cards behave is in `contactless_cards.py`.
"""

from collections.abc import Callable

from hardware_sim.contactless_cards import (
    ACK,
    AirCard,
    Answer,
    Felica,
    IsoDep,
    MifareClassic,
    Type4A,
    Type4B,
    air_card,
)
from hardware_sim.world import Card, World

TX_CONTROL, TX_MODE, RX_MODE, FIFO_DATA = 0x6304, 0x6302, 0x6303, 0x6339
ANTENNA_OFF, ANTENNA_ON = 0x80, 0x83
CRC_ON = 0x80
SENS_REQ = 0x26

OK, TIMED_OUT, CRC_ERROR, FRAMING_ERROR = b"\x00", b"\x01", b"\x02", b"\x05"
AUTHENTICATION_ERROR, WRONG_CONTEXT = b"\x14", b"\x27"


class Radio:
    """`target` is the card that was found last and is talked to; `registers` are the CIU's, 0 if not set."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lying_there: Card | None = None
        self._card: AirCard | None = None
        self.target: AirCard | None = None
        self.registers: dict[int, int] = {}
        self.automatic_rats = True

    @property
    def field_on(self) -> bool:
        return self.registers.get(TX_CONTROL) == ANTENNA_ON

    def switch_field(self, on: bool) -> None:
        self.registers[TX_CONTROL] = ANTENNA_ON if on else ANTENNA_OFF
        if not on:
            self.forget()

    def forget(self) -> None:
        """The target is none any more; it answers when it is found again."""
        if self.target:
            self.target.mute = True
        self.target = None

    def look_at_the_world(self) -> None:
        """A card that was taken away is gone for the chip: it has to be found anew."""
        lying_there = self._world.card
        if lying_there is self._lying_there:
            return
        if self.target:
            self.target.mute = True
        self._lying_there = lying_there
        self._card = None if lying_there is None else air_card(lying_there)

    def find(self, technology: int, request: bytes) -> bytes | None:
        """InListPassiveTarget's data about the card there, or None; KeyError for an unknown technology."""
        activate, framing = ACTIVATIONS[technology]
        self.switch_field(on=True)
        self.registers |= {TX_MODE: framing, RX_MODE: framing, FIFO_DATA: SENS_REQ}
        found = activate(self, request)
        self.target = None if found is None else self._card
        return found

    def _activate_type_a(self, request: bytes) -> bytes | None:
        card = self._card
        if card is None or isinstance(card, Felica | Type4B) or request not in (b"", card.cascaded_uid):
            return None
        card.select()
        self.registers[FIFO_DATA] = card.uid[-1]
        ats = card.ATS if isinstance(card, Type4A) and self.automatic_rats else b""
        return card.atqa + bytes([card.sak, len(card.uid)]) + card.uid + ats

    def _activate_type_b(self, request: bytes) -> bytes | None:
        card = self._card
        if not isinstance(card, Type4B) or request[0] != Type4B.ALL_FAMILIES:
            return None
        card.select()
        return card.atqb + b"\x01\x00"

    def _activate_felica(self, request: bytes) -> bytes | None:
        card = self._card
        answer = card.poll(request) if isinstance(card, Felica) else None
        if card is None or answer is None:
            return None
        card.select()
        return bytes([len(answer) + 1]) + answer

    def _activate_jewel(self, _request: bytes) -> bytes | None:
        return None  # there are no Type 1 cards here

    def communicate_thru(self, data: bytes) -> bytes:
        """A frame to the card as it is. With CRC off the host sends and gets the CRC as well."""
        card = self.target
        if card and not self.registers[TX_MODE] & CRC_ON:
            data = data[:-2] if card.crc(data[:-2]) == data[-2:] else b""  # a card ignores a wrong CRC
        answer = card.frame(data) if card else None
        if card is None or answer is None:
            return TIMED_OUT
        if self.registers[RX_MODE] & CRC_ON:
            return CRC_ERROR if answer.short else OK + answer.data
        return OK + answer.data + (b"" if answer.short else card.crc(answer.data))

    def exchange(self, command: bytes) -> bytes:
        """A command to the card in the card's own protocol, which the chip takes care of."""
        card = self.target
        if card is None:
            return WRONG_CONTEXT
        if isinstance(card, MifareClassic) and command[0] in (0x60, 0x61):
            known = card.authenticate(command[1], key=command[2:8], uid=command[8:12])
            return OK if known else AUTHENTICATION_ERROR
        if isinstance(card, IsoDep):
            return _status(card.frame(b"\x02" + command), skip=1)
        return _status(card.frame(command))


def _status(answer: Answer | None, skip: int = 0) -> bytes:
    """What InDataExchange makes of a card's answer; `skip` bytes of it are the protocol's own."""
    if answer is None:
        return TIMED_OUT
    if answer.short:
        return OK if answer == ACK else FRAMING_ERROR
    return OK + answer.data[skip:]


ACTIVATIONS: dict[int, tuple[Callable[[Radio, bytes], bytes | None], int]] = {
    0x00: (Radio._activate_type_a, 0x80),
    0x01: (Radio._activate_felica, 0x92),
    0x02: (Radio._activate_felica, 0xA2),
    0x03: (Radio._activate_type_b, 0x83),
    0x04: (Radio._activate_jewel, 0x80),
}
"""InListPassiveTarget's BrTy: how a card is found, and the framing (TxMode, RxMode) that stays set."""
