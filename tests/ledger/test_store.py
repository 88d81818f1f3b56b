"""From rows a person types to the ledger's values, and `alm ledger` over them."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from alm.balance_sheet import RateTier
from alm.cli.ledger import command
from alm.ledger.loans import LoanEvent, RateChange
from alm.ledger.report import ledger_report
from alm.ledger.transactions import Transaction
from alm.store.books import load_balance_sheet
from alm.store.database import create, reading, writing
from alm.store.ledger import load_loan_accounts, load_transactions
from alm.store.tables import write_all

Row = dict[str, str | None]
AS_OF = date(2026, 11, 20)


def trade(on: str, kind: str, **more: str) -> Row:
    return {"date": on, "kind": kind, "account": "Broker", "currency": "JPY", **more}


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "alm.db"
    create(path)
    write(path, accounts=[{"name": "Broker"}])
    return path


def write(db: Path, **tables: list[Row]) -> None:
    with writing(db) as conn:
        write_all(conn, tables)


def transactions(db: Path) -> tuple[Transaction, ...]:
    with reading(db) as conn:
        return load_transactions(conn, AS_OF)


def test_an_amount_left_out_is_units_times_price_also_per_ten_thousand(db: Path) -> None:
    write(
        db,
        holdings=[{"ticker": "F", "account": "Broker", "asset_class": "fund", "currency": "JPY", "quantity": "1",
                   "cost_basis": "0", "price_unit": "10000"}],
        transactions=[
            trade("2026-01-05", "buy", ticker="X", quantity="10", price="1500"),
            trade("2026-01-06", "buy", ticker="F", quantity="500000", price="20000"),
            trade("2026-01-07", "buy", ticker="X", quantity="10", price="1500", amount="15100", fee="55"),
        ],
    )  # fmt: skip
    assert [(t.amount, t.fee) for t in transactions(db)] == [(15_000, 0), (1_000_000, 0), (15_100, 55)]


def test_a_rate_is_the_rows_own_or_the_latest_before_it_or_nobody_knows(db: Path) -> None:
    write(
        db,
        fx_rates=[{"currency": "USD", "base": "JPY", "date": "2026-01-02", "rate": "150"}],
        transactions=[
            trade("2026-01-01", "deposit", amount="1", currency="USD"),
            trade("2026-01-05", "deposit", amount="1", currency="USD"),
            trade("2026-01-06", "deposit", amount="1", currency="USD", fx="151.5"),
            trade("2026-01-07", "deposit", amount="1", currency="EUR"),
        ],
    )
    first, second, third, fourth = (t.fx for t in transactions(db))
    assert (second, third) == (150, 151.5)
    assert math.isnan(first)
    assert math.isnan(fourth)


def test_a_split_that_came_with_prices_is_in_the_ledger_once(db: Path) -> None:
    """Though the broker books it on the Monday after the ex-date."""
    write(
        db,
        transactions=[
            trade("2026-01-05", "buy", ticker="X", quantity="10", amount="1"),
            trade("2026-02-02", "split", ticker="X", quantity="2"),
        ],
        splits=[
            {"ticker": "X", "date": "2026-01-30", "ratio": "2"}, {"ticker": "X", "date": "2026-03-02", "ratio": "5"},
            {"ticker": "Y", "date": "2026-03-02", "ratio": "5"},
        ],
    )  # fmt: skip
    assert [(t.kind, t.quantity) for t in transactions(db)] == [("buy", 10), ("split", 2), ("split", 5)]


def test_loans_with_their_events_and_dated_tiers(db: Path) -> None:
    write(
        db,
        loans=[{"name": "Loan", "kind": "securities_backed", "currency": "JPY", "balance": "900", "rate_pa": "0.03",
                "profile": "standard-60-70-85", "accrued_interest": "5"}],
        loan_rates=[
            {"loan": "Loan", "from_date": "2026-04-01", "from_balance": "0", "rate_pa": "0.025"},
            {"loan": "Loan", "from_date": "2026-04-01", "from_balance": "1000000", "rate_pa": "0.02"},
        ],
        transactions=[
            trade("2026-01-05", "draw", loan="Loan", amount="1000"),
            trade("2026-02-05", "interest", loan="Loan", amount="2"),
            trade("2026-03-05", "repayment", loan="Loan", amount="100"),
            trade("2026-03-06", "interest", amount="1"),
        ],
    )  # fmt: skip
    with reading(db) as conn:
        (loan,) = load_loan_accounts(conn, load_transactions(conn, AS_OF), AS_OF)
    assert loan.events == (
        LoanEvent(date(2026, 1, 5), "draw", 1_000), LoanEvent(date(2026, 2, 5), "interest_paid", 2),
        LoanEvent(date(2026, 3, 5), "repayment", 100),
    )  # fmt: skip
    assert loan.terms.rates[0].rate_pa == 0.03
    tiers = (RateTier(0, 0.025), RateTier(1_000_000, 0.02))
    assert loan.terms.rates[1] == RateChange(date(2026, 4, 1), 0.025, tiers)
    assert (loan.recorded.balance, loan.recorded.accrued) == (900, 5)


def test_a_balance_is_compared_on_the_day_of_its_statement(db: Path) -> None:
    """1,000,000 at 3.65 % is 100 a night: the statement's ten nights agree, whatever day it is read on."""
    statement = {"name": "Loan", "kind": "securities_backed", "currency": "JPY", "profile": "standard-60-70-85"}
    figures = {"balance": "1000000", "accrued_interest": "1000", "rate_pa": "0.0365", "balance_on": "2026-01-15"}
    write(db, loans=[statement | figures], transactions=[trade("2026-01-05", "draw", loan="Loan", amount="1000000")])
    with reading(db) as conn:
        transactions = load_transactions(conn, AS_OF)
        loans = load_loan_accounts(conn, transactions, AS_OF)
        report = ledger_report(transactions, load_balance_sheet(conn, AS_OF), loans)
    assert loans[0].recorded.on == date(2026, 1, 15)
    assert report.loans[0].check is not None
    assert report.loans[0].check.agrees


