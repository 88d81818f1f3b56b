"""Days of a path lived through: lenders look, the household answers. The conventions are those of the oracle."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from alm.balance_sheet import BalanceSheet, Holding
from alm.lenders import LenderProfile
from alm.settings import Settings

EQUAL = 1e-9

Profiles = Mapping[str, LenderProfile]


@dataclass
class Loan:
    """One loan between looks. `collateral` is the lending value at today's prices, `paid` what was paid since notice."""

    rules: LenderProfile
    owed: float
    collateral: float
    concentration: float
    rate: float = 1.0
    """Of the loan's currency."""
    call_open: bool = False
    last_day: float = math.inf
    last_day_of_part: float = math.inf
    paid: float = 0.0

    @property
    def first_threshold(self) -> float:
        return self.rules.forced_ltv if self.rules.call_ltv is None else self.rules.call_ltv

    @property
    def cure_target(self) -> float:
        rules = self.rules
        if rules.concentration_share is None or self.concentration < rules.concentration_share * (1 - EQUAL):
            return rules.cure_ltv
        return rules.concentration_cure_ltv or rules.cure_ltv

    @property
    def days_of_first_call(self) -> int:
        return self.rules.forced_days if self.rules.call_ltv is None else self.rules.cure_days

    @property
    def first_is_strict(self) -> bool:
        return self.rules.forced_strict if self.rules.call_ltv is None else self.rules.call_strict

    def reaches(self, threshold: float, factor: float, *, strict: bool, debt: float | None = None) -> bool:
        owed = self.owed if debt is None else debt
        at = threshold * self.collateral * factor
        return owed > at * (1 + 2 * EQUAL) if strict else owed > 0 and owed >= at * (1 - EQUAL)

    def reaches_first(self, factor: float, debt: float | None = None) -> bool:
        return self.reaches(self.first_threshold, factor, strict=self.first_is_strict, debt=debt)

    def reaches_forced(self, factor: float) -> bool:
        enough = self.owed > self.rules.forced_above * self.rate
        return enough and self.reaches(self.rules.forced_ltv, factor, strict=self.rules.forced_strict)

    def missing(self, factor: float) -> float:
        """What brings the ratio to the cure target."""
        return max(0.0, self.owed - self.cure_target * self.collateral * factor)

    def remember_call(self) -> None:
        """A call that is open already; its deadline is counted from today."""
        self.call_open, self.last_day = True, self.days_of_first_call - 1

    def end_call(self) -> None:
        self.call_open, self.last_day, self.last_day_of_part, self.paid = False, math.inf, math.inf, 0.0

    def end_call_if_answered(self, factor: float) -> None:
        cured = self.owed <= self.cure_target * self.collateral * factor * (1 + EQUAL)
        lapsed = not self.rules.call_stays_open and not self.reaches_first(factor, self.owed + self.paid)
        if cured or lapsed:
            self.end_call()

    def sells_at_once(self, factor: float) -> bool:
        forced = self.reaches_forced(factor) and self.rules.forced_days == 0
        return forced or (self.reaches_first(factor) and self.days_of_first_call == 0)

    def notice(self, factor: float, day: int) -> None:
        """Open a call, or the second one, whose deadline may come first, for all of it or for a part of its own."""
        if self.reaches_first(factor) and not self.call_open:
            self.call_open, self.last_day = True, day + self.days_of_first_call - 1
        last_day = day + self.rules.forced_days - 1
        if not self.reaches_forced(factor):
            self.last_day_of_part = math.inf
        elif self.rules.forced_cure_ltv is None:
            self.last_day = min(self.last_day, last_day)
        else:
            self.last_day_of_part = min(self.last_day_of_part, last_day)

    def is_overdue(self, factor: float, day: int) -> bool:
        """Whether the lender sells after the household's last payment of this day."""
        part = day >= self.last_day_of_part and self.reaches_forced(factor)
        return self.call_open and (day >= self.last_day or part)


