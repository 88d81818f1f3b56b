"""Conservation of money: what a recorded step wrote down adds up to what moved, path by path."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alm.engines.household_block import HouseholdBlock
from alm.fire.plan import Asset, Lender, Line, Loan, Plan, Spending
from alm.settings import WATERFALL_SOURCES
from alm.step.block import BUY, LENDER, LIFE, REPAY_LINE, REPAY_LOAN, SOURCES, USES
from alm.step.events import LATE_INTEREST, PAID_IN, SOLD_BY_LENDER
from tests.step.blocks import A_DAY, A_MONTH, opened, step

PATHS, DIVIDEND_TAX = 3, 0.2
ROUNDING = 1e-5
"""A millionth of a unit that stays unpaid is no ruin, several times over."""
RATES = st.sampled_from((0.0, 0.03))
PAST = st.lists(st.lists(st.floats(0.3, 1.3), min_size=PATHS, max_size=PATHS), min_size=1, max_size=4)
DAYS = st.sampled_from((A_DAY.days, A_MONTH.days))
FLOWS = SimpleNamespace(income=3.0, income_real=1.0, expense=0.5, expense_real=0.25, debt=0.0)


@st.composite
def lenders(draw: Any) -> Lender:
    freeze = draw(st.floats(0.4, 0.6))
    call = freeze + draw(st.floats(0.02, 0.15))
    return Lender(
        freeze_ltv=freeze, call_ltv=draw(st.sampled_from((call, None))), forced_ltv=call + draw(st.floats(0.02, 0.15)),
        cure_ltv=freeze - 0.02, cure_days=draw(st.sampled_from((0.0, 5.0, 30.0))), full_liquidation=draw(st.booleans()),
        execution_days=draw(st.sampled_from((0.0, 1.0))), call_stays_open=draw(st.booleans()),
    )  # fmt: skip


@st.composite
def households(draw: Any) -> Plan:
    """Up to two loans, three assets and two lines; lenders look at the end of each step, whose prices are known."""
    loans = tuple(
        Loan(
            f"L{i}",
            draw(st.floats(10.0, 100.0)),
            draw(RATES),
            draw(st.sampled_from((0.0, 0.5))),
            lender=draw(lenders()),
        )
        for i in range(draw(st.integers(0, 2)))
    )
    assets = tuple(
        Asset(
            f"A{k}", draw(st.floats(1.0, 150.0)), draw(st.floats(1.0, 150.0)), dividends_pa=draw(st.floats(0.0, 5.0)),
            dividend_tax=DIVIDEND_TAX, gains_tax=0.2, offsets=draw(st.booleans()), pledgeable=draw(st.booleans()),
            pledged_to=draw(st.sampled_from(("", *(loan.name for loan in loans)))),
        )
        for k in range(draw(st.integers(1, 3)))
    )  # fmt: skip
    lines = tuple(Line(f"C{j}", draw(st.floats(0.0, 20.0)), 0.0, 0.05, 0.01) for j in range(draw(st.integers(0, 2))))
    uses = draw(st.permutations(("repay_line", "repay_loan", "buy")))[: draw(st.integers(0, 3))]
    return Plan(
        margin_check="step", cash=draw(st.floats(0.0, 30.0)), cash_rate_pa=draw(RATES), sale_cost=0.01,
        reserve_months=draw(st.sampled_from((0.0, 6.0))), capitalise_interest=draw(st.booleans()),
        pledge_more=draw(st.booleans()), waterfall=tuple(draw(st.permutations(WATERFALL_SOURCES))), surplus=tuple(uses),
        cash_target=draw(st.sampled_from((0.0, 10.0))), assets=assets, loans=loans, lines=lines,
        spending=Spending(amount_pa=draw(st.floats(0.0, 200.0))),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moved:
    """One path over one step of a twelfth of a year: its books before and after, and what the step was told."""

    before: HouseholdBlock
    after: HouseholdBlock
    p: int
    growth: tuple[float, ...]
    level: float

    def one(self, name: str, number: int = 0) -> float:
        return self.after.row(name, number)[self.p]

    def opening(self, name: str, number: int = 0) -> float:
        return self.before.row(name, number)[self.p]

    def change(self, name: str) -> float:
        """Of all loans or all lines together."""
        count = len(self.before.terms.lines if name == "drawn" else self.before.terms.loans)
        return sum(self.one(name, k) - self.opening(name, k) for k in range(count))

    def logged(self, kind: int) -> list[list[float]]:
        log = self.after.terms.log
        return [row for row in log[1 : int(log[0][0]) + 1] if (row[0], row[5]) == (kind, self.p)]

    def sold(self) -> float:
        """Market value, of everything pledged and free."""
        return sum(self.one("sold", number) for number in range(len(self.before.terms.loans) + 1))

    def interest(self) -> float:
        """Of the step, on the loans' opening balances."""
        return sum(self.opening("balance", i) * loan.rate / 12.0 for i, loan in enumerate(self.before.terms.loans))

    def to_lenders(self) -> float:
        """Paid to them, interest included."""
        late = sum(row[3] for row in self.logged(LATE_INTEREST))
        return self.interest() + late - self.change("balance") - self.change("accrued")

    def interest_paid(self) -> float:
        """As a bill; capitalised interest is none."""
        opening = sum(self.opening("accrued", i) for i in range(len(self.before.terms.loans)))
        return 0.0 if self.before.terms.terms.capitalised else opening + self.interest()

    def living(self) -> float:
        """Spending, expenses and what lines cost."""
        lines = sum(
            (self.opening("drawn", j) * line.rate + (line.limit - self.opening("drawn", j)) * line.fee) / 12.0
            for j, line in enumerate(self.before.terms.lines)
        )
        spending = self.before.terms.terms.amount_pa / 12.0 * self.level
        return spending + FLOWS.expense + FLOWS.expense_real * self.level + lines


