"""Measures on series short enough to work by hand, and what each says when there is too little to say."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
import scipy.integrate
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from alm.errors import BadInput
from alm.risk import benchmark, drawdown, measures, series, tail

UP_DOWN = np.array([0.10, -0.05, 0.02, -0.02])
NOTHING = np.array([])
ONE = np.array([0.03])
CONSTANT = np.full(30, 0.001)

daily_returns = arrays(np.float64, st.integers(25, 80), elements=st.floats(-0.2, 0.2, allow_subnormal=False))


def test_by_hand():
    assert measures.total_return(UP_DOWN) == pytest.approx(1.10 * 0.95 * 1.02 * 0.98 - 1)
    assert measures.annual_return(UP_DOWN, per_year=2) == pytest.approx((1.10 * 0.95 * 1.02 * 0.98) ** 0.5 - 1)
    # mean 0.0125; squared deviations .00765625 .00390625 .00005625 .00105625 sum to .012675, over 3 = .004225
    assert measures.volatility(UP_DOWN, per_year=4) == pytest.approx(0.065 * 2)
    assert measures.sharpe(UP_DOWN, per_year=4) == pytest.approx(0.0125 / 0.065 * 2)
    assert measures.sharpe(UP_DOWN, risk_free_pa=0.01, per_year=4) == pytest.approx(0.01 / 0.065 * 2)
    # losses .05 and .02: sqrt((.0025 + .0004) / 4) = .0269258
    assert measures.sortino(UP_DOWN, per_year=1) == pytest.approx(0.0125 / 0.02692582, rel=1e-6)
    assert measures.calmar(UP_DOWN, per_year=4) == pytest.approx((1.10 * 0.95 * 1.02 * 0.98 - 1) / 0.05038, rel=1e-9)


def test_the_risk_free_rate_may_be_a_series():
    rates = np.array([0.0, 0.04, 0.0, 0.04])
    assert measures.sharpe(UP_DOWN, rates, per_year=4) == pytest.approx(
        measures.sharpe(np.array([0.10, -0.06, 0.02, -0.03]), per_year=4)
    )


def test_missing_returns_are_dropped_not_counted_as_zero():
    holes = np.array([np.nan, 0.10, -0.05, np.nan, 0.02, -0.02])
    for measure in (measures.total_return, measures.volatility, measures.sharpe, measures.sortino, measures.calmar):
        assert measure(holes) == measure(UP_DOWN)
    assert drawdown.max_drawdown(holes) == drawdown.max_drawdown(UP_DOWN)


def test_one_observation_has_a_return_and_no_risk():
    assert measures.total_return(ONE) == pytest.approx(0.03)
    assert drawdown.max_drawdown(ONE) == 0.0
    for measure in (measures.volatility, measures.sharpe, measures.sortino, measures.calmar):
        assert math.isnan(measure(ONE))
    assert all(math.isnan(part.value_at_risk) for part in tail.tails(ONE))


def test_no_observation_has_nothing():
    everything = (measures.total_return, measures.annual_return, measures.volatility, measures.sharpe)
    for measure in (*everything, measures.sortino, measures.calmar, drawdown.max_drawdown):
        assert math.isnan(measure(NOTHING))
    assert benchmark.relative(NOTHING, NOTHING).observations == 0
    assert math.isnan(benchmark.alpha(NOTHING, NOTHING))


def test_a_constant_series_has_no_volatility_and_no_ratios():
    assert measures.volatility(CONSTANT) == 0.0
    assert measures.volatility(np.full(30, 0.1) + np.linspace(0, 1e-15, 30)) == 0.0
    for measure in (measures.sharpe, measures.sortino, measures.calmar):
        assert math.isnan(measure(CONSTANT))
    assert math.isnan(benchmark.beta(UP_DOWN, np.full(4, 0.01)))
    assert math.isnan(tail.degrees_of_freedom(CONSTANT))
    assert tail.historical(CONSTANT, 0.99) == pytest.approx((0.001, 0.001))


def test_a_loss_of_everything_stays_a_loss_of_everything():
    assert measures.annual_return(np.array([0.5, -1.0, 0.3])) == -1.0
    assert drawdown.max_drawdown(np.array([0.5, -1.0, 0.3])) == -1.0
    assert drawdown.rolling_max_drawdown(np.array([-1.0, 0.3, 0.2, 0.1]), 2) == pytest.approx([-1.0, -1.0, -1.0])


@pytest.mark.parametrize("after", [[0.3], [-3.0, 0.3], [0.3, -2.0]])
def test_more_than_everything_lost_by_shorts_is_everything_lost_for_good(after):
    """A day of −150 % leaves a debt; what the prices do next brings no fortune back, whatever its sign."""
    returns = np.array([0.5, -1.5, *after])
    assert measures.total_return(returns) == measures.annual_return(returns) == drawdown.max_drawdown(returns) == -1.0
    assert benchmark.capture(returns, -np.ones(len(returns)) / 100, up=False) == pytest.approx(100.0)


def test_a_weekend_of_one_asset_makes_no_zero_return_for_another():
    friday, saturday, monday = pd.to_datetime(["2026-01-02", "2026-01-03", "2026-01-05"])
    prices = pd.DataFrame({"SHARE": [100, np.nan, 110], "COIN": [10.0, 20, 30]}, index=[friday, saturday, monday])
    both = series.common_returns(prices)
    assert list(both.index) == [monday]
    assert both.loc[monday].to_dict() == {"SHARE": pytest.approx(0.10), "COIN": pytest.approx(2.0)}


def test_a_price_of_zero_is_refused():
    with pytest.raises(BadInput, match=r"A: .0\.0. is refused: expected prices above 0"):
        series.common_returns(pd.DataFrame({"A": [1.0, 0.0, 1.0]}))


@pytest.mark.parametrize(("rule", "expected"), [("B", 252), ("D", 365), ("W", 52.2)])
def test_annualisation_follows_the_dates(rule, expected):
    assert series.periods_per_year(pd.date_range("2020-01-01", "2025-12-31", freq=rule)) == expected


def test_prices_take_the_rate_of_their_day_or_the_last_one_of_the_week():
    days = pd.to_datetime(["2026-01-02", "2026-01-03", "2026-01-20"])
    closes = pd.DataFrame({"VT": [100.0, 100, 100], "7203": [2000.0, 2000, 2000]}, index=days)
    fx = pd.DataFrame({"USD": [150.0]}, index=days[:1])
    yen = series.in_base_currency(closes, fx, {"VT": "USD", "7203": "JPY"}, "JPY")
    assert list(yen["7203"]) == [2000, 2000, 2000]
    assert list(yen["VT"][:2]) == [15_000, 15_000]  # Saturday takes Friday's rate
    assert math.isnan(yen["VT"].iloc[2])  # eighteen days later nobody knows
    assert series.in_base_currency(closes, fx, {"VT": "EUR"}, "JPY")["VT"].isna().all()


def test_money_that_enters_is_not_a_return():
    values, flows = np.array([0.0, 100, 210, 189]), np.array([0.0, 100, 100, 0])
    assert series.time_weighted_returns(values, flows) == pytest.approx([np.nan, 0.10, -0.10], nan_ok=True)


class TestDrawdown:
    dates = pd.date_range("2026-01-01", periods=7, freq="D")
    returns = np.array([0.10, -0.20, 0.25, -0.10, -0.10, 0.05])
    # wealth 1, 1.1, 0.88, 1.1, 0.99, 0.891, 0.93555

    def test_episodes_deepest_first_with_their_dates(self):
        first, second = drawdown.episodes(self.dates, self.returns)
        assert (first.peak, first.trough, first.recovery) == (date(2026, 1, 2), date(2026, 1, 3), date(2026, 1, 4))
        assert (first.depth, first.days) == (pytest.approx(-0.20), 2)
        assert (second.peak, second.trough, second.recovery) == (date(2026, 1, 4), date(2026, 1, 6), None)
        assert (second.depth, second.days) == (pytest.approx(-0.19), 3)

    def test_rolling_looks_only_inside_its_window(self):
        assert drawdown.rolling_max_drawdown(self.returns, 2) == pytest.approx([-0.20, -0.20, -0.10, -0.19, -0.10])
        assert len(drawdown.rolling_max_drawdown(self.returns, 7)) == 0

    def test_a_series_that_only_rises_never_fell(self):
        assert drawdown.episodes(self.dates[:3], np.array([0.1, 0.1])) == ()

    @given(daily_returns)
    @settings(max_examples=50)
    def test_the_deepest_episode_is_the_max_drawdown(self, returns):
        dates = pd.date_range("2020-01-01", periods=len(returns) + 1)
        found = drawdown.episodes(dates, returns, most=1)
        assert (found[0].depth if found else 0.0) == pytest.approx(drawdown.max_drawdown(returns), abs=1e-11)
        assert drawdown.rolling_max_drawdown(returns, len(returns))[0] == pytest.approx(drawdown.max_drawdown(returns))


class TestTail:
    def test_historical_by_hand(self):
        # 21 returns −10 … +10 %: the 5 % quantile is exactly the second of them
        returns = np.arange(-10, 11) / 100
        assert tail.historical(returns, 0.95) == pytest.approx((-0.09, -0.095))

    def test_normal_is_the_textbook_value(self):
        assert tail.normal(0.0, 0.01, 0.95) == pytest.approx((-0.0164485, -0.0206271), abs=1e-7)

    @pytest.mark.parametrize("level", [0.95, 0.99])
    def test_student_t_shortfall_is_the_integral_of_its_tail(self, level):
        spread = scipy.stats.t(4, scale=0.01 / math.sqrt(2))  # ν = 4: deviation = scale · √2
        quantile = spread.ppf(1 - level)
        mass, _ = scipy.integrate.quad(lambda x: x * spread.pdf(x), -np.inf, quantile)
        assert tail.student_t(0.0, 0.01, 4, level) == pytest.approx((quantile, mass / (1 - level)), rel=1e-6)

    def test_degrees_of_freedom_come_back_from_a_large_sample(self):
        sample = scipy.stats.t.rvs(5, size=20_000, random_state=np.random.default_rng(7))
        assert tail.degrees_of_freedom(sample) == pytest.approx(5, abs=0.4)
        gaussian = np.random.default_rng(7).normal(size=20_000)
        assert tail.degrees_of_freedom(gaussian) > 30

    def test_a_month_compounds_overlapping_days(self):
        assert tail.compounded(np.array([0.1, 0.1, -0.5]), 2) == pytest.approx([0.21, -0.45])
        assert len(tail.compounded(np.array([0.1]), 2)) == 0

    @given(daily_returns)
    @settings(max_examples=50)
    def test_the_shortfall_is_never_better_than_the_value_at_risk(self, returns):
        for part in tail.tails(returns):
            if not math.isnan(part.value_at_risk):
                assert part.expected_shortfall <= part.value_at_risk + 1e-12


class TestBenchmark:
    market = np.array([0.01, -0.02, 0.03, -0.01])

    def test_twice_the_market(self):
        both = benchmark.relative(2 * self.market, self.market)
        assert (both.beta, both.observations) == (pytest.approx(2.0), 4)
        assert both.alpha == pytest.approx(0.0, abs=1e-12)
        assert both.up_capture == pytest.approx(((1.02 * 1.06) ** 0.5 - 1) / ((1.01 * 1.03) ** 0.5 - 1))
        assert both.down_capture == pytest.approx(((0.96 * 0.98) ** 0.5 - 1) / ((0.98 * 0.99) ** 0.5 - 1))

    def test_against_itself_there_is_nothing_to_inform(self):
        same = benchmark.relative(self.market, self.market)
        assert same.beta == pytest.approx(1.0)
        assert same.tracking_error == 0.0
        assert math.isnan(same.information_ratio)

    def test_pairs_with_a_hole_are_dropped(self):
        holes = np.array([0.02, np.nan, 0.06, -0.02])
        assert benchmark.relative(holes, self.market).observations == 3
        assert benchmark.beta(holes, self.market) == pytest.approx(2.0)

    def test_a_composite_is_restored_every_day(self):
        prices = pd.DataFrame(
            {"VT": [100.0, 110, 110], "BND": [50.0, 50, 45]}, index=pd.date_range("2026-01-01", periods=3)
        )
        mixed = benchmark.weighted_returns(prices, benchmark.parse_benchmark("VT 0.6, BND 0.4"))
        assert list(mixed) == pytest.approx([0.06, -0.04])

    def test_a_benchmark_is_a_ticker_or_weights(self):
        assert benchmark.parse_benchmark("") == ()
        assert benchmark.parse_benchmark("VT") == (("VT", 1.0),)
        assert benchmark.parse_benchmark("VT 0.6, BND 0.4") == (("VT", 0.6), ("BND", 0.4))

    @pytest.mark.parametrize("text", ["VT 0.6, BND 0.5", "VT, BND", "VT much", "VT 1.5, BND -0.5", "a b c"])
    def test_other_texts_are_refused(self, text):
        with pytest.raises(BadInput, match="benchmark"):
            benchmark.parse_benchmark(text)

    def test_best_and_worst_day_stand_beside_the_benchmark(self):
        days = pd.date_range("2026-01-01", periods=4)
        best, worst = benchmark.best_and_worst(pd.Series(self.market, days), pd.Series(2 * self.market, days))
        assert (best.on, best.value, best.benchmark) == (date(2026, 1, 3), 0.03, 0.06)
        assert (worst.on, worst.value, worst.benchmark) == (date(2026, 1, 2), -0.02, -0.04)
        assert benchmark.best_and_worst(pd.Series([], dtype=float), None) is None
