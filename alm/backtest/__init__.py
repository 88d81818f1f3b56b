"""The same portfolio through the past: weights, rebalancing and a loan under its lender's own rules, day by day.

Assumptions, stated wherever results are shown: price returns unless dividends are reinvested in the prices; no tax;
interest is added to the loan; calls are cured from cash first and a committed credit line second, at once; today's
amounts are the amounts of the first day.
"""

from alm.backtest.cohorts import Cohort, CohortSummary, cohorts, summary
from alm.backtest.household import Backtest, backtest, current_weights, leverage, target_weights
from alm.backtest.path import Event, Leverage, Path, Rebalancing, Rule, run

__all__ = [
    "Backtest",
    "Cohort",
    "CohortSummary",
    "Event",
    "Leverage",
    "Path",
    "Rebalancing",
    "Rule",
    "backtest",
    "cohorts",
    "current_weights",
    "leverage",
    "run",
    "summary",
    "target_weights",
]
