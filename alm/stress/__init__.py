"""Margin-ratio stress test: distances, cures, grid, largest survivable fall, gap risk. Pure functions of a sheet."""

from alm.stress.gap import ONE_DAY_FALL, GapRisk, days_as_bad, gap_risk
from alm.stress.gap_history import BadDay, DayCount, daily_counts, named_days
from alm.stress.grid import Cure, Cures, GridRow
from alm.stress.heat import HeatMap, heat_map
from alm.stress.household import Distances, LoanStress, StressTest, stress_test, survived_sentences
from alm.stress.outcome import Outcome, Standing, kept_sentence, outcome

__all__ = [
    "ONE_DAY_FALL",
    "BadDay",
    "Cure",
    "Cures",
    "DayCount",
    "Distances",
    "GapRisk",
    "GridRow",
    "HeatMap",
    "LoanStress",
    "Outcome",
    "Standing",
    "StressTest",
    "daily_counts",
    "days_as_bad",
    "gap_risk",
    "heat_map",
    "kept_sentence",
    "named_days",
    "outcome",
    "stress_test",
    "survived_sentences",
]
