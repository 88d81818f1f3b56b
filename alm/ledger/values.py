"""What the ledger's holdings were worth on every day.

A ticker's own latest raw close is carried forward over days without one. Raw closes before a split are in old units,
so they are carried forward in original units (`alm.ledger.daily`): a split on a day without a trade, or one whose
new price comes days later, changes no value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from alm.ledger.daily import Daily, Days, Floats, SplitFactor, daily_holdings, split_factors
from alm.ledger.transactions import Transaction

Series = tuple[Days, Floats]
"""Sorted days and a value for each; NaN where there is none."""


def carried_forward(series: Series, days: Days) -> Floats:
    """The latest known value on or before each day; NaN before the first."""
    known = ~np.isnan(series[1])
    on, values = series[0][known].astype("datetime64[D]"), series[1][known]
    at = np.searchsorted(on, days, side="right")
    filled: Floats = np.concatenate(([np.nan], values))[at]
    return filled


def unit_values(price: Series, fx: Series, price_unit: float, days: Days, factor: SplitFactor | None = None) -> Floats:
    """Base currency per unit held on each day: price / price_unit · fx, each its own latest."""
    if factor is None:
        return carried_forward(price, days) / price_unit * carried_forward(fx, days)
    at_close = factor.cumulative[np.searchsorted(factor.dates, price[0].astype("datetime64[D]"), side="right")]
    original = carried_forward((price[0], price[1] * at_close), days)
    filled: Floats = original / factor.on_days / price_unit * carried_forward(fx, days)
    return filled


def daily_values(
    transactions: Sequence[Transaction],
    prices: Mapping[str, Series],
    rates: Mapping[str, Series],
    currencies: Mapping[str, tuple[str, float]],
    start: date,
    end: date,
) -> Daily:
    """Value of each ticker, in the base currency, at the end of each day: columns are ("", ticker).

    `prices` by ticker, raw; `rates` by currency, base per unit; `currencies`: ticker to (currency, price_unit).
    A day on which a ticker is held but has no price or rate yet is NaN, never 0.
    """
    holdings = daily_holdings(transactions, start, end)
    factors = split_factors(transactions, holdings.days)
    columns = []
    for ticker in holdings.names:
        currency, unit = currencies.get(ticker, ("", 1.0))
        series, rate = prices.get(ticker, _NOTHING), rates.get(currency, _NOTHING)
        each = unit_values(series, rate, unit, holdings.days, factors.get(ticker))
        held = holdings.column(ticker)
        columns.append(np.where(held == 0, 0.0, held * each))
    amounts = np.column_stack(columns) if columns else np.zeros((len(holdings.days), 0))
    return Daily(holdings.days, tuple(("", name) for name in holdings.names), amounts)


_EMPTY: npt.NDArray[np.datetime64] = np.zeros(0, dtype="datetime64[D]")
_NOTHING: Series = (_EMPTY, np.zeros(0))
