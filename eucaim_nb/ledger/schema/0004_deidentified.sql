-- Version 4: what became of each original in the de-identification.

-- What a file was de-identified with: profile, key and program, as JSON without any secret.
CREATE TABLE recipe (
    digest TEXT PRIMARY KEY,
    content TEXT NOT NULL,
    first_used_at REAL NOT NULL
) WITHOUT ROWID;

-- One row per original. A `kind`, with `severity` ERR, WARN or INFO and a `reason` in words, makes it a finding.
-- `file_id` is NULL once the original is no longer in the index; its output stays. `output` is relative to the folder of
-- outputs, with '/'; '' if there is none. `days` counts from the patient's first study, which was on `baseline`.
-- `counts` is JSON: {"00100010 pseudonym": 1, ...}.
CREATE TABLE deidentified (
    id INTEGER PRIMARY KEY,
    file_id INTEGER UNIQUE REFERENCES file (id) ON DELETE SET NULL,
    recipe TEXT NOT NULL REFERENCES recipe (digest),
    state TEXT NOT NULL,
    kind TEXT NOT NULL DEFAULT '',
    severity TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    source_size INTEGER NOT NULL,
    source_mtime_ns INTEGER NOT NULL,
    source_sha256 TEXT NOT NULL DEFAULT '',
    baseline TEXT NOT NULL DEFAULT '',
    output TEXT NOT NULL DEFAULT '',
    size INTEGER NOT NULL DEFAULT 0,
    mtime_ns INTEGER NOT NULL DEFAULT 0,
    sha256 TEXT NOT NULL DEFAULT '',
    patient TEXT NOT NULL DEFAULT '',
    study_uid TEXT NOT NULL DEFAULT '',
    series_uid TEXT NOT NULL DEFAULT '',
    sop_uid TEXT NOT NULL DEFAULT '',
    days INTEGER,
    counts TEXT NOT NULL DEFAULT '{}',
    changed_at REAL NOT NULL,
    verified_at REAL
);
CREATE UNIQUE INDEX deidentified_by_output ON deidentified (output) WHERE output != '';
CREATE INDEX deidentified_by_state ON deidentified (state);
CREATE INDEX deidentified_by_series ON deidentified (series_uid);

-- What the verification found in outputs, in words without any value of the original.
CREATE TABLE deidentified_finding (
    id INTEGER PRIMARY KEY,
    deidentified_id INTEGER NOT NULL REFERENCES deidentified (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    severity TEXT NOT NULL,
    tag TEXT NOT NULL DEFAULT '',
    message TEXT NOT NULL
);
CREATE INDEX deidentified_finding_by_row ON deidentified_finding (deidentified_id);

-- The crosswalk: kind is 'patient' or 'uid'.
CREATE TABLE pseudonym (
    kind TEXT NOT NULL,
    old TEXT NOT NULL,
    new TEXT NOT NULL,
    recipe TEXT NOT NULL,
    PRIMARY KEY (kind, old, new)
) WITHOUT ROWID;
