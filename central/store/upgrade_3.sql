-- From version 2 to 3: what changed since the last look is found by its number; door counters have marks.

ALTER TABLE kiosks ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX kiosks_by_change ON kiosks (changed);

DROP INDEX spans_by_place;
CREATE INDEX spans_by_place ON spans (place, subject, started_at, ended_at);

ALTER TABLE installs ADD COLUMN door_seq INTEGER;
ALTER TABLE installs ADD COLUMN door_total INTEGER;
ALTER TABLE installs ADD COLUMN door_at TEXT;

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

PRAGMA user_version = 3;
