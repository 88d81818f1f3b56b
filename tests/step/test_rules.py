"""Interest, sales and the lender's state machine, by hand and by law; compiled they say the same."""

from __future__ import annotations

import math

import numba
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numba.extending import register_jitable

from alm.lenders import profiles
from alm.step import interest, lender, sale
from alm.step.lender import CALM, CURE, NOTHING, SELL_ALL, SELL_DUE, SELL_PART, look, overdue, zone

LENDERS = profiles()
STANDARD = LENDERS["standard-60-70-85"].rules
SELL_EVERYTHING = LENDERS["jp-sell-all"].rules
CURE_60 = LENDERS["jp-cure-60"].rules
US = LENDERS["us-maintenance"].rules
MITA = LENDERS["jp-mita-70-80"].rules
DAY = 1.0


# --- interest and sales ---------------------------------------------------------------------------------------------


def test_a_month_of_interest_on_fifty_million_at_two_percent():
    assert interest.accrual(50_000_000, 0.02, 1 / 12) == pytest.approx(83_333.33, abs=0.01)


@pytest.mark.parametrize(
    ("balance", "rate"), [(1e6, 0.03875), (1_000_001, 0.02875), (1e7, 0.02875), (10_000_001, 0.01875)]
)
def test_a_tier_above_a_balance_applies_to_the_whole_of_it(balance, rate):
    floors, rates = np.array([0.0, 1e6, 1e7]), np.array([0.03875, 0.02875, 0.01875])
    assert interest.tier_rate(balance, floors, rates) == rate


def test_two_days_late_at_fourteen_percent():
    assert interest.late_interest(10_000_000, 0.14, 2) == pytest.approx(10_000_000 * 0.14 * 2.8 / 365)


def test_what_a_sale_keeps_after_cost_and_japanese_tax():
    # 100 sold for 99.50 after 0.5 % cost; bought for 60: gain 39.50, tax 8.0244
    assert sale.keep_share(100, 60, 0.005, 0.20315) == pytest.approx(0.995 - 0.395 * 0.20315)
    assert sale.keep_share(100, 120, 0.005, 0.20315) == 0.995  # a loss earns no refund
    assert sale.keep_share(100, 60, 0.0, 0.0) == 1.0  # tax-free account, no cost


def test_the_reference_cures_at_a_fall_of_half():
    owed, collateral = 50e6, 62.5e6
    assert sale.cash_to_cure(owed, collateral, 0.60) == pytest.approx(12_500_000)
    assert sale.cash_to_cure(owed, collateral, 0.70) == pytest.approx(6_250_000)
    assert sale.cash_to_cure(owed, collateral, 0.85) == 0
    assert sale.sale_to_cure(owed, collateral, 1.0, 0.60) == pytest.approx(31_250_000)
    assert sale.collateral_to_cure(owed, collateral, 0.60) == pytest.approx(20_833_333, abs=1)
    assert sale.sale_to_cure(50e6, 50e6, 1.0, 0.60) == math.inf  # a fall of 60 %: needs everything


amounts = st.floats(1e3, 1e10)
ratios = st.floats(0.05, 0.95)


@given(amounts, amounts, ratios, st.floats(0.3, 1.0))
def test_each_cure_restores_its_target(owed, collateral, target, keep):
    paid = sale.cash_to_cure(owed, collateral, target)
    posted = sale.collateral_to_cure(owed, collateral, target)
    assert owed - paid <= target * collateral + 1e-9 * owed
    assert owed <= target * (collateral + posted) * (1 + 1e-9)
    sold = sale.sale_to_cure(owed, collateral, keep, target)
    if math.isfinite(sold):
        assert owed - keep * sold <= target * (collateral - sold) + 1e-6 * owed


@given(amounts, amounts, st.floats(0.2, 1.0), ratios, st.floats(0.001, 1))
def test_taking_money_out_never_leaves_the_loan_above_its_freeze(owed, collateral, keep, freeze, part):
    room, kept = freeze * collateral, keep * collateral
    most, _, _ = sale.release(math.inf, owed, room, kept)
    assume(most > 0)
    taken, sold, repaid = sale.release(most * part, owed, room, kept)
    assert taken == most * part
    assert 0 <= sold <= 1 + 1e-9
    assert kept * sold - repaid == pytest.approx(taken, rel=1e-6, abs=1e-3)
    assert owed - repaid <= room * (1 - sold) + 1e-6 * max(owed, collateral)


