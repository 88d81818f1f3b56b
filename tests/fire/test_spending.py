"""Spending rules against their authors' own figures."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alm.fire.engine import run, success_probability
from alm.fire.plan import Asset, Market, Plan, Spending
from alm.step.block import RUIN
from alm.step.spending import (
    CONSTANT,
    FLOOR_CEILING,
    GUYTON_KLINGER,
    ONLY_DIVIDENDS,
    PERCENT,
    VPW,
    SpendingRules,
    first_year,
    guyton_klinger,
    next_year,
    vpw_rate,
)


def rules(rule: int, **figures: float) -> SpendingRules:
    defaults = SpendingRules(rule, 40_000.0, 0.04, 30_000.0, 50_000.0, 0.0376, 35.0, False)
    return defaults._replace(**figures)  # type: ignore[arg-type]


def second_year(chosen: SpendingRules, wealth: float, inflation: float = 0.02, last_wealth: float = 1e6) -> float:
    start = first_year(chosen, 1_000_000.0)
    return next_year(chosen, start, start / 1e6, inflation, 1 + inflation, wealth, last_wealth, 1)


def test_guyton_klinger_cuts_40_000_to_39_600_after_a_fall_and_raises_it_to_46_200_after_a_rise() -> None:
    chosen = rules(GUYTON_KLINGER)
    assert second_year(chosen, 800_000.0, 0.10) == pytest.approx(39_600, abs=1e-9)
    assert second_year(chosen, 1_300_000.0, 0.05) == pytest.approx(46_200, abs=1e-9)


def test_guyton_klinger_between_the_guardrails_follows_inflation() -> None:
    assert second_year(rules(GUYTON_KLINGER), 950_000.0, 0.03) == pytest.approx(41_200)


def test_the_modified_withdrawal_rule_forgoes_a_raise_after_a_losing_year() -> None:
    chosen = rules(GUYTON_KLINGER, forgo_raise_after_loss=True)
    assert second_year(chosen, 950_000.0, 0.03) == pytest.approx(40_000)
    assert second_year(chosen, 1_050_000.0, 0.03) == pytest.approx(41_200)


@given(st.floats(1.0, 1e6), st.floats(0.01, 0.2), st.floats(-0.1, 0.3), st.floats(1.0, 1e9))
@settings(max_examples=100)
def test_guyton_klinger_never_moves_more_than_a_tenth_beside_inflation(
    previous: float, initial: float, inflation: float, wealth: float
) -> None:
    new = guyton_klinger(previous, initial, inflation, wealth, False)
    steps = [previous * (1 + inflation) * factor for factor in (0.9, 1.0, 1.1)]
    assert any(math.isclose(new, step, rel_tol=1e-12) for step in steps)


def test_vpw_60_40_to_age_100_pays_5_0_percent_at_65_and_5_1_at_66() -> None:
    # 0.6 · 5.0 % + 0.4 · 1.9 % = 3.76 %: 0.0376 / (1 - 1.0376^-35) / 1.0376 = 0.049966.
    assert vpw_rate(0.0376, 35) == pytest.approx(0.049966, abs=5e-7)
    assert round(vpw_rate(0.0376, 35), 3) == 0.050
    assert round(vpw_rate(0.0376, 34), 3) == 0.051


def test_vpw_spends_the_last_of_it_in_the_last_year_and_spreads_evenly_without_return() -> None:
    assert vpw_rate(0.0376, 1) == 1.0
    assert vpw_rate(0.0, 20) == 0.05
    assert second_year(rules(VPW), 1_000_000.0) == pytest.approx(50_688.12, abs=0.01)


@pytest.mark.parametrize("model", ["lognormal", "bootstrap"])
def test_vpw_has_something_left_for_the_last_year_unless_it_is_told_to_use_all_of_it(model: str) -> None:
    """A year's spending is settled at its start: where that is all there is, any fall in the year is a failure."""
    fund = Asset("Fund", 1e8, 1e8, dividends_pa=2e6)
    plan = Plan(paths=2_000, assets=(fund,), spending=Spending("vpw"), market=Market(model=model))
    assert success_probability(plan) == 1.0
    to_the_end = replace(plan, spending=Spending("vpw", vpw_years=float(plan.years)))
    _, first = run(to_the_end)
    failed = first[:, RUIN]
    assert 0.2 < np.mean(failed >= 0) < 0.5
    assert failed[failed >= 0].min() >= plan.steps - 12


def test_constant_percent_floor_ceiling_and_dividends() -> None:
    assert second_year(rules(CONSTANT), 500_000.0, 0.05) == pytest.approx(42_000)
    assert second_year(rules(PERCENT), 500_000.0) == pytest.approx(20_000)
    assert second_year(rules(FLOOR_CEILING), 500_000.0, 0.10) == pytest.approx(33_000)
    assert second_year(rules(FLOOR_CEILING), 2_000_000.0, 0.10) == pytest.approx(55_000)
    assert second_year(rules(FLOOR_CEILING), 1_000_000.0, 0.10) == pytest.approx(40_000)
    assert second_year(rules(ONLY_DIVIDENDS), 1_000_000.0) == 0.0
