"""The books for other programs: read back by the programs' own readers, no digit is lost and nothing is a formula."""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner

from alm.cli.export import command
from alm.errors import BadInput, Infeasible
from alm.feeds.analysis import parquet, workbook
from alm.store.database import reading
from alm.store.tables import TABLES, read_rows
from tests.screen.households import demo_database

EXACT = {
    "ticker": "X",
    "date": "2026-11-20",
    "close": "123456789012345.000000000001",
    "currency": "JPY",
    "source": "=1+1",
}


def test_every_table_comes_back_from_parquet_to_the_last_digit(tmp_path):
    from pyarrow.parquet import read_table

    db = demo_database(tmp_path / "alm.db")
    told = CliRunner().invoke(command, ["--db", str(db), "--format", "parquet", str(tmp_path / "out")])
    assert told.exit_code == 0
    with reading(db) as conn:
        books = {table: read_rows(conn, table) for table in TABLES}
    for table, rows in books.items():
        path = tmp_path / "out" / f"{table}.parquet"
        assert path.exists() == bool(rows), table
        if rows:
            assert [plain(row) for row in read_table(path).to_pylist()] == [dict(row) for row in rows], table


def plain(row: dict[str, object]) -> dict[str, str | None]:
    """As the books keep it: canonical text."""
    shown = {True: "yes", False: "no"}
    return {
        name: None if cell is None else shown[cell] if isinstance(cell, bool) else f"{cell.normalize():f}"
        if isinstance(cell, Decimal) else str(cell)
        for name, cell in row.items()
    }  # fmt: skip


def test_parquet_holds_types_and_every_digit():
    from pyarrow.parquet import read_table

    (row,) = read_table(BytesIO(parquet("prices", [EXACT]))).to_pylist()
    assert (row["date"], row["close"]) == (date(2026, 11, 20), Decimal("123456789012345.000000000001"))
    with pytest.raises(BadInput, match="figures of at most 12 decimals"):
        parquet("prices", [EXACT | {"close": "0.1234567890123456"}])


def test_a_workbook_holds_numbers_dates_and_no_formula():
    import openpyxl

    rows = [EXACT | {"close": "1234.5"}, EXACT]
    sheet = openpyxl.load_workbook(BytesIO(workbook({"prices": rows})))["prices"]
    head, *cells = ([(cell.value, cell.data_type) for cell in row] for row in sheet.rows)
    first, second = (dict(zip((name for name, _ in head), row, strict=True)) for row in cells)
    assert set(EXACT) <= set(first)
    assert first["close"] == (1234.5, "n")
    assert first["date"][0].date() == date(2026, 11, 20)
    assert first["source"] == ("=1+1", "s")
    assert second["close"] == ("123456789012345.000000000001", "s")


def test_without_the_package_a_workbook_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)  # as if it were not installed
    db = demo_database(tmp_path / "alm.db")
    told = CliRunner().invoke(command, ["--db", str(db), "--format", "xlsx", str(tmp_path / "out")])
    assert isinstance(told.exception, Infeasible)
    assert "pip install xlsxwriter" in str(told.exception)
    assert not (tmp_path / "out").exists()
