"""What life costs and earns, month by month, as arrays. Month 0 is the first whole calendar month after the sheet.

Amounts step once a year, at every twelfth month, by a flow's own growth or, where it states none (0), by the
household's inflation or income growth. One-off flows are not a way of life and are left out.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from alm.balance_sheet import PER_YEAR, BalanceSheet, CashFlow, TermLoan
from alm.elementary import power
from alm.settings import Settings

Months = NDArray[np.float64]


def month_starts(as_of: date, months: int) -> tuple[date, ...]:
    """The first days of the calendar months after `as_of`."""
    first = as_of.year * 12 + as_of.month  # months since year 0, January being 0: already the next month
    return tuple(date((first + k) // 12, (first + k) % 12 + 1, 1) for k in range(months))


def spending(sheet: BalanceSheet, settings: Settings, days: tuple[date, ...]) -> Months:
    """Recurring expenses of each month, nominal."""
    return _total(sheet.expenses, settings.inflation_pa, sheet.as_of, days)


def work_income(sheet: BalanceSheet, settings: Settings, days: tuple[date, ...]) -> Months:
    """Recurring income other than dividends of each month, nominal, after tax."""
    return _total(sheet.incomes, settings.income_growth_pa, sheet.as_of, days)


def debt_service(sheet: BalanceSheet, days: tuple[date, ...]) -> Months:
    """Interest on securities-backed loans and drawn lines at today's balances and rates, and the whole payment of
    each mortgage or term loan until it is repaid. Balances of the first two are not paid down (assumption)."""
    secured = sum(loan.balance * loan.rate_pa for loan in sheet.secured_loans) / 12
    lines = sum(x.drawn * x.rate_pa + x.undrawn * x.commitment_fee_pa for x in sheet.credit_lines) / 12
    return np.full(len(days), secured + lines) + sum(
        (_payments(loan, days) for loan in sheet.term_loans), start=np.zeros(len(days))
    )


def _total(flows: tuple[CashFlow, ...], growth_pa: float, as_of: date, days: tuple[date, ...]) -> Months:
    return sum((_monthly(flow, flow.growth_pa or growth_pa, as_of, days) for flow in flows), start=np.zeros(len(days)))


def _monthly(flow: CashFlow, growth_pa: float, as_of: date, days: tuple[date, ...]) -> Months:
    """A flow already running grows from its level on `as_of`; a later one from its amount on the day it starts."""
    later = flow.starts is not None and flow.starts > as_of
    level = flow.amount * PER_YEAR[flow.frequency] / 12 if later else flow.monthly(as_of)
    active = np.array([flow.active(day) for day in days])
    since = int(np.argmax(active)) if later else 0
    years = np.maximum(np.arange(len(days)) - since, 0) // 12
    return np.where(active, level * power(1 + growth_pa, years), 0.0)


def _payments(loan: TermLoan, days: tuple[date, ...]) -> Months:
    paid, balance = np.zeros(len(days)), loan.balance
    for month, day in enumerate(days):
        if balance <= 0 or (loan.ends is not None and day > loan.ends):
            break
        owed = balance * (1 + loan.rate_pa / 12)
        paid[month] = min(loan.payment, owed)
        balance = owed - paid[month]
    return paid
