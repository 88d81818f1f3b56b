"""A broker's statement as rows of this household's tables. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from alm.errors import BadInput
from alm.feeds.brokers.statement import BrokerAccount, Position, Statement, Trade
from alm.feeds.cells import NOTE_LENGTH, TEXT_LENGTH, canonical, symbol
from alm.feeds.parts import totalled, written
from alm.feeds.plan import ImportPlan, Row, TablePlan
from alm.feeds.rows import defaults
from alm.language import t

HOUSEHOLDS_OWN = ("name", "asset_class", "country")
"""What a broker knows roughly and the household may have put right: a holding that stays keeps its own."""


DECIDED = ("state", "meaning")
"""What a person has said of an open item."""


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
            on=statement.on,
        ),
        replace(_table("cash", statement, _cash(statement), replaces=statement.cash_of), on=statement.on),
        replace(_table("prices", statement, _prices(statement)), yields=True),
        replace(_table("fx_rates", statement, _rates(statement)), yields=True),
        TablePlan(
            "transactions",
            tuple(map(_transaction, statement.trades)),
            places=tuple((statement.file, trade.line) for trade in statement.trades),
            joins=True,
        ),
        replace(
            _table("open_items", statement, _open_items(statement), replaces=statement.holds_all, defaults=DECIDED),
            on=statement.on,
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
        "ticker": symbol(position.ticker, position.currency),
        "name": position.name,
        "account": position.account,
        "asset_class": position.asset_class,
        "country": position.country,
        "currency": position.currency,
        "quantity": canonical(position.quantity),
        "cost_basis": canonical(position.paid),
        "cost_known": "no" if position.cost is None else "yes",
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
            "ticker": symbol(position.ticker, position.currency),
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


def _open_items(statement: Statement) -> list[Row]:
    """Each once: what two rows of a file share is one thing to settle."""
    rows: dict[tuple[str, str], Row] = {}
    for found in statement.open_items:
        item = found.item[:TEXT_LENGTH].strip()
        place = statement.file if not found.line else t("{file}, row {line}", file=statement.file, line=found.line)
        rows[found.account, item] = {
            "account": found.account,
            "item": item,
            "part": found.part,
            "ticker": found.ticker or None,
            "place": place,
            "reason": found.reason[:NOTE_LENGTH],
            "field": found.field[:TEXT_LENGTH].strip(),
            "word": found.word[:TEXT_LENGTH].strip(),
            "state": "open",
        }
    return list(rows.values())


def _transaction(trade: Trade) -> Row:
    named = {"fingerprint": f"{trade.account} {trade.id}" if trade.id else "", "parts": written(trade.parts)}
    row = {**_written(trade), **named} if trade.parts or trade.id else _written(trade)
    return row if trade.id or not trade.parts else {**totalled(row), "parts": ""}


def _written(trade: Trade) -> Row:
    return {
        "date": trade.on.isoformat(),
        "kind": trade.kind,
        "account": trade.account,
        "ticker": symbol(trade.ticker, trade.currency) or None,
        "quantity": canonical(trade.quantity),
        "amount": canonical(trade.amount),
        "currency": trade.currency,
        "fee": canonical(trade.fee),
        "tax": canonical(trade.tax),
        "note": trade.note,
        "to_ticker": trade.to_ticker or None,
        "to_quantity": canonical(trade.to_quantity),
        "cost_share": canonical(trade.cost_share),
        "fx": None if trade.fx is None else canonical(trade.fx),
    }
