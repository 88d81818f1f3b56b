"""What is drawn, against scipy's distributions and arch's bootstrap. Kolmogorov-Smirnov p-values above 1e-4."""

from __future__ import annotations

import numpy as np
import pytest
from arch.bootstrap import StationaryBootstrap, optimal_block_length
from numpy.typing import NDArray
from scipy import stats

from alm.errors import BadInput
from alm.fire.compile import let_compiled_code_call
from alm.fire.draw import draw_year, empty_draws, start_path
from alm.fire.parameters import estimated, measured
from alm.fire.plan import Asset, Correlation, Market, Plan
from alm.fire.plan_file import plan_with
from alm.fire.returns import block_rows, market_rules
from alm.history import annual_history, monthly_history
from alm.step.random import fill_normals, normal, scatter, start_stream, uniform, uniform_at

Floats = NDArray[np.float64]
STOCKS = Asset("Stocks", 1.0, 1.0, total_return_pa=0.07, volatility_pa=0.20)


TOGETHER = 16


def drawn(plan: Plan, paths: int) -> tuple[Floats, Floats]:
    """(log growth (paths, steps, series), price level (paths, steps)), drawn side by side in groups."""
    import numba

    let_compiled_code_call()
    rules, n = market_rules(plan), plan.steps_per_year
    start, year = numba.njit(_start), numba.njit(_year)
    market = empty_draws(rules, TOGETHER)
    growth = np.empty((paths, plan.steps, len(rules.drift)))
    prices = np.empty((paths, plan.steps))
    for first in range(0, paths, TOGETHER):
        count = min(TOGETHER, paths - first)
        for lane in range(count):
            start(rules, np.uint64(plan.seed), np.uint64(first + lane), lane, market)
        for begin in range(0, plan.steps, n):
            year(rules, begin, count, market)
            growth[first : first + count, begin : begin + n] = np.log(market.growth[:, :, :count]).transpose(2, 0, 1)
            prices[first : first + count, begin : begin + n] = market.prices[:, :count].T
    return growth, prices


def _start(rules, seed, path, lane, market):  # type: ignore[no-untyped-def]  # compiled
    start_path(rules, seed, path, lane, market)


def _year(rules, begin, count, market):  # type: ignore[no-untyped-def]  # compiled
    draw_year(rules, begin, count, market)


def random_numbers(count: int, seed: int = 1) -> tuple[Floats, Floats, Floats]:
    """(one by one (4, count), the same paths side by side, uniforms)."""
    import numba

    let_compiled_code_call()

    @numba.njit  # type: ignore[untyped-decorator]
    def make(count, seed):  # type: ignore[no-untyped-def]
        state, streams, words = np.empty(4, np.uint64), np.empty((4, 4), np.uint64), np.empty(4, np.uint64)
        single, filled, flat = np.empty((4, count)), np.empty((count, 4)), np.empty(count)
        for path in range(4):
            start_stream(state, np.uint64(seed), np.uint64(path), np.uint64(0))
            scatter(state, streams, path)
            for i in range(count):
                single[path, i] = normal(state)
        fill_normals(4, filled, streams, words, state)
        for i in range(count):
            flat[i] = uniform_at(np.uint64(seed), np.uint64(i)) if i % 2 else uniform(state)
        return single, filled, flat

    return make(count, seed)  # type: ignore[no-any-return]


def test_normals_are_normal_to_their_tails_and_uniforms_uniform() -> None:
    paths, filled, flat = random_numbers(500_000)
    np.testing.assert_array_equal(paths, filled.T)
    single = paths.ravel()
    assert stats.kstest(single, "norm").pvalue > 1e-4
    assert stats.kstest(flat, "uniform").pvalue > 1e-4
    beyond = np.mean(np.abs(single) > 3.6541528853610088)
    expected = 2 * stats.norm.sf(3.6541528853610088)
    assert beyond == pytest.approx(expected, abs=4 * (expected / len(single)) ** 0.5)


def test_lognormal_growth_has_the_stated_arithmetic_mean_and_volatility() -> None:
    growth, _ = drawn(Plan(years=20, assets=(STOCKS,)), 1_000)
    logs = growth.ravel() * 12**0.5
    drift = (np.log(1.07) - 0.02) / 12**0.5
    assert stats.kstest(logs, stats.norm(drift, 0.20).cdf).pvalue > 1e-4
    years = np.exp(growth.reshape(1_000, 20, 12).sum(axis=2)).ravel()
    assert years.mean() == pytest.approx(1.07, abs=4 * years.std() / len(years) ** 0.5)


def test_student_t_growth_is_scipys_t_with_unit_variance() -> None:
    growth, _ = drawn(Plan(years=20, assets=(STOCKS,), market=Market(model="student_t", freedom=5.0)), 1_000)
    drift, deviation = (np.log(1.07) - 0.02) / 12, 0.20 / 12**0.5
    scale = deviation * (3 / 5) ** 0.5
    assert stats.kstest(growth.ravel(), stats.t(5.0, drift, scale).cdf).pvalue > 1e-4


