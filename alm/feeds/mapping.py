"""Any other CSV by a mapping: which of its columns is which of a table's, kept and known again by its header. Pure.

table = "transactions"          # any table of `alm export`; a loan's newest row is its balance
decimal = "comma"               # default "point"
dates = "day first"             # default "year first"
[columns]                       # the table's column = the file's
date = "Buchungstag"
amount = "Betrag"
note = "Verwendungszweck"
[fixed]                         # what the file does not say
account = "Bank"
currency = "EUR"
[sign]                          # a transaction's kind by the sign of its amount …
positive = "deposit"
negative = "withdrawal"
[either]                        # … or by the column that has it
deposit = "Gutschrift"
withdrawal = "Lastschrift"
[words.kind]                    # the file's words for a column's
Kauf = "buy"
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from alm.errors import BadInput
from alm.feeds.brokers.layout import columns_of
from alm.feeds.brokers.lines import MISSING
from alm.feeds.cells import ascii_form, canonical, day, figure, with_point
from alm.feeds.csv_files import BY_ACCOUNT, control_totals, figures
from alm.feeds.plan import ImportPlan, Row, TablePlan
from alm.feeds.rows import TABLES, columns, parsed
from alm.feeds.tabular import Record
from alm.language import t
from alm.settings import read_toml

SOURCE = "mapped CSV"
DATES = ("date", "balance_on", "ex_date", "pay_date", "starts", "ends", "expires", "from_date")
SECTIONS = ("columns", "fixed", "sign", "either", "words")
OF_LOAN = {"kind": "term", "payment": "0", "rate_pa": "0", "currency": "JPY"}
"""What a loan's row needs to be read by itself; only what the file says of the loan is kept."""
_DAY, _MONTH, _YEAR = r"(?P<d>[0-9]{1,2})", r"(?P<m>[0-9]{1,2})", r"(?P<y>[0-9]{4})"
_BY_DAY = {
    "day first": f"{_DAY}[./-]{_MONTH}[./-]{_YEAR}",
    "month first": f"{_MONTH}[./-]{_DAY}[./-]{_YEAR}",
}


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """What a file's columns are; see the module for its form in TOML."""

    name: str
    table: str
    columns: Mapping[str, str]
    fixed: Mapping[str, str] = field(default_factory=dict)
    sign: Mapping[str, str] = field(default_factory=dict)
    either: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    decimal: str = "point"
    dates: str = "year first"

    @property
    def header(self) -> frozenset[str]:
        """The file's columns by which it is known."""
        return frozenset([*self.columns.values(), *self.either.values()])

    def recognises(self, lines: Sequence[Record]) -> bool:
        return any(self.header <= set(columns_of(record)) for record in lines)


def from_file(path: Path) -> ColumnMapping:
    """A mapping's file, whose every key is checked."""
    tree = read_toml(path)
    known = ("table", "decimal", "dates", *SECTIONS)
    if strange := [key for key in tree if key not in known]:
        raise BadInput(t("one of {names}", names=", ".join(known)), file=path, column=strange[0])
    return checked(ColumnMapping(path.stem, **_texts(tree)), path)


