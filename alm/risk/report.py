"""Everything the risk page says, from the sheet and its price history: one call, one frozen result."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from alm.balance_sheet import BalanceSheet
from alm.errors import MissingValue, UnknownName
from alm.language import t
from alm.risk.benchmark import Day, Relative, Weights, best_and_worst, parse_benchmark, relative, weighted_returns
from alm.risk.concentration import Concentration, concentrations
from alm.risk.contribution import risk_contributions
from alm.risk.correlation import WINDOW, Breakdown, breakdowns, correlation_matrix, diversification_ratio
from alm.risk.drawdown import Drawdown, episodes
from alm.risk.scorecard import Measures, Score, measures_of, scorecard
from alm.risk.series import (
    TRADING_DAYS,
    Array,
    annual_count,
    common_prices,
    in_base_currency,
    own_returns,
    paired_returns,
    periods_per_year,
)
from alm.risk.tail import Tail, tails
from alm.settings import Settings

MIN_HISTORY, COVERAGE = 252, 0.8
"""Weekdays of a year, and the share of them on which a holding needs a price: one with less is left out of the
portfolio's history, so that it does not cut everyone's."""


@dataclass(frozen=True, slots=True)
class HoldingRisk:
    """One ticker on its own dates, and what it contributes to the portfolio (NaN when left out of its history)."""

    ticker: str
    weight: float
    value: float
    contribution: float
    measures: Measures
    tails: tuple[Tail, ...]
    against: Relative | None


@dataclass(frozen=True, slots=True)
class Diversification:
    """Σ |w| σ / σ of the portfolio, with the correlations of the long run and of the last quarter; 1 is none."""

    long_run: float
    recent: float


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """The portfolio at today's weights, restored daily, on the dates all of it (and the benchmark) has prices.

    `dates` are the price dates, `returns` and `benchmark` between them (None: no benchmark), `holdings` the returns
    of what is in it with `weights` summing to 1; `left_out` is what has too short a history, with its weight today.
    """

    dates: pd.DatetimeIndex
    returns: Array
    benchmark: Array | None
    holdings: pd.DataFrame
    weights: Array
    left_out: tuple[tuple[str, float], ...]

    @property
    def per_year(self) -> float:
        return periods_per_year(self.dates)


@dataclass(frozen=True, slots=True, eq=False)
class RiskReport:
    """What the portfolio's past says, from `start` to `end`; price returns in the base currency.

    `per_year` annualises; `benchmark` and `against` are None without a benchmark. `past` and the correlation frames
    are for charts.
    """

    as_of: date
    start: date
    end: date
    observations: int
    per_year: float
    risk_free_pa: float
    benchmark_name: str
    left_out: tuple[tuple[str, float], ...]
    portfolio: Measures
    benchmark: Measures | None
    against: Relative | None
    scorecard: tuple[Score, ...]
    tails: tuple[Tail, ...]
    drawdowns: tuple[Drawdown, ...]
    best_day: Day | None
    worst_day: Day | None
    holdings: tuple[HoldingRisk, ...]
    diversification: Diversification
    alarms: tuple[Breakdown, ...]
    concentration: tuple[Concentration, ...]
    past: Past
    correlation: pd.DataFrame
    recent_correlation: pd.DataFrame


def risk_report(
    sheet: BalanceSheet,
    closes: pd.DataFrame,
    fx: pd.DataFrame,
    settings: Settings,
    *,
    benchmark: str | None = None,
    currencies: Mapping[str, str] | None = None,
    since: date | None = None,
) -> RiskReport:
    """The whole report on price returns in the base currency, from `since` (default: all there is) to the sheet's date.

    `closes` and `fx` are dates × names; `benchmark` overrides the setting; `currencies` names the quote currency of
    tickers that are not held (default: base currency). Raises MissingValue when no two common dates exist.
    """
    sheet.require_complete()
    weights = parse_benchmark(settings.benchmark if benchmark is None else benchmark)
    known = dict(currencies or {}) | {h.ticker: h.currency for h in sheet.holdings}
    prices = in_base_currency(_window(closes, since, sheet.as_of), fx, known, sheet.base_currency)
    return _report(sheet, prices, weights, settings.risk_free_pa)


def _window(closes: pd.DataFrame, since: date | None, until: date) -> pd.DataFrame:
    return closes.sort_index().loc[pd.Timestamp(since) if since else None : pd.Timestamp(until)]


def _report(sheet: BalanceSheet, prices: pd.DataFrame, benchmark: Weights, risk_free_pa: float) -> RiskReport:
    held = today_weights(sheet)
    past = past_of(prices, held, benchmark)
    tail = tails(past.returns)
    mine = measures_of(past.returns, tail, risk_free_pa, past.per_year)
    theirs = _benchmark_measures(past, risk_free_pa)
    against = None if past.benchmark is None else relative(past.returns, past.benchmark, risk_free_pa, past.per_year)
    days = _extreme_days(past)
    long_run = correlation_matrix(prices[list(past.holdings)])
    recent = correlation_matrix(prices[list(past.holdings)], last=WINDOW)
    return RiskReport(
        as_of=sheet.as_of,
        start=past.dates[0].date(),
        end=past.dates[-1].date(),
        observations=len(past.returns),
        per_year=past.per_year,
        risk_free_pa=risk_free_pa,
        benchmark_name=", ".join(name if weight == 1 else f"{name} {weight:g}" for name, weight in benchmark),
        left_out=past.left_out,
        portfolio=mine,
        benchmark=theirs,
        against=against,
        scorecard=scorecard(mine, theirs, against),
        tails=tail,
        drawdowns=episodes(past.dates, past.returns),
        best_day=days and days[0],
        worst_day=days and days[1],
        holdings=_holdings(sheet, prices, past, benchmark_level(prices, benchmark), risk_free_pa),
        diversification=_diversification(past, long_run.to_numpy(), recent.to_numpy()),
        alarms=breakdowns(prices[list(past.holdings)], long_run, recent),
        concentration=concentrations(sheet),
        past=past,
        correlation=long_run,
        recent_correlation=recent,
    )


def today_weights(sheet: BalanceSheet) -> dict[str, float]:
    """Share of the portfolio's value by ticker, accounts together."""
    total = sheet.portfolio_value
    if total <= 0:
        raise MissingValue("No holdings with a value")
    weights: dict[str, float] = {}
    for holding in sheet.holdings:
        weights[holding.ticker] = weights.get(holding.ticker, 0.0) + holding.value / total
    return weights


