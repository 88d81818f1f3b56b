"""One path's market, drawn: growth of each series, prices, dividends. Plain functions, compiled in `compiled.py`.

Every model is one formula: the log growth of series s in step t is

    drift[s] + Σ_f loading[s, f] · z[t, f] + past[row(t), s]

where z are the path's shocks (normal; divided by a common chi for Student-t; shifted and scaled by the regime) and
`past` are historical rows (bootstrap and cohorts). Each purpose has its own random stream of the same path, so a
longer horizon, another volatility or another spending rule leaves every other draw where it was. A year is drawn when
it is lived: a path that has ended draws no more.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, Protocol, cast

import numpy as np
import numpy.typing as npt

from alm.fire.books import SERIES, dtype_of
from alm.fire.random import Words, fill_normals, gamma, normal, start_stream, uniform

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

LOGNORMAL, STUDENT_T, REGIME, BOOTSTRAP, COHORTS = range(5)

HOT = ("exponential", "draw_year", "_draw_prices", "_grow")

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


class Drawn(Protocol):
    """One drawn step."""

    prices: float
    """Price level at its end, 1 at the start of the plan."""
    dividends: float
    """Gross growth of dividends per share."""
    spread: float
    """Deviation of the step relative to its usual one."""
    growth: Floats
    """Gross total return of each series."""


class Market(NamedTuple):
    """One year of one path's draws, reused from year to year and path to path: what fits in the nearest cache."""

    drawn: Sequence[Drawn]
    """(N,) steps of a year."""
    shocks: Floats
    """(N, F) of the factors."""
    rows: Rows
    """(N,) historical row behind each step."""
    streams: Words
    """(5, 4), one for each purpose."""
    regime: Rows
    """(1,) the regime after the last step: 0 calm, 1 turmoil."""


DRAWN = dtype_of(Drawn, growth=(np.float64, (SERIES,)))


def empty_market(steps: int, factors: int) -> Market:
    """Room for a year of `steps`."""
    drawn = np.zeros(steps, dtype=DRAWN)
    drawn["spread"] = 1.0
    rows, streams = cast("Sequence[Drawn]", drawn), np.empty((WITHIN + 1, 4), dtype=np.uint64)
    return Market(rows, np.empty((steps, factors)), np.zeros(steps, np.int64), streams, np.zeros(1, np.int64))


def start_market(rules: MarketRules, seed: np.uint64, path: np.uint64, out: Market) -> None:
    """Before a path's first year: its streams, the price level, and where history or the regime begins."""
    for purpose in range(WITHIN + 1):
        start_stream(out.streams[purpose], seed, path, np.uint64(purpose))
    last, mixing = len(out.drawn) - 1, out.streams[MIXING]
    out.drawn[last].prices = 1.0
    if rules.model == REGIME:
        calm = uniform(mixing) >= rules.regime_leave[0] / (rules.regime_leave[0] + rules.regime_leave[1])
        out.regime[0] = 0 if calm else 1
    elif rules.model == BOOTSTRAP:
        out.rows[last] = np.int64(uniform(mixing) * rules.past_inflation.size)
    elif rules.model == COHORTS:
        out.rows[last] = np.int64(path)


def draw_year(rules: MarketRules, begin: int, out: Market) -> None:
    """The steps of the next year of the path, which starts at step `begin`."""
    fill_normals(out.shocks.reshape(out.shocks.size), out.streams[MARKET])
    _draw_prices(rules, out.drawn, out.streams[YEARLY])
    if rules.model == STUDENT_T:
        _fatten(rules.freedom, out.drawn, out.shocks, out.streams[MIXING])
    elif rules.model == REGIME:
        _switch(rules, out.regime, out.drawn, out.shocks, out.streams[MIXING])
    elif rules.model >= BOOTSTRAP:
        _choose_rows(rules, begin, out.drawn, out.rows, out.streams[MIXING])
        _bridge(rules.bridged, rules.steps_per_row, out.shocks)
    _grow(rules.drift, rules.loading, out.shocks, out.drawn)
    if rules.model >= BOOTSTRAP:
        _replay(rules.past, rules.steps_per_row, out.rows, out.drawn)


