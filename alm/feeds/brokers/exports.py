"""Trading 212, Coinbase, Degiro, Ghostfolio and Wealthfolio: what happened, a row each. Pure.

A trade in one currency that was paid in another has the conversion beside it. Coins and shares that came in are entered
at what the file says they were worth; where it says nothing, and for words nobody knows, a person decides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from alm.errors import BadInput
from alm.feeds.brokers.layout import Entry, Layout, Target
from alm.feeds.brokers.lines import Line, currency
from alm.feeds.brokers.statement import Trade, TradeKind
from alm.feeds.cells import day, figure, with_point
from alm.feeds.tabular import Record
from alm.language import t

MINOR = {"GBX": "GBP", "GBp": "GBP", "ZAc": "ZAR", "ZAC": "ZAR", "ILA": "ILS"}
"""Hundredths that prices are quoted in."""
CENT = Decimal("0.02")
NOTHING = Decimal(0)

BOUGHT: Mapping[str, TradeKind] = {
    "market buy": "buy", "limit buy": "buy", "stop buy": "buy", "stop limit buy": "buy", "market sell": "sell",
    "limit sell": "sell", "stop sell": "sell", "stop limit sell": "sell", "deposit": "deposit",
    "withdrawal": "withdrawal", "interest on cash": "interest", "lending interest": "interest",
}  # fmt: skip
COINS: Mapping[str, TradeKind] = {
    "buy": "buy", "advanced trade buy": "buy", "sell": "sell", "advanced trade sell": "sell", "send": "delivery",
    "receive": "transfer", "staking income": "transfer", "rewards income": "transfer", "learning reward": "transfer",
    "reward income": "transfer", "inflation reward": "transfer", "deposit": "deposit", "withdrawal": "withdrawal",
}  # fmt: skip
ACTIVITIES: Mapping[str, TradeKind] = {
    "buy": "buy", "sell": "sell", "dividend": "dividend", "interest": "interest", "fee": "fee", "tax": "fee",
    "deposit": "deposit", "withdrawal": "withdrawal", "transfer_in": "transfer", "transfer_out": "delivery",
    "split": "split",
}  # fmt: skip
_KOOP = re.compile(r"(?P<word>Koop|Verkoop) (?P<units>[0-9.,]+) @ (?P<price>[0-9.,]+) (?P<code>[A-Z]{3})")
DEGIRO: tuple[tuple[str, TradeKind, TradeKind], ...] = (
    (r"Dividend$", "dividend", "fee"),
    (r"Dividendbelasting$", "interest", "fee"),
    (r".*(Transactiekosten|Kosten van derden|Aansluitingskosten).*", "interest", "fee"),
    (r".*([Dd]eposit|Storting).*|Valuta (Creditering|Debitering)", "deposit", "withdrawal"),
    (r".*(Terugstorting|Withdrawal).*", "deposit", "withdrawal"),
    (r".*(Rente|Flatex Interest).*", "interest", "fee"),
)
"""What a booking is when it is received, and when it is paid."""


def stamped(text: str) -> date:
    """The day of a time, year first: `2026-06-05 10:00:00`, `2026-06-05T10:00:00.000Z`."""
    return day(re.split(r"[T ]", text.strip(), maxsplit=1)[0])


def amount(line: Line, column: str) -> Decimal:
    """A figure that may carry its currency's sign; nothing where the column or its content is missing."""
    text = line.text(column) if column in line.columns else ""
    return line.read(column, text, lambda cell: figure(cell).value) if line.filled(column) else NOTHING


def _booked(line: Line, to: Target, kind: TradeKind, on: date, code: str, **figures: Any) -> Trade:
    return Trade(account=to.account, on=on, kind=kind, currency=code, line=line.record.line, **figures)


def _conversion(line: Line, to: Target, on: date, given: tuple[Decimal, str], got: tuple[Decimal, str]) -> list[Entry]:
    note = t("currency conversion")
    out = _booked(line, to, "withdrawal", on, given[1], amount=given[0], note=note)
    return [out, _booked(line, to, "deposit", on, got[1], amount=got[0], note=note)]


def _trading212(line: Line, to: Target) -> Sequence[Entry]:
    action, on = line.meant("Action"), line.cell("Time", stamped)
    kind = "dividend" if action.lower().startswith("dividend") else line.word("Action", BOUGHT)
    total, account = abs(amount(line, "Total")), line.optional("Currency (Total)", str, "") or to.base
    mark = line.optional("ID", str, "")
    if kind not in ("buy", "sell", "dividend"):
        return [_booked(line, to, kind, on, currency(account), amount=total, id=mark)]
    quoted = line.text("Currency (Price / share)")
    units, price = line.positive("No. of shares"), line.magnitude("Price / share") / (100 if quoted in MINOR else 1)
    code, ticker = line.read("Currency (Price / share)", MINOR.get(quoted, quoted), currency), line.text("Ticker")
    gross, foreign = units * price, code != account
    if kind == "dividend":
        tax = amount(line, "Withholding tax")
        if foreign:
            return [_booked(line, to, kind, on, currency(account), amount=total, ticker=ticker, id=mark)]
        return [_booked(line, to, kind, on, code, amount=total + tax, tax=tax, ticker=ticker, id=mark)]
    fee = NOTHING if foreign else total - gross if kind == "buy" else gross - total
    if fee < -CENT:
        line.refuse("Total", t("{amount}, which the row makes", amount=f"{gross:,.2f}"))
    trade = _booked(
        line, to, kind, on, code, amount=gross, fee=max(fee, NOTHING), ticker=ticker, quantity=units, id=mark
    )
    ways = ((total, account), (gross, code)) if kind == "buy" else ((gross, code), (total, account))
    return [*(_conversion(line, to, on, *ways) if foreign else ()), trade]


