"""What the step reads of an asset's dividends: yield, growth and drift, and the law they are made for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from alm.fire.payouts import payout_terms
from alm.fire.plan import Asset, Market, Plan
from alm.fire.plan_file import plan_from_tree, plan_tree, read_plan, write_plan
from alm.settings import data_folder

SHARES = Asset("Shares", 125e6, 125e6, dividends_pa=5e6)
GOLD = Asset("Gold", 10e6, 10e6, kind="gold", total_return_pa=0.04)


def test_growth_that_nobody_states_is_what_the_yield_leaves():
    yearly = Plan(steps_per_year=1, assets=(SHARES, GOLD))
    assert np.array(payout_terms(yearly)) == pytest.approx(np.array([(0.04, 0.03, 0.0), (0.0, 0.04, 0.0)]))
    monthly = payout_terms(replace(yearly, steps_per_year=12))[0]
    assert monthly.dividend_growth_pa == pytest.approx((1.07 ** (1 / 12) - 0.04 / 12) ** 12 - 1)


def test_a_stated_growth_moves_the_yield():
    plan = Plan(steps_per_year=1, assets=(SHARES, GOLD), market=Market(dividend_growth_pa=0.06))
    expected = np.array([(0.04, 0.06, 1.06 / 1.03 - 1), (0.0, 0.06, 1.06 / 1.04 - 1)])
    assert np.array(payout_terms(plan)) == pytest.approx(expected)


def test_an_asset_worth_nothing_pays_nothing():
    assert payout_terms(Plan(assets=(Asset("Gone", 0.0, 0.0),)))[0][0] == 0.0


@pytest.mark.parametrize("stated", [None, 0.06])
@pytest.mark.parametrize("steps", [1, 12, 252])
def test_without_volatility_dividends_stay_on_their_target(steps, stated):
    """Each step pays D · dt out of the value, then D grows and is pulled to y · V: there is nothing to pull."""
    plan = Plan(steps_per_year=steps, assets=(SHARES,), market=Market(dividend_growth_pa=stated))
    ((pays, growth, drift),) = payout_terms(plan)
    value, dividend, dt = SHARES.value, SHARES.dividends_pa, 1 / steps
    for _ in range(10 * steps if stated is None else 1):
        value = value * 1.07**dt - dividend * dt
        dividend *= (1 + growth) ** dt
        pays *= (1 + drift) ** dt
        assert pays * value == pytest.approx(dividend, rel=1e-12)


def test_the_reference_run_states_its_growth_and_a_plan_without_one_says_so():
    reference = read_plan(data_folder() / "plans" / "reference.toml")
    assert reference.market.dividend_growth_pa == 0.06
    derived = replace(reference, market=Market())
    assert "\n# dividend_growth_pa =  # growth of dividends per share; absent: follows prices" in write_plan(derived)
    assert plan_from_tree(plan_tree(derived)) == derived
