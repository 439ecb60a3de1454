"""Signing in, told as what somebody does."""

from datetime import datetime, timedelta

import pyotp
import pytest

from central.accounts import audit
from central.accounts.audit import Wanted
from central.accounts.entrance import Denied, Entrance, Wait, Welcome, Wrong
from central.accounts.passwords import Weakness
from central.accounts.register import Profile, Register
from central.accounts.roles import Role
from central.accounts.sessions import Limits, Session, Sessions, Step
from central.office import Office
from tests.central.accounts.people import GOOD, by, later
from tests.central.heard import NOW


@pytest.fixture
def sessions(office: Office, register: Register) -> Sessions:
    return Sessions(office, Limits(factor_required=True))


@pytest.fixture
def one_time(register: Register) -> str:
    return register.add(by(), "chen", Profile("陈馆员", Role.VIEWER))


def inside(sessions: Sessions, result: Welcome | Denied, at: datetime = NOW) -> Session:
    assert isinstance(result, Welcome), result
    session = sessions.find(result.cookie, at)
    assert session is not None
    return session


def chosen(sessions: Sessions, entrance: Entrance, one_time: str) -> Session:
    """Signed in with a password of one's own."""
    session = inside(sessions, entrance.sign_in("chen", one_time, by("chen")))
    return inside(sessions, entrance.change_password(session, None, GOOD, GOOD, by("chen")))


def enrolled(sessions: Sessions, entrance: Entrance, one_time: str) -> tuple[pyotp.TOTP, tuple[str, ...]]:
    """With a second factor, and signed out."""
    session = chosen(sessions, entrance, one_time)
    totp = pyotp.TOTP(entrance.enrolment_secret(session))
    result = entrance.enrol(session, GOOD, totp.at(NOW), by("chen"))
    session = inside(sessions, result)
    assert session.step is Step.DONE and isinstance(result, Welcome)
    sessions.end(session, by("chen"))
    return totp, result.recovery_codes


def test_a_one_time_password_must_be_changed(sessions: Sessions, entrance: Entrance, one_time: str) -> None:
    session = inside(sessions, entrance.sign_in("chen", one_time, by("chen")))
    assert session.step is Step.NEW_PASSWORD
    for new, repeated, why in (
        (GOOD, GOOD + "x", Wrong.DIFFER),
        ("short", "short", Weakness.TOO_SHORT),
        (one_time, one_time, Wrong.UNCHANGED),
    ):
        assert entrance.change_password(session, None, new, repeated, by("chen")) is why
    result = entrance.change_password(session, None, GOOD, GOOD, by("chen"))
    assert inside(sessions, result).step is Step.DONE
    assert sessions.current(session.handle, NOW) is None  # the id known before is worth nothing now
    assert entrance.sign_in("chen", one_time, by("chen")) is Wrong.PASSWORD


def test_changing_ones_password_signs_out_everywhere_else(
    sessions: Sessions, entrance: Entrance, one_time: str
) -> None:
    here = chosen(sessions, entrance, one_time)
    there = inside(sessions, entrance.sign_in("chen", GOOD, by("chen", "192.0.2.9")))
    assert len(sessions.of("chen", NOW)) == 2
    new = "another-good-one-4"
    assert entrance.change_password(here, "wrong", new, new, by("chen")) is Wrong.PASSWORD
    inside(sessions, entrance.change_password(here, GOOD, new, new, by("chen")))
    assert sessions.current(there.handle, NOW) is None
    assert len(sessions.of("chen", NOW)) == 1


def test_unknown_and_wrong_look_the_same(entrance: Entrance, one_time: str, office: Office) -> None:
    assert entrance.sign_in("chen", "x", by("chen")) is Wrong.PASSWORD
    assert entrance.sign_in("nobody", "x", by("nobody")) is Wrong.PASSWORD
    told = [(entry.action, entry.subject) for entry in audit.entries(office, Wanted(), 9)]
    assert told[0] == ("session.refused", "chen")  # what was typed for nobody is not written down


@pytest.mark.parametrize("name", ["chen", "nobody"])
def test_guessing_is_slowed_down(entrance: Entrance, one_time: str, name: str) -> None:
    results = [entrance.sign_in(name, f"guess {n}", by(name)) for n in range(7)]
    assert results == [Wrong.PASSWORD] * 5 + [Wait(timedelta(seconds=30))] * 2
    assert entrance.sign_in("chen", one_time, by("chen", at=later(minutes=1))) != Wrong.PASSWORD


def test_while_waiting_even_the_right_password_waits(entrance: Entrance, one_time: str) -> None:
    for _ in range(5):
        entrance.sign_in("chen", "x", by("chen"))
    assert isinstance(entrance.sign_in("chen", one_time, by("chen")), Wait)
    assert isinstance(entrance.sign_in("chen", one_time, by("chen", at=later(seconds=31))), Welcome)


def test_a_code_after_the_password(sessions: Sessions, entrance: Entrance, one_time: str) -> None:
    totp, _ = enrolled(sessions, entrance, one_time)
    at = later(minutes=5)
    session = inside(sessions, entrance.sign_in("chen", GOOD, by("chen", at=at)), at)
    assert session.step is Step.CODE
    assert entrance.show_code(session, "000000", by("chen", at=at)) is Wrong.CODE
    result = entrance.show_code(session, totp.at(at), by("chen", at=at))
    assert inside(sessions, result, at).step is Step.DONE
    assert sessions.current(session.handle, at) is None


