"""A real, empty database and short ways to read files into it."""

from __future__ import annotations

import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest

from alm.cli import main
from alm.feeds.apply import Applied, apply
from alm.feeds.plan import Way
from alm.feeds.recognise import Reading, plan_files
from alm.store.database import create, reading
from alm.store.tables import read_rows

SAMPLES = Path(__file__).parent / "samples"
RAKUTEN = "assetbalance(all)_20261121_064500.csv"
SBI, SBI_TRADES, IBKR = "SaveFile.csv", "SaveFile_000001_000006.csv", "ibkr_flex.xml"
FRIDAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)


def new_books(folder: Path) -> Path:
    db = folder / "alm.db"
    create(db)
    return db


def read(db: Path, *files: tuple[str, str | bytes], dry_run: bool = False, way: Way = "replace", **how: str) -> Applied:
    """Import files given as name and content; what they lack is removed unless the way is another."""
    contents = [(name, text.encode() if isinstance(text, str) else text) for name, text in files]
    return apply(db, plan_files(contents, Reading(FRIDAY, **how)), NOW, way=way, dry_run=dry_run)  # type: ignore[arg-type]


def sample(name: str) -> tuple[str, bytes]:
    return name, (SAMPLES / name).read_bytes()


def rows(db: Path, table: str) -> list[dict[str, str | None]]:
    with reading(db) as conn:
        return read_rows(conn, table)


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


def alm(db: Path, *words: str) -> Done:
    """The command as installed, in this process."""
    out, err = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["alm", *words, "--db", str(db)])
        with pytest.raises(SystemExit) as end:
            main()
    return Done(int(end.value.code or 0), out.getvalue(), err.getvalue())
