"""Everything that is known about past prices, in one read: what the risk report and the backtest stand on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from alm.store.database import reading
from alm.store.histories import fx_history, price_history
from alm.store.quotes import latest_prices
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
    closes = price_history(conn, end=as_of)
    quoted = latest_prices(conn, map(str, closes.columns), as_of)
    currencies = {ticker: price.currency for ticker, price in quoted.items()}
    paid = _events(conn, "SELECT ticker, ex_date, amount, currency FROM dividends WHERE status = 'actual'", as_of)
    return Market(
        closes=closes,
        fx=fx_history(conn, end=as_of),
        currencies=currencies,
        splits=splits_on_record(conn, as_of),
        dividends=tuple((ticker, on, each) for ticker, on, each, money in paid if money == currencies.get(ticker)),
    )


def _events(conn: Connection, query: str, as_of: date) -> list[tuple[str, date, float, str]]:
    rows = conn.exec_driver_sql(query).all()
    found = [(str(ticker), date.fromisoformat(on), float(value), str(more)) for ticker, on, value, more in rows]
    return [event for event in found if event[1] <= as_of]
