"""Splits on record, each once: those the ledger entered and those that came with prices; and which of them the
quantity held does not count yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TypeAlias

from sqlalchemy import Connection, RowMapping

from alm.balance_sheet import UncountedSplit
from alm.ledger.transactions import split_ratio
from alm.store.quotes import Names, Security, names

Split: TypeAlias = tuple[str, date, float]
"""The security's name, the first day in new units, new units per old."""

SAME_SPLIT = timedelta(days=7)
"""A broker books a split some days after its ex-date: the same ratio this near is the same split (assumption)."""
A_FRACTION = 1.0
"""Fractions of a unit are paid out in money: a quantity this near to the old one times the ratio counts the split."""

_ENTERED = """SELECT DISTINCT ticker, date, quantity AS ratio, currency AS quoted_in FROM transactions
              WHERE kind = 'split' ORDER BY ticker, date"""
_FETCHED = "SELECT ticker, date, ratio, quoted_in, held_before FROM splits ORDER BY ticker, date"
_HELD = "SELECT ticker, currency, sum(CAST(quantity AS REAL)) FROM holdings GROUP BY ticker, currency"


def splits_on_record(conn: Connection, as_of: date) -> tuple[Split, ...]:
    """Every split up to a date, by name and date. What the ledger says of one stands; the feed adds the others."""
    entered = [split for split in _read(conn, _ENTERED) if split[1] <= as_of]
    return tuple(sorted({*entered, *fetched_splits(conn, as_of)}))


def fetched_splits(conn: Connection, as_of: date) -> tuple[Split, ...]:
    """Those that came with prices and that nobody entered, on their day or with the same ratio within a week of it."""
    entered, fetched = _read(conn, _ENTERED), _read(conn, _FETCHED)
    new = (s for s in fetched if s[1] <= as_of and not any(_same(s, other) for other in entered))
    return tuple(dict.fromkeys(new))


def _same(one: Split, other: Split) -> bool:
    near = abs(one[1] - other[1]) <= SAME_SPLIT and abs(one[2] / other[2] - 1) < 1e-6
    return one[0] == other[0] and (near or one[1] == other[1])


def in_todays_units(amount: float, ticker: str, on: date, splits: Iterable[Split]) -> float:
    """A figure per unit as it was on a day, per unit of today: over the ratio of every later split of the ticker."""
    for name, split_on, ratio in splits:
        amount /= ratio if name == ticker and split_on > on else 1.0
    return amount


def uncounted_splits(conn: Connection, as_of: date) -> tuple[UncountedSplit, ...]:
    """Splits that the quantity held may not count: what is still the old quantity is valued at the old unit; what is
    neither the old one nor the new one, at the unit that is worth less."""
    known, held, entered = names(conn), quantities(conn), _read(conn, _ENTERED)
    found = []
    for row in _waiting(conn):
        on, ratio = date.fromisoformat(row["date"]), split_ratio(float(row["ratio"]))
        name = known.of(row["ticker"], row["quoted_in"])
        now, before = held.get((row["ticker"], row["quoted_in"]), 0.0), float(row["held_before"])
        if on > as_of or not now or _counts(now, before, ratio) or any(_same((name, on, ratio), e) for e in entered):
            continue
        found.append(UncountedSplit(name, on, ratio, ratio if now == before else min(ratio, 1.0)))
    return tuple(found)


def counted_splits(conn: Connection, ticker: str | None = None, on: date | None = None) -> list[dict[str, str | None]]:
    """Rows of the splits that the quantity held has come to count, or of a ticker's whatever is held, as they are
    written once nothing is left to ask."""
    held = quantities(conn)
    return [
        {**row, "held_before": None}
        for row in _waiting(conn)
        if (ticker == row["ticker"] and on in (None, date.fromisoformat(row["date"])))
        or _counts(held.get((row["ticker"], row["quoted_in"]), 0.0), float(row["held_before"]), float(row["ratio"]))
    ]


def quantities(conn: Connection) -> dict[Security, float]:
    """What is held of each security in all accounts together."""
    return {(ticker, currency): quantity for ticker, currency, quantity in conn.exec_driver_sql(_HELD)}


def _counts(now: float, before: float, ratio: float) -> bool:
    return now != before and abs(now - before * ratio) < A_FRACTION


def _waiting(conn: Connection) -> list[RowMapping]:
    query = f"SELECT * FROM ({_FETCHED}) WHERE held_before IS NOT NULL"  # noqa: S608  # a constant of this module
    return list(conn.exec_driver_sql(query).mappings())


def _read(conn: Connection, query: str) -> list[Split]:
    known = names(conn)
    return [split for row in conn.exec_driver_sql(query).mappings() for split in _named(row, known)]


def _named(row: RowMapping, known: Names) -> list[Split]:
    on, ratio = date.fromisoformat(row["date"]), split_ratio(float(row["ratio"]))
    return [(name, on, ratio) for name in known.each(row["ticker"], row["quoted_in"])]
