"""Dividend cuts: what they take, whom they hit, how they end, and the ones that happened."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alm.errors import BadInput, UnknownName
from alm.settings import Settings
from alm.snowball import Policy, crises, cut, find_crisis, project
from tests.snowball.test_household import three_holdings

ALONE = Policy(contribution_monthly=0, reinvest_share=0)
FLAT = Settings(dividend_growth_pa=0.0)


def gross(shock=None, settings=FLAT, years=5):
    return [year.gross for year in project(three_holdings(), settings, ALONE, years=years, cut=shock).years]


def test_thirty_percent_for_two_years():
    assert gross(cut(0.3, 2)) == pytest.approx([574_000, 574_000, 820_000, 820_000, 820_000, 820_000])


def test_the_way_back_in_equal_steps():
    # two years of recovery: 30 %, then 20 % and 10 % below
    assert gross(cut(0.3, 1, recovery_years=2), years=3) == pytest.approx([574_000, 656_000, 738_000, 820_000])


def test_a_cut_is_against_the_trend():
    growing = Settings(dividend_growth_pa=0.10)
    assert gross(cut(0.3, 2), growing, years=2) == pytest.approx([574_000, 631_400, 820_000 * 1.21])


def test_one_ticker():
    assert gross(cut(0.5, 1, tickers=("BBB",)), years=1) == pytest.approx([520_000, 820_000])


def test_one_sector():
    sheet = three_holdings()
    holdings = (replace(sheet.holdings[0], sector="bank"), *sheet.holdings[1:])
    years = project(sheet.with_(holdings=holdings), FLAT, ALONE, years=1, cut=cut(1, 1, sectors=("bank",))).years
    assert [year.gross for year in years] == pytest.approx([720_000, 820_000])


def test_the_cut_and_its_end_are_named_in_the_year_table():
    years = project(three_holdings(), FLAT, ALONE, years=2, cut=cut(0.3, 2)).years
    assert [year.cut for year in years] == pytest.approx([-246_000, 0, 246_000])
    assert [year.organic for year in years] == pytest.approx([0, 0, 0])


def test_the_united_states_after_2008():
    # 22.41 / 28.39 = 78.9 % in the first year; 31.25 / 28.39 is above the level before, and growth resumes from it
    shown = gross(find_crisis("us-2008"), Settings(dividend_growth_pa=0.06), years=5)
    assert shown[0] == pytest.approx(820_000 * 22.41 / 28.39)
    assert shown[1] == pytest.approx(820_000 * 22.73 / 28.39)
    assert shown[2] == pytest.approx(820_000 * 26.43 / 28.39)
    assert shown[3] == pytest.approx(820_000 * 31.25 / 28.39)
    assert shown[4] == pytest.approx(820_000 * 31.25 / 28.39 * 1.06)


def test_a_crisis_never_pays_more_than_no_crisis():
    # without growth, 31.25 against 28.39 would be a rise: it is held at the trend
    assert gross(find_crisis("us-2008"), FLAT)[3:] == pytest.approx([820_000] * 3)


def test_every_crisis_on_record_has_its_source():
    assert set(crises()) == {"us-2008", "uk-2020", "japan-2009"}
    assert all(crisis.source and crisis.title and min(crisis.levels) < 1 for crisis in crises().values())


@pytest.mark.parametrize("size", [-0.1, 1.1, float("nan")])
def test_a_cut_is_a_fraction(size):
    with pytest.raises(BadInput, match="from 0 to 1"):
        cut(size, 2)


def test_unknown_names_are_refused_with_the_known_ones():
    with pytest.raises(UnknownName, match="us-2008"):
        find_crisis("atlantis")
    with pytest.raises(UnknownName, match="AAA, BBB, CCC"):
        gross(cut(0.3, 2, tickers=("ZZZ",)))
