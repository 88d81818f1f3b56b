"""Cohorts: the same household started in every quarter of the past, each for the same number of years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from alm.backtest.path import Path, Rule
from alm.backtest.walk import Span, Walk
from alm.balance_sheet import BalanceSheet
from alm.elementary import power
from alm.lenders import LenderProfile
from alm.risk.drawdown import max_drawdown
from alm.risk.series import ratio
from alm.settings import Settings


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
    sheet: BalanceSheet, prices: pd.DataFrame, rule: Rule, settings: Settings, profiles: Mapping[str, LenderProfile],
    years: int | None, *, loan: str = "",
) -> tuple[Cohort, ...]:  # fmt: skip
    """One cohort per quarter that leaves `years` of prices; none when the past is shorter, or without `years`."""
    spans = [] if years is None else _spans(pd.DatetimeIndex(prices.index), years)
    if not spans:
        return ()
    return tuple(_cohort(path) for path in Walk(sheet, prices, spans, rule, settings, profiles, loan=loan).run())


def _spans(dates: pd.DatetimeIndex, years: int) -> list[Span]:
    """The first date of every quarter, and the last one within `years` of it."""
    starts = np.flatnonzero(~dates.to_period("Q").duplicated())
    ends = dates[starts] + pd.DateOffset(years=years)
    lasts = dates.searchsorted(ends, side="right") - 1
    return [(int(row), int(last)) for row, last, end in zip(starts, lasts, ends, strict=True) if end <= dates[-1]]


def _cohort(path: Path) -> Cohort:
    years = ratio((path.dates[-1] - path.dates[0]).days, 365.25)
    growth = max(float(path.net[-1] / path.net[0]), 0.0)
    ruined = bool((path.net <= 0).any())
    return Cohort(
        start=path.dates[0].date(),
        end=path.dates[-1].date(),
        annual_return=-1.0 if ruined else power(growth, 1 / years) - 1,
        max_drawdown=-1.0 if ruined else max_drawdown(path.returns),
        peak_ltv=path.highest_ltv,
        called=path.called,
        sold=path.sold,
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
