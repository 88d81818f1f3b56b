"""Interactive Brokers: trades, and cash that came or went, as the ledger books them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from alm.feeds.brokers.flex import ASSET_CLASSES, PER_HUNDRED, Place, category, level, once
from alm.feeds.brokers.statement import Trade, TradeKind
from alm.language import t

CASH_KINDS: dict[str, tuple[TradeKind, TradeKind]] = {
    "Deposits & Withdrawals": ("deposit", "withdrawal"),
    "Dividends": ("dividend", "fee"),
    "Payment In Lieu Of Dividends": ("dividend", "fee"),
    "Withholding Tax": ("interest", "fee"),
    "Broker Interest Received": ("interest", "fee"),
    "Broker Interest Paid": ("interest", "fee"),
    "Bond Interest Received": ("interest", "fee"),
    "Bond Interest Paid": ("interest", "fee"),
    "Other Fees": ("interest", "fee"),
    "Advisor Fees": ("interest", "fee"),
    "Commission Adjustments": ("interest", "fee"),
}
"""What an amount is when it is received, and when it is paid."""


def trades(at: Place, lines: Sequence[Any], account: str) -> tuple[tuple[Trade, ...], int]:
    """Trades by execution, and how many conversions of currency were among them."""
    executed = level(at, lines, "EXECUTION", ("ORDER", "CLOSED_LOT", "WASH_SALE", "SYMBOL_SUMMARY", "ASSET_SUMMARY"))
    once(at, executed, "tradeID")
    shares = [t for t in executed if category(t) != "CASH"]
    return tuple(_trade(at, t, account) for t in shares), len(executed) - len(shares)


def _trade(at: Place, line: Any, account: str) -> Trade:
    if category(line) not in ASSET_CLASSES:
        at.refuse(
            line, "assetCategory", t("one of {names} (not options, futures or CFDs)", names=", ".join(ASSET_CLASSES))
        )
    if line.ibCommissionCurrency not in (None, line.currency):
        at.refuse(line, "ibCommissionCurrency", t("{currency}, the currency of the trade", currency=line.currency))
    quantity, price = at.number(line, "quantity"), at.number(line, "tradePrice")
    fee, tax = -at.number(line, "ibCommission"), -at.number(line, "taxes")
    gross = quantity * price / (100 if category(line) in PER_HUNDRED else 1)
    at.same(line, "netCash", -gross - fee - tax)
    if min(tax, price) < 0 or not quantity:
        at.refuse(line, "quantity", "a trade with a quantity, a price and taxes paid")
    return Trade(
        account=account,
        on=at.day(line, "tradeDate"),
        kind="buy" if quantity > 0 else "sell",
        currency=at.currency(line, "currency"),
        amount=abs(gross) - (0 if fee >= 0 else fee if quantity > 0 else -fee),
        ticker=at.text(line.symbol),
        name=at.text(line.description),
        quantity=abs(quantity),
        fee=max(fee, Decimal(0)),
        tax=tax,
        note=f"trade {line.tradeID}" if line.tradeID else "",
    )


def cash_events(at: Place, lines: Sequence[Any], account: str) -> tuple[Trade, ...]:
    """Dividends with the tax withheld from them; a withholding without its dividend stands alone as a fee."""
    detailed = level(at, lines, "DETAIL", ("SUMMARY",))
    once(at, detailed, "transactionID")
    booked = [_cash(at, t, account) for t in detailed]
    found: list[Trade] = []
    for trade, withheld in booked:
        match = next((i for i, t in enumerate(found) if withheld and _pays(t, trade)), None)
        if match is None:
            found.append(trade)
        else:
            found[match] = replace(found[match], tax=found[match].tax + trade.amount)
    return tuple(found)


def _pays(dividend: Trade, withholding: Trade) -> bool:
    same = (dividend.ticker, dividend.on, dividend.currency) == (
        withholding.ticker,
        withholding.on,
        withholding.currency,
    )
    return dividend.kind == "dividend" and not dividend.tax and same and withholding.amount < dividend.amount


def _cash(at: Place, line: Any, account: str) -> tuple[Trade, bool]:
    kind = getattr(line.type, "value", "")
    if kind not in CASH_KINDS:
        at.refuse(line, "type", t("one of {names}", names=", ".join(CASH_KINDS)))
    amount = at.number(line, "amount")
    received, paid = CASH_KINDS[kind]
    trade = Trade(
        account=account,
        on=at.day(line, "dateTime" if line.dateTime else "reportDate"),
        kind=received if amount >= 0 else paid,
        currency=at.currency(line, "currency"),
        amount=abs(amount),
        ticker=at.text(line.symbol),
        note=at.text(line.description),
    )
    return trade, kind == "Withholding Tax" and amount < 0
