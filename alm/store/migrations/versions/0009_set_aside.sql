CREATE TABLE set_aside (
    id INTEGER NOT NULL,
    set_aside_at TEXT NOT NULL CONSTRAINT set_aside_set_aside_at CHECK (length(set_aside_at) BETWEEN 1 AND 200 AND set_aside_at = trim(set_aside_at) AND set_aside_at NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    reason TEXT NOT NULL CONSTRAINT set_aside_reason CHECK (length(reason) BETWEEN 1 AND 200 AND reason = trim(reason) AND reason NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    date TEXT NOT NULL CONSTRAINT set_aside_date CHECK (date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(date, '+0 days') IS date AND date BETWEEN '1900-01-01' AND '2199-12-31'),
    taken_at TEXT NOT NULL CONSTRAINT set_aside_taken_at CHECK (length(taken_at) BETWEEN 1 AND 200 AND taken_at = trim(taken_at) AND taken_at NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    verdict TEXT NOT NULL CONSTRAINT set_aside_verdict CHECK (verdict IN ('SAFE', 'CAUTION', 'DANGER', 'UNKNOWN')),
    figures TEXT NOT NULL CONSTRAINT set_aside_figures CHECK (figures GLOB '{*}'),
    inputs TEXT NOT NULL CONSTRAINT set_aside_inputs CHECK (inputs GLOB '{*}'),
    inputs_digest TEXT NOT NULL CONSTRAINT set_aside_inputs_digest CHECK (length(inputs_digest) = 64),
    digest TEXT NOT NULL CONSTRAINT set_aside_digest CHECK (length(digest) = 64),
    freedom TEXT CONSTRAINT set_aside_freedom CHECK (freedom IS NULL OR (freedom IN ('SAFE', 'CAUTION', 'DANGER', 'UNKNOWN'))),
    PRIMARY KEY (id)
) STRICT

CREATE TRIGGER set_aside_copies BEFORE INSERT ON set_aside
WHEN NOT EXISTS (SELECT 1 FROM snapshots WHERE date = NEW.date AND taken_at = NEW.taken_at AND verdict = NEW.verdict AND figures = NEW.figures AND inputs = NEW.inputs AND inputs_digest = NEW.inputs_digest AND digest = NEW.digest AND freedom IS NEW.freedom)
BEGIN
    SELECT RAISE(ABORT, 'set_aside|date|a snapshot that stands');
END

CREATE TRIGGER set_aside_stands BEFORE UPDATE ON set_aside BEGIN
    SELECT RAISE(ABORT, 'set_aside|date|no change, because what was set aside stands for ever');
END

CREATE TRIGGER set_aside_stays BEFORE DELETE ON set_aside BEGIN
    SELECT RAISE(ABORT, 'set_aside|date|no removal, because what was set aside stands for ever');
END

DROP TRIGGER snapshots_stay

CREATE TRIGGER snapshots_stay BEFORE DELETE ON snapshots
WHEN NOT EXISTS (SELECT 1 FROM set_aside WHERE date = OLD.date AND taken_at = OLD.taken_at AND verdict = OLD.verdict AND figures = OLD.figures AND inputs = OLD.inputs AND inputs_digest = OLD.inputs_digest AND digest = OLD.digest AND freedom IS OLD.freedom)
BEGIN
    SELECT RAISE(ABORT, 'snapshots|date|no removal, because a snapshot stands for ever');
END
