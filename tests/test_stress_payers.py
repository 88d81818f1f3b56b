"""Who pays what a fall asks for, what costs change, and several loans at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alm.balance_sheet import BalanceSheet, SecuredLoan
from alm.errors import UnknownName
from alm.settings import Settings
from alm.step.sale import cash_to_cure
from alm.stress import (
    stress_test,
)
from tests.households import AS_OF, NISA, holding, reference_household
from tests.stressed import FREE_SALES, LENDERS, cash, household, row, run


def test_cash_pays_a_call_before_the_line() -> None:
    """At −50 % the call must be cured: cash has 4,500,000 and the line the rest."""
    half = row(reference_household(), 0.5)
    need = cash_to_cure(50_000_000, 62_500_000, LENDERS["standard-60-70-85"].cure_ltv)
    assert half.sources.cash == 4_500_000
    assert half.sources.credit_line == pytest.approx(min(10_000_000, need - 4_500_000))
    assert half.sources.cash + half.sources.credit_line <= need * (1 + 1e-12)


def test_what_is_not_pledged_is_sold_before_what_is_and_the_order_is_a_setting() -> None:
    """At −50 % the call takes 12.5 M. 8 M unpledged bring 4 M after the fall; with 4.5 M of cash and no line the rest
    is a sale of pledged x: 41.5 − x = 0.6 (62.5 − x), x = 10 M. With pledged first, cash keeps all it has."""
    sheet = reference_household().with_(credit_lines=())
    sheet = sheet.with_(holdings=(*sheet.holdings, holding("FREE", 8e6, pledged_to=None)))
    paid = row(sheet, 0.5).sources
    assert (paid.cash, paid.unpledged_sale, paid.pledged_sale, paid.unpaid) == pytest.approx((4.5e6, 4e6, 10e6, 0))
    assert paid.sale == pytest.approx(14e6)
    assert row(sheet, 0.5).outcome == "forced"
    assert row(sheet, 0.45).outcome == "own sale", "8.75 M asked: 4.5 M of cash, and 4.25 M of what 4.4 M would bring"
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
        assert run(sheet.with_(credit_lines=(gone,))).max_survivable_fall == pytest.approx(1 - 0.4 / 0.7)


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
    """Loan Two is called from −2.86 % (34/35) and asks for 34 − 30 m; 6 of cash pay that down to m = 28/30, −6.67 %,
    where One asks for nothing (40 < 70·0.9333)."""
    test = run(two_loans())
    assert test.distances.forced == pytest.approx(0.2)
    assert test.max_survivable_fall == pytest.approx(1 - 28 / 30)
    assert [loan.ltv for loan in test.loans] == pytest.approx([0.4, 0.68])


def test_two_loans_that_both_need_money() -> None:
    """With 40 of cash Two is paid until its lender sells at 85 %: −20 %. Under lenders whose forced threshold has days
    of its own, both are called below m = 40/70 and asked for 74 − 90 m: 40 of cash pay that down to m = 34/90."""
    sheet = two_loans().with_(cash_balances=cash(40.0))
    assert run(sheet).max_survivable_fall == pytest.approx(0.2)
    patient = {**LENDERS, "standard-60-70-85": replace(LENDERS["standard-60-70-85"], forced_days=3)}
    assert stress_test(sheet, patient, FREE_SALES).max_survivable_fall == pytest.approx(1 - 34 / 90)


def test_one_loan_can_be_looked_at_alone() -> None:
    assert run(two_loans(), loan="Two").ltv == 0.68
    with pytest.raises(UnknownName, match=r"no securities-backed loan named 'Three'; known: One, Two"):
        run(two_loans(), loan="Three")
