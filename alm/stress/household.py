"""The margin-ratio stress test of one household: where each loan stands, how far it is from trouble, and the grid.

A uniform fall, because the question is how far *the market* may fall; scenarios that shock more are applied to the
sheet first (`alm.scenarios.stressed`). Figures rest on today's balances: nothing is paid, earned or accrued meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from alm.balance_sheet import BalanceSheet, ltv
from alm.engines.household_block import Means, household_block
from alm.engines.survivable import survivable_falls
from alm.errors import UnknownName
from alm.lenders import LenderProfile, Zone
from alm.loans import THRESHOLDS, Levels, Position, Threshold, positions, worst_zone
from alm.settings import Settings
from alm.stress.gap import GapRisk, gap_risk
from alm.stress.grid import GridRow, falls, grid
from alm.text import t, up_to


@dataclass(frozen=True, slots=True)
class Distances:
    """The uniform fall that reaches each threshold; negative when breached; `call` None where no lender calls."""

    freeze: float
    call: float | None
    forced: float


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

    The four largest survivable falls are those of `alm.engines.survivable`: at any speed, slowly, everything paid
    ahead, and at any speed with what is not pledged sold before what is; None where something unpledged has no price.
    """

    ltv: float
    profile: str
    zone: Zone
    owed: float
    collateral: float
    sources: Means
    distances: Distances
    max_survivable_fall: float
    max_survivable_fall_slow: float
    max_survivable_fall_prepaid: float
    max_survivable_fall_selling: float | None
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
    """The stress test of all loans, or of the household with the named `loan` alone; MissingValue when a price or rate
    of something pledged, or of money, is missing."""
    at = falls(step, max_fall)
    asked = sheet if loan is None else alone(sheet, loan)
    found = positions(asked, profiles)
    owed, collateral = sum(p.owed for p in found), sum(p.collateral for p in found)
    survived = survivable_falls(asked, profiles, settings)
    return StressTest(
        ltv(owed, collateral),
        ", ".join(dict.fromkeys(p.profile for p in found)),
        worst_zone(found),
        owed,
        collateral,
        household_block(asked, profiles, settings, 1).means,
        nearest(found),
        survived.at_any_speed,
        survived.slow,
        survived.prepaid,
        None if asked.missing else survived.selling,
        tuple(map(loan_stress, found)),
        grid(asked, profiles, settings, found, at),
    )


def alone(sheet: BalanceSheet, loan: str) -> BalanceSheet:
    """The household with one securities-backed loan only, and without what the others hold."""
    names = tuple(x.name for x in sheet.secured_loans)
    if loan not in names:
        raise UnknownName("securities-backed loan", loan, names)
    return sheet.with_(
        secured_loans=tuple(x for x in sheet.secured_loans if x.name == loan),
        holdings=tuple(h for h in sheet.holdings if h.pledged_to not in names or h.pledged_to == loan),
    )


def loan_stress(p: Position) -> LoanStress:
    return LoanStress(p.loan, p.profile, p.owed, p.collateral, p.ltv, p.zone, p.levels, nearest((p,)), gap_risk(p))


def nearest(found: Iterable[Position]) -> Distances:
    """The smallest distance of any loan to each threshold; 1 with no loan: no fall reaches it."""
    loans = tuple(found)
    freeze, call, forced = (_least(loans, threshold) for threshold in THRESHOLDS)
    return Distances(1.0 if freeze is None else freeze, call, 1.0 if forced is None else forced)


def _least(loans: Iterable[Position], threshold: Threshold) -> float | None:
    return min((d for p in loans if (d := p.distance(threshold)) is not None), default=None)


def survived_sentences(test: StressTest) -> tuple[str, ...]:
    """What each of the figures means, the headline first."""
    first, slow, ahead = (
        up_to(max(fall, 0.0))
        for fall in (test.max_survivable_fall, test.max_survivable_fall_slow, test.max_survivable_fall_prepaid)
    )
    return (
        t("At any speed, cash and committed credit survive a fall of {fall}: nothing is sold.", fall=first),
        t(
            "If it falls slowly and each call is paid as it comes: {slow}; if everything is paid in ahead: {ahead}.",
            slow=slow,
            ahead=ahead,
        ),
    )
