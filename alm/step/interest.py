"""Interest: what accrues in a step, the rate a tier table gives, and what a late sale costs.

Plain functions of numbers that also compile with numba. Rates are per year, amounts in the base currency.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DAYS_PER_YEAR = 365.0
CALENDAR_PER_BUSINESS_DAY = 7.0 / 5.0


def accrual(balance: float, rate_pa: float, years: float) -> float:
    """Simple interest on the opening balance: balance · rate · years. A month is 1/12, a day 1/365."""
    return balance * rate_pa * years


def tier_rate(balance: float, floors: NDArray[np.float64], rates_pa: NDArray[np.float64]) -> float:
    """The rate of the highest tier whose floor the balance exceeds; it applies to the *whole* balance.

    `floors` ascend and start at 0. Published tiers begin *above* a balance: exactly at it the lower tier holds.
    Japanese lenders take the balance at a month's end for the next month (Rakuten Bank: 1.875 % above 10 M yen, 2.875 %
    above 1 M, 3.875 % up to it), so callers ask once a month.
    """
    rate = rates_pa[0]
    for i in range(1, len(floors)):
        if balance > floors[i]:
            rate = rates_pa[i]
    return float(rate)


def late_interest(charged: float, late_rate_pa: float, business_days: float) -> float:
    """Late charge on what the contract charges (all that is owed, or the principal) over `business_days`.

    Business days become calendar days at 7/5, and a year has 365 of them.
    """
    return charged * late_rate_pa * business_days * CALENDAR_PER_BUSINESS_DAY / DAYS_PER_YEAR