def steps(plan: Plan, past: list[list[float]], days: float) -> list[Moved]:
    """Every path of every step, until something stays unpaid on it. The k-th asset falls by 10 % of the path's growth
    less than the one before it."""
    block, moved = opened(plan, PATHS), []
    block.terms.terms.days = days
    for number, growth in enumerate(past):
        before, level = deepcopy(block), 1.0 + 0.01 * number
        grown = [[growth[p] * (0.9 + 0.1 * k) for p in range(PATHS)] for k in range(len(plan.assets))]
        step(block, grown, number=number, level=level, dated=FLOWS)
        assert block.terms.log[0][0] < len(block.terms.log)
        after = deepcopy(block)
        moved += [
            Moved(before, after, p, tuple(row[p] for row in grown), level)
            for p in range(PATHS)
            if block.row("done")[p] == 0.0
        ]
        empty_ledger(block)
    return moved


def empty_ledger(block: HouseholdBlock) -> None:
    """As the drill does after reading it."""
    loans = len(block.terms.loans)
    for name, count in (("paid", 2 * len(SOURCES)), ("used", len(USES)), ("sold", loans + 1), ("sale_cost_tax", 1)):
        for number in range(count):
            block.row(name, number)[:] = [0.0] * block.paths
    block.terms.log[0][0] = 0.0


@given(households(), PAST, DAYS)
def test_cash_changes_by_what_the_ledger_says(plan: Plan, past: list[list[float]], days: float) -> None:
    for moved in steps(plan, past, days):
        came = moved.opening("cash") * plan.cash_rate_pa / 12.0 + moved.one("dividends")
        came += FLOWS.income + FLOWS.income_real * moved.level
        traded = moved.sold() - moved.one("sale_cost_tax") - moved.one("used", BUY)
        expected = moved.opening("cash") + came - moved.living() + traded + moved.change("drawn") - moved.to_lenders()
        assert moved.one("cash") == pytest.approx(expected, abs=ROUNDING)


@given(households(), PAST, DAYS)
def test_holdings_change_by_growth_dividends_sales_and_purchases(
    plan: Plan, past: list[list[float]], days: float
) -> None:
    for moved in steps(plan, past, days):
        assets = moved.before.terms.assets
        grown = sum(moved.opening("value", k) * moved.growth[asset.series] for k, asset in enumerate(assets))
        gross = moved.one("dividends") / (1.0 - DIVIDEND_TAX)
        expected = grown - gross - moved.sold() + moved.one("used", BUY)
        assert sum(moved.one("value", k) for k in range(len(assets))) == pytest.approx(expected, abs=ROUNDING)


@given(households(), PAST, DAYS)
def test_every_bill_is_paid_by_a_source(plan: Plan, past: list[list[float]], days: float) -> None:
    for moved in steps(plan, past, days):
        paid = [moved.after.paid(LIFE, source)[moved.p] for source in SOURCES]
        assert min(paid) >= 0.0
        assert sum(paid) == pytest.approx(moved.living() + moved.interest_paid(), abs=ROUNDING)


@given(households(), PAST, DAYS)
def test_every_payment_to_a_lender_is_in_the_ledger_and_in_the_log(
    plan: Plan, past: list[list[float]], days: float
) -> None:
    """But interest paid as a bill, the surplus, and what a release must repay."""
    for moved in steps(plan, past, days):
        paid = [moved.after.paid(LENDER, source)[moved.p] for source in SOURCES]
        answered = sum(row[4] for row in moved.logged(PAID_IN))
        sales = sum(row[4] for row in moved.logged(SOLD_BY_LENDER))
        assert answered - ROUNDING <= sum(paid) <= answered + sales + ROUNDING
        rest = moved.to_lenders() - moved.interest_paid() - moved.one("used", REPAY_LOAN) - sum(paid)
        assert rest >= -ROUNDING
        if moved.after.paid(LIFE, "pledged_sale")[moved.p] == 0.0 == moved.after.paid(LENDER, "pledged_sale")[moved.p]:
            assert rest == pytest.approx(0.0, abs=ROUNDING)


@given(households(), PAST, DAYS)
def test_lines_move_by_what_they_paid_less_what_repaid_them(plan: Plan, past: list[list[float]], days: float) -> None:
    for moved in steps(plan, past, days):
        drawn = sum(moved.after.paid(purpose, "credit_line")[moved.p] for purpose in (LIFE, LENDER))
        assert moved.change("drawn") == pytest.approx(drawn - moved.one("used", REPAY_LINE), abs=ROUNDING)
