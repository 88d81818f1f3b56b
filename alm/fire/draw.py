"""One path's market, drawn: growth of each series, prices, dividends. Plain functions, compiled in `compiled.py`.

Every model is one formula: the log growth of series s in step t is

    drift[s] + Σ_f loading[s, f] · z[t, f] + past[row(t), s]

where z are the path's shocks (normal; divided by a common chi for Student-t; shifted and scaled by the regime) and
`past` are historical rows (bootstrap and cohorts). Each purpose has its own random stream of the same path, so a
longer horizon, another volatility or another spending rule leaves every other draw where it was.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alm.fire.random import Words, fill_normals, gamma, start_stream, uniform

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

LOGNORMAL, STUDENT_T, REGIME, BOOTSTRAP, COHORTS = range(5)

# One stream each: market shocks; inflation and dividends; rows, regimes and tails; length of life; inside a step.
MARKET, YEARLY, MIXING, LIFE, WITHIN = (np.uint64(n) for n in range(5))


class MarketRules(NamedTuple):
    """What the draws are made from. S series, F factors, T steps; everything per step unless it says `_pa`."""

    model: int
    steps_per_year: int
    drift: Floats
    """(S,) log drift."""
    loading: Floats
    """(S, F) what one unit of each factor adds to the log growth."""
    bridged: npt.NDArray[np.bool_]
    """(F,) whether a factor's shocks sum to zero within each historical row, so that the row is reproduced."""
    covariance: Floats
    """(S, S) of log growth, for margin checks between two looks."""
    inflation_pa: float
    inflation_sd: float
    dividend_growth_pa: float
    dividend_growth_sd: float
    freedom: float
    """Degrees of freedom of Student's t."""
    regime_shift: Floats
    """(2,) mean of the first factor in calm and in turmoil, in units of its own deviation."""
    regime_scale: Floats
    """(2,) its deviation in each; with the shift, mean 0 and variance 1 overall."""
    regime_leave: Floats
    """(2,) probability of leaving each regime in a step."""
    past: Floats
    """(R, S) log growth of each historical row."""
    past_inflation: Floats
    """(R,) log inflation of each row."""
    steps_per_row: int
    block_end: float
    """Probability that a block ends after a row: 1 / mean block length."""


class Market(NamedTuple):
    """One path's draws, reused from path to path."""

    growth: Floats
    """(T, S) gross total return of each series."""
    prices: Floats
    """(T,) price level at the end of each step, 1 at the start."""
    dividends: Floats
    """(T,) gross growth of dividends per share."""
    spread: Floats
    """(T,) deviation of the step relative to its usual one."""
    shocks: Floats
    """(T · F,) work space."""
    rows: Rows
    """(T,) historical row behind each step."""
    stream: Words


def draw_market(rules: MarketRules, seed: np.uint64, path: np.uint64, out: Market) -> None:
    """Fill `out` for one path."""
    steps, factors = out.prices.size, rules.bridged.size
    start_stream(out.stream, seed, path, MARKET)
    fill_normals(out.shocks[: steps * factors], out.stream)
    start_stream(out.stream, seed, path, YEARLY)
    _draw_years(rules, out)
    start_stream(out.stream, seed, path, MIXING)
    if rules.model == STUDENT_T:
        _fatten(rules, factors, out)
    elif rules.model == REGIME:
        _switch(rules, factors, out)
    elif rules.model >= BOOTSTRAP:
        _choose_rows(rules, path, out)
        _bridge(rules, factors, out)
    _grow(rules, factors, out)


def _draw_years(rules: MarketRules, out: Market) -> None:
    """Inflation and dividend growth, one normal each a year, constant within the year."""
    n = rules.steps_per_year
    pair = np.empty(2)
    level, inflation, dividends = 1.0, 1.0, 1.0
    for step in range(out.prices.size):
        if step % n == 0:
            fill_normals(pair, out.stream)
            inflation = _per_step(rules.inflation_pa + rules.inflation_sd * pair[0], n)
            dividends = _per_step(rules.dividend_growth_pa + rules.dividend_growth_sd * pair[1], n)
        level *= inflation
        out.prices[step] = level
        out.dividends[step] = dividends


def _per_step(rate_pa: float, steps_per_year: int) -> float:
    """Gross growth of a step that compounds to the year's; a year never loses more than 99 %."""
    gross = max(0.01, 1.0 + rate_pa)
    return gross if steps_per_year == 1 else gross ** (1.0 / steps_per_year)


def _fatten(rules: MarketRules, factors: int, out: Market) -> None:
    """Student's t with unit variance: z · √((ν − 2) / χ²), one χ² for all factors of a step."""
    for step in range(out.prices.size):
        scale = math.sqrt((rules.freedom - 2.0) / (2.0 * gamma(out.stream, rules.freedom / 2.0)))
        out.spread[step] = scale
        for factor in range(factors):
            out.shocks[step * factors + factor] *= scale


def _switch(rules: MarketRules, factors: int, out: Market) -> None:
    """Two regimes acting on the first factor; the others feel it through their correlation with it."""
    leave = rules.regime_leave
    regime = 1 if uniform(out.stream) < leave[0] / (leave[0] + leave[1]) else 0
    for step in range(out.prices.size):
        first = step * factors
        out.shocks[first] = rules.regime_shift[regime] + rules.regime_scale[regime] * out.shocks[first]
        out.spread[step] = rules.regime_scale[regime]
        if uniform(out.stream) < leave[regime]:
            regime = 1 - regime


def _choose_rows(rules: MarketRules, path: np.uint64, out: Market) -> None:
    """Cohorts: consecutive rows from the path's own start. Bootstrap: Politis and Romano's stationary blocks (1994)."""
    count = rules.past_inflation.size
    row = int(path) if rules.model == COHORTS else int(uniform(out.stream) * count)
    level = 1.0
    for step in range(out.prices.size):
        if step > 0 and step % rules.steps_per_row == 0:
            row += 1
            if rules.model == BOOTSTRAP and uniform(out.stream) < rules.block_end:
                row = int(uniform(out.stream) * count)
        row %= count
        out.rows[step] = row
        level *= math.exp(rules.past_inflation[row] / rules.steps_per_row)
        out.prices[step] = level


def _bridge(rules: MarketRules, factors: int, out: Market) -> None:
    """Shocks within a historical row sum to zero, so the steps inside it compound to exactly what happened."""
    width, steps = rules.steps_per_row, out.prices.size
    for factor in range(factors):
        if not rules.bridged[factor]:
            continue
        for start in range(0, steps, width):
            stop = min(start + width, steps)
            mean = 0.0
            for step in range(start, stop):
                mean += out.shocks[step * factors + factor]
            mean /= stop - start
            for step in range(start, stop):
                out.shocks[step * factors + factor] -= mean


def _grow(rules: MarketRules, factors: int, out: Market) -> None:
    historical = rules.model >= BOOTSTRAP
    for step in range(out.prices.size):
        for series in range(rules.drift.size):
            log_growth = rules.drift[series]
            for factor in range(factors):
                log_growth += rules.loading[series, factor] * out.shocks[step * factors + factor]
            if historical:
                log_growth += rules.past[out.rows[step], series] / rules.steps_per_row
            out.growth[step, series] = math.exp(log_growth)
