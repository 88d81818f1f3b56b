"""A loan as it lives: draws, repayments, rates and tiers by date, and interest that accrues every day.

Convention (Japanese banks and brokers; money market abroad with year_days = 360): simple interest on the balance at
the end of each day, balance · rate / year_days, no compounding until interest is charged to the balance. The day of
a draw bears interest and the day of a repayment does not (one end counted), so that a loan drawn and repaid on one
day costs nothing. Feb 29 is a day like any other: year_days stays 365 unless the contract says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from alm.balance_sheet import RateTier
from alm.errors import BadInput
from alm.language import t
from alm.ledger.daily import Days, Floats

LoanEventKind = Literal["draw", "repayment", "interest_paid", "interest_charged"]
TierBasis = Literal["daily", "month_end"]


@dataclass(frozen=True, slots=True)
class LoanEvent:
    """`amount` is positive. `interest_charged` adds accrued interest to the balance, `interest_paid` pays it."""

    on: date
    kind: LoanEventKind
    amount: float


@dataclass(frozen=True, slots=True)
class RateChange:
    """From `on`: `rate_pa`, or the rate of the highest tier the balance reaches (`RateTier`, on the whole balance)."""

    on: date
    rate_pa: float
    tiers: tuple[RateTier, ...] = ()


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """How interest is counted. `month_end`: a month's tier is set by the balance at the end of the month before."""

    rates: tuple[RateChange, ...]
    year_days: int = 365
    tier_basis: TierBasis = "daily"


@dataclass(frozen=True, slots=True, eq=False)
class LoanHistory:
    """At the end of each day: what is owed, the rate it bears that night, and interest accrued and not yet settled."""

    days: Days
    balance: Floats
    rate_pa: Floats
    accrued: Floats
    year_days: int = 365

    def on(self, day: date) -> tuple[float, float, float]:
        """(balance, rate, accrued interest) at the end of a day of the history."""
        row = int((np.datetime64(day, "D") - self.days[0]).astype(int))
        if not 0 <= row < len(self.days):
            raise BadInput(
                t("a day from {first} to {last}", first=self.days[0], last=self.days[-1]), column="date", value=day
            )
        return float(self.balance[row]), float(self.rate_pa[row]), float(self.accrued[row])


def loan_history(events: Sequence[LoanEvent], terms: LoanTerms, start: date, end: date) -> LoanHistory:
    """Balance, rate and accrued interest at the end of each day from start to end, from nothing owed before start.

    Raises BadInput when an event lies outside those days, repays more than is owed, or no rate holds on the first draw.
    """
    days = np.arange(np.datetime64(start, "D"), np.datetime64(end, "D") + np.timedelta64(1, "D"))
    moved, settled = np.zeros(len(days)), np.zeros(len(days))
    for event in events:
        row = _row(event, days)
        moved[row] += -event.amount if event.kind == "repayment" else event.amount * (event.kind != "interest_paid")
        settled[row] += event.amount * event.kind.startswith("interest")
    balance = np.cumsum(moved)
    _refuse_overpayment(days, balance)
    rate = _rates(terms, days, balance)
    if np.isnan(rate[balance > 0]).any():
        raise BadInput("a rate from the first draw on", column="rate", value=days[balance > 0][0])
    nightly = np.where(balance > 0, balance * np.nan_to_num(rate) / terms.year_days, 0.0)
    earned = np.concatenate(([0.0], np.cumsum(nightly)[:-1]))
    return LoanHistory(days, balance, rate, earned - np.cumsum(settled), terms.year_days)


def _row(event: LoanEvent, days: Days) -> int:
    row = int((np.datetime64(event.on, "D") - days[0]).astype(int))
    if not 0 <= row < len(days):
        raise BadInput(
            t("a day from {first} to {last}", first=days[0], last=days[-1]), column=event.kind, value=event.on
        )
    if not event.amount > 0:
        raise BadInput("an amount above 0", column=event.kind, value=event.amount)
    return row


def _refuse_overpayment(days: Days, balance: Floats) -> None:
    below = np.flatnonzero(balance < -0.005)
    if len(below):
        on, owed = days[below[0]], -balance[below[0]]
        raise BadInput(
            t("a repayment of what is owed; it exceeds it by {owed}", owed=f"{owed:,.2f}"),
            column="repayment",
            value=str(on),
        )


