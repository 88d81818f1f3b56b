"""Everything that is known about past prices, in one read: what the risk report and the backtest stand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from alm.store.database import reading
from alm.store.histories import framed, fx_history, price_series
from alm.store.quotes import names
from alm.store.splits import splits_on_record

if TYPE_CHECKING:
    import pandas as pd

    from alm.ledger.transactions import Transaction


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """Raw closes (dates × tickers, in quote currency) and rates (dates × currencies, base per unit) to a date.

    `currencies` is each ticker's quote currency; `splits` (ticker, day, new units per old) and `dividends` (ticker,
    ex-date, amount per unit as paid then) are those on record: a split that came with the prices and was entered too
    counts once, a dividend in another currency than the quote is left out.
    """

    closes: pd.DataFrame
    fx: pd.DataFrame
    currencies: dict[str, str]
    splits: tuple[tuple[str, date, float], ...]
    dividends: tuple[tuple[str, date, float], ...]


def read_market(db: Path, as_of: date) -> Market:
    with reading(db) as conn:
        return load_market(conn, as_of)


def read_transactions(db: Path, as_of: date) -> tuple[Transaction, ...]:
    from alm.store.ledger import load_transactions

    with reading(db) as conn:
        return load_transactions(conn, as_of)


def load_market(conn: Connection, as_of: date) -> Market:
    """The market as it was known on a date: nothing later is read."""
    quoted = price_series(conn, end=as_of)
    currencies = {name: currency for name, (currency, _) in quoted.items()}
    return Market(
        closes=framed({name: series for name, (_, series) in quoted.items()}),
        fx=fx_history(conn, end=as_of),
        currencies=currencies,
        splits=splits_on_record(conn, as_of),
        dividends=_paid(conn, currencies, as_of),
    )


def _paid(conn: Connection, currencies: Mapping[str, str], as_of: date) -> tuple[tuple[str, date, float], ...]:
    known = names(conn)
    query = "SELECT * FROM dividends WHERE status = 'actual' AND ex_date <= ? ORDER BY ticker, ex_date"
    return tuple(
        (name, date.fromisoformat(row["ex_date"]), float(row["amount"]))
        for row in conn.exec_driver_sql(query, (as_of.isoformat(),)).mappings()
        for name in known.each(row["ticker"], row["quoted_in"] or row["currency"])
        if row["currency"] == currencies.get(name)
    )
