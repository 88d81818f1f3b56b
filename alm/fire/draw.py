"""The markets of many paths, drawn side by side: growth of each series, prices, dividends. Compiles with numba.

Every model is one formula: the log growth of series s in step t is

    drift[s] + Σ_f loading[s, f] · z[t, f] + ln past[row(t), s]

where z are the path's shocks (normal; divided by a common chi for Student-t; shifted and scaled by the regime) and
`past` are historical rows (bootstrap and cohorts). Each purpose has its own random stream of the same path, so a
longer horizon, another volatility or another spending rule leaves every other draw where it was. A year is drawn when
it is lived.

The last axis of every array is the path, one for each path. The same operation runs over all paths before the next
one begins, which the processor does for several at once; each path's numbers are what they would be alone.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alm.step.market import Market
from alm.step.random import Words, fill_normals, gamma, gather, scatter, start_stream, uniform
from alm.step.series import exponentials, logarithms

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

LOGNORMAL, STUDENT_T, REGIME, BOOTSTRAP, COHORTS = range(5)

# One stream each: market shocks; inflation and dividends; rows, regimes and tails; length of life; inside a step.
MARKET, YEARLY, MIXING, LIFE, WITHIN = range(5)


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
    dividend_sd: float
    """Deviation of a year's shock to dividends per share; its mean is 0."""
    freedom: float
    """Degrees of freedom of Student's t."""
    regime_shift: Floats
    """(2,) mean of the first factor in calm and in turmoil, in units of its own deviation."""
    regime_scale: Floats
    """(2,) its deviation in each; with the shift, mean 0 and variance 1 overall."""
    regime_leave: Floats
    """(2,) probability of leaving each regime in a step."""
    past: Floats
    """(R, S) gross growth of a step of each historical row."""
    past_inflation: Floats
    """(R,) gross inflation of a step of each row."""
    steps_per_row: int
    block_end: float
    """Probability that a block ends after a row: 1 / mean block length."""


class Draws(NamedTuple):
    """A year of the draws of L paths in N steps, reused from year to year and from path to path."""

    growth: Floats
    """(N, S, L) gross total return of each series."""
    prices: Floats
    """(N, L) price level at the end of each step, 1 at the start of the plan."""
    dividends: Floats
    """(L,) gross shock to dividends per share in each step."""
    variance_ratio: Floats
    """(N, L) the usual variance of the step relative to its own."""
    shocks: Floats
    """(N, F, L) of the factors."""
    yearly: Floats
    """(2, L) normals of the year: inflation and dividends."""
    rows: Rows
    """(N, L) historical row behind each step."""
    regime: Rows
    """(L,) the regime after the last step: 0 calm, 1 turmoil."""
    streams: Words
    """(5, 4, L), one for each purpose."""
    words: Words
    """(L,) drawn at once."""
    alone: Words
    """(4,) the stream of one path while it draws by itself."""


def empty_draws(rules: MarketRules, paths: int) -> Draws:
    """Room for a year of `paths` paths."""
    n, (series, factors) = rules.steps_per_year, rules.loading.shape
    return Draws(
        growth=np.ones((n, series, paths)),
        prices=np.ones((n, paths)),
        dividends=np.ones(paths),
        variance_ratio=np.ones((n, paths)),
        shocks=np.zeros((n, factors, paths)),
        yearly=np.zeros((2, paths)),
        rows=np.zeros((n, paths), dtype=np.int64),
        regime=np.zeros(paths, dtype=np.int64),
        streams=np.zeros((WITHIN + 1, 4, paths), dtype=np.uint64),
        words=np.zeros(paths, dtype=np.uint64),
        alone=np.zeros(4, dtype=np.uint64),
    )


def market_of(draws: Draws) -> Market:
    """The part that a step reads."""
    return Market(draws.growth, draws.prices, draws.dividends, draws.variance_ratio, draws.streams[WITHIN, 0])


def start_path(rules: MarketRules, seed: np.uint64, number: np.uint64, path: int, out: Draws) -> None:
    """Before a path's first year: its streams, the price level, and where history or the regime begins."""
    for purpose in range(WITHIN + 1):
        start_stream(out.alone, seed, number, np.uint64(purpose))
        scatter(out.alone, out.streams[purpose], path)
    last = rules.steps_per_year - 1
    out.prices[last, path] = 1.0
    gather(out.streams[MIXING], path, out.alone)
    if rules.model == REGIME:
        calm = uniform(out.alone) >= rules.regime_leave[0] / (rules.regime_leave[0] + rules.regime_leave[1])
        out.regime[path] = 0 if calm else 1
    elif rules.model == BOOTSTRAP:
        out.rows[last, path] = np.int64(uniform(out.alone) * rules.past_inflation.size)
    elif rules.model == COHORTS:
        out.rows[last, path] = np.int64(number)
    scatter(out.alone, out.streams[MIXING], path)


def move_path(rules: MarketRules, source: int, target: int, out: Draws) -> None:
    """What a path takes along from year to year, into another path."""
    last = rules.steps_per_year - 1
    out.prices[last, target], out.rows[last, target] = out.prices[last, source], out.rows[last, source]
    out.regime[target] = out.regime[source]
    for purpose in range(WITHIN + 1):
        gather(out.streams[purpose], source, out.alone)
        scatter(out.alone, out.streams[purpose], target)


