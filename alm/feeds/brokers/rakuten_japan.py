"""Rakuten Securities, `assetbalance(JP)`: Japanese shares alone, one section per custody with its printed sum. Pure.

The file is not all that its accounts hold, so what it lacks is not removed. Each row is compared with itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from alm.errors import BadInput
from alm.feeds.brokers.japan import account_name, accounts, squeezed
from alm.feeds.brokers.layout import columns_of
from alm.feeds.brokers.lines import Line
from alm.feeds.brokers.rakuten import INSTITUTION
from alm.feeds.brokers.statement import Position, Statement, check_total, combined
from alm.feeds.plan import ControlTotal
from alm.feeds.tabular import Record
from alm.language import t

SOURCE = "Rakuten Securities, assetbalance(JP)"
EVERYTHING = "■現在の評価額合計"
CODE, QUANTITY, PRICE, VALUE = "銘柄コード", "保有数量[株]", "現在値[円]", "時価評価額[円]"
COST, GAIN = "取得総額[円]", "評価損益[円]"
_CODE = re.compile(r"[0-9][0-9A-Z]{3,4}")


def recognises(lines: Sequence[Record]) -> bool:
    return any(squeezed(record.cells[0]).startswith(EVERYTHING) for record in lines)


def parse(lines: Sequence[Record], file: str, on: date, *, account: str = "Rakuten") -> Statement:
    """The statement on a date; `account` begins the name of each account."""
    sections = _sections(lines)
    positions: list[Position] = []
    totals: list[ControlTotal] = []
    for custody, body in sections.items():
        columns = columns_of(body[0]) if body else ()
        if not {CODE, QUANTITY, PRICE, VALUE} <= set(columns):
            raise BadInput(t("the column {column}", column=QUANTITY), file=file, row=body[0].line if body else None)
        rows = [Line(file, Record(r.line, (*r.cells, *[""] * len(columns))[: len(columns)]), columns) for r in body[1:]]
        held = [_position(row, account, custody, on) for row in rows if _CODE.fullmatch(row.text(CODE))]
        totals += [
            _total(custody, row, held) for row in rows if not _CODE.fullmatch(row.text(CODE)) and row.maybe(VALUE)
        ]
        positions += held
    if not sections:
        raise BadInput("a section such as ■特定口座", file=file)
    return Statement(
        source=SOURCE,
        file=file,
        accounts=accounts(account, INSTITUTION, sections),
        positions=combined(positions, file),
        on=on,
        totals=tuple(totals),
        warnings=(t("{file} has Japanese shares only: what was sold since the last whole list stays.", file=file),),
    )


def _sections(lines: Sequence[Record]) -> dict[str, list[Record]]:
    """Rows by custody: `■特定口座` is 特定."""
    found: dict[str, list[Record]] = {}
    current: list[Record] | None = None
    for record in lines:
        title = squeezed(record.cells[0])
        if title.startswith("■"):
            name = title.removeprefix("■").removesuffix("口座")
            current = None if title.startswith(EVERYTHING) else found.setdefault(name, [])
        elif current is not None:
            current.append(record)
    return found


def _position(line: Line, account: str, custody: str, on: date) -> Position:
    quantity, price, value = line.positive(QUANTITY), line.positive(PRICE), line.need(VALUE)
    cost, gain = line.maybe(COST), line.maybe(GAIN)
    if abs(quantity * price - value) > 1:
        line.refuse(VALUE, t("{amount}, which quantity and price make", amount=f"{quantity * price:,.2f}"))
    if cost is not None and gain is not None and abs(value - cost - gain) > 1:
        line.refuse(GAIN, t("{amount}, which quantity and price make", amount=f"{value - cost:,.2f}"))
    return Position(
        account=account_name(account, custody),
        ticker=line.text(CODE),
        name=line.text("銘柄名"),
        asset_class="equity",
        currency="JPY",
        quantity=quantity,
        cost=cost,
        price=price,
        price_on=on,
        cost_base=cost,
        country="JP",
        line=line.record.line,
    )


def _total(custody: str, line: Line, held: Sequence[Position]) -> ControlTotal:
    value = sum((p.quantity * (p.price or 0) for p in held), Decimal(0))
    return check_total(f"{custody} {VALUE}", line.need(VALUE), value, line.file, row=line.record.line, slack=Decimal(1))