def past_of(prices: pd.DataFrame, held: Mapping[str, float], benchmark: Weights) -> Past:
    """The common past; raises MissingValue when there are not two common dates, UnknownName without the benchmark."""
    absent = [name for name, _ in benchmark if name not in prices.columns]
    if absent:
        raise UnknownName("price history", absent[0], tuple(map(str, prices.columns)))
    kept = long_enough(prices, held)
    names = list(dict.fromkeys([*kept, *(name for name, _ in benchmark)]))
    common = common_prices(prices[names])
    if not kept or len(common) < 2:
        raise MissingValue(
            t("No two dates with a price of every one of {names}", names=", ".join(names) or "the holdings")
        )
    returns = common.pct_change().iloc[1:]
    weights = np.array(list(kept.values())) / sum(kept.values())
    holdings = returns[list(kept)]
    theirs = (returns[[name for name, _ in benchmark]].to_numpy() * [weight for _, weight in benchmark]).sum(axis=1)
    left_out = tuple((ticker, weight) for ticker, weight in held.items() if ticker not in kept)
    dates = pd.DatetimeIndex(common.index)
    return Past(
        dates, (holdings.to_numpy() * weights).sum(axis=1), theirs if benchmark else None, holdings, weights, left_out
    )


def long_enough(prices: pd.DataFrame, held: Mapping[str, float]) -> dict[str, float]:
    """Weights of the tickers with prices on 80 % of the weekdays of a year; of the longest's where that is shorter.

    Weekdays, so that a coin with weekend prices does not outlast every share; 80 %, because markets keep holidays.
    """
    working = prices[np.is_busday(prices.index.to_numpy().astype("datetime64[D]"))]
    counts = {ticker: int(working[ticker].count()) if ticker in prices.columns else 0 for ticker in held}
    needed = max(2, math.ceil(COVERAGE * min(MIN_HISTORY, max(counts.values()))))
    return {ticker: weight for ticker, weight in held.items() if counts[ticker] >= needed}


def benchmark_level(prices: pd.DataFrame, benchmark: Weights) -> Array | None:
    """The benchmark as one price column on the dates of `prices`: growth of 1 where all its parts have a price."""
    if not benchmark:
        return None
    returns = weighted_returns(prices, benchmark)
    common = common_prices(prices[[name for name, _ in benchmark]]).index
    level = pd.Series(np.concatenate(([1.0], np.cumprod(1 + returns.to_numpy()))), index=common)
    return np.asarray(level.reindex(prices.index), dtype=np.float64)


def _benchmark_measures(past: Past, risk_free_pa: float) -> Measures | None:
    if past.benchmark is None:
        return None
    return measures_of(past.benchmark, tails(past.benchmark), risk_free_pa, past.per_year)


def _extreme_days(past: Past) -> tuple[Day, Day] | None:
    dates = past.dates[1:]
    other = None if past.benchmark is None else pd.Series(past.benchmark, index=dates)
    return best_and_worst(pd.Series(past.returns, index=dates), other)


def _holdings(
    sheet: BalanceSheet, prices: pd.DataFrame, past: Past, level: Array | None, risk_free_pa: float
) -> tuple[HoldingRisk, ...]:
    """Largest first. Each on its own dates; against the benchmark on the dates the two share."""
    shares = dict(zip(past.holdings, risk_contributions(past.holdings, past.weights), strict=True))
    held = sorted(today_weights(sheet).items(), key=lambda item: -item[1])
    return tuple(
        _holding(ticker, weight, sheet.portfolio_value, shares.get(ticker, math.nan), column, level, risk_free_pa)
        for ticker, weight in held
        if (column := prices.get(ticker)) is not None
    )


def _holding(
    ticker: str,
    weight: float,
    total: float,
    contribution: float,
    prices: pd.Series,
    level: Array | None,
    risk_free_pa: float,
) -> HoldingRisk:
    column = prices.to_numpy()
    seen = np.flatnonzero(~np.isnan(column))
    per_year = annual_count(len(seen), *prices.index[seen[[0, -1]]]) if len(seen) else TRADING_DAYS
    returns = own_returns(column)
    against = None if level is None else relative(*paired_returns(column, level), risk_free_pa, per_year)
    tail = tails(returns)
    measures = measures_of(returns, tail, risk_free_pa, per_year)
    return HoldingRisk(ticker, weight, weight * total, contribution, measures, tail, against)


def _diversification(past: Past, long_run: Array, recent: Array) -> Diversification:
    deviations = past.holdings.std().to_numpy()
    return Diversification(
        *(diversification_ratio(past.weights, correlations, deviations) for correlations in (long_run, recent))
    )