def test_what_can_be_taken_out_of_pledged_holdings():
    # 100 pledged, 40 owed, freeze at 60 %, a sale keeps 90 %: selling 1 - 40/60 of it needs no repayment: 30 come.
    # Selling all leaves 90 - 40 = 50, of which the lender took its 40.
    assert sale.release(30, 40, 60, 90) == pytest.approx((30, 1 / 3, 0))
    assert sale.release(math.inf, 40, 60, 90) == pytest.approx((50, 1, 40))
    assert sale.release(40, 40, 60, 90) == pytest.approx((40, 2 / 3, 20)), "20 left pledged allow 20 owed"
    # Where a sale keeps less than the freeze lends on, repaying makes it worse: only what is free comes.
    assert sale.release(math.inf, 40, 60, 50) == pytest.approx((50 / 3, 1 / 3, 0))
    assert sale.release(10, 70, 60, 55) == (0, 0, 0), "frozen, and worth less than the loan"
    assert sale.release(0, 40, 60, 90) == sale.release(10, 40, 0, 0) == (0, 0, 0)


# --- the lender -----------------------------------------------------------------------------------------------------


def at(rules, ltv, state=CALM, days=DAY, concentration=0.0):
    return look(rules, state, ltv * 1_000_000, 1_000_000, concentration, days)


@pytest.mark.parametrize(
    ("ltv", "expected"),
    [
        (0.0, lender.SAFE),
        (0.5999, lender.SAFE),
        (0.60, lender.FROZEN),
        (0.70, lender.CALL),
        (0.85, lender.FORCED),
        (2.0, lender.FORCED),
    ],
)
def test_equal_to_a_threshold_means_already_there(ltv, expected):
    assert zone(STANDARD, ltv * 1_000_000, 1_000_000, 0.0) == expected


def test_a_freeze_demands_nothing():
    state, demand = at(STANDARD, 0.65)
    assert (state.frozen, state.call_open, demand) == (True, False, NOTHING)


def test_a_call_runs_five_business_days_and_then_sells_a_part():
    state, demand = at(STANDARD, 0.72)
    assert (demand, state.days_left) == (CURE, 5)
    for left in (4, 3, 2, 1):
        state, demand = at(STANDARD, 0.72, state)
        assert (demand, state.days_left) == (CURE, left)
    assert at(STANDARD, 0.72, state)[1] == SELL_PART


def test_the_standard_call_lapses_when_the_market_comes_back():
    state, _ = at(STANDARD, 0.72)
    assert at(STANDARD, 0.699, state) == (lender.LenderState(True, False, 0, False, 0), NOTHING)


def test_the_cure_to_60_profile_keeps_its_call_open_at_69_9_percent():
    state, _ = at(CURE_60, 0.70)
    state, demand = at(CURE_60, 0.699, state)
    assert (state.call_open, demand) == (True, CURE)
    state, demand = at(CURE_60, 0.601, state)
    assert (state.call_open, demand) == (True, CURE)
    state, demand = at(CURE_60, 0.60, state)
    assert (state.call_open, demand) == (False, NOTHING)


def test_one_stock_of_70_percent_lowers_freeze_and_cure_to_50():
    assert at(CURE_60, 0.55, concentration=0.69)[0].frozen is False
    assert at(CURE_60, 0.55, concentration=0.70)[0].frozen is True
    state, _ = at(CURE_60, 0.70, concentration=0.70)
    assert at(CURE_60, 0.55, state, concentration=0.70)[1] == CURE
    assert at(CURE_60, 0.50, state, concentration=0.70)[1] == NOTHING


def test_sell_all_never_calls_and_cannot_be_stopped_once_ordered():
    assert at(SELL_EVERYTHING, 0.80)[1] == NOTHING
    state, demand = at(SELL_EVERYTHING, 0.86)
    assert (state.liquidating, demand) == (True, NOTHING)  # executed on the next business day
    assert at(SELL_EVERYTHING, 0.50, state)[1] == SELL_ALL  # prices recovered: too late


