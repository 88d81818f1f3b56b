"""Scenarios: pure shocks of the balance sheet, and the files they are read from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alm.balance_sheet import CashBalance, CreditLine, Dividend, Quote, RateTier, SecuredLoan
from alm.errors import BadInput, UnknownName
from alm.scenarios import Scenario, fall, find_scenario, library, load_scenario, shocks, stressed
from tests.households import AS_OF, TAXABLE, holding, reference_household

DOLLARS = holding("VT", 15_000_000, cost=9_000_000, currency="USD", fx=150.0, dividend_yield_assumed=0.02)


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_uniform_fall_halves_every_price_and_nothing_else() -> None:
    sheet = reference_household()
    after = stressed(sheet, fall(0.5))
    assert after.collateral_value == 62_500_000
    assert after.cash == sheet.cash
    assert after.secured_debt == 50_000_000
    assert after.ltv == 0.8
    assert sheet.collateral_value == 125_000_000, "the sheet itself is never changed"


def test_the_fall_of_a_ticker_beats_its_class_which_beats_the_rest() -> None:
    sheet = reference_household().with_(
        holdings=(holding("A", 100.0), holding("B", 100.0), holding("C", 100.0, asset_class="gold"))
    )
    shock = Scenario("x", fall=0.1, by_class=(("equity", 0.4),), by_ticker=(("B", 0.75),))
    assert [h.value for h in stressed(sheet, shock).holdings] == pytest.approx([60.0, 25.0, 90.0])


def test_a_stronger_yen_shrinks_foreign_assets_cash_and_debts_but_not_what_was_paid() -> None:
    sheet = reference_household().with_(
        holdings=(DOLLARS,),
        cash_balances=(CashBalance(TAXABLE, "USD", 1_000.0, Quote(150.0, AS_OF)),),
        secured_loans=(SecuredLoan("Dollar loan", 3_000_000.0, 60_000.0, 0.05, "standard-60-70-85", "USD"),),
        fx=(("USD", Quote(150.0, AS_OF)),),
    )
    after = stressed(sheet, Scenario("yen", base_strength=0.2))
    assert after.holdings[0].value == pytest.approx(12_000_000)
    assert after.holdings[0].cost == pytest.approx(9_000_000)
    assert after.cash == pytest.approx(120_000)
    assert after.secured_debt == pytest.approx(2_448_000)
    assert dict(after.fx)["USD"].value == pytest.approx(120.0)
    assert stressed(sheet, Scenario("euro", fx=(("EUR", 0.9),))).holdings[0].value == pytest.approx(15_000_000)


def test_shares_that_fell_keep_the_dividends_that_were_not_cut() -> None:
    sheet = reference_household().with_(holdings=(DOLLARS,), dividends=(Dividend("VT", AS_OF, AS_OF, 2.0, "USD"),))
    after = stressed(sheet, Scenario("cut", fall=0.5, dividend_cut=0.3))
    assert after.dividends[0].amount == pytest.approx(1.4)
    assert after.holdings[0].value * (after.holdings[0].dividend_yield_assumed or 0) == pytest.approx(210_000)
    wiped = stressed(sheet, fall(1.0))
    assert wiped.holdings[0].dividend_yield_assumed == 0.0


def test_income_lines_rates_and_advance_rates() -> None:
    sheet = reference_household()
    loan = replace(sheet.secured_loans[0], tiers=(RateTier(0.0, 0.03), RateTier(10_000_000.0, 0.02)))
    sheet = sheet.with_(secured_loans=(loan,), credit_lines=(CreditLine("Line", 10_000_000.0, 2_000_000.0, 0.03),))
    shock = Scenario(
        "all", rate_bp=300, income_loss=0.6, spending_rise=0.1, line_cut=0.75, advance_rate_cut=0.2, fall=0.0
    )
    after = stressed(sheet, shock)
    assert after.secured_loans[0].rate_pa == pytest.approx(0.05)
    assert [tier.rate_pa for tier in after.secured_loans[0].tiers] == pytest.approx([0.06, 0.05])
    assert after.income_monthly() == pytest.approx(400_000)
    assert after.spending_monthly() == pytest.approx(880_000)
    assert (after.credit_lines[0].undrawn, after.credit_lines[0].drawn) == (2_000_000, 2_000_000)
    assert after.credit_lines[0].rate_pa == pytest.approx(0.06)
    assert after.holdings[0].advance_rate == pytest.approx(0.8)


def test_several_scenarios_at_once_compound() -> None:
    after = stressed(reference_household(), fall(0.5), fall(0.2), Scenario("no line", line_cut=1.0))
    assert after.collateral_value == pytest.approx(50_000_000)
    assert after.credit_lines[0].undrawn == 0


@given(st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=50)
def test_a_deeper_fall_never_lowers_the_margin_ratio(one: float, other: float) -> None:
    sheet = reference_household()
    shallow, deep = sorted((one, other))
    assert stressed(sheet, fall(shallow)).ltv <= stressed(sheet, fall(deep)).ltv


def test_no_scenario_invents_a_missing_price() -> None:
    sheet = reference_household().with_(holdings=(replace(DOLLARS, price=None, fx=None),))
    assert stressed(sheet, fall(0.5)).missing == ("no price for VT", "no exchange rate for USD")


# The largest falls of the dated library, as published: peak to trough closes.
LIBRARY = {
    "us-1929": 0.862, "us-1973": 0.482, "us-1987": 0.335, "us-2000": 0.491, "us-2007": 0.568, "us-2020": 0.339,
    "us-2022": 0.254, "nikkei-1989": 0.819, "nikkei-2008": 0.473, "nikkei-2024": 0.255, "nikkei-2024-day": 0.124,
}  # fmt: skip


@pytest.mark.parametrize(("name", "size"), LIBRARY.items())
def test_the_library_holds_the_dated_crises(name: str, size: float) -> None:
    crisis = find_scenario(name)
    assert crisis.fall == size
    assert "closes" in crisis.source
    assert stressed(reference_household(), crisis).collateral_value == pytest.approx(125_000_000 * (1 - size))


def test_every_scenario_of_the_library_has_a_title_a_source_and_a_shock() -> None:
    assert len(library()) >= len(LIBRARY) + 6
    for scenario in library().values():
        assert scenario.title
        assert scenario.source
        assert shocks(scenario)


def test_a_user_file_says_everything_at_once(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        'title = "Mine"\nfall = 0.4\nrate_bp = 100\n[by_class]\nbond = 0.05\n[by_ticker]\n"7203" = 0.6\n[fx]\nUSD = 0.2\n',
    )
    mine = load_scenario(path)
    assert mine == Scenario(
        "mine",
        "Mine",
        fall=0.4,
        rate_bp=100.0,
        by_class=(("bond", 0.05),),
        by_ticker=(("7203", 0.6),),
        fx=(("USD", 0.2),),
    )
    assert find_scenario(str(path)) == mine
    assert library(tmp_path)["mine"] == mine
    assert shocks(mine) == {
        "fall": 0.4, "by_class": {"bond": 0.05}, "by_ticker": {"7203": 0.6}, "fx": {"USD": 0.2}, "rate_bp": 100.0
    }  # fmt: skip


REFUSED = [
    ("fal = 0.5", "mine.toml, key: 'fal' is refused: expected one of the keys title, source, fall"),
    ("fall = 1.2", "mine.toml, fall: '1.2' is refused: expected a number from -10 to 1."),
    ("fall = nan", "mine.toml, fall: 'nan' is refused: expected a number from -10 to 1."),
    ('fall = "50%"', "mine.toml, fall: '50%' is refused: expected a number from -10 to 1."),
    ("line_cut = true", "mine.toml, line_cut: 'True' is refused: expected a number from 0 to 1."),
    ("title = 3", "mine.toml, title: '3' is refused: expected text in quotes."),
    ("fx = 0.2", "mine.toml, fx: '0.2' is refused: expected a table such as [fx]."),
    ("[fx]\nusd = 0.2", "mine.toml, fx: 'usd' is refused: expected an ISO currency code."),
    ("[by_class]\nshares = 0.2", "mine.toml, by_class: 'shares' is refused: expected one of equity, bond"),
    ("[by_class]\nbond = 2", "mine.toml, by_class.bond: '2' is refused: expected a number from -10 to 1."),
    ("fall = ", "mine.toml: expected valid TOML"),
]


@pytest.mark.parametrize(("text", "sentence"), REFUSED)
def test_a_bad_file_is_refused_in_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(BadInput) as refusal:
        load_scenario(written(tmp_path, text))
    assert str(refusal.value).startswith(sentence)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UnknownName, match=r"no scenario named 'us-2088'; known: .*us-2007"):
        find_scenario("us-2088")
    with pytest.raises(BadInput, match="expected a file that exists"):
        find_scenario("nowhere.toml")
