"""Daily holdings of 10,000 transactions in 60 tickers over 20 years, against rebuilding each day from the beginning."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from row import Row, best_of

from alm.ledger.daily import daily_holdings
from alm.ledger.lots import lot_book
from alm.ledger.transactions import Kind, Transaction, in_order

TRANSACTIONS, TICKERS = 10_000, 60
START, END = date(2006, 1, 1), date(2025, 12, 31)
EVERY = 40
"""The naive way rebuilds one day in so many, and its time is multiplied: all of them would take a minute."""

KINDS: tuple[Kind, ...] = ("buy", "sell", "dividend", "split")


def ledger(seed: int = 6) -> tuple[Transaction, ...]:
    dice = np.random.default_rng(seed)
    span = (END - START).days
    rows = []
    for _ in range(TRANSACTIONS):
        kind = KINDS[dice.choice(len(KINDS), p=(0.64, 0.16, 0.19, 0.01))]
        quantity = 2.0 if kind == "split" else float(dice.integers(1, 101))
        on, ticker = START + timedelta(days=int(dice.integers(0, span + 1))), f"T{dice.integers(TICKERS)}"
        rows.append(Transaction(on, kind, "A", "JPY", ticker, quantity, 1_000.0))
    return in_order(rows)


def rebuilt(rows: tuple[Transaction, ...], day: date) -> dict[str, float]:
    """One day's holdings from the first transaction on."""
    held: dict[str, float] = defaultdict(float)
    for t in rows:
        if t.on > day:
            break
        if t.kind == "buy":
            held[t.ticker] += t.quantity
        elif t.kind == "sell":
            held[t.ticker] -= t.quantity
        elif t.kind == "split":
            held[t.ticker] *= t.quantity
    return held


def rows() -> Iterator[Row]:
    transactions = ledger()
    days = [START + timedelta(days=n) for n in range(0, (END - START).days + 1, EVERY)]
    daily = daily_holdings(transactions, START, END)
    for day in days[:: len(days) // 20]:
        exact, found = rebuilt(transactions, day), daily.on(day)
        np.testing.assert_allclose(
            [found.get(("A", name), 0.0) for name in exact], list(exact.values()), rtol=1e-9, atol=1e-6
        )
    ours = best_of(5, lambda: daily_holdings(transactions, START, END))
    naive = best_of(1, lambda: [rebuilt(transactions, day) for day in days]) * EVERY
    yield Row("daily holdings, 10,000 transactions, 20 years", ours, "each day rebuilt from the first", naive, goal=20)
    yield Row("the same", ours, "the second allowed", 1.0, goal=1)
    lots = best_of(3, lambda: lot_book(transactions, "fifo", short_accounts=("A",)))
    yield Row("FIFO lots of the same", lots, "the second allowed", 1.0, goal=1)


if __name__ == "__main__":
    for row in rows():
        print(
            f"{row.what}: {row.seconds * 1e3:.1f} ms, {row.speedup:,.0f} × {row.baseline}{'' if row.met else ' MISSED'}"
        )
