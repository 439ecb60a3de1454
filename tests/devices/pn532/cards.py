"""One card of each kind, for the tests of the driver and of the simulator."""

from hardware_sim.world import Card

CLASSIC = Card(bytes.fromhex("DEADBEEF"), "mifare_classic")
NTAG = Card(bytes.fromhex("04112233445566"), "type2")
TYPE_4A = Card(bytes.fromhex("04A1B2C3D4E5F6"), "type4a")
TYPE_4B = Card(bytes.fromhex("1A2B3C4D"), "type4b")
FELICA = Card(bytes.fromhex("0101010601B00ADE"), "felica")
CARDS = (CLASSIC, NTAG, TYPE_4A, TYPE_4B, FELICA)
