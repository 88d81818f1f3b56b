"""Households of one loan and one holding, stressed without sale costs."""

from __future__ import annotations

from alm.balance_sheet import BalanceSheet, CashBalance, CreditLine, Quote, SecuredLoan
from alm.lenders import profiles
from alm.settings import Settings
from alm.stress import (
    GridRow,
    StressTest,
    stress_test,
)
from tests.households import AS_OF, TAXABLE, holding, reference_household

LENDERS = profiles()
FREE_SALES = Settings(sale_cost=0.0)


def cash(amount: float) -> tuple[CashBalance, ...]:
    return (CashBalance(TAXABLE, "JPY", amount, Quote(1.0, AS_OF)),)


def household(owed: float, pledged: float, money: float = 0.0, line: float = 0.0) -> BalanceSheet:
    """One loan, one pledged holding, cash and a line."""
    return reference_household().with_(
        holdings=(holding("PORT", pledged),) if pledged else (),
        secured_loans=(SecuredLoan("Loan", owed, 0.0, 0.02, "standard-60-70-85", "JPY"),),
        cash_balances=cash(money),
        credit_lines=(CreditLine("Line", line, 0.0, 0.03),),
    )


def run(sheet: BalanceSheet, **more: object) -> StressTest:
    return stress_test(sheet, LENDERS, FREE_SALES, **more)  # type: ignore[arg-type]


def row(sheet: BalanceSheet, at: float) -> GridRow:
    (found,) = [r for r in run(sheet, max_fall=1.0).grid if r.fall == at]
    return found
