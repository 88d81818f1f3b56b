"""CSV of this program's own tables: bytes to a plan of rows with control totals, and rows back to the same bytes. Pure.

Whole file or nothing: the first cell that is not what its column expects refuses the file. Rows with the same key are
refused, also where they are equal, because nobody can tell a slip of the mouse from a second lot; transactions alone
may be equal, for two equal trades are two trades.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from alm.errors import BadInput
from alm.feeds.cells import decimal_commas, with_point
from alm.feeds.plan import ControlTotal, ImportPlan, Row, TablePlan
from alm.feeds.rows import TABLES, columns, key_of, parsed
from alm.feeds.tabular import Record, cell, escaped, table, write_csv
from alm.language import t

Numbered = Sequence[tuple[int, dict[str, str]]]

SOURCE = "CSV"
BY_ACCOUNT = ("holdings", "cash")
"""A file of these says all that its accounts hold."""
UNSAID = {"prices": {"provisional": "yes"}, "fx_rates": {"provisional": "yes"}}
"""What a file means that says nothing of it, whatever stands: a figure from a file gives way to a feed's close."""
SUMMED = ("balance", "accrued_interest", "quantity", "cost_basis", "amount", "close", "rate", "fee", "tax", "weight")


def read_table(
    name: str, lines: Sequence[Record], file: str, *, account: str | None = None, semicolons: bool = False
) -> ImportPlan:
    """The plan of one table's file. `account` fills the column of that name where the file has none."""
    required, optional = columns(name)
    filled = account is not None and "account" in required and not _has_account(lines)
    rows = []
    found = table(lines, file, [c for c in required if not (filled and c == "account")], optional)
    for line, raw in _pointed(name, found, file) if semicolons else found:
        given = UNSAID.get(name, {}) | {column: cell(raw, column) for column in raw}
        rows.append((line, parsed(name, {**given, "account": account} if filled and account else given, file, line)))
    return _plan(name, rows, file)


def _pointed(name: str, rows: Numbered, file: str) -> Numbered:
    """The rows with decimal points, where their figures have decimal commas."""
    numbers = figures(name)
    try:
        commas = decimal_commas(row[column] for _, row in rows for column in row if column in numbers)
    except ValueError as error:
        raise BadInput(str(error), file=file) from None
    if not commas:
        return rows
    return tuple(
        (line, {column: with_point(text) if column in numbers else text for column, text in row.items()})
        for line, row in rows
    )


def _has_account(lines: Sequence[Record]) -> bool:
    return bool(lines) and "account" in {cell.strip().lower() for cell in lines[0].cells}


def _plan(name: str, numbered: Sequence[tuple[int, Row]], file: str) -> ImportPlan:
    rows: tuple[Row, ...] = tuple(row for _, row in numbered)
    _refuse_repeats(name, rows, [line for line, _ in numbered], file)
    accounts = dict.fromkeys(row["account"] or "" for row in rows) if name in BY_ACCOUNT else ()
    places = tuple((file, line) for line, _ in numbered)
    tables = (TablePlan(name, rows, replaces=tuple(accounts), places=places),) if rows else ()
    return ImportPlan(SOURCE, (file,), tables, control_totals(name, rows))


def _refuse_repeats(name: str, rows: Sequence[Row], lines: Sequence[int], file: str) -> None:
    first: dict[tuple[str, ...], int] = {}
    for row, line in zip(rows, lines, strict=True):
        key = key_of(name, row)
        if not any(key):
            continue
        if key in first:
            raise BadInput(
                t("each {names} once (row {first} has it)", names=", ".join(TABLES[name].KEY), first=first[key]),
                file=file,
                row=line,
                value=" ".join(filter(None, key)),
            )
        first[key] = line


def control_totals(name: str, rows: Sequence[Row]) -> tuple[ControlTotal, ...]:
    """The number of rows and, for each column of figures, its sum by currency: what a person can compare."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        for column in SUMMED:
            if row.get(column):
                sums[" ".join(filter(None, (name, column, row.get("currency"))))] += Decimal(row[column] or 0)
    counted = ControlTotal(t("{table} rows", table=name), Decimal(len(rows)))
    return (counted, *(ControlTotal(what, value) for what, value in sums.items()))


def written(name: str, rows: Iterable[Row]) -> bytes:
    """The table as CSV that `read_table` reads back to the same rows, safe to open in a spreadsheet."""
    required, optional = columns(name)
    names = _in_reading_order(name, (*required, *optional))
    return write_csv(names, ([_cell(name, column, row) for column in names] for row in rows))


def _in_reading_order(name: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """What identifies a row first."""
    key = TABLES[name].KEY
    return (*key, *(column for column in names if column not in key))


def _cell(name: str, column: str, row: Row) -> str:
    value = row.get(column) or ""
    return value if column in figures(name) else escaped(value)


def figures(name: str) -> frozenset[str]:
    """Columns of numbers, whose minus sign is no formula."""
    fields = TABLES[name].model_fields
    return frozenset(column for column, field in fields.items() if "Decimal" in str(field.annotation))
