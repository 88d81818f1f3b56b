"""The schema's history: one file per step, never edited after its release."""
