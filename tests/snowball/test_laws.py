"""What must hold for every household and policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alm.balance_sheet import BalanceSheet, CashFlow
from alm.settings import Settings
from alm.snowball import Cut, Policy, Snowball, cut, project
from tests.households import NISA, TAXABLE, holding, reference_household

NEVER = 10_000
amounts = st.floats(1e5, 1e8)
yields = st.floats(0.0, 0.12)
INTO = st.sampled_from(["same", "targets", "fund"])
GROWTH = st.floats(-0.05, 0.12)


@st.composite
def households(draw: st.DrawFn) -> BalanceSheet:
    holdings = tuple(
        holding(
            f"T{k}",
            draw(amounts),
            account=draw(st.sampled_from([TAXABLE, NISA])),
            currency=draw(st.sampled_from(["JPY", "USD"])),
            sector=draw(st.sampled_from(["bank", "food", ""])),
            dividend_yield_assumed=draw(yields),
        )
        for k in range(draw(st.integers(1, 4)))
    )
    return reference_household().with_(
        holdings=holdings,
        dividends=(),
        expenses=(CashFlow("Living", draw(st.floats(1e4, 1e6))),),
        incomes=(CashFlow("Work", draw(st.floats(0, 2e6))),),
        targets=(("T0", 0.5), ("equity", 0.3), ("bond", 0.2)),
    )


@st.composite
def stress(draw: st.DrawFn) -> Cut:
    size, years, back = draw(st.floats(0, 1)), draw(st.integers(0, 6)), draw(st.integers(0, 4))
    tickers = draw(st.sampled_from([(), ("T0",)]))
    plain = cut(size, years, recovery_years=back, tickers=tickers)
    crisis = Cut("crisis", tuple(draw(st.lists(st.floats(0.3, 1.3), min_size=1, max_size=5))), pauses_growth=True)
    return draw(st.sampled_from([plain, crisis]))


def crossings(snowball: Snowball) -> list[int]:
    found = snowball.crossover
    return [NEVER if y is None else y for y in (found.gross, found.net, found.net_after_interest)]


@settings(max_examples=50)
@given(households(), INTO, GROWTH, st.floats(0, 1e6), st.floats(0, 1e6))
def test_more_contribution_never_delays_the_crossover(sheet, into, growth, less, more):
    assumptions = Settings(dividend_growth_pa=growth)
    low, high = sorted((less, more))
    later = project(sheet, assumptions, Policy(into=into, contribution_monthly=low), years=25)
    sooner = project(sheet, assumptions, Policy(into=into, contribution_monthly=high), years=25)
    assert all(s <= b for s, b in zip(crossings(sooner), crossings(later), strict=True))


@settings(max_examples=50)
@given(households(), INTO, GROWTH, stress(), st.none() | st.floats(0, 1e6))
def test_a_cut_never_hastens_the_crossover(sheet, into, growth, shock, contribution):
    assumptions = Settings(dividend_growth_pa=growth)
    policy = Policy(into=into, contribution_monthly=contribution)
    whole = project(sheet, assumptions, policy, years=25)
    hurt = project(sheet, assumptions, policy, years=25, cut=shock)
    assert all(h >= w for h, w in zip(crossings(hurt), crossings(whole), strict=True))
    assert all(h.gross <= w.gross * (1 + 1e-12) for h, w in zip(hurt.years, whole.years, strict=True))


@settings(max_examples=25)
@given(households(), INTO)
def test_no_growth_no_reinvestment_no_contribution_is_constant(sheet, into):
    policy = Policy(into=into, contribution_monthly=0, reinvest_share=0)
    snowball = project(sheet, Settings(dividend_growth_pa=0.0), policy, years=25)
    assert [year.gross for year in snowball.years] == pytest.approx([snowball.income.gross] * 26, rel=1e-12)


@settings(max_examples=50)
@given(
    households(), INTO, GROWTH, stress(), st.sampled_from([1, 3, 12]), st.none() | st.floats(0, 1e6), st.floats(0, 1)
)
def test_every_year_is_explained_to_rounding(sheet, into, growth, shock, every, contribution, share):
    policy = Policy(into=into, contribution_monthly=contribution, reinvest_share=share, buy_every_months=every)
    snowball = project(sheet, Settings(dividend_growth_pa=growth), policy, years=20, cut=shock)
    before = snowball.income.gross
    for year in snowball.years:
        assert year.opening == pytest.approx(before, rel=1e-12)
        assert abs(year.residual) <= 1e-9 * max(year.gross, year.opening, 1.0)
        assert year.net - year.taken == pytest.approx(
            year.invested_dividends / share if share > 1e-9 else year.net - year.taken
        )
        before = year.gross


@settings(max_examples=25)
@given(households(), INTO, st.floats(0.01, 100))
def test_scaling_every_amount_scales_every_answer(sheet, into, factor):
    def scaled(flow: CashFlow) -> CashFlow:
        return replace(flow, amount=flow.amount * factor)

    larger = sheet.with_(
        holdings=tuple(replace(h, quantity=h.quantity * factor) for h in sheet.holdings),
        secured_loans=tuple(replace(loan, balance=loan.balance * factor) for loan in sheet.secured_loans),
        incomes=tuple(map(scaled, sheet.incomes)),
        expenses=tuple(map(scaled, sheet.expenses)),
        credit_lines=(),
    )
    small = project(sheet.with_(credit_lines=()), Settings(), Policy(into=into), years=15)
    large = project(larger, Settings(), Policy(into=into), years=15)
    assert [y.net for y in large.years] == pytest.approx([y.net * factor for y in small.years], rel=1e-9)


def test_the_first_year_starts_with_the_month_after_the_sheet():
    december = reference_household(date(2025, 12, 31))
    assert [year.starts for year in project(december, Settings(), years=1).years] == [
        date(2026, 1, 1),
        date(2027, 1, 1),
    ]
