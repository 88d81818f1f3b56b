"""FIRE as a probability: a household's life simulated month by month with its lender's rules inside every path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from alm.fire.household import plan_from

if TYPE_CHECKING:
    from alm.balance_sheet import BalanceSheet
    from alm.fire.plan import Plan
    from alm.fire.result import FireResult
    from alm.lenders import LenderProfile
    from alm.settings import Settings


def simulate(plan: Plan) -> FireResult:
    """Run a plan. The compiled engine is imported here, on the first call."""
    from alm.fire.engine import simulate as run

    return run(plan)


def estimate(sheet: BalanceSheet, settings: Settings, profiles: Mapping[str, LenderProfile]) -> FireResult:
    """Simulate the household's own plan with its own seed and number of paths."""
    return simulate(plan_from(sheet, settings, profiles))
