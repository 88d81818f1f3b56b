"""Average cost and first in, first out, against hand-worked positions and exact fractions."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings

from alm.ledger.lots import LotBook, Method, lot_book
from alm.ledger.transactions import Transaction
from tests.ledger import oracle
from tests.ledger.ledgers import positions, row

A_X = ("A", "X")
TWO_BUYS_ONE_SALE = [
    row("2020-01-10", "buy", 100, 100_000, fee=500),
    row("2020-02-10", "buy", 100, 200_000, fee=500),
    row("2020-03-10", "sell", 150, 300_000, fee=750, tax=9_999),
]


@pytest.mark.parametrize(
    ("method", "gain", "cost_left"),
    [
        # average: (100,500 + 200,500) / 200 = 1,505 a unit; 299,250 − 150 · 1,505 = 73,500
        ("average", 73_500, 75_250),
        # FIFO: 100 at 1,005 and 50 at 2,005; 299,250 − 200,750 = 98,500
        ("fifo", 98_500, 100_250),
    ],
)
def test_two_purchases_and_a_sale(method: Method, gain: float, cost_left: float) -> None:
    book = lot_book(TWO_BUYS_ONE_SALE, method)
    assert sum(r.gain for r in book.realised) == pytest.approx(gain, abs=1e-6)
    assert book.quantity(A_X) == pytest.approx(50)
    assert book.cost(A_X) == pytest.approx(cost_left, abs=1e-6)


def test_a_gain_in_the_base_currency_uses_the_rate_of_each_day() -> None:
    rows = [row("2020-01-10", "buy", 10, 1_000, currency="USD", fx=100), row("2021-01-10", "sell", 10, 1_000, fx=150)]
    (closed,) = lot_book(rows).realised
    assert closed.gain == 0
    assert closed.gain_base == 50_000


@pytest.mark.parametrize(("before", "ratio", "after"), [(100, 10, 1_000), (5_000, 0.02, 100)])
@pytest.mark.parametrize("method", ["average", "fifo"])
def test_a_split_changes_units_and_not_a_yen_of_cost(method: Method, before: int, ratio: float, after: int) -> None:
    rows = [row("2020-01-10", "buy", before, 1_234_567), row("2020-02-10", "split", ratio)]
    book = lot_book(rows, method)
    assert book.quantity(A_X) == after
    assert book.cost(A_X) == 1_234_567
    closed = lot_book([*rows, row("2020-03-10", "sell", after, 1_234_567)], method)
    assert sum(r.gain for r in closed.realised) == 0
    assert closed.open == ()


def test_purchases_of_a_day_come_before_its_sales_however_the_file_lists_them() -> None:
    book = lot_book([row("2020-01-10", "sell", 10, 110), row("2020-01-10", "buy", 10, 100)])
    assert [r.gain for r in book.realised] == [10]
    assert book.problems == ()


def test_selling_more_than_is_held_is_named_and_the_position_is_not_counted() -> None:
    book = lot_book([row("2020-01-10", "buy", 5, 500), row("2020-02-10", "sell", 8, 900), *TWO_BUYS_ONE_SALE[2:]])
    (problem,) = book.problems
    assert problem.sentence == (
        "2020-02-10: A sells 8 of X but the ledger holds 5; an earlier purchase, split or opening transfer is missing."
    )
    assert book.open == ()
    assert book.realised == ()


def test_an_account_that_allows_shorts_gains_when_it_buys_back_lower() -> None:
    rows = [row("2020-01-10", "sell", 10, 1_000), row("2020-02-10", "buy", 4, 360), row("2020-03-10", "buy", 10, 1_200)]
    book = lot_book(rows, "fifo", short_accounts=("A",))
    # 4 bought back at 90, 6 at 120: 4 · 10 − 6 · 20; then 4 long at 120
    assert [r.gain for r in book.realised] == pytest.approx([40, -120])
    assert book.quantity(A_X) == 4
    assert book.cost(A_X) == pytest.approx(480)


def test_a_transfer_moves_lots_with_their_cost_and_date() -> None:
    rows = [row("2020-01-10", "buy", 100, 1_000), row("2020-02-10", "transfer", 40, to_account="B")]
    book = lot_book(rows)
    assert (book.quantity(A_X), book.cost(A_X)) == (60, 600)
    assert (book.quantity(("B", "X")), book.cost(("B", "X"))) == (40, 400)
    assert dict(book.open)["B", "X"][0].opened == date(2020, 1, 10)


def test_moving_out_more_than_is_held_spoils_both_positions() -> None:
    rows = [row("2020-01-10", "buy", 10, 100, account="B"), row("2020-02-10", "transfer", 1, to_account="B")]
    book = lot_book(rows)
    assert [p.account for p in book.problems] == ["A", "B"]
    assert "A moves out 1 of X but the ledger holds 0" in book.problems[0].sentence
    assert book.open == ()


def test_an_opening_transfer_brings_its_cost() -> None:
    book = lot_book([row("2020-01-10", "transfer", 100, 5_000), row("2020-02-10", "sell", 50, 4_000)])
    assert [r.gain for r in book.realised] == [1_500]


def test_the_book_of_an_earlier_day_does_not_know_what_came_later() -> None:
    book = lot_book(TWO_BUYS_ONE_SALE, until=date(2020, 3, 9))
    assert book.quantity(A_X) == 200
    assert book.realised == ()


def summary(book: LotBook) -> tuple[float, float, float]:
    return book.quantity(A_X), book.cost(A_X), sum(r.gain for r in book.realised)


@settings(max_examples=80)
@given(positions())
def test_fifo_equals_exact_matching(rows: list[Transaction]) -> None:
    book = lot_book(rows, "fifo")
    assert book.problems == ()
    exact = [float(x) for x in oracle.fifo(rows, "X", "A")]
    assert summary(book) == pytest.approx(exact, rel=1e-9, abs=1e-4)


@settings(max_examples=80)
@given(positions())
def test_average_equals_exact_averages(rows: list[Transaction]) -> None:
    book = lot_book(rows, "average")
    assert book.problems == ()
    exact = [float(x) for x in oracle.average(rows, "X", "A")]
    assert summary(book) == pytest.approx(exact, rel=1e-9, abs=1e-4)


@settings(max_examples=50)
@given(positions())
def test_both_methods_agree_once_everything_is_sold(rows: list[Transaction]) -> None:
    left = lot_book(rows).quantity(A_X)
    closed = [*rows, row("2021-01-01", "sell", left, 1_000)] if left else rows
    gains = [sum(r.gain for r in lot_book(closed, method).realised) for method in ("average", "fifo")]
    assert gains[0] == pytest.approx(gains[1], abs=1e-4)
