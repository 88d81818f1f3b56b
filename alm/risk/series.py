"""Prices to returns on dates that are really common, in the household's base currency."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alm.errors import BadInput

Array = NDArray[np.float64]

TRADING_DAYS = 252
CALENDAR_DAYS = 365
FX_TOLERANCE = pd.Timedelta(days=7)
MONTH_DAYS = 21


def present(returns: Array) -> Array:
    """The returns that are there: NaN dropped, order kept."""
    missing = np.isnan(returns)
    return returns[~missing] if missing.any() else returns


def deviation(returns: Array) -> float:
    """Sample standard deviation (n − 1); NaN below two returns. Below 1e-12 it is rounding and counts as 0."""
    kept = present(returns)
    if len(kept) < 2:
        return float("nan")
    spread = float(kept.std(ddof=1))
    return spread if spread > 1e-12 else 0.0


def ratio(numerator: float, denominator: float) -> float:
    """A quotient that is NaN, not infinite, when there is nothing to divide by."""
    return numerator / denominator if denominator else float("nan")


def common_prices(prices: pd.DataFrame) -> pd.DataFrame:
    """The dates on which every column has a price, oldest first; a price that is not positive is refused."""
    if (prices <= 0).any(axis=None):
        column = str(prices.columns[(prices <= 0).any()][0])
        raise BadInput("prices above 0", column=column, value=float(prices[column].min()))
    return prices.dropna().sort_index()


def common_returns(prices: pd.DataFrame) -> pd.DataFrame:
    """Simple returns between dates on which every column has a price: one row fewer than there are such dates."""
    return common_prices(prices).pct_change().iloc[1:]


def periods_per_year(dates: pd.DatetimeIndex) -> float:
    """Periods in a year of these dates: 252 for an exchange's calendar, 365 for daily ones, else as counted.

    A count within 4 % of a convention is that convention, and so is anything shorter than a quarter of a year
    (then 252). Markets that share fewer days (Tokyo with New York: about 235) are annualised as counted.
    """
    if len(dates) < 60:
        return TRADING_DAYS
    years = (dates[-1] - dates[0]).days / 365.25
    counted = (len(dates) - 1) / years
    for convention in (TRADING_DAYS, CALENDAR_DAYS):
        if abs(counted / convention - 1) <= 0.04:
            return convention
    return round(counted, 1)


def in_base_currency(
    closes: pd.DataFrame, fx: pd.DataFrame, currencies: Mapping[str, str], base_currency: str
) -> pd.DataFrame:
    """Closes times the rate of their currency on that date, or the last one at most seven days older.

    `fx` holds base currency per unit, one column per currency. A date without a usable rate is NaN; a ticker that
    `currencies` does not name is taken to be quoted in the base currency.
    """
    converted = {
        ticker: closes[ticker] * rate_on(fx, currencies.get(ticker, base_currency), closes.index, base_currency)
        for ticker in closes.columns
    }
    return pd.DataFrame(converted, index=closes.index)


def rate_on(fx: pd.DataFrame, currency: str, dates: pd.Index, base_currency: str) -> pd.Series:
    """The currency's rate on each date; 1 for the base currency, NaN where no rate is recent enough."""
    if currency == base_currency:
        return pd.Series(1.0, index=dates)
    if currency not in fx.columns:
        return pd.Series(np.nan, index=dates)
    return fx[currency].dropna().sort_index().reindex(dates, method="ffill", tolerance=FX_TOLERANCE)


def time_weighted_returns(values: Array, flows: Array) -> Array:
    """Returns of a portfolio that money entered and left: (Vₜ − Fₜ) / Vₜ₋₁ − 1, flows at the end of the day.

    `values` (n) after the flow, `flows` (n) positive when money came in; the first flow is not read. A day that
    starts with nothing has no return (NaN).
    """
    start = values[:-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = (values[1:] - flows[1:]) / start - 1
    return np.where(start > 0, growth, np.nan)
