-- Version 7: what the quality checks saw and found, and what a person left out on purpose.

-- A series that was checked. `scope` names the sources it was checked in (ids joined by ','), `seen` is a digest of
-- everything its checks depend on, `facts` is JSON for the checks across series.
CREATE TABLE checked (
    id INTEGER PRIMARY KEY,
    scope TEXT NOT NULL,
    study_uid TEXT NOT NULL,
    series_uid TEXT NOT NULL,
    seen BLOB NOT NULL,
    facts TEXT NOT NULL,
    at REAL NOT NULL,
    UNIQUE (scope, study_uid, series_uid)
);

-- `checked_id` is NULL for what was found across series. `count` is of files or things that are like this one, `files` a
-- JSON list with the ids of the first of them. UIDs and patient are '' where a finding is about more than one.
CREATE TABLE quality_finding (
    id INTEGER PRIMARY KEY,
    scope TEXT NOT NULL,
    checked_id INTEGER REFERENCES checked (id) ON DELETE CASCADE,
    check_id TEXT NOT NULL,
    severity TEXT NOT NULL,
    dimension TEXT NOT NULL,
    patient_id TEXT NOT NULL DEFAULT '',
    study_uid TEXT NOT NULL DEFAULT '',
    series_uid TEXT NOT NULL DEFAULT '',
    sop_uid TEXT NOT NULL DEFAULT '',
    files TEXT NOT NULL DEFAULT '[]',
    count INTEGER NOT NULL DEFAULT 1,
    message TEXT NOT NULL,
    remedy TEXT NOT NULL,
    evidence TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX quality_finding_by_scope ON quality_finding (scope, check_id);
CREATE INDEX quality_finding_by_checked ON quality_finding (checked_id);

-- The last complete run over a scope: which level, and counts of what it went over, as JSON.
CREATE TABLE quality_run (
    scope TEXT PRIMARY KEY,
    level TEXT NOT NULL,
    at REAL NOT NULL,
    summary TEXT NOT NULL
) WITHOUT ROWID;

-- What was read of the bytes of a file, true while its size and time are these. `pixels` is a short digest of samples of
-- the pixel data and '' without any: equal pixel data have equal ones.
CREATE TABLE looked_at (
    file_id INTEGER PRIMARY KEY REFERENCES file (id) ON DELETE CASCADE,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    pixels TEXT NOT NULL DEFAULT '',
    likeness TEXT NOT NULL DEFAULT '',
    facts TEXT NOT NULL
);
CREATE INDEX looked_at_by_sha256 ON looked_at (sha256);
CREATE INDEX looked_at_by_pixels ON looked_at (pixels) WHERE pixels != '';
CREATE INDEX looked_at_by_likeness ON looked_at (likeness) WHERE likeness != '';

-- What no later phase may take: a series, or one of its instances where `sop_uid` is not ''. Rows with one `decision`
-- were made together: an original and what was de-identified from it.
CREATE TABLE exclusion (
    id INTEGER PRIMARY KEY,
    decision INTEGER NOT NULL,
    study_uid TEXT NOT NULL,
    series_uid TEXT NOT NULL,
    sop_uid TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL,
    at REAL NOT NULL,
    UNIQUE (study_uid, series_uid, sop_uid)
);
