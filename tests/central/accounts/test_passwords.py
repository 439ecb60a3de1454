"""What a good password is, and how it is kept."""

import pytest
from argon2 import PasswordHasher

from central.accounts.passwords import Hasher, Weakness, one_time_password, weakness
from tests.central.accounts.people import GOOD, HASHER


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", Weakness.TOO_SHORT),
        ("九个汉字不够长啊哈", Weakness.TOO_SHORT),
        ("x" * 201, Weakness.TOO_LONG),
        ("i-am-Chen-2026!", Weakness.NAMES_ACCOUNT),
        ("password123", Weakness.COMMON),
        ("Password2026!", Weakness.COMMON),
        ("1234567890", Weakness.COMMON),
        ("13800138000", Weakness.COMMON),
        ("19871203001", Weakness.COMMON),
        ("aaaaaaaaaaaa", Weakness.COMMON),
        ("abcabcabcabc", Weakness.COMMON),
        ("Qwertyuiop1", Weakness.COMMON),
        ("tushuguan2022", Weakness.COMMON),
        (GOOD, None),
        ("村口第三棵榕树下见面", None),
        ("correct horse battery", None),
    ],
)
def test_what_a_good_password_is(password: str, why: Weakness | None) -> None:
    assert weakness(password, "chen") is why


def test_one_time_passwords_are_good_and_never_the_same() -> None:
    made = {one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert not [password for password in made if weakness(password, "main")]


def test_hashes() -> None:
    hashed = HASHER.make(GOOD)
    assert hashed.startswith("$argon2id$")
    assert HASHER.fits(hashed, GOOD)
    assert not HASHER.fits(hashed, GOOD + "x")
    assert not HASHER.fits("no hash", GOOD)


def test_nobodys_password_is_checked_all_the_same() -> None:
    """An unknown account costs as much work as a known one."""
    checked: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
            checked.append(str(hash))
            return super().verify(hash, password)

    hasher = Hasher(Counting(time_cost=1, memory_cost=8, parallelism=1))
    assert not hasher.fits(None, GOOD)
    assert len(checked) == 1 and checked[0].startswith("$argon2id$")


def test_the_real_cost_is_the_usual_one() -> None:
    assert "m=65536,t=3,p=4" in Hasher().make(GOOD)
    assert Hasher().is_outdated(HASHER.make(GOOD))
