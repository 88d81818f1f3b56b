"""One path of the compiled engine is the fire drill: the same prices, step by step, and the same books after each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from alm.balance_sheet import BalanceSheet
from alm.drill import crises, drill
from alm.drill.crises import path
from alm.drill.prices import happened
from alm.fire.draw import COHORTS, empty_market
from alm.fire.engine import kernel
from alm.fire.household import plan_from
from alm.fire.lanes import LANES
from alm.fire.margin import CALL, EVENTS, FORCED_SALE, RUIN
from alm.fire.plan import Market, Plan
from alm.fire.rows import Floats
from alm.fire.terms import desk
from alm.fire.walk import RECORD
from alm.lenders import profiles
from alm.scenarios import find_scenario
from alm.settings import Settings
from tests.households import reference_household

SETTINGS = Settings()
DIVIDENDS, VALUE = 5_000_000.0, 125_000_000.0


def as_the_drill_steps(sheet: BalanceSheet, name: str) -> Plan:
    """The household's plan in the drill's steps: lenders look at the end of each, a surplus repays the line."""
    steps = path(crises()[name])
    plan = plan_from(sheet, SETTINGS, profiles())
    return replace(
        plan, years=-(-(len(steps.dates) - 1) // steps.per_year), steps_per_year=steps.per_year, margin_check="step",  # type: ignore[arg-type]
        surplus=("repay_line",), cash_rate_pa=0.0, rebalance=False, paths=1,
        market=replace(plan.market, dividend_growth_pa=0.0, dividend_growth_volatility_pa=0.0),
    )  # fmt: skip


def total_growth(name: str, per_year: int) -> Floats:
    """Growth with dividends (T,): the price's own, and a step's dividend as a share of the value before it.

    Sales shrink value and dividends alike and nothing is bought, so that share depends on prices alone. A dividend
    above the highest yield is cut to it: price = total · (1 − cap).
    """
    crisis, cap = crises()[name], Market().highest_yield / per_year
    price = 1.0 - find_scenario(name).fall * happened(crisis, path(crisis))
    alone, dividend = price[1:] / price[:-1], DIVIDENDS / per_year / (VALUE * price[:-1])
    return np.where(dividend <= cap * (alone + dividend), alone + dividend, alone / (1.0 - cap))


def replayed_by_the_engine(plan: Plan, growth: Floats) -> tuple[Floats, np.ndarray]:
    """The compiled kernel on a history that is the crisis, one row a step, from its first row."""
    rows = desk(plan)
    inflation = np.full(growth.size, (1 + plan.market.inflation_pa) ** (1 / plan.steps_per_year))
    rules = rows.rules._replace(
        model=COHORTS, drift=np.zeros(1), loading=np.zeros_like(rows.rules.loading), steps_per_row=1,
        past=growth[:, None], past_inflation=inflation,
    )  # fmt: skip
    worth, record = np.empty((plan.years + 1, 1), dtype=np.float32), np.full((plan.steps, len(RECORD)), np.nan)
    first = np.full((1, len(EVENTS)), -1, dtype=np.int32)
    market = empty_market(rules, LANES)
    desk_rows = rows._replace(rules=rules)
    kernel().on(*desk_rows, market, np.ones(plan.steps), np.uint64(1), worth, first, record)(0, 1)
    return record, first[0]


@pytest.mark.parametrize("name", ["us-1929", "nikkei-1989", "us-2007", "nikkei-2024"])
def test_a_crisis_leaves_the_same_books_in_both_after_every_step(name: str) -> None:
    # By day with a forced sale, by month with a cure, by day with a cure, by day with nothing.
    sheet = reference_household()
    answer = drill(sheet, crises()[name], find_scenario(name), profiles(), SETTINGS)
    plan = as_the_drill_steps(sheet, name)
    record, first = replayed_by_the_engine(plan, total_growth(name, plan.steps_per_year))
    days = answer.days[1:]
    for column, of_day in (
        ("assets", [day.collateral + day.unpledged for day in days]), ("cash", [day.cash for day in days]),
        ("loans", [day.owed for day in days]), ("lines", [day.line_drawn for day in days]),
        ("net_worth", [day.net_worth for day in days]), ("ltv", [day.ltv for day in days]),
    ):  # fmt: skip
        np.testing.assert_allclose(record[: len(days), RECORD.index(column)], of_day, rtol=1e-9, atol=1e-3)
    within = [0 <= first[event] < len(days) for event in (CALL, FORCED_SALE, RUIN)]
    assert within == ["call" in {event.event for event in answer.events}, answer.end.forced_sale, answer.end.ruined]
