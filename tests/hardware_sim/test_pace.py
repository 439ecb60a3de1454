"""How late answers come: arithmetic first, then a real wire with a reader behind it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.feig_obid.driver import FeigObid
from hardware_sim import air_time
from hardware_sim.air_answers import Spent
from hardware_sim.faults import Faults
from hardware_sim.pace import Pace
from hardware_sim.registry import READER_S, SimulatedDevice
from hardware_sim.world import SLIX, Chip, World, uid_of

BYTE_S = 11 / 38400
UID = uid_of(SLIX, 1)


def test_an_answer_comes_after_question_air_and_line() -> None:
    pace = Pace(own_s=0.005)
    pace.hear(10.0, 20, 0.001)
    assert pace.answer(10.0, 30, 0.001, Spent(0.2, 0.1)) == pytest.approx(10.35)


def test_a_question_in_pieces_is_as_long_as_in_one() -> None:
    pace = Pace(own_s=0.005)
    pace.hear(10.0, 15, 0.001)
    pace.hear(10.001, 5, 0.001)
    assert pace.answer(10.001, 0, 0.001, Spent()) == pytest.approx(10.02)


def test_the_device_hears_again_only_after_its_own_time() -> None:
    pace = Pace(own_s=0.005)
    pace.hear(10.0, 10, 0.001)
    assert pace.answer(10.0, 10, 0.001, Spent()) == pytest.approx(10.02)
    pace.hear(10.021, 10, 0.001)
    assert pace.answer(10.021, 10, 0.001, Spent()) == pytest.approx(10.045)
    pace.hear(11.0, 10, 0.001)
    assert pace.answer(11.0, 10, 0.001, Spent()) == pytest.approx(11.02)


def test_it_says_where_the_time_went() -> None:
    pace = Pace(own_s=0.005)
    pace.hear(1.0, 10, 0.001)
    pace.answer(1.0, 20, 0.001, Spent(0.2, 0.1))
    total = pace.total
    assert (total.air_s, total.programming_s, total.answers) == (0.2, 0.1, 1)
    assert total.serial_s == pytest.approx(0.03)
    pace.start_counting()
    assert pace.total.answers == 0


@pytest.fixture
def device(tmp_path: Path) -> Iterator[SimulatedDevice]:
    world = World(tags={"book": Chip(UID, bytearray(112))})
    world.put("book")
    device = SimulatedDevice("feig_obid", world, tmp_path / "kiosk-pad", tmp_path, physics=True)
    device.plug()
    yield device
    device.unplug()


def timed_read(device: SimulatedDevice, blocks: int) -> float:
    reader = FeigObid(str(device.link.path))
    reader.system_info(UID)
    began = time.monotonic()
    reader.read_blocks(UID, 0, blocks)
    took_s = time.monotonic() - began
    reader.close()
    return took_s


def test_a_read_takes_at_least_as_long_as_air_and_line_do(device: SimulatedDevice) -> None:
    """Never sooner; how much later is the machine's affair, and the benchmarks'."""
    least_s = air_time.read_s(28) + (17 + 8 + 5 * 28) * BYTE_S
    assert timed_read(device, 28) >= least_s


def test_two_answers_come_no_closer_than_the_readers_own_time(device: SimulatedDevice) -> None:
    reader = FeigObid(str(device.link.path))
    began = time.monotonic()
    for _ in range(3):
        reader.system_info(UID)
    took_s = time.monotonic() - began
    reader.close()
    one_s = air_time.request_s(12) + air_time.T1_S + air_time.answer_s(17) + air_time.T2_S + 34 * BYTE_S
    assert took_s >= 3 * one_s + 2 * READER_S


def test_faults_come_on_top(device: SimulatedDevice) -> None:
    device.link.faults = Faults(late_s=0.1)
    assert timed_read(device, 8) >= 0.1 + air_time.read_s(8)


def test_without_physics_time_is_none_of_the_wires_business(tmp_path: Path) -> None:
    world = World(tags={"book": Chip(UID, bytearray(112))})
    device = SimulatedDevice("feig_obid", world, tmp_path / "kiosk-pad", tmp_path)
    assert device.link.pace is None


def test_only_pads_take_their_time(tmp_path: Path) -> None:
    device = SimulatedDevice("escpos", World(), tmp_path / "kiosk-printer", tmp_path, physics=True)
    assert device.link.pace is None
