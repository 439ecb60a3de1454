"""Faults are data: what arrives is decided without any wire."""

from random import Random

import pytest

from hardware_sim.faults import FAULTS, GOOD_WIRE, Faults, Piece, bend

ANSWER = bytes.fromhex("0600B000D572")


def test_a_good_wire_changes_nothing() -> None:
    assert bend(ANSWER, GOOD_WIRE, Random(1)) == (Piece(0.0, ANSWER),)


@pytest.mark.parametrize("name", FAULTS)
def test_silence_stays_silence_on_every_wire(name: str) -> None:
    assert bend(b"", FAULTS[name], Random(1)) == ()


def test_silent_loses_the_whole_answer() -> None:
    assert bend(ANSWER, FAULTS["silent"], Random(1)) == ()


def test_noise_comes_before_an_unharmed_answer_and_is_the_same_again_from_the_same_seed() -> None:
    (piece,) = bend(ANSWER, FAULTS["noisy"], Random(1))
    assert piece.data.endswith(ANSWER)
    assert len(piece.data) == len(ANSWER) + 7
    assert bend(ANSWER, FAULTS["noisy"], Random(1)) == (piece,)


@pytest.mark.parametrize("seed", range(20))
def test_garbled_differs_in_exactly_one_bit(seed: int) -> None:
    (piece,) = bend(ANSWER, FAULTS["garbled"], Random(seed))
    difference = int.from_bytes(piece.data) ^ int.from_bytes(ANSWER)
    assert len(piece.data) == len(ANSWER)
    assert difference.bit_count() == 1


def test_byte_by_byte_and_late_compose() -> None:
    pieces = bend(ANSWER, FAULTS["byte_by_byte"] | FAULTS["late"], Random(1))
    assert b"".join(piece.data for piece in pieces) == ANSWER
    assert [piece.wait_s for piece in pieces] == [0.05] + [0.0005] * 5


def test_composing_keeps_what_the_other_leaves_alone() -> None:
    assert Faults(noise_bytes=3) | Faults(silent=True) == Faults(noise_bytes=3, silent=True)
    assert Faults(noise_bytes=3) | GOOD_WIRE == Faults(noise_bytes=3)
