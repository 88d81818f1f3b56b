"""One path of the compiled engine is the fire drill: the same prices, step by step, and the same books after each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from alm.balance_sheet import BalanceSheet
from alm.drill import course_of, crises, drill
from alm.fire.draw import COHORTS, empty_draws
from alm.fire.engine import kernel
from alm.fire.household import plan_from
from alm.fire.kernel import RECORD
from alm.fire.plan import Plan
from alm.fire.returns import market_rules
from alm.fire.terms import dated_rows, house, new_book
from alm.lenders import profiles
from alm.scenarios import find_scenario
from alm.settings import Settings
from alm.step.block import CALL, EVENTS, FORCED_SALE, RUIN, Floats
from tests.households import reference_household

SETTINGS = Settings()


def as_the_drill_steps(sheet: BalanceSheet, name: str) -> Plan:
    """The household's plan in the drill's steps: lenders look at the end of each, a surplus repays the line."""
    course = course_of(crises()[name])
    plan = plan_from(sheet, SETTINGS, profiles())
    return replace(
        plan, years=-(-(len(course.dates) - 1) // course.per_year), steps_per_year=course.per_year, margin_check="step",  # type: ignore[arg-type]
        surplus=("repay_line",), cash_rate_pa=0.0, rebalance=False, paths=1,
        market=replace(plan.market, dividend_growth_volatility_pa=0.0),
    )  # fmt: skip


def replayed_by_the_engine(plan: Plan, prices: Floats) -> tuple[Floats, np.ndarray]:
    """The compiled loop on a history that is the crisis, one row a step, from its first row."""
    rules = market_rules(plan)
    inflation = np.full(prices.size, (1 + plan.market.inflation_pa) ** (1 / plan.steps_per_year))
    rules = rules._replace(
        model=COHORTS, drift=np.zeros(1), loading=np.zeros_like(rules.loading), steps_per_row=1, past=prices[:, None],
        past_inflation=inflation,
    )  # fmt: skip
    terms = house(plan, [0], rules.covariance, priced=True)
    worth, record = np.empty((plan.years + 1, 1), dtype=np.float32), np.full((plan.steps, len(RECORD)), np.nan)
    first = np.full((1, len(EVENTS)), -1, dtype=np.int32)
    book, one = new_book(terms.terms, 1), new_book(terms.terms, 1)
    kernel()(
        terms, book, one, dated_rows(plan), rules, empty_draws(rules, 1), np.ones(plan.steps), np.uint64(1), worth,
        first, record, np.zeros(1, dtype=np.int64), 0, 1,
    )  # fmt: skip
    return record, first[0]


@pytest.mark.parametrize("name", ["us-1929", "nikkei-1989", "us-2007", "nikkei-2024"])
def test_a_crisis_leaves_the_same_books_in_both_after_every_step(name: str) -> None:
    # By day with a forced sale, by month with a cure, by day with a cure, by day with nothing.
    sheet = reference_household()
    course = course_of(crises()[name])
    answer = drill(sheet, course, find_scenario(name), profiles(), SETTINGS)
    plan = as_the_drill_steps(sheet, name)
    record, first = replayed_by_the_engine(plan, np.array(course.levels[1:]) / np.array(course.levels[:-1]))
    days = answer.days[1:]
    for column, of_day in (
        ("assets", [day.collateral + day.unpledged for day in days]), ("cash", [day.cash for day in days]),
        ("loans", [day.owed for day in days]), ("lines", [day.line_drawn for day in days]),
        ("net_worth", [day.net_worth for day in days]), ("ltv", [day.ltv for day in days]),
    ):  # fmt: skip
        np.testing.assert_allclose(record[: len(days), RECORD.index(column)], of_day, rtol=1e-9, atol=1e-3)
    within = [0 <= first[event] < len(days) for event in (CALL, FORCED_SALE, RUIN)]
    assert within == ["call" in {event.event for event in answer.events}, answer.end.forced_sale, answer.end.ruined]
