"""Units that change without a trade: delivered out, exchanged, spun off. Cost goes where the units go."""

from __future__ import annotations

from datetime import date

import pytest

from alm.ledger.daily import daily_cash, daily_holdings
from alm.ledger.kpis import ticker_kpis
from alm.ledger.lots import METHODS, Method, lot_book
from tests.ledger.ledgers import row

END = date(2026, 12, 31)
BOUGHT = (row("2026-01-05", "buy", 60, 6_000), row("2026-02-05", "buy", 40, 8_000))


@pytest.mark.parametrize("method", METHODS)
def test_a_merger_for_shares_carries_cost_and_dates_over(method: Method) -> None:
    """100 units that cost 14,000 become 50 of Y; 25 of them sold for 10,000."""
    rows = [
        *BOUGHT,
        row("2026-03-05", "exchange", 100, to_ticker="Y", to_quantity=50.0),
        row("2026-04-05", "sell", 25, 10_000, ticker="Y"),
    ]
    book = lot_book(rows, method)
    assert book.problems == ()
    assert (book.quantity(("A", "X")), book.quantity(("A", "Y"))) == (0, 25)
    sold = {"average": 7_000, "fifo": 5_000}[method]  # first in: 30 of Y for 6,000, 20 for 8,000
    assert sum(r.cost for r in book.realised) == pytest.approx(sold)
    assert book.cost(("A", "Y")) == pytest.approx(14_000 - sold)
    assert {r.opened for r in book.realised} == {date(2026, 1, 5)}
    held = daily_holdings(rows, END, END).on(END)
    assert held == {("A", "Y"): 25}


def test_a_spin_off_takes_its_share_of_the_cost() -> None:
    """A fifth of 14,000 goes with 25 new units; the old ones keep the rest."""
    rows = [*BOUGHT, row("2026-03-05", "spin_off", to_ticker="Y", to_quantity=25.0, cost_share=0.2)]
    book = lot_book(rows)
    assert (book.quantity(("A", "X")), book.cost(("A", "X"))) == (100, pytest.approx(11_200))
    assert (book.quantity(("A", "Y")), book.cost(("A", "Y"))) == (25, pytest.approx(2_800))
    assert daily_holdings(rows, END, END).on(END) == {("A", "X"): 100, ("A", "Y"): 25}


def test_what_is_delivered_out_takes_its_cost_and_gains_nothing() -> None:
    rows = [*BOUGHT, row("2026-03-05", "delivery", 50, fee=300.0)]
    book = lot_book(rows)
    assert book.realised == ()
    assert (book.quantity(("A", "X")), book.cost(("A", "X"))) == (50, pytest.approx(7_000))
    assert daily_cash(rows, END, END).on(END) == {("A", "JPY"): -14_300}
    (share,) = ticker_kpis(rows, book, {"X": 140.0}, END)
    assert share.gain == pytest.approx(0)  # 50 at 140 are worth the 7,000 they cost


def test_each_tickers_result_counts_the_cost_that_was_carried() -> None:
    """The merger is no gain of Y and no loss of X: Y is worth 15,000 and has cost 14,000."""
    rows = [*BOUGHT, row("2026-03-05", "exchange", 100, to_ticker="Y", to_quantity=50.0)]
    kpis = {k.ticker: k for k in ticker_kpis(rows, lot_book(rows), {"Y": 300.0}, END)}
    assert kpis["X"].gain == pytest.approx(0)
    assert (kpis["Y"].paid_in, kpis["Y"].gain) == (pytest.approx(14_000), pytest.approx(1_000))


@pytest.mark.parametrize("kind", ["delivery", "exchange"])
def test_more_than_is_held_cannot_leave(kind: str) -> None:
    rows = [*BOUGHT, row("2026-03-05", kind, 101, to_ticker="Y", to_quantity=1.0)]  # type: ignore[arg-type]
    assert "moves out 101 of X but the ledger holds 100" in lot_book(rows).problems[0].sentence
