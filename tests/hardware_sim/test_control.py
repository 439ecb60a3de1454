"""The hands, through their own connection, seen with the unchanged drivers."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devices.errors import DeviceLost
from devices.kinds import (
    CardTechnology,
    IdNumber,
    NdefRead,
    NdefTexts,
    PaperState,
    ReceiptLine,
    SectorBlock,
    SectorRead,
)
from devices.registry import open_device
from hardware_sim.control import Hands, HandsError
from hardware_sim.control_server import COMMANDS, ControlServer, _hold
from hardware_sim.place import DEVICES, MAINS, SimulatedPlace
from hardware_sim.world import Sector
from tests.waiting import wait_for

UID = bytes.fromhex("E004010012345678")
MEMORY = bytes(range(112))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[SimulatedPlace]:
    with SimulatedPlace(tmp_path) as place:
        yield place


@pytest.fixture
def control(place: SimulatedPlace) -> Iterator[ControlServer]:
    with ControlServer(place) as control:
        yield control


@pytest.fixture
def hands(control: ControlServer) -> Iterator[Hands]:
    with Hands(control.port) as hands:
        yield hands


def test_the_wires_have_the_names_of_a_real_kiosk(place: SimulatedPlace, tmp_path: Path) -> None:
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(DEVICES)
    place.stop()
    assert list(tmp_path.iterdir()) == []


def test_the_mains_as_the_kernel_tells_of_it(place: SimulatedPlace, hands: Hands, tmp_path: Path) -> None:
    hands.mains(False)
    assert (tmp_path / MAINS).read_text() == "0\n"
    hands.mains(True)
    assert (tmp_path / MAINS).read_text() == "1\n"
    place.stop()
    assert list(tmp_path.iterdir()) == [], "nothing is left of it"


def test_books(hands: Hands, tmp_path: Path) -> None:
    reader = open_device("feig_obid", str(tmp_path / "kiosk-pad"))
    hands.add_tag("红楼梦", UID, MEMORY, dsfid=0x3E, afi=0xC2)
    assert reader.inventory() == ()
    hands.put("红楼梦")
    assert [(tag.uid, tag.dsfid) for tag in reader.inventory()] == [(UID, 0x3E)]
    reader.write_afi(UID, 0x07)
    reader.write_eas(UID, True)
    state = hands.tag_state("红楼梦")
    assert (state.uid, state.afi, state.eas, state.memory, state.dsfid) == (UID, 0x07, True, MEMORY, 0x3E)
    hands.lift("红楼梦")
    assert reader.inventory() == ()
    hands.put("红楼梦")
    hands.clear_pad()
    assert reader.inventory() == ()
    reader.close()


def test_a_tag_that_spoils_writes(hands: Hands, place: SimulatedPlace) -> None:
    hands.add_tag("weak", UID, MEMORY)
    hands.spoil_writes("weak", 3)
    assert place.world.chip("weak").write_fails == 3


def test_cards(hands: Hands, place: SimulatedPlace, tmp_path: Path) -> None:
    reader = open_device("pn532", str(tmp_path / "kiosk-nfc"))
    hands.add_card("张三", bytes.fromhex("04112233445566"), "type2")
    hands.tap("张三")
    card = reader.sense()
    assert (card.uid.hex(), card.technology) == ("04112233445566", CardTechnology.TYPE2)
    hands.remove_card()
    assert reader.sense() is None
    hands.tap("DEADBEEF", hold_s=0.05)
    assert reader.sense().uid.hex() == "deadbeef", "the hand waits until the reader has found the card"
    wait_for(lambda: place.world.card is None, "the card is taken away")
    reader.close()


def test_a_hand_holds_a_card_until_a_reader_has_found_it(hands: Hands, place: SimulatedPlace) -> None:
    hands.tap("DEADBEEF")
    held = place.world.card
    assert held is not None
    hand = threading.Thread(target=_hold, args=(place, held, 0.0))
    hand.start()
    hand.join(0.3)
    assert hand.is_alive() and place.world.card is held
    held.noticed.set()
    hand.join(10)
    assert not hand.is_alive() and place.world.card is None


def test_cards_that_somebody_wrote(hands: Hands, tmp_path: Path) -> None:
    sector = Sector(3, bytes(16) + b"25240000010010", key_a=bytes.fromhex("A0A1A2A3A4A5"))
    hands.add_card("学生证", bytes.fromhex("DEADBEEF"), sector=sector)
    hands.add_card("贴纸", bytes.fromhex("04112233445566"), "type2", ndef=b"\xd1\x01\x05T\x02zh17")
    reader = open_device("pn532", str(tmp_path / "kiosk-nfc"))
    hands.tap("学生证")
    card = reader.sense()
    assert reader.read(card, SectorRead(3, 1, sector.key_a)) == SectorBlock(b"25240000010010\0\0")
    hands.tap("贴纸")
    assert reader.read(reader.sense(), NdefRead()) == NdefTexts(("17",))
    reader.close()


def test_an_id_card_beside_a_reader_card(hands: Hands, place: SimulatedPlace, tmp_path: Path) -> None:
    hands.add_id_card("张样例", "11010519491231002X")
    readers = [open_device(model, str(tmp_path / wire)) for wire, model in CARD_WIRES.items()]
    hands.tap("04A1B2C3")
    hands.lay_beside("张样例")
    told = [reader.sense() for reader in readers]
    assert told[0].uid.hex() == "04a1b2c3" and told[1].content == IdNumber("11010519491231002X")
    hands.remove_card()
    assert [reader.sense() for reader in readers] == [None, None]
    for reader in readers:
        reader.close()


CARD_WIRES = {"kiosk-nfc": "pn532", "kiosk-idcard": "sdt_idcard"}


def test_a_card_tapped_again_is_not_taken_away_by_the_first_tap(hands: Hands, place: SimulatedPlace) -> None:
    hands.tap("DEADBEEF", hold_s=0.1)
    hands.tap("DEADBEEF")
    began = time.monotonic()
    wait_for(lambda: time.monotonic() - began > 0.3, "some time passes")
    assert place.world.card is not None


def test_codes(hands: Hands, tmp_path: Path) -> None:
    scanner = open_device("serial_scanner", str(tmp_path / "kiosk-scanner"))
    hands.scan("9787302511625")
    assert scanner.read(timeout_s=2.0).text == "9787302511625"
    scanner.close()


def test_people(hands: Hands, tmp_path: Path) -> None:
    counter = open_device("modbus_counter", str(tmp_path / "kiosk-counter"))
    hands.walk_in(3)
    hands.walk_out()
    count = counter.read()
    assert (count.entries, count.exits) == (3, 1)
    counter.close()


def test_paper(hands: Hands, tmp_path: Path) -> None:
    printer = open_device("escpos", str(tmp_path / "kiosk-printer"))
    for act, paper in [
        (hands.paper_out, PaperState.OUT),
        (hands.paper_low, PaperState.NEAR_END),
        (hands.paper_refill, PaperState.OK),
    ]:
        act()
        assert printer.status().paper is paper
    hands.cover(is_open=True)
    assert printer.status().cover_open
    hands.cover(is_open=False)
    assert hands.receipts() == []
    printer.print_receipt((ReceiptLine("借阅凭证"),))
    wait_for(lambda: len(hands.receipts()) == 1, "the receipt")
    assert hands.receipts()[0].suffix == ".png"
    printer.close()


def test_plugs(hands: Hands, tmp_path: Path) -> None:
    hands.unplug("kiosk-pad")
    with pytest.raises(DeviceLost):
        open_device("feig_obid", str(tmp_path / "kiosk-pad"))
    hands.plug("kiosk-pad")
    hands.plug("kiosk-pad")
    reader = open_device("feig_obid", str(tmp_path / "kiosk-pad"))
    assert reader.inventory() == ()
    reader.close()


def test_a_card_reader_that_lost_its_power_forgets_its_speed(hands: Hands, tmp_path: Path) -> None:
    reader = open_device("pn532", str(tmp_path / "kiosk-nfc"))
    hands.unplug("kiosk-nfc")
    hands.plug("kiosk-nfc")
    reader.close()
    reader = open_device("pn532", str(tmp_path / "kiosk-nfc"))
    assert reader.sense() is None
    reader.close()


def test_a_spoilt_wire_and_a_mended_one(hands: Hands, tmp_path: Path) -> None:
    hands.fault("kiosk-pad", "silent")
    with pytest.raises(DeviceLost):
        open_device("feig_obid", str(tmp_path / "kiosk-pad"))
    hands.fault("kiosk-pad", "none")
    open_device("feig_obid", str(tmp_path / "kiosk-pad")).close()
    assert (tmp_path / "kiosk-pad").is_symlink()


REFUSED: dict[str, tuple[Callable[[Hands], object], str]] = {
    "book": (lambda hands: hands.put("nowhere"), "put: no book tag is called 'nowhere': add it first"),
    "card": (lambda hands: hands.tap("nobody"), "tap: no card is called 'nobody'"),
    "device": (lambda hands: hands.unplug("kiosk-cam"), "no device is called 'kiosk-cam': choose one of"),
    "fault": (lambda hands: hands.fault("kiosk-pad", "haunted"), "no fault is called 'haunted'"),
    "uid": (lambda hands: hands.add_tag("x", b"\x04", b""), "tag 'x': a UID has 8 bytes, not 1"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_makes_no_sense_is_said_in_a_sentence_and_the_hands_go_on(hands: Hands, name: str) -> None:
    act, sentence = REFUSED[name]
    with pytest.raises(HandsError, match=sentence):
        act(hands)
    assert hands.receipts() == []


NO_COMMANDS = [
    "rubbish",
    "[]",
    "{}",
    '{"command": "fly"}',
    '{"command": "put"}',
    '{"command": "put", "arguments": 3}',
    '{"command": ["put"]}',
]


@pytest.mark.parametrize("line", NO_COMMANDS)
def test_any_line_gets_an_answer(control: ControlServer, line: str) -> None:
    with socket.create_connection(("127.0.0.1", control.port), 5.0) as connection:
        connection.sendall(line.encode() + b"\n")
        answer = json.loads(connection.makefile("rb").readline())
    assert list(answer) == ["error"]
    assert answer["error"]


def test_there_is_a_method_for_every_command() -> None:
    assert [name for name in COMMANDS if not callable(getattr(Hands, name, None))] == []


def test_several_hands_at_once(control: ControlServer) -> None:
    with Hands(control.port) as left, Hands(control.port) as right:
        left.add_tag("book", UID, MEMORY)
        right.put("book")
        assert left.tag_state("book").uid == UID


def test_no_place_to_lay_hands_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(HandsError, match=f"no simulated place listens on port {port}"):
        Hands(port)
