"""Which of the known formats a file is in, and its plan. Pure: bytes and a name in, a plan or one sentence out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePath

from alm.errors import BadInput, UnknownName
from alm.feeds import csv_files
from alm.feeds.brokers import (
    american_positions,
    exports,
    generic,
    ibkr,
    ibkr_activity,
    ibkr_flex_csv,
    japan_tables,
    ofx,
    portfolio_performance,
    portfolio_performance_xml,
    rakuten,
    rakuten_japan,
    rakuten_trades,
    sbi,
    sbi_list,
    sbi_trades,
)
from alm.feeds.brokers.layout import Layout, Source, columns_of
from alm.feeds.brokers.lines import Meanings
from alm.feeds.brokers.statement import Statement
from alm.feeds.brokers.to_plan import plan_of
from alm.feeds.cells import UPLOAD_LIMIT, decode
from alm.feeds.mapping import ColumnMapping
from alm.feeds.mapping import read as read_mapped
from alm.feeds.plan import ImportPlan, merged
from alm.feeds.rows import TABLES, columns
from alm.feeds.tabular import Record, records
from alm.language import t

HEAD = 100
MANY_LINES, LINE_BYTES = 100_000, 8
"""No format has shorter lines in any number; a file of millions of them is no statement."""
SUFFIXES = (".csv", ".xml", ".txt", ".ofx", ".qfx", ".json")


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read: `kind` names a table, `format` a format; `account` and `on` stand in for what a file leaves out, and
    `known` says what new words mean. Files of a header that one of the `mappings` knows are read by it; `mapped` is for
    every file."""

    on: date
    base: str = "JPY"
    kind: str | None = None
    format: str | None = None
    account: str | None = None
    limit: int = UPLOAD_LIMIT
    known: Meanings = field(default_factory=dict)
    mappings: tuple[ColumnMapping, ...] = ()
    mapped: ColumnMapping | None = None


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    data: bytes
    text: str
    lines: Sequence[Record]

    @property
    def head(self) -> Sequence[Record]:
        """The lines that a format is recognised by: every broker's titles stand in them."""
        return self.lines[:HEAD]

    @property
    def semicolons(self) -> bool:
        return _semicolons(self.text)


def _named(file: _File, reading: Reading) -> str:
    if not reading.account:
        raise BadInput("--account NAME, because this format names no account", file=file.name)
    return reading.account


def _rakuten(file: _File, reading: Reading) -> Statement:
    dated = rakuten.as_of(file.name)
    named = reading.account or "Rakuten"
    found = rakuten.parse(file.lines, file.name, dated or reading.on, account=named, known=reading.known)
    return found if dated else _dated(found, reading.on)


def _rakuten_japan(file: _File, reading: Reading) -> Statement:
    dated = rakuten.as_of(file.name)
    found = rakuten_japan.parse(file.lines, file.name, dated or reading.on, account=reading.account or "Rakuten")
    return found if dated else _dated(found, reading.on)


def _sbi(file: _File, reading: Reading) -> Statement:
    found = sbi.parse(file.lines, file.name, reading.on, account=reading.account or "SBI")
    return _dated(found, reading.on)


def _sbi_list(file: _File, reading: Reading) -> Statement:
    found = sbi_list.parse(file.lines, file.name, reading.on, account=reading.account or "SBI", known=reading.known)
    return _dated(found, reading.on)


def _dated(statement: Statement, on: date) -> Statement:
    warning = t("{file} says no date: its prices were dated {on} (another: --as-of DATE).", file=statement.file, on=on)
    return replace(statement, warnings=(*statement.warnings, warning))


FORMATS: dict[str, tuple[Callable[[_File], bool], Callable[[_File, Reading], Statement]]] = {
    "ibkr": (
        lambda f: ibkr.recognises(f.text),
        lambda f, r: ibkr.parse(f.data, f.name, account=r.account or "IBKR", known=r.known),
    ),
    "ibkr-activity": (
        lambda f: ibkr_activity.recognises(f.head),
        lambda f, r: ibkr_activity.read(_source(f, r)),
    ),
    "ibkr-flex-csv": (
        lambda f: ibkr_flex_csv.recognises(f.head),
        lambda f, r: ibkr_flex_csv.read(_source(f, r)),
    ),
    "portfolio-performance-xml": (
        lambda f: portfolio_performance_xml.recognises(f.text),
        lambda f, r: portfolio_performance_xml.parse(f.data, f.name, account=r.account or ""),
    ),
    "ofx": (
        lambda f: ofx.recognises(f.text),
        lambda f, r: ofx.parse(f.text, f.name, r.on, account=r.account or "OFX"),
    ),
    "ghostfolio-json": (
        lambda f: exports.is_ghostfolio(f.text),
        lambda f, r: LAYOUTS["ghostfolio"].read(replace(_source(f, r), lines=exports.from_json(f.text, f.name))),
    ),
    "rakuten-japan": (lambda f: rakuten_japan.recognises(f.head), _rakuten_japan),
    "rakuten": (lambda f: rakuten.recognises(f.head), _rakuten),
    "sbi-trades": (
        lambda f: sbi_trades.recognises(f.head),
        lambda f, r: sbi_trades.parse(f.lines, f.name, account=r.account or "SBI", known=r.known),
    ),
    "sbi-list": (lambda f: sbi_list.recognises(f.head), _sbi_list),
    "sbi": (lambda f: sbi.recognises(f.head), _sbi),
    "portfolio-performance": (
        lambda f: portfolio_performance.recognises(f.head),
        lambda f, r: portfolio_performance.parse(
            f.lines, f.name, account=_named(f, r), decimal_comma=f.semicolons, known=r.known
        ),
    ),
    "generic-holdings": (
        lambda f: generic.recognises_holdings(f.head),
        lambda f, r: generic.parse_holdings(f.lines, f.name, r.on, account=_named(f, r), base=r.base, known=r.known),
    ),
    "generic-trades": (
        lambda f: generic.recognises_trades(f.head),
        lambda f, r: generic.parse_trades(f.lines, f.name, account=_named(f, r), base=r.base, known=r.known),
    ),
}
"""Format by name: does a file look like it, and its reader."""


