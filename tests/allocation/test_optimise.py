"""Optimisers against closed forms, and the bootstrap that says how little they know."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alm.allocation.optimise import (
    Estimate,
    efficient,
    estimate,
    frontier,
    min_variance,
    redraw,
    risk_parity,
    uncertain,
)
from alm.allocation.suggestions import suggest
from alm.errors import Infeasible

UNRELATED = Estimate(np.array([0.03, 0.05, 0.08]), np.diag([0.01, 0.04, 0.09]))


def test_minimum_variance_of_unrelated_assets_is_inverse_variance():
    # 1/0.01 : 1/0.04 : 1/0.09 = 100 : 25 : 11.11, sum 136.11
    assert min_variance(UNRELATED) == pytest.approx([100 / 136.1111, 25 / 136.1111, 11.1111 / 136.1111], abs=1e-6)


def test_two_correlated_assets_by_hand():
    covariance = np.array([[0.04, 0.018], [0.018, 0.09]])
    # (σ₂² − σ₁₂) / (σ₁² + σ₂² − 2σ₁₂) = 0.072 / 0.094
    assert min_variance(Estimate(np.zeros(2), covariance))[0] == pytest.approx(0.072 / 0.094, abs=1e-6)


def test_bounds_bind():
    weights = min_variance(UNRELATED, (0.1, 0.5))
    assert weights.max() == pytest.approx(0.5)
    assert weights.sum() == pytest.approx(1.0)
    # the other half again by inverse variance, 25 : 11.11, above the floor of 10 %
    assert weights[1] == pytest.approx(0.5 * 25 / 36.1111, abs=1e-6)


def test_bounds_that_cannot_sum_to_one_are_infeasible():
    with pytest.raises(Infeasible, match=r"3 weights from 0.0% to 30.0% cannot sum to 100 %"):
        min_variance(UNRELATED, (0.0, 0.3))
    with pytest.raises(Infeasible, match="reach that return"):
        efficient(UNRELATED, 0.09)


def test_risk_parity_of_unrelated_assets_is_inverse_volatility():
    # 1/0.1 : 1/0.2 : 1/0.3 = 6 : 3 : 2
    assert risk_parity(UNRELATED) == pytest.approx([6 / 11, 3 / 11, 2 / 11])
    with pytest.raises(Infeasible, match="outside"):
        risk_parity(UNRELATED, (0.0, 0.4))


def test_what_never_moves_has_least_variance_and_no_equal_risk():
    """A money fund at 1.00 every day beside two that move: the one line is answered, the other says why not."""
    moved = np.random.default_rng(3).normal(0, 0.01, (200, 2))
    returns = pd.DataFrame(np.column_stack([moved, np.zeros(200)]), columns=["A", "B", "MONEY"])
    found = suggest(returns, np.full(3, 1 / 3), 252, seed=1, samples=5)
    (least,) = found.optimised
    assert least.weights == pytest.approx([0.0, 0.0, 1.0], abs=1e-6)
    assert found.impossible == ("A price that never moves has no risk to share equally.",)


@given(st.integers(0, 10_000), st.integers(2, 8))
@settings(max_examples=30)
def test_risk_parity_shares_the_variance_equally(seed, assets):
    returns = np.random.default_rng(seed).normal(0, 0.01, (200, assets)) @ np.diag(np.linspace(0.5, 2, assets))
    known = estimate(returns, 252)
    weights = risk_parity(known)
    shares = weights * (known.covariance @ weights) / known.volatility(weights) ** 2
    assert shares == pytest.approx(np.full(assets, 1 / assets), abs=1e-8)


@given(st.integers(0, 10_000))
@settings(max_examples=20)
def test_nothing_beats_the_minimum_variance_weights(seed):
    rng = np.random.default_rng(seed)
    known = estimate(rng.normal(0, 0.01, (300, 5)), 252)
    least = known.volatility(min_variance(known))
    assert all(known.volatility(weights) >= least - 1e-9 for weights in rng.dirichlet(np.ones(5), 50))


def test_the_frontier_runs_from_least_variance_to_the_highest_mean():
    edge = frontier(UNRELATED, points=6)
    expected = [UNRELATED.expected(weights) for weights in edge]
    volatility = [UNRELATED.volatility(weights) for weights in edge]
    assert edge[0] == pytest.approx(min_variance(UNRELATED))
    assert list(edge[-1]) == [0.0, 0.0, 1.0]
    assert np.diff(expected) == pytest.approx(np.full(5, (0.08 - expected[0]) / 5), abs=1e-6)
    assert (np.diff(volatility) > 0).all()


def test_the_bootstrap_gives_a_range_that_narrows_with_data():
    rng = np.random.default_rng(3)
    long = rng.normal(0, [0.01, 0.015], (2_000, 2))
    short = long[:120]
    wide = uncertain("least variance", short, 252, min_variance, np.random.default_rng(1), samples=40)
    narrow = uncertain("least variance", long, 252, min_variance, np.random.default_rng(1), samples=40)
    assert (wide.low <= wide.weights).all()
    assert (wide.weights <= wide.high).all()
    assert (wide.high - wide.low)[0] > 2 * (narrow.high - narrow.low)[0]
    again = uncertain("least variance", short, 252, min_variance, np.random.default_rng(1), samples=40)
    assert (again.low == wide.low).all()


def test_redrawn_rows_come_in_blocks_of_a_month():
    rows = redraw(50_000, np.random.default_rng(1))
    breaks = np.count_nonzero(np.diff(rows) % 50_000 != 1)
    assert 50_000 / breaks == pytest.approx(21, rel=0.05)
    assert rows.min() >= 0
    assert rows.max() < 50_000


def test_too_little_past_is_refused():
    with pytest.raises(Infeasible, match="3 common returns cannot tell 3 assets apart"):
        estimate(np.zeros((3, 3)), 252)
