"""Databases for the page: the demo household, and the ways it can be wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from alm.demo import demo_rows
from alm.settings import Settings, today
from alm.store.database import create, writing
from alm.store.tables import write_all


def demo_database(path: Path, as_of: date | None = None) -> Path:
    """The demo household, dated today unless said otherwise."""
    create(path)
    with writing(path) as conn:
        write_all(conn, demo_rows(as_of or today(Settings())))
    return path
