"""A household's backtest: today's amounts put at the beginning of 1, 3, 5 or all years of its holdings' past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from alm.allocation.drift import checked_targets, group
from alm.backtest.cohorts import Cohort, CohortSummary, cohorts, summary
from alm.backtest.path import Leverage, Path, Rule, run
from alm.balance_sheet import BalanceSheet, SecuredLoan
from alm.engines.household_block import household_block
from alm.errors import MissingValue, UnknownName
from alm.language import t
from alm.lenders import LenderProfile
from alm.risk.benchmark import Weights, parse_benchmark, weighted_returns
from alm.risk.report import long_enough, today_weights
from alm.risk.scorecard import Measures, measures_of
from alm.risk.series import Array, common_prices, in_base_currency, periods_per_year, present
from alm.risk.tail import tails
from alm.settings import Settings

WeightsOf = Literal["current", "target"]


@dataclass(frozen=True, slots=True, eq=False)
class Backtest:
    """What became of today's household over the window, with the loan and without, beside the benchmark's growth.

    `years` None is all there is; `left_out` names tickers with too short a past and their weight. `benchmark` (T) is
    money in the benchmark without a loan, None without one.
    """

    years: int | None
    weights_of: WeightsOf
    rule: Rule
    loan: str
    tickers: tuple[str, ...]
    weights: Array
    left_out: tuple[tuple[str, float], ...]
    path: Path
    unlevered: Path
    benchmark: Array | None
    measures: Measures
    unlevered_measures: Measures
    benchmark_measures: Measures | None
    cohorts: tuple[Cohort, ...]
    cohort_summary: CohortSummary | None


def backtest(
    sheet: BalanceSheet,
    closes: pd.DataFrame,
    fx: pd.DataFrame,
    settings: Settings,
    profiles: Mapping[str, LenderProfile],
    *,
    years: int | None = None,
    weights_of: WeightsOf = "current",
    rule: Rule | None = None,
    loan: str = "",
    benchmark: str | None = None,
    currencies: Mapping[str, str] | None = None,
    cohort_years: int | None = None,
) -> Backtest:
    """One window, and a cohort of `cohort_years` from every quarter (none asked for: no cohorts).

    Raises MissingValue when the holdings share too little past for the window.
    """
    sheet.require_complete()
    chosen = rule or Rule(cost=settings.sale_cost, band=settings.drift_band)
    other = parse_benchmark(settings.benchmark if benchmark is None else benchmark)
    known = dict(currencies or {}) | {h.ticker: h.currency for h in sheet.holdings}
    prices = in_base_currency(closes.sort_index().loc[: pd.Timestamp(sheet.as_of)], fx, known, sheet.base_currency)
    wanted = current_weights(sheet) if weights_of == "current" else target_weights(sheet)
    kept = long_enough(prices, wanted)
    common = shared_prices(prices, tuple(kept), other, sheet, years)
    weights = np.array(list(kept.values())) / sum(kept.values())
    values = weights * sheet.portfolio_value
    lever = leverage(sheet, settings, profiles, tuple(kept), loan)
    own = common[list(kept)]
    path, plain = (run(own, values, weights, chosen, with_loan) for with_loan in (lever, None))
    theirs = _benchmark(common, other, sheet.portfolio_value)
    every = cohorts(common_prices(prices[list(kept)]), values, weights, chosen, lever, cohort_years)
    return Backtest(
        years=years,
        weights_of=weights_of,
        rule=chosen,
        loan=lever.name if lever else "",
        tickers=tuple(kept),
        weights=weights,
        left_out=tuple((ticker, weight) for ticker, weight in wanted.items() if ticker not in kept),
        path=path,
        unlevered=plain,
        benchmark=theirs,
        measures=_measures(path.returns, path.dates, settings),
        unlevered_measures=_measures(plain.returns, plain.dates, settings),
        benchmark_measures=None if theirs is None else _measures(theirs[1:] / theirs[:-1] - 1, path.dates, settings),
        cohorts=every,
        cohort_summary=summary(every),
    )


def current_weights(sheet: BalanceSheet) -> dict[str, float]:
    """Today's, of what is held long."""
    weights = {ticker: weight for ticker, weight in today_weights(sheet).items() if weight > 0}
    return {ticker: weight / sum(weights.values()) for ticker, weight in weights.items()}


