"""A household's backtest: today's amounts put at the beginning of 1, 3, 5 or all years of its holdings' past."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from alm.allocation.drift import checked_targets, group
from alm.backtest.cohorts import Cohort, CohortSummary, cohorts, summary
from alm.backtest.path import Path, Rule
from alm.backtest.walk import run
from alm.balance_sheet import BalanceSheet, Holding
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

    `loan` names the loan whose margin ratio is told; every loan is walked. `years` None is all there is; `left_out`
    names tickers with too short a past and their weight. `benchmark` (T) is money in the benchmark without a loan, None
    without one.
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
    begun = _begun(sheet, kept, weights_of)
    weights = current_weights(begun)
    shown = _shown_loan(sheet, loan)
    own = common[list(kept)]
    plain = run(_bare(begun), own, chosen, settings, profiles)
    path = run(begun, own, chosen, settings, profiles, loan=shown) if shown else plain
    theirs = _benchmark(common, other, begun.portfolio_value)
    household, past = begun if shown else _bare(begun), common_prices(prices[list(kept)])
    every = cohorts(household, past, chosen, settings, profiles, cohort_years, loan=shown)
    return Backtest(
        years=years,
        weights_of=weights_of,
        rule=chosen,
        loan=shown,
        tickers=tuple(kept),
        weights=np.array([weights[ticker] for ticker in kept]),
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


def _shown_loan(sheet: BalanceSheet, name: str) -> str:
    """Whose margin ratio is told: the loan of that name, else the largest; none when nothing is owed."""
    owing = [loan for loan in sheet.secured_loans if loan.owed > 0 and name in ("", loan.name)]
    if name and not owing:
        raise UnknownName("securities-backed loan", name, tuple(loan.name for loan in sheet.secured_loans))
    return max(owing, key=lambda one: one.owed).name if owing else ""


def _begun(sheet: BalanceSheet, kept: Mapping[str, float], weights_of: WeightsOf) -> BalanceSheet:
    """The household on the first day, with today's shares pledged and today's gains. What is held short is left out;
    what has no past is stood for by what has, within each lender's collateral and within the rest, so that every margin
    ratio is today's. With target weights the whole portfolio stands in those."""

    def part(holding: Holding) -> str:
        return holding.ticker if weights_of == "target" else holding.pledged_to or ""

    held = [holding for holding in sheet.holdings if holding.value > 0]
    known = [holding for holding in held if holding.ticker in kept]
    for loan in sheet.secured_loans:
        if loan.owed > 0 and not any(holding.pledged_to == loan.name for holding in known):
            raise MissingValue(t("Nothing that is pledged to {loan} has a past here", loan=loan.name))
    today, wanted = _sums(known, part), _sums(held, part)
    if weights_of == "target":
        whole = sheet.portfolio_value / sum(kept.values())
        wanted = {ticker: weight * whole for ticker, weight in kept.items()}
    return sheet.with_(holdings=tuple(_scaled(h, wanted[part(h)] / today[part(h)]) for h in known))


def _sums(holdings: Iterable[Holding], part: Callable[[Holding], str]) -> dict[str, float]:
    """Value of the holdings by part."""
    sums: dict[str, float] = {}
    for holding in holdings:
        sums[part(holding)] = sums.get(part(holding), 0.0) + holding.value
    return sums


def _scaled(holding: Holding, factor: float) -> Holding:
    base = holding.cost_basis_base
    return replace(
        holding, quantity=holding.quantity * factor, cost_basis=holding.cost_basis * factor,
        cost_basis_base=None if base is None else base * factor,
    )  # fmt: skip


def _bare(sheet: BalanceSheet) -> BalanceSheet:
    """The same holdings with nothing owed and nothing beside them."""
    free = tuple(replace(holding, pledged_to=None) for holding in sheet.holdings)
    return sheet.with_(holdings=free, secured_loans=(), credit_lines=(), cash_balances=())


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
