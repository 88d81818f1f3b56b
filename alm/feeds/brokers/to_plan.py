"""A broker's statement as rows of this household's tables. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from alm.errors import BadInput
from alm.feeds.brokers.statement import BrokerAccount, Position, Statement, Trade
from alm.feeds.cells import canonical
from alm.feeds.plan import ImportPlan, Row, TablePlan
from alm.feeds.rows import defaults

HOUSEHOLDS_OWN = ("name", "asset_class", "country")
"""What a broker knows roughly and the household may have put right: a holding that stays keeps its own."""


def plan_of(statement: Statement, base: str) -> ImportPlan:
    """`base` is the household's currency: costs in another one's base are left out."""
    tables = (
        _table("accounts", statement, map(_account, statement.accounts), defaults=tuple(defaults("accounts"))),
        TablePlan(
            "holdings",
            tuple(_holding(p, base == statement.base) for p in statement.positions),
            replaces=statement.holds_all,
            defaults=HOUSEHOLDS_OWN,
            places=tuple((statement.file, p.line) for p in statement.positions),
        ),
        _table("cash", statement, _cash(statement), replaces=statement.cash_of),
        replace(_table("prices", statement, _prices(statement)), yields=True),
        replace(_table("fx_rates", statement, _rates(statement)), yields=True),
        TablePlan(
            "transactions",
            tuple(map(_transaction, statement.trades)),
            places=tuple((statement.file, trade.line) for trade in statement.trades),
        ),
    )
    filled = tuple(table for table in tables if table.rows or table.replaces)
    return ImportPlan(statement.source, (statement.file,), filled, statement.totals, statement.warnings)


def _table(
    name: str,
    statement: Statement,
    rows: Iterable[Row],
    *,
    replaces: tuple[str, ...] = (),
    defaults: tuple[str, ...] = (),
) -> TablePlan:
    found = tuple(rows)
    return TablePlan(name, found, replaces, defaults, ((statement.file, 0),) * len(found))


def _account(account: BrokerAccount) -> Row:
    return {
        "name": account.name,
        "institution": account.institution,
        "country": account.country,
        "tax_treatment": account.tax_treatment,
        "allows_shorts": "yes" if account.allows_shorts else "no",
    }


def _holding(position: Position, same_base: bool) -> Row:
    row = {
        "ticker": position.ticker,
        "name": position.name,
        "account": position.account,
        "asset_class": position.asset_class,
        "country": position.country,
        "currency": position.currency,
        "quantity": canonical(position.quantity),
        "cost_basis": canonical(position.cost),
        "price_unit": str(position.price_unit),
    }
    known = position.cost_base is not None and same_base
    return {**row, "cost_basis_base": canonical(position.cost_base)} if known and position.cost_base else row


def _cash(statement: Statement) -> list[Row]:
    found: dict[tuple[str, str], Row] = {}
    for balance in statement.balances:
        key = (balance.account, balance.currency)
        if key in found:
            raise BadInput("each currency of an account once", file=statement.file, column="cash", value=" ".join(key))
        found[key] = {"account": key[0], "currency": key[1], "amount": canonical(balance.amount)}
    return list(found.values())


def _prices(statement: Statement) -> list[Row]:
    """One price per ticker and currency, on which all of its positions must agree."""
    found: dict[tuple[str, str, str], Row] = {}
    for position in statement.positions:
        if position.price is None:
            continue
        row = {
            "ticker": position.ticker,
            "date": position.price_on.isoformat(),
            "close": canonical(position.price),
            "currency": position.currency,
            "source": statement.source,
        }
        if found.setdefault((position.ticker, position.currency, row["date"]), row) != row:
            raise BadInput(
                "one price for it in every account",
                file=statement.file,
                row=position.line or None,
                column=position.ticker,
                value=position.price,
            )
    return list(found.values())


def _rates(statement: Statement) -> list[Row]:
    rows = [
        {
            "currency": rate.currency,
            "base": rate.per,
            "date": rate.on.isoformat(),
            "rate": canonical(rate.value),
            "source": statement.source,
        }
        for rate in statement.rates
        if rate.currency != rate.per
    ]
    return list({(row["currency"], row["base"], row["date"]): row for row in rows}.values())


def _transaction(trade: Trade) -> Row:
    return {
        "date": trade.on.isoformat(),
        "kind": trade.kind,
        "account": trade.account,
        "ticker": trade.ticker or None,
        "quantity": canonical(trade.quantity),
        "amount": canonical(trade.amount),
        "currency": trade.currency,
        "fee": canonical(trade.fee),
        "tax": canonical(trade.tax),
        "note": trade.note,
    }