@dataclass
class Household:
    """The loans and the money on one day of a path."""

    loans: list[Loan]
    order: tuple[str, ...]
    money: dict[str, float]
    unpledged: tuple[Holding, ...]
    settings: Settings
    sells_own: bool
    kept: float = 1.0
    """The share of the unpledged holdings that is still there."""
    day: int = 0

    def live(self, factor: float) -> bool:
        """One day at this close; whether anything was sold that ends survival."""
        sold = any(self._look(loan, factor) for loan in self.loans if loan.owed > 0)
        self.day += 1
        return sold

    def _look(self, loan: Loan, factor: float) -> bool:
        if loan.call_open:
            loan.end_call_if_answered(factor)
        if loan.sells_at_once(factor):
            return True
        loan.notice(factor, self.day)
        if not loan.call_open:
            return False
        sold = self._pay(loan, factor)
        if loan.missing(factor) <= EQUAL * loan.owed:
            loan.end_call()
        return sold or loan.is_overdue(factor, self.day)

    def _pay(self, loan: Loan, factor: float) -> bool:
        """Answer a call in the waterfall's order; whether something of one's own had to be sold that ends survival."""
        for source in self.order:
            need = loan.missing(factor)
            if need <= EQUAL * loan.owed or source == "pledged_sale":
                return False
            if source == "unpledged_sale":
                if self.unpledged and not self.sells_own:
                    return True
                paid = self._raise(need, factor)
            else:
                paid = min(need, self.money[source])
                self.money[source] -= paid
            loan.owed -= paid
            loan.paid += paid
        return False

    def _raise(self, need: float, factor: float) -> float:
        """Sell the same share of everything unpledged; what it brings after cost and tax."""
        net = self.net_of_all(factor)
        if net <= 0:
            return 0.0
        share = min(self.kept, need / net)
        self.kept -= share
        return share * net

    def net_of_all(self, factor: float) -> float:
        proceeds = [(h, h.value * factor * (1 - self.settings.sale_cost)) for h in self.unpledged]
        gains = sum(money - h.cost for h, money in proceeds if h.account.tax_treatment == "taxable")
        return sum(money for _, money in proceeds) - self.settings.gains_tax * max(0.0, gains)

    @property
    def days_to_last_deadline(self) -> int:
        return max((max(loan.rules.cure_days, loan.rules.forced_days) for loan in self.loans), default=0)

    @property
    def money_before_a_sale(self) -> float:
        total = 0.0
        for source in self.order:
            if source == "pledged_sale" or (source == "unpledged_sale" and self.unpledged):
                break
            total += self.money.get(source, 0.0)
        return total


def household(
    sheet: BalanceSheet,
    profiles: Profiles,
    settings: Settings,
    open_calls: Collection[str] = (),
    *,
    sells_own: bool = False,
) -> Household:
    """Today's household. `open_calls` names loans whose call the books remember as open."""
    loans = []
    for loan in sheet.secured_loans:
        pledged = [h for h in sheet.holdings if h.pledged_to == loan.name and not h.account.locked]
        collateral = sum(h.value * h.advance_rate for h in pledged)
        owed = loan.balance + loan.accrued_interest
        rate = 1.0 if loan.currency == sheet.base_currency else dict(sheet.fx)[loan.currency].value
        loans.append(Loan(profiles[loan.profile], owed, collateral, _concentration(pledged), rate))
        if loan.name in open_calls:
            loans[-1].remember_call()
    reserve = settings.living_reserve_months * sum(e.monthly(sheet.as_of) for e in sheet.expenses if e.essential)
    cash = sum(c.value for c in sheet.cash_balances if not c.account.locked)
    lines = [
        line.limit - line.drawn
        for line in sheet.credit_lines
        if line.committed and (line.expires is None or sheet.as_of <= line.expires)
    ]
    return Household(
        loans,
        settings.waterfall_order,
        {"cash": max(0.0, cash - reserve), "dividends": 0.0, "credit_line": sum(max(0.0, room) for room in lines)},
        tuple(h for h in sheet.holdings if not h.pledged_to and not h.account.locked and h.quantity > 0),
        settings,
        sells_own,
    )


def _concentration(pledged: Sequence[Holding]) -> float:
    issues: dict[tuple[str, str], float] = {}
    for h in pledged:
        issues[h.ticker, h.currency] = issues.get((h.ticker, h.currency), 0.0) + h.value
    total = sum(issues.values())
    return max(issues.values()) / total if total > 0 else 0.0


def sells(
    sheet: BalanceSheet,
    profiles: Profiles,
    settings: Settings,
    path: Sequence[float],
    open_calls: Collection[str] = (),
    *,
    sells_own: bool = False,
) -> bool:
    """Whether a path of closes ends in a sale that ends survival: of anything, or with `sells_own` of something pledged.

    Today's look, at factor 1, comes before the path.
    """
    home = household(sheet, profiles, settings, open_calls, sells_own=sells_own)
    days = [1.0, *path]
    return any(home.live(factor) for factor in days + days[-1:] * home.days_to_last_deadline)


def at_constant_speed(fall: float, days: int) -> list[float]:
    """Closes of equal log steps whose last is exactly 1 - fall."""
    return [(1 - fall) ** (day / days) for day in range(1, days)] + [1 - fall]


def speeds(fall: float) -> Iterator[list[float]]:
    """Paths whose lowest close is 1 - fall: at several speeds, bouncing, and wandering."""
    yield from (at_constant_speed(fall, days) for days in (1, 2, 3, 5, 10, 60))
    bottom = 1 - fall
    yield [bottom, 1.0] * 6
    yield [bottom, 1 - fall / 2, 1.2] * 4
    yield [1 - fall / 2, 1.0, bottom, 1 - fall / 2, bottom]
    random = Random(7)
    for _ in range(3):
        yield [1 - fall * random.random() for _ in range(15)] + [bottom]
