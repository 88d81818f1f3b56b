"""Selling many holdings at once is selling each by the one rule of sales."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alm.fire.books import kept_of_all
from alm.mechanics.sale import keep_share

AMOUNTS = st.floats(0.0, 1e9)
SHARES = st.floats(0.0, 0.5)


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS, SHARES), max_size=4), st.floats(0.0, 0.2))
def test_what_is_kept_is_value_times_the_keep_share_of_each(
    holdings: list[tuple[float, float, float]], sale_cost: float
) -> None:
    assets = [SimpleNamespace(value=v, cost=c, gains_tax=t, pledged=-1) for v, c, t in holdings]
    world = SimpleNamespace(assets=assets, asset_count=len(assets), sale_cost=sale_cost)
    expected = sum(v * keep_share(v, c, sale_cost, t) for v, c, t in holdings)
    assert kept_of_all(world, -1) == pytest.approx(expected, rel=1e-12, abs=1e-6)
