"""The margin-ratio stress test: the published reference table, and edges."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alm.balance_sheet import BalanceSheet, SecuredLoan
from alm.errors import BadInput, MissingValue
from alm.scenarios import fall, find_scenario, stressed
from alm.step.sale import cash_to_cure
from tests.households import AS_OF, holding, reference_household
from tests.stressed import household, row, run

# --- The reference household, number by number --------------------------------------------------------------------


def test_margin_ratio_and_distances() -> None:
    test = run(reference_household())
    assert test.ltv == 0.4
    assert test.zone == "safe"
    assert test.distances.freeze == pytest.approx(0.33333, abs=5e-6)
    assert test.distances.call == pytest.approx(0.42857, abs=5e-6)
    assert test.distances.forced == pytest.approx(0.52941, abs=5e-6)


def test_the_largest_survivable_falls() -> None:
    """At any speed, slowly, paid ahead; the same with cash only, a loan of 60 million, a lender who sells all."""
    sheet = reference_household()
    (loan,) = sheet.secured_loans
    found = (
        sheet,
        sheet.with_(credit_lines=()),
        sheet.with_(secured_loans=(replace(loan, balance=60e6),)),
        sheet.with_(secured_loans=(replace(loan, profile="jp-sell-all"),)),
    )
    assert [figures(x) for x in found] == [
        pytest.approx((0.52667, 0.58017, 0.59429), abs=5e-6),
        pytest.approx((0.42857, 0.42857, 0.48000), abs=5e-6),
        pytest.approx((0.39333, 0.41224, 0.48000), abs=5e-6),
        pytest.approx((0.52941, 0.52941, 0.66588), abs=5e-6),
    ]


def figures(sheet: BalanceSheet) -> tuple[float, float, float]:
    test = run(sheet)
    return test.max_survivable_fall, test.max_survivable_fall_slow, test.max_survivable_fall_prepaid


def test_a_call_that_cannot_be_answered_ends_survival_at_the_call() -> None:
    """56.25 of 125 million with 3.6 million of cash: 70 % is reached at 1 − 0.45/0.70, where 8.04 million are asked."""
    sheet = household(56.25e6, 125e6, money=3.6e6)
    assert run(sheet).max_survivable_fall == pytest.approx(0.357142, abs=1e-6)
    row_ = row(sheet, 0.4)
    assert (row_.zone, row_.outcome, row_.survives) == ("call", "forced", False)


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
    (asked,) = half.demands
    assert (asked.target_ltv, asked.amount, asked.days) == pytest.approx((0.60, 12_500_000, 5))
    assert (half.outcome, half.survives) == ("paid", True)


def test_at_minus_sixty_no_sale_restores_any_level() -> None:
    deep = row(reference_household(), 0.6)
    assert (deep.ltv, deep.zone) == (1.0, "forced")
    assert deep.cures.forced.pay_cash == pytest.approx(7_500_000)
    assert deep.cures.call is not None
    for cure in (deep.cures.freeze, deep.cures.call, deep.cures.forced):
        assert cure.sell is None, "all of it covers the debt and nothing is left at any ratio"
    assert "Selling all 50,000,000 pledged to Loan" in deep.cures.freeze.infeasible
    assert (deep.outcome, deep.survives) == ("forced", False)
    (asked,) = deep.demands
    assert asked.days == 0, "past the forced threshold nobody is asked"


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


# --- Edges ----------------------------------------------------------------------------------------------------------


def test_without_debt_no_fall_reaches_anything() -> None:
    for sheet in (household(0, 100), BalanceSheet(AS_OF, "JPY")):
        test = run(sheet)
        assert (test.ltv, test.zone, test.max_survivable_fall) == (0.0, "safe", 1.0)
        assert test.distances.forced == 1.0
        assert all(r.survives and r.sources.sale == 0 for r in test.grid)


def test_without_collateral_only_money_survives() -> None:
    """Nothing is pledged and 100 is owed: the lender's claim is due at once."""
    broke = run(household(100, 0, money=50))
    assert broke.max_survivable_fall == float("-inf")
    assert {r.outcome for r in broke.grid} == {"forced"}
    assert broke.grid[0].sources.unpaid == pytest.approx(50)
    assert (broke.ltv, broke.zone) == (float("inf"), "forced")
    assert broke.distances.freeze == float("-inf")
    rich = run(household(100, 0, money=100))
    assert rich.max_survivable_fall == 1.0
    assert {r.outcome for r in rich.grid} == {"paid"}


def test_beyond_forced_the_market_would_have_to_rise() -> None:
    """90 of 100 is past the call too, which lapses where the market brings it below 70 %; 1 of cash cures nothing."""
    test = run(household(90, 100, money=1))
    assert test.zone == "forced"
    assert test.distances.forced == pytest.approx(1 - 0.9 / 0.85)
    assert test.max_survivable_fall == pytest.approx(1 - 0.9 / 0.7)
    assert not any(r.survives for r in test.grid)


def test_an_overdraft_is_no_source() -> None:
    test = run(household(40, 100, money=-5))
    assert test.sources.cash == 0
    assert test.max_survivable_fall == pytest.approx(test.distances.call)


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


def test_a_missing_price_of_what_is_pledged_stops_the_test_and_any_other_hides_one_figure() -> None:
    sheet = household(40, 100)
    unpriced = replace(holding("NEW", 5, pledged_to=None), price=None)
    test = run(sheet.with_(holdings=(*sheet.holdings, unpriced)))
    assert (test.max_survivable_fall, test.max_survivable_fall_selling) == (run(sheet).max_survivable_fall, None)
    with pytest.raises(MissingValue, match="No price for PORT"):
        run(sheet.with_(holdings=(replace(sheet.holdings[0], price=None),)))


@pytest.mark.parametrize(("step", "top"), [(0.0, 0.7), (2.0, 0.7), (0.5, 0.1), (0.05, 1.5)])
def test_a_grid_that_makes_no_sense_is_refused(step: float, top: float) -> None:
    with pytest.raises(BadInput, match="expected a fraction from"):
        run(household(40, 100), step=step, max_fall=top)


def test_the_grid_ends_where_it_was_asked_to() -> None:
    assert [r.fall for r in run(reference_household()).grid] == [round(0.05 * n, 2) for n in range(1, 15)]