def test_regimes_keep_the_mean_and_the_volatility_and_fatten_the_tails() -> None:
    growth, _ = drawn(Plan(years=40, assets=(STOCKS,), market=Market(model="regime")), 1_000)
    logs = growth.ravel()
    # Regimes persist, so the mean's error is about twice that of independent months.
    assert logs.mean() == pytest.approx((np.log(1.07) - 0.02) / 12, abs=8 * logs.std() / len(logs) ** 0.5)
    assert logs.std() * 12**0.5 == pytest.approx(0.20, rel=0.02)
    assert stats.kurtosis(logs) > 0.5
    assert stats.skew(logs) < 0


def test_kinds_move_together_as_stated_and_currency_adds_its_own() -> None:
    plan = Plan(
        years=40,
        assets=(STOCKS, Asset("Bonds", 1.0, 1.0, kind="bond", volatility_pa=0.07), Asset("US", 1.0, 1.0, foreign=True)),
        market=Market(correlations=(Correlation("equity", "bond", 0.5),), fx_volatility_pa=0.10),
    )
    growth, _ = drawn(plan, 500)
    flat = growth.reshape(-1, 3)
    matrix = np.corrcoef(flat.T)
    assert matrix[0, 1] == pytest.approx(0.5, abs=0.01)
    assert matrix[0, 2] == pytest.approx(0.20 / 0.05**0.5, abs=0.01)
    assert flat[:, 2].std() * 12**0.5 == pytest.approx(0.05**0.5, rel=0.01)


def test_correlations_that_cannot_hold_together_are_refused() -> None:
    pairs = (Correlation("equity", "bond", 0.9), Correlation("equity", "gold", 0.9), Correlation("bond", "gold", -0.9))
    kinds = tuple(Asset(kind, 1.0, 1.0, kind=kind) for kind in ("equity", "bond", "gold"))  # type: ignore[arg-type]
    with pytest.raises(BadInput, match=r"market\.correlations: expected correlations that can hold together"):
        market_rules(Plan(assets=kinds, market=Market(correlations=pairs)))


def test_cohorts_in_months_reproduce_every_year_exactly() -> None:
    plan = Plan(years=30, assets=(STOCKS,), market=Market(model="cohorts"))
    growth, prices = drawn(plan, 68)
    table = annual_history()
    for start in (0, 1, 38, 67):
        years = np.exp(growth[start, :, 0].reshape(30, 12).sum(axis=1)) - 1
        np.testing.assert_allclose(years, table.column("stocks")[start : start + 30], atol=1e-12)
        levels = np.cumprod(1 + table.column("inflation")[start : start + 30])
        np.testing.assert_allclose(prices[start, 11::12], levels, rtol=1e-12)
    assert growth[0, :12, 0].std() == pytest.approx(0.20 / 12**0.5, rel=0.6), "months inside a year still move"


def test_the_bootstrap_draws_whole_rows_and_agrees_with_arch() -> None:
    past = annual_history()
    bonds = Asset("Bonds", 1.0, 1.0, kind="bond")
    plan = Plan(years=60, steps_per_year=1, assets=(STOCKS, bonds), market=Market(model="bootstrap", block_years=5.0))
    growth, prices = drawn(plan, 3_000)
    stocks, notes = past.column("stocks"), past.column("notes")
    pairs = {(round(float(s), 9), round(float(n), 9)) for s, n in zip(stocks, notes, strict=True)}
    first = np.expm1(growth[:200, 0, :])
    assert all((round(float(s), 9), round(float(n), 9)) in pairs for s, n in first)
    ours = growth[:, :, 0].mean(axis=1).std()
    theirs = StationaryBootstrap(5, np.log1p(stocks), seed=1)
    means = [data[0][0][:60].mean() for data in theirs.bootstrap(3_000)]
    assert ours == pytest.approx(np.std(means), rel=0.08)
    inflation = np.diff(np.log(prices), axis=1)
    lag = np.corrcoef(inflation[:, :-1].ravel(), inflation[:, 1:].ravel())[0, 1]
    own = np.log1p(past.column("inflation"))
    assert lag == pytest.approx(0.8 * np.corrcoef(own[:-1], own[1:])[0, 1], abs=0.04), "4 of 5 neighbours stay together"


def test_the_block_length_is_politis_and_whites() -> None:
    past = annual_history()
    lengths = optimal_block_length(past.rows[:, [0, 2, 4]])["stationary"]
    assert block_rows(Plan(market=Market(model="bootstrap")), past) == pytest.approx(lengths.max())
    assert block_rows(plan_with(Plan(), market__block_years=5.0), past) == 5.0


def test_monthly_history_needs_monthly_steps() -> None:
    plan = Plan(steps_per_year=1, assets=(STOCKS,), market=Market(model="bootstrap", history="monthly"))
    with pytest.raises(BadInput, match="expected annual history with yearly steps"):
        market_rules(plan)


def test_parameters_from_history_and_from_the_households_own_prices() -> None:
    mean, volatility = estimated(annual_history(), "stocks")
    logs = np.log1p(annual_history().column("stocks"))
    assert volatility == pytest.approx(logs.std(ddof=1))
    assert mean == pytest.approx(np.exp(logs.mean() + volatility**2 / 2) - 1)
    assert estimated(monthly_history(), "stocks")[1] == pytest.approx(0.185, abs=0.01)
    closes = 100 * np.exp(np.cumsum(np.tile([0.01, -0.005], 60)))
    mean, volatility = measured(closes, 119 / 12)
    assert volatility == pytest.approx(np.diff(np.log(closes)).std(ddof=1) * 12**0.5)
