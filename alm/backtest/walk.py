"""Recorded steps of a real past: one path for each start, side by side in one block.

Every date of the prices is a step: prices grow by what they did, interest runs for the calendar days since the last
date, the lenders look and the household answers by its own order of payment (`alm.step`). Between two steps weights are
restored by the rule, within what each lender holds and within what is free, by the step's own sale with cost and tax;
where a loan is frozen or called nothing of its collateral moves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from alm.backtest.path import Path, Rebalancing, Rule, events_of
from alm.backtest.rebalancing import Rebalancer
from alm.balance_sheet import BalanceSheet, Holding, ltv
from alm.drill.recorder import Recorder
from alm.drill.replay import replayed, without_life
from alm.engines.household_block import NO_FLOWS, HouseholdBlock, plan_block
from alm.errors import BadInput
from alm.fire.household import grouped, plan_from
from alm.fire.plan import Line, Plan
from alm.fire.terms import LOG_ROWS, Clock, plain_book
from alm.lenders import LenderProfile
from alm.risk.series import TRADING_DAYS, Array
from alm.settings import Settings
from alm.step.books import move_path, open_books, scatter
from alm.step.events import CALLED, COLUMNS, SOLD_BY_LENDER
from alm.step.interest import DAYS_PER_YEAR
from alm.step.lender import cure_target, freeze_threshold
from alm.step.margin import margin_checks
from alm.step.market import Market
from alm.step.step import take_step

MONTHS: dict[Rebalancing, int] = {"monthly": 1, "quarterly": 3, "annual": 12}

Span = tuple[int, int]
"""The first and the last row of the prices that a path walks."""


def run(
    sheet: BalanceSheet, prices: pd.DataFrame, rule: Rule, settings: Settings, profiles: Mapping[str, LenderProfile],
    *, loan: str = "",
) -> Path:  # fmt: skip
    """Today's amounts put on the first date of `prices` (T × tickers, base currency, no NaN), through to the last."""
    return Walk(sheet, prices, [(0, len(prices) - 1)], rule, settings, profiles, loan=loan, recorded=True).run()[0]


@dataclass(slots=True)
class _Track:
    """One path while it is walked; `rows` are (gross, cash, owed, drawn, ltv) by date."""

    span: Span
    rows: list[tuple[float, float, float, float, float]]
    called: bool = False
    sold: bool = False
    highest: float = 0.0


