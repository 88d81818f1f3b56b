"""Who pays: the sources of one moment, and the waterfall that cures calls and raises money from them.

Every yen is attributed to one source, in the household's order. A sale of what is pledged shrinks both sides of the
margin ratio, so it brings more than the cash that would have cured; everything else pays one for one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from alm.balance_sheet import BalanceSheet
from alm.lenders import LenderProfile
from alm.margin.positions import Lot, Position, kept_of_sale, lot, positions, resources, unpledged
from alm.settings import Settings
from alm.step import sale
from alm.step.sale import sale_to_cure, sale_to_raise


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
class Purse:
    """What there is to pay with: cash above the reserve, the undrawn line and what was drawn from it, unpledged lots,
    and the loans with what is pledged to them. `order` is the waterfall's, `sale_cost` a share of the proceeds."""

    cash: float
    line: float
    free: tuple[Lot, ...]
    loans: tuple[Position, ...]
    order: tuple[str, ...]
    sale_cost: float
    drawn: float = 0.0

    @property
    def holdings(self) -> float:
        return sum(x.value for x in self.free) + sum(p.collateral for p in self.loans)

    def fallen(self, fall: float) -> Purse:
        """After every price fell: money stays."""
        free, loans = (tuple(x.fallen(fall) for x in self.free), tuple(p.fallen(fall) for p in self.loans))
        return replace(self, free=free, loans=loans)

    def keep(self, index: int) -> float:
        """What a sale of the holdings pledged to one loan keeps, per unit."""
        return kept_of_sale(self.loans[index].lots, self.sale_cost)

    def with_loan(self, index: int, loan: Position) -> Purse:
        return replace(self, loans=(*self.loans[:index], loan, *self.loans[index + 1 :]))


def purse(sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings) -> Purse:
    """The purse of a sheet, stressed or not."""
    means = resources(sheet, settings)
    return Purse(
        means.cash,
        means.credit_line,
        tuple(lot(h, settings) for h in unpledged(sheet)),
        positions(sheet, profiles, settings),
        settings.waterfall_order,
        settings.sale_cost,
    )


def cure_calls(before: Purse) -> tuple[Purse, Paid, float]:
    """Every call cured to its level, loan by loan in the order of the books: what is left, who paid, what is unpaid."""
    left, paid, unpaid = before, Paid(), 0.0
    for index in range(len(before.loans)):
        left, paid, short = _cure(left, paid, index)
        unpaid += short
    return left, paid, unpaid


def _cure(left: Purse, paid: Paid, index: int) -> tuple[Purse, Paid, float]:
    """When no sale of what is pledged can cure, all of it is sold and what is still owed is unpaid."""
    target = left.loans[index].demanded
    if target is None:
        return left, paid, 0.0
    for source in left.order:
        p = left.loans[index]
        if source == "pledged_sale":
            sold = sale_to_cure(p.owed, p.collateral, left.keep(index), target)
            if math.isfinite(sold):
                return _sell_pledged(left, paid, index, sold)
        else:
            left, amount = take(left, source, max(p.owed - target * p.collateral, 0.0))
            paid = add(paid, source, amount)
            left = left.with_loan(index, replace(p, owed=p.owed - amount))
    p = left.loans[index]
    if p.owed <= target * p.collateral * (1 + 1e-12):
        return left, paid, 0.0
    return _sell_pledged(left, paid, index, p.collateral)


def _sell_pledged(left: Purse, paid: Paid, index: int, amount: float) -> tuple[Purse, Paid, float]:
    """Sell and repay; when nothing is left pledged, what is still owed is unpaid."""
    p = left.loans[index]
    repaid = min(amount * left.keep(index), p.owed)
    short = p.owed - repaid if amount >= p.collateral else 0.0
    left = left.with_loan(index, replace(sold_from(p, amount), owed=p.owed - repaid))
    return left, add(paid, "pledged_sale", repaid), short


def take(left: Purse, source: str, need: float) -> tuple[Purse, float]:
    """Take from cash, the line or unpledged holdings what they have, at most the need. Dividends come monthly."""
    if source == "cash":
        amount = min(need, left.cash)
        return replace(left, cash=left.cash - amount), amount
    if source == "credit_line":
        amount = min(need, left.line)
        return replace(left, line=left.line - amount, drawn=left.drawn + amount), amount
    if source == "unpledged_sale":
        return _sell_free(left, need)
    return left, 0.0


def _sell_free(left: Purse, need: float) -> tuple[Purse, float]:
    """A little of every unpledged lot."""
    owned, keep = sum(x.value for x in left.free), kept_of_sale(left.free, left.sale_cost)
    amount = min(need, owned * keep)
    rest = max(1 - sale_to_raise(amount, keep) / owned, 0.0) if amount > 0 else 1.0
    return replace(left, free=tuple(_part(x, rest) for x in left.free)), amount


def release(left: Purse, need: float) -> tuple[Purse, float]:
    """Sell pledged holdings for other needs as far as each lender releases them: never above the freeze level."""
    raised = 0.0
    for index, p in enumerate(left.loans):
        room, kept = p.levels.freeze * p.collateral, left.keep(index) * p.collateral
        amount, share, repaid = sale.release(need - raised, p.owed, room, kept)
        if amount > 0:
            left = left.with_loan(index, replace(sold_from(p, share * p.collateral), owed=max(p.owed - repaid, 0.0)))
            raised += amount
    return left, raised


def sold_from(p: Position, amount: float) -> Position:
    """A little of every lot, cost and value alike."""
    rest = max(1 - amount / p.collateral, 0.0) if p.collateral > 0 else 0.0
    return replace(p, collateral=p.collateral * rest, lots=tuple(_part(x, rest) for x in p.lots))


def _part(x: Lot, rest: float) -> Lot:
    return replace(x, value=x.value * rest, cost=x.cost * rest)


def add(paid: Paid, source: str, amount: float) -> Paid:
    changed: dict[str, float] = {source: getattr(paid, source) + amount}
    return replace(paid, **changed)
