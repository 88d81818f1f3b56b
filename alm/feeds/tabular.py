"""CSV text to records that know their line, and records to a table with checked headers. Pure."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from alm.errors import BadInput
from alm.language import t

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What a spreadsheet may run as a formula; a Japanese one takes the full-width signs for the others."""


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one record and the line it begins on (the first line is 1)."""

    line: int
    cells: tuple[str, ...]

    @property
    def filled(self) -> tuple[str, ...]:
        """The cells without the empty ones at the end: one broker ends each line with a comma."""
        last = max((i for i, cell in enumerate(self.cells) if cell.strip()), default=-1)
        return self.cells[: last + 1]


def records(text: str, file: str, *, delimiter: str = ",") -> tuple[Record, ...]:
    """Every record with something in it. Quotes that do not close and text after a closing quote are refused."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[Record] = []
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise BadInput(t("well-formed CSV ({reason})", reason=error), file=file, row=reader.line_num) from None
        if cells is None:
            return tuple(found)
        if any(cell.strip() for cell in cells):
            found.append(Record(line, tuple(map(_unwrapped, cells))))
        line = reader.line_num + 1


def _unwrapped(cell: str) -> str:
    """`="7203"`, as a spreadsheet keeps a code from becoming a number, is 7203."""
    return cell[2:-1] if cell.startswith('="') and cell.endswith('"') and len(cell) > 2 else cell


def table(
    lines: Sequence[Record], file: str, required: Iterable[str], optional: Iterable[str] = ()
) -> tuple[tuple[int, dict[str, str]], ...]:
    """Rows by column name with their line, under a header that has every required column and no unknown or
    repeated one; a row with more or fewer cells than the header is refused."""
    if not lines:
        raise BadInput(t("a header row: {names}", names=", ".join(required)), file=file)
    names = header(lines[0], file, tuple(required), tuple(optional))
    rows = full_rows(lines[1:], file, len(names))
    return tuple((record.line, dict(zip(names, record.cells, strict=True))) for record in rows)


def full_rows(lines: Sequence[Record], file: str, width: int) -> Sequence[Record]:
    """The records, each of which must have as many cells as the header."""
    for record in lines:
        if len(record.cells) != width:
            expected = t("{width} cells, as the header has, not {count}", width=width, count=len(record.cells))
            raise BadInput(expected, file=file, row=record.line)
    return lines


def header(record: Record, file: str, required: Sequence[str], optional: Sequence[str]) -> tuple[str, ...]:
    """The column names of a header row, trimmed and in lower case."""
    names = tuple(cell.strip().lower() for cell in record.cells)
    known = (*required, *optional)
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        raise BadInput("columns separated by commas", file=file, row=record.line, value=names[0])
    for name in names:
        if names.count(name) > 1:
            raise BadInput("each column once", file=file, row=record.line, value=name)
        if name not in known:
            raise BadInput(
                t("one of the columns {names}", names=", ".join(known)), file=file, row=record.line, value=name
            )
    if missing := [name for name in required if name not in names]:
        raise BadInput(t("the column {names}, which is missing", names=", ".join(missing)), file=file, row=record.line)
    return names


def cell(row: Mapping[str, str], column: str) -> str:
    """A cell without the apostrophe that an export put before what a spreadsheet would run as a formula."""
    text = row[column]
    return text[1:] if text[:1] == "'" and text[1:2] in (*FORMULA_STARTS, "'") else text


def escaped(text: str) -> str:
    """A text cell that no spreadsheet runs as a formula; `cell` takes the apostrophe off again."""
    return f"'{text}" if text.startswith((*FORMULA_STARTS, "'")) else text


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with BOM (so that spreadsheets show Japanese) and CRLF."""
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")
