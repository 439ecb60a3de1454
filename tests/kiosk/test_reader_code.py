"""Whether a signed code lets its reader in: checked offline, once, and only by a clock that was set."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker_config.reader_codes import ReaderCode, encode, key_id
from kiosk.clock import Moment
from kiosk.flow.events import CodeRefusal, ReaderCodeChecked
from kiosk.journal import Journal
from kiosk.reader_code import check

KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes_raw()
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
READER = "25240000010010"
SKEW_S = 60


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / "journal.db", tmp_path / "journal.key")
    journal.set_card_keys({key_id(PUBLIC): PUBLIC.hex()})
    yield journal
    journal.close()


def code(nonce: int = 1, issued: datetime = NOW, lifetime_s: int = 120) -> str:
    said = ReaderCode(key_id(PUBLIC), int(issued.timestamp()), lifetime_s, nonce.to_bytes(10), READER)
    return encode(said, KEY.sign)


def at(seconds: float, synced: bool = True) -> Moment:
    return Moment(NOW + timedelta(seconds=seconds), synced)


def refusal(checked: ReaderCodeChecked) -> str | CodeRefusal:
    assert isinstance(checked.found, str) or checked.detail, "staff are told why"
    assert READER not in checked.detail and READER not in repr(checked)
    return checked.found


@pytest.mark.parametrize("seconds", [-SKEW_S, 0, 120, 120 + SKEW_S])
def test_a_code_of_now_lets_its_reader_in(journal: Journal, seconds: float) -> None:
    assert check(code(), journal, at(seconds), SKEW_S) == ReaderCodeChecked(code(), READER)


@pytest.mark.parametrize(
    ("seconds", "why"),
    [
        (121 + SKEW_S, CodeRefusal.EXPIRED),
        (86_400, CodeRefusal.EXPIRED),
        (-SKEW_S - 1, CodeRefusal.CANNOT_CHECK),
    ],
)
def test_a_code_of_another_time_does_not(journal: Journal, seconds: float, why: CodeRefusal) -> None:
    assert refusal(check(code(), journal, at(seconds), SKEW_S)) is why


def test_a_code_is_good_once_even_over_a_restart(journal: Journal, tmp_path: Path) -> None:
    assert refusal(check(code(), journal, at(0), SKEW_S)) == READER
    assert refusal(check(code(), journal, at(1), SKEW_S)) is CodeRefusal.USED
    journal.close()
    again = Journal(tmp_path / "journal.db", tmp_path / "journal.key")
    assert refusal(check(code(), again, at(2), SKEW_S)) is CodeRefusal.USED
    assert refusal(check(code(nonce=2), again, at(3), SKEW_S)) == READER
    again.close()


def test_a_clock_put_back_makes_no_used_code_good_again(journal: Journal) -> None:
    assert refusal(check(code(), journal, at(0), SKEW_S)) == READER
    later = NOW + timedelta(hours=12)
    assert refusal(check(code(2, issued=later), journal, at(12 * 3600), SKEW_S)) == READER
    assert refusal(check(code(), journal, at(5), SKEW_S)) is CodeRefusal.USED


def test_used_codes_are_forgotten_after_a_day(journal: Journal) -> None:
    for n in range(5):
        check(code(n), journal, at(n), SKEW_S)
    next_week = NOW + timedelta(days=7)
    check(code(99, issued=next_week), journal, Moment(next_week, True), SKEW_S)
    assert journal._one("SELECT COUNT(*) FROM codes_used") == 1


@pytest.mark.parametrize(("moment", "keys"), [(at(0, synced=False), True), (at(0), False)])
def test_without_a_clock_or_a_key_nothing_is_checked(journal: Journal, moment: Moment, keys: bool) -> None:
    if not keys:
        journal.set_card_keys({})
    assert refusal(check(code(), journal, moment, SKEW_S)) is CodeRefusal.CANNOT_CHECK
    journal.set_card_keys({key_id(PUBLIC): PUBLIC.hex()})
    assert refusal(check(code(), journal, at(0), SKEW_S)) == READER, "and the code was not used up by it"


@pytest.mark.parametrize("text", [code()[:-3], "SZ1:", code() + "A", "SZ1:" + code()[5:]])
def test_a_code_that_is_not_whole_is_not_genuine(journal: Journal, text: str) -> None:
    assert refusal(check(text, journal, at(0), SKEW_S)) is CodeRefusal.NOT_GENUINE
