"""Gen2's air time by hand: the numbers of the air interface put together, and tags that collide."""

from random import Random

import pytest

from devices.uhf_reader18 import protocol as uhf18
from devices.uhf_reader18.protocol import Bank, LockArea, Protection, Status
from hardware_sim import uhf_air
from hardware_sim.uhf_reader18 import UhfReader18
from tests.devices.uhf_reader18.test_simulator import CONTENT, ask, reader, world

__all__ = ["reader", "world"]
PASSWORD = 0x1A2B3C4D


def test_one_command_and_one_reply() -> None:
    """QueryRep: 12.5 + 25 + 75 µs, then 4 bits of 37.5; RN16: 75, then 27 bits of 16, then 40."""
    assert uhf_air.command_s(4) == pytest.approx(262.5e-6)
    assert uhf_air.reply_s(16) == pytest.approx(547e-6)


def test_more_tags_take_longer_and_an_empty_field_is_one_round() -> None:
    empty = uhf_air.inventory_s([], Random(1))
    assert empty == pytest.approx(uhf_air.query_s() + 15 * 262.5e-6 + 16 * 115e-6)
    times = [uhf_air.inventory_s([12] * count, Random(1)) for count in (1, 5, 10, 20)]
    assert times == sorted(times) and times[0] > empty


def test_a_write_takes_the_air_and_the_tag_its_time(reader: UhfReader18) -> None:
    ask(reader, uhf18.Read(CONTENT, Bank.USER, 0, 2))
    read = reader.field.take_spent()
    assert read.air_s == pytest.approx(uhf_air.reach_s(12) + uhf_air.read_s(2))
    assert read.programming_s == 0
    ask(reader, uhf18.Write(CONTENT, Bank.USER, 0, b"abcd"))
    written = reader.field.take_spent()
    assert written.air_s == pytest.approx(uhf_air.reach_s(12) + uhf_air.write_s(2))
    assert 0 < written.programming_s <= 0.04


def test_a_secured_bank_is_written_with_the_password_only(reader: UhfReader18) -> None:
    secret = PASSWORD.to_bytes(4)
    assert ask(reader, uhf18.Write(CONTENT, Bank.RESERVED, 2, secret))[0] == Status.OK
    lock = uhf18.Lock(CONTENT, LockArea.USER, Protection.WITH_PASSWORD, PASSWORD)
    assert ask(reader, uhf18.Lock(CONTENT, LockArea.USER, Protection.OPEN, 1))[0] == Status.WRONG_PASSWORD
    assert ask(reader, lock)[0] == Status.OK
    write = uhf18.Write(CONTENT, Bank.USER, 0, b"ab")
    assert ask(reader, write) == (Status.TAG_ERROR, bytes([uhf18.TagError.LOCKED]))
    assert ask(reader, uhf18.Write(CONTENT, Bank.USER, 0, b"ab", PASSWORD))[0] == Status.OK


def test_a_lock_command_as_the_makers_manual_lays_it_out() -> None:
    """ZKHY's ZK-RFID102: ENum, EPC, Select, SetProtect, Pwd."""
    frame = uhf18.Lock(b"\x01\x02", LockArea.EPC, Protection.WITH_PASSWORD, PASSWORD).frame()
    assert (frame.command, frame.data.hex(" ")) == (0x06, "01 01 02 02 02 1a 2b 3c 4d")
    assert uhf18.parse_command(frame) == uhf18.Lock(
        b"\x01\x02", LockArea.EPC, Protection.WITH_PASSWORD, PASSWORD
    )
