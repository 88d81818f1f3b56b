"""From rows to the household's values on a date. Every figure is compared with the digest it was written with."""
# ruff: noqa: S608  # every name spliced into SQL is one of this schema's own

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Connection, RowMapping

from alm.balance_sheet import (
    Account,
    BalanceSheet,
    CashBalance,
    CashFlow,
    CreditLine,
    Dividend,
    Holding,
    Quote,
    RateTier,
    SecuredLoan,
    TermLoan,
    UncountedSplit,
)
from alm.errors import BadInput
from alm.settings import Settings, parse_settings
from alm.store import digests
from alm.store.database import refuse_damaged
from alm.store.histories import FIRST, LAST, fx_history, price_history
from alm.store.quotes import Names, Security, latest_prices, latest_rates, names, quoted_in, stored_currencies
from alm.store.splits import Split, in_todays_units, splits_on_record, uncounted_splits

__all__ = ["data_version", "fx_history", "load_balance_sheet", "load_settings", "price_history"]

DIVIDEND_YEARS = 3
"""How far back a balance sheet carries dividends: enough for twelve months and for their growth."""

COUNTED = timedelta(days=400)
"""How old a dividend may be and still stand for those to come."""

_WHOLE = (
    "settings", "accounts", "loans", "loan_rates", "holdings", "cash", "dividends", "income", "expenses", "targets",
)  # fmt: skip

_OPEN = "SELECT account, count(*) AS items FROM open_items WHERE state = 'open' GROUP BY account ORDER BY account"

data_version = digests.version


def load_settings(conn: Connection) -> Settings:
    """The household's settings: defaults, and what its own rows say instead."""
    if digests.damaged(conn, ["settings"]):
        refuse_damaged(conn, ["settings"])
    return parse_settings({row["name"]: row["value"] for row in _rows(conn, "SELECT name, value FROM settings")})


def load_balance_sheet(conn: Connection, as_of: date) -> BalanceSheet:
    """Everything that was true on a date, in the base currency.

    Each ticker has its own latest price on or before the date, each currency its own latest rate; a holding without a
    price has None, and a loan or cash flow in a currency without a rate is NaN and named in `unconverted`. A price in
    another currency than its holding's may be another security's: it is none. A quantity of 0 is nothing held and needs
    no price, foreign cash of 0 needs no rate: neither is on the sheet. Dividends: paid ones of the last three years,
    and announced or assumed ones that are still to be paid. Quantities are today's, so a price or a dividend from
    before a split is restated per unit of today, or of the quantity where that does not count the split yet. Raises
    DatabaseRefused if a byte of this was not written here.
    """
    if not FIRST <= as_of <= LAST:
        raise BadInput("a date from 1900-01-01 to 2199-12-31", value=as_of)
    base = load_settings(conn).base_currency
    try:
        tables = {name: _rows(conn, f"SELECT * FROM {name}") for name in _WHOLE}
        tables["open_items"] = _rows(conn, _OPEN)
        tables["holdings"] = [row for row in tables["holdings"] if float(row["quantity"])]
        tables["cash"] = [row for row in tables["cash"] if float(row["amount"]) or row["currency"] == base]
        splits = splits_on_record(conn, as_of)
        prices = latest_prices(conn, ((row["ticker"], row["currency"]) for row in tables["holdings"]), as_of)
        used = {row["currency"] for rows in tables.values() for row in rows if "currency" in row}
        rates = latest_rates(conn, sorted(used), base, as_of)
        _compare(conn, as_of, prices, rates, splits)
        elsewhere = _elsewhere(conn, tables["holdings"], prices, as_of)
        quotes = _Quotes(names(conn), prices, splits, uncounted_splits(conn, as_of), elsewhere)
        sheet = _assemble(tables, quotes, _Money(base, as_of, rates))
        return sheet.with_(held_back=_held_back(conn, sheet))
    except (ValueError, LookupError, TypeError):  # what no row that was written here can cause
        if wrong := digests.damaged(conn):
            refuse_damaged(conn, wrong)
        raise


@dataclass(frozen=True, slots=True)
class _Money:
    """Converts amounts of liabilities and flows; NaN where there is no rate."""

    base: str
    as_of: date
    rates: Mapping[str, Quote]

    def of(self, row: RowMapping, column: str) -> float:
        rate = self.rates.get(row["currency"])
        return float(row[column] or 0) * rate.value if rate is not None else math.nan


@dataclass(frozen=True, slots=True)
class _Quotes:
    """What is known of the prices of what is held; `elsewhere`: the currencies of a symbol that has none of its own."""

    names: Names
    prices: Mapping[Security, Quote]
    splits: tuple[Split, ...]
    uncounted: tuple[UncountedSplit, ...]
    elsewhere: Mapping[str, tuple[str, ...]]

    def price(self, security: Security) -> Quote | None:
        """Per unit of the quantity held; the day it is of stays."""
        quote = self.prices.get(security)
        return quote and replace(quote, value=self.per_unit_held(quote.value, self.names.of(*security), quote.on))

    def per_unit_held(self, amount: float, name: str, on: date) -> float:
        amount = in_todays_units(amount, name, on, self.splits)
        return amount * math.prod(split.valued for split in self.uncounted if split.ticker == name)


