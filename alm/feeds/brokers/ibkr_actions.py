"""Interactive Brokers: corporate actions and transfers of units in kind, as the ledger books them. Pure.

The lines of one action (its `actionID`) are read together: what goes, what comes and the money. A split restates what
is held; units that become another ticker's carry dates and cost; units that go for money are sold, for nothing and
worthless are lost. An action that is none of these is an open item.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from alm.feeds.brokers.flex import PER_HUNDRED, Place, category, level
from alm.feeds.brokers.lines import Unfamiliar
from alm.feeds.brokers.statement import OpenItem, Position, Trade, TradeKind

SPLITS, EXCHANGES = ("FS", "RS", "FI"), ("TC", "TO", "IC", "HD", "HI", "TI", "PI", "OR", "BC", "CI")
SPIN_OFF, FREE_UNITS, LOST = "SO", ("SD", "RI", "DI"), ("DW", "ED")
_RATIO = re.compile(r"SPLIT\s+([0-9.]+)\s+FOR\s+([0-9.]+)", re.IGNORECASE)
_PARENT = re.compile(r"^\s*([^\s(]+)\s*\([^)]*\).*SPIN-?\s?OFF", re.IGNORECASE)

Booked = tuple[tuple[Trade, ...], tuple[OpenItem, ...]]


def corporate_actions(at: Place, lines: Sequence[Any], account: str, positions: Sequence[Position]) -> Booked:
    """What the actions do to units and cost; an action at a time is understood or an open item."""
    done: list[Trade] = []
    left: list[OpenItem] = []
    for group in _groups(level(at, lines, "DETAIL", ("SUMMARY",))):
        try:
            done += _action(at, group, account, positions)
        except Unfamiliar as stranger:
            left.append(_open(account, group[0], stranger))
    return tuple(done), tuple(left)


def _open(account: str, line: Any, stranger: Unfamiliar) -> OpenItem:
    mark = line.transactionID or getattr(line, "actionID", None) or str(line.dateTime or line.reportDate or "")
    kind = getattr(line.type, "value", "")
    item = " ".join(filter(None, (type(line).__name__, kind, line.symbol, mark)))
    return stranger.item(account, item, "transactions", line.symbol or "", f" ({line.description})")


def _groups(lines: Iterable[Any]) -> list[list[Any]]:
    found: dict[object, list[Any]] = {}
    for line in lines:
        found.setdefault(line.actionID or (line.type, line.dateTime, _plain(line.symbol)), []).append(line)
    return list(found.values())


def _plain(symbol: str | None) -> str:
    """The old shares of an action are called `XYZ.OLD`."""
    return re.sub(r"\.OLD[0-9]*$", "", symbol or "")


def _action(at: Place, lines: Sequence[Any], account: str, positions: Sequence[Position]) -> list[Trade]:
    moved = [line for line in lines if at.number(line, "quantity")]
    kind = getattr(lines[0].type, "value", "")
    if not moved and not any(line.proceeds and at.number(line, "proceeds") for line in lines):
        return []  # a vote or a cash dividend, whose money is a cash transaction
    gone = [line for line in moved if at.number(line, "quantity") < 0]
    come = [line for line in moved if at.number(line, "quantity") > 0]
    if kind in SPLITS and len(come) <= 1 and len(gone) <= 1:
        return [_split(at, come, gone, account)]
    if kind == SPIN_OFF and len(come) == 1 and not gone:
        return [_spin_off(at, come[0], account, positions)]
    if kind in FREE_UNITS and not gone:
        return [_booked(at, line, "transfer", account, quantity=at.number(line, "quantity")) for line in come]
    if kind in LOST or (len(gone) == 1 and not come):
        return [_sold(at, line, account) for line in gone]
    paid = any(at.number(line, "proceeds") for line in moved if line.proceeds)
    if kind in EXCHANGES and len(gone) == len(come) == 1 and not paid:
        return _exchange(at, gone[0], come[0], account)
    raise at.unfamiliar(lines[0], "type", "a split, a merger for shares or for money, a spin-off or a rights issue")


def _booked(at: Place, line: Any, kind: TradeKind, account: str, **figures: Any) -> Trade:
    """The units change on the day of the report: the action takes effect after the evening before."""
    mark = line.transactionID or ""
    quantity, amount = figures.pop("quantity"), figures.pop("amount", Decimal(0))
    return Trade(
        account=account,
        on=at.day(line, "reportDate"),
        kind=kind,
        currency=at.currency(line, "currency"),
        ticker=figures.pop("ticker", _plain(at.text(line.symbol))),
        quantity=quantity,
        amount=amount,
        note=at.text(line.description),
        id=f"action {mark}" if mark else "",
        **figures,
    )


def _split(at: Place, come: Sequence[Any], gone: Sequence[Any], account: str) -> Trade:
    line = [*come, *gone][0]
    found = _RATIO.search(line.description or "")
    if found is None or not Decimal(found[2]) or not Decimal(found[1]):
        raise at.unfamiliar(line, "description", "words such as SPLIT 4 FOR 1")
    return _booked(at, line, "split", account, quantity=Decimal(found[1]) / Decimal(found[2]))


def _spin_off(at: Place, line: Any, account: str, positions: Sequence[Position]) -> Trade:
    """The cost is divided as the market values are (assumption: the tax office's own ratio is not in the file)."""
    named = _PARENT.search(line.description or "")
    parent = next((p for p in positions if named and p.ticker == _plain(named[1])), None)
    worth = at.number(line, "value") if line.value is not None else Decimal(0)
    if parent is None or parent.price is None or worth <= 0:
        raise at.unfamiliar(line, "description", "a spin-off from a position of this statement, with its value")
    share = worth / (worth + parent.quantity * parent.price / parent.price_unit)
    units, share = at.number(line, "quantity"), round(share, 6)
    into = {"to_ticker": at.text(line.symbol), "to_quantity": units, "cost_share": share}
    return _booked(at, line, "spin_off", account, ticker=parent.ticker, quantity=Decimal(0), **into)


def _sold(at: Place, line: Any, account: str) -> Trade:
    proceeds = at.number(line, "proceeds") if line.proceeds is not None else Decimal(0)
    if proceeds < 0:
        raise at.unfamiliar(line, "proceeds", "money of 0 or more for units that go")
    return _booked(at, line, "sell", account, quantity=-at.number(line, "quantity"), amount=proceeds)


def _exchange(at: Place, gone: Any, come: Any, account: str) -> list[Trade]:
    """Under its old ticker a share that only got another number is itself: its units are restated, if at all."""
    old, new = -at.number(gone, "quantity"), at.number(come, "quantity")
    ticker, into = _plain(at.text(gone.symbol)), at.text(come.symbol)
    if ticker == into:
        return [] if old == new else [_booked(at, come, "split", account, quantity=new / old)]
    return [_booked(at, gone, "exchange", account, quantity=old, to_ticker=into, to_quantity=new)]


def transfers(at: Place, lines: Sequence[Any], account: str, positions: Sequence[Position]) -> Booked:
    """Units that came or went in kind. What they cost is the position's own cost where all of it came so."""
    done: list[Trade] = []
    left: list[OpenItem] = []
    for line in lines:
        try:
            done.append(_transfer(at, line, account, positions))
        except Unfamiliar as stranger:
            left.append(_open(account, line, stranger))
    return tuple(done), tuple(left)


def _transfer(at: Place, line: Any, account: str, positions: Sequence[Position]) -> Trade:
    quantity = abs(at.number(line, "quantity")) if line.quantity is not None else Decimal(0)
    if not quantity or not line.symbol:
        raise at.unfamiliar(line, "cashTransfer", "units of a share; enter money that was moved by hand")
    if getattr(line.direction, "value", "") == "OUT":
        return _moved(at, line, "delivery", account, quantity, Decimal(0))
    whole = next((p for p in positions if p.ticker == line.symbol and p.quantity == quantity), None)
    if whole is None or whole.cost is None or category(line) in PER_HUNDRED:
        raise at.unfamiliar(line, "quantity", "the whole of a position of this statement, which says what it cost")
    return _moved(at, line, "transfer", account, quantity, whole.cost)


def _moved(at: Place, line: Any, kind: TradeKind, account: str, quantity: Decimal, cost: Decimal) -> Trade:
    mark = line.transactionID or ""
    return Trade(
        account=account,
        on=at.happened(line, "date"),
        kind=kind,
        currency=at.currency(line, "currency"),
        amount=cost,
        ticker=at.text(line.symbol),
        quantity=quantity,
        id=f"transfer {mark}" if mark else "",
    )
