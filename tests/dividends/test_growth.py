"""Growth of dividends follows from total return and yield, unless a figure is stated; and what that does to the demo."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alm.briefing import brief
from alm.dividends import Growth, price_growth
from alm.lenders import profiles
from alm.settings import Settings, parse_settings
from alm.snowball import Policy, growth_sentences, project
from tests.households import reference_household


def test_seven_percent_less_four_is_three():
    assert price_growth(0.07, 0.04) == pytest.approx(0.03)
    # paid in twelve parts: 1.07^(1/12) = 1.00565415, less 0.04 / 12 = 1.00232081, to the twelfth 1.0282
    assert price_growth(0.07, 0.04, 12) == pytest.approx(0.0282, abs=5e-5)


@given(st.floats(-0.3, 0.4), st.floats(0.0, 0.15), st.sampled_from((1, 12, 252)))
def test_growth_and_yield_together_are_the_total_return(total, pays, often):
    """Each part of a year: the value grows by its price growth and pays its part of the yield."""
    part = (1 + price_growth(total, pays, often)) ** (1 / often) + pays / often
    assert part**often == pytest.approx(1 + total)


def test_a_yield_beyond_the_value_is_held_within_what_may_be_stated():
    assert price_growth(0.07, 50.0) == -0.5
    assert price_growth(-0.5, 8.0, 12) == -0.5
    assert price_growth(0.9, 0.0) == 0.5


def test_what_is_stated_beyond_it_is_a_payout_drift():
    assert Growth(0.07, 0.04).drift_pa == 0.0
    stated = Growth(0.07, 0.04, 0.06)
    assert (stated.pa, stated.drift_pa) == (0.06, pytest.approx(0.03))


# --- the setting ------------------------------------------------------------------------------------------------------


def test_an_empty_setting_derives_and_a_figure_states():
    assert parse_settings({"dividend_growth_pa": ""}).dividend_growth_pa is None
    assert parse_settings({"dividend_growth_pa": "0.06"}).dividend_growth_pa == 0.06
    assert parse_settings({"dividend_growth_pa": "0"}).dividend_growth_pa == 0.0


def growth_after_a_year(**rows: str) -> float:
    snowball = project(reference_household(), parse_settings(rows), years=1)
    return snowball.years[1].organic / snowball.years[0].opening


def test_the_snowball_grows_by_it():
    # organic growth is of the units of last year: the holding's 5,000,000 and the little that was bought in it
    assert growth_after_a_year(reinvest_growth_pa="0") == pytest.approx(0.03)
    assert growth_after_a_year(reinvest_growth_pa="0", total_return_pa="0.09") == pytest.approx(0.05)
    assert growth_after_a_year(reinvest_growth_pa="0", dividend_growth_pa="0.06") == pytest.approx(0.06)


def test_what_is_bought_follows_the_same_law_when_nothing_is_stated():
    bought = project(reference_household(), parse_settings({"reinvest_growth_pa": ""}), years=1).bought
    assert (bought.pa, bought.drift_pa) == (pytest.approx(0.07 - 0.045), 0.0)
    assert project(reference_household(), Settings(reinvest_into="same"), years=1).bought is None


def test_every_drift_is_said():
    held, bought = growth_sentences(project(reference_household(), Settings(), years=1))
    assert held == "Dividends held grow 3.0% a year: total return 7.0% less yield 4.0%."
    assert bought == (
        "Dividends of what is bought are stated to grow 0.0% a year; total return 7.0% less yield 4.5% leaves 2.5%: "
        "payouts drift by −2.5 points a year."
    )
    held, _ = growth_sentences(project(reference_household(), Settings(dividend_growth_pa=0.06), years=1))
    assert "stated to grow 6.0%" in held
    assert "payouts drift by 3.0 points" in held
    own = Policy(growth=(("PORT", 0.01),))
    assert "Stated for single holdings: PORT 1.0%." in growth_sentences(project(reference_household(), Settings(), own))


# --- the demo household -----------------------------------------------------------------------------------------------


def crossings_by_hand(years: int = 60) -> tuple[int, int]:
    """(without, with interest): dividends of 5,000,000 spread over the months, 3,864,722.5 of them net, growing 3 %;
    work 1,000,000 a month, spending 800,000 growing 2 %, interest 50,000,000 · 2 % / 12. What is left buys 4.5 %, taxed
    at 20.315 %, not growing; what is lacking comes out of dividends first."""
    owned, first = 0.0, [0, 0]
    interest = 50e6 * 0.02 / 12
    for year in range(years):
        paid = 0.0
        spending = 800_000 * 1.02**year
        for _ in range(12):
            dividends = 3_864_722.5 / 12 * 1.03**year + owned * 0.045 / 12 * 0.79685
            paid += dividends
            owned += max(0.0, dividends + 1_000_000 - spending - interest)
        for k, needs in enumerate((12 * spending, 12 * (spending + interest))):
            first[k] = first[k] or (year if paid >= needs else 0)
    return first[0], first[1]


def test_the_demo_crosses_in_year_29_and_in_32_with_interest(demo):
    """Year 14 needed 6 % of growth; 7 % of total return on a yield of 4 % leaves 3 %."""
    found = project(demo, Settings(), years=60)
    assert found.growth.pa == pytest.approx(0.03)
    assert crossings_by_hand() == (29, 32)
    assert (found.crossover.net, found.crossover.net_after_interest) == (29, 32)
    assert project(demo, Settings(dividend_growth_pa=0.06)).crossover.net == 14


def test_the_briefing_has_both_and_the_ratios_beside_them(demo):
    told = brief(demo, (), Settings(), profiles())
    assert (told.crossover_year, told.crossover_year_before_interest) == (32, 29)
    assert told.fire_ratio_gross == pytest.approx(5_000_000 / 9_600_000)
    assert told.fire_ratio_before_interest == pytest.approx(3_864_722.5 / 9_600_000)
    assert told.fire_ratio_net == pytest.approx(2_864_722.5 / 9_600_000)


def test_the_ratio_is_one_exactly_where_dividends_pay_for_life_and_interest():
    sheet = reference_household()
    enough = replace(sheet.dividends[0], amount=(10_600_000 / 0.79685) / 2_000)
    told = brief(sheet.with_(dividends=(enough, replace(sheet.dividends[1], amount=enough.amount))), (), Settings(), profiles())  # fmt: skip
    assert told.fire_ratio_net == pytest.approx(1.0)
    assert told.fire_ratio_before_interest == pytest.approx(10.6 / 9.6)
