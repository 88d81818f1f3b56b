"""The backtest against paths worked by hand: rebalancing, interest, taxes, and the lenders' own rules day by day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alm.backtest import Rule, backtest, cohorts, current_weights, run, summary, target_weights
from alm.balance_sheet import Account, BalanceSheet, CashBalance, CreditLine, Holding, Quote, SecuredLoan
from alm.drill import drill, of_closes
from alm.drill.courses import NO_SHOCK
from alm.errors import BadInput, MissingValue, UnknownName
from alm.lenders import profiles
from alm.settings import Settings
from tests.households import AS_OF, TAXABLE, holding, reference_household

PROFILES = profiles()
UNTAXED = Settings(gains_tax=0.0, living_reserve_months=0.0)


def frame(*columns: list[float], start: str = "2026-01-05") -> pd.DataFrame:
    """Prices on consecutive business days from a Monday."""
    days = pd.bdate_range(start, periods=len(columns[0]))
    return pd.DataFrame(dict(zip("ABCD", columns, strict=False)), index=days)


def loan(owed: float, profile: str = "standard-60-70-85", rate: float = 0.0, name: str = "Loan") -> SecuredLoan:
    return SecuredLoan(name, owed, 0.0, rate, profile, "JPY")


def household(
    *holdings: Holding, loans: tuple[SecuredLoan, ...] = (), cash: float = 0.0, line: float = 0.0
) -> BalanceSheet:
    """Holdings, loans, cash and an undrawn line at no rate: nothing earned, nothing spent."""
    balances = (CashBalance(TAXABLE, "JPY", cash, Quote(1.0, AS_OF)),) if cash else ()
    lines = (CreditLine("Line", line, 0.0, 0.0),) if line else ()
    return BalanceSheet(
        AS_OF, "JPY", holdings=holdings, cash_balances=balances, secured_loans=loans, credit_lines=lines
    )


def free(ticker: str, value: float, **more: object) -> Holding:
    return holding(ticker, value, pledged_to=None, **more)  # type: ignore[arg-type]


def walked(sheet: BalanceSheet, prices: pd.DataFrame, rule: Rule = Rule(), settings: Settings = UNTAXED):  # noqa: B008
    return run(sheet, prices, rule, settings, PROFILES)


def told(path) -> list[tuple[str, str]]:
    return [(event.kind, event.source) for event in path.events]


ONE = holding("A", 100.0)
HALVES = household(free("A", 50.0), free("B", 50.0))


class TestRebalancing:
    prices = frame([100, 200, 200, 100], [100, 100, 100, 100])

    def test_never_lets_winners_run(self):
        path = walked(HALVES, self.prices)
        assert list(path.gross) == pytest.approx([100, 150, 150, 100])
        assert (path.turnover, path.rebalanced) == (0.0, 0)

    def test_the_band_restores_as_soon_as_a_weight_leaves_it(self):
        # 100 : 50 becomes 75 : 75 on day two, then A halves
        path = walked(HALVES, self.prices, Rule("band", band=0.1))
        assert list(path.gross) == pytest.approx([100, 150, 150, 112.5])
        assert (path.turnover, path.rebalanced) == (pytest.approx(25 + 18.75), 2)

    def test_a_frozen_loan_releases_nothing_to_rebalance(self):
        # 62 owed on 100 pledged: frozen from the first look, so A's rise is never sold into B
        owing = household(holding("A", 50.0), holding("B", 50.0), loans=(loan(62.0),))
        path = walked(owing, frame([100, 101, 99], [100, 80, 101]), Rule("band", band=0.01))
        assert path.rebalanced == 0

    def test_collateral_is_restored_within_itself(self):
        """A : B is pledged, C is free and alone: A's rise goes to B, whatever C weighs."""
        owing = household(holding("A", 50.0), holding("B", 50.0), free("C", 50.0), loans=(loan(10.0),))
        path = walked(owing, frame([100, 200, 100], [100, 100, 100], [100, 100, 400]), Rule("band", band=0.1))
        assert list(path.gross) == pytest.approx([150, 200, 75 / 2 + 75 + 200])

    def test_what_was_pledged_to_meet_a_call_stays_pledged(self):
        """58 owed on 80: C's 100 are pledged, and from then on this collateral is left as it is."""
        sheet = household(holding("A", 60.0), holding("B", 40.0), free("C", 100.0), loans=(loan(58.0),))
        prices = frame([100, 80, 90, 90], [100, 80, 80, 80], [100, 100, 100, 100])
        path = walked(sheet, prices, Rule("band", band=0.05), replace(UNTAXED, pledge_more=True))
        assert ("pledge", "Loan") in told(path)
        assert path.rebalanced == 0
        assert path.gross[-1] == pytest.approx(54 + 32 + 100)

    def test_selling_costs(self):
        path = walked(HALVES, self.prices, Rule("band", band=0.1, cost=0.01))
        assert path.gross[1] == pytest.approx(150 - 0.25)
        assert path.cost == pytest.approx(0.01 * path.turnover)

    def test_a_gain_sold_to_rebalance_is_taxed(self):
        """A doubles from 50 to 100, bought for 50: of 25 sold half is gain, and a fifth of that is tax."""
        path = walked(HALVES, self.prices, Rule("band", band=0.1), replace(UNTAXED, gains_tax=0.2))
        assert path.gross[1] == pytest.approx(150 - 0.2 * 12.5)

    def test_a_new_month_restores_on_its_first_date(self):
        prices = frame([100, 200, 200, 400], [100, 100, 100, 100], start="2026-01-29")  # Thursday, Friday, Monday
        path = walked(HALVES, prices, Rule("monthly"))
        assert path.rebalanced == 1
        assert list(path.gross) == pytest.approx([100, 150, 150, 225])  # 75 : 75 from Monday, then A doubles

    def test_holes_in_the_prices_are_refused(self):
        with pytest.raises(BadInput, match="a price of every asset"):
            walked(household(ONE), frame([100.0, np.nan]))


