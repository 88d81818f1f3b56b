"""Credit-line defence: what each source can give as the market falls, how long money lasts, and what to do about it."""

from alm.defence.actions import Action, actions, told_once, ways
from alm.defence.borrowing import Borrowing, LineChoice, further_borrowing, line_choices
from alm.defence.capacity import Capacity, capacity
from alm.defence.months import Month, who_pays
from alm.defence.runway import (
    Reserves,
    coverage_ratio,
    monthly_need,
    reserves,
    runway_months,
    survival_horizon_months,
)
from alm.defence.view import FALLS, Defence, Dividends, Horizon, defend, horizon, horizons

__all__ = [
    "FALLS",
    "Action",
    "Borrowing",
    "Capacity",
    "Defence",
    "Dividends",
    "Horizon",
    "LineChoice",
    "Month",
    "Reserves",
    "actions",
    "capacity",
    "coverage_ratio",
    "defend",
    "further_borrowing",
    "horizon",
    "horizons",
    "line_choices",
    "monthly_need",
    "reserves",
    "runway_months",
    "survival_horizon_months",
    "told_once",
    "ways",
    "who_pays",
]
