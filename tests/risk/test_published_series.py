"""Every measure against figures computed elsewhere: the Nasdaq against the S&P 500, daily closes 1999-2018.

The expected figures are not this package's own: 5,030 returns, zero risk-free rate, 252 days a year.
"""

from __future__ import annotations

import pandas as pd
import pytest
import scipy.stats

from alm.risk import benchmark, drawdown, measures, series, tail


@pytest.fixture(scope="module")
def returns() -> pd.DataFrame:
    import arch.data.nasdaq
    import arch.data.sp500

    closes = {"nasdaq": arch.data.nasdaq.load()["Adj Close"], "sp500": arch.data.sp500.load()["Adj Close"]}
    return series.common_returns(pd.DataFrame(closes))


@pytest.fixture(scope="module")
def nasdaq(returns):
    return returns["nasdaq"].to_numpy()


@pytest.fixture(scope="module")
def sp500(returns):
    return returns["sp500"].to_numpy()


def test_the_calendar_is_a_trading_one(returns):
    assert len(returns) == 5030
    assert series.periods_per_year(returns.index) == 252


def test_sharpe_and_drawdown(nasdaq):
    assert measures.sharpe(nasdaq) == pytest.approx(0.344215, abs=5e-7)
    assert drawdown.max_drawdown(nasdaq) == pytest.approx(-0.779324, abs=5e-7)


def test_value_at_risk_and_expected_shortfall(nasdaq):
    assert tail.historical(nasdaq, 0.95) == pytest.approx((-0.026250, -0.037411), abs=5e-7)


def test_against_the_benchmark(nasdaq, sp500):
    assert benchmark.beta(nasdaq, sp500) == pytest.approx(1.175489, abs=5e-7)
    assert benchmark.alpha(nasdaq, sp500) == pytest.approx(0.023640, abs=5e-7)
    assert benchmark.information_ratio(nasdaq, sp500) == pytest.approx(0.272451, abs=5e-7)


def test_the_deepest_fall_is_the_dot_com_bust(returns, nasdaq):
    dates = returns.index.insert(0, pd.Timestamp("1999-01-04"))
    deepest = drawdown.episodes(dates, nasdaq)[0]
    assert deepest.depth == pytest.approx(-0.779324, abs=5e-7)
    assert str(deepest.peak) == "2000-03-10"  # 5,048.62, the close everybody remembers
    assert str(deepest.trough) == "2002-10-09"  # 1,114.11
    assert str(deepest.recovery) == "2015-04-23"  # 5,056.06
    assert deepest.days == 5522


def test_student_t_is_the_fatter_tail_that_scipy_fits(nasdaq):
    fitted, _, _ = scipy.stats.t.fit(nasdaq)
    freedom = tail.degrees_of_freedom(nasdaq)
    # scipy also fits the scale; holding it to the measured deviation moves ν a little, never to a thin tail
    assert freedom == pytest.approx(fitted, abs=0.6)
    gaussian = tail.normal(float(nasdaq.mean()), series.deviation(nasdaq), 0.99)
    fat = tail.student_t(float(nasdaq.mean()), series.deviation(nasdaq), freedom, 0.99)
    assert fat[1] < gaussian[1]
