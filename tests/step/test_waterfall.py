"""Who pays: each source alone, all of them in every order, and what a surplus does."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alm.fire.plan import Asset, Lender, Line, Loan, Plan
from alm.fire.terms import house, interpreted, plain_book
from alm.settings import WATERFALL_SOURCES
from alm.step.block import BUY, FREE, REPAY_LINE, REPAY_LOAN
from alm.step.books import open_books
from alm.step.waterfall import rebalance
from tests.step.blocks import opened, raised, step

LENDER = Lender(freeze_ltv=0.6, call_ltv=0.7, forced_ltv=0.85, cure_ltv=0.6)
# 30 in cash; 40 undrawn; 50 free, a tenth of it lost to cost and tax; 100 pledged for 48, of which the freeze spares 20.
PLAN = Plan(
    cash=30.0, sale_cost=0.0,
    assets=(
        Asset("Free", 50.0, 0.0, gains_tax=0.1),
        Asset("Pledged", 100.0, 100.0, dividends_pa=4.0, pledged_to="Loan"),
    ),
    loans=(Loan("Loan", 48.0, 0.0, lender=LENDER),),
    lines=(Line("Line", 45.0, 5.0),),
)  # fmt: skip
# 100 sold and 48 repaid leaves 52: more than what the freeze spares, and nothing pledged.
MOST = {"cash": 30.0, "credit_line": 40.0, "dividends": 0.0, "unpledged_sale": 45.0, "pledged_sale": 52.0}


@pytest.mark.parametrize("source", MOST)
def test_a_source_alone_pays_the_need_or_all_it_has(source: str) -> None:
    assert raised(opened(PLAN), MOST[source], source) == pytest.approx({source: MOST[source], "nobody": 0.0})
    assert raised(opened(PLAN), 100.0, source) == pytest.approx({source: MOST[source], "nobody": 100.0 - MOST[source]})
    assert raised(opened(PLAN), 0.0, source) == {source: 0.0, "nobody": 0.0}


@pytest.mark.parametrize("order", list(permutations(WATERFALL_SOURCES)), ids=" ".join)
def test_in_every_order_the_earlier_pays_first(order: tuple[str, ...]) -> None:
    for need in (10.0, 60.0, 110.0, 160.0, 200.0):
        missing, expected = need, {}
        for source in order:
            expected[source] = min(missing, MOST[source])
            missing -= expected[source]
        assert raised(opened(PLAN), need, *order) == pytest.approx(expected | {"nobody": missing}, abs=1e-9)


def test_the_reserve_stays_in_cash_at_todays_prices_where_it_is_asked_for() -> None:
    block = opened(replace(PLAN, reserve_months=6.0, reserve_pa=20.0))
    block.row("level")[0] = 1.5  # 6 months of 20 a year, at prices half as high again: 15
    assert raised(block, 100.0, "cash", reserved=True) == pytest.approx({"cash": 15.0, "nobody": 85.0})
    assert raised(block, 100.0, "cash", reserved=True)["nobody"] == 100.0, "what is left is the reserve"
    block.row("paid", 1)[0] = 0.0
    assert raised(block, 100.0, "cash", reserved=False)["cash"] == pytest.approx(15.0)


def test_lines_pay_in_their_order_until_they_are_full_or_have_expired() -> None:
    plan = replace(PLAN, lines=(Line("First", 10.0, 4.0, expires_year=1.0), Line("Second", 20.0)))
    block = opened(plan)
    assert raised(block, 15.0, "credit_line", number=11)["credit_line"] == pytest.approx(15.0)
    assert (block.row("drawn")[0], block.row("drawn", 1)[0]) == pytest.approx((10.0, 9.0))
    block = opened(plan)
    assert raised(block, 25.0, "credit_line", number=12) == pytest.approx({"credit_line": 20.0, "nobody": 5.0})
    assert (block.row("drawn")[0], block.row("drawn", 1)[0]) == pytest.approx((4.0, 20.0)), "still owed, and no more"


def test_a_sale_takes_the_same_share_of_everything_free_and_of_its_cost_and_dividends() -> None:
    free = (Asset("A", 60.0, 30.0, dividends_pa=6.0, gains_tax=0.2), Asset("B", 40.0, 60.0, gains_tax=0.2))
    block = opened(replace(PLAN, assets=free, loans=(), sale_cost=0.1))
    # All of it: 90 after cost; gain 54 − 30 = 24, loss 36 − 60 = −24: no tax. So 45 is half of everything.
    assert raised(block, 45.0, "unpledged_sale")["unpledged_sale"] == pytest.approx(45.0)
    for name, expected in (
        ("value", (30.0, 20.0)),
        ("cost", (15.0, 30.0)),
        ("dividend", (3.0, 0.0)),
        ("payout", (3.0, 0.0)),
    ):
        assert [block.row(name, k)[0] for k in (0, 1)] == pytest.approx(expected)
    assert block.sold_free()[0] == pytest.approx(50.0)
    assert block.row("sale_cost_tax")[0] == pytest.approx(5.0)


@given(
    st.floats(0.0, 2e3), st.lists(st.tuples(*[st.floats(1.0, 1e3)] * 2, st.floats(0.0, 0.5), st.floats(0.1, 1.0)), min_size=2, max_size=4),
    st.floats(1.0, 1e3), st.floats(1.0, 1e3), st.floats(0.0, 0.2),
)  # fmt: skip
def test_a_release_never_leaves_a_loan_above_its_freeze_that_was_below(
    need: float, holdings: list[tuple[float, float, float, float]], one: float, two: float, sale_cost: float
) -> None:
    assets = tuple(
        Asset(str(k), value, cost, gains_tax=tax, advance_rate=advance, pledged_to=("One", "Two")[k % 2])
        for k, (value, cost, tax, advance) in enumerate(holdings)
    )
    loans = (Loan("One", one, lender=LENDER), Loan("Two", two, lender=LENDER))
    block = opened(Plan(sale_cost=sale_cost, assets=assets, loans=loans))

    def ratios() -> list[float]:
        """What is owed to each lender less the freeze of what he counts."""
        terms = block.terms
        return [
            block.row("balance", i)[0]
            - 0.6 * sum(block.row("value", k)[0] * a.advance for k, a in enumerate(terms.assets) if a.pledged == i)
            for i in (0, 1)
        ]

    before = ratios()
    paid = raised(block, need, "pledged_sale")
    assert paid["pledged_sale"] + paid["nobody"] == pytest.approx(need)
    for was, now in zip(before, ratios(), strict=True):
        assert now <= max(was, 0.0) + 1e-6


@pytest.mark.parametrize(
    ("uses", "repaid_line", "repaid_loan", "bought"),
    [
        ((), 0.0, 0.0, 0.0),
        (("repay_line",), 5.0, 0.0, 0.0),
        (("repay_loan",), 0.0, 25.0, 0.0),
        (("buy",), 0.0, 0.0, 25.0),
        (("repay_line", "buy"), 5.0, 0.0, 20.0),
        (("repay_line", "repay_loan", "buy"), 5.0, 20.0, 0.0),
    ],
)
def test_what_exceeds_the_cash_target_goes_to_its_uses_in_their_order(
    uses: tuple[str, ...], repaid_line: float, repaid_loan: float, bought: float
) -> None:
    still = tuple(replace(asset, dividends_pa=0.0) for asset in PLAN.assets)
    line = Line("Line", 45.0, 5.0, rate_pa=0.0)
    block = opened(replace(PLAN, assets=still, lines=(line,), cash_target=4.0, surplus=uses))
    step(block, [[1.0], [1.0]], level=1.25)  # the target of 4 is 5 by now: 25 of 30 are over
    assert block.row("cash")[0] == pytest.approx(30.0 - repaid_line - repaid_loan - bought)
    assert block.row("drawn")[0] == pytest.approx(5.0 - repaid_line)
    assert block.row("balance")[0] == pytest.approx(48.0 - repaid_loan)
    assert block.row("value")[0] + block.row("value", 1)[0] == pytest.approx(150.0 + bought)
    used = [block.row("used", use)[0] for use in (REPAY_LINE, REPAY_LOAN, BUY)]
    assert used == pytest.approx([repaid_line, repaid_loan, bought])


def test_what_is_bought_goes_to_every_asset_by_its_share_and_pays_what_new_purchases_pay() -> None:
    plan = replace(PLAN, cash_target=15.0, surplus=("buy",), loans=(), lines=(), assets=(
        Asset("A", 60.0, 30.0, dividends_pa=0.0, reinvest_yield=0.04), Asset("B", 40.0, 40.0),
    ))  # fmt: skip
    block = opened(plan)
    step(block, [[1.0], [1.0]])
    for name, expected in (("value", (69.0, 46.0)), ("cost", (39.0, 46.0)), ("dividend", (0.36, 0.0))):
        assert [block.row(name, k)[0] for k in (0, 1)] == pytest.approx(expected)


def test_a_rebalancing_sets_losses_against_gains_and_leaves_what_was_pledged_later() -> None:
    """A is 60 above its weight with a gain of half, B 60 above with a loss of half: no tax; C gets all of it.

    Values 160, 160 and 10 with weights of a third of 330: A and B each sell 50, C lacks 100.
    """
    assets = (
        Asset("A", 110.0, 110.0, gains_tax=0.2), Asset("B", 110.0, 110.0, gains_tax=0.2),
        Asset("C", 110.0, 110.0, gains_tax=0.2),
    )  # fmt: skip
    terms = interpreted(house(Plan(assets=assets, sale_cost=0.0), range(3), np.zeros((3, 3))))
    book = plain_book(terms.terms, 1)
    open_books(terms, book, 1)
    for k, (value, cost) in enumerate(((160.0, 80.0), (160.0, 240.0), (10.0, 10.0))):
        book[terms.terms.value + k][0], book[terms.terms.cost + k][0] = value, cost
    rebalance(terms, book, FREE, 1)
    assert [book[terms.terms.value + k][0] for k in range(3)] == pytest.approx([110.0, 110.0, 110.0])
    book[terms.terms.value + 1][0], book[terms.terms.value + 2][0] = 60.0, 160.0  # now only C sells, at a gain
    gain = 50.0 * (1 - book[terms.terms.cost + 2][0] / 160.0)
    rebalance(terms, book, FREE, 1)
    assert sum(book[terms.terms.value + k][0] for k in range(3)) == pytest.approx(330.0 - 0.2 * gain)
