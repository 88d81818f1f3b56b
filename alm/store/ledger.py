"""The transactions and loans of the books as the ledger's values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np
from sqlalchemy import Connection, RowMapping

from alm.balance_sheet import RateTier
from alm.ledger.loans import LoanEvent, LoanEventKind, LoanTerms, RateChange, Statement
from alm.ledger.report import LoanAccount
from alm.ledger.transactions import Transaction, in_order
from alm.ledger.values import Series, carried_forward
from alm.store.books import load_settings
from alm.store.histories import fx_history
from alm.store.quotes import Names, names
from alm.store.splits import fetched_splits

_EVENTS: Mapping[str, LoanEventKind] = {"draw": "draw", "repayment": "repayment", "interest": "interest_paid"}


def load_transactions(conn: Connection, as_of: date) -> tuple[Transaction, ...]:
    """Every transaction up to a date, in order. A row without an amount has quantity · price / price_unit; one without
    a rate has its currency's latest rate on or before its day, NaN where there is none. Splits that came with prices
    and that no transaction records are added, for accounts that held the ticker before."""
    base = load_settings(conn).base_currency
    query = "SELECT * FROM transactions WHERE date <= ? ORDER BY date, id"
    rows = list(conn.exec_driver_sql(query, (as_of.isoformat(),)).mappings())
    units = {ticker: float(unit) for ticker, unit in conn.exec_driver_sql("SELECT ticker, price_unit FROM holdings")}
    known = names(conn)
    rates = _rates(conn, {row["currency"] for row in rows if row["fx"] is None} - {base})
    read = [_transaction(row, known, units, _fx(row, base, rates)) for row in rows]
    return in_order([*read, *_feed_splits(conn, read, as_of)])


def _transaction(row: RowMapping, known: Names, units: Mapping[str, float], fx: float) -> Transaction:
    ticker, quantity = row["ticker"] or "", float(row["quantity"])
    priced = quantity * float(row["price"] or 0) / units.get(ticker, 1.0)
    return Transaction(
        on=date.fromisoformat(row["date"]),
        kind=row["kind"],
        account=row["account"],
        currency=row["currency"],
        ticker=known.of(ticker, row["currency"]),
        quantity=quantity,
        amount=float(row["amount"]) or priced,
        fee=float(row["fee"]),
        tax=float(row["tax"]),
        fx=fx,
        to_account=row["to_account"] or "",
        loan=row["loan"] or "",
        to_ticker=row["to_ticker"] or "",
        to_quantity=float(row["to_quantity"]),
        cost_share=float(row["cost_share"]),
    )


def _rates(conn: Connection, currencies: set[str]) -> dict[str, Series]:
    if not currencies:
        return {}
    frame = fx_history(conn, sorted(currencies))
    days = frame.index.to_numpy().astype("datetime64[D]")
    return {str(name): (days, frame[name].to_numpy(np.float64)) for name in frame.columns}


def _fx(row: RowMapping, base: str, rates: Mapping[str, Series]) -> float:
    if row["fx"] is not None:
        return float(row["fx"])
    if row["currency"] == base:
        return 1.0
    on = np.array([row["date"]], dtype="datetime64[D]")
    series = rates.get(row["currency"])
    return float(carried_forward(series, on)[0]) if series is not None else math.nan


def _feed_splits(conn: Connection, read: Iterable[Transaction], as_of: date) -> list[Transaction]:
    owners = {t.ticker: t.account for t in read if t.ticker}
    return [
        Transaction(on, "split", owners[ticker], "", ticker, ratio)
        for ticker, on, ratio in fetched_splits(conn, as_of)
        if ticker in owners
    ]


def load_loan_accounts(conn: Connection, transactions: Iterable[Transaction], as_of: date) -> tuple[LoanAccount, ...]:
    """Every loan with its draws, repayments and interest paid, its rates by date, and what the books say is owed.

    The balance is compared on the day it is of. Interest that a lender adds to the balance is entered as a draw and as
    interest of the same amount. A loan without dated rates has its one rate for ever.
    """
    events: dict[str, list[LoanEvent]] = {}
    for t in transactions:
        if t.loan and t.kind in _EVENTS and t.amount > 0:
            events.setdefault(t.loan, []).append(LoanEvent(t.on, _EVENTS[t.kind], t.amount))
    dated = _dated_rates(conn)
    query = "SELECT name, currency, balance, accrued_interest, rate_pa, balance_on FROM loans ORDER BY name"
    return tuple(
        LoanAccount(
            row["name"],
            row["currency"],
            Statement(
                _statement_day(row["balance_on"], as_of), float(row["balance"]), float(row["accrued_interest"]) or None
            ),
            tuple(events.get(row["name"], ())),
            LoanTerms((RateChange(date.min, float(row["rate_pa"])), *dated.get(row["name"], ()))),
        )
        for row in conn.exec_driver_sql(query).mappings()
    )


def _statement_day(balance_on: str | None, as_of: date) -> date:
    """The day whose evening the recorded balance is of; today's where nobody said."""
    return as_of if balance_on is None else min(date.fromisoformat(balance_on), as_of)


def interest_days(conn: Connection, as_of: date) -> dict[str, tuple[date, ...]]:
    """The days up to a date on which each loan's interest was booked, oldest first."""
    query = "SELECT DISTINCT loan, date FROM transactions WHERE kind = 'interest' AND loan <> '' AND date <= ?"
    found: dict[str, tuple[date, ...]] = {}
    for loan, on in conn.exec_driver_sql(f"{query} ORDER BY date", (as_of.isoformat(),)):
        found[loan] = (*found.get(loan, ()), date.fromisoformat(on))
    return found


def _dated_rates(conn: Connection) -> dict[str, list[RateChange]]:
    """Rate changes by loan: the tier from 0 is the plain rate, the others are tiers."""
    steps: dict[tuple[str, str], list[tuple[float, float]]] = {}
    query = "SELECT loan, from_date, from_balance, rate_pa FROM loan_rates ORDER BY from_date"
    for loan, on, balance, rate in conn.exec_driver_sql(query):
        steps.setdefault((loan, on), []).append((float(balance), float(rate)))
    found: dict[str, list[RateChange]] = {}
    for (loan, on), tiers in steps.items():
        lowest = min(tiers)
        change = RateChange(date.fromisoformat(on), lowest[1], tuple(RateTier(*tier) for tier in sorted(tiers)))
        found.setdefault(loan, []).append(change)
    return found
