"""The household's own plan: what today's balance sheet becomes in a simulation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from alm.drill import factors
from alm.drill.courses import NO_SHOCK
from alm.drill.prices import largest_share
from alm.errors import BadInput, UnknownName
from alm.fire.household import plan_from
from alm.lenders import profiles
from alm.loans import positions
from alm.settings import Settings
from tests.households import NISA, TAXABLE, holding, reference_household

LENDERS = profiles()


def plan(sheet=None, **settings):
    return plan_from(sheet or reference_household(), replace(Settings(), **settings), LENDERS)


def owing_to(profile, *holdings):
    sheet = reference_household()
    return sheet.with_(
        secured_loans=tuple(replace(loan, profile=profile) for loan in sheet.secured_loans),
        holdings=holdings or sheet.holdings,
    )


def test_the_reference_household_becomes_its_plan():
    found = plan()
    (asset,), (loan,), (line,) = found.assets, found.loans, found.lines
    assert (asset.value, asset.dividends_pa, asset.pledged_to) == (125_000_000, 5_000_000, "Loan")
    assert (loan.balance, loan.rate_pa, loan.lender.call_ltv) == (50_000_000, 0.02, 0.70)
    assert (line.limit, line.drawn) == (10_000_000, 0)
    assert found.spending.amount_pa == 9_600_000
    assert [flow.amount_pa for flow in found.incomes] == [12_000_000]
    assert found.wealth == 79_500_000


def test_holdings_of_a_kind_in_one_place_are_one_asset_and_tax_free_ones_another():
    sheet = reference_household()
    extra = (
        holding("A", 10e6, pledged_to=None),
        holding("B", 5e6, pledged_to=None),
        holding("C", 1e6, pledged_to=None, account=NISA),
    )
    values = sorted(asset.value for asset in plan(sheet.with_(holdings=(*sheet.holdings, *extra))).assets)
    assert values == [1e6, 15e6, 125e6]


def test_a_single_stock_halves_the_room_where_the_lender_says_so():
    """One stock of 70 % or more: freeze and cure at 50 % (jp-cure-60); two equal ones keep 60 %."""
    one = plan(owing_to("jp-cure-60")).loans[0].lender
    two = plan(owing_to("jp-cure-60", holding("A", 62_500_000), holding("B", 62_500_000))).loans[0].lender
    assert (one.freeze_ltv, one.cure_ltv) == (0.50, 0.50)
    assert (two.freeze_ltv, two.cure_ltv) == (0.60, 0.60)


def test_one_stock_in_two_accounts_is_one_issue_for_the_lender_everywhere():
    """70 % of the collateral, half of it in each account, and 30 % of another: freeze at 50 % in plan, stress and drill."""
    other = replace(TAXABLE, name="Second broker")
    sheet = owing_to(
        "jp-cure-60", holding("A", 43_750_000), holding("A", 43_750_000, account=other), holding("B", 37_500_000)
    )
    assert plan(sheet).loans[0].lender.freeze_ltv == 0.50
    assert positions(sheet, profiles())[0].levels.freeze == 0.50
    shares = largest_share(sheet.holdings, NO_SHOCK, factors([0.5], sheet.as_of), "JPY")
    assert shares == pytest.approx([0.70, 0.70])


def test_a_cancellable_line_is_gone_when_it_is_needed():
    sheet = reference_household()
    line = replace(sheet.credit_lines[0], committed=False, drawn=1_000_000.0)
    assert plan(sheet.with_(credit_lines=(line,))).lines[0].limit == 1_000_000


def test_an_unknown_lender_is_named():
    with pytest.raises(UnknownName, match="no lender profile named 'my-bank'"):
        plan(owing_to("my-bank"))


def test_birth_dates_become_the_lives_that_end_the_horizon():
    lives = plan(reference_household(date(2026, 11, 20)), fire_born=("1966-11-20", "1970-05-21")).lives
    assert [life.age for life in lives] == pytest.approx([60.0, 56.5], abs=0.002)
    with pytest.raises(BadInput, match="fire_born: '2030-01-01' is refused: expected a date before 2026-11-20"):
        plan(reference_household(date(2026, 11, 20)), fire_born=("2030-01-01",))
    with pytest.raises(BadInput, match="fire_born: '1966' is refused: expected dates such as 1966-04-01"):
        Settings(fire_born=("1966",))


@pytest.mark.parametrize(("name", "value"), [("fire_model", "gut"), ("fire_parameters", "guessed")])
def test_a_setting_that_names_no_model_or_no_source_is_refused_before_it_is_stored(name, value):
    with pytest.raises(BadInput, match=rf"^{name}: '{value}' is refused: expected one of (lognormal|given), "):
        Settings(**{name: value})
