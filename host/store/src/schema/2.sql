-- Runs may be cancelled, and a run has a record from its beginning. SQLite changes no check, so
-- the table is made anew under its name; `model_versions` refers to it again at the end.
PRAGMA defer_foreign_keys = ON;

CREATE TEMPORARY TABLE old_runs AS SELECT * FROM runs;
CREATE TEMPORARY TABLE old_sequence AS SELECT seq FROM sqlite_sequence WHERE name = 'runs';
DROP TABLE runs;

-- A run that has no end yet is `running`, or its process died: which of the two, the lock on its
-- file in the folder `running` tells.
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    pipeline TEXT NOT NULL,
    pipeline_digest TEXT NOT NULL,
    started_at TEXT NOT NULL,
    host_pid INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (
        outcome IN ('running', 'done', 'failed', 'refused', 'cancelled', 'error')
    ),
    finished_at TEXT CHECK ((finished_at IS NULL) = (outcome = 'running')),
    summary TEXT CHECK ((summary IS NULL) = (outcome = 'running')),
    record_digest TEXT CHECK (record_digest IS NOT NULL OR outcome = 'running')
) STRICT;

INSERT INTO runs SELECT * FROM old_runs;
-- The numbers of runs that were deleted are not given again.
DELETE FROM sqlite_sequence WHERE name = 'runs';
INSERT INTO sqlite_sequence (name, seq) SELECT 'runs', seq FROM old_sequence;
DROP TABLE old_runs;
DROP TABLE old_sequence;

CREATE INDEX runs_of_pipelines ON runs (pipeline, id);
