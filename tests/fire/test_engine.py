"""Laws of the engine: what must hold whatever the dice."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alm.errors import Infeasible
from alm.fire.engine import run, simulate, success_probability, walk_one
from alm.fire.horizon import Life
from alm.fire.kernel import RECORD
from alm.fire.plan import MODELS, Asset, Flow, Lender, Line, Loan, Market, Plan, Spending
from alm.fire.plan_file import plan_with
from alm.fire.result import percentiles_of_sorted, standard_error, wilson
from alm.step.block import END, FORCED_SALE, RUIN
from alm.step.intraperiod import lowest_point, out_of_reach, precision
from tests.fire.plans import FLAT, reference

COLUMN = {name: place for place, name in enumerate(RECORD)}
FEW = settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])


def test_the_same_seed_gives_the_same_bits_whatever_the_threads_and_blocks() -> None:
    plan = reference()
    worth, first = run(plan, threads=1, block=2_000)
    for threads, block in ((2, 256), (3, 7)):
        again, firsts = run(plan, threads=threads, block=block)
        np.testing.assert_array_equal(worth, again)
        np.testing.assert_array_equal(first, firsts)


def test_another_seed_gives_other_lives() -> None:
    assert not np.array_equal(run(reference())[0], run(reference(seed=1))[0])


def test_more_paths_keep_the_first_ones() -> None:
    few, many = run(plan_with(reference(), paths=100))[0], run(plan_with(reference(), paths=300))[0]
    np.testing.assert_array_equal(few, many[:, :100])


@given(st.floats(0.2, 3.0), st.floats(1.0, 1.5))
@FEW
def test_success_never_rises_with_spending(amount: float, factor: float) -> None:
    plan = replace(reference(), paths=300)
    less = run(plan_with(plan, spending__amount_pa=5e6 * amount))[1][:, RUIN] < 0
    more = run(plan_with(plan, spending__amount_pa=5e6 * amount * factor))[1][:, RUIN] < 0
    assert more.mean() <= less.mean()


@given(st.floats(0.5, 20.0), st.floats(1.0, 2.0))
@FEW
def test_success_never_falls_with_wealth(millions: float, factor: float) -> None:
    def plan(value: float) -> Plan:
        return Plan(paths=300, assets=(Asset("A", value, value),), spending=Spending(amount_pa=400_000))

    assert success_probability(plan(millions * 1e6 * factor)) >= success_probability(plan(millions * 1e6))


@given(st.floats(1e-3, 1e3))
@FEW
def test_scaling_every_amount_scales_every_answer(scale: float) -> None:
    def scaled(by: float) -> Plan:
        plan = replace(reference(), paths=200)
        asset, loan, line, work = plan.assets[0], plan.loans[0], plan.lines[0], plan.incomes[0]
        return replace(
            plan, cash=plan.cash * by, cash_target=plan.cash_target * by,
            assets=(replace(asset, value=asset.value * by, cost=asset.cost * by, dividends_pa=asset.dividends_pa * by),),
            loans=(replace(loan, balance=loan.balance * by),), lines=(replace(line, limit=line.limit * by),),
            incomes=(replace(work, amount_pa=work.amount_pa * by),),
            spending=replace(plan.spending, amount_pa=plan.spending.amount_pa * by),
        )  # fmt: skip

    base, other = simulate(scaled(1.0)), simulate(scaled(scale))
    assert other.success_probability == pytest.approx(base.success_probability, abs=0.0051)
    np.testing.assert_allclose(other.fan[1], base.fan[1] * scale, rtol=1e-5)


def test_every_month_rolls_forward_to_the_next() -> None:
    # Net worth at the end = at the start + returns + net dividends + income - spending - interest, in every month
    # without sales: no tax and no cost then. Dividends leave the price, so they only move.
    plan = Plan(
        years=3, paths=1, seed=3, cash=50.0, cash_target=1e9,
        assets=(Asset("A", 100.0, 100.0, dividends_pa=4.0, dividend_tax=0.2),),
        incomes=(Flow("Work", 12.0),), spending=Spending(amount_pa=9.0), market=FLAT,
    )  # fmt: skip
    record, _ = walk_one(plan, 0)
    assets, cash = record[:, COLUMN["assets"]], record[:, COLUMN["cash"]]
    dividends = record[:, COLUMN["dividends"]]
    before = np.concatenate([[50.0], cash[:-1]])
    np.testing.assert_allclose(cash - before - dividends - 1.0 + 0.75, 0.0, atol=1e-12)
    np.testing.assert_allclose(record[:, COLUMN["net_worth"]], assets + cash, atol=1e-12)


@given(st.floats(0.0, 2.0), st.floats(-0.5, 0.5), st.floats(0.01, 0.3), st.floats(1e-12, 1.0, exclude_max=True))
def test_what_is_out_of_reach_is_never_crossed(gap: float, end: float, deviation: float, u: float) -> None:
    # The barrier lies `gap` below the lower end of the bridge; crossed means its drawn lowest point is at or below it.
    barrier = min(0.0, end) - gap
    if out_of_reach(gap, deviation**-2, u):
        assert lowest_point(end, deviation, u) > barrier


@given(
    st.lists(st.tuples(st.floats(1.0, 100.0), st.floats(0.5, 1.6), st.floats(0.01, 0.3)), min_size=1, max_size=4),
    st.floats(-1.0, 1.0), st.floats(0.3, 1.2), st.floats(1e-12, 1.0, exclude_max=True),
)  # fmt: skip
def test_a_whole_that_is_out_of_reach_is_never_crossed(
    parts: list[tuple[float, float, float]], moving: float, ltv: float, u: float
) -> None:
    # Whatever the correlation, the whole deviates no more than its parts together; `moving` 1 is all of that.
    market, ended, widest = (sum(v * x for v, x in zip((p[0] for p in parts), column, strict=True)) for column in
                             ([1.0] * len(parts), [p[1] for p in parts], [p[2] for p in parts]))  # fmt: skip
    debt, lower = ltv * market * 0.6, market * 0.6 * min(market, ended) / market
    if debt < lower and out_of_reach(1.0 - debt / lower, precision(market, widest, 1.0), u):
        lowest = lowest_point(math.log(ended / market), abs(moving) * widest / market, u)
        assert math.exp(lowest) * market * 0.6 > debt


def test_total_return_is_paid_once_dividends_or_not() -> None:
    def net_worth(dividends: float) -> float:
        asset = Asset("A", 100.0, 100.0, dividends_pa=dividends, volatility_pa=0.0)
        market = Market(inflation_pa=0.0, inflation_volatility_pa=0.0, dividend_growth_volatility_pa=0.0)
        plan = Plan(years=1, paths=1, steps_per_year=1, surplus=(), assets=(asset,), market=market)
        return float(walk_one(plan, 0)[0][0, COLUMN["net_worth"]])

    assert net_worth(0.0) == pytest.approx(107.0)
    assert net_worth(5.0) == pytest.approx(107.0)


def test_a_margin_call_sells_exactly_what_cures_it() -> None:
    # One year, -50 % for certain: 125 falls to 62.5 against 50, LTV 80 %. Selling 31.25 cures to 60 %.
    asset = Asset("A", 125.0, 125.0, total_return_pa=-0.5, volatility_pa=0.0, pledged_to="L")
    lender = Lender(call_ltv=0.7, settlement_days=0.0)
    plan = Plan(
        years=1, paths=1, steps_per_year=1, margin_check="step", sale_cost=0.0, surplus=(), market=FLAT,
        assets=(asset,), loans=(Loan("L", 50.0, 0.0, lender=lender),),
    )  # fmt: skip
    record, first = walk_one(plan, 0)
    assert record[0, COLUMN["assets"]] == pytest.approx(31.25)
    assert record[0, COLUMN["loans"]] == pytest.approx(18.75)
    assert first[FORCED_SALE] == 0
    with_cash = walk_one(replace(plan, cash=12.5), 0)
    assert with_cash[0][0, COLUMN["loans"]] == pytest.approx(37.5)
    assert with_cash[1][FORCED_SALE] == -1


def test_a_line_pays_a_call_before_anything_pledged_is_sold() -> None:
    asset = Asset("A", 125.0, 125.0, total_return_pa=-0.5, volatility_pa=0.0, pledged_to="L")
    plan = Plan(
        years=1, paths=1, steps_per_year=1, margin_check="step", surplus=(), market=FLAT, assets=(asset,),
        loans=(Loan("L", 50.0, 0.0, lender=Lender(call_ltv=0.7)),), lines=(Line("S", 20.0, rate_pa=0.0),),
    )  # fmt: skip
    record, first = walk_one(plan, 0)
    assert record[0, COLUMN["lines"]] == pytest.approx(12.5)
    assert first[FORCED_SALE] == -1


def test_lives_end_the_horizon() -> None:
    certain = Plan(years=40, paths=500, assets=(Asset("A", 1.0, 1.0),), lives=(Life(90.0, deaths=(0.3,)),))
    _, first = run(certain)
    lived = first[:, END] / 12
    # Deaths at a constant force of −ln 0.7 a year: the mean is 1 / 0.3567 = 2.80 years, deviation the same.
    assert lived.mean() == pytest.approx(2.80 + 1 / 24, abs=4 * 2.8 / 500**0.5)
    assert np.isnan(simulate(certain).fan[40]).any() or lived.max() >= 40


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    # 95 % intervals of 200 seeds; the truth from 40,000 lives. Binomial error of the coverage 0.0154: 4 of them.
    plan = Plan(years=20, paths=100, assets=(Asset("A", 1.0, 1.0),), spending=Spending(amount_pa=0.055), market=FLAT)
    truth = success_probability(replace(plan, paths=40_000, seed=999_999))
    intervals = [simulate(replace(plan, seed=seed)).interval for seed in range(200)]
    assert np.mean([low <= truth <= high for low, high in intervals]) == pytest.approx(0.95, abs=4 * 0.0154)


def test_wilson_and_standard_error_by_hand() -> None:
    # 8 of 10: centre (0.8 + 0.19207) / 1.38415 = 0.71674, half width 0.22659 (Wilson 1927, z = 1.959964).
    assert standard_error(0.8, 10) == pytest.approx(0.126491, abs=1e-6)
    assert wilson(0.8, 10) == (pytest.approx(0.49016, abs=1e-5), pytest.approx(0.94332, abs=1e-5))
    assert wilson(1.0, 100)[1] == 1.0
    assert wilson(1.0, 100)[0] < 0.97


def test_percentiles_are_numpys() -> None:
    values = np.random.default_rng(1).normal(size=1_001).astype(np.float32)
    expected = np.percentile(values, [5, 25, 50, 75, 95])
    np.testing.assert_allclose(percentiles_of_sorted(np.sort(values)), expected, rtol=1e-6)


def test_the_fan_and_the_paths_it_names() -> None:
    plan = reference()
    worth, first = run(plan)
    result = simulate(plan)
    np.testing.assert_allclose(result.fan[40], np.percentile(worth[40], [5, 25, 50, 75, 95]), rtol=1e-5, atol=1.0)
    assert result.fan[0].tolist() == pytest.approx([79.5e6] * 5)
    record, _ = walk_one(plan, result.median_path)
    final = record[-1, COLUMN["net_worth"]] / record[-1, COLUMN["prices"]]
    assert (0.0 if np.isnan(final) else final) == pytest.approx(float(worth[40, result.median_path]), rel=1e-6)
    assert result.first_failing_path == int(np.flatnonzero(first[:, RUIN] >= 0)[0])
    assert result.ruin_years.sum() == pytest.approx(result.p_ruin)
    assert result.by_year.ruin[-1] == pytest.approx(1 - result.success_probability)


def test_any_number_of_assets_loans_and_lines_is_simulated() -> None:
    """Sixty assets with sixty advance rates, twelve loans, ten lines: the same answer as when they are one of each."""
    loans = tuple(Loan(f"L{i}", 1e4, lender=Lender(call_ltv=0.7)) for i in range(12))
    assets = tuple(
        Asset(f"A{n}", 2e6, 2e6, pledged_to=f"L{n // 5}", advance_rate=1.0 - n * 1e-9, gains_tax=0.2) for n in range(60)
    )
    lines = tuple(Line(f"C{j}", 1e5) for j in range(10))
    many = Plan(years=20, paths=300, assets=assets, loans=loans, lines=lines, spending=Spending(amount_pa=8e6))
    one = replace(
        many, assets=(Asset("A", 120e6, 120e6, pledged_to="L", gains_tax=0.2),),
        loans=(Loan("L", 12e4, lender=Lender(call_ltv=0.7)),), lines=(Line("C", 1e6),),
    )  # fmt: skip
    ends, alone = run(many)[1][:, RUIN], run(one)[1][:, RUIN]
    assert np.abs(ends - alone).max() <= 2  # loan by loan the last of a portfolio is released in other amounts
    assert (ends < 0).tolist() == (alone < 0).tolist()


def test_a_horizon_longer_than_history_has_no_cohort() -> None:
    with pytest.raises(Infeasible, match="The annual history has 97 years, fewer than the plan's 98"):
        simulate(Plan(years=98, market=Market(model="cohorts")))


@pytest.mark.parametrize("model", MODELS)
def test_one_machine_code_serves_every_plan(model: str) -> None:
    """Another kind of argument than the one compiled for would be refused before it is read."""
    for plan in (reference(), Plan()):
        worth, _ = run(replace(plan, paths=10, market=replace(plan.market, model=model)))
        assert np.isfinite(worth).all()
