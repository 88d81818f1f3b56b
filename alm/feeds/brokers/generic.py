"""Two plain CSV formats that many tools write: holdings, and trades. Pure.

`symbol,quantity,asset_type,cost_basis,purchase_date` — **`cost_basis` is the cost of one unit** there, and is
multiplied by the quantity here, where a holding's cost is its total. Lots of one symbol are added.
`symbol,type,quantity,price,fees,date` — `price` is per unit too; a dividend is quantity · price. Both may have
`currency` (else the household's own, with a warning) and `notes`; trades also `taxes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from alm.balance_sheet import AssetClass
from alm.feeds.brokers.lines import NOTHING, Line, Meanings, currency, name, understood
from alm.feeds.brokers.statement import BrokerAccount, Position, Statement, Trade, TradeKind, combined
from alm.feeds.cells import day, label
from alm.feeds.plan import ControlTotal
from alm.feeds.tabular import Record, full_rows, header
from alm.language import t

SOURCE_HOLDINGS, SOURCE_TRADES = "generic holdings (cost per unit)", "generic trades"
HOLDINGS = ("symbol", "quantity", "asset_type", "cost_basis", "purchase_date")
TRADES = ("symbol", "type", "quantity", "price", "fees", "date")
OPTIONAL = ("currency", "name", "notes", "taxes")
ASSET_TYPES: dict[str, AssetClass] = {
    "stock": "equity",
    "stocks": "equity",
    "equity": "equity",
    "etf": "equity",
    "bond": "bond",
    "reit": "reit",
    "gold": "gold",
    "crypto": "crypto",
    "cryptocurrency": "crypto",
    "fund": "fund",
    "mutual_fund": "fund",
    "mutual fund": "fund",
    "cash": "cash_like",
    "money_market": "cash_like",
}
TRADE_TYPES: dict[str, TradeKind] = {
    "buy": "buy",
    "sell": "sell",
    "dividend": "dividend",
    "deposit": "deposit",
    "withdrawal": "withdrawal",
    "interest": "interest",
    "fee": "fee",
}


def recognises_holdings(lines: Sequence[Record]) -> bool:
    return _has(lines, HOLDINGS)


def recognises_trades(lines: Sequence[Record]) -> bool:
    return _has(lines, TRADES)


def _has(lines: Sequence[Record], columns: Sequence[str]) -> bool:
    return bool(lines) and set(columns) <= {cell.strip().lower() for cell in lines[0].cells}


def parse_holdings(
    lines: Sequence[Record], file: str, on: date, *, account: str, base: str, known: Meanings = NOTHING
) -> Statement:
    """All that one account holds; there are no prices in it."""
    lots, odd = understood(
        _lines(lines, file, HOLDINGS, known),
        lambda line: _lot(line, account, on, base),
        lambda line, stranger: stranger.item(account, line.text("symbol"), "holdings", line.text("symbol")),
    )
    return Statement(
        source=SOURCE_HOLDINGS,
        file=file,
        accounts=(BrokerAccount(account, "", ""),),
        positions=combined(lots, file),
        holds_all=(account,),
        open_items=odd,
        totals=(ControlTotal("cost_basis · quantity", sum((lot.paid for lot in lots), Decimal(0))),),
        warnings=_no_currency(lines, base),
    )


def parse_trades(
    lines: Sequence[Record], file: str, *, account: str, base: str, known: Meanings = NOTHING
) -> Statement:
    trades, odd = understood(
        _lines(lines, file, TRADES, known),
        lambda line: _trade(line, account, base),
        lambda line, stranger: stranger.item(account, line.words, "transactions"),
    )
    return Statement(
        source=SOURCE_TRADES,
        file=file,
        accounts=(BrokerAccount(account, "", ""),),
        trades=trades,
        open_items=odd,
        totals=(ControlTotal("quantity · price", sum((trade.amount for trade in trades), Decimal(0))),),
        warnings=_no_currency(lines, base),
    )


def _lines(lines: Sequence[Record], file: str, columns: Sequence[str], known: Meanings) -> tuple[Line, ...]:
    names = header(lines[0], file, columns, OPTIONAL)
    return tuple(Line(file, record, names, known) for record in full_rows(lines[1:], file, len(names)))


def _no_currency(lines: Sequence[Record], base: str) -> tuple[str, ...]:
    named = "currency" in {cell.strip().lower() for cell in lines[0].cells}
    return () if named else (t("The file names no currency: its amounts were read as {base}.", base=base),)


def _lot(line: Line, account: str, on: date, base: str) -> Position:
    quantity = line.magnitude("quantity")
    line.optional("purchase_date", day, on)
    symbol = line.cell("symbol", name)
    return Position(
        account=account,
        ticker=symbol,
        name=line.optional("name", label, symbol),
        asset_class=line.word("asset_type", ASSET_TYPES),
        currency=line.optional("currency", currency, base),
        quantity=quantity,
        cost=quantity * line.magnitude("cost_basis"),
        price=None,
        price_on=on,
        line=line.record.line,
    )


def _trade(line: Line, account: str, base: str) -> Trade:
    kind = line.word("type", TRADE_TYPES)
    quantity = line.magnitude("quantity")
    units = kind in ("buy", "sell")
    return Trade(
        account=account,
        on=line.cell("date", day),
        kind=kind,
        currency=line.optional("currency", currency, base),
        amount=quantity * line.magnitude("price"),
        ticker=line.cell("symbol", name if units or kind == "dividend" else label),
        quantity=quantity if units else Decimal(0),
        fee=_cost(line, "fees"),
        tax=_cost(line, "taxes"),
        note=line.optional("notes", label, ""),
        line=line.record.line,
    )


def _cost(line: Line, column: str) -> Decimal:
    filled = column in line.columns and line.text(column)
    return line.magnitude(column) if filled else Decimal(0)
