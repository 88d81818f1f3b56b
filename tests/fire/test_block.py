"""In a large block, in a block of one or by the interpreter, a path is the same path."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alm.fire.engine import BLOCK, run, walk_one
from alm.fire.horizon import Life
from alm.fire.interpreted import outcomes
from alm.fire.kernel import RECORD
from alm.fire.plan import Asset, Flow, Lender, Line, Loan, Market, Plan, Spending, Tier
from alm.settings import WATERFALL_SOURCES
from alm.step.block import RUIN

PATHS = 12
SHARES = st.floats(0.0, 1.0)


@st.composite
def lenders(draw: Any) -> Lender:
    """Thresholds in order; with and without a call, notice, execution days and full liquidation."""
    freeze = draw(st.floats(0.35, 0.65))
    call = freeze + draw(st.floats(0.02, 0.15))
    return Lender(
        freeze_ltv=freeze, call_ltv=draw(st.sampled_from((call, call, None))), forced_ltv=call + draw(st.floats(0.02, 0.15)),
        cure_ltv=freeze - 0.02, cure_days=draw(st.sampled_from((0.0, 5.0, 30.0))),
        forced_days=draw(st.sampled_from((0.0, 5.0))), call_stays_open=draw(st.booleans()),
        full_liquidation=draw(st.booleans()), execution_days=draw(st.sampled_from((0.0, 3.0))),
    )  # fmt: skip


@st.composite
def plans(draw: Any) -> Plan:
    """Households with up to two loans, four assets and two lines, under every rule and model; many of them fail."""
    loans = tuple(
        Loan(
            f"L{i}", draw(st.floats(1e6, 5e7)), draw(st.floats(0.0, 0.05)), draw(st.sampled_from((0.0, 1e5))),
            draw(st.sampled_from(((), (Tier(0.0, 0.04), Tier(2e7, 0.02))))), draw(lenders()),
        )
        for i in range(draw(st.integers(0, 2)))
    )  # fmt: skip
    pledges = ("", *(loan.name for loan in loans))
    assets = tuple(
        Asset(
            f"A{k}", draw(st.floats(1e6, 1e8)), draw(st.floats(1e6, 1e8)),
            kind=draw(st.sampled_from(("equity", "bond", "gold"))), volatility_pa=draw(st.sampled_from((0.0, 0.2, 0.5))),
            dividends_pa=draw(st.sampled_from((0.0, 2e6))), reinvest_yield=0.03, dividend_tax=0.2, gains_tax=0.2,
            pledged_to=draw(st.sampled_from(pledges)), advance_rate=draw(st.sampled_from((1.0, 0.6))),
            pledgeable=draw(st.booleans()),
        )
        for k in range(draw(st.integers(1, 4)))
    )  # fmt: skip
    lines = tuple(
        Line(f"C{j}", draw(st.floats(0.0, 2e7)), 0.0, 0.05, 0.005, draw(st.sampled_from((None, 2.0))))
        for j in range(draw(st.integers(0, 2)))
    )
    rule = draw(st.sampled_from(("constant", "percent", "guyton_klinger", "vpw", "floor_ceiling", "dividends")))
    return Plan(
        years=draw(st.integers(1, 6)), paths=PATHS, seed=draw(st.integers(0, 2**32)),
        steps_per_year=draw(st.sampled_from((12, 12, 1))), spend_at=draw(st.sampled_from(("end",) if rule == "dividends" else ("end", "start"))),
        margin_check=draw(st.sampled_from(("continuous", "step"))), cash=draw(st.floats(0.0, 5e6)),
        cash_rate_pa=draw(st.sampled_from((0.0, 0.01))), reserve_months=draw(st.sampled_from((0.0, 6.0))),
        capitalise_interest=draw(st.booleans()), borrow_to_spend=draw(st.booleans()), pledge_more=draw(st.booleans()),
        waterfall=tuple(draw(st.permutations(WATERFALL_SOURCES))), cash_target=draw(st.sampled_from((0.0, 2e6))),
        surplus=tuple(draw(st.permutations(("repay_line", "repay_loan", "buy"))))[: draw(st.integers(0, 3))],
        rebalance=draw(st.booleans()), assets=assets, loans=loans, lines=lines,
        incomes=(Flow("Work", draw(st.floats(0.0, 8e6)), ends_year=3.0),), lives=draw(st.sampled_from(((), (Life(80.0),)))),
        spending=Spending(
            rule, draw(st.floats(0.0, 1e7)), floor_pa=draw(st.sampled_from((0.0, 1e6))), ceiling_pa=6e6, vpw_years=6.0,
        ),
        market=Market(model=draw(st.sampled_from(("lognormal", "student_t", "regime", "bootstrap", "cohorts")))),
    )  # fmt: skip


def same_alone(plan: Plan, paths: range) -> None:
    """Events of each path to the step, and real net worth at every year end it reaches, alone and among others."""
    worth, first = run(plan, threads=1)
    for path in paths:
        record, alone = walk_one(plan, path)
        np.testing.assert_array_equal(first[path], alone)
        ends = record[plan.steps_per_year - 1 :: plan.steps_per_year]
        real = ends[:, RECORD.index("net_worth")] / ends[:, RECORD.index("prices")]
        for year, value in enumerate(real, 1):
            if worth[year, path] != 0.0 and not np.isnan(worth[year, path]):
                assert worth[year, path] == pytest.approx(value, rel=1e-6, abs=1e-3)


@settings(max_examples=60)
@given(plans())
def test_a_path_among_others_is_the_path_alone(plan: Plan) -> None:
    same_alone(plan, range(0, PATHS, 3))


@settings(max_examples=60)
@given(plans())
def test_a_path_among_others_is_the_path_by_the_interpreter(plan: Plan) -> None:
    """The very functions, compiled and not: the same random numbers, the same fate."""
    _, first = run(plan, threads=1)
    assert [fate for some in outcomes(plan, PATHS) for fate in some] == (first[:PATHS, RUIN] < 0).tolist()


def test_a_path_keeps_its_fate_when_it_moves_into_the_column_of_one_that_ended() -> None:
    # Two lives in three are ruined within the horizon, so columns change hands nearly every year.
    lender = Lender(freeze_ltv=0.6, call_ltv=0.7, forced_ltv=0.85, cure_ltv=0.6)
    plan = Plan(
        years=30, paths=BLOCK + 40, assets=(Asset("Fund", 1e8, 1e8, dividends_pa=3e6, pledged_to="Loan"),),
        loans=(Loan("Loan", 4e7, lender=lender),), lines=(Line("Line", 1e7),), spending=Spending(amount_pa=6e6),
    )  # fmt: skip
    _, first = run(plan, threads=1)
    assert 0.3 < np.mean(first[:, 4] >= 0) < 0.95
    same_alone(plan, range(0, BLOCK + 40, 7))
    same_alone(replace(plan, market=Market(model="regime")), range(3, BLOCK + 40, 41))
    same_alone(replace(plan, market=Market(model="bootstrap")), range(5, BLOCK + 40, 41))
