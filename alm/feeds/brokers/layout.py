"""One shape of importer for files that are one table: a header that tells them, and what one row of it says. Pure.

A `Layout` names the columns by which its files are known; everything above the header is preamble. Its `row` turns a
line into trades, positions and balances; a row it does not understand is an open item, one that says nothing is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from alm.errors import BadInput
from alm.feeds.brokers.japan import tax_treatment
from alm.feeds.brokers.lines import Line, Meanings, understood
from alm.feeds.brokers.statement import Balance, BrokerAccount, OpenItem, Position, Statement, Trade, combined
from alm.feeds.cells import ascii_form
from alm.feeds.plan import ControlTotal
from alm.feeds.tabular import Record
from alm.language import t

Entry = Trade | Position | Balance


@dataclass(frozen=True, slots=True)
class Source:
    """A file's records, and what stands in for what it leaves out: account, day, currency, meanings of new words."""

    file: str
    lines: Sequence[Record]
    on: date
    account: str | None = None
    base: str = "JPY"
    known: Meanings = field(default_factory=dict)

    def named(self, usual: str) -> str:
        if not (self.account or usual):
            raise BadInput("--account NAME, because this format names no account", file=self.file)
        return self.account or usual


@dataclass(frozen=True, slots=True)
class Target:
    """Where a row's entries go, and the day and currency of what names none."""

    account: str
    on: date
    base: str


@dataclass(frozen=True, slots=True)
class Layout:
    """`holds`: the positions are all that their accounts have. `usual` begins the accounts' names, "" where only the
    household knows it."""

    source: str
    needed: tuple[str, ...]
    row: Callable[[Line, Target], Sequence[Entry]]
    usual: str = ""
    institution: str = ""
    country: str = ""
    holds: bool = False

    def recognises(self, lines: Sequence[Record]) -> bool:
        return any(self._is_header(record) for record in lines)

    def _is_header(self, record: Record) -> bool:
        return set(self.needed) <= set(columns_of(record))

    def read(self, source: Source) -> Statement:
        account = source.named(self.usual)
        target = Target(account, source.on, source.base)
        found, odd = understood(
            self._lines(source),
            lambda line: self.row(line, target),
            lambda line, stranger: stranger.item(account, line.words, "holdings" if self.holds else "transactions"),
        )
        entries = [entry for row in found for entry in row]
        return self._statement(source, account, entries, odd)

    def _lines(self, source: Source) -> list[Line]:
        """The rows under the header; shorter ones end early, longer ones have nothing in what is too much."""
        start = next(n for n, record in enumerate(source.lines) if self._is_header(record))
        columns = columns_of(source.lines[start])
        lines = []
        for record in source.lines[start + 1 :]:
            if len(record.filled) > len(columns):
                expected = t(
                    "{width} cells, as the header has, not {count}", width=len(columns), count=len(record.cells)
                )
                raise BadInput(expected, file=source.file, row=record.line)
            whole = (*record.cells, *[""] * len(columns))[: len(columns)]
            lines.append(Line(source.file, Record(record.line, whole), columns, source.known))
        return lines

    def _statement(
        self, source: Source, account: str, entries: Sequence[Entry], odd: tuple[OpenItem, ...]
    ) -> Statement:
        names = dict.fromkeys([*(e.account for e in entries), *([account] if self.holds or odd else [])])
        positions = tuple(e for e in entries if isinstance(e, Position))
        return Statement(
            source=self.source,
            file=source.file,
            accounts=tuple(
                BrokerAccount(n, self.institution, self.country, tax_treatment(n) or "taxable") for n in names
            ),
            positions=combined(positions, source.file),
            balances=tuple(e for e in entries if isinstance(e, Balance)),
            trades=tuple(e for e in entries if isinstance(e, Trade)),
            holds_all=tuple(names) if self.holds else (),
            cash_of=tuple(dict.fromkeys(e.account for e in entries if isinstance(e, Balance))),
            on=source.on if self.holds else None,
            open_items=odd,
            totals=_totals(entries),
        )


def columns_of(record: Record) -> tuple[str, ...]:
    """Names of columns with full-width forms in ASCII and single spaces."""
    return tuple(" ".join(ascii_form(cell).split()) for cell in record.cells)


def _totals(entries: Sequence[Entry]) -> tuple[ControlTotal, ...]:
    """The number of rows and the sum of each currency's amounts, for a person to compare."""
    sums: dict[str, ControlTotal] = {}
    for entry in entries:
        if isinstance(entry, Trade) and entry.amount:
            what = f"{t(entry.kind)} {entry.currency}"
            before = sums.get(what)
            sums[what] = ControlTotal(what, entry.amount + (before.value if before else 0))
    return tuple(sums.values())
