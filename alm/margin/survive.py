"""The largest fall that cash and credit survive, in closed form, for any number of loans that share them.

A fall d leaves the share m = 1 − d of every value. Loan i needs max(0, Lᵢ − TᵢVᵢm) of cash to stay at its threshold
Tᵢ, and S is what can be paid. The sum of those needs is the largest of the sums over sets of loans of Lᵢ − TᵢVᵢm, and
the set that binds holds the loans breached first; so with loans sorted by Lᵢ/(TᵢVᵢ), largest first,

    m* = max(0, max over k of (L₁ + … + Lₖ − S)/(T₁V₁ + … + TₖVₖ)),    d* = 1 − m*,

which for one loan is d* = 1 − (L − S)/(T V).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import accumulate

from alm.margin.positions import Position, Threshold, with_level
from alm.step.sale import cash_to_cure


def largest_fall(loans: Iterable[tuple[float, float]], sources: float) -> float:
    """d* for loans given as (owed Lᵢ, limit TᵢVᵢ: the most that may be owed at today's prices), and sources S ≥ 0.

    1.0: nothing can happen. Negative: the market would have to rise. −inf: no price would help, nothing is pledged.
    """
    owing = sorted((loan for loan in loans if loan[0] > 0), key=_kept_when_breached, reverse=True)
    totals = accumulate(owing, lambda sums, loan: (sums[0] + loan[0], sums[1] + loan[1]), initial=(0.0, 0.0))
    return 1.0 - max((_kept(owed - sources, limit) for owed, limit in totals), default=0.0)


def max_survivable_fall(loans: Iterable[Position], sources: float, threshold: Threshold = "forced") -> float:
    """The largest uniform fall after which `sources` can still keep every loan at or under its threshold."""
    return largest_fall(((p.owed, level * p.collateral) for p, level in with_level(loans, threshold)), sources)


def largest_sudden_fall(loans: Iterable[Position], sources: float) -> float:
    """The largest fall of a single day after which nothing pledged has to be sold, under the lenders' own rules.

    The lenders look first: at the forced level one without notice sells, and from its call on each asks for its cure
    level cᵢ. The called ones are those with the smallest distances dᵢ; the first k can be cured while the fall is at
    most 1 − (L₁ + … + Lₖ − S)/(c₁V₁ + … + cₖVₖ). The next call adds its whole cure at once, so that the answer may lie
    just before it. 1.0: nothing can happen; at most the nearest distance to a forced sale without notice.
    """
    owing = [p for p in loans if p.owed > 0]
    limit = min((p.fall_to(p.levels.forced) for p in owing if p.levels.sold_at_once), default=1.0)
    called = sorted(owing, key=_fall_to_demand)
    starts = [-math.inf, *map(_fall_to_demand, called), 1.0]
    sums = accumulate(called, _added, initial=(0.0, 0.0))
    for (owed, limit_at_cure), start, end in zip(sums, starts[:-1], starts[1:], strict=True):
        reach = 1.0 - _kept(owed - sources, limit_at_cure)
        if reach < end:
            return min(limit, max(start, reach))
    return min(limit, 1.0)


def _fall_to_demand(p: Position) -> float:
    """The fall from which its lender asks for something."""
    return p.fall_to(p.levels.forced if p.levels.call is None else p.levels.call)


def _added(sums: tuple[float, float], p: Position) -> tuple[float, float]:
    return sums[0] + p.owed, sums[1] + p.levels.cure * p.collateral


def cash_needed(loans: Iterable[Position], threshold: Threshold = "forced") -> float:
    """Σ max(0, L − TV): the cash that brings every loan to its threshold now."""
    return sum(cash_to_cure(p.owed, p.collateral, level) for p, level in with_level(loans, threshold))


def cash_demanded(loans: Iterable[Position]) -> float:
    """The cash that cures every call there is now."""
    return sum(cash_to_cure(p.owed, p.collateral, p.demanded) for p in loans if p.demanded is not None)


def _kept_when_breached(loan: tuple[float, float]) -> float:
    owed, limit = loan
    return owed / limit if limit > 0 else math.inf


def _kept(unpaid: float, limit: float) -> float:
    """The share of its value that must be left for `limit` to carry `unpaid`."""
    if unpaid <= 0:
        return 0.0
    return unpaid / limit if limit > 0 else math.inf
