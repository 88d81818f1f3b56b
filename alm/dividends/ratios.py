"""How much of life today's dividends pay for."""

from __future__ import annotations

from dataclasses import dataclass

from alm.balance_sheet import BalanceSheet
from alm.dividends.income import DividendIncome


@dataclass(frozen=True, slots=True)
class FireRatios:
    """A year of dividends over a year of today's spending; None when no spending is known.

    `net` is the headline: what tax and a year of today's interest (with the payments of term loans) leave of the
    dividends, ÷ spending; below 0 when interest takes more than they are. `before_interest` is after tax alone.
    """

    gross: float | None
    before_interest: float | None
    net: float | None


def fire_ratios(income: DividendIncome, sheet: BalanceSheet) -> FireRatios:
    """`net` ≥ 1 exactly where net dividends ≥ spending + interest, which is the crossover."""
    spending, interest = 12 * sheet.spending_monthly(), 12 * sheet.interest_monthly()
    if spending <= 0:
        return FireRatios(None, None, None)
    return FireRatios(income.gross / spending, income.net / spending, (income.net - interest) / spending)
