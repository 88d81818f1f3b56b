"""Who pays, month by month: a fall at once, calls cured, then life and interest from the waterfall's sources.

Timing: the fall and the cures come in month 0; months 1, 2 … each pay essential spending and interest out of income,
dividends and then the sources in the household's order. Prices stay where they fell to. What income and dividends
leave over repays the line, then stays in cash. In every row  cure + interest + spending = Σ paid + unpaid  exactly.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from alm.balance_sheet import BalanceSheet, ltv
from alm.lenders import LenderProfile
from alm.margin import Position, kept_of_sale, liquid_cash, lot, positions, resources, unpledged
from alm.mechanics.sale import releasable, sale_to_cure, sale_to_raise, sale_to_release
from alm.settings import Settings


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
        sources = (self.income, self.dividends, self.cash, self.credit_line, self.unpledged_sale, self.pledged_sale)
        return math.fsum(sources)


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


@dataclass(frozen=True, slots=True)
class _Purse:
    """What is left to pay with: money, the line, unpledged value with what a sale of it keeps, and the loans."""

    cash: float
    line: float
    drawn: float
    free: float
    keep: float
    loans: tuple[Position, ...]

    @property
    def holdings(self) -> float:
        return self.free + sum(p.collateral for p in self.loans)


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
    purse, first = _cured(_purse(sheet, profiles, settings), settings)
    purse = replace(purse, cash=purse.cash + liquid_cash(sheet) - resources(sheet, settings).cash)
    rows, before = [first], max(purse.holdings, 1e-300)
    for month in range(1, months + 1):
        purse, row = _lived(purse, sheet, settings, month, dividends_pa / 12 * purse.holdings / before)
        rows.append(row)
    return tuple(rows)


def _purse(sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings) -> _Purse:
    means, lots = resources(sheet, settings), tuple(lot(h, settings) for h in unpledged(sheet))
    keep = kept_of_sale(lots, settings.sale_cost)
    free, loans = sum(x.value for x in lots), positions(sheet, profiles, settings)
    return _Purse(means.cash, means.credit_line, 0.0, free, keep, loans)


def _cured(purse: _Purse, settings: Settings) -> tuple[_Purse, Month]:
    """Every call of month 0, loan by loan, in the household's order of sources."""
    paid, unpaid = Paid(), 0.0
    for index in range(len(purse.loans)):
        purse, paid, short = _cure(purse, paid, index, settings)
        unpaid += short
    return purse, _row(0, paid.total + unpaid, 0.0, 0.0, paid, unpaid, purse)


def _cure(purse: _Purse, paid: Paid, index: int, settings: Settings) -> tuple[_Purse, Paid, float]:
    """A sale of what is pledged shrinks both sides; when it cannot cure, everything is sold and the rest is unpaid."""
    target = purse.loans[index].demanded
    if target is None:
        return purse, paid, 0.0
    for source in settings.waterfall_order:
        p = purse.loans[index]
        if source == "pledged_sale":
            sold = sale_to_cure(p.owed, p.collateral, kept_of_sale(p.lots, settings.sale_cost), target)
            if math.isfinite(sold):
                return _sell_pledged(purse, paid, index, sold, settings)
        else:
            purse, amount = _take(purse, source, max(p.owed - target * p.collateral, 0.0))
            paid = _add(paid, source, amount)
            purse = _with_loan(purse, index, replace(p, owed=p.owed - amount))
    p = purse.loans[index]
    if p.owed <= target * p.collateral * (1 + 1e-12):
        return purse, paid, 0.0
    return _sell_pledged(purse, paid, index, p.collateral, settings)


def _sell_pledged(purse: _Purse, paid: Paid, index: int, sold: float, settings: Settings) -> tuple[_Purse, Paid, float]:
    """Sell and repay; when nothing is left pledged, what is still owed is unpaid."""
    p = purse.loans[index]
    repaid = min(sold * kept_of_sale(p.lots, settings.sale_cost), p.owed)
    short = p.owed - repaid if sold >= p.collateral else 0.0
    purse = _with_loan(purse, index, replace(_sold(p, sold), owed=p.owed - repaid))
    return purse, _add(paid, "pledged_sale", repaid), short


