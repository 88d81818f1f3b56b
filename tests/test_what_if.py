"""What-if: one change at a time on the reference household, worked by hand."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alm.balance_sheet import Account, BalanceSheet, CashBalance, Quote
from alm.errors import BadInput, Infeasible, UnknownName
from alm.lenders import profiles
from alm.settings import Settings
from alm.what_if import Borrow, Buy, Money, Rate, Row, Sell, Weights, change, side_by_side, what_if
from tests.households import AS_OF, NISA, holding, reference_household

SETTINGS = Settings()
PROFILES = profiles()
SHEET = reference_household()
TWO = BalanceSheet(AS_OF, "JPY", holdings=(holding("A", 60.0), holding("B", 30.0), holding("C", 10.0)))


def changed(*steps, sheet=SHEET):
    return change(sheet, SETTINGS, steps)


def test_nothing_changes_nothing():
    assert changed() == SHEET


def test_repaying_from_cash_lowers_the_ratio_and_keeps_net_worth():
    after = changed(Borrow(-4_000_000))
    assert after.ltv == pytest.approx(46 / 125)
    assert after.cash == pytest.approx(500_000)
    assert after.net_worth == pytest.approx(SHEET.net_worth)


def test_repayment_pays_accrued_interest_first():
    owing = SHEET.with_(secured_loans=(replace(SHEET.secured_loans[0], accrued_interest=100_000.0),))
    (loan,) = changed(Borrow(-300_000), sheet=owing).secured_loans
    assert (loan.accrued_interest, loan.balance) == (0.0, pytest.approx(49_800_000))
    (loan,) = changed(Borrow(-60_000), sheet=owing).secured_loans
    assert (loan.accrued_interest, loan.balance) == (pytest.approx(40_000), pytest.approx(50_000_000))


def test_borrowing_to_buy_raises_the_ratio():
    after = changed(Borrow(10_000_000), Buy("PORT", 10_000_000))
    assert after.ltv == pytest.approx(60 / 135)
    assert after.cash == pytest.approx(SHEET.cash)


def test_a_sale_brings_its_proceeds_after_cost_and_tax():
    gaining = SHEET.with_(holdings=(holding("PORT", 125_000_000, cost=62_500_000),))
    after = changed(Sell("PORT", 12_500_000), sheet=gaining)
    cost = 12_500_000 * 0.005
    tax = 0.20315 * (12_500_000 - cost - 6_250_000)
    assert after.cash - SHEET.cash == pytest.approx(12_500_000 - cost - tax)
    (left,) = after.holdings
    assert (left.value, left.cost) == (pytest.approx(112_500_000), pytest.approx(56_250_000))


def test_selling_takes_unpledged_units_first_and_all_means_all():
    both = SHEET.with_(holdings=(*SHEET.holdings, holding("PORT", 5_000_000, account=NISA, pledged_to=None)))
    assert changed(Sell("PORT", 5_000_000), sheet=both).collateral_value == pytest.approx(125_000_000)
    assert changed(Sell("PORT"), sheet=both).holdings == ()


def test_a_new_position_needs_its_class_and_is_not_pledged():
    after = changed(Buy("GLD", 1_000_000, "gold"))
    new = after.holdings[-1]
    assert (new.value, new.asset_class, new.pledged_to) == (1_000_000, "gold", None)
    assert after.ltv == SHEET.ltv
    with pytest.raises(BadInput, match=r"GLD.*TICKER=AMOUNT=CLASS"):
        changed(Buy("GLD", 1_000_000))
    with pytest.raises(BadInput, match="GLD metal"):
        changed(Buy("GLD", 1_000_000, "metal"))


def test_weights_keep_the_value_and_the_rest_in_proportion():
    after = changed(Weights((("A", 0.2),)), sheet=TWO)
    assert [h.value for h in after.holdings] == pytest.approx([20.0, 60.0, 20.0])
    assert after.portfolio_value == pytest.approx(100.0)
    assert [h.value for h in changed(Weights((("A", 0.0), ("B", 1.0))), sheet=TWO).holdings] == pytest.approx(
        [0, 100, 0]
    )


def test_the_rate_changes_the_interest():
    assert changed(Rate(0.03)).interest_monthly() == pytest.approx(125_000)


def test_new_money_is_cash_and_may_leave_again():
    assert changed(Money(1_000_000)).net_worth == pytest.approx(SHEET.net_worth + 1_000_000)
    assert changed(Money(1_000_000), Money(-1_000_000)).net_worth == pytest.approx(SHEET.net_worth)


def test_money_locked_in_a_deferred_account_pays_nothing():
    locked = CashBalance(Account("iDeCo", tax_treatment="deferred"), "JPY", 9e6, Quote(1.0, AS_OF))
    assert SHEET.with_(cash_balances=(*SHEET.cash_balances, locked)).liquid == 4_500_000


@pytest.mark.parametrize(
    ("step", "refusal", "sentence"),
    [
        (Buy("PORT", 4_600_000), Infeasible, "takes ¥4,600,000 and only ¥4,500,000 of cash"),
        (Borrow(-51_000_000), Infeasible, "Only ¥50,000,000 is owed on Loan"),
        (Sell("PORT", 126_000_000), Infeasible, "Only ¥125,000,000 of PORT is held"),
        (Sell("VT", 1.0), UnknownName, "no holding named 'VT'; known: PORT"),
        (Sell("PORT", -1.0), BadInput, "an amount above 0"),
        (Buy("PORT", math.nan), BadInput, "an amount above 0"),
        (Borrow(1.0, "Other"), UnknownName, "no securities-backed loan named 'Other'; known: Loan"),
        (Weights((("VT", 1.0),)), UnknownName, "no holding named 'VT'"),
        (Weights((("PORT", 1.2),)), BadInput, "sum to at most 1"),
        (Weights((("PORT", 0.5),)), BadInput, "nothing else is held"),
    ],
)
def test_what_cannot_be_done_is_refused(step, refusal, sentence):
    with pytest.raises(refusal, match=sentence):
        changed(step)


def test_a_loan_is_not_drawn_past_its_limit():
    limited = SHEET.with_(secured_loans=(replace(SHEET.secured_loans[0], limit=55_000_000.0),))
    with pytest.raises(Infeasible, match="Loan may be drawn to ¥55,000,000 only"):
        changed(Borrow(6_000_000), sheet=limited)


def test_a_loan_is_asked_for_by_name_only_where_there_are_several():
    with pytest.raises(Infeasible, match="There is no securities-backed loan to change"):
        changed(Borrow(1.0), sheet=TWO)
    (one,) = SHEET.secured_loans
    with pytest.raises(BadInput, match="which loan: Loan, Second, as LOAN=AMOUNT"):
        changed(Borrow(1.0), sheet=SHEET.with_(secured_loans=(one, replace(one, name="Second", balance=1.0))))


@given(st.floats(1, 4e6), st.floats(1, 4e6))
@settings(max_examples=50)
def test_borrowing_and_repaying_is_where_it_began(first, second):
    after = changed(Borrow(first), Borrow(second), Borrow(-first), Borrow(-second))
    assert after.ltv == pytest.approx(SHEET.ltv)
    assert after.net_worth == pytest.approx(SHEET.net_worth)


@dataclass(frozen=True)
class Inner:
    sentence: str


@dataclass(frozen=True)
class Figures:
    ltv: float
    crossover: int | None
    binding: Inner
    parts: tuple[float, ...] = ()


def test_every_figure_stands_side_by_side():
    rows = side_by_side(Figures(0.4, None, Inner("margin")), Figures(0.5, 2033, Inner("runway")))
    assert rows == (
        Row("ltv", 0.4, 0.5, pytest.approx(0.1)),
        Row("crossover", None, 2033, None),
        Row("binding.sentence", "margin", "runway", None),
    )


def test_one_brief_tells_both_sides():
    assert what_if(SHEET, SETTINGS, [Borrow(10_000_000)], PROFILES, lambda sheet: sheet.ltv) == (
        0.4,
        pytest.approx(0.48),
    )


class TestAFrozenLoan:
    """78,000,000 on 125,000,000 is 62.4 %, above the freeze at 60 %."""

    FROZEN = SHEET.with_(secured_loans=(replace(SHEET.secured_loans[0], balance=78_000_000.0),))

    def ratios(self, *steps, sheet=FROZEN):
        return what_if(sheet, SETTINGS, steps, PROFILES, lambda changed: changed.ltv)

    def test_lends_no_more(self):
        with pytest.raises(
            Infeasible, match=r"Loan would go from 62\.4% to 63\.2%: from 60\.0% on its lender lends no"
        ):
            self.ratios(Borrow(1_000_000))

    def test_releases_nothing_that_is_pledged_unless_it_is_repaid(self):
        with pytest.raises(Infeasible, match="releases nothing"):
            self.ratios(Sell("PORT", 10_000_000))
        _, after = self.ratios(Sell("PORT", 10_000_000), Borrow(-9_000_000))
        assert after == pytest.approx(69 / 115)

    def test_is_reached_by_no_borrowing(self):
        with pytest.raises(Infeasible, match=r"from 40\.0% to 60\.0%"):
            self.ratios(Borrow(25_000_000), sheet=SHEET)
        _, after = self.ratios(Borrow(24_999_000), sheet=SHEET)
        assert after < 0.6

    def test_may_be_repaid_and_its_rate_may_change(self):
        _, after = self.ratios(Borrow(-4_000_000), Rate(0.03))
        assert after == pytest.approx(74 / 125)
