"""Laws of the stress test, whatever the household."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alm.balance_sheet import SecuredLoan
from alm.errors import UnknownName
from alm.loans import THRESHOLDS, positions
from alm.scenarios import fall, stressed
from alm.step.sale import cash_to_cure, collateral_to_cure, keep_share, sale_to_cure
from alm.stress import (
    Cure,
    heat_map,
)
from tests.households import holding
from tests.stressed import LENDERS, household, run

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
@settings(max_examples=30)
def test_more_cash_or_line_never_hurts(owed: float, value: float, money: float, line: float) -> None:
    before = run(household(owed, value, money, line)).max_survivable_fall
    assert run(household(owed, value, money + 1e6, line)).max_survivable_fall >= before - 1e-7
    assert run(household(owed, value, money, line + 1e6)).max_survivable_fall >= before - 1e-7


@given(st.floats(1e7, 8.7e7), st.floats(0, 6e7))
@settings(max_examples=30)
def test_the_closed_forms_of_one_loan(owed: float, means: float) -> None:
    """Against 125 million at 60/70/85 %: where the cure takes all the money, at least where the call comes, at most
    where the lender sells unasked; paid ahead, where the call threshold carries what the money leaves."""
    test = run(household(owed, 125e6, means))
    call, forced = 1 - owed / (0.70 * 125e6), 1 - owed / (0.85 * 125e6)
    cured = 1 - (owed - means) / (0.60 * 125e6)
    assert test.max_survivable_fall == pytest.approx(min(forced, max(call, cured)), abs=1e-6)
    assert test.max_survivable_fall_prepaid == pytest.approx(min(1.0, 1 - (owed - means) / (0.70 * 125e6)), abs=1e-6)


@given(st.floats(0.01, 0.84), st.floats(1e-3, 1e3))
@settings(max_examples=20)
def test_scaling_every_amount_scales_every_answer(ratio: float, factor: float) -> None:
    small, large = (
        run(household(k * ratio * 1e6, k * 1e6, k * 5e4, k * 1e5), step=0.1) for k in (1.0, factor)
    )  # fmt: skip
    assert large.max_survivable_fall == pytest.approx(small.max_survivable_fall, abs=1e-6)
    for a, b in zip(small.grid, large.grid, strict=True):
        assert b.ltv == pytest.approx(a.ltv)
        assert amounts(b.cures.freeze) == pytest.approx([x * factor for x in amounts(a.cures.freeze)])


def amounts(cure: Cure) -> list[float]:
    return [cure.pay_cash, cure.post_collateral]


@given(RATIO)
@settings(max_examples=30)
def test_the_grid_agrees_with_shocked_sheets(ratio: float) -> None:
    """Deeper falls never lower the ratio, never shorten the cures, never bring survival back."""
    sheet = household(ratio * 1e8, 1e8, 5e6, 5e6)
    test = run(sheet)
    grid = test.grid
    for r in grid:
        assert stressed(sheet, fall(r.fall)).ltv == pytest.approx(r.ltv)
        if abs(r.fall - test.max_survivable_fall) > 1e-7:  # at the bound itself the money suffices to the last unit
            assert r.survives == (r.fall < test.max_survivable_fall)
    assert [r.ltv for r in grid] == sorted(r.ltv for r in grid)
    assert [r.survives for r in grid] == sorted((r.survives for r in grid), reverse=True)


def test_a_heat_map_crosses_prices_and_currency() -> None:
    """Half in dollars: a dollar at −20 % leaves 90 of 100, and −50 % of that 45; 40 owed are 44.4 % and 88.9 %."""
    sheet = household(40, 0).with_(holdings=(holding("A", 50), holding("B", 50, currency="USD", fx=150.0)))
    heat = heat_map(sheet, LENDERS, (0.0, 0.5), (0.0, 0.2))
    assert heat.ltv[0] == pytest.approx((0.4, 0.8))
    assert heat.ltv[1] == pytest.approx((40 / 90, 40 / 45))
    assert heat.zone == (("safe", "call"), ("safe", "forced"))


def test_positions_name_the_profile_nobody_wrote() -> None:
    sheet = household(40, 100).with_(secured_loans=(SecuredLoan("Loan", 40, 0, 0.02, "no-bank", "JPY"),))
    with pytest.raises(UnknownName, match="no lender profile named 'no-bank'"):
        positions(sheet, LENDERS)