def _coinbase(line: Line, to: Target) -> Sequence[Entry]:
    kind, asset = line.word("Transaction Type", COINS), line.text("Asset")
    on, units = line.cell("Timestamp", stamped), abs(amount(line, "Quantity Transacted"))
    mark = line.optional("ID", str, "")
    if kind in ("deposit", "withdrawal"):
        return [_booked(line, to, kind, on, line.cell("Asset", currency), amount=units, id=mark)]
    code, worth = line.cell("Price Currency", currency), abs(amount(line, "Subtotal"))
    fee = abs(amount(line, "Fees and/or Spread")) if kind in ("buy", "sell") else NOTHING
    worth = NOTHING if kind == "delivery" else worth
    return [_booked(line, to, kind, on, code, amount=worth, fee=fee, ticker=asset, quantity=units, id=mark)]


def _degiro(line: Line, to: Target) -> Sequence[Entry]:
    told, on = line.text("Omschrijving"), line.cell("Datum", _day_first)
    code, money = line.text("Mutatie"), line.text("", nth=0)
    if not money:
        return []
    paid = line.read("Mutatie", with_point(money), lambda cell: figure(cell).value)
    isin, mark = line.text("ISIN"), line.text("Order Id")
    if trade := _KOOP.match(told):
        units = line.read("Omschrijving", with_point(trade["units"]), lambda cell: figure(cell).value)
        kind: TradeKind = "buy" if trade["word"] == "Koop" else "sell"
        return [_booked(line, to, kind, on, code, amount=abs(paid), ticker=isin, quantity=units, note=mark)]
    for pattern, received, given in DEGIRO:
        if re.fullmatch(pattern, told):
            kind = received if paid >= 0 else given
            return [_booked(line, to, kind, on, code, amount=abs(paid), ticker=isin, note=told)]
    raise line.unfamiliar("Omschrijving", "a purchase, sale, dividend, tax, cost, interest or payment")


def _day_first(text: str) -> date:
    match = re.fullmatch(r"([0-9]{2})-([0-9]{2})-([0-9]{4})", text)
    return day(f"{match[3]}-{match[2]}-{match[1]}" if match else text)


def _activity(line: Line, to: Target, names: Mapping[str, str]) -> Sequence[Entry]:
    """Ghostfolio and Wealthfolio: units at a price, or money in a row whose symbol is `$CASH-USD`."""
    kind = line.word(names["kind"], ACTIVITIES)
    symbol, on = line.text(names["symbol"]), line.cell(names["date"], stamped)
    units, price, fee = (amount(line, names[name]) for name in ("units", "price", "fee"))
    code, told = line.cell(names["currency"], currency), amount(line, names.get("amount", ""))
    money = told or units * price
    share = kind in ("buy", "sell", "transfer", "delivery", "split") and not symbol.startswith("$CASH")
    if not share:
        kinds: Mapping[TradeKind, TradeKind] = {"transfer": "deposit", "delivery": "withdrawal"}
        money, fee = (money, fee) if money else (fee, NOTHING)
        owner = symbol if kind == "dividend" else ""
        return [_booked(line, to, kinds.get(kind, kind), on, code, amount=money, fee=fee, ticker=owner)]
    if kind == "split":
        return [_booked(line, to, kind, on, code, amount=NOTHING, ticker=symbol, quantity=told or units)]
    worth = NOTHING if kind == "delivery" else units * price or told
    return [_booked(line, to, kind, on, code, amount=worth, fee=fee, ticker=symbol, quantity=abs(units))]


GHOSTFOLIO = {
    "date": "Date", "symbol": "Code", "currency": "Currency", "price": "Price", "units": "Quantity", "kind": "Action",
    "fee": "Fee",
}  # fmt: skip
WEALTHFOLIO = {
    "date": "date", "symbol": "symbol", "currency": "currency", "price": "unitPrice", "units": "quantity",
    "kind": "activityType", "fee": "fee", "amount": "amount",
}  # fmt: skip


def is_ghostfolio(text: str) -> bool:
    return text.lstrip().startswith("{") and '"activities"' in text


def from_json(text: str, file: str) -> tuple[Record, ...]:
    """Ghostfolio's JSON as the rows of its CSV; the line is the activity's place in the list."""
    try:
        found = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)["activities"]
        rows = [tuple(str(each.get(name) or "") for name in OF_JSON) for each in found]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise BadInput("Ghostfolio's JSON, with a list of activities", file=file) from None
    header = Record(
        1, tuple(GHOSTFOLIO[name] for name in ("date", "symbol", "currency", "price", "units", "kind", "fee"))
    )
    return (header, *(Record(number, row) for number, row in enumerate(rows, start=1)))


OF_JSON = ("date", "symbol", "currency", "unitPrice", "quantity", "type", "fee")
LAYOUTS = {
    "trading212": Layout(
        "Trading 212", ("Action", "Time", "ISIN", "No. of shares", "Price / share", "Total"), _trading212, "Trading 212"
    ),
    "coinbase": Layout(
        "Coinbase", ("Timestamp", "Transaction Type", "Asset", "Quantity Transacted", "Subtotal"), _coinbase, "Coinbase"
    ),
    "degiro": Layout("Degiro", ("Datum", "Tijd", "Omschrijving", "Mutatie", "Saldo"), _degiro, "Degiro"),
    "ghostfolio": Layout("Ghostfolio", tuple(GHOSTFOLIO.values()), lambda line, to: _activity(line, to, GHOSTFOLIO)),
    "wealthfolio": Layout(
        "Wealthfolio", tuple(WEALTHFOLIO.values()), lambda line, to: _activity(line, to, WEALTHFOLIO)
    ),
}
