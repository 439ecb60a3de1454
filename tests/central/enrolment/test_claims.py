"""Claims: good once, not for long, guessed by nobody."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broker_config.enrolment import new_claim, parse_claim
from broker_config.topics import Identity
from central.accounts import audit
from central.accounts.roles import Actor
from central.enrolment.claims import (
    TRIES_OF_ALL,
    TRIES_PER_ADDRESS,
    ClaimKept,
    ClaimRefused,
    Claims,
)
from central.office import Office

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
KIOSK = Identity("mz-taiping-03", "kiosk-1")
BOSS = Actor("boss", "192.0.2.1", NOW)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "office.db")
    audit.have_log(made)
    yield made
    made.close()


@pytest.fixture
def claims(office: Office) -> Claims:
    return Claims(office)


def who(claims: Claims, code: str, key: str = "key", address: str = "198.51.100.1", at: datetime = NOW):
    return claims.who(parse_claim(code), key, address, at)


def used(claims: Claims, office: Office, code: str, key: str = "key", at: datetime = NOW) -> bool:
    found = who(claims, code, key, at=at)
    assert isinstance(found, ClaimKept)
    with office.writing() as db:
        return claims.use(db, found, key, at)


def test_a_code_names_its_kiosk_once(claims: Claims, office: Office) -> None:
    code = claims.make(BOSS, KIOSK)
    assert used(claims, office, code)
    assert who(claims, code, key="another") is ClaimRefused.NOT_GOOD
    assert not used(claims, office, code), "the same kiosk may ask again, and it is not the first time"
    assert who(claims, code, at=NOW + timedelta(hours=2)) is ClaimRefused.NOT_GOOD


def test_a_code_is_over_in_time_and_when_there_is_a_newer_one(claims: Claims) -> None:
    code = claims.make(BOSS, KIOSK, hours=3)
    assert isinstance(who(claims, code, at=NOW + timedelta(hours=2, minutes=59)), ClaimKept)
    assert who(claims, code, at=NOW + timedelta(hours=3)) is ClaimRefused.NOT_GOOD
    newer = claims.make(BOSS, KIOSK)
    assert who(claims, code) is ClaimRefused.NOT_GOOD
    assert isinstance(who(claims, newer), ClaimKept)


def test_a_withdrawn_code_is_worth_nothing(claims: Claims) -> None:
    code = claims.make(BOSS, KIOSK)
    (kept,) = claims.all()
    assert claims.withdraw(BOSS, kept.id) and not claims.withdraw(BOSS, kept.id)
    assert who(claims, code) is ClaimRefused.NOT_GOOD


def test_guessing_is_stopped_for_an_hour_even_for_the_right_code(claims: Claims) -> None:
    code = claims.make(BOSS, KIOSK)
    for _ in range(TRIES_PER_ADDRESS):
        assert who(claims, new_claim()) is ClaimRefused.NOT_GOOD
    assert who(claims, code) is ClaimRefused.TOO_MANY
    assert isinstance(who(claims, code, address="198.51.100.2"), ClaimKept)
    assert isinstance(who(claims, code, at=NOW + timedelta(hours=1)), ClaimKept)


def test_guessing_from_many_addresses_is_stopped_too(claims: Claims) -> None:
    for number in range(TRIES_OF_ALL):
        assert who(claims, new_claim(), address=str(number)) is ClaimRefused.NOT_GOOD
    assert who(claims, new_claim(), address="new") is ClaimRefused.TOO_MANY


def test_the_code_is_kept_nowhere_and_the_act_is_written_down(claims: Claims, office: Office) -> None:
    code = claims.make(BOSS, KIOSK)
    written = b"".join(file.read_bytes() for file in office.path.parent.iterdir())
    assert code.encode() not in written
    (row,) = office.rows("SELECT * FROM audit")
    assert (row["actor"], row["action"], row["subject"]) == ("boss", "enrolment.claim", str(KIOSK))