class TestLender:
    def test_interest_is_added_to_the_loan_by_the_day(self):
        prices = frame([100.0] * 6)  # Monday to the next Monday: seven days
        path = walked(household(ONE, loans=(loan(40.0, rate=0.0365),)), prices)
        expected = 40 * 1.0001**4 * 1.0003
        assert path.owed[-1] == pytest.approx(expected)
        assert path.net[-1] == pytest.approx(100 - expected)

    def test_what_a_credit_line_costs_is_paid_from_cash(self):
        """20 drawn at 3.65 %, and 1.825 % for the 20 that are not: 0.003 a day."""
        sheet = household(ONE, cash=5.0).with_(
            credit_lines=(CreditLine("Line", 40.0, 20.0, 0.0365, commitment_fee_pa=0.01825),)
        )
        path = walked(sheet, frame([100.0] * 6))
        assert path.cash[-1] == pytest.approx(5 - 7 * 0.003)
        assert path.drawn[-1] == 20.0

    def test_a_month_between_two_prices_contains_every_deadline(self):
        """Prices of month ends: what a call asks for and nobody pays is sold in the same month."""
        months = pd.DataFrame(
            {"A": [100.0] * 18 + [50.0] * 6}, index=pd.date_range("2024-01-31", periods=24, freq="ME")
        )
        path = walked(household(ONE, loans=(loan(40.0),)), months)
        acted = [(event.on, event.kind) for event in path.events if event.kind != "freeze"]
        assert acted == [(date(2025, 7, 31), "call"), (date(2025, 7, 31), "sale")]

    def test_an_unknown_lender_is_refused(self):
        with pytest.raises(UnknownName, match="no lender profile named 'nobody'"):
            walked(household(ONE, loans=(loan(40.0, "nobody"),)), frame([100.0, 100.0]))

    def test_nothing_happens_below_the_freeze(self):
        path = walked(household(ONE, loans=(loan(40.0),)), frame([100.0, 70.0, 68.0]))
        assert path.events == ()
        assert path.ltv[-1] == pytest.approx(40 / 68)

    def test_a_call_is_cured_from_cash_first_and_the_line_second(self):
        # at 50 the ratio is 80 %: 40 − 0.6 · 50 = 10 is asked for; 4 of cash and 6 of the line
        path = walked(household(ONE, loans=(loan(40.0),), cash=4.0, line=9.0), frame([100.0, 50.0, 50.0]))
        call, first, second, freeze = path.events
        assert told(path) == [("call", "Loan"), ("cure", "cash"), ("cure", "credit_line"), ("freeze", "Loan")]
        assert (call.on, call.ltv, call.amount) == (date(2026, 1, 6), pytest.approx(0.8), pytest.approx(10.0))
        assert (first.amount, second.amount) == (pytest.approx(4.0), pytest.approx(6.0))
        assert freeze.on == call.on
        assert path.highest_ltv == pytest.approx(call.ltv)
        assert (path.cash[-1], path.drawn[-1], path.owed[-1]) == (0.0, pytest.approx(6.0), pytest.approx(30.0))
        assert path.net[-1] == pytest.approx(50 + 0 - 30 - 6)

    def test_the_living_reserve_pays_no_lender(self):
        sheet = reference_household().with_(credit_lines=(), holdings=(holding("A", 125e6),))
        path = walked(sheet, frame([100.0, 57.0]), settings=replace(UNTAXED, living_reserve_months=3.0))
        (cure,) = [event for event in path.events if event.kind == "cure"]
        assert cure.amount == pytest.approx(4.5e6 - 3 * 0.8e6)

    def test_a_call_nobody_pays_ends_in_a_sale_that_restores_the_target(self):
        path = walked(household(ONE, loans=(loan(40.0),)), frame([100.0, *[50.0] * 12]))
        sale = next(event for event in path.events if event.kind == "sale")
        assert sale.amount == pytest.approx(25.0)  # (40 − 0.6 · 50) / (1 − 0.6)
        assert path.ltv[-1] == pytest.approx(0.6)
        assert path.net[-1] == pytest.approx(10.0)  # selling at the price changes nothing by itself

    def test_a_lender_that_sells_everything_sells_everything(self):
        path = walked(household(ONE, loans=(loan(40.0, "jp-sell-all"),), cash=1.0), frame([100.0, *[45.0] * 8]))
        late = 40.0 * 0.14 * 1 * 7 / 5 / 365  # the business day until the trade
        sale = next(event for event in path.events if event.kind == "sale")
        assert sale.amount == pytest.approx(45.0)
        assert (path.gross[-1], path.owed[-1]) == (0.0, 0.0)
        assert path.cash[-1] == pytest.approx(45 - 40 - late + 1)

    def test_what_a_crash_leaves_unpaid_is_ruin(self):
        path = walked(household(ONE, loans=(loan(40.0),)), frame([100.0, *[30.0] * 8]))
        assert [event.kind for event in path.events].count("ruin") == 1
        assert path.net[-1] == pytest.approx(-10.0)
        assert np.isnan(path.returns[-1])

    def test_what_is_not_pledged_is_sold_by_the_household_before_the_lender_sells(self):
        """10 is asked for; the free asset at its cost brings 10 for 10, and the pledged one stays whole."""
        sheet = household(ONE, free("B", 100.0), loans=(loan(40.0),))
        path = walked(sheet, frame([100.0, 50.0, 50.0], [100.0, 100.0, 100.0]))
        assert ("cure", "unpledged_sale") in told(path)
        assert not path.sold
        assert path.gross[-1] == pytest.approx(50 + 90)

    def test_what_is_locked_in_moves_with_its_price_and_pays_nobody(self):
        pension = Account("Pension", tax_treatment="deferred")
        sheet = household(ONE, free("B", 100.0, account=pension), loans=(loan(40.0),))
        path = walked(sheet, frame([100.0, *[50.0] * 12], [100.0, *[110.0] * 12]))
        assert path.sold
        assert path.gross[-1] == pytest.approx(25 + 110)

    def test_an_advance_rate_brings_the_call_nearer(self):
        sheet = household(holding("A", 100.0, advance_rate=0.7), loans=(loan(60.0, "us-maintenance"),))
        path = walked(sheet, frame([100.0, 85.0, 85.0]))  # 60 / (85 · 0.7) > 1
        assert path.sold
        assert path.ltv[-1] <= 0.7 + 1e-9

    def test_two_loans_are_two_lenders(self):
        """A halves and B stays: the first lender sells 25 of A as if it were alone, the second asks for nothing, and
        each owes interest at its own rate."""
        loans = loan(40.0), loan(40.0, name="Other", rate=0.365)
        sheet = household(ONE, holding("B", 100.0, pledged_to="Other"), loans=loans)
        path = walked(sheet, frame([100.0, *[50.0] * 6], [100.0] * 7))
        assert {event.loan for event in path.events} == {"Loan"}
        (sale,) = [event for event in path.events if event.kind == "sale"]
        assert sale.amount == pytest.approx(25.0)
        owed = 40 * 1.001**4 * 1.003 * 1.001  # Monday to the Tuesday of the next week
        assert path.owed[-1] == pytest.approx(40 - 25 + owed)
        assert path.ltv[-1] == pytest.approx(15 / 25)
        assert run(sheet, frame([100.0, 50.0], [100.0] * 2), Rule(), UNTAXED, PROFILES, loan="Other").ltv[-1] == (
            pytest.approx(0.4004)
        )

    def test_a_loss_pays_the_tax_of_a_gain_sold_with_it(self):
        """10 is asked for. B was bought for 20 and is worth 50, C for 80 and worth 50: sold together they have no gain,
        so a tenth of both raises 10. With C bought at 50, of 100 sold 30 is gain: tax 6, and 10 / 94 of it goes."""
        prices = frame([100.0, 50.0], [100.0, 100.0], [100.0, 100.0])
        taxed = replace(UNTAXED, gains_tax=0.2)
        for cost, sold in [(80.0, 10.0), (50.0, 100 * 10 / 94)]:
            sheet = household(ONE, free("B", 50.0, cost=20.0), free("C", 50.0, cost=cost), loans=(loan(40.0),))
            path = walked(sheet, prices, settings=taxed)
            (cure,) = [event for event in path.events if event.kind == "cure"]
            assert (cure.source, cure.amount, cure.net) == (
                "unpledged_sale", pytest.approx(sold), pytest.approx(10.0)
            )  # fmt: skip
            assert path.gross[-1] == pytest.approx(50 + 100 - sold)

    def test_a_single_issue_that_outgrows_the_rest_lowers_its_lender_s_limits(self):
        """54 owed on 50 : 50. A rises to 95 and B falls to 5: 95 % is A, so this lender freezes at 50 % and not at 60."""
        sheet = household(holding("A", 50.0), holding("B", 50.0), loans=(loan(54.0, "jp-cure-60"),))
        spread = walked(sheet, frame([100.0, 105.0], [100.0, 95.0]))
        single = walked(sheet, frame([100.0, 190.0], [100.0, 10.0]))
        assert (told(spread), told(single)) == ([], [("freeze", "Loan")])

    @given(st.lists(st.floats(0.85, 1.15), min_size=3, max_size=40), st.floats(0, 60), st.floats(0, 30))
    @settings(max_examples=60)
    def test_net_worth_moves_with_prices_and_interest_only(self, factors, owed, cash):
        prices = frame(list(100 * np.cumprod([1.0, *factors])))
        path = walked(household(ONE, loans=(loan(owed),), cash=cash), prices)
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
        own = run(self.sheet, self.closes[: pd.Timestamp(first.end)], found.rule, Settings(), PROFILES)
        years = (first.end - first.start).days / 365.25
        assert first.annual_return == pytest.approx((own.net[-1] / own.net[0]) ** (1 / years) - 1)
        assert found.cohort_summary is not None
        assert found.cohort_summary.worst.annual_return <= found.cohort_summary.median_annual_return

    def test_a_past_shorter_than_the_cohort_has_none(self):
        assert cohorts(self.sheet, self.closes, Rule(), Settings(), PROFILES, 20) == ()
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

    def test_what_has_no_past_is_stood_for_by_the_rest_of_its_collateral(self):
        """A new fund of 25 beside 100 million pledged: the loan of 50 still stands at 40 % on the first day."""
        held = (holding("PORT", 100e6), holding("NEW", 25e6), free("BND", 25e6, asset_class="bond"))
        sheet = self.sheet.with_(holdings=held)
        found = backtest(sheet, self.closes, self.fx, Settings(), PROFILES)
        assert found.left_out == (("NEW", pytest.approx(1 / 6)),)
        assert found.path.ltv[0] == pytest.approx(0.4)
        assert dict(zip(found.tickers, found.weights, strict=True)) == {
            "PORT": pytest.approx(125 / 150), "BND": pytest.approx(25 / 150)
        }  # fmt: skip
        with pytest.raises(MissingValue, match="Nothing that is pledged to Loan has a past here"):
            backtest(sheet.with_(holdings=held[1:]), self.closes, self.fx, Settings(), PROFILES)

    def test_every_loan_is_walked_and_one_is_shown(self):
        """PORT secures the larger loan, BND another: both are owed, the ratio is the named one's."""
        loans = (*self.sheet.secured_loans, loan(5e6, name="Small"))
        held = (self.sheet.holdings[0], replace(self.sheet.holdings[1], pledged_to="Small"))
        sheet = self.sheet.with_(secured_loans=loans, holdings=held)
        for name, shown, ratio in [("", "Loan", 0.4), ("Small", "Small", 0.2)]:
            found = backtest(sheet, self.closes, self.fx, Settings(), PROFILES, loan=name)
            assert (found.loan, found.path.owed[0]) == (shown, 55e6)
            assert found.path.ltv[0] == pytest.approx(ratio)

    def test_without_a_loan_there_is_no_lender(self):
        plain = BalanceSheet(AS_OF, "JPY", holdings=self.sheet.holdings)
        found = backtest(plain, self.closes, self.fx, Settings(), PROFILES)
        assert found.loan == ""
        assert found.path.net == pytest.approx(found.path.gross)

    def test_current_weights_sum_to_one(self):
        assert sum(current_weights(self.sheet).values()) == pytest.approx(1.0)


