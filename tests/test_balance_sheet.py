"""The balance sheet adds up, and refuses to add what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alm.balance_sheet import BalanceSheet, CashBalance, Quote
from alm.errors import MissingValue
from tests.households import AS_OF, TAXABLE, holding, reference_household


def test_the_reference_household_adds_up():
    sheet = reference_household()
    assert sheet.portfolio_value == 125_000_000
    assert sheet.cash == 4_500_000
    assert sheet.debt == 50_000_000
    assert sheet.net_worth == 79_500_000
    assert sheet.ltv == 0.4


def test_shares_of_50_000_with_a_margin_debit_of_10_000_are_worth_40_000():
    sheet = BalanceSheet(
        AS_OF,
        "JPY",
        holdings=(holding("X", 50_000, pledged_to=None),),
        cash_balances=(CashBalance(TAXABLE, "JPY", -10_000, Quote(1, AS_OF)),),
    )
    assert sheet.net_worth == 40_000


def test_a_fund_is_priced_per_10_000_units_and_converted():
    fund = replace(holding("F", 1), quantity=2_000_000, price=Quote(15_000, AS_OF), price_unit=10_000)
    assert fund.value == 3_000_000
    assert replace(fund, currency="USD", fx=Quote(150, AS_OF)).value == 450_000_000


def test_a_missing_price_is_named_and_never_counted():
    sheet = reference_household()
    broken = sheet.with_(holdings=(replace(sheet.holdings[0], price=None),))
    assert broken.missing == ("no price for PORT",)
    with pytest.raises(MissingValue, match="No price for PORT"):
        _ = broken.portfolio_value
    with pytest.raises(MissingValue, match="No price for PORT"):
        broken.require_complete()


def test_an_old_price_is_named_with_its_age():
    sheet = reference_household()
    old = replace(sheet.holdings[0], price=Quote(125_000, AS_OF - timedelta(days=6)))
    assert sheet.with_(holdings=(old,)).stale(5) == ("PORT is 6 days old",)
    assert sheet.with_(holdings=(old,)).stale(6) == ()
