"""The household of the promise: 60 holdings, 30 years of daily prices and 10,000 transactions."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np

from alm.demo import demo_rows
from alm.settings import Settings, today
from alm.store.database import create, writing
from alm.store.tables import write_all

HOLDINGS, YEARS, TRANSACTIONS = 60, 30, 10_000
Table = dict[str, str | None]


def household(path: Path) -> Path:
    """The demo household, grown to the size of the promise; the same rows for the same day."""
    on, dice = today(Settings()), np.random.default_rng(7)
    tables = demo_rows(on)
    pattern = tables["holdings"][0]
    days = [day for day in (on - timedelta(days=n) for n in range(365 * YEARS)) if day.weekday() < 5][::-1]
    for place in range(HOLDINGS - len(tables["holdings"])):
        ticker = f"BIG-{place:02d}"
        walk = 1_000 * np.exp(np.cumsum(dice.normal(0.0002, 0.012, len(days))))
        tables["holdings"].append({**pattern, "ticker": ticker, "name": ticker, "quantity": "10", "cost_basis": "9000"})
        tables["prices"] += [price(ticker, day, close) for day, close in zip(days, walk, strict=True)]
    deposit = next(row for row in tables["transactions"] if row["kind"] == "deposit")
    tables["transactions"] += [
        {**deposit, "fingerprint": None, "date": (on - timedelta(days=1 + n % 5_000)).isoformat(), "amount": str(n + 1)}
        for n in range(TRANSACTIONS - len(tables["transactions"]))
    ]
    create(path)
    with writing(path) as conn:
        write_all(conn, tables)
    return path


def price(ticker: str, day: date, close: float) -> Table:
    return {"ticker": ticker, "date": day.isoformat(), "close": f"{close:.2f}", "currency": "JPY", "source": "bench"}
