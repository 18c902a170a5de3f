-- Version 2: what a person recorded of the actions of the procedure.

-- `file` is relative to the workspace, with '/'. A withdrawn record keeps its row and its file.
CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    action TEXT NOT NULL,
    at REAL NOT NULL,
    skipped INTEGER NOT NULL DEFAULT 0,
    note TEXT NOT NULL DEFAULT '',
    file TEXT,
    file_name TEXT NOT NULL DEFAULT '',
    sha256 TEXT NOT NULL DEFAULT '',
    checks TEXT NOT NULL DEFAULT '[]',
    withdrawn_at REAL,
    withdrawn_because TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX record_standing ON record (action) WHERE withdrawn_at IS NULL;

-- Ticked lines of the checklist of an action, a JSON list of their ids.
CREATE TABLE checklist (
    action TEXT PRIMARY KEY,
    checks TEXT NOT NULL
) WITHOUT ROWID;
