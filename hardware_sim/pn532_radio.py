"""The radio half of a simulated PN532: its contactless interface unit (CIU) and the card before it.

The CIU is seen through its registers, as the host sees it; how cards behave is in `contactless_cards.py`.
"""

import operator
from collections.abc import Callable

from hardware_sim.contactless_cards import (
    ACK,
    AIR_CARDS,
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

AUTHENTICATE = {0x60: False, 0x61: True}
"""The command, and whether it is with key B."""

OK, TIMED_OUT, CRC_ERROR, FRAMING_ERROR = b"\x00", b"\x01", b"\x02", b"\x05"
AUTHENTICATION_ERROR, WRONG_CONTEXT = b"\x14", b"\x27"


class Radio:
    """`targets` are the cards that were found last, `target` the one of them that is talked to; `registers`
    are the CIU's, 0 if not set."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lying_there: tuple[Card | None, ...] = ()
        self._cards: tuple[AirCard, ...] = ()
        self._frames_left: int | None = None
        self.targets: list[AirCard] = []
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
            for card in self._cards:
                card.halted = False

    def forget(self) -> None:
        """The targets are none any more; they answer when they are found again."""
        for card in self.targets:
            card.mute = True
        self.targets, self.target = [], None

    def halt(self, number: int) -> None:
        """That target, or all (0), until the field was off; FeliCa has no such command."""
        for card in self.targets[number - 1 : number] if number else self.targets:
            card.mute = True
            card.halted = not isinstance(card, Felica)

    def turn_to(self, number: int) -> AirCard | None:
        """Target 1 or 2, made the one that is talked to: the chip wakes it and lets the other one rest."""
        if number > len(self.targets):
            return None
        card = self.targets[number - 1]
        if card is not self.target:
            if self.target:
                self.target.mute = True
            card.select()
            self.target = card
        return card

    def look_at_the_world(self) -> None:
        """A card that was taken away is gone for the chip: it has to be found anew."""
        lying_there = (self._world.card, self._world.beside)
        if all(map(operator.is_, lying_there, self._lying_there)) and self._lying_there:
            return
        for card in self.targets:
            card.mute = True
        self._lying_there = lying_there
        # an ID card is held to the other reader, which has an antenna of its own
        self._cards = tuple(air_card(card) for card in lying_there if card and card.technology in AIR_CARDS)
        self._frames_left = self._world.card.pulled_after if self._world.card else None

    def _pulled_away(self) -> bool:
        """Whether the hand takes the card away just now, in the middle of what is being read."""
        if self._frames_left is None:
            return False
        self._frames_left -= 1
        if self._frames_left < 0:
            self._world.card = None
            self.look_at_the_world()
            return True
        return False

    def find(self, technology: int, request: bytes, most: int = 1) -> list[bytes]:
        """InListPassiveTarget's data about the cards there; KeyError for an unknown technology."""
        activate, framing = ACTIVATIONS[technology]
        self.switch_field(on=True)
        self.registers |= {TX_MODE: framing, RX_MODE: framing, FIFO_DATA: SENS_REQ}
        self.targets, self.target = [], None
        about: list[bytes] = []
        for card in self._cards:
            found = None if card.halted or len(about) == most else activate(self, card, request)
            if found is not None:
                about.append(found)
                self.targets.append(card)
        if self.targets:
            self.target = self.targets[-1]
            for there in filter(None, self._lying_there):
                there.noticed.set()
        return about

    def _activate_type_a(self, card: AirCard, request: bytes) -> bytes | None:
        if isinstance(card, Felica | Type4B) or request not in (b"", card.cascaded_uid):
            return None
        card.select()
        self.registers[FIFO_DATA] = card.uid[-1]
        ats = card.ATS if isinstance(card, Type4A) and self.automatic_rats else b""
        return card.atqa + bytes([card.sak, len(card.uid)]) + card.uid + ats

    def _activate_type_b(self, card: AirCard, request: bytes) -> bytes | None:
        if not isinstance(card, Type4B) or request[0] != Type4B.ALL_FAMILIES:
            return None
        card.select()
        return card.atqb + b"\x01\x00"

    def _activate_felica(self, card: AirCard, request: bytes) -> bytes | None:
        answer = card.poll(request) if isinstance(card, Felica) else None
        if answer is None:
            return None
        card.select()
        return bytes([len(answer) + 1]) + answer

    def _activate_jewel(self, _card: AirCard, _request: bytes) -> bytes | None:
        return None  # there are no Type 1 cards here

    def communicate_thru(self, data: bytes) -> bytes:
        """A frame to the card as it is. With CRC off the host sends and gets the CRC as well."""
        card = None if self._pulled_away() else self.target
        if card and not self.registers[TX_MODE] & CRC_ON:
            data = data[:-2] if card.crc(data[:-2]) == data[-2:] else b""  # a card ignores a wrong CRC
        answer = card.frame(data) if card else None
        if card is None or answer is None:
            return TIMED_OUT
        if self.registers[RX_MODE] & CRC_ON:
            return CRC_ERROR if answer.short else OK + answer.data
        return OK + answer.data + (b"" if answer.short else card.crc(answer.data))

    def exchange(self, number: int, command: bytes) -> bytes:
        """A command to that target in the card's own protocol, which the chip takes care of."""
        card = self.turn_to(number)
        if card is None:
            return WRONG_CONTEXT
        if self._pulled_away():
            return TIMED_OUT
        if isinstance(card, MifareClassic) and command[0] in AUTHENTICATE:
            known = card.authenticate(command[1], command[2:8], command[8:12], AUTHENTICATE[command[0]])
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


ACTIVATIONS: dict[int, tuple[Callable[[Radio, AirCard, bytes], bytes | None], int]] = {
    0x00: (Radio._activate_type_a, 0x80),
    0x01: (Radio._activate_felica, 0x92),
    0x02: (Radio._activate_felica, 0xA2),
    0x03: (Radio._activate_type_b, 0x83),
    0x04: (Radio._activate_jewel, 0x80),
}
"""InListPassiveTarget's BrTy: how a card is found, and the framing (TxMode, RxMode) that stays set."""
