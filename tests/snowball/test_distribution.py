"""The distribution of the crossover year, from any engine's paths and from the snowball's own."""

from __future__ import annotations

import numpy as np
import pytest

from alm.errors import BadInput
from alm.settings import Settings
from alm.snowball import Policy, distribution, dividend_paths, project
from tests.households import reference_household

STEADY = {"dividend_growth_volatility_pa": 0.0, "inflation_volatility_pa": 0.0}


def test_four_paths_by_hand():
    needs = np.full(3, 100.0)
    dividends = np.array([[100.0, 90, 90], [50, 100, 90], [50, 99, 100], [1, 2, 3]])
    found = distribution(dividends, needs)
    assert found.crossed_by == (0.25, 0.5, 0.75)
    assert found.never == 0.25
    assert (found.p10, found.median, found.p90) == (0, 1, None)


def test_needs_may_differ_by_path_and_no_needs_is_no_crossover():
    found = distribution(np.array([[5.0, 5.0], [5.0, 5.0]]), np.array([[4.0, 4.0], [0.0, 0.0]]))
    assert found.crossed_by == (0.5, 0.5)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(BadInput, match="same shape"):
        distribution(np.ones((4, 3)), np.ones(4))


def test_without_volatility_every_path_is_the_projection():
    settings = Settings(**STEADY)
    paths = dividend_paths(reference_household(), settings, paths=3, years=20)
    years = project(reference_household(), settings, years=20).years
    for name in ("gross", "net", "spending", "interest"):
        expected = [getattr(year, name) for year in years]
        assert getattr(paths, name) == pytest.approx(np.tile(expected, (3, 1)))


def test_one_seed_one_answer_and_another_seed_another():
    def net(seed):
        return dividend_paths(reference_household(), Settings(), paths=5, years=10, seed=seed).net

    assert (net(1) == net(1)).all()
    assert (net(1) != net(2)).any()


def test_growth_varies_around_its_expectation():
    # without reinvestment the mean of 20,000 paths is the trend within three standard errors: 0.1 · √10 / √20,000
    settings = Settings(dividend_growth_volatility_pa=0.10)
    policy = Policy(contribution_monthly=0, reinvest_share=0)
    gross = dividend_paths(reference_household(), settings, policy, paths=20_000, years=10, seed=5).gross
    assert gross[:, 0] == pytest.approx(np.full(20_000, 5_000_000))
    relative = gross[:, 10] / (5_000_000 * 1.03**10)
    assert relative.mean() == pytest.approx(1, abs=3 * 0.1 * 10**0.5 / 20_000**0.5 * 1.1)
    assert np.log(relative).std() == pytest.approx(0.1 * 10**0.5, rel=0.03)


def test_the_median_path_crosses_near_the_projection():
    settings = Settings()
    paths = dividend_paths(reference_household(), settings, paths=400, years=60)
    expected = project(reference_household(), settings, years=60).crossover.net_after_interest
    found = distribution(paths.net, paths.needs)
    assert abs(found.median - expected) <= 1
    assert found.p10 < found.median < found.p90
