"""Everything the ledger says about a household on its balance sheet's date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from alm.balance_sheet import BalanceSheet
from alm.errors import BadInput
from alm.language import t
from alm.ledger.daily import Key, daily_cash, daily_holdings
from alm.ledger.kpis import TickerKpi, left_at_cost, ticker_flows, ticker_kpis
from alm.ledger.loans import LoanEvent, LoanTerms, Statement, StatementCheck, check_statement, loan_history
from alm.ledger.lots import LotBook, Method, Problem, Realised, lot_book
from alm.ledger.reconcile import Difference, reconcile_cash, reconcile_holdings
from alm.ledger.transactions import Transaction
from alm.ledger.xirr import xirr


@dataclass(frozen=True, slots=True)
class LoanAccount:
    """A loan's transactions and terms, with what the books record as owed, in its own currency."""

    name: str
    currency: str
    recorded: Statement
    events: tuple[LoanEvent, ...]
    terms: LoanTerms


@dataclass(frozen=True, slots=True)
class LoanCheck:
    """The books against the loan's transactions; `problem` when those cannot be true, and `check` is None."""

    name: str
    currency: str
    check: StatementCheck | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class GainYear:
    """Closed trades of a calendar year, base currency."""

    year: int
    proceeds: float
    cost: float
    gain: float


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """`total_return` and `xirr` are of all tickers together; None where a price, a rate or the truth is missing."""

    as_of: date
    method: Method
    base_currency: str
    transactions: int
    tickers: tuple[TickerKpi, ...]
    total_return: float | None
    xirr: float | None
    realised: tuple[Realised, ...]
    gain_years: tuple[GainYear, ...]
    differences: tuple[Difference, ...]
    loans: tuple[LoanCheck, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]


def ledger_report(
    transactions: Sequence[Transaction],
    sheet: BalanceSheet,
    loans: Sequence[LoanAccount] = (),
    method: Method = "average",
) -> LedgerReport:
    """Results per ticker, gains per year, and every difference between the transactions and the books on `sheet.as_of`.

    Only accounts that occur in the transactions are reconciled: a household may import holdings without a history.
    """
    past = [t for t in transactions if t.on <= sheet.as_of]
    shorts = {h.account.name for h in sheet.holdings if h.account.allows_shorts}
    book = lot_book(past, method, short_accounts=tuple(shorts))
    kpis = ticker_kpis(past, book, _unit_values(sheet), sheet.as_of)
    return LedgerReport(
        as_of=sheet.as_of,
        method=method,
        base_currency=sheet.base_currency,
        transactions=len(past),
        tickers=kpis,
        total_return=_total_return(kpis),
        xirr=_total_xirr(past, book, kpis, sheet.as_of),
        realised=book.realised,
        gain_years=_gain_years(book.realised),
        differences=_differences(past, sheet),
        loans=tuple(_loan_check(loan) for loan in loans if loan.events),
        problems=book.problems,
        warnings=_unconverted(past),
    )


def _unit_values(sheet: BalanceSheet) -> dict[str, float]:
    return {h.ticker: h.unit_price_base for h in sheet.holdings if h.price is not None and h.fx is not None}


def _total_return(kpis: Sequence[TickerKpi]) -> float | None:
    paid_in = sum(k.paid_in for k in kpis)
    whole = paid_in > 0 and not any(k.problem for k in kpis)
    return sum(k.gain for k in kpis) / paid_in if whole else None


def _total_xirr(past: Sequence[Transaction], book: LotBook, kpis: Sequence[TickerKpi], as_of: date) -> float | None:
    if any(k.problem for k in kpis):
        return None
    return xirr([*ticker_flows(past), *left_at_cost(book), (as_of, sum(k.value for k in kpis))])


def _gain_years(realised: Sequence[Realised]) -> tuple[GainYear, ...]:
    years: dict[int, list[Realised]] = {}
    for closed in realised:
        years.setdefault(closed.on.year, []).append(closed)
    return tuple(
        GainYear(year, proceeds, cost, proceeds - cost)
        for year, rows in sorted(years.items())
        for proceeds, cost in [(sum(r.proceeds_base for r in rows), sum(r.cost_base for r in rows))]
    )


def _differences(past: Sequence[Transaction], sheet: BalanceSheet) -> tuple[Difference, ...]:
    accounts = {t.account for t in past} | {t.to_account for t in past if t.to_account}
    units: dict[Key, float] = {}
    for h in sheet.holdings:
        units[h.account.name, h.ticker] = units.get((h.account.name, h.ticker), 0.0) + h.quantity
    money = {(c.account.name, c.currency): c.amount for c in sheet.cash_balances}
    rebuilt = daily_holdings(past, sheet.as_of, sheet.as_of).on(sheet.as_of)
    cash = daily_cash(past, sheet.as_of, sheet.as_of).on(sheet.as_of)
    return (
        *reconcile_holdings(_within(accounts, units), rebuilt),
        *reconcile_cash(_within(accounts, money), cash),
    )


def _within(accounts: set[str], amounts: Mapping[Key, float]) -> dict[Key, float]:
    return {key: amount for key, amount in amounts.items() if key[0] in accounts}


def _loan_check(loan: LoanAccount) -> LoanCheck:
    on = loan.recorded.on
    events = [event for event in loan.events if event.on <= on]
    start = min((event.on for event in events), default=on)
    try:
        check = check_statement(loan.recorded, loan_history(events, loan.terms, start, on), events)
    except BadInput as refusal:
        return LoanCheck(loan.name, loan.currency, None, str(refusal))
    return LoanCheck(loan.name, loan.currency, check)


def _unconverted(past: Sequence[Transaction]) -> tuple[str, ...]:
    """Currencies whose rate nobody knows on the day of a trade: gains in the base currency cannot be computed."""
    first: dict[str, date] = {}
    for trade in past:
        if trade.fx != trade.fx:
            first[trade.currency] = min(first.get(trade.currency, trade.on), trade.on)
    return tuple(
        t("no exchange rate for {currency} on {on}", currency=currency, on=on) for currency, on in sorted(first.items())
    )
