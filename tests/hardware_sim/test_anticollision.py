"""Telling tags apart: what each round hears."""

from random import Random

from hardware_sim.anticollision import Round, rounds


def uid(last: int) -> bytes:
    return last.to_bytes(8)


def test_nobody_there() -> None:
    assert list(rounds([])) == [Round(0, 0, ())]


def test_tags_in_slots_of_their_own_are_heard_at_once_in_the_slots_order() -> None:
    assert list(rounds([uid(0x0F), uid(0x13), uid(0x20)])) == [Round(0, 3, (uid(0x20), uid(0x13), uid(0x0F)))]


def test_a_collision_is_taken_apart_by_a_longer_mask() -> None:
    """Two tags end in 3: they collide once, and answer apart when only they are asked."""
    heard = list(rounds([uid(0x23), uid(0x13), uid(0x05)]))
    assert heard == [Round(0, 2, (uid(0x05),)), Round(1, 2, (uid(0x13), uid(0x23)))]


def test_a_collision_deep_down() -> None:
    heard = list(rounds([uid(0x1_000_003), uid(0x2_000_003)]))
    assert [each.mask_bytes for each in heard] == [0, 1, 1, 2, 2, 3, 3]
    assert [each.answered for each in heard] == [1, 1, 1, 1, 1, 1, 2]
    assert set(heard[-1].heard) == {uid(0x1_000_003), uid(0x2_000_003)}


def test_everybody_is_heard_once() -> None:
    random = Random(7)
    for tags in (1, 2, 17, 60):
        uids = [random.randbytes(8) for _ in range(tags)]
        assert sorted(each for turn in rounds(uids) for each in turn.heard) == sorted(uids)


def test_two_tags_with_one_number_are_never_told_apart_and_it_ends() -> None:
    assert [each for turn in rounds([uid(9), uid(9), uid(4)]) for each in turn.heard] == [uid(4)]