LAYOUTS: dict[str, Layout] = {
    **rakuten_trades.LAYOUTS,
    **exports.LAYOUTS,
    **japan_tables.LAYOUTS,
    **american_positions.LAYOUTS,
}
"""Formats that are one table, by name."""


def plan_file(name: str, data: bytes, reading: Reading) -> ImportPlan:
    """The plan of one file. Its name is a name only: any folders in it are dropped."""
    if reading.kind is not None and reading.kind not in TABLES:
        raise UnknownName("table", reading.kind, tuple(TABLES))
    if reading.format is not None and reading.format not in {*FORMATS, *LAYOUTS}:
        raise UnknownName("format", reading.format, (*FORMATS, *LAYOUTS))
    file = _opened(PurePath(name.replace("\\", "/")).name or "upload", data, reading)
    own = None if reading.kind or reading.format else _mapping(file, reading)
    if own is not None:
        return read_mapped(own, file.lines, file.name, account=reading.account)
    broker = reading.format or (None if reading.kind else _format_of(file))
    if broker is not None:
        return plan_of(_statement(broker, file, reading), reading.base)
    table = reading.kind or _table_of(file)
    return csv_files.read_table(table, file.lines, file.name, account=reading.account, semicolons=file.semicolons)


def _opened(name: str, data: bytes, reading: Reading) -> _File:
    text = decode(data, name, limit=reading.limit)
    if text.count("\n") > max(MANY_LINES, len(data) // LINE_BYTES):
        raise BadInput("lines with something in them: most of these hold a sign or two", file=name)
    if text.lstrip().startswith(("<", "{")) or ofx.recognises(text):
        return _File(name, data, text, ())
    delimiter = ";" if _semicolons(text) else ","
    return _File(name, data, text, records(text, name, delimiter=delimiter))


def _semicolons(text: str) -> bool:
    """The first line that has cells at all decides: titles stand above a header."""
    header = next((line for line in text.split("\n", HEAD)[:HEAD] if ";" in line or "," in line), "")
    return ";" in header and "," not in header


def _mapping(file: _File, reading: Reading) -> ColumnMapping | None:
    return reading.mapped or next((m for m in reading.mappings if m.recognises(file.head)), None)


def _statement(format: str, file: _File, reading: Reading) -> Statement:
    if format in FORMATS:
        return FORMATS[format][1](file, reading)
    return LAYOUTS[format].read(_source(file, reading))


def _source(file: _File, reading: Reading) -> Source:
    return Source(file.name, file.lines, reading.on, reading.account, reading.base, reading.known)


def _format_of(file: _File) -> str | None:
    own = (name for name, (looks_like, _) in FORMATS.items() if looks_like(file))
    return next(own, None) or next((name for name, layout in LAYOUTS.items() if layout.recognises(file.head)), None)


def _table_of(file: _File) -> str:
    """The table a file is named after, else the one table its header fits."""
    stem = PurePath(file.name).stem.lower()
    if stem in TABLES:
        return stem
    names = {cell.strip().lower() for cell in file.lines[0].cells} if file.lines else set()
    fitting = [table for table in TABLES if _fits(table, names)]
    if len(fitting) != 1:
        raise Unrecognised(
            t(
                "a file of a known broker, a CSV named after its table ({names}), --kind TABLE or --map FILE.toml",
                names=", ".join(TABLES),
            ),
            file=file.name,
        )
    return fitting[0]


class Unrecognised(BadInput):
    """A CSV of no known format: a mapping of its columns would read it."""


def headers(name: str, data: bytes) -> tuple[str, ...]:
    """The columns of an unrecognised file: its first line that has several cells and no figure among them."""
    file = _opened(PurePath(name).name, data, Reading(date.min))
    rows = (columns_of(record) for record in file.head if len(record.filled) > 1)
    return next((row for row in rows if not any(re.search(r"^[-+¥$€£]?[0-9]", cell) for cell in row)), ())


def _fits(table: str, names: set[str]) -> bool:
    required, optional = columns(table)
    return set(required) <= names <= {*required, *optional}


def plan_files(files: Iterable[tuple[str, bytes]], reading: Reading) -> ImportPlan:
    """Several files as one plan, which lands whole or not at all."""
    return merged(plan_file(name, data, reading) for name, data in files)
