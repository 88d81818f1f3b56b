"""A household's ledger against its balance sheet."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest

from alm.balance_sheet import BalanceSheet, CashBalance, Quote
from alm.ledger.loans import LoanEvent, LoanTerms, RateChange, Statement
from alm.ledger.report import LedgerReport, LoanAccount, ledger_report
from alm.ledger.transactions import Transaction
from tests.households import AS_OF, TAXABLE, holding
from tests.ledger.ledgers import row

SHEET = BalanceSheet(
    as_of=AS_OF,
    base_currency="JPY",
    holdings=(holding("X", 1_500_000.0),),  # 1,000 units at 1,500
    cash_balances=(CashBalance(TAXABLE, "JPY", 400_000.0, Quote(1.0, AS_OF)),),
)
ROWS = [
    row("2025-01-06", "deposit", 0, 1_700_000, account="Broker", ticker=""),
    row("2025-01-07", "buy", 1_200, 1_200_000, account="Broker"),
    row("2025-06-02", "sell", 200, 240_000, account="Broker"),
    row("2025-09-01", "withdrawal", 0, 340_000, account="Broker", ticker=""),
]


def report(rows: list[Transaction] = ROWS, sheet: BalanceSheet = SHEET, *loans: LoanAccount) -> LedgerReport:
    return ledger_report(rows, sheet, loans)


def test_books_that_agree_have_no_difference() -> None:
    found = report()
    assert found.differences == ()
    assert found.problems == ()
    (kpi,) = found.tickers
    assert (kpi.value, kpi.realised, kpi.unrealised) == (1_500_000, 40_000, 500_000)
    assert found.total_return == pytest.approx(540_000 / 1_200_000)
    assert [(y.year, y.proceeds, y.cost, y.gain) for y in found.gain_years] == [(2025, 240_000, 200_000, 40_000)]


def test_what_comes_after_the_sheets_date_is_not_counted() -> None:
    assert report([*ROWS, row("2026-12-01", "buy", 5, 1, account="Broker")]) == report()


def test_a_missing_deposit_and_a_missing_split_are_named() -> None:
    rows = [ROWS[0], replace(ROWS[1], quantity=100, amount=1_200_000)]
    explanations = [d.explanation for d in report(rows).differences]
    assert explanations == [
        "a split of 1:10 that is not in the ledger explains it exactly",
        "a withdrawal, fee or purchase is missing",
    ]  # 500,000 of cash rebuilt against 400,000


def test_an_account_without_transactions_is_not_reconciled() -> None:
    other = holding("Y", 1.0, account=replace(TAXABLE, name="Other"))
    assert report(sheet=replace(SHEET, holdings=(*SHEET.holdings, other))).differences == ()


def test_two_pledges_of_one_ticker_are_one_position() -> None:
    halves = tuple(replace(SHEET.holdings[0], quantity=500, pledged_to=to) for to in ("Loan", None))
    assert report(sheet=replace(SHEET, holdings=halves)).differences == ()


def test_a_held_ticker_without_a_price_leaves_no_total() -> None:
    found = report(sheet=replace(SHEET, holdings=(replace(SHEET.holdings[0], price=None),)))
    assert math.isnan(found.tickers[0].value)
    assert found.xirr is None
    assert found.total_return is not None
    assert math.isnan(found.total_return)


def test_a_trade_in_a_currency_without_a_rate_is_named() -> None:
    found = report([*ROWS, row("2025-02-03", "buy", 1, 1, account="Broker", currency="USD", fx=math.nan)])
    assert found.warnings == ("no exchange rate for USD on 2025-02-03",)
    assert math.isnan(found.tickers[0].gain)


def test_an_impossible_sale_is_a_problem_and_leaves_no_total() -> None:
    found = report([*ROWS, row("2025-02-03", "sell", 5_000, 1, account="Broker")])
    assert "sells 5,000 of X but the ledger holds 1,200" in found.problems[0].sentence
    assert (found.total_return, found.xirr) == (None, None)


def loan(balance: float, *events: LoanEvent) -> LoanAccount:
    terms = LoanTerms((RateChange(date(2026, 1, 1), 0.02),))
    return LoanAccount("Loan", "JPY", Statement(AS_OF, balance, None), events, terms)


def test_loans_are_checked_against_the_books() -> None:
    draw = LoanEvent(date(2026, 1, 5), "draw", 50_000_000)
    agreed, missing, impossible, untouched = (
        report(ROWS, SHEET, account).loans
        for account in (
            loan(50_000_000, draw),
            loan(45_000_000, draw),
            loan(0, draw, LoanEvent(date(2026, 2, 2), "repayment", 60_000_000)),
            loan(50_000_000),
        )
    )
    assert agreed[0].check is not None
    assert agreed[0].check.agrees
    assert missing[0].check is not None
    assert missing[0].check.explanation == "a repayment of 5,000,000 is not in the ledger"
    assert impossible[0].check is None
    assert "exceeds it by 10,000,000" in impossible[0].problem
    assert untouched == ()