def run(db: Path, *words: str) -> Any:
    done = CliRunner().invoke(command, ["--db", str(db), "--as-of", AS_OF.isoformat(), *words])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return json.loads(done.output) if "--json" in words else done.output


LEDGER = [
    trade("2025-01-06", "deposit", amount="2000000"),
    trade("2025-01-07", "buy", ticker="X", quantity="1000", amount="1000000"),
    trade("2026-01-07", "sell", ticker="X", quantity="400", amount="600000", fee="500"),
]
BOOKS: dict[str, list[Row]] = {
    "holdings": [{"ticker": "X", "account": "Broker", "asset_class": "equity", "currency": "JPY", "quantity": "600",
                  "cost_basis": "600000"}],
    "prices": [{"ticker": "X", "date": "2026-11-20", "close": "2000", "currency": "JPY"}],
    "cash": [{"account": "Broker", "currency": "JPY", "amount": "1599500"}],
}  # fmt: skip


def test_the_command_says_what_was_gained_and_that_the_books_agree(db: Path) -> None:
    write(db, transactions=LEDGER, **BOOKS)
    answer = run(db, "--json")
    (ticker,) = answer["tickers"]
    assert (ticker["value"], ticker["realised"], ticker["unrealised"]) == (1_200_000, 199_500, 600_000)
    assert ticker["total_return"] == pytest.approx(0.7995)
    assert answer["gain_years"] == [{"year": 2026, "proceeds": 599_500, "cost": 400_000, "gain": 199_500}]
    assert answer["realised"][0]["gain"] == 199_500
    assert (answer["differences"], answer["problems"]) == ([], [])
    text = run(db, "--realised")
    assert "The books and the transactions agree." in text
    assert "+¥199,500" in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_command_names_what_differs(db: Path) -> None:
    write(db, transactions=LEDGER[:2], **BOOKS)
    holding, cash = run(db, "--json")["differences"]
    assert (holding["what"], holding["difference"]) == ("X", -400)
    assert (cash["what"], cash["difference"]) == ("JPY", 599_500)
    assert "Broker, X: recorded 600, transactions give 1,000" in " ".join(run(db).split())


def test_an_empty_ledger_says_how_to_begin(db: Path) -> None:
    assert run(db) == "There are no transactions yet; `alm import` reads a broker's trades.\n"
    assert run(db, "--json")["transactions"] == 0
