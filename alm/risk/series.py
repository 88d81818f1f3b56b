"""Prices to returns on dates that are really common, in the household's base currency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

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


def paired_returns(first: Array, second: Array) -> tuple[Array, Array]:
    """Returns of two price columns (NaN where none) between the dates on which both have a price."""
    both = ~(np.isnan(first) | np.isnan(second))
    return own_returns(first[both]), own_returns(second[both])


def own_returns(prices: Array) -> Array:
    """Returns between consecutive prices of one column, dates without a price left out."""
    kept = present(prices)
    return kept[1:] / kept[:-1] - 1


def periods_per_year(dates: pd.DatetimeIndex) -> float:
    """Periods in a year of these dates: 252 for an exchange's calendar, 365 for daily ones, else as counted.

    A count within 4 % of a convention is that convention, and so is anything shorter than a quarter of a year
    (then 252). Markets that share fewer days (Tokyo with New York: about 235) are annualised as counted.
    """
    return annual_count(len(dates), dates[0], dates[-1]) if len(dates) else TRADING_DAYS


def annual_count(count: int, first: pd.Timestamp, last: pd.Timestamp) -> float:
    """`periods_per_year` of `count` dates between two."""
    if count < 60:
        return TRADING_DAYS
    counted = (count - 1) / ((last - first).days / 365.25)
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
    quoted = [currencies.get(str(ticker), base_currency) for ticker in closes.columns]
    rates = {currency: rate_on(fx, currency, closes.index, base_currency) for currency in set(quoted)}
    factors = np.column_stack([rates[currency] for currency in quoted]) if quoted else 1.0
    return closes * factors


def without_splits(closes: pd.DataFrame, splits: Iterable[tuple[str, date, float]]) -> pd.DataFrame:
    """Raw closes restated to today's units: those before a split's day are divided by its new units per old."""
    restated = closes.to_numpy(dtype=np.float64).copy()
    for ticker, on, ratio in splits:
        column = closes.columns.get_indexer(pd.Index([ticker]))[0]
        if column >= 0:
            restated[: closes.index.searchsorted(pd.Timestamp(on)), column] /= ratio
    return pd.DataFrame(restated, index=closes.index, columns=closes.columns)


def with_dividends(prices: pd.DataFrame, paid: Iterable[tuple[str, date, float]]) -> pd.DataFrame:
    """Prices as if each dividend bought more of the same on its ex-date: total-return prices.

    `paid` holds (ticker, ex-date, amount per unit of the price, in its currency). From the first price on or after
    the ex-date the series is (P + D) / P higher; a dividend before the first price or after the last changes nothing.
    """
    levels, grown = prices.to_numpy(), prices.to_numpy().copy()
    for ticker, ex_date, amount in paid:
        column = prices.columns.get_indexer(pd.Index([ticker]))[0]
        rows = np.flatnonzero(~np.isnan(levels[:, column]) & (column >= 0))
        first = rows[rows >= prices.index.searchsorted(pd.Timestamp(ex_date))][:1]
        if len(first) and first[0] > rows[0]:
            grown[first[0] :, column] *= 1 + amount / levels[first[0], column]
    return pd.DataFrame(grown, index=prices.index, columns=prices.columns)


def rate_on(fx: pd.DataFrame, currency: str, dates: pd.Index, base_currency: str) -> Array:
    """The currency's rate on each date; 1 for the base currency, NaN where no rate is recent enough."""
    if currency == base_currency:
        return np.ones(len(dates))
    if currency not in fx.columns:
        return np.full(len(dates), np.nan)
    return fx[currency].dropna().sort_index().reindex(dates, method="ffill", tolerance=FX_TOLERANCE).to_numpy()


def time_weighted_returns(values: Array, flows: Array) -> Array:
    """Returns of a portfolio that money entered and left: (Vₜ − Fₜ) / Vₜ₋₁ − 1, flows at the end of the day.

    `values` (n) after the flow, `flows` (n) positive when money came in; the first flow is not read. A day that
    starts with nothing has no return (NaN).
    """
    start = values[:-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = (values[1:] - flows[1:]) / start - 1
    return np.where(start > 0, growth, np.nan)