class Walk:
    """The block while it is walked, and which path stands in which of its columns."""

    def __init__(
        self, sheet: BalanceSheet, prices: pd.DataFrame, spans: Sequence[Span], rule: Rule, settings: Settings,
        profiles: Mapping[str, LenderProfile], *, loan: str = "", recorded: bool = False,
    ) -> None:  # fmt: skip
        if len(prices) < 2 or prices.isna().any(axis=None):
            raise BadInput("two or more dates with a price of every asset", column="prices", value=len(prices))
        near = sheet.within_reach()
        self.dates, self.prices = pd.DatetimeIndex(prices.index), prices
        self.locked = tuple(holding for holding in sheet.holdings if holding not in near.holdings)
        self.loans = [one.name for one in sheet.secured_loans]
        self.shown = self.loans.index(loan) if loan else 0
        groups = grouped(near, by_issue=True)
        plan = _plan(plan_from(near, settings, profiles, by_issue=True), rule)
        self.profiles = [profiles[one.profile] for one in sheet.secured_loans]
        self.block = plan_block(plan, groups, _most_at_once(spans), Clock(0.0, _business_days(self.dates)))
        self.block.terms.log.extend([0.0] * COLUMNS for _ in range(LOG_ROWS * len(spans)))
        self.growth = _growth(prices, groups)
        self.years = np.diff(self.dates.to_numpy().astype("datetime64[D]")).astype(float) / DAYS_PER_YEAR
        self.due = _calendar(self.dates, rule.when)
        self.tracks = [_Track(span, []) for span in spans]
        self.columns: list[int] = []
        self.rebalancer = Rebalancer(self.block, rule, len(spans))
        self.recorder = Recorder(self.block, tuple(self.loans)) if recorded else None
        self.over = False
        self.opened = self._opened()
        self.at_once = {kind for _, kind in self._logged()}

    def run(self) -> tuple[Path, ...]:
        begins: dict[int, list[int]] = {}
        for number, track in enumerate(self.tracks):
            begins.setdefault(track.span[0], []).append(number)
        for row in range(len(self.dates)):
            if self.columns:
                self._step(row)
            for number in begins.get(row, ()):
                self._open(number)
            if self.columns:
                self._note(row)
                self._close(row)
        return tuple(self._path(number) for number in range(len(self.tracks)))

    def _opened(self) -> list[list[float]]:
        """Today's household on its first date, after the lenders' first look: a block of one."""
        terms = self.block.terms
        fresh = plain_book(terms.terms, 1)
        open_books(terms, fresh, 1)
        margin_checks(terms, fresh, self.block.one, 0, terms.terms.days, 1)
        return fresh

    def _open(self, number: int) -> None:
        column = len(self.columns)
        self.columns.append(number)
        scatter(self.block.terms, self.opened, self.block.book, column)
        self.block.row("path")[column] = float(number)
        self.tracks[number].called = CALLED in self.at_once
        self.tracks[number].sold = SOLD_BY_LENDER in self.at_once

    def _step(self, row: int) -> None:
        terms, count = self.block.terms, len(self.columns)
        terms.terms.dt = float(self.years[row - 1])
        growth = [[factor] * count for factor in self.growth[row - 1]]
        self._set_thresholds(self.growth[row - 1])
        for column, number in enumerate(self.columns):
            self.tracks[number].highest = max(
                self.tracks[number].highest, self._before_a_look(column, self.growth[row - 1])
            )
        ones = [1.0] * count
        market = Market([growth], [ones], ones, [ones], np.zeros(count, dtype=np.uint64))
        take_step(terms, self.block.book, self.block.one, NO_FLOWS, market, 0, row, count)
        self.rebalancer.restore(self.columns, self.due[row])

    def _before_a_look(self, column: int, growth: Sequence[float]) -> float:
        """The shown loan's ratio at this date's prices, before its lender asks for anything and interest is added."""
        if not self.loans:
            return 0.0
        block, loan = self.block, self.block.terms.loans[self.shown]
        own = range(loan.first_asset, loan.last_asset)
        value = sum(block.row("value", k)[column] * growth[block.terms.assets[k].series] for k in own)
        return ltv(sum(block.row(name, self.shown)[column] for name in ("balance", "accrued")), value)

    def _set_thresholds(self, growth: Sequence[float]) -> None:
        """Freeze and cure target by this date's largest issue, where a lender has a concentration rule."""
        for i, profile in enumerate(self.profiles):
            if np.isinf(profile.rules.concentration_share):
                continue
            for column in range(len(self.columns)):
                share = _largest_share(self.block, i, growth, column)
                freeze = freeze_threshold(profile.rules, share)
                self.block.row("freeze_ltv", i)[column] = freeze
                self.block.row("cure_ltv", i)[column] = cure_target(profile.rules, share)
                watched = self.block.row("watched", i)
                watched[column] = min(freeze, profile.forced_ltv) if watched[column] > 0.0 else 0.0

    def _note(self, row: int) -> None:
        """What every path is worth at the end of a date, and what its lenders did."""
        for number, kind in self._logged():
            self.tracks[number].called |= kind == CALLED
            self.tracks[number].sold |= kind == SOLD_BY_LENDER
        if self.recorder is not None and not self.over:
            self.recorder.read(self.dates[row].date())
            self.over = self.block.row("done")[0] > 0.0
        self.block.terms.log[0][0] = 0.0
        for column, number in enumerate(self.columns):
            self.tracks[number].rows.append(self._values(column))

    def _logged(self) -> list[tuple[int, int]]:
        """(path, kind) of everything that lenders did since the last date."""
        log = self.block.terms.log
        return [(int(entry[5]), int(entry[0])) for entry in log[1 : int(log[0][0]) + 1]]

    def _values(self, column: int) -> tuple[float, float, float, float, float]:
        block, terms = self.block, self.block.terms
        values = [block.row("value", k)[column] for k in range(len(terms.assets))]
        owed = [block.row("balance", i)[column] + block.row("accrued", i)[column] for i in range(len(self.loans))]
        drawn = sum(block.row("drawn", j)[column] for j in range(len(terms.lines)))
        ratio = 0.0
        if self.loans:
            loan = terms.loans[self.shown]
            ratio = ltv(owed[self.shown], sum(values[loan.first_asset : loan.last_asset]))
        return sum(values), block.row("cash")[column], sum(owed), drawn, ratio

    def _close(self, row: int) -> None:
        """Paths that end here leave; the last column takes the place of each."""
        for column in reversed(range(len(self.columns))):
            if self.tracks[self.columns[column]].span[1] == row:
                move_path(self.block.terms, self.block.book, len(self.columns) - 1, column)
                self.columns[column] = self.columns[-1]
                self.columns.pop()

    def _path(self, number: int) -> Path:
        track = self.tracks[number]
        first, last = track.span
        gross, cash, owed, drawn, ratio = np.array(track.rows).T
        turnover, cost, rebalanced = self.rebalancer.done(number)
        return Path(
            self.dates[first : last + 1], gross + self._beside(first, last), cash, owed, drawn, ratio,
            max(track.highest, float(ratio.max())), events_of(self.recorder.events) if self.recorder else (),
            track.called, track.sold, turnover, cost, rebalanced,
        )  # fmt: skip

    def _beside(self, first: int, last: int) -> Array:
        """The value of what is locked in: it moves with its prices and pays for nothing."""
        whole = np.zeros(last - first + 1)
        for holding in self.locked:
            close = self.prices[holding.ticker].to_numpy(dtype=float)[first : last + 1]
            whole += holding.value * close / close[0]
        return whole


