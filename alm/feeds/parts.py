"""A transaction as the sum of statement lines, each known by the statement's own identifier. Pure.

A dividend, its reversal, its rebooking and the tax withheld from it are lines of one event, and may come in several
files in any order: what the books keep is every line once, and the transaction is what they add up to. A trade and its
cancellation likewise. An event whose lines cancel out stays as a fee of nothing, so that a line seen again is known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from alm.feeds.cells import canonical
from alm.feeds.plan import Row

OPPOSITE = {"buy": "sell", "sell": "buy", "dividend": "fee", "interest": "fee", "deposit": "withdrawal"}
"""What an event is when its lines add up to less than nothing."""
FIGURES = ("quantity", "amount", "fee", "tax")


@dataclass(frozen=True, slots=True)
class Part:
    """One line: its figures as the event's own kind counts them, so that a reversal is negative."""

    id: str
    quantity: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    fee: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)

    @property
    def figures(self) -> list[str]:
        return [canonical(value) for value in (self.quantity, self.amount, self.fee, self.tax)]


def written(parts: tuple[Part, ...]) -> str:
    return _text({part.id: part.figures for part in parts}) if parts else ""


def _text(lines: Mapping[str, list[str]]) -> str:
    return json.dumps(dict(sorted(lines.items())), separators=(",", ":"), ensure_ascii=False)


def totalled(row: Row, standing: Row | None = None) -> Row:
    """The transaction that the lines of `row` and of the one that stands add up to; `row["kind"]` is the event's."""
    lines: dict[str, list[str]] = json.loads((standing or {}).get("parts") or "{}") | json.loads(row["parts"] or "{}")
    quantity, amount, fee, tax = (sum((Decimal(x[i]) for x in lines.values()), Decimal(0)) for i in range(len(FIGURES)))
    kind = str(row["kind"])
    if kind == "dividend":
        kind, amount, tax = _dividend(amount, tax)
    elif kind in ("buy", "sell") and not quantity:  # cancelled: what it cost all the same
        cost = (amount if kind == "buy" else -amount) + fee + tax
        kind, amount, fee, tax = ("interest" if cost < 0 else "fee"), abs(cost), Decimal(0), Decimal(0)
    elif quantity < 0 or (not quantity and amount < 0):
        kind, quantity, amount = OPPOSITE[kind], -quantity, -amount
    if fee < 0:  # a rebate of more than the fee
        amount, fee = amount + (fee if kind == "buy" else -fee), Decimal(0)
    if not (quantity or amount or fee or tax):
        kind = "fee"
    told = {name: _first(name, row, standing) for name in ("date", "note") if name in row}
    figures = zip(FIGURES, (quantity, amount, fee, tax), strict=True)
    return {**row, **told, "kind": kind, "parts": _text(lines), **{name: canonical(value) for name, value in figures}}


def _first(name: str, row: Row, standing: Row | None) -> str | None:
    """The earliest day, and always the same one of several notes: the order of the files says nothing."""
    return min(filter(None, (row[name], (standing or {}).get(name))), default=row[name])


def _dividend(gross: Decimal, tax: Decimal) -> tuple[str, Decimal, Decimal]:
    """Tax given back beyond what was withheld is received too; without its dividend it stands alone."""
    if gross > 0:
        return "dividend", gross - min(tax, Decimal(0)), max(tax, Decimal(0))
    net = gross - tax
    return ("interest", net, Decimal(0)) if net > 0 else ("fee", -net, Decimal(0))
