"""Every table the household enters as CSV files that `alm import` reads back without changing anything, or in a form
for other programs."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from alm.errors import BadInput
from alm.feeds.analysis import parquet, workbook
from alm.feeds.csv_files import written
from alm.feeds.rows import TABLES
from alm.language import t
from alm.store.database import reading
from alm.store.tables import read_rows


def exported(db: Path, form: str = "csv") -> dict[str, bytes]:
    """File name to content, one consistent view of the books; tables without rows are left out."""
    with reading(db) as conn:
        every = {table: read_rows(conn, table) for table in TABLES}
    rows = {table: found for table, found in every.items() if found}
    if form == "xlsx":
        return {"alm.xlsx": workbook(rows)} if rows else {}
    write = parquet if form == "parquet" else written
    return {f"{table}.{form}": write(table, found) for table, found in rows.items()}


def export(db: Path, folder: Path, form: str = "csv") -> tuple[Path, ...]:
    """Write the files into a folder, each whole or not at all, readable by their owner only (0600)."""
    files = exported(db, form)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return tuple(_write(folder / name, content) for name, content in files.items())
    except OSError as error:
        raise BadInput(t("a folder that can be written to ({reason})", reason=error.strerror), file=folder) from None


def _write(path: Path, content: bytes) -> Path:
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path
