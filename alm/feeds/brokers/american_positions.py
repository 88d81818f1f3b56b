"""Schwab and Fidelity: positions with their cost, and the cash beside them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from alm.balance_sheet import AssetClass
from alm.feeds.brokers.exports import amount
from alm.feeds.brokers.layout import Entry, Layout, Source, Target
from alm.feeds.brokers.lines import Line
from alm.feeds.brokers.statement import BOND_UNIT, Balance, Position, Statement
from alm.feeds.cells import day
from alm.feeds.tabular import Record
from alm.language import t

KINDS: Mapping[str, AssetClass] = {
    "equity": "equity", "etfs & closed end funds": "equity", "etf": "equity", "stock": "equity", "mutual fund": "fund",
    "fixed income": "bond", "bond": "bond", "cash": "equity", "margin": "equity", "": "equity", "--": "equity",
}  # fmt: skip
"""What a position is by its type; Fidelity's type says how it was paid."""
CENT = Decimal("0.05")
_TITLE = re.compile(r"Positions for account (?P<name>.*?) as of .*?(?P<day>[0-9]{4}/[0-9]{1,2}/[0-9]{1,2})")


def _named(line: Line, *names: str) -> str:
    return next((name for name in names if name in line.columns), names[0])


def _held(line: Line, to: Target, account: str, names: Mapping[str, str], kind: AssetClass) -> Position:
    """A position, whose value is what quantity and price make; a cost that is not printed is unknown."""
    units, price, value = (amount(line, names[name]) for name in ("units", "price", "value"))
    unit = BOND_UNIT if kind == "bond" else 1
    if not units or price <= 0:
        raise line.unfamiliar(names["price"], "a quantity with a price above 0")
    if abs(units * price / unit - value) > CENT + abs(units) * price / unit / 10_000:
        line.refuse(names["value"], t("{amount}, which quantity and price make", amount=f"{units * price / unit:,.2f}"))
    return Position(
        account=account,
        ticker=line.text("Symbol"),
        name=line.text("Description"),
        asset_class=kind,
        currency="USD",
        quantity=units,
        cost=amount(line, names["cost"]) if line.filled(names["cost"]) else None,
        price=price,
        price_on=to.on,
        price_unit=unit,
        country="US",
        line=line.record.line,
    )


def _schwab(line: Line, to: Target) -> Sequence[Entry]:
    symbol = line.text("Symbol")
    names = {
        "units": _named(line, "Qty (Quantity)", "Quantity"), "price": "Price", "cost": "Cost Basis",
        "value": _named(line, "Mkt Val (Market Value)", "Market Value"),
    }  # fmt: skip
    if symbol.endswith("Total") or not symbol:
        return ()
    if symbol == "Cash & Cash Investments":
        return (Balance(to.account, "USD", amount(line, names["value"])),)
    kind = line.word(_named(line, "Asset Type", "Security Type"), KINDS)
    return (_held(line, to, to.account, names, kind),)


def _fidelity(line: Line, to: Target) -> Sequence[Entry]:
    symbol, account = line.text("Symbol"), f"{to.account} {line.text('Account Number')}".strip()
    names = {"units": "Quantity", "price": "Last Price", "value": "Current Value", "cost": "Cost Basis Total"}
    if not symbol and not line.filled("Current Value"):
        return ()  # a disclaimer
    if symbol.endswith("**"):
        return (Balance(account, "USD", amount(line, "Current Value")),)
    if not line.filled("Quantity"):
        raise line.unfamiliar("Symbol", "a position; what is pending is in neither cash nor holdings")
    return (_held(line, to, account, names, line.word("Type", KINDS)),)


class _Schwab(Layout):
    """Its title says the account and the day."""

    def read(self, source: Source) -> Statement:
        title = next((m for r in source.lines[:5] if (m := _TITLE.search(",".join(r.cells)))), None)
        if title is None:
            return Layout.read(self, source)
        named = source.account or f"Schwab {title['name']}"
        return Layout.read(self, replace(source, account=named, on=day(title["day"])))


class _Fidelity(Layout):
    """Disclaimers stand below the table, a line each; the day of the download is in the last."""

    def read(self, source: Source) -> Statement:
        rows = tuple(record for record in source.lines if len(record.filled) > 1)
        return Layout.read(self, replace(source, lines=rows, on=_downloaded(source.lines) or source.on))


def _downloaded(lines: Sequence[Record]) -> date | None:
    for record in lines:
        if found := re.search(r"downloaded ([A-Z][a-z]{2})-([0-9]{2})-([0-9]{4})", ",".join(record.cells)):
            return day(f"{found[3]}-{MONTHS.index(found[1]) + 1}-{found[2]}") if found[1] in MONTHS else None
    return None


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
OF_SCHWAB = ("Symbol", "Description", "Price", "Cost Basis", "Asset Type")
OF_FIDELITY = ("Account Number", "Symbol", "Last Price", "Current Value", "Cost Basis Total")
LAYOUTS = {
    "schwab": _Schwab("Schwab, positions", OF_SCHWAB, _schwab, "Schwab", "Charles Schwab", "US", True),
    "fidelity": _Fidelity("Fidelity, positions", OF_FIDELITY, _fidelity, "Fidelity", "Fidelity", "US", True),
}  # fmt: skip
