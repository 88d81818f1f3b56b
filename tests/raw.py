"""A database as any other program sees it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def raw(path: Path | str) -> Iterator[sqlite3.Connection]:
    """Committed and closed, which `with sqlite3.connect(...)` alone does not."""
    with closing(sqlite3.connect(path)) as conn, conn:
        yield conn
