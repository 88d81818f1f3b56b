"""One path through the past, a day at a time: prices move, interest accrues, the lender looks, the household answers.

Order of a day: prices, interest since the last date, the lender's look, cure or sale, rebalancing. The lender is the
state machine of `alm.mechanics.lender`, the sale its closed form in `alm.mechanics.sale`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from alm.balance_sheet import ltv
from alm.errors import BadInput
from alm.risk.series import Array
from alm.step.interest import accrual
from alm.step.lender import CALM, CURE, NOTHING, SELL_ALL, LenderRules, LenderState, cure_target, look, reached
from alm.step.sale import cash_to_cure, sale_to_cure

Rebalancing = Literal["never", "band", "monthly", "quarterly", "annual"]
REBALANCING: tuple[Rebalancing, ...] = ("never", "band", "monthly", "quarterly", "annual")
MONTHS: dict[Rebalancing, int] = {"monthly": 1, "quarterly": 3, "annual": 12}
DAYS_PER_YEAR = 365.0


@dataclass(frozen=True, slots=True)
class Rule:
    """When weights are restored: never, when one leaves its `band` (points of weight), or when a period begins.

    `cost` is lost on what is sold, as a share of it.
    """

    when: Rebalancing = "never"
    band: float = 0.05
    cost: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Leverage:
    """A loan on the first day. `pledged` (n) is the share of each asset that secures it, `advance` (n) what the lender
    counts of it; `cash` and `line` are what may cure a call."""

    name: str
    owed: float
    rate_pa: float
    rules: LenderRules
    pledged: Array
    advance: Array
    cash: float = 0.0
    line: float = 0.0
    line_rate_pa: float = 0.0


EventKind = Literal["freeze", "call", "cure", "sale", "ruin"]


@dataclass(frozen=True, slots=True)
class Event:
    """What the lender did or was paid: `amount` is cash paid in (cure) or market value sold (sale)."""

    on: date
    kind: EventKind
    ltv: float
    amount: float


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """Values at the end of each date (T): `gross` holdings, `cash`, `owed` on the loan, `drawn` on the line.

    `net` = gross + cash − owed − drawn; `ltv` is owed / market value pledged. `turnover` is the value sold to
    rebalance and `cost` what that cost, over the whole path.
    """

    dates: pd.DatetimeIndex
    gross: Array
    cash: Array
    owed: Array
    drawn: Array
    ltv: Array
    events: tuple[Event, ...]
    turnover: float
    cost: float
    rebalanced: int

    @property
    def net(self) -> Array:
        return self.gross + self.cash - self.owed - self.drawn

    @property
    def returns(self) -> Array:
        """Of `net`, T − 1; NaN from the day it is gone."""
        net = self.net
        alive = np.minimum.accumulate(net) > 0
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(alive[:-1], net[1:] / net[:-1] - 1, np.nan)

    def happened(self, kind: EventKind) -> bool:
        return any(event.kind == kind for event in self.events)


def run(prices: pd.DataFrame, values: Array, weights: Array, rule: Rule, loan: Leverage | None = None) -> Path:
    """From `values` (n, money on the first date) through `prices` (T × n, no NaN), back to `weights` by the rule."""
    if len(prices) < 2 or prices.isna().any(axis=None):
        raise BadInput("two or more dates with a price of every asset", column="prices", value=len(prices))
    book = _Book(prices, values, weights, rule, loan)
    for row in range(1, len(prices)):
        book.day(row)
    return book.path()


class _Book:
    """The amounts of one path while it is walked; everything that leaves it is frozen."""

    def __init__(self, prices: pd.DataFrame, values: Array, weights: Array, rule: Rule, loan: Leverage | None) -> None:
        self.dates = pd.DatetimeIndex(prices.index)
        levels = prices.to_numpy(dtype=np.float64)
        self.factors = levels[1:] / levels[:-1]
        self.years = np.diff(self.dates.to_numpy().astype("datetime64[D]")).astype(float) / DAYS_PER_YEAR
        days = self.dates.to_numpy().astype("datetime64[D]")
        self.business_days = np.maximum(np.busday_count(days[:-1], days[1:]), 1).astype(float)
        self.restores = _calendar(self.dates, rule.when)
        self.weights, self.rule, self.loan = weights, rule, loan
        self.share = np.zeros(len(values)) if loan is None else loan.pledged
        self.pledged, self.free = values * self.share, values * (1 - self.share)
        self.owed, self.cash, self.line = (loan.owed, loan.cash, loan.line) if loan else (0.0, 0.0, 0.0)
        self.drawn, self.state = 0.0, CALM
        self.turnover = self.cost = 0.0
        self.rebalanced = 0
        self.events: list[Event] = []
        self.rows = np.empty((len(prices), 5))
        self._record(0)

    def day(self, row: int) -> None:
        factor = self.factors[row - 1]
        self.pledged, self.free = self.pledged * factor, self.free * factor
        if self.loan is not None:
            self.owed += accrual(self.owed, self.loan.rate_pa, self.years[row - 1])
            self.drawn += accrual(self.drawn, self.loan.line_rate_pa, self.years[row - 1])
            if self.owed > 0:
                self._answer(self.loan, self.dates[row].date(), self.business_days[row - 1])
        if not self.state.frozen:
            self._restore(row)
        self._record(row)

    def path(self) -> Path:
        gross, cash, owed, drawn, ratio = self.rows.T
        events = tuple(self.events)
        return Path(self.dates, gross, cash, owed, drawn, ratio, events, self.turnover, self.cost, self.rebalanced)

    def _record(self, row: int) -> None:
        pledged = float(self.pledged.sum())
        ratio = ltv(self.owed, pledged)
        self.rows[row] = pledged + float(self.free.sum()), self.cash, self.owed, self.drawn, ratio

    def _answer(self, loan: Leverage, on: date, business_days: float) -> None:
        """The lender's look, and what the household or the lender does about it."""
        lending = float(self.pledged @ loan.advance)
        if self.state == CALM and not reached(self.owed, lending, _lowest(loan.rules)):
            return
        market = float(self.pledged.sum())
        concentration = float(self.pledged.max()) / market if market else 0.0
        before = self.state
        self.state, demand = look(loan.rules, before, self.owed, lending, concentration, business_days)
        self._note(on, before)
        if demand == CURE:
            self._pay(on, cash_to_cure(self.owed, lending, cure_target(loan.rules, concentration)))
        elif demand != NOTHING:
            target = cure_target(loan.rules, concentration) * (lending / market if market else 1.0)
            self._sell(
                on, market if demand == SELL_ALL else sale_to_cure(self.owed, market, 1 - self.rule.cost, target)
            )

    def _note(self, on: date, before: LenderState) -> None:
        ratio = ltv(self.owed, float(self.pledged.sum()))
        if self.state.frozen and not before.frozen:
            self.events.append(Event(on, "freeze", ratio, 0.0))
        if self.state.call_open and not before.call_open:
            self.events.append(Event(on, "call", ratio, 0.0))

    def _pay(self, on: date, wanted: float) -> None:
        """Cash first, then the line; what both do not cover is left for the deadline."""
        from_cash = min(wanted, self.cash)
        from_line = min(wanted - from_cash, self.line)
        if from_cash + from_line > 0:
            ratio = ltv(self.owed, float(self.pledged.sum()))
            self.cash, self.line, self.drawn = self.cash - from_cash, self.line - from_line, self.drawn + from_line
            self.owed -= from_cash + from_line
            self.events.append(Event(on, "cure", ratio, from_cash + from_line))

    def _sell(self, on: date, wanted: float) -> None:
        """A little of everything pledged; the loan is repaid first, what is over becomes cash, what is short is paid
        from cash and stays owed."""
        market = float(self.pledged.sum())
        sold = min(wanted, market)
        self.events.append(Event(on, "sale", ltv(self.owed, market), sold))
        self.pledged = self.pledged * (1 - sold / market if market else 0.0)
        proceeds = sold * (1 - self.rule.cost) + (self.cash if sold >= market else 0.0)
        if sold >= market:
            self.cash, self.share = 0.0, np.zeros(len(self.share))
        repaid = min(proceeds, self.owed)
        self.owed, self.cash = self.owed - repaid, self.cash + proceeds - repaid
        gross = float(self.pledged.sum() + self.free.sum())
        if gross + self.cash - self.owed - self.drawn <= 0:
            self.events.append(Event(on, "ruin", float("inf"), 0.0))

    def _restore(self, row: int) -> None:
        """Back to the weights when the rule says so; the same share of each asset stays pledged."""
        held = self.pledged + self.free
        total = float(held.sum())
        due = self.restores[row] or (
            self.rule.when == "band" and total > 0 and np.abs(held / total - self.weights).max() >= self.rule.band
        )
        if not due or total <= 0:
            return
        sold = float(np.maximum(held - self.weights * total, 0).sum())
        cost = sold * self.rule.cost
        held = self.weights * (total - cost)
        self.pledged, self.free = held * self.share, held * (1 - self.share)
        self.turnover, self.cost, self.rebalanced = self.turnover + sold, self.cost + cost, self.rebalanced + 1


def _lowest(rules: LenderRules) -> float:
    """The ratio under which no rule of this lender can matter."""
    return min(rules.freeze_ltv, rules.concentration_freeze_ltv, rules.call_ltv, rules.forced_ltv)


def _calendar(dates: pd.DatetimeIndex, when: Rebalancing) -> list[bool]:
    """Whether each date is the first of a new period."""
    if when not in MONTHS:
        return [False] * len(dates)
    period = (dates.year * 12 + dates.month - 1) // MONTHS[when]
    return [False, *(np.diff(period) != 0).tolist()]
