"""Where return and volatility come from, and what a short history is worth."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import get_args

import numpy as np
import pytest

from alm.errors import Infeasible
from alm.fire.attribution import attribute
from alm.fire.engine import success_probability
from alm.fire.parameters import evidence, informed
from alm.fire.plan import MODELS, SOURCES, Asset, Market, Measured, Model, Plan, Source
from alm.fire.plan_file import plan_from_tree, plan_set, plan_tree
from alm.fire.what_if import compare_models, mean_band
from alm.history import annual_history
from tests.fire.plans import reference

TODAY = date(2026, 11, 20)


def measured(years: float, mean: float = 0.05, volatility: float = 0.18) -> Measured:
    return Measured(mean, volatility, TODAY - timedelta(days=round(365.25 * years)), TODAY, "FUND")


def asking(source: str, years: float = 9.0, **more: float) -> Plan:
    plan = reference()
    (asset,) = plan.assets
    return plan_set(
        replace(plan, paths=500, assets=(replace(asset, measured=measured(years, **more)),)),
        {"market.parameters": source},
    )


def test_the_names_are_the_settings_own() -> None:
    assert (get_args(Model), get_args(Source)) == (MODELS, SOURCES)


def test_given_figures_are_the_plans_own() -> None:
    plan = asking("given")
    assert informed(plan) is plan
    (row,) = evidence(plan)
    assert (row.source, row.total_return_pa, row.volatility_pa, row.standard_error) == ("given", 0.07, 0.20, None)


def test_measured_figures_replace_the_given_ones_and_are_known_to_sigma_over_root_years() -> None:
    plan = asking("measured")
    (asset,) = informed(plan).assets
    assert (asset.total_return_pa, asset.volatility_pa) == (0.05, 0.18)
    (row,) = evidence(plan)
    assert (row.first, row.last, row.of) == ("2017-11-20", "2026-11-20", "FUND")
    assert row.standard_error == pytest.approx(0.18 / 3, rel=1e-3)
    assert success_probability(plan) == success_probability(informed(plan)) < success_probability(asking("given"))


def test_estimated_figures_come_with_the_inflation_of_the_same_years() -> None:
    plan = informed(asking("estimated"))
    stocks = np.log1p(annual_history().column("stocks"))
    prices = annual_history().column("inflation")
    assert plan.assets[0].volatility_pa == pytest.approx(stocks.std(ddof=1))
    assert plan.assets[0].total_return_pa == pytest.approx(np.exp(stocks.mean() + stocks.var(ddof=1) / 2) - 1)
    assert plan.market.inflation_pa == pytest.approx(prices.mean())
    assert plan.market.inflation_volatility_pa == pytest.approx(prices.std(ddof=1))
    assert informed(plan) == plan


def test_a_year_of_monthly_history_has_the_inflation_of_the_annual_table() -> None:
    yearly, monthly = (
        evidence(replace(asking("estimated"), market=Market(parameters="estimated", history=name)))[-1]
        for name in ("annual", "monthly")
    )
    whole = annual_history().column("inflation")[: 2017 - 1928 + 1]  # 2018 has eleven months
    assert monthly.total_return_pa == pytest.approx(whole.mean())
    assert (yearly.last, monthly.first, monthly.last) == ("2024", "1928-01", "2018-11")


def test_too_little_history_is_refused_with_what_is_needed_and_what_there_is() -> None:
    with pytest.raises(Infeasible) as refusal:
        informed(asking("measured", years=2.0))
    assert str(refusal.value) == (
        "Portfolio: measuring its return needs 3 years of its own prices, and there are 2.0, 2024-11-20 to 2026-11-20."
    )
    with pytest.raises(Infeasible, match="needs 3 years of its own prices, and there are none"):
        informed(plan_set(reference(), {"market.parameters": "measured"}))


def test_a_small_part_without_history_keeps_what_was_given_and_says_so() -> None:
    plan = asking("measured")
    young = Asset("New", 20e6, 20e6, total_return_pa=0.03, measured=measured(1.0))
    known, given = evidence(replace(plan, assets=(*plan.assets, young)))
    assert (known.source, given.source, given.total_return_pa) == ("measured", "given", 0.03)
    assert given.note.startswith("New: measuring its return needs 3 years")
    with pytest.raises(Infeasible, match=r"^New: measuring"):
        evidence(replace(plan, assets=(*plan.assets, replace(young, value=40e6))))


def test_a_burst_is_not_what_decades_are_simulated_with() -> None:
    with pytest.raises(Infeasible, match="its prices returned 130% a year from 2017-11-20 to 2026-11-20"):
        informed(asking("measured", mean=1.3))


def test_gold_has_no_long_history_and_keeps_what_was_given() -> None:
    gold = Asset("Gold", 1e6, 1e6, kind="gold", total_return_pa=0.04, volatility_pa=0.16)
    row, inflation = evidence(Plan(assets=(gold,), market=Market(parameters="estimated")))
    assert (row.source, row.total_return_pa, inflation.asset) == ("given", 0.04, "inflation")


def test_a_plan_file_carries_all_three_and_chooses_one() -> None:
    plan = asking("measured")
    assert plan_from_tree(plan_tree(plan)) == plan
    assert informed(plan_set(plan, {"market.parameters": "given"})).assets[0].total_return_pa == 0.07


def test_what_is_newly_measured_is_an_assumption_and_what_is_newly_held_a_holding() -> None:
    old, better = asking("measured", mean=0.05), asking("measured", mean=0.06)
    _, _, causes = attribute(old, better)
    assert [cause.name for cause in causes] == ["assumptions"]
    (asset,) = better.assets
    before, after, causes = attribute(old, replace(better, assets=(replace(asset, value=100e6),)))
    assert [cause.name for cause in causes] == ["holdings", "assumptions"]
    assert causes[0].part < 0 < causes[1].part
    assert sum(cause.part for cause in causes) == pytest.approx(after - before, abs=1e-15)


def test_models_are_compared_with_each_source_of_figures() -> None:
    rows = compare_models(asking("given", years=2.0))
    assert [(row.model, row.parameters) for row in rows] == [
        *((model, source) for source in SOURCES for model in ("lognormal", "student_t", "regime")),
        ("bootstrap", "history"),
        ("cohorts", "history"),
    ]
    assert [row.parameters for row in rows if row.mean_band] == ["estimated"]
    refused = [row for row in rows if row.refused]
    assert {row.parameters for row in refused} == {"measured"}
    assert all(row.success_probability is None for row in refused)


def test_a_mean_a_standard_error_lower_or_higher_moves_the_probability_around_its_own() -> None:
    plan = asking("measured")
    low, high = mean_band(plan) or (1.0, 0.0)
    assert low < success_probability(plan) < high
    (asset,) = plan.assets
    lower = replace(asset, measured=replace(asset.measured, total_return_pa=0.05 - evidence(plan)[0].standard_error))
    assert low == success_probability(replace(plan, assets=(lower,)))
    assert mean_band(asking("given")) is None
    assert mean_band(plan_set(plan, {"market.model": "cohorts"})) is None
