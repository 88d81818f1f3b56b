"""Interactive Brokers, Flex query in CSV, as the lines of a Flex statement. Pure.

The headers are the attributes' names, or the longer ones that the report writes; a section begins where another header
does. A CSV says no period: its last day is that of its newest position.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from alm.feeds.brokers import flex
from alm.feeds.brokers.ibkr import of_accounts
from alm.feeds.brokers.layout import Source
from alm.feeds.brokers.statement import Statement
from alm.feeds.tabular import Record

LONGER = {"clientaccountid": "accountId", "currencyprimary": "currency", "assetclass": "assetCategory"}
"""The report's own names where they are not another spelling of the attribute's."""
TOLD_BY = (
    ("OpenPositions", {"markPrice", "costBasisMoney"}), ("Trades", {"tradePrice", "ibCommission"}),
    ("CashReport", {"endingCash"}), ("ConversionRates", {"fromCurrency", "rate"}),
    ("CorporateActions", {"quantity", "proceeds", "type"}), ("CashTransactions", {"amount", "type"}),
)  # fmt: skip
"""What tells a section, in the order of asking."""
_ATTRIBUTES = {name.lower(): name for name in flex.USED}
_FIRST = date(1900, 1, 1)


def _names(record: Record) -> tuple[str, ...]:
    plain = ("".join(c for c in cell.lower() if c.isalnum()) for cell in record.cells)
    return tuple(LONGER.get(name) or _ATTRIBUTES.get(name, "") for name in plain)


def _section(names: Sequence[str]) -> str:
    if "accountId" not in names:
        return ""
    return next((section for section, needed in TOLD_BY if needed <= set(names)), "")


def recognises(lines: Sequence[Record]) -> bool:
    return bool(lines) and bool(_section(_names(lines[0])))


def read(source: Source) -> Statement:
    """Every account of the file."""
    found: dict[str, flex.Account] = {}
    names: tuple[str, ...] = ()
    section = ""
    for record in source.lines:
        if beginning := _section(_names(record)):
            section, names = beginning, _names(record)
            continue
        row = {name: cell.strip() for name, cell in zip(names, record.cells, strict=False) if name and cell.strip()}
        number = row.get("accountId", "")
        account = found.setdefault(number, flex.Account(number, _FIRST, source.on, known=source.known))
        if section == "OpenPositions" and "quantity" in row:
            row.setdefault("position", row["quantity"])
        flex.add(account, section, flex.SECTIONS[section], row, source.file)
    for account in found.values():
        days = [line.reportDate for line in account.lines.get("OpenPositions", []) if line.reportDate]
        account.last = max(days, default=source.on)
    return of_accounts(list(found.values()), source.file, source.named("IBKR"))
