-- A version is registered by a run, or imported from an archive: then it has a row here, and no
-- run.
ALTER TABLE model_versions ALTER COLUMN run DROP NOT NULL;

CREATE TABLE imports (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    imported_at TEXT NOT NULL,
    source TEXT NOT NULL,
    reference TEXT NOT NULL,
    manifest TEXT NOT NULL,
    signed_by TEXT,
    PRIMARY KEY (name, version),
    FOREIGN KEY (name, version) REFERENCES model_versions (name, version) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
