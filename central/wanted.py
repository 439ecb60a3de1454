"""What every kiosk is to go by, kept retained at the broker: keys of reader tokens, keys of reader codes, and
the few settings that may be changed from afar.

A month's token key is made before the month begins and destroyed when it is over: nobody can compute a
reader's token again afterwards, not even we. So the keys are files of their own, in no database and in no
backup. Belongs to the collector's thread, but for `Wishes`.
"""

import hashlib
import logging
import os
import re
import secrets
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from broker_config.from_centre import Settings, Wanted
from broker_config.messages import Publication, encode, publication
from broker_config.topics import Identity
from broker_config.values import moment, timestamp
from broker_config.whole_files import sync_folder, write_whole
from central.accounts import audit
from central.accounts.roles import Actor
from central.enrolment.claims import EnrolAction
from central.intake import Heard, StateHeard
from central.office import Office
from central.place_settings import chosen
from central.places import Places
from central.reader_cards import ReaderCardKeys
from central.store import Kiosk, Store, StoreError
from central.uptake import Sent

log = logging.getLogger(__name__)

SCHEMA = """
CREATE TABLE IF NOT EXISTS wished (place TEXT PRIMARY KEY, settings TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS wanted (
    identity TEXT PRIMARY KEY, version INTEGER NOT NULL, digest TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS settings_sent (
    identity TEXT PRIMARY KEY, settings TEXT NOT NULL, version INTEGER NOT NULL, sent_at TEXT NOT NULL,
    taken_at TEXT
) STRICT;
"""
_SENT = "SELECT s.*, w.version AS latest FROM settings_sent s JOIN wanted w USING (identity)"
LOOK_EVERY = timedelta(seconds=5)
KEY_BYTES = 32
_FILE = re.compile(r"token-([0-9]{4}-[0-9]{2})\.key")


class TokenKeys:
    """One file a month in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def rotate(self, today: date) -> dict[str, str]:
        """The keys of this month and the next, made where there are none; those of past months are gone."""
        months = (f"{today:%Y-%m}", f"{_next_month(today):%Y-%m}")
        self._folder.mkdir(parents=True, exist_ok=True)
        for file in self._folder.glob("token-*.key"):
            found = _FILE.fullmatch(file.name)
            # a clock that jumped ahead and came back must not cost the keys of the days in between
            if found and found[1] < months[0]:
                _destroy(file)
        return {month: self._key(month) for month in months}

    def _key(self, month: str) -> str:
        file = self._folder / f"token-{month}.key"
        if not file.exists():
            write_whole(file, secrets.token_hex(KEY_BYTES).encode(), 0o600)
        return file.read_text(encoding="ascii")


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _destroy(file: Path) -> None:
    """Overwritten first; what the disk's own electronics keep is beyond us."""
    with file.open("r+b") as old:
        old.write(bytes(len(old.read())))
        old.flush()
        os.fsync(old.fileno())
    file.unlink()
    sync_folder(file.parent)


class Wishes:
    """The settings of places, as people at the centre chose them. Safe for all threads."""

    def __init__(self, office: Office) -> None:
        self._office = office
        office.have(SCHEMA)

    def of(self, place_id: str) -> Settings:
        row = self._office.row("SELECT settings FROM wished WHERE place = ?", (place_id,))
        return msgspec.json.decode(row["settings"], type=Settings) if row else Settings()

    def all(self) -> dict[str, Settings]:
        """By place; those that nobody chose anything for are not in it."""
        rows = self._office.rows("SELECT place, settings FROM wished")
        return {row["place"]: msgspec.json.decode(row["settings"], type=Settings) for row in rows}

    def set(self, actor: Actor, place_id: str, settings: Settings) -> None:
        """Kiosks of that place take it up when nobody is being served."""
        with self._office.writing() as db:
            self._write(db, actor, place_id, settings)

    def change(self, actor: Actor, place_ids: Sequence[str], changed: Callable[[Settings], Settings]) -> None:
        """`changed` makes of what is chosen what shall be, at all of these places or at none."""
        with self._office.writing() as db:
            for place_id in place_ids:
                self._write(db, actor, place_id, changed(self.of(place_id)))

    def _write(self, db: sqlite3.Connection, actor: Actor, place_id: str, settings: Settings) -> None:
        """Choosing what was chosen already is no act."""
        before = self.of(place_id)
        if settings == before:
            return
        text = msgspec.json.encode(settings).decode()
        db.execute("INSERT OR REPLACE INTO wished VALUES (?, ?)", (place_id, text))
        told = chosen(settings)
        cleared = [name for name in chosen(before) if name not in told]
        audit.record(
            db, actor, EnrolAction.SETTINGS, place_id, told | ({"cleared": cleared} if cleared else {})
        )

    def sent(self, place_id: str | None = None) -> list[Sent]:
        """What the kiosks of that place were told last; None: all kiosks."""
        rows = self._office.rows(f"{_SENT} WHERE s.identity GLOB ?", (f"{place_id or '*'}.*",))
        return [_sent(row) for row in rows]