def _texts(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Names of the file's columns are compared in one form."""
    texts = {key: value for key, value in tree.items() if key in ("table", "decimal", "dates")}
    for section in ("fixed", "sign", "words"):
        texts[section] = tree.get(section, {})
    for section in ("columns", "either"):
        texts[section] = {key: " ".join(ascii_form(str(name)).split()) for key, name in tree.get(section, {}).items()}
    return {"table": "", **texts}


def checked(mapping: ColumnMapping, path: Path) -> ColumnMapping:
    if mapping.table not in TABLES:
        raise BadInput(t("one of {names}", names=", ".join(TABLES)), file=path, column="table", value=mapping.table)
    required, optional = columns(mapping.table)
    known = (*required, *optional)
    for name in (*mapping.columns, *mapping.fixed, *mapping.words):
        if name not in known:
            raise BadInput(t("one of the columns {names}", names=", ".join(known)), file=path, column=name)
    if not mapping.header:
        raise BadInput("a [columns] section", file=path)
    for key, choices in (("decimal", ("point", "comma")), ("dates", ("year first", *_BY_DAY))):
        if getattr(mapping, key) not in choices:
            raise BadInput(
                t("one of {names}", names=", ".join(choices)), file=path, column=key, value=getattr(mapping, key)
            )
    return mapping


def as_toml(mapping: ColumnMapping) -> str:
    """The mapping as `from_file` reads it."""
    lines = [f"{key} = {_quoted(getattr(mapping, key))}" for key in ("table", "decimal", "dates")]
    for section in ("columns", "fixed", "sign", "either"):
        rows: Mapping[str, str] = getattr(mapping, section)
        lines += [f"\n[{section}]", *(f"{key} = {_quoted(text)}" for key, text in rows.items())] if rows else []
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def read(mapping: ColumnMapping, lines: Sequence[Record], file: str, *, account: str | None = None) -> ImportPlan:
    """The rows under the header as rows of the table; the first cell that cannot be read refuses the file."""
    start = next((n for n, record in enumerate(lines) if mapping.header <= set(columns_of(record))), None)
    if start is None:
        missing = t("the columns {names}", names=", ".join(sorted(mapping.header)))
        raise BadInput(missing, file=file, row=lines[0].line if lines else None)
    names = columns_of(lines[start])
    found = [
        (record.line, row)
        for record in lines[start + 1 :]
        for row in _rows(mapping, dict(zip(names, record.cells, strict=False)), file, record.line, account)
    ]
    kept = _newest(found) if mapping.table == "loans" else found
    rows = tuple(row for _, row in kept)
    accounts = tuple(dict.fromkeys(str(row["account"]) for row in rows)) if mapping.table in BY_ACCOUNT else ()
    places = tuple((file, line) for line, _ in kept)
    tables = (TablePlan(mapping.table, rows, replaces=accounts, places=places),) if rows else ()
    return ImportPlan(SOURCE, (file,), tables, control_totals(mapping.table, rows))


def _newest(found: Sequence[tuple[int, Row]]) -> list[tuple[int, Row]]:
    """Of each loan the row of the latest day, the last of them where there are several."""
    newest: dict[str | None, tuple[int, Row]] = {}
    for line, row in found:
        there = newest.get(row["name"])
        if there is None or (row.get("balance_on") or "") >= (there[1].get("balance_on") or ""):
            newest[row["name"]] = (line, row)
    return list(newest.values())


def _rows(mapping: ColumnMapping, cells: Mapping[str, str], file: str, line: int, account: str | None) -> Iterator[Row]:
    """The one row of a line, or one for each of the columns that say its kind; none of a line without a figure."""
    given = {name: cells.get(theirs, "").strip() for name, theirs in mapping.columns.items()}
    given |= {"account": account} if account and "account" in columns(mapping.table)[0] else {}
    for kind, theirs in mapping.either.items():
        if cells.get(theirs, "").strip() not in (*MISSING, "0"):
            yield _row(mapping, {**given, "kind": kind, "amount": cells[theirs].strip()}, file, line)
    if not mapping.either and any(given.get(name) for name in mapping.columns):
        yield _row(mapping, given, file, line)


def _row(mapping: ColumnMapping, given: Mapping[str, str], file: str, line: int) -> Row:
    read = {name: _cell(mapping, name, text, file, line) for name, text in given.items()}
    signed = Decimal(read["amount"]) if mapping.sign and read.get("amount") else Decimal(0)
    if signed:
        read["kind"] = mapping.sign["positive" if signed > 0 else "negative"]
    if mapping.sign or mapping.either or mapping.table == "loans":  # the kind, or the debt itself, says the sign
        read |= {
            name: canonical(abs(Decimal(read[name]))) for name in ("amount", "balance", "quantity") if read.get(name)
        }
    whole = {**mapping.fixed, **read}
    filled = {**{k: v for k, v in OF_LOAN.items() if mapping.table == "loans" and k not in whole}, **whole}
    row = parsed(mapping.table, filled, file, line)
    return {name: value for name, value in row.items() if name in whole}


def _cell(mapping: ColumnMapping, name: str, text: str, file: str, line: int) -> str:
    """A cell in this program's own form."""
    word = mapping.words.get(name, {}).get(text, text)
    try:
        if name in DATES and word:
            return _day(word, mapping.dates).isoformat()
        if name in figures(mapping.table) and word:
            plain = "" if word in MISSING else word
            return canonical(figure(with_point(plain) if mapping.decimal == "comma" else plain).value) if plain else ""
    except ValueError as error:
        raise BadInput(str(error), file=file, row=line, column=mapping.columns.get(name, name), value=text) from None
    return word


def _day(text: str, order: str) -> date:
    """The day of a date or time; years of two digits are refused, whatever the order."""
    plain = re.split(r"[T ]", ascii_form(text), maxsplit=1)[0]
    plain = re.sub(r"年|月", "-", plain).removesuffix("日")
    if order == "year first":
        return day(plain.replace(".", "-"))
    match = re.fullmatch(_BY_DAY[order], plain)
    if match is None:
        raise ValueError(t("a date written {order}", order=order))
    return day(f"{match['y']}-{match['m']}-{match['d']}")
