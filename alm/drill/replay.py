"""A course of prices on today's balance sheet: the step, one path, recorded.

Every step is `take_step` under the prices that were; what happened is what the step wrote down: payments by purpose and
source, sales gross and net, what each lender asked and did. A year's income, dividends and spending flow evenly over
its steps; a surplus repays the credit line and the rest stays cash. On the first day the lenders look at today's
prices. A call or an ordered sale that is open on the last day is followed to its deadline at that day's prices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from alm.balance_sheet import BalanceSheet, ltv
from alm.drill.courses import Course
from alm.drill.prices import dollars_in_yen, group_values, largest_share
from alm.drill.recorder import Recorder
from alm.drill.values import Comparison, Day, Drill, End
from alm.elementary import power
from alm.engines.household_block import plan_block
from alm.errors import Infeasible
from alm.fire.household import grouped, plan_from
from alm.fire.plan import Plan
from alm.fire.terms import Clock, as_plain, dated_rows
from alm.lenders import LenderProfile
from alm.scenarios import Scenario, stressed
from alm.settings import Settings
from alm.step.lender import cure_target, freeze_threshold
from alm.step.margin import margin_checks
from alm.step.market import Market
from alm.step.step import begin_year, take_step
from alm.text import t


def drill(
    sheet: BalanceSheet,
    course: Course,
    scenario: Scenario,
    profiles: Mapping[str, LenderProfile],
    settings: Settings,
    *,
    flows: bool = True,
) -> Drill:
    """Replay a course. `scenario` says how each kind of asset and currency fell; what it does to income, rates and
    lines holds from the first day. Without `flows` only prices and lenders move: nothing is earned, spent or accrued.

    Raises MissingValue for an incomplete sheet, Infeasible without anything to lose.
    """
    sheet.require_complete()
    if not sheet.holdings:
        raise Infeasible(t("Nothing is held, so no crisis can be replayed."))
    today = stressed(sheet.within_reach(), _besides_prices(scenario))
    return _Replay(today, course, scenario, profiles, settings, flows=flows).run()


def compared(
    sheet: BalanceSheet,
    course: Course,
    scenario: Scenario,
    profiles: Mapping[str, LenderProfile],
    settings: Settings,
    *,
    flows: bool = True,
) -> Comparison:
    """The same course with the credit lines and without what is undrawn of them."""
    bare = sheet.with_(credit_lines=tuple(replace(line, limit=line.drawn) for line in sheet.credit_lines))
    return Comparison(*(drill(one, course, scenario, profiles, settings, flows=flows) for one in (sheet, bare)))


@dataclass(frozen=True, slots=True)
class _Thresholds:
    """A loan's freeze and cure target at each step: a concentration rule may lower them."""

    freeze: list[float]
    cure: list[float]


