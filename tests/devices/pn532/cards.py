"""One card of each kind, for the tests of the driver and of the simulator."""

from hardware_sim.world import Card, Sector

CLASSIC = Card(bytes.fromhex("DEADBEEF"), "mifare_classic")
NTAG = Card(bytes.fromhex("04112233445566"), "type2")
TYPE_4A = Card(bytes.fromhex("04A1B2C3D4E5F6"), "type4a")
TYPE_4B = Card(bytes.fromhex("1A2B3C4D"), "type4b")
FELICA = Card(bytes.fromhex("0101010601B00ADE"), "felica")
CARDS = (CLASSIC, NTAG, TYPE_4A, TYPE_4B, FELICA)

# what libraries write on cards
NUMBER = "25240000010010"
KEY_A, KEY_B = bytes.fromhex("A0A1A2A3A4A5"), bytes.fromhex("B0B1B2B3B4B5")
SECTOR = Sector(3, bytes(16) + NUMBER.encode(), KEY_A, KEY_B)
WRITTEN_CLASSIC = Card(CLASSIC.uid, "mifare_classic", sectors=(SECTOR,))
TEXT_RECORD = b"\xd1\x01" + bytes([3 + len(NUMBER)]) + b"T\x02zh" + NUMBER.encode()
"""NFC Forum Text RTD 1.0: one short record, well-known type T, UTF-8, language zh."""
URI_RECORD = bytes.fromhex("D1 01 0F 55 04") + b"lib.example/r1"
"""NFC Forum URI RTD 1.0: the prefix https:// is code 04."""