Rows = list[RowMapping]


def _elsewhere(
    conn: Connection, holdings: Rows, prices: Mapping[Security, Quote], as_of: date
) -> dict[str, tuple[str, ...]]:
    bare = {row["ticker"] for row in holdings if (row["ticker"], row["currency"]) not in prices}
    return {ticker: quoted_in(conn, ticker, as_of) for ticker in bare}


def _held_back(conn: Connection, sheet: BalanceSheet) -> tuple[str, ...]:
    """What waits for a decision and is not older than the figure in use."""
    known = names(conn)
    used = {("price", h.ticker): h.price for h in sheet.holdings} | {("rate", name): rate for name, rate in sheet.fx}
    query = "SELECT kind, ticker, quoted_in, date FROM quarantine WHERE status = 'held' AND date <= ? ORDER BY ticker"
    found = []
    for kind, ticker, currency, on in conn.exec_driver_sql(query, (sheet.as_of.isoformat(),)):
        name = known.of(ticker, currency)
        quote = used.get((kind, name))
        if quote is not None and quote.on.isoformat() <= on:
            found.append(name)
    return tuple(dict.fromkeys(found))


def _rows(conn: Connection, query: str) -> Rows:
    return list(conn.exec_driver_sql(query).mappings())


def _assemble(tables: Mapping[str, Rows], quotes: _Quotes, money: _Money) -> BalanceSheet:
    accounts = {row["name"]: _account(row) for row in tables["accounts"]}
    loans, flows = tables["loans"], tables["income"] + tables["expenses"]
    dividends = _dividends(tables["dividends"], quotes, money.as_of)
    counted = {each.currency for each in dividends if money.as_of - each.ex_date <= COUNTED}
    unconverted = {row["currency"] for row in loans + flows} | counted
    tiers = _tiers(tables["loan_rates"], money.as_of)
    return BalanceSheet(
        as_of=money.as_of,
        base_currency=money.base,
        holdings=tuple(_holding(row, accounts, quotes, money) for row in tables["holdings"]),
        cash_balances=tuple(_cash(row, accounts, money) for row in tables["cash"]),
        secured_loans=tuple(_secured(r, tiers, money) for r in loans if r["kind"] == "securities_backed"),
        credit_lines=tuple(_line(r, tiers, money) for r in loans if r["kind"] == "credit_line"),
        term_loans=tuple(_term(r, tiers, money) for r in loans if r["kind"] in ("mortgage", "term")),
        incomes=tuple(_flow(row, money) for row in tables["income"]),
        expenses=tuple(_flow(row, money) for row in tables["expenses"]),
        dividends=dividends,
        targets=tuple((row["name"], float(row["weight"])) for row in tables["targets"]),
        fx=tuple((name, quote) for name, quote in sorted(money.rates.items()) if name != money.base),
        unconverted=tuple(sorted(unconverted - set(money.rates))),
        uncounted_splits=quotes.uncounted,
        incomplete=tuple((row["account"], row["items"]) for row in tables["open_items"]),
    )


def _account(row: RowMapping) -> Account:
    return Account(
        row["name"], row["institution"], row["country"], row["tax_treatment"], allows_shorts=bool(row["allows_shorts"])
    )


def _holding(row: RowMapping, accounts: Mapping[str, Account], quotes: _Quotes, money: _Money) -> Holding:
    price = quotes.price((row["ticker"], row["currency"]))
    return Holding(
        ticker=quotes.names.of(row["ticker"], row["currency"]),
        name=row["name"] or row["ticker"],
        account=accounts[row["account"]],
        asset_class=row["asset_class"],
        currency=row["currency"],
        quantity=float(row["quantity"]),
        cost_basis=float(row["cost_basis"]),
        price=price,
        fx=money.rates.get(row["currency"]),
        price_unit=float(row["price_unit"]),
        cost_basis_base=_optional(row["cost_basis_base"]),
        pledged_to=row["pledged_to"],
        advance_rate=float(row["advance_rate"]),
        sector=row["sector"],
        country=row["country"],
        dividend_yield_assumed=_optional(row["dividend_yield"]),
        quoted_elsewhere=quotes.elsewhere.get(row["ticker"], ()) if price is None else (),
        cost_known=bool(row["cost_known"]),
    )


def _optional(text: str | None) -> float | None:
    return None if text is None else float(text)


def _cash(row: RowMapping, accounts: Mapping[str, Account], money: _Money) -> CashBalance:
    rate = money.rates.get(row["currency"])
    return CashBalance(accounts[row["account"]], row["currency"], float(row["amount"]), rate)


