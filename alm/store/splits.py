"""Splits on record, each once: those the ledger entered and those that came with prices."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TypeAlias

from sqlalchemy import Connection

from alm.ledger.transactions import split_ratio

Split: TypeAlias = tuple[str, date, float]
"""Ticker, the first day in new units, new units per old."""

SAME_SPLIT = timedelta(days=7)
"""A broker books a split some days after its ex-date: the same ratio this near is the same split (assumption)."""

_ENTERED = "SELECT DISTINCT ticker, date, quantity FROM transactions WHERE kind = 'split' ORDER BY ticker, date"
_FETCHED = "SELECT ticker, date, ratio FROM splits ORDER BY ticker, date"


def splits_on_record(conn: Connection, as_of: date) -> tuple[Split, ...]:
    """Every split up to a date, by ticker and date. What the ledger says of one stands; the feed adds the others."""
    entered = [split for split in _read(conn, _ENTERED) if split[1] <= as_of]
    return tuple(sorted({*entered, *fetched_splits(conn, as_of)}))


def fetched_splits(conn: Connection, as_of: date) -> tuple[Split, ...]:
    """Those that came with prices and that nobody entered, on their day or with the same ratio within a week of it."""
    entered, fetched = _read(conn, _ENTERED), _read(conn, _FETCHED)
    return tuple(s for s in fetched if s[1] <= as_of and not any(_same(s, other) for other in entered))


def _same(one: Split, other: Split) -> bool:
    near = abs(one[1] - other[1]) <= SAME_SPLIT and abs(one[2] / other[2] - 1) < 1e-6
    return one[0] == other[0] and (near or one[1] == other[1])


def in_todays_units(amount: float, ticker: str, on: date, splits: Iterable[Split]) -> float:
    """A figure per unit as it was on a day, per unit of today: over the ratio of every later split of the ticker."""
    for name, split_on, ratio in splits:
        amount /= ratio if name == ticker and split_on > on else 1.0
    return amount


def _read(conn: Connection, query: str) -> list[Split]:
    rows = conn.exec_driver_sql(query)
    return [(str(ticker), date.fromisoformat(on), split_ratio(float(ratio))) for ticker, on, ratio in rows]
