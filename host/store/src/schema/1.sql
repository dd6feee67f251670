-- A run that has no end yet is `running`, or its process died. Which of the two can be told from
-- `host_pid` and `started_at`: the process with that id is this run's only if it is not younger.
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    pipeline TEXT NOT NULL,
    pipeline_digest TEXT NOT NULL,
    started_at TEXT NOT NULL,
    host_pid INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('running', 'done', 'failed', 'refused', 'error')),
    finished_at TEXT CHECK ((finished_at IS NULL) = (outcome = 'running')),
    summary TEXT CHECK ((summary IS NULL) = (outcome = 'running')),
    record_digest TEXT CHECK ((record_digest IS NULL) = (outcome = 'running'))
) STRICT;

-- `last_version` and not the largest version there is: a version that is deleted must not come
-- back as another model.
CREATE TABLE models (
    name TEXT PRIMARY KEY,
    last_version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE model_versions (
    name TEXT NOT NULL REFERENCES models (name),
    version INTEGER NOT NULL,
    digest TEXT NOT NULL,
    run INTEGER NOT NULL REFERENCES runs (id),
    created_at TEXT NOT NULL,
    PRIMARY KEY (name, version),
    UNIQUE (name, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE aliases (
    name TEXT NOT NULL,
    alias TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (name, alias),
    FOREIGN KEY (name, version) REFERENCES model_versions (name, version)
) STRICT, WITHOUT ROWID;

-- The history does not refer to `model_versions`: it outlives what it tells of.
CREATE TABLE alias_moves (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    alias TEXT NOT NULL,
    from_version INTEGER,
    to_version INTEGER NOT NULL,
    moved_at TEXT NOT NULL,
    moved_by TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;

CREATE TRIGGER alias_moves_are_not_changed BEFORE UPDATE ON alias_moves
BEGIN
    SELECT RAISE(ABORT, 'the history of aliases is append-only');
END;

CREATE TRIGGER alias_moves_are_not_deleted BEFORE DELETE ON alias_moves
BEGIN
    SELECT RAISE(ABORT, 'the history of aliases is append-only');
END;