def test_a_code_is_taken_once(sessions: Sessions, entrance: Entrance, one_time: str) -> None:
    totp, _ = enrolled(sessions, entrance, one_time)
    at = later(minutes=5)
    for code, right in (
        (totp.at(at), True),
        (totp.at(at), False),
        (totp.at(at - timedelta(seconds=30)), False),
    ):
        session = inside(sessions, entrance.sign_in("chen", GOOD, by("chen", at=at)), at)
        assert isinstance(entrance.show_code(session, code, by("chen", at=at)), Welcome) is right


def test_the_code_that_confirmed_is_used_up(sessions: Sessions, entrance: Entrance, one_time: str) -> None:
    totp, _ = enrolled(sessions, entrance, one_time)
    session = inside(sessions, entrance.sign_in("chen", GOOD, by("chen")))
    assert entrance.show_code(session, totp.at(NOW), by("chen")) is Wrong.CODE


def test_guessing_codes_is_slowed_down_whatever_the_password(
    sessions: Sessions, entrance: Entrance, one_time: str
) -> None:
    enrolled(sessions, entrance, one_time)
    results = []
    for _ in range(6):
        session = inside(sessions, entrance.sign_in("chen", GOOD, by("chen")))
        results.append(entrance.show_code(session, "000000", by("chen")))
    assert results == [Wrong.CODE] * 5 + [Wait(timedelta(seconds=30))]


def test_a_recovery_code_instead_of_the_telephone(
    sessions: Sessions, entrance: Entrance, one_time: str
) -> None:
    _, codes = enrolled(sessions, entrance, one_time)
    assert entrance.recovery_codes_left("chen") == len(codes) == 8
    for right in (True, False):
        session = inside(sessions, entrance.sign_in("chen", GOOD, by("chen")))
        assert isinstance(entrance.show_code(session, codes[3], by("chen")), Welcome) is right
    assert entrance.recovery_codes_left("chen") == 7


def test_administrators_must_enrol_where_it_is_required(
    sessions: Sessions, entrance: Entrance, register: Register
) -> None:
    password = register.first_start(NOW)
    assert password is not None
    session = inside(sessions, entrance.sign_in("main", password, by()))
    session = inside(sessions, entrance.change_password(session, None, GOOD, GOOD, by()))
    assert session.step is Step.ENROL
    secret = entrance.enrolment_secret(session)
    assert entrance.enrolment_secret(session) == secret  # the same when the page is loaded again
    assert entrance.enrol(session, None, "000000", by()) is Wrong.CODE
    result = entrance.enrol(session, None, pyotp.TOTP(secret).at(NOW), by())
    assert inside(sessions, result).step is Step.DONE


def test_another_authenticator_needs_the_password(
    sessions: Sessions, entrance: Entrance, one_time: str
) -> None:
    session = chosen(sessions, entrance, one_time)
    code = pyotp.TOTP(entrance.enrolment_secret(session)).at(NOW)
    assert entrance.enrol(session, "wrong", code, by("chen")) is Wrong.PASSWORD
    inside(sessions, entrance.enrol(session, GOOD, code, by("chen")))


@pytest.mark.parametrize(
    ("used_every", "until", "alive"),
    [
        (timedelta(minutes=59), timedelta(hours=11), True),
        (timedelta(minutes=61), timedelta(minutes=61), False),
        (timedelta(minutes=30), timedelta(hours=12, minutes=1), False),
    ],
)
def test_sessions_end_idle_and_old(
    sessions: Sessions,
    entrance: Entrance,
    one_time: str,
    *,
    used_every: timedelta,
    until: timedelta,
    alive: bool,
) -> None:
    handle = chosen(sessions, entrance, one_time).handle
    at = NOW
    while at < NOW + until:
        at = min(at + used_every, NOW + until)
        if found := sessions.current(handle, at):
            sessions.touch(found, at)
    assert (sessions.current(handle, at) is not None) is alive
    sessions.forget_old(at)
    assert len(sessions.of("chen", at)) == int(alive)


def test_no_cookie_is_kept(sessions: Sessions, entrance: Entrance, one_time: str, office: Office) -> None:
    result = entrance.sign_in("chen", one_time, by("chen"))
    assert isinstance(result, Welcome)
    kept = str([tuple(row) for row in office.rows("SELECT * FROM sessions")])
    assert result.cookie not in kept
    session = inside(sessions, result)
    assert sessions.find(session.handle, NOW) is None  # what is kept opens nothing
    sessions.end_all("chen", by("chen"))
    assert sessions.find(result.cookie, NOW) is None


def test_every_way_in_and_out_is_written_down(
    sessions: Sessions, entrance: Entrance, one_time: str, office: Office
) -> None:
    _, codes = enrolled(sessions, entrance, one_time)
    session = inside(sessions, entrance.sign_in("chen", GOOD, by("chen")))
    inside(sessions, entrance.show_code(session, codes[0], by("chen")))
    told = [entry.action for entry in reversed(audit.entries(office, Wanted(), 99))]
    assert told == [
        "account.add",
        "session.sign_in",
        "account.password",
        "account.factor",
        "session.sign_out",
        "account.recovery",
        "session.sign_in",
    ]
