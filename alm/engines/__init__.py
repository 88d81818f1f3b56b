"""Drivers of the step: each asks one question of today's household by taking steps of a block."""
