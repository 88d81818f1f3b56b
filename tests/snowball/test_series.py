"""The reference series: 5,000,000 growing 6 %, 200,000 a month at 4.5 %, what is bought not growing."""

from __future__ import annotations

import numpy as np
import pytest

from alm.snowball import first_year, series

GROSS = [5_000_000, 5_633_000, 6_312_485, 7_041_627, 7_823_805, 8_662_619]
GROSS += [9_561_905, 10_525_746, 11_558_494, 12_664_780, 13_849_539]
SPENDING = np.full(11, 9_600_000.0)


def reference(**changes: float) -> np.ndarray:
    terms = {"growth_pa": 0.06, "contribution_monthly": 200_000, "bought_yield": 0.045} | changes
    return series(5_000_000, **terms)


def test_the_published_series_to_the_yen():
    assert [round(x) for x in reference()] == GROSS


def test_the_second_year_by_hand():
    # 5,000,000 grows by 300,000; 5,000,000 of dividends and 2,400,000 of contributions buy 4.5 %: 225,000 and 108,000
    assert reference()[1] == pytest.approx(5_000_000 + 300_000 + 225_000 + 108_000, abs=1e-6)
    # and in the third year what was bought does not grow: 5,300,000 · 1.06 + 333,000 + 0.045 · (5,633,000 + 2,400,000)
    assert reference()[2] == pytest.approx(5_618_000 + 333_000 + 361_485, abs=1e-6)


def test_gross_dividends_cross_flat_spending_in_year_seven():
    assert first_year(reference(), SPENDING) == 7


def test_reinvesting_what_tax_leaves_crosses_gross_in_seven_and_net_in_ten():
    gross = reference(tax=0.20315)
    assert round(gross[7]) == 10_023_686
    assert round(gross[10] * (1 - 0.20315)) == 10_329_591
    assert first_year(gross, SPENDING) == 7
    assert first_year(gross * (1 - 0.20315), SPENDING) == 10


def test_buying_every_month_pays_within_the_year_already():
    # each month's purchase pays 1/12 of its yield in every later month of the year: more than buying once at its end
    assert reference(buy_every_months=1)[0] > 5_000_000
    assert (reference(buy_every_months=1) > reference()).all()


def test_what_is_bought_may_grow():
    # the 333,000 bought at the end of year 0 pay 333,000 in year 1 and 6 % more in year 2
    assert reference(bought_growth_pa=0.06)[1] == pytest.approx(5_633_000, abs=1e-6)
    assert reference(bought_growth_pa=0.06)[2] == pytest.approx(5_618_000 + 333_000 * 1.06 + 361_485, abs=1e-6)