def _tiers(rows: Iterable[RowMapping], as_of: date) -> dict[str, list[RowMapping]]:
    """The rates in force on the date, by loan, by rising balance: those of each loan's latest `from_date`."""
    in_force: dict[str, list[RowMapping]] = {}
    for row in sorted(rows, key=lambda row: (row["from_date"], float(row["from_balance"]))):
        if row["from_date"] <= as_of.isoformat():
            standing = in_force.get(row["loan"], [])
            same = bool(standing) and standing[0]["from_date"] == row["from_date"]
            in_force[row["loan"]] = [*standing, row] if same else [row]
    return in_force


def _rate_pa(row: RowMapping, tiers: Mapping[str, list[RowMapping]]) -> float:
    """The rate on today's balance: of the highest tier it exceeds, one from 0 on always, else the loan's own."""
    floors = [(float(tier["from_balance"]), tier) for tier in tiers.get(row["name"], [])]
    exceeded = [tier for floor, tier in floors if floor < float(row["balance"]) or floor == 0.0]
    return float((exceeded[-1] if exceeded else row)["rate_pa"])


def _secured(row: RowMapping, tiers: Mapping[str, list[RowMapping]], money: _Money) -> SecuredLoan:
    rate = money.rates.get(row["currency"])
    scale = rate.value if rate is not None else math.nan
    steps = tiers.get(row["name"], [])
    return SecuredLoan(
        name=row["name"],
        balance=money.of(row, "balance"),
        accrued_interest=money.of(row, "accrued_interest"),
        rate_pa=_rate_pa(row, tiers),
        profile=row["profile"],
        currency=row["currency"],
        tiers=tuple(RateTier(float(step["from_balance"]) * scale, float(step["rate_pa"])) for step in steps),
        limit=None if row["credit_limit"] is None else money.of(row, "credit_limit"),
        balance_on=_date(row["balance_on"]),
    )


def _line(row: RowMapping, tiers: Mapping[str, list[RowMapping]], money: _Money) -> CreditLine:
    """Interest accrued on a line is owed like what was drawn."""
    return CreditLine(
        name=row["name"],
        limit=money.of(row, "credit_limit"),
        drawn=money.of(row, "balance") + money.of(row, "accrued_interest"),
        rate_pa=_rate_pa(row, tiers),
        commitment_fee_pa=float(row["commitment_fee_pa"]),
        committed=bool(row["committed"]),
        expires=_date(row["expires"]),
    )


def _term(row: RowMapping, tiers: Mapping[str, list[RowMapping]], money: _Money) -> TermLoan:
    return TermLoan(
        name=row["name"],
        kind=row["kind"],
        balance=money.of(row, "balance") + money.of(row, "accrued_interest"),
        rate_pa=_rate_pa(row, tiers),
        payment=money.of(row, "payment"),
        ends=_date(row["ends"]),
    )


def _flow(row: RowMapping, money: _Money) -> CashFlow:
    return CashFlow(
        name=row["name"],
        amount=money.of(row, "amount"),
        frequency=row["frequency"],
        starts=_date(row["starts"]),
        ends=_date(row["ends"]),
        growth_pa=float(row["growth_pa"]),
        essential=bool(row.get("essential", 1)),
        category=row["category"],
    )


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _dividends(rows: Iterable[RowMapping], quotes: _Quotes, as_of: date) -> tuple[Dividend, ...]:
    today, since = as_of.isoformat(), f"{as_of.year - DIVIDEND_YEARS}{as_of.isoformat()[4:]}"
    known: Callable[[RowMapping], bool] = lambda row: (  # noqa: E731  # reads as the rule it is
        since < row["pay_date"] and row["ex_date"] <= today if row["status"] == "actual" else row["pay_date"] > today
    )
    return tuple(
        Dividend(
            name,
            date.fromisoformat(row["ex_date"]),
            date.fromisoformat(row["pay_date"]),
            quotes.per_unit_held(float(row["amount"]), name, date.fromisoformat(row["ex_date"])),
            row["currency"],
            projected=row["status"] == "projected",
            special=row["kind"] == "special",
        )
        for row in rows
        if row["ticker"] in quotes.names.held and known(row)
        for name in quotes.names.each(row["ticker"], row["quoted_in"] or row["currency"])
    )


def _compare(
    conn: Connection,
    as_of: date,
    prices: Mapping[Security, Quote],
    rates: Mapping[str, Quote],
    splits: tuple[Split, ...],
) -> None:
    """Refuse figures that are not those that were written: a flipped byte changes a total without any other sign."""
    parts = {*_WHOLE, "splits", "open_items"} | {f"transactions/{on.year}" for _, on, _ in splits}
    for (ticker, _), price in prices.items():
        parts |= {f"prices/{ticker}/{year}" for year in range(price.on.year, as_of.year + 1)}
    oldest = min(rate.on.year for rate in rates.values())
    for currency in {*rates, *stored_currencies(conn)}:  # a rate may come through a pair turned round, or two
        parts |= {f"fx_rates/{currency}/{year}" for year in range(oldest, as_of.year + 1)}
    if wrong := digests.damaged(conn, parts):
        refuse_damaged(conn, wrong)
