"""The backtest against paths worked by hand: rebalancing, interest, and the lender's own rules day by day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alm.backtest import (
    Leverage,
    Rule,
    backtest,
    cohorts,
    current_weights,
    leverage,
    run,
    summary,
    target_weights,
)
from alm.balance_sheet import BalanceSheet
from alm.drill import drill
from alm.drill.crises import Crisis
from alm.errors import BadInput, MissingValue, UnknownName
from alm.lenders import profiles
from alm.scenarios import fall
from alm.settings import Settings
from tests.households import AS_OF, holding, reference_household

PROFILES = profiles()
HALVES = np.array([0.5, 0.5])


def frame(*columns: list[float], start: str = "2026-01-05") -> pd.DataFrame:
    """Prices on consecutive business days from a Monday."""
    days = pd.bdate_range(start, periods=len(columns[0]))
    return pd.DataFrame(dict(zip("ABCD", columns, strict=False)), index=days)


def loan(owed: float, profile: str = "standard-60-70-85", **more: object) -> Leverage:
    rules = PROFILES[profile].rules
    return Leverage("Loan", owed, 0.0, rules, np.ones(1), np.ones(1), **more)  # type: ignore[arg-type]


ONE = np.array([100.0])
ALL = np.ones(1)


class TestRebalancing:
    prices = frame([100, 200, 200, 100], [100, 100, 100, 100])

    def test_never_lets_winners_run(self):
        path = run(self.prices, np.array([50.0, 50.0]), HALVES, Rule("never"))
        assert list(path.gross) == pytest.approx([100, 150, 150, 100])
        assert (path.turnover, path.rebalanced) == (0.0, 0)

    def test_the_band_restores_as_soon_as_a_weight_leaves_it(self):
        # 100 : 50 becomes 75 : 75 on day two, then A halves
        path = run(self.prices, np.array([50.0, 50.0]), HALVES, Rule("band", band=0.1))
        assert list(path.gross) == pytest.approx([100, 150, 150, 112.5])
        assert (path.turnover, path.rebalanced) == (pytest.approx(25 + 18.75), 2)

    def test_a_frozen_loan_releases_nothing_to_rebalance(self):
        # 62 owed on 100 pledged: frozen from the first look, so A's rise is never sold into B
        owing = Leverage("Loan", 62.0, 0.0, PROFILES["standard-60-70-85"].rules, np.ones(2), np.ones(2))
        path = run(
            frame([100, 101, 99], [100, 80, 101]), np.array([50.0, 50.0]), HALVES, Rule("band", band=0.01), owing
        )
        assert path.rebalanced == 0

    def test_selling_costs(self):
        path = run(self.prices, np.array([50.0, 50.0]), HALVES, Rule("band", band=0.1, cost=0.01))
        assert path.gross[1] == pytest.approx(150 - 0.25)
        assert path.cost == pytest.approx(0.01 * path.turnover)

    def test_a_new_month_restores_on_its_first_date(self):
        prices = frame([100, 200, 200, 400], [100, 100, 100, 100], start="2026-01-29")  # Thursday, Friday, Monday
        path = run(prices, np.array([50.0, 50.0]), HALVES, Rule("monthly"))
        assert path.rebalanced == 1
        assert list(path.gross) == pytest.approx([100, 150, 150, 225])  # 75 : 75 from Monday, then A doubles

    def test_holes_in_the_prices_are_refused(self):
        with pytest.raises(BadInput, match="a price of every asset"):
            run(frame([100.0, np.nan]), ONE, ALL, Rule())


class TestLender:
    def test_interest_is_added_to_the_loan_by_the_day(self):
        prices = frame([100.0] * 6)  # Monday to the next Monday: seven days
        owing = Leverage("Loan", 40.0, 0.0365, PROFILES["standard-60-70-85"].rules, ALL, ALL)
        path = run(prices, ONE, ALL, Rule(), owing)
        expected = 40 * 1.0001**4 * 1.0003
        assert path.owed[-1] == pytest.approx(expected)
        assert path.net[-1] == pytest.approx(100 - expected)

    def test_nothing_happens_below_the_freeze(self):
        path = run(frame([100.0, 70.0, 68.0]), ONE, ALL, Rule(), loan(40.0))
        assert path.events == ()
        assert path.ltv[-1] == pytest.approx(40 / 68)

    def test_a_call_is_cured_from_cash_first_and_the_line_second(self):
        # at 50 the ratio is 80 %: 40 − 0.6 · 50 = 10 is asked for; 4 of cash and 6 of the line
        path = run(frame([100.0, 50.0, 50.0]), ONE, ALL, Rule(), loan(40.0, cash=4.0, line=9.0))
        freeze, call, cure = path.events
        assert (freeze.kind, call.kind, cure.kind) == ("freeze", "call", "cure")
        assert (call.on, call.ltv) == (date(2026, 1, 6), pytest.approx(0.8))
        assert cure.amount == pytest.approx(10.0)
        assert (path.cash[-1], path.drawn[-1], path.owed[-1]) == (0.0, pytest.approx(6.0), pytest.approx(30.0))
        assert path.net[-1] == pytest.approx(50 + 0 - 30 - 6)

    def test_a_call_nobody_pays_ends_in_a_sale_that_restores_the_target(self):
        path = run(frame([100.0, *[50.0] * 12]), ONE, ALL, Rule(), loan(40.0))
        sale = next(event for event in path.events if event.kind == "sale")
        assert sale.amount == pytest.approx(25.0)  # (40 − 0.6 · 50) / (1 − 0.6)
        assert path.ltv[-1] == pytest.approx(0.6)
        assert path.net[-1] == pytest.approx(10.0)  # selling at the price changes nothing by itself

    def test_a_lender_that_sells_everything_sells_everything(self):
        path = run(frame([100.0, *[45.0] * 8]), ONE, ALL, Rule(), loan(40.0, "jp-sell-all", cash=1.0))
        sale = path.events[-1]
        assert (sale.kind, sale.amount) == ("sale", pytest.approx(45.0))
        assert (path.gross[-1], path.owed[-1]) == (0.0, 0.0)
        assert path.cash[-1] == pytest.approx(45 - 40 + 1)

    def test_what_a_crash_leaves_unpaid_is_ruin(self):
        path = run(frame([100.0, *[30.0] * 8]), ONE, ALL, Rule(), loan(40.0))
        assert path.events[-1].kind == "ruin"
        assert path.net[-1] == pytest.approx(-10.0)
        assert np.isnan(path.returns[-1])

    def test_what_is_not_pledged_is_not_sold(self):
        rules = PROFILES["jp-sell-all"].rules
        half = Leverage("Loan", 40.0, 0.0, rules, np.array([1.0, 0.0]), np.ones(2))
        prices = frame([100.0, *[45.0] * 8], [100.0] * 9)
        path = run(prices, np.array([100.0, 100.0]), HALVES, Rule(), half)
        assert path.gross[-1] == pytest.approx(100.0)
        assert path.cash[-1] == pytest.approx(5.0)

    def test_an_advance_rate_brings_the_call_nearer(self):
        rules = PROFILES["us-maintenance"].rules
        margin = Leverage("Loan", 60.0, 0.0, rules, ALL, np.array([0.7]))
        path = run(frame([100.0, 85.0, 85.0]), ONE, ALL, Rule(), margin)  # 60 / (85 · 0.7) > 1
        assert path.happened("sale")
        assert path.ltv[-1] <= 0.7 + 1e-9

    @given(st.lists(st.floats(0.85, 1.15), min_size=3, max_size=40), st.floats(0, 60), st.floats(0, 30))
    @settings(max_examples=60)
    def test_net_worth_moves_with_prices_and_interest_only(self, factors, owed, cash):
        prices = frame(list(100 * np.cumprod([1.0, *factors])))
        path = run(prices, ONE, ALL, Rule(), loan(owed, cash=cash))
        held = path.gross[:-1]
        moved = held * (np.array(factors) - 1)
        assert np.diff(path.net) == pytest.approx(moved, abs=1e-8)


class TestHousehold:
    days = pd.bdate_range(end="2026-11-20", periods=1_400)
    returns = np.random.default_rng(4).normal(0.0004, 0.011, (1_399, 2))
    closes = pd.DataFrame(
        100 * np.cumprod(np.vstack([np.ones(2), 1 + returns]), axis=0), index=days, columns=["PORT", "BND"]
    )
    fx = pd.DataFrame(index=days)
    sheet = reference_household().with_(
        holdings=(holding("PORT", 125_000_000), holding("BND", 25_000_000, asset_class="bond", pledged_to=None)),
        targets=(("equity", 0.5), ("bond", 0.5)),
    )

    def test_today_s_amounts_stand_on_the_first_day(self):
        found = backtest(self.sheet, self.closes, self.fx, Settings(), PROFILES, years=3, benchmark="BND")
        assert found.path.dates[0] == pd.Timestamp("2023-11-20")
        assert found.path.gross[0] == pytest.approx(150_000_000)
        assert found.path.ltv[0] == pytest.approx(0.4)
        assert found.path.net[0] == pytest.approx(150e6 + 4.5e6 - 50e6)
        assert found.benchmark is not None
        assert found.benchmark[0] == pytest.approx(150_000_000)
        assert found.unlevered.net == pytest.approx(found.path.gross)  # no call in this past
        assert found.measures.volatility > found.unlevered_measures.volatility

    def test_target_weights_and_a_calendar(self):
        rule = Rule("annual", cost=0.0)
        free = self.sheet.with_(secured_loans=())
        found = backtest(free, self.closes, self.fx, Settings(), PROFILES, years=5, weights_of="target", rule=rule)
        assert dict(zip(found.tickers, found.weights, strict=True)) == {"PORT": 0.5, "BND": 0.5}
        assert found.path.rebalanced == 5  # the first dates of 2022 to 2026

    def test_cohorts_start_every_quarter(self):
        found = backtest(self.sheet, self.closes, self.fx, Settings(), PROFILES, cohort_years=1)
        assert len(found.cohorts) == 18  # 2021-Q3 … 2025-Q4
        first = found.cohorts[0]
        assert first.start == self.days[0].date()
        own = run(self.closes[: pd.Timestamp(first.end)], found.weights * 150e6, found.weights, found.rule,
                  leverage(self.sheet, Settings(), PROFILES, found.tickers))  # fmt: skip
        years = (first.end - first.start).days / 365.25
        assert first.annual_return == pytest.approx((own.net[-1] / own.net[0]) ** (1 / years) - 1)
        assert found.cohort_summary is not None
        assert found.cohort_summary.worst.annual_return <= found.cohort_summary.median_annual_return

    def test_a_past_shorter_than_the_cohort_has_none(self):
        assert cohorts(self.closes[["PORT"]], ONE, ALL, Rule(), None, 20) == ()
        assert summary(()) is None

    def test_what_has_no_past_is_refused(self):
        with pytest.raises(MissingValue, match="prices for the last 10 years"):
            backtest(self.sheet, self.closes, self.fx, Settings(), PROFILES, years=10)
        with pytest.raises(UnknownName, match="no price history named 'VT'"):
            backtest(self.sheet, self.closes, self.fx, Settings(), PROFILES, benchmark="VT")
        with pytest.raises(UnknownName, match="no securities-backed loan named 'Other'"):
            backtest(self.sheet, self.closes, self.fx, Settings(), PROFILES, loan="Other")
        with pytest.raises(MissingValue, match="Nothing is held of the target gold"):
            target_weights(self.sheet.with_(targets=(("equity", 0.9), ("gold", 0.1))))

    def test_without_a_loan_there_is_no_lender(self):
        plain = BalanceSheet(AS_OF, "JPY", holdings=self.sheet.holdings)
        found = backtest(plain, self.closes, self.fx, Settings(), PROFILES)
        assert found.loan == ""
        assert found.path.net == pytest.approx(found.path.gross)

    def test_current_weights_sum_to_one(self):
        assert sum(current_weights(self.sheet).values()) == pytest.approx(1.0)


def test_a_forced_sale_is_the_fire_drill_s_own():
    """A fall of 56 % in a day takes 40 % to 40 / 44, past the forced 85 %. No cash, no line, cost 0.5 %, no gain:
    both engines sell (40 − 0.6 · 44) / (0.995 − 0.6) of a hundred, on the same day."""
    levels = [100.0, 44.0, 44.0, 44.0]
    days = pd.bdate_range("2026-01-05", periods=4)
    closes = tuple((day.date(), level) for day, level in zip(days, levels, strict=True))
    crisis = Crisis("made", "Made by hand", "Index", "XNYS", closes)
    sheet = reference_household()
    free = tuple(replace(one, rate_pa=0.0) for one in sheet.secured_loans)
    bare = sheet.with_(
        incomes=(), expenses=(), dividends=(), cash_balances=(), credit_lines=(), secured_loans=free,
        holdings=(holding("PORT", 125_000_000.0),),
    )  # fmt: skip
    plain = Settings(sale_cost=0.005)
    (sold,) = [e for e in drill(bare, crisis, fall(0.56), PROFILES, plain).events if e.event == "forced_sale"]
    lever = leverage(bare, plain, PROFILES, ("PORT",))
    path = run(frame(levels), np.array([125_000_000.0]), ALL, Rule(cost=0.005), lever)
    (sale,) = [event for event in path.events if event.kind == "sale"]
    assert sale.on == sold.date
    assert sale.amount == pytest.approx(1_250_000 * (40 - 0.6 * 44) / (0.995 - 0.6))
    assert sold.amount == pytest.approx(0.995 * sale.amount)  # the drill says what it brought
    assert path.owed[-1] == pytest.approx(50_000_000 - 0.995 * sale.amount)