def _sent(row: sqlite3.Row) -> Sent:
    return Sent(
        identity=Identity.parse(row["identity"]),
        settings=msgspec.json.decode(row["settings"], type=Settings),
        version=row["version"],
        latest=row["latest"],
        sent_at=moment(row["sent_at"]),
        taken_at=moment(row["taken_at"]) if row["taken_at"] else None,
    )


class _SentLog:
    """Writes down which version brought a kiosk its settings, and since when it goes by them."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def all(self) -> dict[Identity, Sent]:
        return {one.identity: one for one in map(_sent, self._office.rows(_SENT))}

    def told(self, before: Sent | None, identity: Identity, wanted: Wanted, now: datetime) -> None:
        """Only other settings count, not other keys."""
        if before is not None and before.settings == wanted.settings and before.version <= wanted.version:
            return
        text = msgspec.json.encode(wanted.settings).decode()
        values = (str(identity), text, wanted.version, timestamp(now))
        with self._office.writing() as db:
            db.execute("INSERT OR REPLACE INTO settings_sent VALUES (?, ?, ?, ?, NULL)", values)

    def heard(self, sent: Sent, kiosk: Kiosk, now: datetime) -> None:
        """A kiosk that was replaced does not go by them any more."""
        goes_by = sent.goes_by(kiosk.state.wanted_version if kiosk.state else None)
        if goes_by != (sent.taken_at is not None):
            values = (timestamp(now) if goes_by else None, str(sent.identity))
            with self._office.writing() as db:
                db.execute("UPDATE settings_sent SET taken_at = ? WHERE identity = ?", values)


class WantedKeeper:
    """Says what to publish; what was published before is known by its digest alone, for keys are in it."""

    def __init__(
        self,
        office: Office,
        store: Store,
        places: Places,
        zone: ZoneInfo,
        *,
        tokens: TokenKeys,
        cards: ReaderCardKeys,
    ) -> None:
        self._office, self._store, self._zone = office, store, zone
        self._levels = {place.id: place.level.value for place in places.place}
        self._tokens, self._cards = tokens, cards
        self._wishes, self._sent = Wishes(office), _SentLog(office)
        self._look_at: datetime | None = None
        self._told: dict[Identity, str] = {}

    def answers(self, kept: Sequence[Heard], now: datetime) -> list[Publication]:
        """Whatever changed; and everything once after a start, for the broker may have lost its memory."""
        born = any(isinstance(heard, StateHeard) and heard.identity not in self._told for heard in kept)
        if self._look_at and now < self._look_at and not born:
            return []
        self._look_at = now + LOOK_EVERY
        try:
            return self._changed(now)
        except (StoreError, OSError) as error:
            log.error("what kiosks are to go by was not looked at: %s", error)
            return []

    def _changed(self, now: datetime) -> list[Publication]:
        self._cards.rotate(now)
        keys = self._tokens.rotate(now.astimezone(self._zone).date())
        cards, wished, sent = self._cards.public(now), self._wishes.all(), self._sent.all()
        said = []
        for kiosk in self._store.kiosks():
            before = sent.get(kiosk.identity)
            if before is not None:
                self._sent.heard(before, kiosk, now)
            settings = self._settings(kiosk.identity.place, wished)
            wanted = Wanted(version=1, token_keys=keys, card_keys=cards, settings=settings)
            digest = hashlib.sha256(encode(wanted)).hexdigest()
            if self._told.get(kiosk.identity) != digest:
                version = self._version(kiosk.identity, digest, now)
                wanted = msgspec.structs.replace(wanted, version=version)
                self._sent.told(before, kiosk.identity, wanted, now)
                said.append(publication(kiosk.identity, wanted))
                self._told[kiosk.identity] = digest
        return said

    def _settings(self, place_id: str, wished: Mapping[str, Settings]) -> Settings:
        """The level is the place's own, whatever anybody chose."""
        settings = wished.get(place_id, Settings())
        return msgspec.structs.replace(settings, level=self._levels.get(place_id))

    def _version(self, identity: Identity, digest: str, now: datetime) -> int:
        """The number of this content; a new one when it differs from the last."""
        row = self._office.row("SELECT version, digest FROM wanted WHERE identity = ?", (str(identity),))
        if row and row["digest"] == digest:
            return int(row["version"])
        version = int(row["version"]) + 1 if row else 1
        with self._office.writing() as db:
            values = (str(identity), version, digest, timestamp(now))
            db.execute("INSERT OR REPLACE INTO wanted VALUES (?, ?, ?, ?)", values)
        return version
