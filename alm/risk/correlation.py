"""Do the holdings still fall apart from each other? Long-run against recent correlation, pair by pair.

Every pair uses the price dates that both have, so a coin and a share compare the same three days over a weekend.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alm.elementary import log, product, variance
from alm.risk.series import Array, paired_returns

WINDOW = 63
"""Returns in a rolling correlation: a quarter of trading days."""
MIN_PAIRS = 20
"""Common returns below which a correlation is not stated (NaN)."""
RISE = 0.20
"""A recent correlation this far above the long run is an alarm when it is also significant (assumption)."""
SIGNIFICANT = 2.576
"""Standard errors of Fisher's z that the rise must exceed: 1 % two-sided."""


def correlation_matrix(prices: pd.DataFrame, *, last: int | None = None) -> pd.DataFrame:
    """Correlations of returns on each pair's common dates (the `last` ones), NaN below 20 of them or for a constant.

    Columns with the same calendar are computed together, so the cost follows the number of calendars, not of pairs.
    """
    values = prices.to_numpy()
    groups = _calendars(values)
    blocks = {id(columns): np.ascontiguousarray(values[:, columns]) for _, columns in groups}
    matrix = np.full((values.shape[1],) * 2, np.nan)
    for rows, mine, theirs in _calendar_pairs(groups):
        shared = rows if last is None else rows[-last - 1 :]
        block = _correlations(blocks[id(mine)], blocks[id(theirs)], shared)
        matrix[np.ix_(mine, theirs)] = block
        matrix[np.ix_(theirs, mine)] = block.T
    return pd.DataFrame(matrix, index=prices.columns, columns=prices.columns)


Columns = NDArray[np.intp]
Mask = NDArray[np.bool_]


def _calendars(values: Array) -> list[tuple[Mask, Columns]]:
    """Columns grouped by the dates on which they have a price."""
    seen = ~np.isnan(values)
    found: dict[bytes, list[int]] = {}
    for column in range(values.shape[1]):
        found.setdefault(seen[:, column].tobytes(), []).append(column)
    return [(seen[:, columns[0]], np.array(columns)) for columns in found.values()]


def _calendar_pairs(groups: list[tuple[Mask, Columns]]) -> Iterator[tuple[Columns, Columns, Columns]]:
    for place, (mine_seen, mine) in enumerate(groups):
        for theirs_seen, theirs in groups[place:]:
            yield np.flatnonzero(mine_seen & theirs_seen), mine, theirs


def _correlations(mine: Array, theirs: Array, rows: Columns) -> Array:
    first = _standardised(mine[rows])
    second = first if mine is theirs else _standardised(theirs[rows])
    if len(first) < MIN_PAIRS:
        return np.full((first.shape[1], second.shape[1]), np.nan)
    return np.asarray(np.clip(product(np.ascontiguousarray(first.T), second), -1, 1))


def _standardised(prices: Array) -> Array:
    """Returns less their mean, scaled to unit length; a constant column becomes NaN."""
    returns = prices[1:] / prices[:-1] - 1
    if not len(returns):
        return returns
    returns = returns - returns.mean(axis=0)
    length = np.sqrt((returns * returns).sum(axis=0))
    return np.asarray(returns / np.where(length > 1e-12, length, np.nan))


def rolling_correlation(prices: pd.DataFrame, window: int = WINDOW) -> pd.Series:
    """Correlation of the two columns over each trailing `window` common returns; empty when there are fewer."""
    first, second = paired_returns(*prices.to_numpy().T)
    dates = prices.index[prices.notna().all(axis=1)][window:]
    if not len(dates):
        return pd.Series(dtype=float, index=dates)
    sums = (_trailing(x, window) for x in (first, second, first * first, second * second, first * second))
    x, y, xx, yy, xy = (total / window for total in sums)
    with np.errstate(invalid="ignore", divide="ignore"):
        rolled = (xy - x * y) / np.sqrt((xx - x * x) * (yy - y * y))
    return pd.Series(rolled, index=dates).dropna()


def _trailing(values: Array, window: int) -> Array:
    """Sum of each run of `window` values."""
    total = np.concatenate(([0.0], np.cumsum(values)))
    return total[window:] - total[:-window]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Two holdings that now move together more than they used to: the alarm, its two numbers and since when."""

    first: str
    second: str
    long_run: float
    recent: float
    since: date


def breakdowns(
    prices: pd.DataFrame, long_run: pd.DataFrame, recent: pd.DataFrame, window: int = WINDOW
) -> tuple[Breakdown, ...]:
    """Pairs whose recent correlation is at least 0.20 above the long run and significantly so; largest rise first.

    Significance: Fisher's z, |atanh(recent) − atanh(long run)| · √(window − 3) ≥ 2.576. The long run counts as known,
    which is fair when it is many windows long; histories shorter than two windows raise no alarm.
    """
    near, far = recent.to_numpy(), long_run.to_numpy()
    candidates = np.argwhere(np.triu(_broke_down(far, near, window), k=1))
    alarms = [
        _breakdown(prices.iloc[:, pair], float(far[tuple(pair)]), float(near[tuple(pair)]), window)
        for pair in candidates
    ]
    found = (alarm for alarm in alarms if alarm is not None)
    return tuple(sorted(found, key=lambda alarm: alarm.long_run - alarm.recent))


def _broke_down(long_run: Array, recent: Array, window: int) -> Mask:
    """Element by element; NaN is no alarm."""
    significant = (_fisher(recent) - _fisher(long_run)) * np.sqrt(window - 3) >= SIGNIFICANT
    return np.asarray((recent - long_run >= RISE) & significant)


def _fisher(correlations: Array) -> Array:
    """Fisher's z, finite for perfect correlations too."""
    kept = np.clip(correlations, -0.999999, 0.999999)
    return log((1 + kept) / (1 - kept)) / 2


def _breakdown(pair: pd.DataFrame, long_run: float, recent: float, window: int) -> Breakdown | None:
    rolled = rolling_correlation(pair, window)
    if len(rolled) <= window:
        return None
    calm = np.flatnonzero(rolled.to_numpy() < long_run + RISE)
    since = rolled.index[calm[-1] + 1 if len(calm) else 0]
    return Breakdown(str(pair.columns[0]), str(pair.columns[1]), long_run, recent, since.date())


def covariance(correlations: Array, deviations: Array) -> Array:
    return np.asarray(correlations * np.outer(deviations, deviations))


def diversification_ratio(weights: Array, correlations: Array, deviations: Array) -> float:
    """Σ |w| σ / σ of the portfolio (Choueifaty and Coignard 2008): 1 when everything moves as one."""
    together = math.sqrt(max(variance(weights, covariance(correlations, deviations)), 0.0))
    return float((np.abs(weights) * deviations).sum()) / together if together else float("nan")
