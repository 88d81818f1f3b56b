"""The household's holdings through time: what they were worth, beside what had been paid for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from alm.balance_sheet import BalanceSheet
from alm.elementary import log
from alm.ledger.daily import Daily, Days, Floats
from alm.ledger.kpis import left_at_cost, ticker_flows
from alm.ledger.lots import lot_book
from alm.ledger.transactions import Transaction
from alm.ledger.values import Series, carried_forward, daily_values

# Prices are per one unit, or per as many as funds are quoted in.
_UNITS = (1.0, 100.0, 1_000.0, 10_000.0)


@dataclass(frozen=True, slots=True, eq=False)
class Growth:
    """By day, base currency: `value` is NaN while a ticker is held that has no price yet; `paid_in` is purchases less
    sales and dividends so far; `by_ticker` has a column for each ticker ever held."""

    days: Days
    value: Floats
    paid_in: Floats
    by_ticker: Daily


def growth(
    transactions: Sequence[Transaction], sheet: BalanceSheet, prices: Mapping[str, Series], rates: Mapping[str, Series]
) -> Growth | None:
    """From the first transaction of a ticker to the sheet's date; None when there is none. `prices` are raw closes."""
    past = [t for t in transactions if t.ticker and t.on <= sheet.as_of]
    if not past:
        return None
    quoted = quotes(past, sheet, prices)
    known = {**rates, sheet.base_currency: _ALWAYS_ONE}
    by_ticker = daily_values(past, prices, known, quoted, min(t.on for t in past), sheet.as_of)
    return Growth(by_ticker.days, by_ticker.amounts.sum(axis=1), _paid_in(past, by_ticker.days), by_ticker)


_ALWAYS_ONE: Series = (np.array([date.min], dtype="datetime64[D]"), np.array([1.0]))


def _paid_in(past: Sequence[Transaction], days: Days) -> Floats:
    flows = [*ticker_flows(past), *left_at_cost(lot_book(past))]
    on = np.array([day for day, _ in flows], dtype="datetime64[D]")
    paid = np.zeros(len(days))
    np.add.at(paid, (on - days[0]).astype(np.intp), [-amount for _, amount in flows])
    total: Floats = np.cumsum(paid)
    return total


def quotes(
    past: Sequence[Transaction], sheet: BalanceSheet, prices: Mapping[str, Series]
) -> dict[str, tuple[str, float]]:
    """Currency and price unit of each ticker: its holding's, else its trades' currency and the unit they imply."""
    held = {h.ticker: (h.currency, h.price_unit) for h in sheet.holdings}
    trades: dict[str, list[Transaction]] = {}
    for t in past:
        if t.kind in ("buy", "sell") and t.ticker not in held and t.ticker in prices:
            trades.setdefault(t.ticker, []).append(t)
    sold = {name: (rows[0].currency, implied_unit(rows, prices[name])) for name, rows in trades.items()}
    return {**sold, **held}


def implied_unit(trades: Sequence[Transaction], price: Series) -> float:
    """How many units a price is for: the usual number nearest in ratio to the median of close / amount per unit."""
    days = np.array([t.on for t in trades], dtype="datetime64[D]")
    each = np.array([t.amount / t.quantity if t.quantity else np.nan for t in trades])
    ratios = carried_forward(price, days) / np.where(each > 0, each, np.nan)
    if np.isnan(ratios).all():
        return 1.0
    return min(_UNITS, key=lambda unit: abs(log(float(np.nanmedian(ratios)) / unit)))
