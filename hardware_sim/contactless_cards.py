"""What library cards answer over the air: Type 2 (NTAG213), Mifare Classic 1K, Type 4A, Type 4B, FeliCa.

A card here is powered by a reader's field and forgets what was written to it when it is taken away. The
reader chip (`pn532.py`) does the framing; cards see and return frames without their checksums.
"""

from dataclasses import dataclass
from functools import partial

from hardware_sim.ndef_application import NdefApplication
from hardware_sim.world import TRANSPORT_KEY, Card


def crc_14443(data: bytes, initial: int, final: int) -> bytes:
    """CRC of ISO 14443-3 (x¹⁶+x¹²+x⁵+1, reflected), low byte first."""
    crc = initial
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x8408 if crc & 1 else 0)
    return (crc ^ final).to_bytes(2, "little")


crc_a = partial(crc_14443, initial=0x6363, final=0)
crc_b = partial(crc_14443, initial=0xFFFF, final=0xFFFF)


@dataclass(frozen=True)
class Answer:
    """A frame from the card; a `short` one is the 4-bit ACK or NAK, which has no CRC."""

    data: bytes
    short: bool = False


ACK = Answer(b"\x0a", short=True)
NAK = Answer(b"\x00", short=True)
NAK_NOT_ALLOWED = Answer(b"\x04", short=True)


class AirCard:
    """A card in a field. After an error it is mute until it is selected again."""

    UID_SIZES: tuple[int, ...] = (4, 7, 10)
    technology_bits = 0
    """Of ATQA, beside the bits that tell the length of the uid."""
    sak = 0x00
    crc = staticmethod(crc_a)

    def __init__(self, uid: bytes) -> None:
        self.uid = uid
        self.mute = False
        self.halted = False
        """Told to be silent until the field was off."""

    def load(self, card: Card) -> None:
        """Take what was written to the card before it came here."""

    def select(self) -> None:
        self.mute = False

    def frame(self, data: bytes) -> Answer | None:
        """The answer to one frame; None is silence."""
        if self.mute or not data:
            return None
        answer = self.command(data)
        self.mute = answer is None or (answer.short and answer != ACK)
        return answer

    def command(self, data: bytes) -> Answer | None:
        raise NotImplementedError

    @property
    def atqa(self) -> bytes:
        """Most significant byte first, as the PN532 lists it."""
        size_bits = {7: 0x40, 10: 0x80}.get(len(self.uid), 0x00)
        return (self.technology_bits | size_bits).to_bytes(2, "big")

    @property
    def cascaded_uid(self) -> bytes:
        """The uid as a host asks for it: a cascade tag 88h before each part but the last."""
        uid = self.uid
        if len(uid) == 7:
            return b"\x88" + uid
        return b"\x88" + uid[:3] + b"\x88" + uid[3:] if len(uid) == 10 else uid


class Ntag213(AirCard):
    """NXP NTAG213: 45 pages of 4 bytes, blank but for its capability container."""

    technology_bits = 0x0004
    PAGES = 45
    VERSION = bytes.fromhex("0004040201000F03")

    def __init__(self, uid: bytes) -> None:
        super().__init__(uid)
        uid = uid.ljust(7, b"\x00")
        head = uid[:3] + _xor(b"\x88" + uid[:3]) + uid[3:7] + _xor(uid[3:7]) + b"\x48\x00\x00"
        container, empty_message = b"\xe1\x10\x12\x00", b"\x03\x00\xfe\x00"
        tail = bytes.fromhex("000000BD 040000FF 00050000 00000000 00000000")
        middle = empty_message + bytes(4 * 35)
        self._memory = bytearray(head + container + middle + tail)

    def load(self, card: Card) -> None:
        if card.ndef:
            assert len(card.ndef) < 0xFF, "an NTAG213 holds less"
            message = b"\x03" + bytes([len(card.ndef)]) + card.ndef + b"\xfe"
            self._memory[16 : 16 + len(message)] = message

    def command(self, data: bytes) -> Answer | None:
        match data[0], data[1:]:
            case 0x30, bytes(page) if len(page) == 1 and page[0] < self.PAGES:
                return Answer(self._pages(page[0], 4))
            case 0x3A, bytes(ends) if len(ends) == 2 and ends[0] <= ends[1] < self.PAGES:
                return Answer(self._pages(ends[0], ends[1] - ends[0] + 1))
            case 0xA2, bytes(write) if len(write) == 5 and 4 <= write[0] < self.PAGES:
                return self._write(write[0], write[1:])
            case 0xA0, bytes(write) if len(write) == 17 and 4 <= write[0] < self.PAGES:
                return self._write(write[0], write[1:5])  # as a Mifare Classic is written
            case 0x60, b"":
                return Answer(self.VERSION)
            case 0x50, b"\x00":  # HALT is obeyed without a word
                return None
        return NAK

    def _write(self, page: int, data: bytes) -> Answer:
        self._memory[4 * page : 4 * page + 4] = data
        return ACK

    def _pages(self, first: int, count: int) -> bytes:
        """Past the last page reading goes on at page 0."""
        return bytes((self._memory * 2)[4 * first : 4 * (first + count)])