def _plan(plan: Plan, rule: Rule) -> Plan:
    """Today's amounts on the first date: the credit line stands through the window, sales cost what the rule says."""
    still = without_life(replayed(plan, 1, 252))
    return replace(still, lines=tuple(_standing(line) for line in plan.lines), sale_cost=rule.cost)


def _standing(line: Line) -> Line:
    return replace(line, limit=line.drawn if line.expires_year == 0.0 else line.limit, expires_year=None)


def _growth(prices: pd.DataFrame, groups: Sequence[tuple[Holding, ...]]) -> list[list[float]]:
    """(T − 1, assets): what each asset's price was multiplied by."""
    levels = prices[[group[0].ticker for group in groups]].to_numpy(dtype=np.float64)
    return [[float(factor) for factor in row] for row in levels[1:] / levels[:-1]]


def _business_days(dates: pd.DatetimeIndex) -> float:
    """Between two looks: every date is one, unless the prices are of weeks or months (fewer than 126 a year)."""
    a_year = len(dates) / ((dates[-1] - dates[0]).days / 365.25)
    return 1.0 if a_year >= TRADING_DAYS / 2 else TRADING_DAYS / a_year


def _largest_share(block: HouseholdBlock, loan: int, growth: Sequence[float], column: int) -> float:
    """The largest issue's share of a loan's collateral at the prices of this step."""
    terms = block.terms.loans[loan]
    by_issue: dict[tuple[str, str], float] = {}
    for k in range(terms.first_asset, terms.last_asset):
        issue = (block.holdings[k][0].ticker, block.holdings[k][0].currency)
        grown = block.row("value", k)[column] * growth[block.terms.assets[k].series]
        by_issue[issue] = by_issue.get(issue, 0.0) + grown
    whole = sum(by_issue.values())
    return max(by_issue.values()) / whole if whole > 0.0 else 0.0


def _calendar(dates: pd.DatetimeIndex, when: Rebalancing) -> list[bool]:
    """Whether each date is the first of a new period."""
    if when not in MONTHS:
        return [False] * len(dates)
    period = (dates.year * 12 + dates.month - 1) // MONTHS[when]
    return [False, *(np.diff(period) != 0).tolist()]


def _most_at_once(spans: Sequence[Span]) -> int:
    """How many paths are walked on the busiest date, the one that begins while another ends included."""
    return max(sum(first <= begin <= last for first, last in spans) for begin, _ in spans)
