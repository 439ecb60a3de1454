-- Alerts' own tables in the office's database. Times are UTC text with milliseconds, so that they sort.

CREATE TABLE IF NOT EXISTS alert_incidents (
    id INTEGER PRIMARY KEY,
    rule TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    cleared_at TEXT,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS alert_incidents_open ON alert_incidents (cleared_at);

CREATE TABLE IF NOT EXISTS alert_ledger (
    key TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;

-- one row: until when the centre certainly watched
CREATE TABLE IF NOT EXISTS watch_alive (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    at TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS alert_silences (
    id INTEGER PRIMARY KEY,
    rule TEXT NOT NULL,
    town TEXT NOT NULL,
    place TEXT NOT NULL,
    kiosk TEXT NOT NULL,
    until TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    reason TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS alert_acknowledgements (
    incident INTEGER PRIMARY KEY,
    by_whom TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS maintenance_windows (
    id INTEGER PRIMARY KEY,
    places TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS alert_deliveries (
    id INTEGER PRIMARY KEY,
    channel TEXT NOT NULL,
    recipient TEXT NOT NULL,
    incident INTEGER NOT NULL,
    what TEXT NOT NULL,
    body TEXT NOT NULL,
    made_at TEXT NOT NULL,
    outcome TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at TEXT NOT NULL,
    ended_at TEXT,
    trouble TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX IF NOT EXISTS alert_deliveries_waiting ON alert_deliveries (outcome, channel, next_at);
