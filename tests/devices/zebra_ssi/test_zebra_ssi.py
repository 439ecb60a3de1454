"""Packets of the reference page, and the conversation about a code: acknowledged, lost, sent again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import BadFrame, DeviceLost, DeviceRefused
from devices.kinds import CodeScanned
from devices.port import LineSettings, Port
from devices.serial_scanner.commands import Order
from devices.zebra_ssi.driver import ZebraSsi
from devices.zebra_ssi.protocol import DECODER, HOST, ORDERS, Opcode, Packet, code_in, decoder
from hardware_sim import zebra_ssi as simulator
from hardware_sim.pty_link import PtyLink
from hardware_sim.world import World

SOON_S = 10.0
ITEM = "33191000105864"
ACK = bytes.fromhex("04 D0 04 00 FF 28")
ON_THE_PAGE = {
    Order.TRIGGER: "04 E4 04 00 FF 14",
    Order.STOP: "04 E5 04 00 FF 13",
    Order.ENABLE: "04 E9 04 00 FF 0F",
    Order.DISABLE: "04 EA 04 00 FF 0E",
}


@pytest.mark.parametrize(("order", "expected"), ON_THE_PAGE.items())
def test_orders(order: Order, expected: str) -> None:
    assert Packet(ORDERS[order]).encode() == bytes.fromhex(expected)
    assert decoder(HOST).feed(bytes.fromhex(expected)) == [Packet(ORDERS[order])]


def test_the_hosts_acknowledgement() -> None:
    assert Packet(Opcode.ACK).encode() == ACK


def scanned(code: bytes, status: int = 0) -> bytes:
    return Packet(Opcode.CODE, code, DECODER, status).encode()


def test_a_code_in_its_packet() -> None:
    (packet,) = decoder().feed(scanned(b"\x02" + ITEM.encode()))
    assert code_in(packet) == CodeScanned(ITEM, "codabar")
    assert ITEM not in repr(packet), "nothing of it is logged"


@given(st.binary(max_size=60), st.binary(max_size=30))
def test_pieces_and_noise_lose_no_packet_in_the_end(noise: bytes, code: bytes) -> None:
    ears = decoder()
    heard = [p for byte in noise + scanned(b"\x1c" + code) for p in ears.feed(bytes((byte,)))]
    heard += ears.end_of_burst()
    assert Packet(Opcode.CODE, b"\x1c" + code, DECODER) in heard


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def link(world: World, tmp_path: Path) -> Iterator[PtyLink]:
    with PtyLink(simulator.ZebraSsi(world), tmp_path / "kiosk-scanner") as link:
        yield link


@pytest.fixture
def scanner(link: PtyLink) -> Iterator[ZebraSsi]:
    scanner = ZebraSsi(str(link.path))
    yield scanner
    scanner.close()


def test_codes_in_order_with_their_kind(world: World, scanner: ZebraSsi) -> None:
    world.scans.extend(["]F0" + ITEM, "]Q1麻章", "plain"])
    expected = [CodeScanned(ITEM, "codabar"), CodeScanned("麻章", "qr"), CodeScanned("plain", "other")]
    assert [scanner.read(SOON_S) for _ in expected] == expected
    assert scanner.info.firmware == "PAABLS00-007-R00D0"


def test_a_code_whose_acknowledgement_was_lost_counts_once(link: PtyLink, scanner: ZebraSsi) -> None:
    link.say(scanned(b"\x02" + ITEM.encode()) + scanned(b"\x02" + ITEM.encode(), status=1))
    assert scanner.read(SOON_S) == CodeScanned(ITEM, "codabar")
    assert scanner.read(0.2) is None
    link.say(scanned(b"\x02" + ITEM.encode()))
    assert scanner.read(SOON_S) == CodeScanned(ITEM, "codabar"), "held there a second time"


def test_without_an_acknowledgement_the_simulator_sends_again_and_gives_up(world: World) -> None:
    device, sent = simulator.ZebraSsi(world), []
    world.scans.append(ITEM)
    for n in range(40):
        sent += decoder().feed(device.tick(n * simulator.AGAIN_AFTER_S))
    assert [packet.status for packet in sent] == [0, 1, 1, 1]
    world.scans.append("next")
    assert device.tick(100.0) and device.receive(ACK) == b""
    assert device.tick(101.0) == b"", "acknowledged"


def test_disabled_it_denies_its_trigger(scanner: ZebraSsi) -> None:
    scanner.order(Order.DISABLE)
    with pytest.raises(DeviceRefused, match="trigger: the scanner says no"):
        scanner.order(Order.TRIGGER)


def test_looking_only_when_told_to(world: World, tmp_path: Path) -> None:
    with PtyLink(simulator.ZebraSsi(world, by_itself=False), tmp_path / "kiosk-scanner") as link:
        scanner = ZebraSsi(str(link.path), triggered=True)
        world.scans.extend([ITEM, "2"])
        assert [scanner.read(SOON_S), scanner.read(SOON_S)] == [
            CodeScanned(ITEM, "other"),
            CodeScanned("2", "other"),
        ]
        scanner.close()


def test_a_code_that_is_no_text_is_told_once(link: PtyLink, scanner: ZebraSsi) -> None:
    link.say(scanned(b"\x02\x00\x01\x02"))
    with pytest.raises(BadFrame, match="no code's text"):
        scanner.read(SOON_S)
    assert scanner.read(0.1) is None


def test_something_else_at_the_end_of_the_wire(tmp_path: Path) -> None:
    class Chatter:
        def receive(self, data: bytes) -> bytes:
            return b"33191000105864\r"

        def tick(self, now: float) -> bytes:
            return b""

    with PtyLink(Chatter(), tmp_path / "kiosk-scanner") as link:
        with pytest.raises(DeviceLost, match="it speaks SSI"):
            ZebraSsi(str(link.path))
        Port(str(link.path), LineSettings(9600)).close()
