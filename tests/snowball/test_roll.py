"""The roll-forward itself: money is never made or lost, and every month is explained."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from alm.snowball.roll import Plan, Rows, roll, trend

YEARS = 3
MONTHS = 12 * YEARS


@st.composite
def rolled(draw: st.DrawFn):
    """Up to three holdings that yield at most 2 % a month, and perhaps one short, which owes and cannot be bought."""
    n = draw(st.integers(2, 4))
    money = st.floats(0, 1e6)
    price = np.append(draw(arrays(float, n - 1, elements=st.floats(1e3, 1e7))), 0.0)
    yields = draw(arrays(float, (n, 12), elements=st.floats(0, 0.02)))
    pay = np.vstack([yields[:-1] * price[:-1, None], -draw(st.sampled_from([0.0, 1e6])) * yields[-1]])
    rows = Rows(pay, price, draw(arrays(float, n, elements=st.floats(0.5, 1.0))), np.ones(n))
    bought = np.array([1.0] * (n - 1) + [0.0])
    plan = Plan(
        contributed=draw(arrays(float, (MONTHS, 1), elements=money)),
        needed=draw(arrays(float, (MONTHS, 1), elements=money)),
        split=bought / (n - 1),
        own=draw(arrays(bool, n)) & (bought > 0),
        share=draw(st.floats(0, 1)),
        every=draw(st.sampled_from([1, 3, 12])),
    )
    index = trend(draw(arrays(float, n, elements=st.floats(-0.1, 0.2))), YEARS)
    return rows, plan, roll(rows, index, np.ones((YEARS, n)), plan), index


@settings(max_examples=80)
@given(rolled())
def test_what_comes_in_is_spent_on_life_kept_or_buys_at_the_price_of_the_day(case):
    # all that was saved and contributed in months that have been bought with, against the units they bought at cost;
    # a debt of the short that is not covered yet is the one part that may still be open
    rows, plan, done, index = case
    months = np.arange(MONTHS - 1)
    price = rows.price * (
        index[:-1, None] * (index[1:, None] / index[:-1, None]) ** ((np.arange(12) + 1)[:, None, None] / 12)
    ).reshape(MONTHS, 1, -1)
    units = done.from_dividends + done.from_contributions
    cost = ((units[1:] - units[:-1]) * price[:-1]).sum(axis=-1)[:, 0]
    saved = (plan.share * (done.net - done.taken) + plan.contributed)[:, 0]
    spent, came = cost.cumsum(), saved.cumsum()[:-1]
    buying = (months + 1) % plan.every == 0
    owed = came[buying] - spent[buying]
    assert (owed <= 1e-4 + 1e-9 * came[buying]).all()
    if not (rows.pay < 0).any():
        assert owed == pytest.approx(np.zeros(len(owed)), abs=1e-4)


@settings(max_examples=80)
@given(rolled())
def test_dividends_are_units_times_dividends_per_unit(case):
    rows, _, done, _ = case
    units = rows.held + done.from_dividends + done.from_contributions
    assert done.gross == pytest.approx((units * done.per_unit).sum(axis=-1), rel=1e-9, abs=1e-6)
    assert (done.taken >= 0).all()
    assert (done.from_contributions >= 0).all()


def test_one_holding_bought_monthly_by_hand():
    # 1,200 a year on 12,000, no growth: 100 a month buys 1/120 of the holding a month, so units grow by 1/120
    rows = Rows(np.full((1, 12), 100.0), np.array([12_000.0]), np.ones(1), np.ones(1))
    nothing = np.zeros((12, 1))
    done = roll(rows, trend(np.zeros(1), 1), np.ones((1, 1)), Plan(nothing, nothing, np.ones(1), np.array([True])))
    assert done.gross[:, 0] == pytest.approx([100 * (1 + 1 / 120) ** month for month in range(12)])


def test_prices_follow_growth_within_the_year():
    # 12 % growth: the end of month 6 costs √1.12 of today's price; 1,000 buys 1,000 / (1,000 · √1.12) units
    rows = Rows(np.zeros((1, 12)), np.array([1_000.0]), np.ones(1), np.ones(1))
    once = np.zeros((12, 1))
    once[5] = 1_000
    plan = Plan(once, np.zeros((12, 1)), np.ones(1), np.array([False]))
    done = roll(rows, trend(np.array([0.12]), 1), np.ones((1, 1)), plan)
    assert done.from_contributions[5, 0, 0] == 0
    assert done.from_contributions[6, 0, 0] == pytest.approx(1.12**-0.5)


def test_dividends_owed_on_a_short_wait_for_the_others():
    # a fund pays 100 in the second month; the short owes 60 in the first: 40 is left to buy with
    pay = np.zeros((2, 12))
    pay[0, 1], pay[1, 0] = 100, -60
    rows = Rows(pay, np.array([1_000.0, 0.0]), np.ones(2), np.ones(2))
    nothing = np.zeros((12, 1))
    plan = Plan(nothing, nothing, np.array([1.0, 0.0]), np.array([False, False]))
    done = roll(rows, trend(np.zeros(2), 1), np.ones((1, 2)), plan)
    # the second month's 100 pay the 60 first; 40 buy 4 % of the fund, which pays nothing until the next year
    assert done.from_dividends[:3, 0, 0] == pytest.approx([0, 0, 0.04])
