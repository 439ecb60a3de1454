"""Forgetting what is too old, in steps, over failures of the store."""

import threading
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from central import retention
from central.config import StorePlace
from central.retention import Retention
from central.store import StoreError
from central.store.sqlite import SqliteStore
from tests.central.heard import NOW, Kiosk, ago
from tests.waiting import wait_for

SETTINGS = StorePlace("sqlite:", keep_days=30, figures_days=9, rejects_kept=100)


def test_it_forgets_step_by_step_until_nothing_is_too_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("central.store.upkeep.STEP", 10)
    monkeypatch.setattr(retention, "BETWEEN_STEPS_S", 0.0)
    store, kiosk, over = SqliteStore(tmp_path / "centre.db"), Kiosk(), threading.Event()
    store.take([kiosk.loan(ago(days=day)) for day in range(60)])
    thread = threading.Thread(
        target=Retention(store, SETTINGS, ZoneInfo("Asia/Shanghai"), lambda: NOW).run, args=[over]
    )
    thread.start()
    count = "SELECT count(*) FROM events"
    wait_for(lambda: store.database.rows(count) == [(31,)], "30 days and today are left")
    over.set()
    thread.join(20)
    assert store.event_count() == 60
    store.close()


def test_a_store_that_fails_is_said_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(retention, "EVERY_S", 0.05)
    store, over, asked = SqliteStore(tmp_path / "centre.db"), threading.Event(), list[date]()

    def failing(before: date, samples_before: datetime, rejects_kept: int) -> int:
        asked.append(before)
        raise StoreError("centre.db: cannot write")

    monkeypatch.setattr(store, "prune", failing)
    thread = threading.Thread(
        target=Retention(store, SETTINGS, ZoneInfo("Asia/Shanghai"), lambda: NOW).run, args=[over]
    )
    thread.start()
    wait_for(lambda: len(asked) >= 2, "another try")
    over.set()
    thread.join(20)
    assert asked[0] == date(2026, 10, 23)
    assert "centre.db: cannot write" in caplog.text
    store.close()


def test_something_else_is_forgotten_in_the_same_steps(tmp_path: Path) -> None:
    store, asked = SqliteStore(tmp_path / "centre.db"), list[datetime]()

    def also(now: datetime) -> int:
        asked.append(now)
        return 2

    retention_ = Retention(store, SETTINGS, ZoneInfo("Asia/Shanghai"), lambda: NOW, also)
    assert (retention_.step(), asked) == (2, [NOW])
    store.close()