def draw_year(rules: MarketRules, begin: int, count: int, out: Draws) -> None:
    """The steps of the next year of the first `count` paths; the year starts at step `begin`."""
    for step in range(rules.steps_per_year):
        fill_normals(count, out.shocks[step], out.streams[MARKET], out.words, out.alone)
    fill_normals(count, out.yearly, out.streams[YEARLY], out.words, out.alone)
    _draw_prices(rules, count, out)
    if rules.model >= STUDENT_T:
        for path in range(count):
            gather(out.streams[MIXING], path, out.alone)
            if rules.model == STUDENT_T:
                _fatten(rules, path, out)
            elif rules.model == REGIME:
                _switch(rules, path, out)
            else:
                _choose_rows(rules, begin, path, out)
            scatter(out.alone, out.streams[MIXING], path)
    if rules.model >= BOOTSTRAP:
        _bridge(rules, count, out.shocks)
    _grow(rules, count, out.shocks, out.growth)
    if rules.model >= BOOTSTRAP:
        _replay(rules, count, out)


def _draw_prices(rules: MarketRules, count: int, out: Draws) -> None:
    """Inflation and the shock to dividends, one normal each a year, constant within the year."""
    n = rules.steps_per_year
    _per_step(rules.inflation_pa, rules.inflation_sd, n, count, out.yearly[0])
    _per_step(0.0, rules.dividend_sd, n, count, out.yearly[1])
    inflation, dividends = out.yearly[0], out.yearly[1]
    for path in range(count):
        out.dividends[path] = dividends[path]
    if rules.model >= BOOTSTRAP:
        return
    for step in range(n):
        before, now = out.prices[step - 1 if step > 0 else n - 1], out.prices[step]
        for path in range(count):
            now[path] = before[path] * inflation[path]


def _per_step(mean_pa: float, deviation: float, steps_per_year: int, count: int, values: Floats) -> None:
    """Normals become the gross growth of a step that compounds to the year's; a year never loses more than 99 %."""
    for path in range(count):
        values[path] = max(0.01, 1.0 + (mean_pa + deviation * values[path]))
    if steps_per_year == 1:
        return
    logarithms(count, values)
    for path in range(count):
        values[path] = values[path] / steps_per_year
    exponentials(count, values)


def _fatten(rules: MarketRules, path: int, out: Draws) -> None:
    """Student's t with unit variance: z · √((ν − 2) / χ²), one χ² for all factors of a step."""
    for step in range(rules.steps_per_year):
        scale = math.sqrt((rules.freedom - 2.0) / (2.0 * gamma(out.alone, rules.freedom / 2.0)))
        out.variance_ratio[step, path] = 1.0 / (scale * scale)
        for factor in range(out.shocks.shape[1]):
            out.shocks[step, factor, path] *= scale


def _switch(rules: MarketRules, path: int, out: Draws) -> None:
    """Two regimes acting on the first factor; the others feel it through their correlation with it."""
    now = out.regime[path]
    for step in range(rules.steps_per_year):
        out.variance_ratio[step, path] = 1.0 / (rules.regime_scale[now] * rules.regime_scale[now])
        if out.shocks.shape[1] > 0:
            shock = out.shocks[step, 0, path]
            out.shocks[step, 0, path] = rules.regime_shift[now] + rules.regime_scale[now] * shock
        if uniform(out.alone) < rules.regime_leave[now]:
            now = 1 - now
    out.regime[path] = now


def _choose_rows(rules: MarketRules, begin: int, path: int, out: Draws) -> None:
    """Cohorts: consecutive rows. Bootstrap: Politis and Romano's stationary blocks (1994)."""
    count, last = rules.past_inflation.size, rules.steps_per_year - 1
    row, level = out.rows[last, path], out.prices[last, path]
    for step in range(rules.steps_per_year):
        if begin + step > 0 and step % rules.steps_per_row == 0:
            row += 1
            if rules.model == BOOTSTRAP and uniform(out.alone) < rules.block_end:
                row = np.int64(uniform(out.alone) * count)
        row %= count
        out.rows[step, path] = row
        level *= rules.past_inflation[row]
        out.prices[step, path] = level


def _bridge(rules: MarketRules, count: int, shocks: Floats) -> None:
    """Shocks within a historical row sum to zero, so the steps inside it compound to exactly what happened."""
    steps, width = shocks.shape[0], rules.steps_per_row
    for factor in range(shocks.shape[1]):
        if not rules.bridged[factor]:
            continue
        for path in range(count):
            for start in range(0, steps, width):
                stop, total = min(start + width, steps), 0.0
                for step in range(start, stop):
                    total += shocks[step, factor, path]
                for step in range(start, stop):
                    shocks[step, factor, path] -= total / (stop - start)


def _grow(rules: MarketRules, count: int, shocks: Floats, growth: Floats) -> None:
    """Gross growth exp(drift + Σ loading · shock) of every step, series and path."""
    for step in range(shocks.shape[0]):
        for series in range(rules.drift.size):
            out = growth[step, series]
            for path in range(count):
                out[path] = rules.drift[series]
            for factor in range(shocks.shape[1]):
                load, shock = rules.loading[series, factor], shocks[step, factor]
                if load != 0.0:
                    for path in range(count):
                        out[path] += load * shock[path]
            exponentials(count, out)


def _replay(rules: MarketRules, count: int, out: Draws) -> None:
    """Historical growth on top of what was drawn."""
    for step in range(rules.steps_per_year):
        for series in range(rules.past.shape[1]):
            growth, rows = out.growth[step, series], out.rows[step]
            for path in range(count):
                growth[path] *= rules.past[rows[path], series]
