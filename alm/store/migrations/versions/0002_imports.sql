CREATE TABLE imports (
    id INTEGER NOT NULL,
    at TEXT NOT NULL CONSTRAINT imports_at CHECK (length(at) BETWEEN 1 AND 200 AND at = trim(at) AND at NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    source TEXT DEFAULT '' NOT NULL CONSTRAINT imports_source CHECK (length(source) BETWEEN 0 AND 200 AND source = trim(source) AND source NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    files TEXT DEFAULT '' NOT NULL CONSTRAINT imports_files CHECK (length(files) <= 2000),
    undone_at TEXT CONSTRAINT imports_undone_at CHECK (undone_at IS NULL OR (length(undone_at) BETWEEN 1 AND 200 AND undone_at = trim(undone_at) AND undone_at NOT GLOB '*[' || char(1) || '-' || char(31) || ']*')),
    PRIMARY KEY (id)
) STRICT

CREATE TABLE import_changes (
    import_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    part TEXT NOT NULL,
    "before" TEXT,
    "after" TEXT,
    PRIMARY KEY (import_id, number),
    FOREIGN KEY(import_id) REFERENCES imports (id) ON DELETE CASCADE
) WITHOUT ROWID, STRICT
