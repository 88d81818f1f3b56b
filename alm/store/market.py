"""Everything that is known about past prices, in one read: what the risk report and the backtest stand on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import Connection

from alm.store.histories import fx_history, price_history
from alm.store.quotes import latest_prices


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """Raw closes (dates × tickers, in quote currency) and rates (dates × currencies, base per unit) to a date.

    `currencies` is each ticker's quote currency; `splits` (ticker, day, new units per old) and `dividends` (ticker,
    ex-date, amount per unit) are those on record.
    """

    closes: pd.DataFrame
    fx: pd.DataFrame
    currencies: dict[str, str]
    splits: tuple[tuple[str, date, float], ...]
    dividends: tuple[tuple[str, date, float], ...]


def load_market(conn: Connection, as_of: date) -> Market:
    """The market as it was known on a date: nothing later is read."""
    closes = price_history(conn, end=as_of)
    quoted = latest_prices(conn, map(str, closes.columns), as_of)
    return Market(
        closes=closes,
        fx=fx_history(conn, end=as_of),
        currencies={ticker: price.currency for ticker, price in quoted.items()},
        splits=_events(conn, "SELECT DISTINCT ticker, date, quantity FROM transactions WHERE kind = 'split'", as_of),
        dividends=_events(conn, "SELECT ticker, ex_date, amount FROM dividends WHERE status = 'actual'", as_of),
    )


def _events(conn: Connection, query: str, as_of: date) -> tuple[tuple[str, date, float], ...]:
    rows = conn.exec_driver_sql(query).all()
    found = ((str(ticker), date.fromisoformat(on), float(value)) for ticker, on, value in rows)
    return tuple(event for event in found if event[1] <= as_of)
