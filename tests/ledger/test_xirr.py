"""XIRR against closed forms and the example every spreadsheet documents."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alm.ledger.xirr import Flow, xirr

START = date(2020, 1, 1)


def after(days: int) -> date:
    return START + timedelta(days=days)


def test_the_example_of_the_spreadsheet_manuals() -> None:
    flows = [
        (date(2008, 1, 1), -10_000.0), (date(2008, 3, 1), 2_750.0), (date(2008, 10, 30), 4_250.0),
        (date(2009, 2, 15), 3_250.0), (date(2009, 4, 1), 2_750.0),
    ]  # fmt: skip
    assert xirr(flows) == pytest.approx(0.373362535, abs=1e-8)


@given(st.floats(-0.95, 5), st.integers(30, 5_000))
def test_one_flow_in_and_one_out_is_the_annualised_return(rate: float, days: int) -> None:
    flows = [(START, -1_000_000.0), (after(days), 1_000_000 * (1 + rate) ** (days / 365))]
    assert xirr(flows) == pytest.approx(rate, rel=1e-6, abs=1e-7)


@given(st.lists(st.tuples(st.integers(200, 3_000), st.floats(10_000, 1e6)), min_size=1, max_size=12))
def test_the_rate_makes_the_present_value_zero(received: list[tuple[int, float]]) -> None:
    flows: list[Flow] = [(START, -500_000.0), *((after(days), amount) for days, amount in received)]
    rate = xirr(flows)
    assert rate is not None
    value = sum(amount / (1 + rate) ** ((on - START).days / 365) for on, amount in flows)
    assert value == pytest.approx(0, abs=0.01)


def test_scale_and_order_do_not_matter() -> None:
    flows = [(START, -100.0), (after(200), -50.0), (after(700), 190.0)]
    assert xirr([(on, amount * 1e6) for on, amount in reversed(flows)]) == pytest.approx(xirr(flows))


@pytest.mark.parametrize(
    "flows",
    [
        [],
        [(START, -100.0)],
        [(START, -100.0), (after(10), -5.0)],
        [(START, 100.0), (after(10), 0.0)],
        [(START, -100.0), (START, 150.0)],
        [(START, -100.0), (after(10), float("nan"))],
    ],
)
def test_where_no_rate_exists_none_is_given(flows: list[Flow]) -> None:
    assert xirr(flows) is None


def test_of_two_rates_the_one_nearest_to_zero_is_given() -> None:
    # −1,000 + 2,500 v − 1,540 v² = 0 at 1 + r = 1.1 and 1.4, with years of 365 days
    flows = [(START, -1_000.0), (after(365), 2_500.0), (after(730), -1_540.0)]
    assert xirr(flows) == pytest.approx(0.1, abs=1e-9)