def test_a_month_contains_the_whole_order():
    assert at(SELL_EVERYTHING, 0.86, days=21)[1] == SELL_ALL
    state, demand = at(STANDARD, 0.72, days=21)
    assert demand == CURE
    assert overdue(state, 21)


def test_a_us_broker_sells_at_once_without_a_call():
    assert at(US, 0.99)[1] == NOTHING
    assert at(US, 1.0)[1] == SELL_PART


def test_above_is_not_at():
    assert at(SELL_EVERYTHING, 0.60)[0].frozen is False, "Rakuten Bank freezes above 60 %"
    assert at(SELL_EVERYTHING, 0.6001)[0].frozen is True
    assert at(SELL_EVERYTHING, 0.85)[0].liquidating is False, "and sells above 85 %"
    assert at(SELL_EVERYTHING, 0.8501)[0].liquidating is True
    assert at(MITA, 0.70) == (CALM, NOTHING)
    assert at(MITA, 0.7001)[1] == CURE


def test_two_calls_at_once_each_with_its_part_and_its_day():
    """Mita: at 82 % the part above 80 % until the next business day, the rest until the fifth."""
    state, demand = at(MITA, 0.82)
    assert (demand, state.days_left, state.due_days) == (CURE, 5, 2)
    state, demand = at(MITA, 0.82, state)
    assert (demand, state.days_left, state.due_days) == (CURE, 4, 1)
    after, demand = at(MITA, 0.82, state)
    assert (demand, after.call_open, after.days_left) == (SELL_DUE, True, 3), "the call for the rest runs on"
    after, demand = at(MITA, 0.79, state)
    assert (demand, after.days_left, after.due_days) == (CURE, 3, 0), "the part was paid or the market came back"


def test_a_whole_loan_falls_due_only_above_its_balance():
    """JSF: 85 % and more than 30 million owed."""
    assert look(CURE_60, CALM, 29e6, 33e6, 0.0, DAY)[1] == CURE
    assert look(CURE_60, CALM, 31e6, 36e6, 0.0, DAY)[1] == SELL_DUE
    assert CURE_60.forced_cure_ltv == 0


def test_nothing_owed_is_calm_whatever_is_pledged():
    assert look(STANDARD, CALM, 0.0, 0.0, 0.0, DAY) == (CALM, NOTHING)


@given(st.floats(0, 2), st.floats(0, 2), st.floats(1, 30))
def test_a_deeper_fall_never_helps(ltv, more, days):
    severity = (NOTHING, CURE, SELL_PART, SELL_ALL)
    before, after = at(STANDARD, ltv, days=days)[1], at(STANDARD, ltv + more, days=days)[1]
    assert severity.index(after) >= severity.index(before)


@given(st.floats(0.01, 2), st.floats(1e-3, 1e6))
def test_scaling_the_currency_changes_nothing(ltv, scale):
    plain = look(CURE_60, CALM, ltv, 1.0, 0.0, DAY)
    assert look(CURE_60, CALM, ltv * scale, scale, 0.0, DAY) == plain


def test_compiled_the_lender_says_the_same():
    """numba runs these very functions: a thousand random looks, compiled and plain, agree to the last bit."""
    for function in (lender.reached, lender.cured, lender.at_forced, lender.is_concentrated, lender.freeze_threshold, lender.cure_target,
                     lender._inside, lender._kind_of_sale, lender.kind_at_forced, lender._pending, lender._call_runs, lender.look):  # fmt: skip
        register_jitable(function)

    @numba.njit
    def compiled(rules, state, owed, collateral, concentration, days):
        return look(rules, state, owed, collateral, concentration, days)

    random = np.random.default_rng(7)
    for rules in (STANDARD, SELL_EVERYTHING, CURE_60, US, MITA):
        state = CALM
        for owed, concentration in random.uniform((0.3, 0), (1.1, 1), (250, 2)):
            plain = look(rules, state, owed, 1.0, concentration, DAY)
            found = compiled(rules, state, owed, 1.0, concentration, DAY)
            assert (tuple(found[0]), found[1]) == (tuple(plain[0]), plain[1])
            state = plain[0]
