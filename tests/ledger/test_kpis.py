"""Per-ticker results worked by hand."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given, settings

from alm.ledger.kpis import ticker_kpis
from alm.ledger.lots import lot_book
from alm.ledger.transactions import Transaction
from tests.ledger.ledgers import positions, row

AS_OF = date(2022, 1, 1)
ROWS = [
    row("2020-01-01", "buy", 100, 100_000, fee=1_000),
    row("2020-12-31", "dividend", 0, 5_000, tax=1_016),
    row("2021-06-30", "sell", 40, 60_000, fee=600, tax=3_000),
]


def test_a_position_bought_partly_sold_and_paid_a_dividend() -> None:
    (kpi,) = ticker_kpis(ROWS, lot_book(ROWS), {"X": 1_500.0}, AS_OF)
    assert kpi.quantity == 60
    assert kpi.cost == pytest.approx(60_600)  # 60 % of 101,000
    assert kpi.value == 90_000
    assert kpi.paid_in == 101_000
    assert kpi.received == 59_400
    assert kpi.dividends == 3_984
    assert kpi.realised == pytest.approx(59_400 - 40_400)
    assert kpi.unrealised == pytest.approx(29_400)
    assert kpi.gain == pytest.approx(52_384)
    assert kpi.total_return == pytest.approx(52_384 / 101_000)
    assert kpi.first_held == date(2020, 1, 1)
    assert kpi.held_days == 732  # 2020 is a leap year; both ends count
    assert kpi.xirr is not None
    flows = [(0, -101_000), (365, 3_984), (546, 59_400), (731, 90_000)]
    assert sum(x / (1 + kpi.xirr) ** (day / 365) for day, x in flows) == pytest.approx(0, abs=1e-3)


def test_a_held_ticker_without_a_price_is_worth_nothing_known() -> None:
    (kpi,) = ticker_kpis(ROWS, lot_book(ROWS), {}, AS_OF)
    assert math.isnan(kpi.value)
    assert math.isnan(kpi.gain)
    assert kpi.xirr is None


def test_a_ticker_sold_long_ago_needs_no_price() -> None:
    rows = [row("2020-01-01", "buy", 10, 1_000), row("2020-12-31", "sell", 10, 1_100)]
    (kpi,) = ticker_kpis(rows, lot_book(rows), {}, AS_OF)
    assert (kpi.value, kpi.gain, kpi.held_days) == (0, 100, 365)
    assert kpi.total_return == pytest.approx(0.1)
    assert kpi.xirr == pytest.approx(0.1, abs=1e-9)


def test_a_month_is_too_short_for_a_yearly_rate() -> None:
    rows = [row("2020-01-01", "buy", 10, 1_000), row("2020-01-20", "sell", 10, 1_100)]
    (kpi,) = ticker_kpis(rows, lot_book(rows), {}, AS_OF)
    assert kpi.xirr is None
    assert kpi.total_return == pytest.approx(0.1)


def test_what_cannot_be_true_has_no_return() -> None:
    rows = [row("2020-01-01", "buy", 10, 1_000), row("2020-01-20", "sell", 20, 1_100)]
    (kpi,) = ticker_kpis(rows, lot_book(rows), {"X": 100.0}, AS_OF)
    assert "sells 20 of X but the ledger holds 10" in kpi.problem
    assert kpi.total_return is None
    assert kpi.xirr is None


def test_the_future_is_not_known() -> None:
    rows = [*ROWS, row("2022-06-01", "buy", 1_000, 1)]
    past = ticker_kpis(rows, lot_book(rows, until=AS_OF), {"X": 1_500.0}, AS_OF)
    assert past == ticker_kpis(ROWS, lot_book(ROWS), {"X": 1_500.0}, AS_OF)


@settings(max_examples=50)
@given(positions())
def test_gain_is_realised_and_unrealised(rows: list[Transaction]) -> None:
    for kpi in ticker_kpis(rows, lot_book(rows), {"X": 123.0}, date(2020, 6, 1)):
        assert kpi.gain == pytest.approx(kpi.realised + kpi.unrealised + kpi.dividends, abs=1e-4)