class MifareClassic(AirCard):
    """NXP MF1S50 (1K), with transport keys where nobody set others. The reader chip ciphers; here a key is
    right or wrong."""

    technology_bits = 0x0004
    sak = 0x08
    BLOCKS = 64

    def __init__(self, uid: bytes) -> None:
        super().__init__(uid)
        maker = (uid + _xor(uid) + b"\x08\x04\x00").ljust(16, b"\x62")
        self._blocks = [bytes(16) for _ in range(self.BLOCKS)]
        self._blocks[0] = maker[:16]
        for trailer in range(3, self.BLOCKS, 4):
            self._blocks[trailer] = bytes(6) + b"\xff\x07\x80\x69" + TRANSPORT_KEY
        self._keys = dict.fromkeys(range(self.BLOCKS // 4), (TRANSPORT_KEY, TRANSPORT_KEY))
        self._open_sector: int | None = None

    def load(self, card: Card) -> None:
        for sector in card.sectors:
            self._keys[sector.number] = (sector.key_a, sector.key_b)
            for block in range(3):
                here = sector.data[16 * block : 16 * block + 16].ljust(16, b"\x00")
                if here.strip(b"\x00"):
                    self._blocks[4 * sector.number + block] = here

    def select(self) -> None:
        super().select()
        self._open_sector = None

    def authenticate(self, block: int, key: bytes, uid: bytes, key_b: bool = False) -> bool:
        known = self._keys.get(block // 4)
        right = not self.mute and known is not None and key == known[key_b] and uid == self.uid[-4:]
        self._open_sector = block // 4 if right else None
        self.mute = not right
        return right

    def command(self, data: bytes) -> Answer | None:
        if len(data) < 2 or data[1] // 4 != self._open_sector:
            return NAK_NOT_ALLOWED
        match data[0], data[2:]:
            case 0x30, b"":
                return Answer(self._blocks[data[1]])
            case 0xA0, bytes(block) if len(block) == 16 and data[1] != 0:
                self._blocks[data[1]] = block
                return ACK
        return NAK_NOT_ALLOWED


class IsoDep(AirCard):
    """ISO 14443-4 half-duplex blocks, the same for types A and B. The only application is NDEF, if any."""

    def __init__(self, uid: bytes) -> None:
        super().__init__(uid)
        self._application = NdefApplication(b"")

    def load(self, card: Card) -> None:
        self._application = NdefApplication(card.ndef)

    def command(self, data: bytes) -> Answer | None:
        control, did = data[0], data[1:2] if data[0] & 0x08 else b""
        number = control & 0x01
        match control & 0xF6:
            case 0x02:  # I-block, the last of its chain
                return Answer(bytes([control]) + did + self._application.obey(data[1 + len(did) :]))
            case 0x12 | 0xB2:  # I-block with more to come, R(NAK): R(ACK)
                return Answer(bytes([0xA2 | number | control & 0x08]) + did)
            case 0xC2:  # S(DESELECT)
                return Answer(bytes([control]) + did)
        return None


class Type4A(IsoDep):
    """A DESFire-like card."""

    technology_bits = 0x0304
    sak = 0x20
    ATS = bytes.fromhex("067577810280")

    def command(self, data: bytes) -> Answer | None:
        return Answer(self.ATS) if data[0] == 0xE0 else super().command(data)


class Type4B(IsoDep):
    """`uid` is the 4-byte PUPI. Protocol info: 106 kbit/s, frames up to 256 bytes, ISO 14443-4."""

    UID_SIZES = (4,)
    crc = staticmethod(crc_b)
    ALL_FAMILIES = 0x00
    PROTOCOL_INFO = bytes.fromhex("008181")

    @property
    def atqb(self) -> bytes:
        return b"\x50" + self.uid[:4] + bytes(4) + self.PROTOCOL_INFO

    def command(self, data: bytes) -> Answer | None:
        if data[0] == 0x05 and data[1:2] == bytes([self.ALL_FAMILIES]):  # WUPB
            return Answer(self.atqb)
        if data[0] == 0x1D and data[1:5] == self.uid[:4]:  # ATTRIB
            return Answer(b"\x00")
        return super().command(data)


class Felica(AirCard):
    """A FeliCa Standard card (RC-S915) that says who it is (Polling) and that it is still there (Request
    Response); `uid` is the 8-byte IDm."""

    UID_SIZES = (8,)
    PMM = bytes.fromhex("03014B024F4993FF")
    SYSTEM_CODE = b"\x00\x03"

    @property
    def _idm(self) -> bytes:
        return self.uid.ljust(8, b"\x00")

    def poll(self, request: bytes) -> bytes | None:
        """The answer to a polling command 00 SC SC RC TSN, without its length byte."""
        if len(request) != 5 or request[0] != 0x00:
            return None
        asked, request_code = request[1:3], request[3]
        if any(want not in (0xFF, have) for want, have in zip(asked, self.SYSTEM_CODE, strict=True)):
            return None
        return b"\x01" + self._idm + self.PMM + (self.SYSTEM_CODE if request_code == 0x01 else b"")

    def command(self, data: bytes) -> Answer | None:
        """The first byte of a frame is its length."""
        answer = b"\x05" + self._idm + b"\x00" if data[1:] == b"\x04" + self._idm else self.poll(data[1:])
        return None if answer is None else Answer(bytes([len(answer) + 1]) + answer)


AIR_CARDS: dict[str, type[AirCard]] = {
    "mifare_classic": MifareClassic,
    "type2": Ntag213,
    "type4a": Type4A,
    "type4b": Type4B,
    "felica": Felica,
}
"""By devices.kinds.CardTechnology's values."""


def air_card(card: Card) -> AirCard:
    made = AIR_CARDS[card.technology](card.uid)
    made.load(card)
    return made


def _xor(data: bytes) -> bytes:
    result = 0
    for byte in data:
        result ^= byte
    return bytes([result])
