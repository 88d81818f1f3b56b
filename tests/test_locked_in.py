"""What a deferred account locks in pays no bill and no call today, in every module; a whole life counts it after tax."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alm.advice import advise
from alm.balance_sheet import Account, BalanceSheet, CashBalance, Dividend, Quote
from alm.defence import defend, runway_months
from alm.dividends import annual_dividends
from alm.drill import course_of, crises, drill
from alm.fire.household import plan_from
from alm.lenders import profiles
from alm.scenarios import find_scenario
from alm.settings import Settings
from alm.stress import stress_test
from alm.verdict import Check
from tests.households import AS_OF, holding, reference_household

LENDERS, SETTINGS = profiles(), Settings()
PENSION = Account("Pension", tax_treatment="deferred")


def with_pension(sheet: BalanceSheet) -> BalanceSheet:
    """Beside it 20,000,000 of cash and 30,000,000 of a fund that pays 2,000,000 a year, in a deferred account."""
    fund = holding("FUND", 30e6, pledged_to=None, account=PENSION)
    return sheet.with_(
        holdings=(*sheet.holdings, fund),
        cash_balances=(*sheet.cash_balances, CashBalance(PENSION, "JPY", 20e6, Quote(1.0, AS_OF))),
        dividends=(*sheet.dividends, Dividend("FUND", AS_OF.replace(month=3), AS_OF.replace(month=4), 2_000.0, "JPY")),
    )


PLAIN = reference_household()
LOCKED = with_pension(PLAIN)


def test_it_is_wealth_and_no_defence():
    assert LOCKED.net_worth == PLAIN.net_worth + 50e6
    assert runway_months(LOCKED, SETTINGS) == runway_months(PLAIN, SETTINGS)
    plain, locked = (stress_test(sheet, LENDERS, SETTINGS) for sheet in (PLAIN, LOCKED))
    assert (locked.sources, locked.max_survivable_fall) == (plain.sources, plain.max_survivable_fall)


@pytest.mark.parametrize("name", ["us-2007", "nikkei-1989"])
def test_a_crisis_is_the_same_with_it_and_without(name):
    plain, locked = (
        drill(sheet, course_of(crises()[name]), find_scenario(name), LENDERS, SETTINGS) for sheet in (PLAIN, LOCKED)
    )
    assert (locked.events, locked.payments) == (plain.events, plain.payments)
    assert [(day.cash, day.ltv) for day in locked.days] == [(day.cash, day.ltv) for day in plain.days]


def test_its_dividends_buy_no_month():
    def net(sheet: BalanceSheet) -> float:
        return annual_dividends(sheet, SETTINGS).net

    plain, locked = (
        defend(sheet, LENDERS, SETTINGS, survive_fall=0.3, scenarios=(find_scenario("us-2007"),), dividends=net)
        for sheet in (PLAIN, LOCKED)
    )
    assert net(LOCKED) == pytest.approx(net(PLAIN) + 2e6 * 0.8)
    assert locked.waterfall == plain.waterfall
    assert locked.horizons == plain.horizons


def test_the_cash_asked_for_makes_the_runway_as_long_as_it_says():
    """An overdraft is filled first: 4 · (800,000 + 83,333) + 1,000,000."""
    overdrawn = LOCKED.with_(cash_balances=(replace(LOCKED.cash_balances[0], amount=-1e6), LOCKED.cash_balances[1]))
    runway = Check("runway", "DANGER", 0.0, 4.0, "")
    (advice,) = advise((runway,), overdrawn, stress_test(overdrawn, LENDERS, SETTINGS), LENDERS, SETTINGS)
    assert advice.amount == pytest.approx(4 * (800_000 + 50e6 * 0.02 / 12) + 1e6)
    filled = replace(overdrawn.cash_balances[0], amount=-1e6 + (advice.amount or 0.0))
    assert runway_months(overdrawn.with_(cash_balances=(filled, LOCKED.cash_balances[1])), SETTINGS) == pytest.approx(4)


def test_a_whole_life_counts_it_after_tax():
    plan = plan_from(LOCKED, SETTINGS, LENDERS)
    assert plan.cash == pytest.approx(4.5e6 + 20e6 * (1 - SETTINGS.deferred_tax))
    fund = next(asset for asset in plan.assets if asset.value == 30e6)
    assert (fund.cost, fund.gains_tax) == (0.0, SETTINGS.deferred_tax)
