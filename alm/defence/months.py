"""Who pays, month by month: a fall at once, calls cured, then life and interest from the waterfall's sources.

Timing: the fall and the cures come in month 0; months 1, 2 … each pay essential spending and interest out of income,
dividends and then the sources in the household's order. Prices stay where they fell to. What income and dividends
leave over repays the line, then stays in cash. In every row  cure + interest + spending = Σ paid + unpaid  exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from alm.balance_sheet import BalanceSheet, ltv
from alm.lenders import LenderProfile
from alm.margin import Paid, Purse, add, cure_calls, liquid_cash, purse, release, resources, take
from alm.settings import Settings


@dataclass(frozen=True, slots=True)
class Month:
    """One month: what had to be paid, who paid it, what nobody could pay, and where the household stands after it."""

    month: int
    cure: float
    interest: float
    spending: float
    paid: Paid
    unpaid: float
    cash_left: float
    line_left: float
    ltv: float


def who_pays(
    sheet: BalanceSheet,
    profiles: Mapping[str, LenderProfile],
    settings: Settings,
    *,
    months: int = 24,
    dividends_pa: float = 0.0,
) -> tuple[Month, ...]:
    """Month 0 (the cures) to `months` on an already stressed sheet; `dividends_pa` its year of net dividends, which
    shrinks with the holdings that are sold. The living reserve is kept out of cures and pays for life."""
    start = purse(sheet, profiles, settings)
    left, paid, unpaid = cure_calls(start)
    rows = [_row(0, paid.total + unpaid, 0.0, 0.0, paid, unpaid, left)]
    left = replace(left, cash=left.cash + liquid_cash(sheet) - resources(sheet, settings).cash)
    whole = max(start.holdings, 1e-300)
    for month in range(1, months + 1):
        left = _line_on(left, sheet, month)
        left, row = _lived(left, sheet, month, dividends_pa / 12 * min(left.holdings / whole, 1.0))
        rows.append(row)
    return tuple(rows)


def _lived(left: Purse, sheet: BalanceSheet, month: int, dividends: float) -> tuple[Purse, Month]:
    """One month of essential spending and interest; interest follows the debts that are left."""
    spending, interest = sheet.spending_monthly(essential_only=True), _interest(left, sheet)
    need, income = spending + interest, sheet.income_monthly()
    paid = Paid(income=min(income, need), dividends=min(dividends, max(need - income, 0.0)))
    left = _saved(left, income + dividends - paid.total)
    rest = need - paid.total
    for source in left.order:
        if source == "pledged_sale":
            left, amount = release(left, rest)
        else:
            left, amount = take(left, source, rest)
        paid, rest = add(paid, source, amount), rest - amount
    return left, _row(month, 0.0, interest, spending, paid, max(rest, 0.0), left)


def _line_on(left: Purse, sheet: BalanceSheet, month: int) -> Purse:
    """What is undrawn ends with the line; what was drawn stays owed."""
    on = sheet.as_of + timedelta(days=round(365.25 / 12 * month))
    lasting = sum(line.available(on, stressed=True) for line in sheet.credit_lines)
    return replace(left, line=max(min(left.line, lasting - left.drawn), 0.0))


def _interest(left: Purse, sheet: BalanceSheet) -> float:
    """A month's interest on what is owed now: today's, scaled loan by loan, and the line's on what was drawn since."""
    secured = zip(sheet.secured_loans, left.loans, strict=True)
    saved = sum(loan.rate_pa * min(p.owed - loan.owed, 0.0) for loan, p in secured) / 12
    rate = max((line.rate_pa for line in sheet.credit_lines), default=0.0)
    return max(sheet.interest_monthly() + saved, 0.0) + left.drawn * rate / 12


def _saved(left: Purse, surplus: float) -> Purse:
    repaid = min(max(surplus, 0.0), left.drawn)
    cash = left.cash + max(surplus, 0.0) - repaid
    return replace(left, drawn=left.drawn - repaid, line=left.line + repaid, cash=cash)


def _row(month: int, cure: float, interest: float, spending: float, paid: Paid, unpaid: float, left: Purse) -> Month:
    owed, collateral = sum(p.owed for p in left.loans), sum(p.collateral for p in left.loans)
    return Month(month, cure, interest, spending, paid, unpaid, left.cash, left.line, ltv(owed, collateral))
