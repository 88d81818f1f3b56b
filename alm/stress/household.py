"""The margin-ratio stress test of one household: where each loan stands, how far it is from trouble, and the grid.

A uniform fall, because the question is how far *the market* may fall; scenarios that shock more are applied to the
sheet first (`alm.scenarios.stressed`). Figures rest on today's balances: nothing is paid, earned or accrued meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from alm.balance_sheet import BalanceSheet, ltv
from alm.errors import UnknownName
from alm.lenders import LenderProfile
from alm.margin import (
    THRESHOLDS,
    Levels,
    Position,
    Resources,
    Threshold,
    Zone,
    largest_fall,
    largest_sudden_fall,
    max_survivable_fall,
    positions,
    purse,
    resources,
    with_level,
    worst_zone,
)
from alm.settings import Settings
from alm.stress.gap import GapRisk, gap_risk
from alm.stress.grid import GridRow, falls, grid_row


@dataclass(frozen=True, slots=True)
class Distances:
    """The uniform fall that reaches each threshold; negative when breached; `call` None where no lender calls."""

    freeze: float
    call: float | None
    forced: float


@dataclass(frozen=True, slots=True)
class Survivable:
    """The largest fall that keeps every loan at or under one threshold, paid with cash only, or cash and lines."""

    cash: float
    cash_and_line: float


@dataclass(frozen=True, slots=True)
class LoanStress:
    """One loan as it stands today."""

    loan: str
    profile: str
    owed: float
    collateral: float
    ltv: float
    zone: Zone
    levels: Levels
    distances: Distances
    gap: GapRisk


@dataclass(frozen=True, slots=True)
class StressTest:
    """The household, or the one loan asked for. Distances and zone are the nearest loan's; sources are shared.

    Four largest uniform falls that end without a sale, paid from cash above the reserve and committed lines:
    `max_survivable_fall` at any speed (one day is the worst: the lenders look first and a call is met in full);
    `_slow` when each call is answered as it comes; `_prepaid` when everything is paid ahead of the first call, or of
    the forced sale where the lender never calls; `_selling` at any speed with unpledged holdings sold as well.
    """

    ltv: float
    profile: str
    zone: Zone
    owed: float
    collateral: float
    sources: Resources
    distances: Distances
    max_survivable_fall: float
    max_survivable_fall_slow: float
    max_survivable_fall_prepaid: float
    max_survivable_fall_selling: float
    survivable: Mapping[Threshold, Survivable | None]
    loans: tuple[LoanStress, ...]
    grid: tuple[GridRow, ...]

    @property
    def nearest_loan(self) -> LoanStress | None:
        """The loan that a falling market forces first."""
        return min(self.loans, key=lambda loan: loan.distances.forced, default=None)


def stress_test(
    sheet: BalanceSheet,
    profiles: Mapping[str, LenderProfile],
    settings: Settings,
    *,
    step: float = 0.05,
    max_fall: float = 0.70,
    loan: str | None = None,
) -> StressTest:
    """The stress test of all loans, or of the named `loan` alone; MissingValue when a price or rate is missing."""
    sheet.require_complete()
    found, means = chosen(positions(sheet, profiles, settings), loan), resources(sheet, settings)
    today = replace(purse(sheet, profiles, settings), loans=found)
    owed, collateral = sum(p.owed for p in found), sum(p.collateral for p in found)
    survivable = {threshold: survivable_falls(found, means, threshold) for threshold in THRESHOLDS}
    sudden = largest_sudden_fall(found, means.total)
    return StressTest(
        ltv(owed, collateral),
        ", ".join(dict.fromkeys(p.profile for p in found)),
        worst_zone(found),
        owed,
        collateral,
        means,
        nearest(found),
        sudden,
        sudden,  # what is survived in one day is survived slowly, and by selling more
        _prepaid(found, means.total),
        sudden,
        survivable,
        tuple(map(loan_stress, found)),
        tuple(grid_row(fall, today) for fall in falls(step, max_fall)),
    )


def chosen(found: tuple[Position, ...], loan: str | None) -> tuple[Position, ...]:
    if loan is not None and loan not in [p.loan for p in found]:
        raise UnknownName("securities-backed loan", loan, tuple(p.loan for p in found))
    return tuple(p for p in found if loan in (None, p.loan))


def loan_stress(p: Position) -> LoanStress:
    return LoanStress(p.loan, p.profile, p.owed, p.collateral, p.ltv, p.zone, p.levels, nearest((p,)), gap_risk(p))


def nearest(found: Iterable[Position]) -> Distances:
    """The smallest distance of any loan to each threshold; 1 with no loan: no fall reaches it."""
    loans = tuple(found)
    freeze, call, forced = (_least(loans, threshold) for threshold in THRESHOLDS)
    return Distances(1.0 if freeze is None else freeze, call, 1.0 if forced is None else forced)


def _least(loans: Iterable[Position], threshold: Threshold) -> float | None:
    return min((d for p in loans if (d := p.distance(threshold)) is not None), default=None)


def survivable_falls(found: tuple[Position, ...], means: Resources, threshold: Threshold) -> Survivable | None:
    """Closed form for any number of loans; None where no loan has the threshold."""
    if threshold == "call" and not with_level(found, threshold):
        return None
    return Survivable(
        max_survivable_fall(found, means.cash, threshold), max_survivable_fall(found, means.total, threshold)
    )


def _prepaid(found: tuple[Position, ...], sources: float) -> float:
    """The largest fall before any lender's first demand when all of `sources` has been paid into the loans."""
    first = ((p.owed, (p.levels.call or p.levels.forced) * p.collateral) for p in found)
    return largest_fall(first, sources)
