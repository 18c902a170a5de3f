-- Version 8: the journal of clinical data at a node.

-- One row per piece and node. `kind` says what a piece is, `name` whose or which: a pseudonym, or a file. `digest` is the
-- SHA-256 of what the node must give back. `status` is the last HTTP status, NULL if there was no answer.
CREATE TABLE clinical_upload (
    node TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    size INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    status INTEGER,
    message TEXT NOT NULL DEFAULT '',
    changed_at REAL NOT NULL,
    PRIMARY KEY (node, kind, name)
) WITHOUT ROWID;
