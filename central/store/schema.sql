-- The centre's database, version 1. Times are UTC text with milliseconds, so that they sort.

CREATE TABLE installs (
    install_id TEXT PRIMARY KEY,
    place TEXT NOT NULL,
    device TEXT NOT NULL,
    -- every seq up to this one is in events or in rejects
    confirmed INTEGER NOT NULL
) STRICT;

CREATE TABLE events (
    install_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    place TEXT NOT NULL,
    device TEXT NOT NULL,
    kind TEXT NOT NULL,
    happened_at TEXT NOT NULL,
    received_at TEXT NOT NULL,
    amount INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (install_id, seq)
) STRICT;
-- both indexes cover the counting of a day, so that it reads no event
CREATE INDEX events_by_time ON events (happened_at, place, kind, amount);
CREATE INDEX events_by_place ON events (place, happened_at, kind, amount);

CREATE TABLE kiosks (
    place TEXT NOT NULL,
    device TEXT NOT NULL,
    online INTEGER NOT NULL DEFAULT 0,
    online_changed_at TEXT,
    first_heard_at TEXT,
    heard_at TEXT,
    session INTEGER,
    state TEXT,
    health TEXT,
    PRIMARY KEY (place, device)
) STRICT;

CREATE TABLE rejects (
    id INTEGER PRIMARY KEY,
    received_at TEXT NOT NULL,
    place TEXT,
    topic TEXT NOT NULL,
    install_id TEXT,
    seq INTEGER,
    reason TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    payload TEXT NOT NULL
) STRICT;
-- an event offered again and again is rejected once
CREATE UNIQUE INDEX rejects_by_event ON rejects (install_id, seq) WHERE install_id IS NOT NULL;
CREATE INDEX rejects_by_place ON rejects (place);

PRAGMA user_version = 1;
