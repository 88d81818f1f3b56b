"""The same household through the past: recorded steps of the prices that were, with its loans, lines, taxes and rules.

Assumptions, stated wherever results are shown: price returns unless dividends are reinvested in the prices; nothing is
earned or spent; interest is added to the loans, and what a credit line costs is paid as any bill; calls are answered by
the household's own order of payment; today's amounts are the amounts of the first day.
"""

from alm.backtest.cohorts import Cohort, CohortSummary, cohorts, summary
from alm.backtest.household import Backtest, backtest, current_weights, target_weights
from alm.backtest.path import Event, Path, Rebalancing, Rule
from alm.backtest.walk import run

__all__ = [
    "Backtest",
    "Cohort",
    "CohortSummary",
    "Event",
    "Path",
    "Rebalancing",
    "Rule",
    "backtest",
    "cohorts",
    "current_weights",
    "run",
    "summary",
    "target_weights",
]
