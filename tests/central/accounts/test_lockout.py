"""Waiting after wrong passwords, by account and by address."""

from datetime import timedelta

import pytest

from central.accounts.lockout import LIMITS, Counted, Lockout, wait_of
from central.office import Office
from tests.central.accounts.people import later
from tests.central.heard import NOW

ACCOUNT = {Counted.ACCOUNT: "chen", Counted.ADDRESS: "192.0.2.7"}


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (9, 480), (10, 900), (10_000, 900)]
)
def test_waiting_grows_and_never_lasts(failures: int, seconds: int) -> None:
    assert wait_of(LIMITS[Counted.ACCOUNT], failures) == timedelta(seconds=seconds)


def fail(lockout: Lockout, times: int, **more: float) -> list[timedelta | None]:
    return [lockout.begin(ACCOUNT, later(**more)) for _ in range(times)]


def test_after_five_failures_one_waits(office: Office) -> None:
    lockout = Lockout(office)
    assert fail(lockout, 5) == [None] * 5
    assert fail(lockout, 2) == [timedelta(seconds=30)] * 2
    assert fail(lockout, 1, seconds=29) == [timedelta(seconds=1)]
    assert fail(lockout, 1, seconds=31) == [None]
    assert fail(lockout, 1, seconds=32) == [timedelta(seconds=59)]


def test_a_restart_forgives_nobody(office: Office) -> None:
    fail(Lockout(office), 5)
    assert fail(Lockout(office), 1) == [timedelta(seconds=30)]


def test_a_right_password_ends_it(office: Office) -> None:
    lockout = Lockout(office)
    fail(lockout, 4)
    assert lockout.begin(ACCOUNT, NOW) is None
    lockout.forgive(ACCOUNT)
    assert fail(lockout, 5) == [None] * 5


def test_an_address_that_tries_many_accounts(office: Office) -> None:
    lockout = Lockout(office)
    tries = [lockout.begin({Counted.ACCOUNT: f"u{n}", Counted.ADDRESS: "a"}, NOW) for n in range(21)]
    assert tries == [None] * 20 + [timedelta(seconds=30)]
    assert lockout.begin({Counted.ACCOUNT: "u0", Counted.ADDRESS: "b"}, NOW) is None


def test_signing_in_oneself_does_not_clear_an_address(office: Office) -> None:
    """Else somebody with an account could guess at another's for ever."""
    lockout = Lockout(office)
    for number in range(20):
        guess = {Counted.ACCOUNT: f"victim{number}", Counted.ADDRESS: "a"}
        assert lockout.begin(guess, NOW) is None
        own = {Counted.ACCOUNT: "own", Counted.ADDRESS: "a"}
        if lockout.begin(own, NOW) is None:
            lockout.forgive(own)
    assert lockout.begin({Counted.ACCOUNT: "next", Counted.ADDRESS: "a"}, NOW) == timedelta(seconds=30)


def test_a_day_forgets(office: Office) -> None:
    lockout = Lockout(office)
    fail(lockout, 5)
    assert fail(lockout, 5, hours=25) == [None] * 5


def test_a_clock_set_back_locks_nobody_out_for_long(office: Office) -> None:
    lockout = Lockout(office)
    fail(lockout, 5, days=300)
    assert fail(lockout, 1) == [timedelta(minutes=15)]


def test_what_was_typed_is_not_kept(office: Office) -> None:
    Lockout(office).begin({Counted.ACCOUNT: "my-secret-password"}, NOW)
    assert "secret" not in str([tuple(row) for row in office.rows("SELECT * FROM attempts")])
