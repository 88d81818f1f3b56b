"""What the stress test is about: each loan with what is pledged to it, and what can be paid to keep it.

The lender's thresholds are restated on market value: T · (Σ value·advance_rate / Σ value), so that a haircut is inside
the threshold and the margin ratio stays what the lender publishes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from alm.balance_sheet import BalanceSheet, Holding, SecuredLoan, ltv
from alm.errors import UnknownName
from alm.lenders import LenderProfile, Zone
from alm.settings import Settings
from alm.step.lender import cure_target, freeze_threshold, reached
from alm.step.sale import keep_share

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
    sold_at_once: bool = True
    """At the forced level the lender sells without notice: nothing can be paid any more."""

    def at(self, threshold: Threshold) -> float | None:
        return {"freeze": self.freeze, "call": self.call, "forced": self.forced}[threshold]

    def zone(self, owed: float, collateral: float) -> Zone:
        """safe < freeze ≤ frozen < call ≤ call < forced ≤ forced: equal means already there."""
        if reached(owed, collateral, self.forced):
            return "forced"
        if self.call is not None and reached(owed, collateral, self.call):
            return "call"
        return "frozen" if reached(owed, collateral, self.freeze) else "safe"


@dataclass(frozen=True, slots=True)
class Lot:
    """What can be sold: its market value, the cost that tax deducts, the tax rate on the gain."""

    value: float
    cost: float
    tax_rate: float

    def fallen(self, fall: float) -> Lot:
        return replace(self, value=self.value * (1 - fall))


def lot(holding: Holding, settings: Settings) -> Lot:
    """Taxable: the gain is taxed. Tax-free: nothing is. Deferred: the whole proceeds are, as if the cost were 0."""
    treatment = holding.account.tax_treatment
    rate = {"taxable": settings.gains_tax, "tax_free": 0.0, "deferred": settings.deferred_tax}[treatment]
    return Lot(holding.value, 0.0 if treatment == "deferred" else holding.cost, rate)


def kept_of_sale(lots: Iterable[Lot], sale_cost: float) -> float:
    """Net proceeds per unit of value sold, a little of every lot: Σ value · keep / Σ value; 0 with nothing to sell."""
    owned = [x for x in lots if x.value > 0]
    total = sum(x.value for x in owned)
    return sum(x.value * keep_share(x.value, x.cost, sale_cost, x.tax_rate) for x in owned) / total if owned else 0.0


@dataclass(frozen=True, slots=True)
class Position:
    """One loan against what is pledged to it, at the prices of one moment."""

    loan: str
    profile: str
    owed: float
    collateral: float
    levels: Levels
    lots: tuple[Lot, ...] = ()

    @property
    def ltv(self) -> float:
        return ltv(self.owed, self.collateral)

    @property
    def zone(self) -> Zone:
        return self.levels.zone(self.owed, self.collateral)

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

    @property
    def demanded(self) -> float | None:
        """The margin ratio the lender asks for now: the cure level from the call on, the forced level where it never
        calls; None while it asks for nothing."""
        if self.zone not in ("call", "forced"):
            return None
        return self.levels.forced if self.levels.call is None else self.levels.cure

    def fallen(self, fall: float) -> Position:
        lots = tuple(x.fallen(fall) for x in self.lots)
        return replace(self, collateral=self.collateral * (1 - fall), lots=lots)


@dataclass(frozen=True, slots=True)
class Resources:
    """What can be paid at once: cash above the living reserve, and committed lines that have not expired."""

    cash: float
    credit_line: float

    @property
    def total(self) -> float:
        return self.cash + self.credit_line


def positions(sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings) -> tuple[Position, ...]:
    """Every securities-backed loan, in the order of the books. Raises UnknownName for a profile nobody wrote."""
    return tuple(_position(loan, sheet.pledged_to(loan.name), profiles, settings) for loan in sheet.secured_loans)


def _position(
    loan: SecuredLoan, pledged: tuple[Holding, ...], profiles: Mapping[str, LenderProfile], settings: Settings
) -> Position:
    if loan.profile not in profiles:
        raise UnknownName("lender profile", loan.profile, tuple(profiles))
    collateral = sum(h.value for h in pledged)
    levels = _levels(profiles[loan.profile], pledged)
    lots = tuple(lot(h, settings) for h in pledged)
    return Position(loan.name, loan.profile, loan.owed, collateral, levels, lots)


def liquid_cash(sheet: BalanceSheet) -> float:
    """Cash that can be spent today: 0 rather than an overdraft."""
    return max(sheet.liquid, 0.0)


def resources(sheet: BalanceSheet, settings: Settings) -> Resources:
    """Liquid cash above `living_reserve_months` of essential spending, and what lines can pay under stress."""
    line = sum(x.available(sheet.as_of, stressed=True) for x in sheet.credit_lines)
    return Resources(max(sheet.liquid - _reserve(sheet, settings), 0.0), line)


def cash_missing(sheet: BalanceSheet, settings: Settings) -> float:
    """What new cash has to fill before any of it can pay a cure: the overdraft and the living reserve."""
    return max(_reserve(sheet, settings) - sheet.liquid, 0.0)


def _reserve(sheet: BalanceSheet, settings: Settings) -> float:
    return settings.living_reserve_months * sheet.spending_monthly(essential_only=True)


def unpledged(sheet: BalanceSheet) -> tuple[Holding, ...]:
    """Long holdings that secure nothing and are not locked in: what could be sold. Tax-free ones cannot be pledged."""
    return tuple(h for h in sheet.holdings if not h.pledged_to and h.value > 0 and not h.account.locked)


def with_level(loans: Iterable[Position], threshold: Threshold) -> list[tuple[Position, float]]:
    """The loans whose lender has this threshold, with its level."""
    return [(p, level) for p in loans if (level := p.levels.at(threshold)) is not None]


def worst_zone(loans: Iterable[Position]) -> Zone:
    return max((p.zone for p in loans), key=ZONES.index, default="safe")


def _levels(profile: LenderProfile, pledged: tuple[Holding, ...]) -> Levels:
    """The profile's thresholds on market value; the concentrated ones where one issue is too much of the collateral."""
    value = sum(h.value for h in pledged)
    lent = sum(h.lending_value for h in pledged) / value if value > 0 else 1.0
    rules, concentration = profile.rules, largest_share(pledged)
    return Levels(
        freeze_threshold(rules, concentration) * lent,
        None if profile.call_ltv is None else profile.call_ltv * lent,
        profile.forced_ltv * lent,
        cure_target(rules, concentration) * lent,
        rules.forced_days <= 0,
    )


def largest_share(pledged: Iterable[Holding]) -> float:
    """The largest issue's share of what is pledged; 0 when nothing is."""
    values = [sum(h.value for h in issue) for issue in by_issue(pledged)]
    total = sum(values)
    return max(values) / total if total > 0 else 0.0


def by_issue(pledged: Iterable[Holding]) -> tuple[tuple[Holding, ...], ...]:
    """Holdings of the same issue together, in whatever accounts: what a concentration rule counts as one."""
    found: dict[str, list[Holding]] = {}
    for h in pledged:
        found.setdefault(h.ticker, []).append(h)
    return tuple(map(tuple, found.values()))
