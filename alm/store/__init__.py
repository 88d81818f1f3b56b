"""Everything that touches SQLite, and nothing else does."""