class _Replay:
    """One drill in the making."""

    def __init__(
        self,
        sheet: BalanceSheet,
        course: Course,
        scenario: Scenario,
        profiles: Mapping[str, LenderProfile],
        settings: Settings,
        *,
        flows: bool,
    ) -> None:
        self.last = len(course.dates) - 1
        course = course.held(max((profiles[loan.profile].longest_notice for loan in sheet.secured_loans), default=0))
        self.sheet, self.course, self.settings, self.flows = sheet, course, settings, flows
        plan = _plan(sheet, settings, profiles, course, flows=flows)
        groups, base = grouped(sheet), sheet.base_currency
        self.block = plan_block(plan, groups, 1, _clock(course))
        self.dated = [as_plain(row) for row in dated_rows(plan)]
        self.values = [group_values(group, scenario, course, base) for group in groups]
        self.lenders = [profiles[loan.profile] for loan in sheet.secured_loans]
        self.thresholds = [
            _thresholds(profiles[x.profile], largest_share(sheet.pledged_to(x.name), scenario, course, base))
            for x in sheet.secured_loans
        ]
        self.recorder = Recorder(self.block, tuple(loan.name for loan in sheet.secured_loans))
        self.highest = self._highest_at(0)

    def run(self) -> Drill:
        terms, book = self.block.terms, self.block.book
        self._set_thresholds(0)
        margin_checks(terms, book, self.block.one, 0, terms.terms.days, 1)
        self.recorder.read(self.course.dates[0])
        days = [self._day(0)]
        for step in range(1, len(self.course.dates)):
            if step > self.last and not self._something_open():
                break
            self._step(step)
            days.append(self._day(step))
            if self.block.row("done")[0] > 0.0:
                break
        return self._answer(tuple(days))

    def _something_open(self) -> bool:
        """Whether a lender waits for a deadline, or for the execution of a sale it has ordered."""
        rows = ("call_open", "liquidating")
        return any(self.block.row(name, i)[0] > 0.0 for name in rows for i in range(len(self.lenders)))

    def _step(self, step: int) -> None:
        block, number = self.block, step - 1
        if number % block.terms.terms.steps_per_year == 0:
            begin_year(block.terms, block.book, 0.0, number, 1)
        self._set_thresholds(step)
        self.highest = max(self.highest, self._highest_at(step))
        dated = self.dated[min(number, len(self.dated) - 1)]
        take_step(block.terms, block.book, block.one, dated, self._market(step), 0, number, 1)
        self.recorder.read(self.course.dates[step])

    def _market(self, step: int) -> Market:
        growth = [[float(values[step] / values[step - 1])] for values in self.values]
        level = power(1 + self.settings.inflation_pa, step / self.course.per_year) if self.flows else 1.0
        keys: Any = np.zeros(1, dtype=np.uint64)
        return Market([growth], [[level]], [1.0], [[1.0]], keys)

    def _set_thresholds(self, step: int) -> None:
        for i, limits in enumerate(self.thresholds):
            freeze = limits.freeze[step]
            self.block.row("freeze_ltv", i)[0], self.block.row("cure_ltv", i)[0] = freeze, limits.cure[step]
            if self.block.row("watched", i)[0] > 0.0:
                self.block.row("watched", i)[0] = min(freeze, self.lenders[i].forced_ltv)

    def _highest_at(self, step: int) -> float:
        """The ratio of the loan that is worst off at this step's prices, before anything is paid."""
        pledged = [0.0] * len(self.lenders)
        for k, asset in enumerate(self.block.terms.assets):
            if asset.pledged >= 0:
                prices = self.values[asset.series]
                grown = float(prices[step] / prices[max(step - 1, 0)])
                pledged[asset.pledged] += self.block.row("value", k)[0] * grown
        return max((ltv(self._owed_on(i), whole) for i, whole in enumerate(pledged)), default=0.0)

    def _owed_on(self, loan: int) -> float:
        return float(self.block.row("balance", loan)[0] + self.block.row("accrued", loan)[0])

    def _owed(self) -> float:
        return sum(self._owed_on(i) for i in range(len(self.lenders)))

    def _pledged(self) -> float:
        return sum(self.block.row("value", k)[0] for k, a in enumerate(self.block.terms.assets) if a.pledged >= 0)

    def _day(self, step: int) -> Day:
        block, owed, pledged = self.block, self._owed(), self._pledged()
        whole = sum(block.row("value", k)[0] for k in range(len(block.terms.assets)))
        drawn = sum(block.row("drawn", j)[0] for j in range(len(block.terms.lines)))
        cash = block.row("cash")[0]
        return Day(
            self.course.dates[step], self.course.levels[step], ltv(owed, pledged), pledged, owed, cash, drawn,
            whole - pledged, cash + whole - owed - drawn,
        )  # fmt: skip

    def _answer(self, days: tuple[Day, ...]) -> Drill:
        last, recorder = days[-1], self.recorder
        ruined = self.block.row("done")[0] > 0.0
        forced = any(event.event == "forced_sale" for event in recorder.events)
        profile = self.lenders[0] if self.lenders else None
        pledged = {asset.series for asset in self.block.terms.assets if asset.pledged >= 0}
        whole = float(sum(self.values[series][len(days) - 1] for series in pledged))
        return Drill(
            crisis=self.course.name,
            title=self.course.title,
            note=" ".join(filter(None, (self.course.note, self._currencies(), self._never_calls(), self._after(days)))),
            by_day=self.course.by_day,
            lender=profile.title if profile else "",
            freeze_ltv=profile.freeze_ltv if profile else 1.0,
            call_ltv=profile.call_ltv if profile else None,
            forced_ltv=profile.forced_ltv if profile else 1.0,
            days=days,
            events=tuple(recorder.events),
            payments=recorder.payments(),
            needed_for_life=recorder.needed_for_life,
            repaid_to_lenders=recorder.repaid_to_lenders,
            unpaid=recorder.unpaid,
            end=End(
                last.date,
                not forced and not ruined,
                forced,
                ruined,
                last.ltv,
                self.highest,
                last.cash,
                last.line_drawn,
                last.owed,
                last.collateral / whole if whole > 0 else 0.0,
                last.net_worth,
            ),
        )

    def _currencies(self) -> str:
        """What foreign currencies did: by their own closes, or by the scenario."""
        base = self.sheet.base_currency
        own = {dollars_in_yen(h, self.course, base) for h in self.sheet.holdings if h.currency != base}
        if not own or self.course.plain:
            return ""
        if own == {False}:
            return t("Currencies move as the scenario says.")
        dollar = t("The dollar in yen moves between real closes at its turning points.")
        return dollar if own == {True} else dollar + " " + t("Other currencies move as the scenario says.")

    def _after(self, days: tuple[Day, ...]) -> str:
        if len(days) <= self.last + 1:
            return ""
        return t("What is open on the last day is followed to its deadline at that day's prices.")

    def _never_calls(self) -> str:
        """The household answers calls and nothing else: where a lender never calls, the drill is the worst case."""
        if all(profile.call_ltv is not None for profile in self.lenders):
            return ""
        return t(
            "A lender that never calls asks for nothing before it sells, so nothing is paid in this drill; paying in "
            "time is up to you."
        )


