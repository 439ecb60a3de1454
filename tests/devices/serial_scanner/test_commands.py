"""Orders and answers of the models that send text: the bytes are the reference page's, or their makers' own.

GM65's read of its speed and that command's CRC are the module manual's; `cbrena?.` and its answer are the
example of Honeywell's guides.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import DeviceLost, DeviceRefused
from devices.gm65 import protocol as gm65
from devices.gm65.driver import Gm65
from devices.honeywell_scanner import protocol as honeywell
from devices.honeywell_scanner.driver import HoneywellScanner
from devices.kinds import CodeScanned
from devices.newland_scanner import protocol as newland
from devices.newland_scanner.driver import NewlandScanner
from devices.serial_scanner.commanded import CommandedScanner
from devices.serial_scanner.commands import Dialect, Identity, Order, Sieve
from hardware_sim import gm65 as gm65_simulator
from hardware_sim import honeywell_scanner as honeywell_simulator
from hardware_sim import newland_scanner as newland_simulator
from hardware_sim.faults import FAULTS
from hardware_sim.pty_link import PtyLink
from hardware_sim.scanner_window import Window
from hardware_sim.world import World

SOON_S = 10.0
ITEM = "33191000105864"
NEWLAND_TRIGGER = bytes.fromhex("7E 01 30 30 30 30 23") + b"SCNTRG1" + bytes.fromhex("3B 03")
NEWLAND_ANSWER = bytes.fromhex("02 01 30 30 30 30 23") + b"SCNTRG1" + bytes.fromhex("06 3B 03")
GM65_ANSWER = bytes.fromhex("02 00 00 01 00 33 31")

ORDERS = {
    "honeywell trigger": (honeywell.DIALECT, Order.TRIGGER, bytes.fromhex("16 54 0D")),
    "honeywell stop": (honeywell.DIALECT, Order.STOP, bytes.fromhex("16 55 0D")),
    "newland trigger": (newland.DIALECT, Order.TRIGGER, NEWLAND_TRIGGER),
    "gm65 trigger": (gm65.DIALECT, Order.TRIGGER, bytes.fromhex("7E 00 08 01 00 02 01 AB CD")),
}


@pytest.mark.parametrize(("dialect", "order", "expected"), ORDERS.values(), ids=ORDERS)
def test_orders(dialect: Dialect, order: Order, expected: bytes) -> None:
    assert dialect.orders[order] == expected


def test_questions() -> None:
    assert gm65.DIALECT.question == bytes.fromhex("7E 00 07 01 00 2A 02 D8 0F")
    assert honeywell.DIALECT.question == b"\x16M\rcbrena?."


ANSWERS = {
    "newland": (newland.DIALECT, NEWLAND_ANSWER),
    "gm65": (gm65.DIALECT, GM65_ANSWER),
    "honeywell": (honeywell.DIALECT, b"CBRENA1\x06."),
}


@pytest.mark.parametrize(("dialect", "answer"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_found_in_the_middle_of_codes(dialect: Dialect, answer: bytes) -> None:
    sent = b"3319100" + answer + b"0105864\r"
    whole, piecewise = Sieve(dialect.reply_size), Sieve(dialect.reply_size)
    assert (whole.feed(sent), whole.replies) == (b"33191000105864\r", [answer])
    text = b"".join(piecewise.feed(sent[n : n + 1]) for n in range(len(sent)))
    assert (text, piecewise.replies) == (b"33191000105864\r", [answer])


@pytest.mark.parametrize(("dialect", "answer"), ANSWERS.values(), ids=ANSWERS)
def test_what_only_began_like_an_answer_is_text_in_the_end(dialect: Dialect, answer: bytes) -> None:
    sieve = Sieve(dialect.reply_size)
    text = sieve.feed(answer[:-1])
    assert text + sieve.feed(b"") == answer[:-1] and sieve.replies == []


@pytest.mark.parametrize("dialect", [honeywell.DIALECT, newland.DIALECT, gm65.DIALECT], ids=lambda d: d.model)
@given(
    sent=st.lists(
        st.binary(max_size=40) | st.sampled_from([b"CBRENA", b"\x02\x010000", b"\x02\x00\x00", b";\x03"])
    )
)
def test_nothing_is_lost_or_held_for_ever(dialect: Dialect, sent: list[bytes]) -> None:
    sieve = Sieve(dialect.reply_size)
    text = b"".join(map(sieve.feed, filter(None, sent))) + sieve.feed(b"")
    assert len(text) + sum(map(len, sieve.replies)) == sum(map(len, sent))
    assert len(sieve._held) == 0


def test_who_a_newland_scanner_says_it_is() -> None:
    about = b"Product Name: NLS\r\nFirmware Version: V1.2\r\nOEM Serial Number:\r\nSerial Number: EW7\r\n"
    assert newland.DIALECT.identity(newland.reply(b"@QRYSYS" + about)) == Identity("EW7", "V1.2")
    assert newland.DIALECT.identity(NEWLAND_ANSWER) is None


# -- drivers on a wire ---------------------------------------------------------------------------------------

MODELS = {
    "honeywell_scanner": (HoneywellScanner, honeywell_simulator.HoneywellScanner),
    "newland_scanner": (NewlandScanner, newland_simulator.NewlandScanner),
    "gm65": (Gm65, gm65_simulator.Gm65),
}


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def link(model: str, world: World, tmp_path: Path) -> Iterator[PtyLink]:
    with PtyLink(MODELS[model][1](world, by_itself=False), tmp_path / "kiosk-scanner") as link:
        yield link


def opened(model: str, link: PtyLink, triggered: bool) -> CommandedScanner:
    scanner: CommandedScanner = MODELS[model][0](str(link.path), triggered=triggered)
    return scanner


def window(link: PtyLink) -> Window:
    found = link.simulator.window  # type: ignore[attr-defined]
    assert isinstance(found, Window)
    return found


def test_a_scanner_that_looks_only_when_told_to_is_told_again_after_each_code(
    model: str, link: PtyLink, world: World
) -> None:
    scanner = opened(model, link, triggered=True)
    world.scans.extend([ITEM, "9787302511625"])
    assert [scanner.read(SOON_S), scanner.read(SOON_S)] == [CodeScanned(ITEM), CodeScanned("9787302511625")]
    scanner.close()


def test_untold_it_does_not_look(model: str, link: PtyLink, world: World) -> None:
    scanner = opened(model, link, triggered=False)
    world.scans.append(ITEM)
    assert scanner.read(0.2) is None
    scanner.order(Order.TRIGGER)
    assert scanner.read(SOON_S) == CodeScanned(ITEM)
    scanner.order(Order.TRIGGER)
    scanner.order(Order.STOP)
    scanner.check()
    assert not window(link).triggered
    scanner.close()


def test_a_code_that_comes_while_it_is_asked_is_kept(model: str, link: PtyLink, world: World) -> None:
    scanner = opened(model, link, triggered=False)
    link.say(ITEM.encode() + b"\r")
    scanner.check()
    assert scanner.read(SOON_S) == CodeScanned(ITEM)
    scanner.close()


def test_a_cable_pulled_behind_the_adapter_is_noticed(model: str, link: PtyLink) -> None:
    scanner = opened(model, link, triggered=False)
    link.faults = FAULTS["silent"]
    with pytest.raises(DeviceLost, match="check: no answer"):
        scanner.read(SOON_S)
    scanner.close()


def test_an_order_that_a_model_does_not_know() -> None:
    known = {name: {order for order in Order if order in found.orders} for name, found in DIALECTS.items()}
    assert known["newland_scanner"] == set(Order)
    assert known["honeywell_scanner"] == known["gm65"] == {Order.TRIGGER, Order.STOP}


DIALECTS = {d.model: d for d in (honeywell.DIALECT, newland.DIALECT, gm65.DIALECT)}


def test_disabled_it_sees_nothing_and_opening_enables_it(world: World, tmp_path: Path) -> None:
    with PtyLink(newland_simulator.NewlandScanner(world), tmp_path / "kiosk-scanner") as link:
        scanner = NewlandScanner(str(link.path))
        scanner.order(Order.DISABLE)
        scanner.check()
        world.scans.append(ITEM)
        assert scanner.read(0.2) is None
        scanner.close()
        again = NewlandScanner(str(link.path))
        assert again.read(SOON_S) == CodeScanned(ITEM)
        assert (again.info.serial, again.info.firmware) == ("EW000123", "V1.00.031")
        again.close()


def test_what_a_model_cannot_be_told_is_refused(world: World, tmp_path: Path) -> None:
    with PtyLink(gm65_simulator.Gm65(world), tmp_path / "kiosk-scanner") as link:
        scanner = Gm65(str(link.path))
        with pytest.raises(DeviceRefused, match="a gm65 has no such command"):
            scanner.order(Order.DISABLE)
        scanner.close()


def test_the_simulators_answer_as_the_page_says(world: World) -> None:
    assert newland_simulator.NewlandScanner(world).receive(NEWLAND_TRIGGER) == NEWLAND_ANSWER
    trigger = bytes.fromhex("7E 00 08 01 00 02 01 AB CD")
    module = gm65_simulator.Gm65(world)
    assert b"".join(module.receive(bytes((byte,))) for byte in b"\xff\x7e" + trigger) == GM65_ANSWER
    assert module.receive(bytes.fromhex("7E 00 07 01 00 2A 02 D8 0E")) == b"", "a wrong CRC"
    assert newland_simulator.NewlandScanner(world).receive(newland.command(b"#NONSUCH"))[-3:] == b"\x15;\x03"
