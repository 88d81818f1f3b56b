ALTER TABLE snapshots ADD COLUMN freedom TEXT CONSTRAINT snapshots_freedom CHECK (freedom IS NULL OR (freedom IN ('SAFE', 'CAUTION', 'DANGER', 'UNKNOWN')))
