"""What a drop in diversification does to the fall the household survives: the risk report joined with the margin.

The stress test asks how far everything pledged may fall, F. One holding leads: the one that carries most of the
risk. When it falls by d, holding i is expected to fall by d · ρ σᵢ / σ of the leader, so the collateral falls by d · β
with β = Σ wᵢ ρᵢ σᵢ / σ, and the leader may fall by F / β. As correlations rise, β rises and that fall shrinks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from alm.balance_sheet import BalanceSheet
from alm.elementary import log1p, variance
from alm.risk.correlation import covariance
from alm.risk.report import RiskReport
from alm.risk.series import Array


@dataclass(frozen=True, slots=True)
class Fragility:
    """`survivable_fall` of everything pledged, seen with the correlations of the long run and of the last quarter.

    `sigmas` is how many standard deviations of a year that fall is, −ln(1 − F) / σ of what is pledged; `leader_fall`
    the fall of the leading holding that brings it, 1.0 when not even its loss does. Volatilities are the long run's.
    """

    leader: str
    survivable_fall: float
    sigmas_long_run: float
    sigmas_recent: float
    leader_fall_long_run: float
    leader_fall_recent: float


def fragility(sheet: BalanceSheet, report: RiskReport, survivable_fall: float) -> Fragility | None:
    """None without a loan, without pledged holdings in the report's past, or where a correlation is not known."""
    names = [str(name) for name in report.past.holdings]
    pledged = np.array([sum(h.value for h in sheet.holdings if h.pledged_to and h.ticker == name) for name in names])
    contributions = {held.ticker: held.contribution for held in report.holdings}
    known = [name for name in names if math.isfinite(contributions.get(name, math.nan))]
    if sheet.secured_debt <= 0 or pledged.sum() <= 0 or not known:
        return None
    leader = max(known, key=lambda name: contributions[name])
    weights, deviations = pledged / pledged.sum(), report.past.holdings.std().to_numpy()
    row = names.index(leader)
    both = [report.correlation.to_numpy(), report.recent_correlation.to_numpy()]
    sigmas = [_sigmas(survivable_fall, weights, each, deviations * math.sqrt(report.per_year)) for each in both]
    falls = [_leader_fall(survivable_fall, weights, each[row], deviations / deviations[row]) for each in both]
    if any(map(math.isnan, [*sigmas, *falls])):
        return None
    return Fragility(leader, survivable_fall, *sigmas, *falls)


def _sigmas(survivable: float, weights: Array, correlations: Array, deviations: Array) -> float:
    squared = variance(weights, covariance(correlations, deviations))
    if math.isnan(squared) or squared <= 0:
        return math.nan
    return -log1p(-survivable) / math.sqrt(squared) if survivable < 1 else math.inf


def _leader_fall(survivable: float, weights: Array, correlations: Array, relative_deviations: Array) -> float:
    beta = float((weights * correlations * relative_deviations).sum())
    if math.isnan(beta):
        return math.nan
    return min(survivable / beta, 1.0) if beta > 0 else 1.0
