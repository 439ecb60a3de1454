"""The driver, through unmodified nfcpy, on the simulated chip."""

import logging
import threading
import time

import pytest

from devices.errors import BadFrame, DeviceError, DeviceLost, DeviceRefused
from devices.kinds import CardTapped, CardTechnology, DeviceInfo, Kind
from devices.pn532.driver import Pn532
from devices.pn532.protocol import HOST_TO_CHIP, Frame, encode
from devices.port import Deadline
from hardware_sim.faults import FAULTS, GOOD_WIRE
from hardware_sim.pn532 import BAUDS
from tests.devices.pn532.cards import CARDS, CLASSIC
from tests.waiting import wait_for

CLASSIC_TAP = CardTapped(CLASSIC.uid, CardTechnology.MIFARE_CLASSIC)
PROMISED_S = 0.3


@pytest.fixture
def reader(link):
    reader = Pn532(str(link.path))
    yield reader
    reader.close()


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.technology)
def test_each_kind_of_card(world, reader, card):
    tap = CardTapped(card.uid, CardTechnology(card.technology))
    world.card = card
    assert [reader.sense(), reader.sense()] == [tap, tap]
    world.card = None
    assert reader.sense() is None


def test_it_says_what_it_is(reader, link):
    assert reader.info == DeviceInfo(Kind.CARD_READER, "pn532", str(link.path), firmware="1.6")


def test_close_brings_the_chip_back_to_its_power_on_speed(reader, link):
    assert link.simulator.baud > 115_200  # nfcpy has sped it up
    reader.close()
    reader.close()
    assert link.simulator.baud == 115_200
    with pytest.raises(DeviceLost, match="closed"):
        reader.sense()


@pytest.mark.parametrize("baud", [921_600, 460_800, 230_400])
def test_a_chip_left_at_another_speed_by_a_crash_is_found(world, link, baud):
    link.simulator.receive(encode(Frame(HOST_TO_CHIP, bytes([0x10, BAUDS.index(baud)]))))
    wait_for(lambda: link.simulator.baud == baud, f"the chip listens at {baud} baud")
    world.card = CLASSIC
    reader = Pn532(str(link.path))
    assert reader.sense() == CLASSIC_TAP
    reader.close()


def test_a_crash_after_use_does_not_hinder_the_next_start(world, link):
    crashed = Pn532(str(link.path))
    crashed._wire.close()  # the process died: nobody told the chip
    assert link.simulator.baud != 115_200
    world.card = CLASSIC
    reader = Pn532(str(link.path))
    assert reader.sense() == CLASSIC_TAP
    reader.close()


def test_unplugged_while_sensing_it_is_lost_and_comes_back(world, device, link, reader):
    pulls = threading.Timer(0.05, device.unplug)
    pulls.start()
    deadline = Deadline(5.0)
    with pytest.raises(DeviceLost) as lost:
        while not deadline.over:
            reader.sense()
    pulls.join()
    assert (lost.value.port, lost.value.command) == (str(link.path), "sense")
    reader.close()

    device.plug()
    world.card = CLASSIC
    again = Pn532(str(link.path))
    assert again.sense() == CLASSIC_TAP
    again.close()


@pytest.mark.parametrize("fault", ["silent", "deaf"])
def test_a_mute_chip_is_lost_within_the_promised_time_and_close_survives_it(link, reader, fault):
    link.faults = FAULTS[fault]
    began = time.monotonic()
    with pytest.raises(DeviceLost, match="no answer"):
        reader.sense()
    assert time.monotonic() - began < PROMISED_S
    reader.close()
    with pytest.raises(DeviceLost, match="open"):
        Pn532(str(link.path))


@pytest.mark.parametrize("fault", ["byte_by_byte", "noisy", "late"])
def test_bad_wires_that_can_be_read_are_read(world, link, fault):
    world.card = CLASSIC
    link.faults = FAULTS[fault]
    reader = Pn532(str(link.path))
    assert reader.sense() == CLASSIC_TAP
    reader.close()


def test_garbled_answers_are_errors_and_never_another_card(world, link, reader):
    """One flipped bit may fall on a byte that says nothing, and the card is read all the same."""
    world.card = CLASSIC
    link.faults = FAULTS["garbled"]
    outcomes = [outcome(reader) for _ in range(20)]
    assert set(outcomes) <= {CLASSIC_TAP, BadFrame, DeviceLost, DeviceRefused}
    assert BadFrame in outcomes
    link.faults = GOOD_WIRE
    assert reader.sense() == CLASSIC_TAP


def outcome(reader):
    try:
        return reader.sense()
    except DeviceError as error:
        return type(error)


def test_no_such_port_is_lost_with_its_name(tmp_path):
    path = tmp_path / "nowhere"
    with pytest.raises(DeviceLost, match=f"{path}: open: .*No such file"):
        Pn532(str(path))


def test_a_port_is_not_shared(link, reader):
    with pytest.raises(DeviceLost, match="open"):
        Pn532(str(link.path))
    assert reader.sense() is None


def test_a_path_is_never_a_shell_command(link, tmp_path):
    """nfcpy hands the path to a shell."""
    trap = tmp_path / "nfc; touch trapped;"
    trap.symlink_to(link.path)
    link_name = tmp_path / "$(touch trapped) reader"
    link_name.symlink_to(link.path)
    for path in (trap, link_name):
        reader = Pn532(str(path))
        assert reader.sense() is None
        reader.close()
    assert not list(tmp_path.glob("trapped"))


def test_card_numbers_are_not_logged(world, reader, caplog):
    caplog.set_level(logging.NOTSET)
    world.card = CLASSIC
    assert reader.sense() == CLASSIC_TAP
    assert caplog.records == []


def test_five_looks_a_second_cost_less_than_3_percent_of_a_core(reader):
    began = time.thread_time()
    looks = 20
    for _ in range(looks):
        assert reader.sense() is None
    assert (time.thread_time() - began) / looks * 5 < 0.03


def test_every_error_is_ours(link, reader):
    """Whatever moment the plug is pulled at, only DeviceError comes out, from close() nothing at all."""
    link.unplug()
    with pytest.raises(DeviceError):
        reader.sense()
    reader.close()
    with pytest.raises(DeviceError):
        Pn532(str(link.path))
