"""One household has one income from dividends: the snowball's, the plan's and the drill's are the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alm.balance_sheet import Account, BalanceSheet, CashFlow, Dividend, Quote
from alm.dividends import annual_dividends
from alm.drill import course_of, drill, find_crisis
from alm.fire.household import grouped, plan_from
from alm.lenders import profiles
from alm.scenarios import find_scenario
from alm.settings import Settings
from tests.households import AS_OF, holding

LENDERS = profiles()
SPECIAL = Dividend("DEMO-JEQ", date(2026, 9, 10), date(2026, 10, 8), 500.0, "JPY", special=True)


def planned(sheet: BalanceSheet, rules: Settings) -> tuple[float, float]:
    """(gross, net) of a year's dividends as the plan has them."""
    assets = plan_from(sheet, rules, LENDERS).assets
    return sum(a.dividends_pa for a in assets), sum(a.dividends_pa * (1 - a.dividend_tax) for a in assets)


def test_a_special_dividend_is_nobodys_yearly_income(demo):
    """500 per unit once, on 8,000 units: 4,000,000 that come once and never again."""
    paid = demo.with_(dividends=(*demo.dividends, SPECIAL))
    assert annual_dividends(paid, Settings()).gross == pytest.approx(5_000_000, abs=1e-6)
    assert planned(paid, Settings())[0] == pytest.approx(5_000_000, abs=1e-6)
    assert annual_dividends(paid, Settings()).specials == (SPECIAL,)


def test_a_special_dividend_leaves_the_drill_as_it_was(demo):
    """Without work income the household lives on its cash, and every dividend counts."""
    poorer = demo.with_(incomes=(), cash_balances=demo.cash_balances[:1])
    without, beside = (
        drill(sheet, course_of(find_crisis("nikkei-2008")), find_scenario("nikkei-2008"), LENDERS, Settings())
        for sheet in (poorer, poorer.with_(dividends=(*poorer.dividends, SPECIAL)))
    )
    assert beside == without
    assert any(payment.source == "dividends" and payment.amount > 0 for payment in without.payments)


# --- any household ----------------------------------------------------------------------------------------------------

ACCOUNTS = tuple(Account(name, country="JP", tax_treatment=name) for name in ("taxable", "tax_free", "deferred"))  # type: ignore[arg-type]
FX = {"JPY": 1.0, "USD": 150.0, "GBP": 190.0}


@st.composite
def households(draw: st.DrawFn) -> BalanceSheet:
    """Up to five tickers in three kinds of accounts, quoted and paying in three currencies, from three countries."""
    held, dividends = [], []
    for number in range(draw(st.integers(1, 5))):
        ticker, quoted = f"T{number}", draw(st.sampled_from(tuple(FX)))
        held.append(
            replace(
                holding(
                    ticker, draw(st.floats(1e5, 1e8)), account=draw(st.sampled_from(ACCOUNTS)), pledged_to=None,
                    currency=quoted, fx=FX[quoted], country=draw(st.sampled_from(("", "JP", "US", "GB"))),
                    asset_class=draw(st.sampled_from(("equity", "fund", "bond", "gold"))),
                    dividend_yield_assumed=draw(st.sampled_from((None, 0.0, 0.03))),
                ),
                price_unit=draw(st.sampled_from((1.0, 10_000.0))),
            )
        )  # fmt: skip
        for turn in range(draw(st.sampled_from((0, 0, 2, 8)))):
            ex = AS_OF + timedelta(days=60 - 91 * turn)
            dividends.append(
                Dividend(
                    ticker, ex, ex + timedelta(days=30), draw(st.floats(0.1, 50)),
                    draw(st.sampled_from((quoted, *FX))), projected=ex > AS_OF, special=draw(st.booleans()),
                )
            )  # fmt: skip
    return BalanceSheet(
        AS_OF, "JPY", holdings=tuple(held), expenses=(CashFlow("Living", 1e5),), dividends=tuple(dividends),
        fx=tuple((name, Quote(rate, AS_OF)) for name, rate in FX.items() if name != "JPY"),
    )  # fmt: skip


RULES = st.builds(
    Settings,
    foreign_tax_credit=st.booleans(),
    withholding_by_country=st.sampled_from(((), ("GB 0",), ("US 0.3", "GB 0.15"))),
    deferred_tax=st.sampled_from((0.0, 0.2)),
)


@settings(max_examples=100, deadline=None)
@given(households(), RULES)
def test_the_plan_has_the_snowballs_dividends_gross_and_net(sheet, rules):
    income = annual_dividends(sheet, rules)
    gross, net = planned(sheet, rules)
    assert gross == pytest.approx(income.gross, rel=1e-12, abs=1e-6)
    assert net == pytest.approx(income.net, rel=1e-11, abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(households(), RULES)
def test_each_asset_of_the_plan_pays_what_its_own_holdings_pay(sheet, rules):
    paid = dict(zip(sheet.holdings, annual_dividends(sheet, rules).holdings, strict=True))
    for asset, group in zip(plan_from(sheet, rules, LENDERS).assets, grouped(sheet), strict=True):
        assert asset.dividends_pa == pytest.approx(sum(paid[h].gross for h in group), abs=1e-6)


def test_what_does_not_pay_yet_is_taxed_as_its_dividends_will_be():
    """A US fund in a taxable account that pays nothing: bought with surplus it will pay, less 10 % and 20.315 %."""
    fund = holding("FUND", 1e6, pledged_to=None, currency="USD", fx=150.0, country="US")
    (asset,) = plan_from(BalanceSheet(AS_OF, "JPY", holdings=(fund,)), Settings(), LENDERS).assets
    assert (asset.dividends_pa, asset.dividend_tax) == (0.0, pytest.approx(1 - 0.9 * 0.79685))
