"""Who pays, month by month: a fall at once, calls answered, then life and interest from the waterfall's sources.

Timing: month 0 is the lenders' look, with every deadline inside; months 1, 2 … are steps of a month in which dividends
come, essential spending and interest are paid out of income, dividends and then the sources in the household's order,
and the lenders look again. Prices stay where they fell to. What comes in beyond that fills cash to what month 0 left,
then repays the line, then stays in cash. In every row  cure + interest + spending = Σ paid + unpaid  exactly.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from alm.balance_sheet import BalanceSheet, ltv
from alm.engines.answers import Payment, payments, total_owed
from alm.engines.household_block import (
    TO_THE_END,
    HouseholdBlock,
    look_plan,
    market_of,
    plan_block,
    priced,
)
from alm.fire.household import plan_from
from alm.fire.plan import Plan
from alm.fire.terms import Clock, as_plain, dated_rows
from alm.lenders import LenderProfile
from alm.settings import Settings
from alm.step.block import LIFE, SOURCES, Dated, House, LineTerms
from alm.step.step import accrue, take_step

MONTH = Clock(1.0 / 12.0, 21.0)
"""In years, and in business days between two looks."""


@dataclass(frozen=True, slots=True)
class Paid:
    """What each source paid, base currency; the sales are what they brought after cost and tax."""

    income: float = 0.0
    dividends: float = 0.0
    cash: float = 0.0
    credit_line: float = 0.0
    unpledged_sale: float = 0.0
    pledged_sale: float = 0.0

    @property
    def total(self) -> float:
        return math.fsum(getattr(self, spec.name) for spec in fields(self))


@dataclass(frozen=True, slots=True)
class Month:
    """One month: what had to be paid, who paid it, what nobody could pay, and where the household stands after it.

    `cure` is what lenders took; `interest` includes the payments of term loans.
    """

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
    sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings, *, months: int = 24
) -> tuple[Month, ...]:
    """Month 0 to `months` on an already stressed sheet. The living reserve is kept out of cures and pays for life."""
    reach = priced(sheet, settings)
    essential = reach.with_(expenses=tuple(e for e in reach.expenses if e.essential))
    block = plan_block(look_plan(essential, profiles, settings), (), 1)
    first = _taken(block, TO_THE_END, 0)
    paid = Paid(0.0, 0.0, first.cash, first.credit_line, first.unpledged_sale, first.pledged_sale)
    row = Month(0, first.due, 0.0, 0.0, paid, first.unpaid, block.row("cash")[0], block.means.credit_line, _ltv(block))
    later = _Months.after(_monthly(essential, profiles, settings, months, block), block)
    return (row, *(later.live(month) for month in range(1, months + 1)))


def _monthly(
    sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings, months: int, block: HouseholdBlock
) -> Plan:
    """The household's plan in steps of a month, in which only money moves: nothing is bought, pledged or borrowed."""
    return replace(
        plan_from(sheet, settings, profiles), years=1 + months // 12, steps_per_year=12, margin_check="step",
        spend_at="end", capitalise_interest=False, pledge_more=False, rebalance=False, borrow_to_spend=False,
        surplus=("repay_line",), cash_target=block.row("cash")[0],
    )  # fmt: skip


def _taken(block: HouseholdBlock, days: float, step: int) -> Payment:
    """What lenders take at a look, and who pays it."""
    block.forget()
    cash, debts = [max(0.0, block.row("cash")[0])], total_owed(block)
    block.look([[1.0]] * block.terms.terms.asset_count, days, step)
    return payments(block, debts, cash)[0]


def _ltv(block: HouseholdBlock) -> float:
    loans = range(block.terms.terms.loan_count)
    return ltv(total_owed(block)[0], sum(block.worth(i)[0] for i in loans))


@dataclass(frozen=True, slots=True)
class _Months:
    """Steps of a month on the books that month 0 left: life, then the lenders' look."""

    life: House
    block: HouseholdBlock
    dated: list[Dated]
    debts: list[float]
    """What term loans take in each month, which is in `dated` too."""

    @classmethod
    def after(cls, plan: Plan, first: HouseholdBlock) -> _Months:
        life = plan_block(plan, (), 1, MONTH).terms
        for asset in life.assets:
            asset.trend = asset.payout_drift = 1.0  # prices stay, and what is paid per share with them
        looks = plan_block(replace(plan, surplus=()), (), 1)
        rows, without = dated_rows(plan), dated_rows(replace(plan, debts=()))
        debts = [float(a["expense"] - b["expense"]) for a, b in zip(rows, without, strict=True)]
        return cls(life, replace(looks, book=first.book), [as_plain(row) for row in rows], debts)

    def live(self, month: int) -> Month:
        block, debts = self.block, self.debts[month - 1]
        dated = self.dated[month - 1]
        interest = self._interest() + debts
        spending = self.life.terms.amount_pa / 12.0 + dated.expense + dated.expense_real - debts
        paid, unpaid = self._lived(dated, month)
        lenders = _taken(block, MONTH.days, month)
        paid = replace(
            paid,
            cash=paid.cash + lenders.cash,
            credit_line=paid.credit_line + lenders.credit_line,
            unpledged_sale=paid.unpledged_sale + lenders.unpledged_sale,
            pledged_sale=paid.pledged_sale + lenders.pledged_sale,
        )
        line = sum(max(0.0, x.limit - block.row("drawn", j)[0]) for j, x in self._open_lines(month))
        short, cash = unpaid + lenders.unpaid, block.row("cash")[0]
        return Month(month, lenders.due, interest, spending, paid, short, cash, line, _ltv(block))

    def _interest(self) -> float:
        """What will have accrued by the end of the month, by the step's own rule."""
        copy = self.block.repeated(1)
        accrue(self.life, copy.book, 1)
        loans, lines = range(self.life.terms.loan_count), range(self.life.terms.line_count)
        return sum(copy.row("accrued", i)[0] for i in loans) + sum(copy.row("line_cost", j)[0] for j in lines)

    def _lived(self, dated: Dated, month: int) -> tuple[Paid, float]:
        """The month's step up to the lenders' look, which `_taken` does: until then they watch for nothing."""
        block, market = self.block, market_of([[1.0]] * self.life.terms.asset_count, 1)
        block.forget()
        loans = range(self.life.terms.loan_count)
        watched = [block.row("watched", i)[0] for i in loans]
        for i in loans:
            block.row("watched", i)[0] = math.inf
        take_step(self.life, block.book, block.one, dated, market, 0, month, 1)
        for i in loans:
            block.row("watched", i)[0] = watched[i]
        return Paid(**{source: block.paid(LIFE, source)[0] for source in SOURCES}), block.row("unpaid")[0]

    def _open_lines(self, month: int) -> list[tuple[int, LineTerms]]:
        return [(j, line) for j, line in enumerate(self.block.terms.lines) if month < line.expires]
