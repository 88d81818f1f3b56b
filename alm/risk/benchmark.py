"""Against a benchmark: two series of returns on the same dates, a pair with NaN on either side dropped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from alm.elementary import power
from alm.errors import BadInput
from alm.risk.drawdown import wealth
from alm.risk.series import TRADING_DAYS, Array, common_returns, deviation, ratio

Weights = tuple[tuple[str, float], ...]


def parse_benchmark(text: str) -> Weights:
    """`"VT"` or `"VT 0.6, BND 0.4"` as weights that sum to 1; `()` for an empty text."""
    parts = [part.split() for part in text.split(",") if part.strip()]
    if len(parts) == 1 and len(parts[0]) == 1:
        return ((parts[0][0], 1.0),)
    weights = tuple((name, _weight(text, weight)) for name, weight in (_pair(text, part) for part in parts))
    if weights and abs(sum(weight for _, weight in weights) - 1) > 1e-6:
        raise BadInput("weights that sum to 1", column="benchmark", value=text)
    return weights


def _pair(text: str, part: list[str]) -> tuple[str, str]:
    if len(part) != 2:
        raise BadInput("a ticker, or weights such as 'VT 0.6, BND 0.4'", column="benchmark", value=text)
    return part[0], part[1]


def _weight(text: str, weight: str) -> float:
    try:
        value = float(weight)
    except ValueError:
        raise BadInput("a number as each weight", column="benchmark", value=text) from None
    if not 0 < value <= 1:
        raise BadInput("weights above 0 and at most 1", column="benchmark", value=text)
    return value


def weighted_returns(prices: pd.DataFrame, weights: Weights) -> pd.Series:
    """Returns of constant weights, restored every common date: Σ w r. Weights are used as given."""
    names = [name for name, _ in weights]
    returns = common_returns(prices[names])
    values = (returns.to_numpy() * [weight for _, weight in weights]).sum(axis=1)
    return pd.Series(values, index=returns.index)


def together(returns: Array, benchmark: Array) -> tuple[Array, Array]:
    """Both series where both are there."""
    both = ~(np.isnan(returns) | np.isnan(benchmark))
    return (returns, benchmark) if both.all() else (returns[both], benchmark[both])


def beta(returns: Array, benchmark: Array) -> float:
    """Covariance / variance of the benchmark; NaN below two pairs or against a constant."""
    mine, other = together(returns, benchmark)
    if len(mine) < 2 or not deviation(other):
        return float("nan")
    centred = other - other.mean()
    return float((mine * centred).sum()) / float((centred * centred).sum())


def alpha(returns: Array, benchmark: Array, risk_free_pa: float | Array = 0.0, per_year: float = TRADING_DAYS) -> float:
    """Jensen's alpha, arithmetic and per year: (mean excess − beta · mean excess of the benchmark) · per_year."""
    free = np.asarray(risk_free_pa) / per_year
    mine, other = together(returns - free, benchmark - free)
    return (float(mine.mean()) - beta(mine, other) * float(other.mean())) * per_year if len(mine) else float("nan")


def tracking_error(returns: Array, benchmark: Array, per_year: float = TRADING_DAYS) -> float:
    """Deviation of the difference, a year."""
    mine, other = together(returns, benchmark)
    return deviation(mine - other) * float(np.sqrt(per_year))


def information_ratio(returns: Array, benchmark: Array, per_year: float = TRADING_DAYS) -> float:
    """Mean difference / its deviation · √per_year; NaN for a series against itself."""
    mine, other = together(returns, benchmark)
    if len(mine) < 2:
        return float("nan")
    return ratio(float((mine - other).mean()), deviation(mine - other)) * float(np.sqrt(per_year))


def capture(returns: Array, benchmark: Array, *, up: bool) -> float:
    """Geometric mean return / the benchmark's, over the benchmark's rising (or falling) days; NaN if it had none."""
    mine, other = together(returns, benchmark)
    days = other > 0 if up else other < 0
    if not days.any():
        return float("nan")
    return ratio(_geometric_mean(mine[days]), _geometric_mean(other[days]))


def _geometric_mean(returns: Array) -> float:
    return power(float(wealth(returns)[-1]), 1 / len(returns)) - 1


@dataclass(frozen=True, slots=True)
class Relative:
    """One series against a benchmark; all NaN where they share fewer than two dates."""

    beta: float
    alpha: float
    tracking_error: float
    information_ratio: float
    up_capture: float
    down_capture: float
    observations: int


def relative(
    returns: Array, benchmark: Array, risk_free_pa: float | Array = 0.0, per_year: float = TRADING_DAYS
) -> Relative:
    returns, benchmark = together(returns, benchmark)
    return Relative(
        beta=beta(returns, benchmark),
        alpha=alpha(returns, benchmark, risk_free_pa, per_year),
        tracking_error=tracking_error(returns, benchmark, per_year),
        information_ratio=information_ratio(returns, benchmark, per_year),
        up_capture=capture(returns, benchmark, up=True),
        down_capture=capture(returns, benchmark, up=False),
        observations=len(returns),
    )


@dataclass(frozen=True, slots=True)
class Day:
    """One day's return beside the benchmark's on the same day (None: no benchmark)."""

    on: date
    value: float
    benchmark: float | None


def best_and_worst(returns: pd.Series, benchmark: pd.Series | None) -> tuple[Day, Day] | None:
    """The best and the worst day; None without a return."""
    kept = returns.dropna()
    if kept.empty:
        return None
    best, worst = (_day(kept, benchmark, kept.index[int(place)]) for place in (kept.argmax(), kept.argmin()))
    return best, worst


def _day(returns: pd.Series, benchmark: pd.Series | None, on: pd.Timestamp) -> Day:
    other = None if benchmark is None or on not in benchmark.index else float(benchmark[on])
    return Day(on.date(), float(returns[on]), other)
