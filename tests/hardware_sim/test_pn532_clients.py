"""Others' software on the simulated PN532: unmodified nfcpy 1.0.4 and Debian's libnfc-bin 1.8.0."""

import os
import subprocess
import sys
from dataclasses import replace

import nfc
import nfc.clf.pn532
import pytest
from nfc.clf import RemoteTarget
from nfc.clf.transport import TTY

from hardware_sim.registry import SimulatedDevice
from hardware_sim.world import World
from tests.devices.pn532.cards import (
    CLASSIC,
    FELICA,
    KEY_A,
    KEY_B,
    NTAG,
    NUMBER,
    TEXT_RECORD,
    TYPE_4A,
    TYPE_4B,
    WRITTEN_CLASSIC,
)


@pytest.fixture
def world():
    return World()


@pytest.fixture
def link(world, tmp_path):
    device = SimulatedDevice("pn532", world, tmp_path / "kiosk_nfc", tmp_path)
    device.plug()
    yield device.link
    device.unplug()


# -- nfcpy -----------------------------------------------------------------------------------------------


@pytest.fixture
def frontend(link):
    """nfcpy with its own transport: nothing of ours but the path."""
    frontend = nfc.ContactlessFrontend()
    frontend.device = nfc.clf.pn532.init(TTY(str(link.path)))
    yield frontend
    frontend.close()


@pytest.mark.parametrize(
    ("card", "technology", "description"),
    [
        (NTAG, "106A", "Type2Tag 'NXP NTAG213' ID=04112233445566"),
        (CLASSIC, "106A", "Type2Tag ID=DEADBEEF"),
        (TYPE_4A, "106A", "Type4ATag MIU=61 FWT=0.077329"),
        (TYPE_4B, "106B", "Type4BTag MIU=253 FWT=0.077329"),
        (FELICA, "212F", "Type3Tag 'FeliCa Standard (RC-S915)' ID=0101010601B00ADE"),
    ],
)
def test_nfcpy_activates_each_kind_of_card(world, frontend, card, technology, description):
    assert frontend.sense(RemoteTarget(technology)) is None
    world.card = card
    tag = nfc.tag.activate(frontend, frontend.sense(RemoteTarget(technology)))
    assert str(tag).startswith(description)
    assert tag.identifier == card.uid


@pytest.mark.parametrize(
    ("card", "technology"), [(NTAG, "106A"), (TYPE_4A, "106A"), (TYPE_4B, "106B")], ids=["type2", "4a", "4b"]
)
def test_nfcpy_reads_the_records_of_an_ndef_message(world, frontend, card, technology):
    world.card = replace(card, ndef=TEXT_RECORD)
    tag = nfc.tag.activate(frontend, frontend.sense(RemoteTarget(technology)))
    (record,) = tag.ndef.records
    assert (record.text, record.language) == (NUMBER, "zh")


def test_nfcpy_finds_one_of_two_cards_and_then_the_other(world, frontend):
    world.card, world.beside = CLASSIC, FELICA
    kinds = [RemoteTarget(technology) for technology in ("106A", "106B", "212F")]
    assert frontend.sense(*kinds).sdd_res == CLASSIC.uid
    world.card = None
    assert frontend.sense(*kinds).sensf_res[1:9] == FELICA.uid


def test_nfcpy_reads_an_empty_ndef_message_from_the_ntag_and_writes_one(world, frontend):
    world.card = NTAG
    tag = nfc.tag.activate(frontend, frontend.sense(RemoteTarget("106A")))
    assert (tag.ndef.length, tag.ndef.capacity) == (0, 142)
    tag.ndef.octets = b"\xd1\x01\x04T\x02en!"
    again = nfc.tag.activate(frontend, frontend.sense(RemoteTarget("106A")))
    assert again.ndef.octets == b"\xd1\x01\x04T\x02en!"


# -- libnfc ----------------------------------------------------------------------------------------------


def libnfc(link, *command, answers=""):
    """One of Debian's libnfc-bin programs on the simulated chip; what it printed, blanks squeezed."""
    done = subprocess.run(
        command,
        env=os.environ | {"LIBNFC_DEVICE": f"pn532_uart:{link.path}"},
        input=answers,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("card", "printed"),
    [
        (NTAG, "ATQA (SENS_RES): 00 44 UID (NFCID1): 04 11 22 33 44 55 66 SAK (SEL_RES): 00"),
        (CLASSIC, "ATQA (SENS_RES): 00 04 UID (NFCID1): de ad be ef SAK (SEL_RES): 08"),
        (TYPE_4A, "UID (NFCID1): 04 a1 b2 c3 d4 e5 f6 SAK (SEL_RES): 20 ATS: 75 77 81 02 80"),
        (TYPE_4B, "PUPI: 1a 2b 3c 4d Application Data: 00 00 00 00 Protocol Info: 00 81 81"),
        (FELICA, "ID (NFCID2): 01 01 01 06 01 b0 0a de Parameter (PAD): 03 01 4b 02 4f 49 93 ff"),
    ],
)
def test_nfc_list_shows_each_kind_of_card(world, link, card, printed):
    world.card = card
    assert printed in libnfc(link, "nfc-list")