def _rates(terms: LoanTerms, days: Days, balance: Floats) -> Floats:
    """The yearly rate each night; NaN before the first rate change."""
    changes = sorted(terms.rates, key=lambda change: change.on)
    deciding = balance if terms.tier_basis == "daily" else _month_end_before(days, balance)
    rate = np.full(len(days), np.nan)
    for change in changes:
        since = days >= np.datetime64(change.on, "D")
        rate[since] = _tiered(change, deciding[since])
    return rate


def _tiered(change: RateChange, balance: Floats) -> Floats:
    """The rate of the highest tier whose floor is exceeded; `rate_pa` below the lowest tier or without tiers."""
    tiers = sorted(change.tiers, key=lambda tier: tier.from_balance)
    reached = np.searchsorted([tier.from_balance for tier in tiers], balance, side="left")
    rates: Floats = np.array([change.rate_pa, *(tier.rate_pa for tier in tiers)])[reached]
    return rates


def _month_end_before(days: Days, balance: Floats) -> Floats:
    """For each day the balance at the end of the month before; within the first month, the day's own balance."""
    first = np.searchsorted(days, days.astype("datetime64[M]").astype("datetime64[D]"))
    before: Floats = np.where(first > 0, balance[np.maximum(first - 1, 0)], balance)
    return before


@dataclass(frozen=True, slots=True)
class Statement:
    """What the lender says is owed at the end of a day."""

    on: date
    balance: float
    accrued: float | None = None


@dataclass(frozen=True, slots=True)
class StatementCheck:
    """Statement − ledger, and what would explain it; agreed when both are within a unit of money."""

    statement: Statement
    balance: float
    accrued: float
    explanation: str

    @property
    def balance_difference(self) -> float:
        return self.statement.balance - self.balance

    @property
    def accrued_difference(self) -> float:
        """0 when the statement does not state accrued interest."""
        return 0.0 if self.statement.accrued is None else self.statement.accrued - self.accrued

    @property
    def agrees(self) -> bool:
        return not self.explanation


def check_statement(statement: Statement, history: LoanHistory, events: Sequence[LoanEvent]) -> StatementCheck:
    """Compare a statement with the ledger on its day. Lenders cut interest to whole units: under 1 is agreement."""
    balance, rate, accrued = history.on(statement.on)
    check = StatementCheck(statement, balance, accrued, "")
    gap = check.balance_difference
    if abs(gap) >= 1:
        return StatementCheck(statement, balance, accrued, _balance_explanation(gap, statement, accrued, events))
    if abs(check.accrued_difference) >= 1:
        why = _accrued_explanation(check.accrued_difference, balance * rate / history.year_days, accrued)
        return StatementCheck(statement, balance, accrued, why)
    return check


def _balance_explanation(gap: float, statement: Statement, accrued: float, events: Sequence[LoanEvent]) -> str:
    if abs(gap - accrued) < 1:
        return t(
            "the lender charged the accrued interest of {accrued} to the balance; the ledger has not",
            accrued=f"{accrued:,.0f}",
        )
    same = [e for e in events if abs(e.amount - abs(gap)) < 1 and e.on <= statement.on]
    if same:
        return t("the {event} of {on} is counted on one side only", event=_named(same[-1].kind), on=same[-1].on)
    kind: LoanEventKind = "draw" if gap > 0 else "repayment"
    return t("a {event} of {amount} is not in the ledger", event=_named(kind), amount=f"{abs(gap):,.0f}")


def _named(kind: LoanEventKind) -> str:
    names: dict[LoanEventKind, str] = {
        "draw": t("draw"),
        "repayment": t("repayment"),
        "interest_paid": t("interest paid"),
        "interest_charged": t("interest charged"),
    }
    return names[kind]


def _accrued_explanation(gap: float, nightly: float, accrued: float) -> str:
    nights = gap / nightly if nightly else 0.0
    if nights and abs(nights - round(nights)) * abs(nightly) < 1 and abs(round(nights)) <= 3:
        count = abs(round(nights))
        if count == 1:
            return t("1 day of interest: the lender counts both ends or a later day")
        return t("{count} days of interest: the lender counts both ends or a later day", count=count)
    if accrued and abs(gap / accrued - 5 / 360) < 1e-4:
        return t("the lender counts a year of 360 days")
    return t("interest differs by {gap}: a rate change or an interest payment is not in the ledger", gap=f"{gap:+,.0f}")
