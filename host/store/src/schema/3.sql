-- What the gates of a run decided when it registered a version, as JSON: what was compared with
-- what, and what came of it. It is no part of the model, whose digest is the same whoever was the
-- champion at the time.
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    run INTEGER NOT NULL,
    decided_at TEXT NOT NULL,
    gates TEXT NOT NULL,
    FOREIGN KEY (name, version) REFERENCES model_versions (name, version) ON DELETE CASCADE
) STRICT;

CREATE INDEX decisions_of_versions ON decisions (name, version, id);
