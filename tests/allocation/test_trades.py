"""The trades that restore the targets, worked by hand, and the ones that are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alm.allocation.trades import rebalance
from alm.balance_sheet import BalanceSheet, CashBalance, Quote, SecuredLoan
from alm.errors import BadInput, Infeasible
from alm.lenders import profiles
from alm.settings import Settings
from tests.households import AS_OF, NISA, TAXABLE, holding, reference_household

PROFILES = profiles()
FREE = Settings(sale_cost=0.0)
TARGETS = (("equity", 0.6), ("bond", 0.4))


def household(equity: float, bond: float, **more: object) -> BalanceSheet:
    """A thousand units of VT and of BND, unpledged, in a taxable account, without a gain."""
    held = (holding("VT", equity, pledged_to=None), holding("BND", bond, pledged_to=None, asset_class="bond"))
    return BalanceSheet(AS_OF, "JPY", holdings=held, targets=TARGETS).with_(**more)


def orders(plan) -> list[tuple[str, str, float]]:
    return [(trade.side, trade.ticker, pytest.approx(trade.units)) for trade in plan.trades]


def test_inside_the_band_nothing_is_sold():
    plan = rebalance(household(640_000, 360_000), FREE, PROFILES)
    assert plan.trades == ()
    assert plan.after == plan.before


def test_new_money_goes_to_what_is_short_and_nothing_is_sold():
    # 700,000 : 300,000 with 166,667 more: targets 700,000 and 466,667, so bonds take all of it, 555 units of 300
    plan = rebalance(household(700_000, 300_000), FREE, PROFILES, new_money=166_667)
    assert orders(plan) == [("buy", "BND", 555)]
    assert plan.trades[0].pays == "new_money"
    assert plan.left_over == pytest.approx(167.0)
    assert all(row.light == "green" for row in plan.after)


def test_too_little_new_money_is_followed_by_sales():
    plan = rebalance(household(800_000, 200_000), FREE, PROFILES, new_money=10_000)
    # to target: equity 606,000, so 194,000 is sold: 242 whole units of 800; the new money bought 50 units of 200
    assert orders(plan) == [("buy", "BND", 50), ("sell", "VT", 242), ("buy", "BND", 968)]
    assert [trade.pays for trade in plan.trades] == ["new_money", "taxable", "taxable"]
    assert plan.tax == 0.0


def test_tax_free_accounts_rotate_first():
    sheet = household(600_000, 200_000)
    inside = holding("VT", 200_000, cost=50_000, account=NISA, pledged_to=None)
    plan = rebalance(sheet.with_(holdings=(*sheet.holdings, inside)), FREE, PROFILES)
    # equity 800,000 of 1,000,000: all 200,000 of the NISA's becomes bonds inside the NISA, tax-free
    assert orders(plan) == [("sell", "VT", 1_000), ("buy", "BND", 1_000)]
    assert [(trade.account, trade.pays, trade.tax) for trade in plan.trades] == [("NISA", "tax_free", 0.0)] * 2
    assert plan.sheet.holdings[-1].account == NISA
    assert plan.tax == 0.0


def test_taxable_sales_show_their_tax_and_take_the_least_taxed_first():
    gaining = holding("GAIN", 500_000, cost=250_000, pledged_to=None)
    losing = holding("LOSS", 300_000, cost=400_000, pledged_to=None)
    bonds = holding("BND", 200_000, asset_class="bond", pledged_to=None)
    sheet = BalanceSheet(AS_OF, "JPY", holdings=(gaining, losing, bonds), targets=TARGETS)
    plan = rebalance(sheet, FREE, PROFILES)
    # 200,000 of equity is too much: 666 units of LOSS at 300 come first and leave room for nothing else
    assert orders(plan)[0] == ("sell", "LOSS", 666)
    assert plan.trades[0].tax == 0.0
    assert plan.trades[0].gain == pytest.approx(666 * (300 - 400))
    only_gains = rebalance(
        sheet.with_(holdings=(replace(gaining, quantity=1_600.0, cost_basis=400_000.0), bonds)), FREE, PROFILES
    )
    sold = only_gains.trades[0]
    assert (sold.ticker, sold.units) == ("GAIN", 400)
    assert sold.tax == pytest.approx(0.20315 * 400 * (500 - 250))
    assert only_gains.tax == sold.tax


def test_a_loss_taken_in_the_plan_returns_tax_withheld_on_a_gain():
    gaining = holding("GAIN", 450_000, cost=225_000, pledged_to=None)
    losing = holding("LOSS", 350_000, cost=400_000, pledged_to=None)
    bonds = holding("BND", 200_000, asset_class="bond", pledged_to=None)
    targets = (("GAIN", 0.3), ("LOSS", 0.2), ("BND", 0.5))
    plan = rebalance(BalanceSheet(AS_OF, "JPY", holdings=(gaining, losing, bonds), targets=targets), FREE, PROFILES)
    gains = [trade.gain for trade in plan.trades if trade.side == "sell"]
    assert plan.tax == pytest.approx(0.20315 * max(gains))
    assert plan.tax_returned == pytest.approx(-0.20315 * min(gains))


def test_whole_lots_only():
    plan = rebalance(household(800_000, 200_000), FREE, PROFILES, lots={"VT": 100, "BND": 100})
    assert orders(plan) == [("sell", "VT", 200), ("buy", "BND", 800)]


def test_a_coin_trades_in_fractions():
    held = (holding("BTC", 800_000, asset_class="crypto", pledged_to=None), holding("VT", 200_000, pledged_to=None))
    sheet = BalanceSheet(AS_OF, "JPY", holdings=held, targets=(("crypto", 0.5), ("equity", 0.5)))
    assert orders(rebalance(sheet, FREE, PROFILES)) == [("sell", "BTC", 375), ("buy", "VT", 1_500)]


def test_a_target_that_nothing_is_held_of_is_named_not_bought():
    sheet = household(600_000, 400_000, targets=(("equity", 0.5), ("bond", 0.4), ("gold", 0.1)))
    plan = rebalance(sheet, FREE, PROFILES)
    assert plan.unmet == (("gold", pytest.approx(100_000)),)
    assert plan.trades == ()


class TestPledged:
    """The reference household with bonds it did not pledge: equity 125,000,000 pledged, the loan 50,000,000."""

    def sheet(self, bonds: float = 25_000_000, **more: object) -> BalanceSheet:
        held = holding("BND", bonds, asset_class="bond", pledged_to=None)
        base = reference_household()
        return base.with_(holdings=(*base.holdings, held), targets=TARGETS).with_(**more)

    def test_an_allocation_that_breaches_the_margin_is_refused_with_the_reason(self):
        # equity falls to 60 % of 150 M: 35 M of collateral is sold, LTV 50 / 90, survivable fall 1 − 35.5/(.60·90)
        with pytest.raises(Infeasible, match=r"from 40\.0% to 55\.6%.*survivable fall of 34\.2%, under the 52\.2%"):
            rebalance(self.sheet(), Settings(sale_cost=0.0, safety_fall=0.6), PROFILES)

    def test_the_same_allocation_passes_where_the_household_asks_for_less_and_says_what_it_does(self):
        plan = rebalance(self.sheet(), Settings(sale_cost=0.0, safety_fall=0.3), PROFILES)
        assert plan.margin_before.ltv == pytest.approx(0.4)
        assert plan.margin_before.survivable_fall == pytest.approx(0.52667, abs=1e-5)  # the published reference
        assert plan.margin_after.ltv == pytest.approx(50 / 90)
        assert plan.margin_after.survivable_fall == pytest.approx(1 - 35.5 / 54, abs=1e-6)
        assert plan.trades[0].pledged_to == "Loan"

    def test_pledged_holdings_can_be_kept(self):
        plan = rebalance(self.sheet(), Settings(sale_cost=0.0, safety_fall=0.6), PROFILES, sell_pledged=False)
        assert plan.trades == ()

    def test_unpledged_units_are_sold_first(self):
        free = holding("PORT", 40_000_000, pledged_to=None)
        sheet = self.sheet(bonds=60_000_000)  # 30 M too much equity, 40 M of it not pledged
        plan = rebalance(sheet.with_(holdings=(*sheet.holdings, free)), FREE, PROFILES)
        assert plan.trades[0].pledged_to is None
        assert plan.margin_after.ltv == pytest.approx(0.4)

    def test_pledged_bonds_bought_with_pledged_shares_keep_the_ratio(self):
        pledged = holding("BND", 25_000_000, asset_class="bond")
        base = reference_household()
        plan = rebalance(base.with_(holdings=(*base.holdings, pledged), targets=TARGETS), FREE, PROFILES)
        assert [trade.pledged_to for trade in plan.trades] == ["Loan", "Loan"]
        assert plan.margin_after.ltv == pytest.approx(plan.margin_before.ltv, abs=1e-5)

    def test_a_household_short_of_its_margin_already_may_not_fall_further(self):
        poor = self.sheet(cash_balances=(), credit_lines=())
        with pytest.raises(Infeasible, match=r"under the 42\.4% that has to remain"):
            rebalance(poor, Settings(sale_cost=0.0, safety_fall=0.9), PROFILES)

    def test_a_frozen_loan_releases_nothing(self):
        loan = SecuredLoan("Loan", 60_000_000.0, 0.0, 0.02, "standard-60-70-85", "JPY")
        rich = (CashBalance(TAXABLE, "JPY", 90_000_000.0, Quote(1.0, AS_OF)),)
        with pytest.raises(Infeasible, match="Loan is frozen"):
            rebalance(self.sheet(secured_loans=(loan,), cash_balances=rich), Settings(safety_fall=0.2), PROFILES)


def test_new_money_must_be_an_amount():
    with pytest.raises(BadInput, match="new money"):
        rebalance(household(1.0, 1.0), FREE, PROFILES, new_money=-1.0)


@given(st.floats(1e5, 1e7), st.floats(1e5, 1e7), st.floats(0, 1e6), st.floats(0.1, 2.0))
@settings(max_examples=60)
def test_no_money_appears_or_disappears(equity, bond, new_money, cost_share):
    sheet = household(equity, bond)
    sheet = sheet.with_(holdings=tuple(replace(h, cost_basis=h.cost_basis * cost_share) for h in sheet.holdings))
    plan = rebalance(sheet, Settings(), PROFILES, new_money=new_money)
    end = plan.sheet.portfolio_value + plan.left_over + plan.cost + plan.tax
    assert end == pytest.approx(sheet.portfolio_value + new_money)
    assert plan.left_over >= 0
    if any(trade.side == "sell" for trade in plan.trades):
        before, after = (max(abs(row.drift) for row in rows) for rows in (plan.before, plan.after))
        assert after < before