def _draw_prices(rules: MarketRules, drawn: Sequence[Drawn], stream: Words) -> None:
    """Inflation and dividend growth, one normal each a year, constant within the year."""
    n = len(drawn)
    level = drawn[n - 1].prices
    inflation = _per_step(rules.inflation_pa + rules.inflation_sd * normal(stream), n)
    dividends = _per_step(rules.dividend_growth_pa + rules.dividend_growth_sd * normal(stream), n)
    for step in range(n):
        if rules.model < BOOTSTRAP:
            level *= inflation
            drawn[step].prices = level
        drawn[step].dividends = dividends


def _per_step(rate_pa: float, steps_per_year: int) -> float:
    """Gross growth of a step that compounds to the year's; a year never loses more than 99 %."""
    gross = max(0.01, 1.0 + rate_pa)
    return gross if steps_per_year == 1 else exponential(math.log(gross) / steps_per_year)


def _fatten(freedom: float, drawn: Sequence[Drawn], shocks: Floats, stream: Words) -> None:
    """Student's t with unit variance: z · √((ν − 2) / χ²), one χ² for all factors of a step."""
    for step in range(len(drawn)):
        scale = math.sqrt((freedom - 2.0) / (2.0 * gamma(stream, freedom / 2.0)))
        drawn[step].spread = scale
        for factor in range(shocks.shape[1]):
            shocks[step, factor] *= scale


def _switch(
    rules: MarketRules, regime: Rows, drawn: Sequence[Drawn], shocks: Floats, stream: Words,
) -> None:  # fmt: skip
    """Two regimes acting on the first factor; the others feel it through their correlation with it."""
    now = regime[0]
    for step in range(len(drawn)):
        drawn[step].spread = rules.regime_scale[now]
        if shocks.shape[1] > 0:
            shocks[step, 0] = rules.regime_shift[now] + rules.regime_scale[now] * shocks[step, 0]
        if uniform(stream) < rules.regime_leave[now]:
            now = 1 - now
    regime[0] = now


def _choose_rows(rules: MarketRules, begin: int, drawn: Sequence[Drawn], rows: Rows, stream: Words) -> None:
    """Cohorts: consecutive rows. Bootstrap: Politis and Romano's stationary blocks (1994)."""
    count, last = rules.past_inflation.size, len(drawn) - 1
    row, level = rows[last], drawn[last].prices
    for step in range(len(drawn)):
        if begin + step > 0 and step % rules.steps_per_row == 0:
            row += 1
            if rules.model == BOOTSTRAP and uniform(stream) < rules.block_end:
                row = np.int64(uniform(stream) * count)
        row %= count
        rows[step] = row
        level *= math.exp(rules.past_inflation[row] / rules.steps_per_row)
        drawn[step].prices = level


def _bridge(bridged: npt.NDArray[np.bool_], width: int, shocks: Floats) -> None:
    """Shocks within a historical row sum to zero, so the steps inside it compound to exactly what happened."""
    steps = shocks.shape[0]
    for factor in range(shocks.shape[1]):
        if not bridged[factor]:
            continue
        for start in range(0, steps, width):
            stop, total = min(start + width, steps), 0.0
            for step in range(start, stop):
                total += shocks[step, factor]
            for step in range(start, stop):
                shocks[step, factor] -= total / (stop - start)


def _grow(drift: Floats, loading: Floats, shocks: Floats, drawn: Sequence[Drawn]) -> None:
    for step in range(len(drawn)):
        for series in range(drift.size):
            log_growth = drift[series]
            for factor in range(shocks.shape[1]):
                log_growth += loading[series, factor] * shocks[step, factor]
            drawn[step].growth[series] = exponential(log_growth)


def exponential(x: float) -> float:
    """exp(x): for |x| ≤ 1 the Taylor series of x / 8, squared three times, to 3e-13; three times faster than libm."""
    if not -1.0 <= x <= 1.0:
        return math.exp(x)
    y = 0.125 * x
    y2 = y * y
    y4 = y2 * y2
    low = (1.0 + y) + y2 * (0.5 + y * (1.0 / 6.0))
    high = (1.0 / 24.0 + y * (1.0 / 120.0)) + y2 * (1.0 / 720.0 + y * (1.0 / 5040.0))
    power = low + y4 * (high + y4 * (1.0 / 40320.0))
    power *= power
    power *= power
    return power * power


def _replay(past: Floats, width: int, rows: Rows, drawn: Sequence[Drawn]) -> None:
    """Historical growth on top of what was drawn."""
    for step in range(len(drawn)):
        for series in range(past.shape[1]):
            drawn[step].growth[series] *= math.exp(past[rows[step], series] / width)
