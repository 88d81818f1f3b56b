"""The margin-ratio stress test: the published reference table, edges, and laws."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from arch.data import nasdaq, sp500
from hypothesis import given, settings
from hypothesis import strategies as st

from alm.balance_sheet import BalanceSheet, CashBalance, CreditLine, Quote, SecuredLoan
from alm.errors import BadInput, MissingValue, UnknownName
from alm.lenders import profiles
from alm.margin import THRESHOLDS, largest_fall, positions
from alm.mechanics.sale import cash_to_cure, collateral_to_cure, keep_share, sale_to_cure
from alm.scenarios import fall, find_scenario, stressed
from alm.settings import Settings
from alm.stress import (
    Cure,
    GridRow,
    StressTest,
    daily_counts,
    days_as_bad,
    heat_map,
    named_days,
    stress_test,
)
from tests.households import AS_OF, NISA, TAXABLE, holding, reference_household

LENDERS = profiles()
FREE_SALES = Settings(sale_cost=0.0)


def cash(amount: float) -> tuple[CashBalance, ...]:
    return (CashBalance(TAXABLE, "JPY", amount, Quote(1.0, AS_OF)),)


def household(owed: float, pledged: float, money: float = 0.0, line: float = 0.0) -> BalanceSheet:
    """One loan, one pledged holding, cash and a line."""
    return reference_household().with_(
        holdings=(holding("PORT", pledged),) if pledged else (),
        secured_loans=(SecuredLoan("Loan", owed, 0.0, 0.02, "standard-60-70-85", "JPY"),),
        cash_balances=cash(money),
        credit_lines=(CreditLine("Line", line, 0.0, 0.03),),
    )


def run(sheet: BalanceSheet, **more: object) -> StressTest:
    return stress_test(sheet, LENDERS, FREE_SALES, **more)  # type: ignore[arg-type]


def row(sheet: BalanceSheet, at: float) -> GridRow:
    (found,) = [r for r in run(sheet, max_fall=1.0).grid if r.fall == at]
    return found


# --- The reference household, number by number --------------------------------------------------------------------


def test_margin_ratio_and_distances() -> None:
    test = run(reference_household())
    assert test.ltv == 0.4
    assert test.zone == "safe"
    assert test.distances.freeze == pytest.approx(0.33333, abs=5e-6)
    assert test.distances.call == pytest.approx(0.42857, abs=5e-6)
    assert test.distances.forced == pytest.approx(0.52941, abs=5e-6)


def test_the_largest_survivable_falls() -> None:
    test = run(reference_household())
    falls = {t: (s.cash, s.cash_and_line) for t in THRESHOLDS if (s := test.survivable[t])}
    assert falls["freeze"] == pytest.approx((0.39333, 0.52667), abs=5e-6)
    assert falls["call"] == pytest.approx((0.48000, 0.59429), abs=5e-6)
    assert falls["forced"] == pytest.approx((0.57176, 0.66588), abs=5e-6)
    assert test.max_survivable_fall == falls["forced"][1]


def test_a_fall_of_half_takes_these_cures() -> None:
    half = row(reference_household(), 0.5)
    assert (half.collateral, half.ltv, half.zone) == (62_500_000, 0.8, "call")
    assert half.cures.call is not None
    assert half.cures.freeze.pay_cash == pytest.approx(12_500_000)
    assert half.cures.call.pay_cash == pytest.approx(6_250_000)
    assert half.cures.forced.pay_cash == 0
    assert half.cures.freeze.sell == pytest.approx(31_250_000)
    assert half.cures.freeze.sell_after_costs == pytest.approx(31_250_000)
    assert half.cures.freeze.post_collateral == pytest.approx(20_833_333.33)
    assert half.survives


def test_at_minus_sixty_no_sale_restores_the_freeze_level() -> None:
    deep = row(reference_household(), 0.6)
    assert (deep.ltv, deep.zone) == (1.0, "forced")
    assert deep.cures.forced.pay_cash == pytest.approx(7_500_000)
    assert deep.cures.freeze.sell is None
    assert "Selling all 50,000,000 pledged to Loan" in deep.cures.freeze.infeasible
    assert deep.survives


def test_the_published_example_of_a_securities_lender() -> None:
    """Loan 10,000,000 against 14,000,000 with a limit of 70 %: 71.4 % and 200,000 short (Mita Securities)."""
    test = run(household(10_000_000, 14_000_000))
    assert test.ltv == pytest.approx(0.7143, abs=5e-5)
    assert cash_to_cure(10_000_000, 14_000_000, 0.70) == pytest.approx(200_000)


@pytest.mark.parametrize(
    ("crisis", "threshold", "ratio"),
    [
        ("us-2007", "freeze", 0.259), ("us-2007", "call", 0.302), ("us-2007", "forced", 0.367),
        ("nikkei-1989", "freeze", 0.109), ("nikkei-1989", "call", 0.127), ("nikkei-1989", "forced", 0.154),
    ],
)  # fmt: skip
def test_the_largest_ltv_that_survives_a_crisis_untouched(crisis: str, threshold: str, ratio: float) -> None:
    """Just under the published ratio the crisis does not reach the threshold, just over it does (closes, not rounded)."""
    closes = {"us-2007": (1565.15, 676.53), "nikkei-1989": (38915.87, 7054.98)}[crisis]
    exact = fall(1 - closes[1] / closes[0])
    assert find_scenario(crisis).fall == round(exact.fall, 3)

    def distance(start: float) -> float:
        return getattr(run(stressed(household(start * 1e8, 1e8), exact)).distances, threshold)  # type: ignore[no-any-return]

    assert distance(ratio - 0.0006) > 0 > distance(ratio + 0.0006)


# --- Who pays, and what costs change ----------------------------------------------------------------------------------


def test_cash_pays_a_call_before_the_line() -> None:
    """At −50 % the call must be cured: cash has 4,500,000 and the line the rest."""
    half = row(reference_household(), 0.5)
    need = cash_to_cure(50_000_000, 62_500_000, LENDERS["standard-60-70-85"].cure_ltv)
    assert half.sources.cash == 4_500_000
    assert half.sources.credit_line == pytest.approx(min(10_000_000, need - 4_500_000))
    assert half.sources.cash + half.sources.credit_line <= need * (1 + 1e-12)


def test_what_is_not_pledged_is_sold_before_what_is_and_the_order_is_a_setting() -> None:
    """At −50 % the call takes 12.5 M. 4 M unpledged bring 2 M after the fall; with 4.5 M of cash and no line the rest
    is a sale of pledged x: 43.5 − x = 0.6 (62.5 − x), x = 15 M. With unpledged first, cash keeps nothing either."""
    sheet = reference_household().with_(credit_lines=())
    sheet = sheet.with_(holdings=(*sheet.holdings, holding("FREE", 4e6, pledged_to=None)))
    paid = row(sheet, 0.5).sources
    assert (paid.cash, paid.unpledged_sale, paid.pledged_sale, paid.unpaid) == pytest.approx((4.5e6, 2e6, 15e6, 0))
    assert paid.sale == pytest.approx(17e6)
    lenders_first = replace(
        FREE_SALES, waterfall_order=("pledged_sale", "unpledged_sale", "cash", "credit_line", "dividends")
    )
    first = stress_test(sheet, LENDERS, lenders_first, step=0.5, max_fall=0.5).grid[0].sources
    assert (first.cash, first.pledged_sale) == pytest.approx((0, 31.25e6))


def test_nobody_pays_before_the_call() -> None:
    frozen = row(reference_household(), 0.4)
    assert frozen.zone == "frozen"
    assert (frozen.sources.cash, frozen.sources.credit_line, frozen.sources.sale) == (0, 0, 0)


def test_the_living_reserve_is_never_paid_out() -> None:
    reserve = Settings(living_reserve_months=3.0)
    test = stress_test(reference_household(), LENDERS, reserve)
    assert test.sources.cash == 4_500_000 - 3 * 800_000
    assert stress_test(reference_household(), LENDERS, Settings(living_reserve_months=12)).sources.cash == 0


def test_a_cancellable_or_expired_line_pays_nothing() -> None:
    sheet = reference_household()
    (line,) = sheet.credit_lines
    for gone in (replace(line, committed=False), replace(line, expires=AS_OF.replace(day=1))):
        assert run(sheet.with_(credit_lines=(gone,))).max_survivable_fall == pytest.approx(0.57176, abs=5e-6)


def test_selling_with_cost_and_a_taxed_gain_inside_needs_more() -> None:
    """V 100 (bought for 40), L 80, target 70 %: keep = 0.995 − 0.20315 · (0.995 − 0.40) = 0.8741258, so
    sell 10 / (0.8741258 − 0.7) = 57.43 instead of 33.33. In a tax-free account only the cost counts."""
    taxed = stress_test(
        household(80, 0).with_(holdings=(holding("A", 200, cost=40),)), LENDERS, Settings(), step=0.5, max_fall=0.5
    )
    untaxed = stress_test(
        household(80, 0).with_(holdings=(holding("A", 200, cost=40, account=NISA),)), LENDERS, Settings(), step=0.5,
        max_fall=0.5,
    )  # fmt: skip
    first, second = taxed.grid[0].cures.call, untaxed.grid[0].cures.call
    assert first is not None
    assert second is not None
    assert first.sell == pytest.approx(33.3333, abs=1e-4)
    assert first.sell_after_costs == pytest.approx(57.4297, abs=1e-3)
    assert second.sell_after_costs == pytest.approx(10 / 0.295)


# --- Several loans --------------------------------------------------------------------------------------------------


def two_loans() -> BalanceSheet:
    return reference_household().with_(
        holdings=(holding("A", 100.0, pledged_to="One"), holding("B", 50.0, pledged_to="Two")),
        secured_loans=(
            SecuredLoan("One", 40.0, 0.0, 0.02, "standard-60-70-85", "JPY"),
            SecuredLoan("Two", 34.0, 0.0, 0.02, "standard-60-70-85", "JPY"),
        ),
        cash_balances=cash(6.0),
        credit_lines=(),
    )


def test_two_loans_share_the_sources() -> None:
    """Loan Two is forced from −20 % (34/42.5), One from −52.94 %. With 6 of cash: 34 − 42.5 m = 6 gives m = 0.65882,
    where One needs nothing (40 < 85·0.65882); so the household survives −34.1 %."""
    test = run(two_loans())
    assert test.distances.forced == pytest.approx(0.2)
    assert test.max_survivable_fall == pytest.approx(1 - 28 / 42.5)
    assert [loan.ltv for loan in test.loans] == pytest.approx([0.4, 0.68])


def test_two_loans_that_both_need_money() -> None:
    """With 40 of cash both need: 74 − 127.5 m = 40, m = 0.26667."""
    sheet = two_loans().with_(cash_balances=cash(40.0))
    assert run(sheet).max_survivable_fall == pytest.approx(1 - 34 / 127.5)


def test_one_loan_can_be_looked_at_alone() -> None:
    assert run(two_loans(), loan="Two").ltv == 0.68
    with pytest.raises(UnknownName, match=r"no securities-backed loan named 'Three'; known: One, Two"):
        run(two_loans(), loan="Three")


# --- Edges ----------------------------------------------------------------------------------------------------------


def test_without_debt_no_fall_reaches_anything() -> None:
    for sheet in (household(0, 100), BalanceSheet(AS_OF, "JPY")):
        test = run(sheet)
        assert (test.ltv, test.zone, test.max_survivable_fall) == (0.0, "safe", 1.0)
        assert test.distances.forced == 1.0
        assert all(r.survives and r.sources.sale == 0 for r in test.grid)


def test_without_collateral_only_money_survives() -> None:
    assert run(household(100, 0, money=50)).max_survivable_fall == float("-inf")
    broke = run(household(100, 0, money=50))
    assert (broke.ltv, broke.zone) == (float("inf"), "forced")
    assert broke.distances.freeze == float("-inf")
    assert run(household(100, 0, money=100)).max_survivable_fall == 1.0


def test_beyond_forced_the_market_would_have_to_rise() -> None:
    test = run(household(90, 100, money=1))
    assert test.zone == "forced"
    assert test.distances.forced == pytest.approx(1 - 0.9 / 0.85)
    assert test.max_survivable_fall == pytest.approx(1 - 89 / 85)
    assert test.max_survivable_fall < 0
    assert not any(r.survives for r in test.grid)


def test_an_overdraft_is_no_source() -> None:
    test = run(household(40, 100, money=-5))
    assert test.sources.cash == 0
    assert test.max_survivable_fall == pytest.approx(test.distances.forced)


def test_equal_means_already_there() -> None:
    for ratio, zone in ((0.599999, "safe"), (0.6, "frozen"), (0.7, "call"), (0.85, "forced")):
        assert run(household(ratio * 1e8, 1e8)).zone == zone


def test_a_haircut_moves_the_thresholds_not_the_ratio() -> None:
    """An advance rate of 0.75 puts the thresholds at 45 / 52.5 / 63.75 % of market value."""
    sheet = household(40, 0).with_(holdings=(holding("A", 100, advance_rate=0.75),))
    test = run(sheet)
    assert test.ltv == 0.4
    assert test.distances.call == pytest.approx(1 - 0.4 / 0.525)
    assert test.distances.forced == pytest.approx(1 - 0.4 / 0.6375)


def test_one_stock_that_is_most_of_the_collateral_lowers_freeze_and_cure() -> None:
    """JSF: 50 % instead of 60 % when one issue is 70 % or more of the value."""
    loan = SecuredLoan("Loan", 75, 0.0, 0.02, "jp-cure-60", "JPY")
    spread = household(75, 0).with_(holdings=(holding("A", 60), holding("B", 40)), secured_loans=(loan,))
    heavy = household(75, 0).with_(holdings=(holding("A", 80), holding("B", 20)), secured_loans=(loan,))
    assert [run(x).loans[0].levels.cure for x in (spread, heavy)] == [0.6, 0.5]
    assert [run(x).loans[0].levels.freeze for x in (spread, heavy)] == [0.6, 0.5]
    assert [run(x).loans[0].levels.forced for x in (spread, heavy)] == [0.85, 0.85]


def test_a_missing_price_stops_the_test() -> None:
    sheet = household(40, 100)
    with pytest.raises(MissingValue, match="No price for PORT"):
        run(sheet.with_(holdings=(replace(sheet.holdings[0], price=None),)))


@pytest.mark.parametrize(("step", "top"), [(0.0, 0.7), (2.0, 0.7), (0.5, 0.1), (0.05, 1.5)])
def test_a_grid_that_makes_no_sense_is_refused(step: float, top: float) -> None:
    with pytest.raises(BadInput, match="expected a fraction from"):
        run(household(40, 100), step=step, max_fall=top)


def test_the_grid_ends_where_it_was_asked_to() -> None:
    assert [r.fall for r in run(reference_household()).grid] == [round(0.05 * n, 2) for n in range(1, 15)]


# --- Gap risk -------------------------------------------------------------------------------------------------------


def test_one_day_of_2024_jumps_to_forced_from_this_ratio() -> None:
    """0.85 · 0.876 = 74.46 %: above the call at 70 %, so the call came first. Without a call nobody is asked."""
    (loan,) = run(reference_household()).loans
    assert loan.gap.jumps_from == pytest.approx(0.7446)
    assert loan.gap.reaches_call_from == pytest.approx(0.6132)
    assert not loan.gap.over_call
    assert loan.gap.ltv_after == pytest.approx(0.4 / 0.876)
    uncalled = household(40, 100).with_(secured_loans=(SecuredLoan("Loan", 40, 0, 0.02, "jp-sell-all", "JPY"),))
    (loan,) = run(uncalled).loans
    assert loan.gap.over_call
    assert loan.gap.reaches_call_from is None


def test_days_as_bad_are_counted() -> None:
    """Nikkei 225 around 2024-08-05, and the S&P 500 on 1987-10-19: one such day each."""
    assert days_as_bad((35909.70, 31458.42, 34675.46), 0.1239) == 1
    assert days_as_bad((282.70, 224.84)) == 1
    assert days_as_bad((100.0, 90.0, 80.0)) == 0


def test_no_counted_day_of_1999_to_2018_was_as_bad() -> None:
    """The packaged counts, counted again in the daily series themselves."""
    for count, carried in zip(daily_counts(), (sp500, nasdaq), strict=True):
        closes = [float(x) for x in carried.load()["Close"].dropna()]
        falls = [1 - after / before for before, after in pairwise(closes)]
        assert count.days == len(falls) == 5_030
        assert count.as_bad == days_as_bad(closes) == 0
        assert count.worst_fall == pytest.approx(max(falls), abs=1e-6)
    assert [(c.series, c.worst_on) for c in daily_counts()] == [
        ("S&P 500", "2008-10-15"), ("Nasdaq Composite", "2000-04-14")
    ]  # fmt: skip
    assert [(day.on, round(day.fall, 3)) for day in named_days()] == [("2024-08-05", 0.124), ("1987-10-19", 0.205)]


# --- Laws -----------------------------------------------------------------------------------------------------------

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
        assert r.survives == (r.fall <= run(sheet).max_survivable_fall)
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
