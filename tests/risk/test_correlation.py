"""Correlation on common dates, the alarm when diversification breaks down, and what it is worth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alm.risk.contribution import risk_contributions
from alm.risk.correlation import breakdowns, correlation_matrix, diversification_ratio, rolling_correlation

DAYS = pd.bdate_range("2020-01-01", periods=501)


def prices_of(returns: np.ndarray, names: str = "ABCDEFGH", days: pd.DatetimeIndex = DAYS) -> pd.DataFrame:
    levels = 100 * np.cumprod(np.vstack([np.ones(returns.shape[1]), 1 + returns]), axis=0)
    return pd.DataFrame(levels, index=days, columns=list(names[: returns.shape[1]]))


def noise(columns: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.01, (500, columns))


def test_it_is_numpy_s_on_a_common_calendar():
    returns = noise(4)
    assert correlation_matrix(prices_of(returns)).to_numpy() == pytest.approx(np.corrcoef(returns, rowvar=False))


def test_each_pair_uses_its_own_common_dates():
    prices = prices_of(noise(3))
    prices.loc[DAYS[::7], "B"] = np.nan
    prices.loc[DAYS[:100], "C"] = np.nan
    found = correlation_matrix(prices)
    for first, second in ("AB", "AC", "BC"):
        pair = prices[[first, second]].dropna().pct_change().dropna()
        assert found.loc[first, second] == pytest.approx(pair.corr().iloc[0, 1])
        assert found.loc[second, first] == found.loc[first, second]


def test_the_last_quarter_is_the_last_common_returns():
    prices = prices_of(noise(2))
    prices.loc[DAYS[-10:], "B"] = np.nan
    recent = prices.dropna().iloc[-64:].pct_change().dropna()
    assert correlation_matrix(prices, last=63).iloc[0, 1] == pytest.approx(recent.corr().iloc[0, 1])


def test_too_few_dates_and_constants_have_no_correlation():
    short = prices_of(noise(2)).iloc[:15]
    assert correlation_matrix(short).isna().all(axis=None)
    constant = prices_of(noise(2)).assign(B=100.0)
    assert np.isnan(correlation_matrix(constant).loc["A", "B"])
    apart = prices_of(noise(2))
    apart.loc[DAYS[::2], "A"] = np.nan
    apart.loc[DAYS[1::2], "B"] = np.nan
    assert np.isnan(correlation_matrix(apart).loc["A", "B"])


def test_rolling_is_what_pandas_computes_slowly():
    prices = prices_of(noise(2))
    prices.loc[DAYS[::9], "B"] = np.nan
    returns = prices.dropna().pct_change().dropna()
    slow = returns["A"].rolling(63).corr(returns["B"]).dropna()
    fast = rolling_correlation(prices)
    assert list(fast.index) == list(slow.index)
    assert fast.to_numpy() == pytest.approx(slow.to_numpy(), abs=1e-9)
    assert rolling_correlation(prices.iloc[:30]).empty


class TestBreakdown:
    """A and B are independent for 400 days, then move as one; C never joins them."""

    @pytest.fixture
    def prices(self):
        returns = noise(3)
        returns[400:, 1] = returns[400:, 0] + np.random.default_rng(2).normal(0, 0.001, 100)
        return prices_of(returns)

    def alarms(self, prices):
        return breakdowns(prices, correlation_matrix(prices), correlation_matrix(prices, last=63))

    def test_names_the_pair_both_numbers_and_since_when(self, prices):
        (alarm,) = self.alarms(prices)
        assert (alarm.first, alarm.second) == ("A", "B")
        assert alarm.recent == pytest.approx(0.995, abs=0.005)
        assert alarm.long_run < 0.35
        # the window needs about a third of the hundred new days to see it
        assert DAYS[405].date() < alarm.since < DAYS[445].date()
        rolled = rolling_correlation(prices[["A", "B"]])
        assert (rolled[pd.Timestamp(alarm.since) :] >= alarm.long_run + 0.20).all()

    def test_stays_silent_when_nothing_changed(self):
        assert self.alarms(prices_of(noise(5, seed=3))) == ()

    def test_stays_silent_on_a_history_shorter_than_two_windows(self, prices):
        assert self.alarms(prices.iloc[-100:]) == ()


def test_diversification_ratio_of_two_equal_halves():
    halves, deviations = np.array([0.5, 0.5]), np.array([0.2, 0.2])
    assert diversification_ratio(halves, np.eye(2), deviations) == pytest.approx(2**0.5)
    assert diversification_ratio(halves, np.ones((2, 2)), deviations) == pytest.approx(1.0)
    assert np.isnan(diversification_ratio(halves, np.eye(2), np.zeros(2)))


def test_risk_contributions_sum_to_one_and_a_hedge_takes_risk_away():
    returns = noise(3)
    returns[:, 2] = -0.5 * returns[:, 0]
    shares = risk_contributions(pd.DataFrame(returns), np.array([0.5, 0.3, 0.2]))
    assert shares.sum() == pytest.approx(1.0)
    assert shares[2] < 0 < shares[1] < shares[0]
    assert np.isnan(risk_contributions(pd.DataFrame(returns[:1]), np.ones(3))).all()
    assert np.isnan(risk_contributions(pd.DataFrame(np.zeros((9, 2))), np.ones(2))).all()
