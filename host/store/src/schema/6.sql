-- The versions that compete in an experiment, each with the run that entered it last: its record
-- says how the version was judged.
CREATE TABLE experiment_versions (
    experiment TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    run INTEGER NOT NULL REFERENCES runs (id),
    entered_at TEXT NOT NULL,
    PRIMARY KEY (experiment, name, version),
    FOREIGN KEY (name, version) REFERENCES model_versions (name, version) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