def _lived(
    purse: _Purse, sheet: BalanceSheet, settings: Settings, month: int, dividends: float
) -> tuple[_Purse, Month]:
    """One month of essential spending and interest; interest follows the debts that are left."""
    spending, interest = sheet.spending_monthly(essential_only=True), _interest(purse, sheet)
    need, income = spending + interest, sheet.income_monthly()
    paid = Paid(income=min(income, need), dividends=min(dividends, max(need - income, 0.0)))
    purse = _saved(purse, income + dividends - paid.total)
    rest = need - paid.total
    for source in settings.waterfall_order:
        if source == "pledged_sale":
            purse, amount = _release(purse, rest, settings)
        else:
            purse, amount = _take(purse, source, rest)
        paid, rest = _add(paid, source, amount), rest - amount
    return purse, _row(month, 0.0, interest, spending, paid, max(rest, 0.0), purse)


def _interest(purse: _Purse, sheet: BalanceSheet) -> float:
    """A month's interest on what is owed now: today's, scaled loan by loan, and the line's on what was drawn since."""
    secured = zip(sheet.secured_loans, purse.loans, strict=True)
    saved = sum(loan.rate_pa * min(p.owed - loan.owed, 0.0) for loan, p in secured) / 12
    rate = max((line.rate_pa for line in sheet.credit_lines), default=0.0)
    return max(sheet.interest_monthly() + saved, 0.0) + purse.drawn * rate / 12


def _saved(purse: _Purse, surplus: float) -> _Purse:
    repaid = min(max(surplus, 0.0), purse.drawn)
    cash = purse.cash + max(surplus, 0.0) - repaid
    return replace(purse, drawn=purse.drawn - repaid, line=purse.line + repaid, cash=cash)


def _take(purse: _Purse, source: str, need: float) -> tuple[_Purse, float]:
    """Take from cash, the line or unpledged holdings what they have, at most the need. Dividends come monthly."""
    if source == "cash":
        amount = min(need, purse.cash)
        return replace(purse, cash=purse.cash - amount), amount
    if source == "credit_line":
        amount = min(need, purse.line)
        return replace(purse, line=purse.line - amount, drawn=purse.drawn + amount), amount
    if source == "unpledged_sale":
        amount = min(need, purse.free * purse.keep)
        return replace(purse, free=max(purse.free - sale_to_raise(amount, purse.keep), 0.0)), amount
    return purse, 0.0


def _release(purse: _Purse, need: float, settings: Settings) -> tuple[_Purse, float]:
    """Sell pledged holdings for living costs as far as each lender releases them: never above the freeze level."""
    raised = 0.0
    for index, p in enumerate(purse.loans):
        keep = kept_of_sale(p.lots, settings.sale_cost)
        amount = min(need - raised, max(releasable(p.owed, p.collateral, keep, p.levels.freeze), 0.0))
        if amount > 0:
            sold, repaid = sale_to_release(amount, p.owed, p.collateral, keep, p.levels.freeze)
            purse = _with_loan(purse, index, replace(_sold(p, sold), owed=max(p.owed - repaid, 0.0)))
            raised += amount
    return purse, raised


def _sold(p: Position, amount: float) -> Position:
    """A little of every lot, cost and value alike."""
    left = max(1 - amount / p.collateral, 0.0) if p.collateral > 0 else 0.0
    lots = tuple(replace(x, value=x.value * left, cost=x.cost * left) for x in p.lots)
    return replace(p, collateral=p.collateral * left, lots=lots)


def _with_loan(purse: _Purse, index: int, loan: Position) -> _Purse:
    return replace(purse, loans=(*purse.loans[:index], loan, *purse.loans[index + 1 :]))


def _add(paid: Paid, source: str, amount: float) -> Paid:
    changed: dict[str, float] = {source: getattr(paid, source) + amount}
    return replace(paid, **changed)


def _row(month: int, cure: float, interest: float, spending: float, paid: Paid, unpaid: float, purse: _Purse) -> Month:
    owed, collateral = sum(p.owed for p in purse.loans), sum(p.collateral for p in purse.loans)
    return Month(month, cure, interest, spending, paid, unpaid, purse.cash, purse.line, ltv(owed, collateral))
