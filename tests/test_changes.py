"""Why a figure changed: the parts name their cause and add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alm.balance_sheet import BalanceSheet, CashBalance, Quote
from alm.changes import attribute
from tests.households import AS_OF, TAXABLE, holding, reference_household

LATER = AS_OF + timedelta(days=1)


def two_currencies(price: float, rate: float, cash: float, balance: float) -> BalanceSheet:
    sheet = reference_household()
    us = replace(holding("VT", 1), currency="USD", quantity=1_000, price=Quote(price, AS_OF), fx=Quote(rate, AS_OF))
    return sheet.with_(
        holdings=(us,),
        cash_balances=(CashBalance(TAXABLE, "JPY", cash, Quote(1.0, AS_OF)),),
        secured_loans=(replace(sheet.secured_loans[0], balance=balance),),
        fx=(("USD", Quote(rate, AS_OF)),),
    )


def test_a_day_with_every_cause_is_taken_apart_by_hand():
    before = two_currencies(price=100, rate=150, cash=1_000_000, balance=5_000_000)
    after = two_currencies(price=110, rate=140, cash=900_000, balance=4_900_000).with_(as_of=LATER)
    parts = {change.cause: change.amount for change in attribute(before, after, lambda sheet: sheet.net_worth)}
    assert parts == pytest.approx(
        {
            "prices": 1_000 * 10 * 150,
            "exchange rates": 1_000 * 110 * -10,
            "cash": -100_000,
            "loans": 100_000,
        }
    )


def test_a_share_sold_is_a_change_of_holdings_not_of_prices():
    before = two_currencies(100, 150, 1_000_000, 5_000_000)
    after = before.with_(
        holdings=(), cash_balances=(CashBalance(TAXABLE, "JPY", 16_000_000, Quote(1.0, AS_OF)),), as_of=LATER
    )
    parts = {change.cause: change.amount for change in attribute(before, after, lambda sheet: sheet.net_worth)}
    assert parts == {"holdings bought, sold or pledged": -15_000_000, "cash": 15_000_000}


def test_nothing_changed_gives_no_parts():
    sheet = reference_household()
    assert attribute(sheet, sheet.with_(as_of=LATER), lambda s: s.ltv) == ()


amounts = st.floats(min_value=1, max_value=1e7)


@given(amounts, amounts, amounts, amounts, amounts, amounts)
def test_the_parts_always_add_up(price, rate, cash, later_price, later_rate, later_cash):
    before = two_currencies(price, rate, cash, 5_000_000)
    after = two_currencies(later_price, later_rate, later_cash, 4_000_000)
    for figure in (lambda s: s.net_worth, lambda s: s.ltv):
        parts = [change.amount for change in attribute(before, after, figure)]
        # Large parts may cancel to a small sum: rounding is that of the largest.
        largest = max(map(abs, [*parts, figure(before), figure(after)]))
        assert sum(parts) == pytest.approx(figure(after) - figure(before), abs=1e-12 * largest)
