"""Each securities-backed loan against what is pledged to it: ratio, zone, distances, and what its lender demands.

The lender's thresholds are restated on market value: T · (Σ value·advance_rate / Σ value), so that a haircut is inside
the threshold and the margin ratio stays what the lender publishes. The rules themselves are `alm.step.lender`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from alm.balance_sheet import BalanceSheet, Holding, SecuredLoan, ltv
from alm.errors import UnknownName
from alm.lenders import LenderProfile, Zone
from alm.step.lender import (
    CALM,
    CURE,
    NOTHING,
    SELL_ALL,
    SELL_DUE,
    LenderRules,
    LenderState,
    cure_target,
    freeze_threshold,
    look,
    zone,
)
from alm.step.sale import cash_to_cure

Threshold = Literal["freeze", "call", "forced"]
THRESHOLDS: tuple[Threshold, ...] = ("freeze", "call", "forced")
ZONES: tuple[Zone, ...] = ("safe", "frozen", "call", "forced")


@dataclass(frozen=True, slots=True)
class Levels:
    """Margin ratios on market value at which the lender acts; `call` is None where the lender calls nobody."""

    freeze: float
    call: float | None
    forced: float
    cure: float
    """Where a call has to be cured to."""

    def at(self, threshold: Threshold) -> float | None:
        return {"freeze": self.freeze, "call": self.call, "forced": self.forced}[threshold]


@dataclass(frozen=True, slots=True)
class Demand:
    """What a lender asks for: `amount` of cash brings the loan to `target_ltv`, on market value.

    `days` are business days, the day of notice included; 0: nobody is asked, the lender sells.
    """

    loan: str
    target_ltv: float
    amount: float
    days: float


@dataclass(frozen=True, slots=True)
class Position:
    """One loan against what is pledged to it, at the prices of one moment. `lending` is what the lender counts of it,
    `concentration` the largest issue's share."""

    loan: str
    profile: str
    owed: float
    collateral: float
    lending: float
    concentration: float
    rules: LenderRules

    @property
    def levels(self) -> Levels:
        """The profile's thresholds on market value; the concentrated ones where one issue is too much of it."""
        lent, rules = self.lent, self.rules
        call = None if math.isinf(rules.call_ltv) else rules.call_ltv * lent
        freeze, target = freeze_threshold(rules, self.concentration), cure_target(rules, self.concentration)
        return Levels(freeze * lent, call, rules.forced_ltv * lent, target * lent)

    @property
    def lent(self) -> float:
        """The share of the market value that the lender counts."""
        return self.lending / self.collateral if self.collateral > 0 else 1.0

    @property
    def ltv(self) -> float:
        return ltv(self.owed, self.collateral)

    @property
    def zone(self) -> Zone:
        return ZONES[zone(self.rules, self.owed, self.lending, self.concentration)]

    @property
    def sold_unasked_at(self) -> float:
        """The margin ratio at which the lender sells whatever money is at hand; inf where each threshold has days."""
        rules, levels = self.rules, self.levels
        forced = levels.forced if rules.forced_days <= 0 else math.inf
        return levels.call if levels.call is not None and rules.cure_days <= 0 else forced

    def fall_to(self, level: float) -> float:
        """The uniform fall that reaches a margin ratio T: 1 − LTV/T; negative when breached, 1 when nothing is owed.

        −inf: no price would help, because nothing is pledged or the lender counts nothing of it.
        """
        if self.owed <= 0:
            return 1.0
        return 1 - self.ltv / level if level > 0 else -math.inf

    def distance(self, threshold: Threshold) -> float | None:
        """The uniform fall that reaches a threshold; None where the lender has none."""
        level = self.levels.at(threshold)
        return None if level is None else self.fall_to(level)

    def demand(self, state: LenderState = CALM) -> Demand | None:
        """What the lender's look asks for, remembering `state`; None while it asks for nothing."""
        now, kind = look(self.rules, state, self.owed, self.lending, self.concentration, 0.0)
        if kind == NOTHING and not now.liquidating:
            return None
        everything = self.rules.full_liquidation and kind != CURE
        target = 0.0 if everything or kind == SELL_ALL else self.levels.cure
        if kind == SELL_DUE and self.collateral > 0:
            target = self.rules.forced_cure_ltv * self.lending / self.collateral
        amount = cash_to_cure(self.owed, self.collateral, target)
        nearest = min((days for days in (now.days_left, now.due_days) if days > 0), default=0.0)
        return Demand(self.loan, target, amount, nearest if kind == CURE else 0.0)

    def fallen(self, fall: float) -> Position:
        return replace(self, collateral=self.collateral * (1 - fall), lending=self.lending * (1 - fall))


def positions(sheet: BalanceSheet, profiles: Mapping[str, LenderProfile]) -> tuple[Position, ...]:
    """Every securities-backed loan, in the order of the books. Raises UnknownName for a profile nobody wrote."""
    return tuple(_position(loan, sheet.pledged_to(loan.name), profiles) for loan in sheet.secured_loans)


def _position(loan: SecuredLoan, pledged: tuple[Holding, ...], profiles: Mapping[str, LenderProfile]) -> Position:
    if loan.profile not in profiles:
        raise UnknownName("lender profile", loan.profile, tuple(profiles))
    value, lending = sum(h.value for h in pledged), sum(h.lending_value for h in pledged)
    rules = profiles[loan.profile].rules
    return Position(loan.name, loan.profile, loan.owed, value, lending, largest_share(pledged), rules)


def demanded(loans: Iterable[Position]) -> float:
    """The cash that answers everything lenders ask for now."""
    return sum(found.amount for p in loans if (found := p.demand()) is not None)


def with_level(loans: Iterable[Position], threshold: Threshold) -> list[tuple[Position, float]]:
    """The loans whose lender has this threshold, with its level."""
    return [(p, level) for p in loans if (level := p.levels.at(threshold)) is not None]


def worst_zone(loans: Iterable[Position]) -> Zone:
    return max((p.zone for p in loans), key=ZONES.index, default="safe")


def largest_share(pledged: Iterable[Holding]) -> float:
    """The largest issue's share of what is pledged; 0 when nothing is."""
    values = [sum(h.value for h in issue) for issue in by_issue(pledged)]
    total = sum(values)
    return max(values) / total if total > 0 else 0.0


def by_issue(pledged: Iterable[Holding]) -> tuple[tuple[Holding, ...], ...]:
    """Holdings of the same issue together, in whatever accounts: what a concentration rule counts as one.

    An issue is its symbol and currency: the same symbol in another market is another issue.
    """
    found: dict[tuple[str, str], list[Holding]] = {}
    for h in pledged:
        found.setdefault((h.ticker, h.currency), []).append(h)
    return tuple(map(tuple, found.values()))
