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
from alm.mechanics.sale import cash_to_cure


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
