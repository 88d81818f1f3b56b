"""Portfolio Performance, CSV export of transactions, in English or German. Pure.

Semicolons and a decimal comma in European locales, commas and a decimal point elsewhere. `Value` is what was settled:
fees and taxes are taken out of a purchase and put back into a sale or dividend. Its sign depends on which account the
export was made from, so the type decides; units that are delivered out leave at no price. The file names no account;
`--account` does. A type nobody knows is an open item.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from alm.errors import BadInput
from alm.feeds.brokers.lines import NOTHING, Line, Meanings, currency, understood
from alm.feeds.brokers.statement import BrokerAccount, Statement, Trade, TradeKind
from alm.feeds.cells import day, label, number
from alm.feeds.plan import ControlTotal
from alm.feeds.tabular import Record, full_rows
from alm.language import t

Value = TypeVar("Value")

SOURCE = "Portfolio Performance"
# German and English header -> what it is here
HEADERS = {
    "datum": "date", "date": "date",
    "typ": "type", "type": "type",
    "wert": "value", "value": "value",
    "buchungswährung": "currency", "transaction currency": "currency",
    "bruttobetrag": "gross", "gross amount": "gross",
    "währung bruttobetrag": "gross currency", "currency gross amount": "gross currency",
    "wechselkurs": "rate", "exchange rate": "rate",
    "gebühren": "fees", "fees": "fees",
    "steuern": "taxes", "taxes": "taxes",
    "stück": "shares", "shares": "shares",
    "isin": "isin",
    "wkn": "wkn",
    "ticker-symbol": "ticker", "ticker symbol": "ticker",
    "wertpapiername": "name", "security name": "name",
    "notiz": "note", "note": "note",
    "konto": "account", "cash account": "account",
    "depot": "portfolio", "securities account": "portfolio",
}  # fmt: skip
NEEDED = ("date", "type", "value", "currency", "fees", "taxes", "shares")
TYPES: dict[str, TradeKind] = {
    "kauf": "buy", "buy": "buy",
    "verkauf": "sell", "sell": "sell",
    "einlieferung": "transfer", "delivery (inbound)": "transfer",
    "auslieferung": "delivery", "delivery (outbound)": "delivery",
    "dividende": "dividend", "dividend": "dividend", "dividends": "dividend",
    "einlage": "deposit", "deposit": "deposit",
    "entnahme": "withdrawal", "removal": "withdrawal",
    "zinsen": "interest", "interest": "interest",
    "zinsbelastung": "fee", "interest charge": "fee",
    "gebühren": "fee", "fees": "fee",
    "gebührenerstattung": "interest", "fees refund": "interest",
    "steuern": "fee", "taxes": "fee",
    "steuerrückerstattung": "interest", "tax refund": "interest",
}  # fmt: skip
MOVES_UNITS: tuple[TradeKind, ...] = ("buy", "sell", "transfer", "delivery")
PAYS_COSTS: tuple[TradeKind, ...] = ("buy", "withdrawal", "fee", "transfer")


def recognises(lines: Sequence[Record]) -> bool:
    return bool(lines) and {"date", "type", "value", "currency"} <= set(_columns(lines[0]))


def _columns(record: Record) -> tuple[str, ...]:
    return tuple(HEADERS.get(cell.strip().lower(), "") for cell in record.cells)


def parse(
    lines: Sequence[Record], file: str, *, account: str, decimal_comma: bool, known: Meanings = NOTHING
) -> Statement:
    columns = _columns(lines[0])
    for name in NEEDED:
        if columns.count(name) != 1:
            raise BadInput(t("the column {name} (English or German) once", name=name), file=file, row=lines[0].line)
    for name, printed in zip(columns, lines[0].cells, strict=True):
        if not name:
            raise BadInput("a column of Portfolio Performance", file=file, row=lines[0].line, value=printed)
    rows = full_rows(lines[1:], file, len(columns))
    trades, odd = understood(
        [Line(file, record, columns, known) for record in rows],
        lambda line: _trade(line, account, decimal_comma),
        lambda line, stranger: stranger.item(account, line.words, "transactions"),
    )
    return Statement(
        source=SOURCE,
        file=file,
        accounts=(BrokerAccount(account, "", ""),),
        trades=trades,
        open_items=odd,
        totals=tuple(_total(code, trades) for code in dict.fromkeys(trade.currency for trade in trades)),
    )


def _total(code: str, trades: Sequence[Trade]) -> ControlTotal:
    return ControlTotal(
        t("amounts in {code}", code=code), sum((t.amount for t in trades if t.currency == code), Decimal(0))
    )


def _day(text: str) -> date:
    """ISO with or without a time; day.month.year where the dots say so."""
    plain = label(text)
    if match := re.fullmatch(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})", plain):
        return day(f"{match[3]}-{match[2]}-{match[1]}")
    return day(re.sub(r"[T ][0-9:.]+$", "", plain))


def _amount(line: Line, column: str, decimal_comma: bool) -> Decimal:
    """A magnitude; empty is 0."""
    return abs(line.optional(column, _comma_number if decimal_comma else number, Decimal(0)))


def _comma_number(text: str) -> Decimal:
    if not re.fullmatch(r"[-+−]?[0-9]+(\.[0-9]{3})*(,[0-9]+)?", text):
        raise ValueError("a number such as 1.234,56")
    return number(text.replace(".", "").replace(",", "."))


def _trade(line: Line, account: str, decimal_comma: bool) -> Trade:
    kind = line.word("type", TYPES)
    fees, taxes, settled = (_amount(line, column, decimal_comma) for column in ("fees", "taxes", "value"))
    gross = settled - fees - taxes if kind in PAYS_COSTS else settled + fees + taxes
    gross = Decimal(0) if kind == "delivery" else gross
    if gross < 0:
        line.refuse("value", "a value above its fees and taxes")
    units = _amount(line, "shares", decimal_comma) if kind in MOVES_UNITS else Decimal(0)
    ticker = next((text for column in ("ticker", "isin", "name") if (text := line.optional(column, label, ""))), "")
    if kind in MOVES_UNITS and not (units and ticker):
        line.refuse("shares", "a number of shares, and a ticker, ISIN or name")
    return Trade(
        account=account,
        on=line.cell("date", _day),
        kind=kind,
        currency=line.cell("currency", currency),
        amount=gross,
        ticker=ticker,
        name=line.optional("name", label, ""),
        quantity=units,
        fee=fees,
        tax=taxes,
        note=line.optional("note", label, ""),
        line=line.record.line,
    )
