"""One waterfall, whoever asks: the row of the grid, the scenario, month 0 of the defence and the fire drill."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alm.balance_sheet import BalanceSheet
from alm.defence import who_pays
from alm.drill import Crisis, course_of, drill
from alm.lenders import profiles
from alm.scenarios import fall, stressed
from alm.settings import WATERFALL_SOURCES, Settings
from alm.stress import outcome, stress_test
from tests.households import NISA, holding, reference_household

LENDERS = profiles()
ORDERS = st.permutations(WATERFALL_SOURCES).map(tuple)
AMOUNTS = st.floats(0.0, 20e6)


def household(cash: float, line: float, spare: float, gain: float) -> BalanceSheet:
    """The reference debts with nothing coming in or going out; unpledged holdings, one of them tax-free, and gains."""
    sheet = reference_household()
    return sheet.with_(
        holdings=(
            holding("A", 125e6, cost=125e6 * (1 - gain)),
            holding("C", spare, cost=spare * (1 - gain), pledged_to=None),
            holding("D", spare / 2, cost=spare * (1 - gain) / 2, pledged_to=None, account=NISA),
        ),
        cash_balances=tuple(replace(x, amount=cash) for x in sheet.cash_balances),
        secured_loans=tuple(replace(x, rate_pa=0.0) for x in sheet.secured_loans),
        credit_lines=tuple(replace(x, limit=line, rate_pa=0.0) for x in sheet.credit_lines),
        incomes=(), expenses=(), dividends=(),
    )  # fmt: skip


@settings(max_examples=40)
@given(ORDERS, AMOUNTS, AMOUNTS, st.floats(1e6, 30e6), st.floats(-0.2, 0.8), st.floats(0.43, 0.52))
def test_a_call_is_cured_by_the_same_sources(
    order: tuple[str, ...], cash: float, line: float, spare: float, gain: float, depth: float
) -> None:
    """One day falls from below the call to below the forced sale: row, scenario, month and drill pay the same."""
    chosen = Settings(waterfall_order=order, living_reserve_months=0.0)
    sheet = household(cash, line, spare, gain)
    closes = ((date(2024, 8, 2), 1.0), (date(2024, 8, 5), 1 - depth), (date(2024, 8, 20), 1 - depth))
    found = drill(
        sheet, course_of(Crisis("crash", "One day", "invented", "XJPX", closes)), fall(depth), LENDERS, chosen
    )
    row = stress_test(sheet, LENDERS, chosen, step=depth, max_fall=depth).grid[0].sources
    paid = {p.source: p.amount for p in found.payments if p.purpose == "lender"}
    expected = {"cash": row.cash, "credit_line": row.credit_line, "unpledged_sale": row.unpledged_sale, "pledged_sale": row.pledged_sale}  # fmt: skip
    scenario, month = (
        outcome(sheet, LENDERS, chosen, (fall(depth),)),
        who_pays(stressed(sheet, fall(depth)), LENDERS, chosen)[0],
    )
    for source, amount in expected.items():
        assert getattr(scenario.sources, source) == pytest.approx(amount, rel=1e-8, abs=0.01), source
        assert getattr(month.paid, source) == pytest.approx(amount, rel=1e-8, abs=0.01), source
        # What is sold divides by a difference of ratios, which enlarges the rounding of the drill's prices.
        assert paid.get(source, 0.0) == pytest.approx(amount, rel=1e-8, abs=0.01), source
