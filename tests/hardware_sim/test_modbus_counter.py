"""The simulated counter against two clients that know nothing of each other, and on the bare wire."""

from collections.abc import Iterator
from pathlib import Path

import minimalmodbus
import pytest
from pymodbus.client import ModbusSerialClient
from pymodbus.exceptions import ModbusIOException

from devices.crc import crc16_modbus
from devices.modbus_counter.protocol import RegisterMap, Width, WordOrder, exception_reply
from hardware_sim.modbus_counter import ModbusCounter
from hardware_sim.pty_link import PtyLink
from hardware_sim.world import Door, World

QUESTION = bytes.fromhex("01 04 00 00 00 04 F1 C9")
ANSWER = bytes.fromhex("01 04 08 00 01 86 A0 00 00 00 2A 2A AD")


@pytest.fixture
def counter() -> ModbusCounter:
    return ModbusCounter(World(door=Door(entries=100_000, exits=42)))


@pytest.fixture
def client(counter: ModbusCounter, tmp_path: Path) -> Iterator[ModbusSerialClient]:
    with PtyLink(counter, tmp_path / "pty") as link:
        client = ModbusSerialClient(str(link.path), baudrate=9600, timeout=0.3, retries=0)
        assert client.connect()
        yield client
        client.close()


def framed(body: str) -> bytes:
    data = bytes.fromhex(body)
    return data + crc16_modbus(data).to_bytes(2, "little")


def test_pymodbus_reads_both_kinds_of_register(client: ModbusSerialClient) -> None:
    assert client.read_input_registers(0, count=4).registers == [1, 0x86A0, 0, 42]
    assert client.read_holding_registers(2, count=2).registers == [0, 42]


def test_pymodbus_is_refused(client: ModbusSerialClient) -> None:
    assert client.read_input_registers(1, count=4).exception_code == 2
    assert client.read_coils(0, count=1).exception_code == 1
    assert client.write_register(0, 0).exception_code == 1
    assert client.write_registers(0, [0, 0]).exception_code == 1


def test_pymodbus_hears_nothing_for_another_number(client: ModbusSerialClient) -> None:
    with pytest.raises(ModbusIOException):
        client.read_input_registers(0, count=4, device_id=2)


def test_the_vendors_sample(counter: ModbusCounter) -> None:
    assert counter.receive(QUESTION) == ANSWER


def test_byte_by_byte(counter: ModbusCounter) -> None:
    assert b"".join(counter.receive(bytes((byte,))) for byte in QUESTION) == ANSWER


def test_a_wrong_crc_gets_no_answer(counter: ModbusCounter) -> None:
    assert counter.receive(QUESTION[:-1] + b"\xca") == b""
    assert counter.receive(QUESTION) == ANSWER


@pytest.mark.parametrize("count", ["00 00", "00 7e", "ff ff"])
def test_too_few_and_too_many_registers(count: str, counter: ModbusCounter) -> None:
    assert counter.receive(framed("01 04 00 00" + count)) == exception_reply(1, 4, 3)


OTHER_FUNCTIONS = [
    "01 00 00 00 08", "02 00 00 00 08", "05 00 00 FF 00", "06 00 00 00 01", "07", "08 00 00 A5 37", "0B",
    "0C", "0F 00 00 00 08 01 FF", "10 00 00 00 02 04 00 00 00 00", "11", "14 07 06 00 04 00 01 00 02",
    "15 09 06 00 04 00 07 00 01 06 AF", "16 00 04 00 F2 00 25", "17 00 00 00 01 00 00 00 01 02 00 00",
    "18 04 DE", "2B 0E 01 00",
]  # fmt: skip
"""Requests of the MODBUS application protocol 1.1b3, chapter 6, each of its own length."""


@pytest.mark.parametrize("request_", OTHER_FUNCTIONS, ids=lambda request: request[:2])
def test_every_other_function_is_refused_and_the_next_question_heard(
    request_: str, counter: ModbusCounter
) -> None:
    function = int(request_[:2], 16)
    assert counter.receive(framed("01" + request_)) == exception_reply(1, function, 1)
    assert counter.receive(QUESTION) == ANSWER


def test_a_broadcast_is_never_answered(counter: ModbusCounter) -> None:
    assert counter.receive(framed("00 04 00 00 00 04") + framed("00 06 00 00 00 01")) == b""


def test_it_never_speaks_first(counter: ModbusCounter) -> None:
    assert counter.tick(0.0) == b""


def test_without_a_battery_it_forgets() -> None:
    world = World(door=Door(entries=100_000, exits=42))
    counter = ModbusCounter(world)
    counter.power_cycle()
    world.door.entries += 3
    assert counter.receive(QUESTION) == framed("01 04 08 00 00 00 03 00 00 00 00")


# -- a second client, which frames for itself ----------------------------------------------------------------


@pytest.fixture
def instrument(counter: ModbusCounter, tmp_path: Path) -> Iterator[minimalmodbus.Instrument]:
    with PtyLink(counter, tmp_path / "pty") as link:
        instrument = minimalmodbus.Instrument(str(link.path), slaveaddress=1)
        instrument.serial.baudrate = 9600
        instrument.serial.timeout = 0.5
        yield instrument
        instrument.serial.close()


def test_minimalmodbus_reads_both_kinds_of_register(instrument: minimalmodbus.Instrument) -> None:
    assert instrument.read_long(0, functioncode=4) == 100_000
    assert instrument.read_long(2, functioncode=3) == 42
    assert instrument.read_registers(0, 4, functioncode=4) == [1, 0x86A0, 0, 42]


def test_minimalmodbus_is_refused(instrument: minimalmodbus.Instrument) -> None:
    with pytest.raises(minimalmodbus.IllegalRequestError, match="illegal data address"):
        instrument.read_registers(1, 4, functioncode=4)


def test_minimalmodbus_reads_other_vendors_maps(tmp_path: Path) -> None:
    world = World(door=Door(entries=70_000, exits=42))
    maps = {
        "u16": RegisterMap(10, 11, width=Width.U16),
        "low": RegisterMap(0, 2, word_order=WordOrder.LOW_FIRST),
        "both": RegisterMap(passages_address=7, width=Width.U32),
    }
    read = {}
    for name, register_map in maps.items():
        with PtyLink(ModbusCounter(world, register_map=register_map), tmp_path / name) as link:
            instrument = minimalmodbus.Instrument(str(link.path), slaveaddress=1)
            instrument.serial.timeout = 0.5
            first, count = register_map.first, register_map.count
            read[name] = instrument.read_registers(first, count, functioncode=4)
            instrument.serial.close()
    assert read == {"u16": [70_000 - 65_536, 42], "low": [0x1170, 1, 42, 0], "both": [1, 0x1170 + 42]}
