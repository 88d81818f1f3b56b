"""Tables for other programs: Parquet with types, a workbook for a spreadsheet. Out only: CSV is what comes back in.

Every digit is kept: figures are exact decimals in Parquet; in a workbook, which knows fifteen digits, one with more
stays text. A workbook's text cells are text, whatever they begin with: nothing in it is a formula.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from alm.errors import BadInput, Infeasible
from alm.store.exact import Field
from alm.store.tables import Row, fields

PRECISION, SCALE = 38, 12
SPREADSHEET_DIGITS = 15


def parquet(table: str, rows: Sequence[Row]) -> bytes:
    """One table, a column for each of its own, in the types of its cells."""
    import pyarrow as pa
    from pyarrow.parquet import write_table

    types = {"decimal": pa.decimal128(PRECISION, SCALE), "date": pa.date32(), "yes_no": pa.bool_()}
    columns = fields(table)
    schema = pa.schema([(column.name, types.get(column.kind, pa.string())) for column in columns])
    try:
        data = {column.name: [_value(column, row.get(column.name)) for row in rows] for column in columns}
        out = BytesIO()
        write_table(pa.table(data, schema=schema), out)
    except pa.ArrowInvalid as error:
        raise BadInput("figures of at most 12 decimals", column=table, value=str(error)) from None
    return out.getvalue()


def workbook(tables: Mapping[str, Sequence[Row]]) -> bytes:
    """One sheet a table."""
    try:
        from xlsxwriter import Workbook
    except ImportError:
        raise Infeasible(
            "A workbook needs the package xlsxwriter: `.venv/bin/python -m pip install xlsxwriter`."
        ) from None
    out = BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        bold, dated = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        for table, rows in tables.items():
            sheet, columns = book.add_worksheet(table), fields(table)
            sheet.freeze_panes(1, 0)
            for place, column in enumerate(columns):
                sheet.write_string(0, place, column.name, bold)
                for line, row in enumerate(rows, start=1):
                    _put(sheet, line, place, _value(column, row.get(column.name)), dated)
    return out.getvalue()


def _value(column: Field, text: str | None) -> Any:
    if not text:
        return None if column.kind in ("decimal", "date", "yes_no") or text is None else ""
    match column.kind:
        case "decimal":
            return Decimal(text)
        case "date":
            return date.fromisoformat(text)
        case "yes_no":
            return text == "yes"
    return text


def _put(sheet: Any, line: int, place: int, value: Any, dated: Any) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(line, place, value)
    elif isinstance(value, Decimal) and len(value.as_tuple().digits) <= SPREADSHEET_DIGITS:
        sheet.write_number(line, place, float(value))
    elif isinstance(value, date):
        sheet.write_datetime(line, place, value, dated)
    elif value is not None:
        sheet.write_string(line, place, str(value))