def _thresholds(profile: LenderProfile, concentration: Any) -> _Thresholds:
    rules, shares = profile.rules, [float(share) for share in concentration]
    return _Thresholds(
        [freeze_threshold(rules, share) for share in shares], [cure_target(rules, share) for share in shares]
    )


def _besides_prices(scenario: Scenario) -> Scenario:
    """What a scenario does at once: to income, rates, lines and dividends. Prices and currencies come with the path."""
    return replace(scenario, fall=0.0, by_class=(), by_ticker=(), base_strength=0.0, fx=())


def _clock(course: Course) -> Clock:
    return Clock(1.0 / course.per_year, 252.0 / course.per_year)


def _plan(
    sheet: BalanceSheet, settings: Settings, profiles: Mapping[str, LenderProfile], course: Course, *, flows: bool
) -> Plan:
    years = -(-(len(course.dates) - 1) // course.per_year)
    plan = replayed(plan_from(sheet, settings, profiles), max(years, 1), 252 if course.by_day else 12)
    return plan if flows else _still(plan)


def replayed(plan: Plan, years: int, steps_per_year: Literal[12, 252]) -> Plan:
    """A plan under prices that were: lenders look once a step, a surplus repays the line, cash earns nothing."""
    return replace(
        plan, years=years, steps_per_year=steps_per_year, margin_check="step", spend_at="end", rebalance=False,
        surplus=("repay_line",), cash_rate_pa=0.0,
        market=replace(plan.market, model="lognormal", parameters="given"),
    )  # fmt: skip


def without_life(plan: Plan) -> Plan:
    """Nothing is earned or spent, and interest is added to the loans. The reserve stays."""
    return replace(
        plan, assets=tuple(replace(asset, dividends_pa=0.0) for asset in plan.assets), incomes=(), expenses=(),
        debts=(), capitalise_interest=True, cash=max(plan.cash, 0.0), spending=replace(plan.spending, amount_pa=0.0),
    )  # fmt: skip


def _still(plan: Plan) -> Plan:
    """Nothing comes in, goes out or accrues: prices and lenders alone move."""
    return replace(
        without_life(plan),
        loans=tuple(replace(loan, rate_pa=0.0, tiers=()) for loan in plan.loans),
        lines=tuple(replace(line, rate_pa=0.0, commitment_fee_pa=0.0, expires_year=None) for line in plan.lines),
    )
