"""Interactive Brokers: trades, and cash that came or went, as the ledger books them. Pure.

Lines of one event are its parts: a dividend with its tax, its reversal and its rebooking; a trade and its cancellation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from alm.feeds.brokers.flex import ASSET_CLASSES, PER_HUNDRED, Place, category, level, once
from alm.feeds.brokers.lines import Unfamiliar, understood
from alm.feeds.brokers.statement import OpenItem, Trade, TradeKind
from alm.feeds.parts import Part
from alm.language import t

CASH_KINDS: dict[str, TradeKind] = {
    "Deposits & Withdrawals": "deposit",
    "Dividends": "dividend",
    "Payment In Lieu Of Dividends": "dividend",
    "Withholding Tax": "interest",
    "Broker Interest Received": "interest",
    "Broker Interest Paid": "interest",
    "Bond Interest Received": "interest",
    "Bond Interest Paid": "interest",
    "Other Fees": "interest",
    "Advisor Fees": "interest",
    "Commission Adjustments": "interest",
}
"""What an amount is when it is received; paid, it is the opposite."""
WITHHOLDING = "Withholding Tax"


def trades(at: Place, lines: Sequence[Any], account: str) -> tuple[tuple[Trade, ...], tuple[OpenItem, ...], int]:
    """Trades by execution, what is no trade of a share, and how many conversions of currency were among them."""
    executed = level(at, lines, "EXECUTION", ("ORDER", "CLOSED_LOT", "WASH_SALE", "SYMBOL_SUMMARY", "ASSET_SUMMARY"))
    once(at, executed, "tradeID")
    shares = [t for t in executed if category(t) != "CASH"]
    found, odd = understood(shares, lambda line: _trade(at, line, account), lambda *x: _odd(account, "tradeID", *x))
    return grouped(found), odd, len(executed) - len(shares)


def grouped(found: Iterable[Trade]) -> tuple[Trade, ...]:
    """One trade per event, with the parts of all its lines."""
    events: dict[str, Trade] = {}
    for trade in found:
        there = events.get(trade.id)
        events[trade.id] = trade if there is None else replace(there, parts=(*there.parts, *trade.parts))
    return tuple(events.values())


def _odd(account: str, mark: str, line: Any, stranger: Unfamiliar) -> OpenItem:
    known = getattr(line, mark) or f"{getattr(line, 'dateTime', None) or getattr(line, 'tradeDate', None) or ''}"
    what = (category(line), type(line).__name__, line.symbol, known)
    return stranger.item(account, " ".join(filter(None, what)), "transactions", line.symbol or "")


def _trade(at: Place, line: Any, account: str) -> Trade:
    if category(line) not in ASSET_CLASSES:
        kinds = ", ".join(ASSET_CLASSES)
        raise at.unfamiliar(line, "assetCategory", t("one of {names} (not options, futures or CFDs)", names=kinds))
    if line.ibCommissionCurrency not in (None, line.currency):
        at.refuse(line, "ibCommissionCurrency", t("{currency}, the currency of the trade", currency=line.currency))
    quantity, price = at.number(line, "quantity"), at.number(line, "tradePrice")
    fee, tax = -at.number(line, "ibCommission"), -at.number(line, "taxes") if line.taxes is not None else Decimal(0)
    gross = quantity * price / (100 if category(line) in PER_HUNDRED else 1)
    at.same(line, "netCash", -gross - fee - tax)
    side = getattr(line.buySell, "value", "") or ("BUY" if quantity > 0 else "SELL")
    cancelled = "Ca." in side
    if (min(tax, price) < 0 and not cancelled) or not quantity:
        at.refuse(line, "quantity", "a trade with a quantity, a price and taxes paid")
    kind: TradeKind = "buy" if side.startswith("BUY") else "sell"
    sign = 1 if kind == "buy" else -1
    original = line.origTradeID if cancelled and line.origTradeID not in (None, "", "0") else line.tradeID
    return Trade(
        account=account,
        on=at.happened(line, "tradeDate"),
        kind=kind,
        currency=at.currency(line, "currency"),
        amount=Decimal(0),
        ticker=at.text(line.symbol),
        name=at.text(line.description),
        note=f"trade {original}",
        id=f"trade {original}",
        parts=(Part(line.tradeID, sign * quantity, sign * gross, fee, tax),),
    )


def cash_events(at: Place, lines: Sequence[Any], account: str) -> tuple[tuple[Trade, ...], tuple[OpenItem, ...]]:
    """Dividends with the tax withheld from them; a withholding without its dividend stands alone."""
    detailed = level(at, lines, "DETAIL", ("SUMMARY",))
    once(at, detailed, "transactionID")
    found, odd = understood(
        detailed, lambda line: _cash(at, line, account), lambda *stranger: _odd(account, "transactionID", *stranger)
    )
    return grouped(found), odd


def _cash(at: Place, line: Any, account: str) -> Trade:
    word = getattr(line.type, "value", "")
    if word not in CASH_KINDS:
        raise at.unfamiliar(line, "type", t("one of {names}", names=", ".join(CASH_KINDS)))
    amount, on, ticker = at.number(line, "amount"), at.happened(line, "dateTime"), at.text(line.symbol)
    mark, code = line.transactionID, at.currency(line, "currency")
    of_dividend = bool(ticker) and (CASH_KINDS[word] == "dividend" or word == WITHHOLDING)
    withheld = of_dividend and word == WITHHOLDING
    return Trade(
        account=account,
        on=on,
        kind="dividend" if of_dividend else CASH_KINDS[word],
        currency=code,
        amount=Decimal(0),
        ticker=ticker,
        note=at.text(line.description),
        id=f"dividend {ticker} {on} {code}" if of_dividend else f"cash {mark}",
        parts=(Part(mark, tax=-amount) if withheld else Part(mark, amount=amount),),
    )
