"""A crisis on today's balance sheet: one path of the simulation's own steps, under the prices that were.

Every step is the simulation's: assets grow and pay dividends and interest accrues (`grow`), money comes in and goes out
(`settle`), the lenders look (`looked_at`). Nothing is computed a second time here: between the parts the books are
compared, and what moved becomes an event with its source. A year's income, dividends and spending flow evenly over its
steps; a surplus repays the credit line and the rest stays cash.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from alm.balance_sheet import BalanceSheet
from alm.drill.crises import Crisis, Path, path
from alm.drill.log import DUST, Log, Standing, standing
from alm.drill.prices import group_values, happened, largest_share
from alm.drill.values import Comparison, Day, Drill, End, Source
from alm.errors import Infeasible
from alm.fire.books import lending_value, net_worth, open_books, owed, remembered, rules_of
from alm.fire.flows import line_exhausted
from alm.fire.household import grouped, plan_from
from alm.fire.plain import as_plain
from alm.fire.plan import Plan
from alm.fire.rows import World
from alm.fire.terms import desk
from alm.fire.walk import begin_year, grow, looked_at, settle, spent_now
from alm.lenders import LenderProfile
from alm.step.lender import CURE, is_concentrated, look, reached
from alm.step.sale import cash_to_cure
from alm.scenarios import Scenario, stressed
from alm.settings import Settings
from alm.text import t


def drill(
    sheet: BalanceSheet,
    crisis: Crisis,
    scenario: Scenario,
    profiles: Mapping[str, LenderProfile],
    settings: Settings,
) -> Drill:
    """Replay a crisis. `scenario` says how each kind of asset and currency fell; what it does to income, rates and
    lines holds from the first day. Raises MissingValue for an incomplete sheet, Infeasible without anything to lose.
    """
    sheet.require_complete()
    if not sheet.holdings:
        raise Infeasible(t("Nothing is held, so no crisis can be replayed."))
    return _Replay(sheet, crisis, scenario, profiles, settings).run()


def compared(
    sheet: BalanceSheet,
    crisis: Crisis,
    scenario: Scenario,
    profiles: Mapping[str, LenderProfile],
    settings: Settings,
) -> Comparison:
    """The same crisis with the credit lines and without what is undrawn of them."""
    bare = sheet.with_(credit_lines=tuple(replace(line, limit=line.drawn) for line in sheet.credit_lines))
    return Comparison(
        drill(sheet, crisis, scenario, profiles, settings), drill(bare, crisis, scenario, profiles, settings)
    )


class _Replay:
    """One drill in the making: the books of the simulation as plain objects, and the log of what happened."""

    def __init__(
        self,
        sheet: BalanceSheet,
        crisis: Crisis,
        scenario: Scenario,
        profiles: Mapping[str, LenderProfile],
        settings: Settings,
    ) -> None:
        today = stressed(sheet.within_reach(), _besides_prices(scenario))
        self.sheet, self.crisis, self.steps, self.settings = today, crisis, path(crisis), settings
        plan = _plan(today, settings, profiles, self.steps)
        rows = desk(plan)
        self.world: World = as_plain(rows.worlds[0])
        self.dated = [as_plain(row) for row in rows.dated]
        share = happened(crisis, self.steps)
        self.values = [group_values(group, scenario, share, today.base_currency) for group in grouped(today)]
        self.lenders = [profiles[loan.profile] for loan in today.secured_loans]
        self.concentration = [
            largest_share(today.pledged_to(loan.name), scenario, share, today.base_currency)
            for loan in today.secured_loans
        ]
        self.log = Log()
        open_books(self.world)
        for k in range(self.world.asset_count):
            self.world.assets[k].series = k
        self.frozen = standing(self.world).frozen
        self.highest = standing(self.world).ltv
        self.needed = self.repaid = self.unpaid = 0.0

    def run(self) -> Drill:
        days = [self._day(0)]
        ruined = False
        for step in range(1, len(self.steps.dates)):
            ruined = not self._step(step)
            days.append(self._day(step))
            if ruined:
                self.log.add(self.steps.dates[step], "ruin", days[-1].ltv)
                break
        return self._answer(tuple(days), ruined=ruined)

    def _step(self, step: int) -> bool:
        """One step of the simulation between looks at the books; False in ruin."""
        world = self.world
        if (step - 1) % world.steps_per_year == 0:
            begin_year(world, 0.0, step - 1, self._level(step - 1))
        level = self._level(step)
        self._apply_concentration(step)
        dividends = grow(world, self._market(step, level), step - 1)
        before, dated = standing(world), self.dated[min(step - 1, len(self.dated) - 1)]
        spent = spent_now(world, level, dividends)
        income, need = dated.income + dated.income_real * level, self._need(spent, dated, level)
        alive = settle(world, dated, step - 1, spent, level)
        after = standing(world)
        self.highest = max(self.highest, after.ltv)
        self._note_life(step, before, after, need, (income, dividends))
        self._note_calls(step)
        alive = alive and looked_at(world, step - 1, level)
        self._note_look(step, after, standing(world))
        if line_exhausted(world) and before.drawn < standing(world).drawn:
            self.log.add(self.steps.dates[step], "line_exhausted", after.ltv)
        return alive

    def _need(self, spent: float, dated: Any, level: float) -> float:
        """Living costs, interest and other debts of the step, as `settle` is about to ask for them."""
        accrued = sum(self.world.loans[i].accrued for i in range(self.world.loan_count))
        lines = sum(self.world.lines[j].interest for j in range(self.world.line_count))
        return float(spent + dated.expense + dated.expense_real * level + accrued + lines)

    def _level(self, step: int) -> float:
        return float((1 + self.settings.inflation_pa) ** (step / self.world.steps_per_year))

    def _market(self, step: int, level: float) -> Any:
        """What `grow` reads. Its growth is total return, so dividends, which it pays out, are put on top of prices."""
        growth = [1.0] * self.world.asset_count
        for k in range(self.world.asset_count):
            asset, price = self.world.assets[k], float(self.values[k][step] / self.values[k][step - 1])
            paid, cap = asset.dividend * self.world.dt, self.world.highest_yield * self.world.dt
            total = price + (paid / asset.value if asset.value > 0 else 0.0)
            growth[k] = total if paid <= cap * asset.value * total else price / (1 - cap)
        return SimpleNamespace(prices=level, dividends=1.0, narrow=1.0, growth=growth)

    def _apply_concentration(self, step: int) -> None:
        """The thresholds in force: a lender with a concentration rule lowers freeze and cure for one large issue."""
        for i, profile in enumerate(self.lenders):
            rules = profile.rules
            concentrated = is_concentrated(rules, float(self.concentration[i][step]))
            loan = self.world.loans[i]
            loan.freeze_ltv = rules.concentration_freeze_ltv if concentrated else rules.freeze_ltv
            loan.cure_ltv = rules.concentration_cure_ltv if concentrated else rules.cure_ltv

    def _note_life(
        self, step: int, before: Standing, after: Standing, need: float, came_in: tuple[float, float]
    ) -> None:
        """Who paid for life and interest: this step's income and dividends first, then what the books show."""
        income, dividends = came_in
        drawn, sold = after.drawn - before.drawn, before.raised_unpledged(after)
        released = before.raised(after) - max(0.0, before.owed - before.accrued - after.owed)
        self.needed += need
        self.unpaid += self.log.share(
            "life",
            need,
            (
                ("income", income),
                ("dividends", dividends),
                ("cash", before.cash - dividends),
                ("credit_line", drawn),
                ("unpledged_sale", sold),
                ("pledged_sale", released),
            ),
        )
        on = self.steps.dates[step]
        for event, amount, source in (
            ("draw", drawn, "credit_line"),
            ("repay_line", -drawn, "cash"),
            ("sale", sold, "unpledged_sale"),
            ("sale", released, "pledged_sale"),
        ):
            if amount > DUST:
                self.log.add(on, event, after.ltv, amount, source)  # type: ignore[arg-type]  # the four kinds above

    def _note_calls(self, step: int) -> None:
        """A lender about to call: what it asks for. The same look that follows, without answering it."""
        for i in range(self.world.loan_count):
            loan, lending = self.world.loans[i], lending_value(self.world, i)
            called = not loan.call_open and reached(owed(loan), lending, loan.call_ltv)
            state, demand = look(rules_of(loan), remembered(loan), owed(loan), lending, 0.0, 252.0 * self.world.dt)
            if called and (demand == CURE or state.call_open):
                amount = cash_to_cure(owed(loan), lending, loan.cure_ltv)
                self.log.add(self.steps.dates[step], "call", standing(self.world).ltv, amount, self._name(i))

    def _name(self, i: int) -> str:
        return self.sheet.secured_loans[i].name

    def _note_look(self, step: int, before: Standing, after: Standing) -> None:
        """What answered the lenders: repayments by source, sales of pledged holdings, and whether draws are frozen."""
        on, brought = self.steps.dates[step], before.raised(after)
        repaid = max(0.0, before.owed - after.owed)
        given: tuple[tuple[Source, float], ...] = (
            ("cash", before.cash - after.cash),
            ("credit_line", after.drawn - before.drawn),
            ("unpledged_sale", before.raised_unpledged(after)),
        )
        self.repaid += repaid
        left = self.log.share("lender", repaid, given)
        if brought > DUST:
            self.log.share("lender", left, (("pledged_sale", brought),))
            self.log.add(on, "forced_sale", before.ltv, brought, "pledged_sale")
        for i in range(len(after.pledges)):
            if (posted := before.newly_pledged(after, i)) > DUST:
                self.log.add(on, "pledge", after.ltv, posted, self._name(i))
        for source, amount in given:
            if amount > DUST and repaid > DUST:
                self.log.add(on, "cure", after.ltv, amount, source)
        for i, frozen in enumerate(after.frozen):
            if frozen != self.frozen[i]:
                self.log.add(on, "freeze" if frozen else "unfreeze", after.ltv, 0.0, self._name(i))
        self.frozen = after.frozen

    def _day(self, step: int) -> Day:
        now = standing(self.world)
        return Day(
            self.steps.dates[step],
            self.steps.levels[step],
            now.ltv,
            now.pledged,
            now.owed,
            now.cash,
            now.drawn,
            now.unpledged,
            net_worth(self.world),
        )

    def _answer(self, days: tuple[Day, ...], *, ruined: bool) -> Drill:
        last = days[-1]
        forced = any(event.event == "forced_sale" for event in self.log.events)
        profile = self.lenders[0] if self.lenders else None
        whole = float(sum(values[len(days) - 1] for k, values in enumerate(self.values) if self._pledged(k)))
        return Drill(
            crisis=self.crisis.name,
            title=self.crisis.title,
            note=" ".join(filter(None, (self.crisis.note, self._never_calls()))),
            by_day=self.crisis.by_day,
            lender=profile.title if profile else "",
            freeze_ltv=profile.freeze_ltv if profile else 1.0,
            call_ltv=profile.call_ltv if profile else None,
            forced_ltv=profile.forced_ltv if profile else 1.0,
            days=days,
            events=tuple(self.log.events),
            payments=self.log.payments(),
            needed_for_life=self.needed,
            repaid_to_lenders=self.repaid,
            unpaid=self.unpaid,
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

    def _never_calls(self) -> str:
        """The household answers calls and nothing else: where a lender never calls, the drill is the worst case."""
        if all(profile.call_ltv is not None for profile in self.lenders):
            return ""
        return t(
            "A lender that never calls asks for nothing before it sells, so nothing is paid in this drill; paying in "
            "time is up to you."
        )

    def _pledged(self, k: int) -> bool:
        return bool(self.world.assets[k].pledged >= 0)


def _besides_prices(scenario: Scenario) -> Scenario:
    """What a scenario does at once: to income, rates, lines and dividends. Prices and currencies come with the path."""
    return replace(scenario, fall=0.0, by_class=(), by_ticker=(), base_strength=0.0, fx=())


def _plan(sheet: BalanceSheet, settings: Settings, profiles: Mapping[str, LenderProfile], steps: Path) -> Plan:
    years = -(-(len(steps.dates) - 1) // steps.per_year)
    plan = plan_from(sheet, settings, profiles)
    return replace(
        plan,
        years=max(years, 1),
        steps_per_year=252 if steps.per_year == 252 else 12,
        margin_check="step",
        spend_at="end",
        rebalance=False,
        surplus=("repay_line",),
        cash_rate_pa=0.0,
        market=replace(plan.market, model="lognormal", parameters="given"),
    )
