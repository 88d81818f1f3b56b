"""Cohorts: the same household started in every quarter of the past, each for the same number of years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from alm.backtest.path import Leverage, Rule, run
from alm.risk.drawdown import max_drawdown
from alm.risk.series import Array, ratio


@dataclass(frozen=True, slots=True)
class Cohort:
    """One start: what became of net worth, and what the lender did. −1 a year: nothing was left."""

    start: date
    end: date
    annual_return: float
    max_drawdown: float
    peak_ltv: float
    called: bool
    sold: bool


@dataclass(frozen=True, slots=True)
class CohortSummary:
    """Over all starts: the worst, median and best annual return, and how often the lender acted."""

    starts: int
    worst: Cohort
    median_annual_return: float
    best: Cohort
    called: float
    sold: float


def cohorts(
    prices: pd.DataFrame, values: Array, weights: Array, rule: Rule, loan: Leverage | None, years: int | None
) -> tuple[Cohort, ...]:
    """One cohort per quarter that leaves `years` of prices; none when the past is shorter, or without `years`."""
    if years is None:
        return ()
    dates = pd.DatetimeIndex(prices.index)
    quarters = pd.Series(dates, index=dates).groupby(dates.to_period("Q")).first()
    found = []
    for start in quarters:
        end = start + pd.DateOffset(years=years)
        if end <= dates[-1]:
            found.append(_cohort(prices.loc[start:end], values, weights, rule, loan))
    return tuple(found)


def _cohort(prices: pd.DataFrame, values: Array, weights: Array, rule: Rule, loan: Leverage | None) -> Cohort:
    path = run(prices, values, weights, rule, loan)
    years = ratio((path.dates[-1] - path.dates[0]).days, 365.25)
    growth = max(float(path.net[-1] / path.net[0]), 0.0)
    ruined = bool((path.net <= 0).any())
    return Cohort(
        start=path.dates[0].date(),
        end=path.dates[-1].date(),
        annual_return=-1.0 if ruined else growth ** (1 / years) - 1,
        max_drawdown=-1.0 if ruined else max_drawdown(path.returns),
        peak_ltv=float(path.ltv.max()),
        called=path.happened("call"),
        sold=path.happened("sale"),
    )


def summary(found: tuple[Cohort, ...]) -> CohortSummary | None:
    if not found:
        return None
    ordered = sorted(found, key=lambda cohort: cohort.annual_return)
    return CohortSummary(
        starts=len(found),
        worst=ordered[0],
        median_annual_return=float(np.median([cohort.annual_return for cohort in found])),
        best=ordered[-1],
        called=sum(cohort.called for cohort in found) / len(found),
        sold=sum(cohort.sold for cohort in found) / len(found),
    )
