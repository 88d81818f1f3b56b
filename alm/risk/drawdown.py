"""Falls from a peak: how deep, how long, and whether they are over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from alm.risk.series import TRADING_DAYS, Array, present


@dataclass(frozen=True, slots=True)
class Drawdown:
    """One fall: from its peak through its trough to the first day back at the peak (None: not yet).

    `depth` is negative. `days` counts calendar days under water, to the recovery or to the end of the data.
    """

    peak: date
    trough: date
    recovery: date | None
    depth: float
    days: int


def wealth(returns: Array) -> Array:
    """Growth of 1, the start included: n + 1 values for n returns; 0 once everything is lost, or more (by shorts)."""
    return np.concatenate(([1.0], np.cumprod(np.maximum(1 + present(returns), 0.0))))


def drawdown(returns: Array) -> Array:
    """Wealth / highest wealth so far − 1, the start included: n + 1 values, all ≤ 0."""
    level = wealth(returns)
    return level / np.maximum.accumulate(level) - 1


def max_drawdown(returns: Array) -> float:
    """The deepest fall from a peak, negative; 0 when there was none, NaN for no return at all."""
    return float(drawdown(returns).min()) if len(present(returns)) else float("nan")


def rolling_max_drawdown(returns: Array, window: int = TRADING_DAYS) -> Array:
    """The deepest fall inside each trailing `window` returns (n − window + 1 values; none when n < window)."""
    level = wealth(returns)
    if len(level) < window + 1:
        return np.empty(0)
    views = np.lib.stride_tricks.sliding_window_view(level, window + 1)
    peaks = np.maximum.accumulate(views, axis=1)
    return np.asarray((np.divide(views, peaks, out=np.zeros_like(peaks), where=peaks > 0) - 1).min(axis=1))


def episodes(dates: pd.DatetimeIndex, returns: Array, *, most: int = 5) -> tuple[Drawdown, ...]:
    """The deepest falls, deepest first. `dates` are the n + 1 price dates of n returns (no NaN among them)."""
    under = drawdown(returns)
    below = under < -1e-12
    edges = np.flatnonzero(np.diff(np.concatenate(([False], below, [False])).astype(np.int8)))
    spans = [(int(first) - 1, int(stop)) for first, stop in zip(edges[::2], edges[1::2], strict=True)]
    deepest = sorted(spans, key=lambda span: float(under[span[0] + 1 : span[1]].min()))[:most]
    return tuple(_episode(dates, under, peak, stop) for peak, stop in deepest)


def _episode(dates: pd.DatetimeIndex, under: Array, peak: int, stop: int) -> Drawdown:
    trough = peak + 1 + int(under[peak + 1 : stop].argmin())
    over = stop < len(under)
    end = stop if over else len(under) - 1
    return Drawdown(
        peak=dates[peak].date(),
        trough=dates[trough].date(),
        recovery=dates[stop].date() if over else None,
        depth=float(under[trough]),
        days=(dates[end] - dates[peak]).days,
    )
