"""Announcements for readers: kept in the office, retained at the broker for one place, one level or all.

Who wrote what is in the audit log. `NoticeBoard.answers` belongs to the collector's thread; kiosks show each
notice within its own time, so nothing need be sent when one begins or ends, and one that is over is no longer
sent with the next change.
"""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from broker_config.from_centre import Notice, Notices
from broker_config.messages import Publication, announcement
from broker_config.values import timestamp
from central.accounts import audit
from central.accounts.roles import Actor
from central.office import Office

SCHEMA = """
CREATE TABLE IF NOT EXISTS notices (
    id INTEGER PRIMARY KEY, audience TEXT NOT NULL, title_zh TEXT NOT NULL, title_en TEXT NOT NULL,
    body_zh TEXT NOT NULL, body_en TEXT NOT NULL, start_at TEXT NOT NULL, end_at TEXT NOT NULL,
    made_by TEXT NOT NULL
) STRICT;
"""
EVERYBODY = "all"
LOOK_EVERY = timedelta(seconds=2)
MOST = 20
"""For one audience, as a message can carry."""


class NoticeAction(Enum):
    ADD = "notice.add"
    CHANGE = "notice.change"
    REMOVE = "notice.remove"


class BadNotice(Enum):
    """What is wrong with a draft; the value is the key of the words."""

    AUDIENCE = "notice_bad_audience"
    TITLE = "notice_bad_title"
    BODY = "notice_bad_body"
    TIME = "notice_bad_time"
    TOO_MANY = "notice_too_many"


@dataclass(frozen=True)
class Draft:
    """`audience` is a place's id, a level (main, branch, point), or all."""

    audience: str
    title_zh: str
    start: datetime
    end: datetime
    title_en: str = ""
    body_zh: str = ""
    body_en: str = ""


@dataclass(frozen=True)
class NoticeKept:
    id: int
    draft: Draft
    made_by: str


class NoticeBoard:
    """Safe for all threads, but for `answers`."""

    def __init__(self, office: Office, audiences: Collection[str]) -> None:
        """`audiences`: every place's id and every level."""
        self._office = office
        self._audiences = frozenset(audiences) | {EVERYBODY}
        self._look_at: datetime | None = None
        self._told: dict[str, Notices] = {}
        office.have(SCHEMA)

    def all(self) -> list[NoticeKept]:
        """The one that began or will begin last comes first."""
        rows = self._office.rows("SELECT * FROM notices ORDER BY start_at DESC, id DESC")
        return [_kept(row) for row in rows]

    def add(self, actor: Actor, draft: Draft) -> int | BadNotice:
        if bad := self._wrong(draft, actor.at):
            return bad
        with self._office.writing() as db:
            number = db.execute(
                "INSERT INTO notices (audience, title_zh, title_en, body_zh, body_en, start_at, end_at,"
                " made_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*_values(draft), actor.name),
            ).lastrowid
            audit.record(db, actor, NoticeAction.ADD, draft.audience, {"id": number, "title": draft.title_zh})
        return int(number or 0)

    def change(self, actor: Actor, notice_id: int, draft: Draft) -> bool | BadNotice:
        """False when there is no such notice."""
        if bad := self._wrong(draft, actor.at, besides=notice_id):
            return bad
        with self._office.writing() as db:
            done = db.execute(
                "UPDATE notices SET audience = ?, title_zh = ?, title_en = ?, body_zh = ?, body_en = ?,"
                " start_at = ?, end_at = ? WHERE id = ?",
                (*_values(draft), notice_id),
            )
            if done.rowcount:
                told = {"id": notice_id, "title": draft.title_zh}
                audit.record(db, actor, NoticeAction.CHANGE, draft.audience, told)
        return bool(done.rowcount)

    def remove(self, actor: Actor, notice_id: int) -> bool:
        with self._office.writing() as db:
            row = db.execute("SELECT * FROM notices WHERE id = ?", (notice_id,)).fetchone()
            if row is not None:
                db.execute("DELETE FROM notices WHERE id = ?", (notice_id,))
                audit.record(db, actor, NoticeAction.REMOVE, row["audience"], {"id": notice_id})
        return row is not None

    def answers(self, now: datetime) -> list[Publication]:
        """Every audience whose notices are not what it was told last; all that have some after a start."""
        if self._look_at and now < self._look_at:
            return []
        first, self._look_at = self._look_at is None, now + LOOK_EVERY
        current = {kept.draft.audience for kept in self.all() if kept.draft.end > now}
        # what an earlier run published may have been taken back while nobody was there to say so
        audiences = self._audiences if first else current | self._told.keys()
        said = []
        for audience in sorted(audiences):
            notices = self.current(audience, now)
            if (first or self._told.get(audience, Notices()).notices) or notices.notices:
                if self._told.get(audience) != notices:
                    said.append(announcement(audience, notices))
                self._told[audience] = notices
        return said

    def current(self, audience: str, now: datetime) -> Notices:
        """What is not over yet, as it is published."""
        kept = [one for one in self.all() if one.draft.audience == audience and one.draft.end > now]
        return Notices(notices=tuple(_message(one) for one in reversed(kept[:MOST])))

    def _wrong(self, draft: Draft, now: datetime, besides: int | None = None) -> BadNotice | None:
        others = [
            one
            for one in self.all()
            if one.id != besides and one.draft.audience == draft.audience and one.draft.end > now
        ]
        checks = {
            BadNotice.AUDIENCE: draft.audience in self._audiences,
            BadNotice.TITLE: 1 <= len(draft.title_zh.strip()) <= 200 and len(draft.title_en) <= 200,
            BadNotice.BODY: max(len(draft.body_zh), len(draft.body_en)) <= 1000,
            BadNotice.TIME: draft.start < draft.end and draft.end > now,
            BadNotice.TOO_MANY: len(others) < MOST,
        }
        return next((bad for bad, fine in checks.items() if not fine), None)


def _values(draft: Draft) -> tuple[str, ...]:
    texts = (draft.title_zh.strip(), draft.title_en.strip(), draft.body_zh.strip(), draft.body_en.strip())
    return (draft.audience, *texts, timestamp(draft.start), timestamp(draft.end))


def _kept(row: sqlite3.Row) -> NoticeKept:
    draft = Draft(
        audience=row["audience"],
        title_zh=row["title_zh"],
        start=datetime.fromisoformat(row["start_at"]),
        end=datetime.fromisoformat(row["end_at"]),
        title_en=row["title_en"],
        body_zh=row["body_zh"],
        body_en=row["body_en"],
    )
    return NoticeKept(row["id"], draft, row["made_by"])


def _message(kept: NoticeKept) -> Notice:
    draft = kept.draft
    return Notice(
        id=f"n-{kept.id}",
        title_zh=draft.title_zh,
        title_en=draft.title_en,
        body_zh=draft.body_zh,
        body_en=draft.body_en,
        start=timestamp(draft.start),
        end=timestamp(draft.end),
    )
