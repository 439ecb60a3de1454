"""The audit log: every act in it, and every change behind its back visible."""

import sqlite3
from datetime import timedelta
from enum import Enum

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from central.accounts import audit
from central.accounts.audit import BEGINNING, Action, Wanted
from central.office import Office, OfficeError
from tests.central.accounts.people import by, later


class Theirs(Enum):
    """Another module's acts."""

    SILENCE = "alert.silence"


@pytest.fixture(autouse=True)
def log(office: Office) -> None:
    audit.have_log(office)


def write(office: Office, count: int) -> None:
    for number in range(count):
        with office.writing() as db:
            audit.record(db, by(f"user{number % 3}", at=later(hours=number)), Action.RESET, f"about-{number}")


def tamper(office: Office, sql: str) -> None:
    """What somebody with the file in hands can do."""
    db = sqlite3.connect(office.path)
    for trigger in ("audit_stays", "audit_keeps"):
        db.execute(f"DROP TRIGGER {trigger}")
    db.execute(sql)
    db.commit()
    db.close()


def test_an_entry_says_who_did_what_when_and_from_where(office: Office) -> None:
    with office.writing() as db:
        audit.record(db, by(), Theirs.SILENCE, "mz-taiping-03", {"until": "2026-11-23", "原因": "停电"})
    (entry,) = audit.entries(office, Wanted(), 10)
    assert (entry.seq, entry.at, entry.actor, entry.address) == (1, later(), "main", "192.0.2.7")
    assert (entry.action, entry.subject) == ("alert.silence", "mz-taiping-03")
    assert entry.details == {"until": "2026-11-23", "原因": "停电"}


def test_an_act_that_fails_leaves_no_entry(office: Office) -> None:
    with pytest.raises(ZeroDivisionError), office.writing() as db:
        audit.record(db, by(), Action.ADD, "x")
        raise ZeroDivisionError
    assert audit.entries(office, Wanted(), 10) == []


@pytest.mark.parametrize("sql", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
def test_the_application_cannot_change_it(office: Office, sql: str) -> None:
    write(office, 2)
    with pytest.raises(OfficeError, match="audit log is never"), office.writing() as db:
        db.execute(sql)
    assert audit.verify(office).entries == 2


def test_replacing_an_entry_is_noticed(office: Office) -> None:
    """`OR REPLACE` deletes without asking triggers."""
    write(office, 3)
    with office.writing() as db:
        db.execute("INSERT OR REPLACE INTO audit SELECT seq, at, 'x', action, subject, details, address, hash"
                   " FROM audit WHERE seq = 2")  # fmt: skip
    assert audit.verify(office).broken_at == 2


@pytest.mark.parametrize(
    ("sql", "broken_at"),
    [
        ("UPDATE audit SET subject = 'x' WHERE seq = 3", 3),
        ("UPDATE audit SET details = '{\"a\": 1}' WHERE seq = 1", 1),
        ("UPDATE audit SET at = '2020-01-01T00:00:00.000Z' WHERE seq = 5", 5),
        ("DELETE FROM audit WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = 1", 1),
    ],
)
def test_a_change_behind_our_back_shows(office: Office, sql: str, broken_at: int) -> None:
    write(office, 5)
    assert audit.verify(office).broken_at is None
    tamper(office, sql)
    assert audit.verify(office).broken_at == broken_at


def test_a_noted_hash_shows_an_end_cut_off(office: Office) -> None:
    assert audit.verify(office).head == BEGINNING
    assert audit.has(office, BEGINNING)
    write(office, 4)
    noted = audit.verify(office).head
    write(office, 2)
    assert audit.has(office, noted)
    tamper(office, "DELETE FROM audit WHERE seq >= 4")
    assert audit.verify(office).broken_at is None
    assert not audit.has(office, noted)


def test_finding_entries(office: Office) -> None:
    write(office, 10)
    assert [e.seq for e in audit.entries(office, Wanted(), 3)] == [10, 9, 8]
    assert [e.seq for e in audit.entries(office, Wanted(), 3, before=8)] == [7, 6, 5]
    assert {e.actor for e in audit.entries(office, Wanted(actor="user1"), 99)} == {"user1"}
    assert [e.seq for e in audit.entries(office, Wanted(subject="about-4"), 99)] == [5]
    assert audit.entries(office, Wanted(action="account.add"), 99) == []
    asked = Wanted(since=later(hours=3), until=later(hours=5))
    assert [e.seq for e in audit.entries(office, asked, 99)] == [5, 4]
    assert audit.names(office) == (["user0", "user1", "user2"], ["account.reset"])


texts = st.text(max_size=30).filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts, texts, st.dictionaries(texts, texts | st.integers() | st.booleans() | st.none(), max_size=4))
def test_whatever_is_written_down_verifies(
    office: Office, actor: str, subject: str, details: dict[str, object]
) -> None:
    with office.writing() as db:
        audit.record(db, by(actor, at=later() + timedelta(milliseconds=7)), Action.ADD, subject, details)
    (entry,) = audit.entries(office, Wanted(), 1)
    assert (entry.actor, entry.subject, entry.details) == (actor, subject, details)
    assert audit.verify(office).broken_at is None
