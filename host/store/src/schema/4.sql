-- Records of runs and their pieces, compressed, under the digest of their JSON. `kept_at` is when
-- one was put last: none is taken away that somebody may be about to refer to.
CREATE TABLE documents (
    digest TEXT PRIMARY KEY,
    content BLOB NOT NULL,
    kept_at TEXT NOT NULL
) STRICT;

-- A pinned run is never taken away.
ALTER TABLE runs ADD COLUMN pinned_at TEXT;

-- How many of its runs a pipeline wants to be kept, as its latest run has read it.
CREATE TABLE retention (
    pipeline TEXT PRIMARY KEY,
    keep_runs INTEGER NOT NULL CHECK (keep_runs >= 0)
) STRICT, WITHOUT ROWID;

ALTER TABLE model_versions ADD COLUMN description TEXT;

CREATE TABLE version_tags (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (name, version, key),
    FOREIGN KEY (name, version) REFERENCES model_versions (name, version) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Versions that are no longer registered. What they were made of stays as long as the history of
-- an alias tells of them.
CREATE TABLE deleted_versions (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    digest TEXT NOT NULL,
    deleted_at TEXT NOT NULL,
    deleted_by TEXT NOT NULL,
    PRIMARY KEY (name, version)
) STRICT, WITHOUT ROWID;
