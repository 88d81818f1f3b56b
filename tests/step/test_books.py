"""Selling many holdings at once is selling each by the one rule of sales, losses set against gains where they may be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alm.fire.plan import Asset, Plan
from alm.fire.terms import house, interpreted, plain_book
from alm.step.block import FREE
from alm.step.books import kept_of_all, open_books
from alm.step.sale import keep_share

AMOUNTS = st.floats(1.0, 1e9)
SHARES = st.floats(0.0, 0.5)
HOLDINGS = st.lists(st.tuples(AMOUNTS, AMOUNTS, SHARES), min_size=1, max_size=4)


def kept(holdings: list[tuple[float, float, float]], sale_cost: float, *, offsets: bool) -> float:
    """What a block of one path keeps of selling all of them."""
    assets = tuple(Asset(f"A{n}", v, c, gains_tax=t, offsets=offsets) for n, (v, c, t) in enumerate(holdings))
    terms = interpreted(
        house(Plan(assets=assets, sale_cost=sale_cost), range(len(assets)), np.zeros((len(assets),) * 2))
    )
    book = plain_book(terms.terms, 1)
    open_books(terms, book, 1)
    kept_of_all(terms, book, FREE, 1)
    return book[terms.terms.kept][0]


@given(HOLDINGS, st.floats(0.0, 0.2))
def test_each_by_itself_keeps_value_times_its_keep_share(
    holdings: list[tuple[float, float, float]], sale_cost: float
) -> None:
    expected = sum(v * keep_share(v, c, sale_cost, t) for v, c, t in holdings)
    assert kept(holdings, sale_cost, offsets=False) == pytest.approx(expected, rel=1e-12, abs=1e-6)


@given(HOLDINGS, st.floats(0.0, 0.2))
def test_losses_are_set_against_gains_of_one_sale(holdings: list[tuple[float, float, float]], sale_cost: float) -> None:
    net = [v * (1 - sale_cost) for v, _, _ in holdings]
    tax = sum(t * (money - c) for money, (_, c, t) in zip(net, holdings, strict=True))
    assert kept(holdings, sale_cost, offsets=True) == pytest.approx(sum(net) - max(0.0, tax), rel=1e-9, abs=1e-3)


def test_a_loss_pays_for_a_gain_and_no_more() -> None:
    # gain of 40 on one, loss of 25 on the other at 20 %: tax on 15
    assert kept([(100, 60, 0.2), (50, 75, 0.2)], 0.0, offsets=True) == pytest.approx(147.0)
    assert kept([(100, 100, 0.2), (50, 75, 0.2)], 0.0, offsets=True) == pytest.approx(150.0)