def test_nfc_list_shows_two_cards_at_once(world, link):
    """It finds one, sends it to sleep and looks for the next."""
    world.card, world.beside = CLASSIC, TYPE_4A
    printed = libnfc(link, "nfc-list")
    assert "2 ISO14443A passive target(s) found" in printed
    assert "de ad be ef" in printed
    assert "04 a1 b2 c3 d4 e5 f6" in printed


NFC_POLL = """
import ctypes, sys
class Modulation(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("baud", ctypes.c_int)]
library, context = ctypes.CDLL("libnfc.so.6"), ctypes.c_void_p()
library.nfc_open.restype = ctypes.c_void_p
library.nfc_init(ctypes.byref(context))
device = ctypes.c_void_p(library.nfc_open(context, None))
assert library.nfc_initiator_init(device) == 0
kinds = (Modulation * 5)(*(Modulation(*kind) for kind in ((1, 1), (3, 1), (7, 2), (7, 3), (2, 1))))
target, text = ctypes.create_string_buffer(1024), ctypes.c_char_p()
found = library.nfc_initiator_poll_target(device, kinds, ctypes.c_size_t(5), 1, 1, target)
print("found", found)
if found > 0:
    library.str_nfc_target(ctypes.byref(text), target, False)
    print(text.value.decode())
    print("there" if library.nfc_initiator_target_is_present(device, None) == 0 else "gone")
library.nfc_close(device)
"""
"""What nfc-poll (libnfc-examples) asks of libnfc: A and B at 106, FeliCa at 212 and 424 kbit/s, Jewel."""


@pytest.mark.parametrize(
    ("card", "printed"),
    [
        (NTAG, "UID (NFCID1): 04 11 22 33 44 55 66 SAK (SEL_RES): 00 there"),
        (CLASSIC, "UID (NFCID1): de ad be ef SAK (SEL_RES): 08 there"),
        (TYPE_4A, "SAK (SEL_RES): 20 ATS: 75 77 81 02 80 there"),
        (TYPE_4B, "PUPI: 1a 2b 3c 4d Application Data: 00 00 00 00 Protocol Info: 00 81 81 there"),
        (FELICA, "Parameter (PAD): 03 01 4b 02 4f 49 93 ff System Code (SC): 00 03 there"),
        (None, "found 0"),
    ],
    ids=["ntag", "classic", "4a", "4b", "felica", "none"],
)
def test_libnfc_polls_by_itself(world, link, card, printed):
    world.card = card
    assert printed in libnfc(link, sys.executable, "-c", NFC_POLL)


def test_nfc_list_without_a_card(link):
    assert "target(s) found" not in libnfc(link, "nfc-list")


def test_nfc_mfultralight_reads_the_ntag_and_writes_it_back(world, link, tmp_path):
    world.card = NTAG
    dump = tmp_path / "dump.mfd"
    assert "45 of 45 pages read" in libnfc(link, "nfc-mfultralight", "r", str(dump))
    assert dump.read_bytes().startswith(bytes.fromhex("041122BF 33445566 44480000 E1101200"))
    keep = "n\nn\nn\nn\n"
    assert "0 pages failed" in libnfc(link, "nfc-mfultralight", "w", str(dump), answers=keep)


def test_nfc_mfclassic_reads_all_sectors_with_the_transport_key(world, link, tmp_path):
    world.card = CLASSIC
    dump = tmp_path / "dump.mfd"
    assert "64 of 64 blocks read" in libnfc(link, "nfc-mfclassic", "r", "a", "u", str(dump))
    assert dump.read_bytes().startswith(bytes.fromhex("DEADBEEF 22 08 0400"))


def test_nfc_mfclassic_reads_a_sector_of_the_librarys_with_its_key(world, link, tmp_path):
    """It takes each sector's keys from a dump, as people who know them keep them."""
    world.card = WRITTEN_CLASSIC
    keys = bytearray(1024)
    for sector in range(16):
        known = (KEY_A, KEY_B) if sector == 3 else (b"\xff" * 6, b"\xff" * 6)
        keys[64 * sector + 48 : 64 * sector + 64] = known[0] + b"\xff\x07\x80\x69" + known[1]
    keys[:4] = WRITTEN_CLASSIC.uid
    (tmp_path / "keys.mfd").write_bytes(keys)
    dump = tmp_path / "dump.mfd"
    printed = libnfc(link, "nfc-mfclassic", "r", "a", "u", str(dump), str(tmp_path / "keys.mfd"), "f")
    assert "64 of 64 blocks read" in printed
    assert dump.read_bytes()[64 * 3 + 16 : 64 * 3 + 30] == NUMBER.encode()


def test_nfc_mfultralight_reads_the_message_of_an_ntag(world, link, tmp_path):
    world.card = replace(NTAG, ndef=TEXT_RECORD)
    dump = tmp_path / "dump.mfd"
    assert "45 of 45 pages read" in libnfc(link, "nfc-mfultralight", "r", str(dump))
    assert dump.read_bytes()[16:].startswith(b"\x03" + bytes([len(TEXT_RECORD)]) + TEXT_RECORD + b"\xfe")