def as_told(events) -> list[tuple[object, ...]]:
    """What a drill tells of lenders, in the words of a backtest."""
    kinds = {"forced_sale": "sale", "sale": "own_sale"}
    left_out = ("draw", "repay_line", "unfreeze", "line_exhausted")
    return [
        (e.date, kinds.get(e.event, e.event), e.loan, e.source, pytest.approx(e.ltv), pytest.approx(e.amount))
        for e in events
        if e.event not in left_out
    ]


@given(st.lists(st.floats(-0.12, 0.08), min_size=4, max_size=40), st.floats(0, 40e6), st.floats(0, 20e6))
@settings(max_examples=25)
def test_a_backtest_is_a_drill_of_the_same_closes(moves, other, line):
    """Two loans at no rate under two lenders, a free holding with a gain, and a course both walk: the same events on
    the same dates, and the same money at the end."""
    levels = [float(level) for level in 100 * np.cumprod([1.0, *np.exp(moves)])]
    prices = frame(levels, levels, levels)
    closes = [(day.date(), level) for day, level in zip(prices.index, levels, strict=True)]
    sheet = household(
        holding("A", 100e6), holding("B", 60e6, pledged_to="Other"), free("C", 20e6, cost=5e6),
        loans=(loan(50e6), loan(other, "jp-cure-60", name="Other")), cash=3e6, line=line,
    )  # fmt: skip
    plain = Settings(sale_cost=0.005)
    replayed = drill(sheet, of_closes("made", "Made", closes), NO_SHOCK, PROFILES, plain, flows=False)
    path = run(sheet, prices, Rule(cost=0.005), plain, PROFILES)
    assert [(e.on, e.kind, e.loan, e.source, e.ltv, e.amount) for e in path.events] == as_told(
        tuple(event for event in replayed.events if event.date <= closes[-1][0])
    ), "the drill goes on to the deadlines of what is open, the backtest ends with its prices"
    if not replayed.end.ruined:
        assert path.net[-1] == pytest.approx(replayed.days[len(closes) - 1].net_worth)


def test_cohorts_walked_side_by_side_are_paths_walked_alone():
    """Prices that call and sell on some starts: every cohort equals its own path, whatever stands beside it."""
    days = pd.bdate_range("2020-01-01", "2023-12-29")
    swings = 100 * np.exp(0.6 * np.sin(np.arange(len(days)) / 90.0))
    prices = pd.DataFrame({"A": swings, "B": swings[::-1]}, index=days)
    sheet = household(holding("A", 60.0), holding("B", 40.0), loans=(loan(45.0, rate=0.02),), cash=2.0)
    found = cohorts(sheet, prices, Rule("monthly", cost=0.01), UNTAXED, PROFILES, 1)
    assert {cohort.sold for cohort in found} == {True, False}
    for one in found:
        own = run(sheet, prices.loc[str(one.start) : str(one.end)], Rule("monthly", cost=0.01), UNTAXED, PROFILES)
        assert (one.called, one.sold) == (own.called, own.sold)
        assert one.peak_ltv == pytest.approx(own.highest_ltv)
        years = (one.end - one.start).days / 365.25
        assert one.annual_return == pytest.approx(max(own.net[-1] / own.net[0], 0.0) ** (1 / years) - 1)