def target_weights(sheet: BalanceSheet) -> dict[str, float]:
    """Each target shared among the holdings that count toward it, in proportion to their value.

    A target nothing is held of has no past here and raises MissingValue.
    """
    targets = checked_targets(sheet)
    values: dict[str, dict[str, float]] = {name: {} for name in targets}
    for holding in sheet.holdings:
        members = values.setdefault(group(holding, targets), {})
        members[holding.ticker] = members.get(holding.ticker, 0.0) + holding.value
    missing = [name for name, target in targets.items() if target > 0 and not sum(values[name].values()) > 0]
    if missing:
        raise MissingValue(t("Nothing is held of the target {missing}", missing=missing[0]))
    return {
        ticker: targets[name] * value / sum(members.values())
        for name, members in values.items()
        for ticker, value in members.items()
        if targets.get(name, 0.0) > 0
    }


def leverage(
    sheet: BalanceSheet,
    settings: Settings,
    profiles: Mapping[str, LenderProfile],
    tickers: tuple[str, ...],
    name: str = "",
) -> Leverage | None:
    """The loan of that name, else the largest; None when nothing is owed. Other loans are left out of the backtest."""
    owing = [loan for loan in sheet.secured_loans if loan.owed > 0 and name in ("", loan.name)]
    if name and not owing:
        raise UnknownName("securities-backed loan", name, tuple(loan.name for loan in sheet.secured_loans))
    if not owing:
        return None
    loan = max(owing, key=lambda one: one.owed)
    if loan.profile not in profiles:
        raise UnknownName("lender profile", loan.profile, tuple(profiles))
    share, advance = _pledge(sheet, loan, tickers)
    means = household_block(sheet, profiles, settings, 1).means
    line_rate = max((line.rate_pa for line in sheet.credit_lines if line.undrawn > 0), default=0.0)
    return Leverage(
        loan.name,
        loan.owed,
        loan.rate_pa,
        profiles[loan.profile].rules,
        share,
        advance,
        means.cash,
        means.credit_line,
        line_rate,
    )


def _pledge(sheet: BalanceSheet, loan: SecuredLoan, tickers: tuple[str, ...]) -> tuple[Array, Array]:
    """Share of each ticker that is pledged to the loan, and its advance rate (1 where nothing is)."""
    share, advance = np.zeros(len(tickers)), np.ones(len(tickers))
    for place, ticker in enumerate(tickers):
        rows = [h for h in sheet.holdings if h.ticker == ticker and h.value > 0]
        pledged = sum(h.value for h in rows if h.pledged_to == loan.name)
        if pledged:
            share[place] = pledged / sum(h.value for h in rows)
            advance[place] = sum(h.lending_value for h in rows if h.pledged_to == loan.name) / pledged
    return share, advance


def shared_prices(
    prices: pd.DataFrame, tickers: tuple[str, ...], benchmark: Weights, sheet: BalanceSheet, years: int | None
) -> pd.DataFrame:
    """Dates on which everything has a price, within the window; the window must be covered to ten days."""
    absent = [name for name, _ in benchmark if name not in prices.columns]
    if absent:
        raise UnknownName("price history", absent[0], tuple(map(str, prices.columns)))
    common = common_prices(prices[list(dict.fromkeys([*tickers, *(name for name, _ in benchmark)]))])
    start = None if years is None else pd.Timestamp(sheet.as_of) - pd.DateOffset(years=years)
    if start is not None and (common.empty or common.index[0] > start + pd.Timedelta(days=10)):
        raise MissingValue(t("Not every holding has prices for the last {years} years", years=years))
    window = common if start is None else common.loc[start:]
    if len(window) < 2:
        raise MissingValue("No two dates with a price of every holding")
    return window


def _benchmark(common: pd.DataFrame, benchmark: Weights, value: float) -> Array | None:
    if not benchmark:
        return None
    growth = np.cumprod(1 + weighted_returns(common, benchmark).to_numpy())
    return np.asarray(value * np.concatenate(([1.0], growth)))


def _measures(returns: Array, dates: pd.DatetimeIndex, settings: Settings) -> Measures:
    kept = present(returns)
    return measures_of(kept, tails(kept), settings.risk_free_pa, periods_per_year(dates))
