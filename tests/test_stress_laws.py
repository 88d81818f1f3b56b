"""Laws of the stress test, whatever the household."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alm.balance_sheet import SecuredLoan
from alm.errors import UnknownName
from alm.margin import THRESHOLDS, largest_fall, positions
from alm.mechanics.sale import cash_to_cure, collateral_to_cure, keep_share, sale_to_cure
from alm.scenarios import fall, stressed
from alm.stress import (
    Cure,
    heat_map,
)
from tests.households import holding
from tests.stressed import FREE_SALES, LENDERS, household, run

AMOUNT = st.floats(1e3, 1e9)
RATIO = st.floats(0.01, 0.99)


@given(AMOUNT, RATIO, st.sampled_from(THRESHOLDS))
@settings(max_examples=100)
def test_a_shock_by_the_distance_lands_on_the_threshold(value: float, ratio: float, threshold: str) -> None:
    sheet = household(value * ratio, value)
    distance = getattr(run(sheet).distances, threshold)
    level = getattr(LENDERS["standard-60-70-85"], f"{threshold}_ltv")
    assert stressed(sheet, fall(distance)).ltv == pytest.approx(level)


@given(AMOUNT, st.floats(0.05, 3.0), st.floats(0.2, 0.9), st.floats(0.0, 3.0))
@settings(max_examples=100)
def test_each_cure_restores_its_target(value: float, ratio: float, target: float, gain: float) -> None:
    owed, keep = value * ratio, keep_share(value, value / (1 + gain), 0.005, 0.20315)
    paid, posted = cash_to_cure(owed, value, target), collateral_to_cure(owed, value, target)
    sold = sale_to_cure(owed, value, keep, target)
    assert owed - paid <= target * value * (1 + 1e-9)
    assert owed <= target * (value + posted) * (1 + 1e-9)
    if sold < float("inf"):
        assert owed - keep * sold <= target * (value - sold) + 1e-6 * value
    if owed > target * value:
        assert (owed - paid) / value == pytest.approx(target)
        assert owed / (value + posted) == pytest.approx(target)


@given(st.floats(0, 2e8), st.floats(0, 2e8), st.floats(0, 5e7), st.floats(0, 5e7))
@settings(max_examples=100)
def test_more_cash_or_line_never_hurts_and_the_closed_form_is_the_edge(
    owed: float, value: float, money: float, line: float
) -> None:
    before = run(household(owed, value, money, line)).max_survivable_fall
    assert run(household(owed, value, money + 1e6, line)).max_survivable_fall >= before
    assert run(household(owed, value, money, line + 1e6)).max_survivable_fall >= before


@given(st.lists(st.tuples(st.floats(1, 100), st.floats(1, 100)), min_size=1, max_size=5), st.floats(0, 200))
@settings(max_examples=100)
def test_the_closed_form_is_where_need_meets_means(loans: list[tuple[float, float]], means: float) -> None:
    """At d* the loans' needs take all the means; a little deeper they take more."""
    kept = 1 - largest_fall(loans, means)

    def needed(m: float) -> float:
        return sum(max(owed - limit * m, 0.0) for owed, limit in loans)

    assert needed(kept) <= means + 1e-9 * 100
    if kept > 0:
        assert needed(kept) == pytest.approx(means, abs=1e-9 * 1e3)


@given(st.floats(0.01, 0.84), st.floats(1e-3, 1e3))
@settings(max_examples=50)
def test_scaling_every_amount_scales_every_answer(ratio: float, factor: float) -> None:
    small, large = (
        run(household(k * ratio * 1e6, k * 1e6, k * 5e4, k * 1e5), step=0.1) for k in (1.0, factor)
    )  # fmt: skip
    assert large.max_survivable_fall == pytest.approx(small.max_survivable_fall)
    for a, b in zip(small.grid, large.grid, strict=True):
        assert b.ltv == pytest.approx(a.ltv)
        assert amounts(b.cures.freeze) == pytest.approx([x * factor for x in amounts(a.cures.freeze)])


def amounts(cure: Cure) -> list[float]:
    return [cure.pay_cash, cure.post_collateral]


@given(RATIO)
@settings(max_examples=50)
def test_the_grid_agrees_with_shocked_sheets(ratio: float) -> None:
    """Deeper falls never lower the ratio, never shorten the cures, never bring survival back."""
    sheet = household(ratio * 1e8, 1e8, 5e6, 5e6)
    grid = run(sheet).grid
    for r in grid:
        assert stressed(sheet, fall(r.fall)).ltv == pytest.approx(r.ltv)
        assert r.survives == (r.fall <= run(sheet).survivable["forced"].cash_and_line)
    assert [r.ltv for r in grid] == sorted(r.ltv for r in grid)
    assert [r.survives for r in grid] == sorted((r.survives for r in grid), reverse=True)


def test_a_heat_map_crosses_prices_and_currency() -> None:
    """Half in dollars: a dollar at −20 % leaves 90 of 100, and −50 % of that 45; 40 owed are 44.4 % and 88.9 %."""
    sheet = household(40, 0).with_(holdings=(holding("A", 50), holding("B", 50, currency="USD", fx=150.0)))
    heat = heat_map(sheet, LENDERS, FREE_SALES, (0.0, 0.5), (0.0, 0.2))
    assert heat.ltv[0] == pytest.approx((0.4, 0.8))
    assert heat.ltv[1] == pytest.approx((40 / 90, 40 / 45))
    assert heat.zone == (("safe", "call"), ("safe", "forced"))


def test_positions_name_the_profile_nobody_wrote() -> None:
    sheet = household(40, 100).with_(secured_loans=(SecuredLoan("Loan", 40, 0, 0.02, "no-bank", "JPY"),))
    with pytest.raises(UnknownName, match="no lender profile named 'no-bank'"):
        positions(sheet, LENDERS, FREE_SALES)
