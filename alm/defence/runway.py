"""How long money lasts: runway today, survival horizon under a scenario, and the coverage of the next twelve months."""

from __future__ import annotations

import math
from dataclasses import dataclass

from alm.balance_sheet import BalanceSheet
from alm.engines.household_block import household_block
from alm.settings import Settings
from alm.step.block import FREE


def runway_months(sheet: BalanceSheet, settings: Settings) -> float:  # noqa: ARG001  # every measure is asked alike
    """Months of essential spending and interest that today's liquid cash pays, income not counted; inf: no need."""
    return _months(max(sheet.liquid, 0.0), sheet.spending_monthly(essential_only=True) + sheet.interest_monthly())


def _months(money: float, need: float) -> float:
    return money / need if need > 0 else math.inf


@dataclass(frozen=True, slots=True)
class Reserves:
    """What can be turned into money on a sheet, in the order it is used; `holdings` after haircut, cost and tax."""

    cash: float
    credit_line: float
    holdings: float

    @property
    def total(self) -> float:
        return self.cash + self.credit_line + self.holdings


def reserves(sheet: BalanceSheet, settings: Settings) -> Reserves:
    """Liquid cash, committed unexpired lines, and unpledged holdings at (1 − `stress_haircut`) of what a sale keeps."""
    bare = sheet.with_(holdings=tuple(h for h in sheet.holdings if not h.pledged_to), secured_loans=())
    block = household_block(bare, {}, settings, 1)
    sold = block.proceeds(FREE)[0] * (1 - settings.stress_haircut)
    return Reserves(max(sheet.liquid, 0.0), block.means.credit_line, sold)


def monthly_need(sheet: BalanceSheet, dividends_pa: float = 0.0) -> float:
    """Essential spending + interest − work income − net dividends; negative when income covers life."""
    out = sheet.spending_monthly(essential_only=True) + sheet.interest_monthly()
    return out - sheet.income_monthly() - dividends_pa / 12


def survival_horizon_months(
    sheet: BalanceSheet, settings: Settings, *, owed_at_once: float = 0.0, dividends_pa: float = 0.0
) -> float:
    """Months until the reserves of an already stressed sheet are exhausted, after what lenders demand at once.

    `owed_at_once` is the cash of today's cures and `dividends_pa` the year's net dividends. 0 when the demand alone
    exceeds the reserves; inf when income covers the months. Lines count as drawn before they
    expire; interest on what they lend is left out.
    """
    left = reserves(sheet, settings).total - owed_at_once
    return 0.0 if left < 0 else _months(left, monthly_need(sheet, dividends_pa))


def coverage_ratio(
    sheet: BalanceSheet, settings: Settings, *, owed_at_once: float = 0.0, dividends_pa: float = 0.0
) -> float:
    """Twelve months of sources (reserves, work income, net dividends) ÷ twelve months of needs (essential spending,
    interest, cures at once); after Basel's liquidity coverage ratio, on a year instead of 30 days. inf: no needs."""
    sources = reserves(sheet, settings).total + 12 * sheet.income_monthly() + dividends_pa
    needs = 12 * (sheet.spending_monthly(essential_only=True) + sheet.interest_monthly()) + owed_at_once
    return sources / needs if needs > 0 else math.inf
