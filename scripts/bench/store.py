"""Reading prices: 60 tickers × 6,300 business days, 378,000 rows."""

from __future__ import annotations

import random
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from row import Row, best_of

from alm.store.books import load_balance_sheet, price_history
from alm.store.database import create, reading, writing
from alm.store.quotes import LATEST_PRICE
from alm.store.tables import write_all

TICKERS = [f"T{number:02d}" for number in range(60)]
DAYS = 6_300
AS_OF = date(2026, 11, 20)
WINDOW = """
    SELECT ticker, close, date FROM
        (SELECT *, row_number() OVER (PARTITION BY ticker ORDER BY date DESC) AS n FROM prices WHERE date <= ?)
    WHERE n = 1
"""


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "alm.db"
        fill(path)
        with closing(sqlite3.connect(path)) as raw:
            yield latest(raw)
            yield from histories(raw, path)


def fill(path: Path) -> None:
    """A household that holds one of each."""
    source = random.Random(1)  # noqa: S311  # prices of nothing
    days = [(AS_OF - timedelta(days=number)).isoformat() for number in range(DAYS)]
    prices = [(ticker, day, str(source.randint(1_000, 999_999)), "JPY", "") for ticker in TICKERS for day in days]
    create(path)
    with writing(path) as conn:
        conn.exec_driver_sql(
            "INSERT INTO prices (ticker, date, close, currency, source) VALUES (?, ?, ?, ?, ?)", prices
        )
        held = {"account": "A", "asset_class": "equity", "currency": "JPY", "quantity": "1", "cost_basis": "0"}
        holdings = [{"ticker": ticker, **held} for ticker in TICKERS]
        write_all(conn, {"accounts": [{"name": "A"}], "holdings": holdings})


def latest(raw: sqlite3.Connection) -> Row:
    on = AS_OF.isoformat()

    def seeks() -> list[tuple[str, str, str]]:
        return [raw.execute(LATEST_PRICE, (ticker, "JPY", on)).fetchone() for ticker in TICKERS]

    def window() -> list[tuple[str, str, str]]:
        return raw.execute(WINDOW, (on,)).fetchall()

    assert [row[:2] for row in seeks()] == [(close, day) for _, close, day in sorted(window())]
    return Row("latest price of 60 tickers", best_of(50, seeks), "window function", best_of(3, window), goal=300)


def histories(raw: sqlite3.Connection, path: Path) -> Iterator[Row]:
    def ours() -> pd.DataFrame:
        with reading(path) as conn:
            return price_history(conn)

    def plain() -> pd.DataFrame:
        found = pd.read_sql("SELECT date, ticker, close FROM prices", raw)
        found["close"], found["date"] = found["close"].astype(float), pd.to_datetime(found["date"])
        return found.pivot(index="date", columns="ticker", values="close")

    def sheet() -> object:
        with reading(path) as conn:
            return load_balance_sheet(conn, AS_OF)

    assert ours().equals(plain().rename_axis(columns=None).astype(float).set_axis(ours().index))
    baseline = best_of(3, plain)
    yield Row("378,000 prices as a frame", best_of(5, ours), "pandas.read_sql and pivot", baseline, goal=2)
    yield Row("the whole balance sheet, digests compared", best_of(5, sheet), "pandas.read_sql and pivot", baseline)


if __name__ == "__main__":
    for row in rows():
        print(f"{row.what}: {row.seconds:.5f} s, {row.speedup:,.0f} × {row.baseline}{'' if row.met else ' MISSED'}")
