"""The centre's keys for reader codes: made, rotated ahead of their use, kept to themselves."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broker_config.from_centre import Wanted
from broker_config.messages import decode, encode
from broker_config.reader_codes import BadReaderCode
from broker_config.reader_codes import decode as read_code
from central.reader_cards import AHEAD, BEHIND, SIGNS_FOR, ReaderCardError, ReaderCardKeys

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
READER = "25240000010010"


def keys_at(folder: Path, now: datetime) -> ReaderCardKeys:
    keys = ReaderCardKeys(folder)
    keys.rotate(now)
    return keys


def test_the_first_key_signs_at_once(tmp_path: Path) -> None:
    keys = keys_at(tmp_path / "cards", NOW)
    code = read_code(keys.sign(READER, NOW), keys.public(NOW))
    assert (code.reader_id, code.issued_s, code.lifetime_s) == (READER, int(NOW.timestamp()), 120)
    assert keys.sign(READER, NOW) != keys.sign(READER, NOW), "each is one of its kind"


def test_the_key_outlives_a_restart_and_is_readable_by_nobody_else(tmp_path: Path) -> None:
    text = keys_at(tmp_path, NOW).sign(READER, NOW)
    assert read_code(text, keys_at(tmp_path, NOW).public(NOW)).reader_id == READER
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600 and file.name == "reader-card-20261122060000.pem"


def test_a_new_key_is_known_long_before_it_signs_and_an_old_one_a_while_after(tmp_path: Path) -> None:
    first = keys_at(tmp_path, NOW).public(NOW)
    due = NOW + SIGNS_FOR
    assert keys_at(tmp_path, due - timedelta(seconds=1)).public(due) == first
    both = keys_at(tmp_path, due).public(due)
    assert len(both) == 2 and first.items() <= both.items()
    before = read_code(keys_at(tmp_path, due).sign(READER, due), both)
    assert before.key_id in first
    takes_over = due + AHEAD
    after = read_code(keys_at(tmp_path, takes_over).sign(READER, takes_over), both)
    assert after.key_id not in first
    assert len(keys_at(tmp_path, takes_over).public(takes_over)) == 2, (
        "the last codes of the old key still run"
    )
    over = takes_over + BEHIND
    assert set(keys_at(tmp_path, over).public(over)) == {after.key_id}
    assert len(list(tmp_path.iterdir())) == 1


def test_every_day_of_two_years_a_kiosk_that_was_cut_off_for_weeks_can_check(tmp_path: Path) -> None:
    known: dict[str, str] = {}
    for day in range(730):
        now = NOW + timedelta(days=day)
        keys = keys_at(tmp_path, now)
        text = keys.sign(READER, now)
        if day % 28 == 0:
            known = keys.public(now)
        assert read_code(text, known).reader_id == READER
        assert len(keys.public(now)) <= 2


def test_the_public_halves_travel_in_the_wanted_message(tmp_path: Path) -> None:
    keys = keys_at(tmp_path, NOW)
    wanted = decode(Wanted, encode(Wanted(version=1, card_keys=keys.public(NOW))))
    assert read_code(keys.sign(READER, NOW), wanted.card_keys).reader_id == READER
    with pytest.raises(BadReaderCode):
        read_code(keys.sign(READER, NOW), Wanted(version=2).card_keys)


@pytest.mark.parametrize("lifetime_s", [0, 301])
def test_a_code_lives_five_minutes_at_most(tmp_path: Path, lifetime_s: int) -> None:
    with pytest.raises(ValueError, match="lives 1 to 300 s"):
        keys_at(tmp_path, NOW).sign(READER, NOW, lifetime_s)


def test_without_a_key_nothing_is_signed(tmp_path: Path) -> None:
    with pytest.raises(ReaderCardError, match="no key"):
        ReaderCardKeys(tmp_path).sign(READER, NOW)


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_damaged_key_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "reader-card-20260101000000.pem").write_bytes(content)
    with pytest.raises(ReaderCardError, match=r"reader-card-20260101000000.pem: .*restore it, or remove it"):
        ReaderCardKeys(tmp_path)


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("not ours")
    keys_at(tmp_path, NOW)
    assert (tmp_path / "ca.pem").read_text() == "not ours"
