-- The centre's database on SQLite, version 3. Times are UTC text with milliseconds, so that they sort; a day
-- and a month are those of the library. `postgres.py` turns this script into its own tongue.

CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE installs (
    id INTEGER PRIMARY KEY,
    install_id TEXT NOT NULL UNIQUE,
    place TEXT NOT NULL,
    device TEXT NOT NULL,
    -- every seq up to this one is in events, in rejects or in losses
    confirmed INTEGER NOT NULL DEFAULT 0,
    -- the highest seq ever seen; above confirmed there is a gap
    highest INTEGER NOT NULL DEFAULT 0,
    -- the last event with a door counter's own total
    door_seq INTEGER,
    door_total INTEGER,
    door_at TEXT
) STRICT;

CREATE TABLE losses (
    install INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    noted_at TEXT NOT NULL,
    PRIMARY KEY (install, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    install INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    place TEXT NOT NULL,
    kind TEXT NOT NULL,
    happened_at TEXT NOT NULL,
    received_at TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (install, seq)
) STRICT;
CREATE INDEX events_by_time ON events (happened_at);
CREATE INDEX events_by_place ON events (place, happened_at);
-- what is looked for by its kind would be lost among circulation
CREATE INDEX events_rare ON events (happened_at, kind)
    WHERE kind NOT IN ('loan', 'return', 'renewal', 'visits');

CREATE TABLE hours (
    place TEXT NOT NULL,
    hour TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount INTEGER NOT NULL,
    events INTEGER NOT NULL,
    partial INTEGER NOT NULL,
    estimated INTEGER NOT NULL,
    PRIMARY KEY (place, hour, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX hours_by_hour ON hours (hour);

CREATE TABLE days (
    place TEXT NOT NULL,
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount INTEGER NOT NULL,
    events INTEGER NOT NULL,
    partial INTEGER NOT NULL,
    estimated INTEGER NOT NULL,
    PRIMARY KEY (place, day, kind)
) STRICT, WITHOUT ROWID;
-- covers the overview of a day
CREATE INDEX days_by_day ON days (day, place, kind, amount);

-- what door counters told beside their counts: `what` as in central/doors.py
CREATE TABLE door_marks (
    install INTEGER NOT NULL,
    place TEXT NOT NULL,
    what TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    visits INTEGER NOT NULL,
    PRIMARY KEY (install, what, since, until)
) STRICT, WITHOUT ROWID;
CREATE INDEX door_marks_by_place ON door_marks (place, until);

-- between two events of a counter its own totals say that visits are missing; null: it began anew
CREATE TABLE door_losses (
    install INTEGER NOT NULL,
    after_seq INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    place TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    visits INTEGER,
    PRIMARY KEY (install, after_seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX door_losses_by_place ON door_losses (place, until);

CREATE TABLE readers (
    month TEXT NOT NULL,
    place TEXT NOT NULL,
    token TEXT NOT NULL,
    PRIMARY KEY (month, place, token)
) STRICT, WITHOUT ROWID;

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
    -- of the transaction that wrote it last; later ones have higher numbers (fact kiosks_changed)
    changed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (place, device)
) STRICT;
CREATE INDEX kiosks_by_change ON kiosks (changed);

CREATE TABLE devices (
    place TEXT NOT NULL,
    device TEXT NOT NULL,
    kind TEXT NOT NULL,
    port TEXT NOT NULL,
    model TEXT NOT NULL,
    -- empty: it has none that we know
    serial TEXT NOT NULL,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    PRIMARY KEY (place, device, kind, port, model, serial)
) STRICT, WITHOUT ROWID;

CREATE TABLE samples (
    place TEXT NOT NULL,
    device TEXT NOT NULL,
    slot TEXT NOT NULL,
    figures TEXT NOT NULL,
    PRIMARY KEY (place, device, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX samples_by_slot ON samples (slot);

CREATE TABLE spans (
    id INTEGER PRIMARY KEY,
    place TEXT NOT NULL,
    subject TEXT NOT NULL,
    condition TEXT NOT NULL,
    causes TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT
) STRICT;
-- with its end: of a year's spans those of one month are asked for
CREATE INDEX spans_by_place ON spans (place, subject, started_at, ended_at);
CREATE INDEX spans_by_end ON spans (ended_at);

CREATE TABLE rejects (
    id INTEGER PRIMARY KEY,
    received_at TEXT NOT NULL,
    place TEXT NOT NULL,
    topic TEXT NOT NULL,
    install INTEGER,
    seq INTEGER,
    reason TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    payload TEXT NOT NULL
) STRICT;
-- an event offered again and again is rejected once
CREATE UNIQUE INDEX rejects_by_event ON rejects (install, seq) WHERE install IS NOT NULL;
CREATE INDEX rejects_by_place ON rejects (place);

CREATE TABLE dropped_rejects (place TEXT PRIMARY KEY, dropped INTEGER NOT NULL) STRICT, WITHOUT ROWID;

PRAGMA user_version = 3;
