"""A broken rule of the schema as a sentence: which column, which value, what was expected."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import CheckConstraint, Connection, Table
from sqlalchemy.exc import IntegrityError

from alm.errors import BadInput
from alm.language import t


def explained(
    conn: Connection, table: Table, row: Mapping[str, object], error: IntegrityError, number: int | None
) -> BadInput:
    """`number` is the row's place among those written, None when it was to be removed."""
    cause, _, rule = str(error.orig).partition(" constraint failed")
    rule = rule.removeprefix(": ")
    if "|" in cause:
        _, column, expected = cause.split("|")
        return BadInput(expected, row=number, column=f"{table.name}.{column}", value=row.get(column))
    if cause == "CHECK":
        return _check(table, rule, row, number)
    if cause == "FOREIGN KEY":
        return _reference(conn, table, row, number)
    column = rule.rpartition(".")[2]
    expected = "a value" if cause == "NOT NULL" else "no second row with the same key"
    return BadInput(expected, row=number, column=f"{table.name}.{column}", value=row.get(column))


def _check(table: Table, rule: str, row: Mapping[str, object], number: int | None) -> BadInput:
    """A column's check carries the column's name, a rule between columns its own words."""
    title = rule.removeprefix(f"{table.name}_")
    if title in table.columns:
        expected = table.columns[title].info["expected"]
        return BadInput(expected, row=number, column=f"{table.name}.{title}", value=row.get(title))
    words = {str(c.name): str(c.info.get("expected")) for c in table.constraints if isinstance(c, CheckConstraint)}
    return BadInput(words[rule], row=number, column=table.name)


def _reference(conn: Connection, table: Table, row: Mapping[str, object], number: int | None) -> BadInput:
    for key in table.foreign_keys:
        value = row.get(key.parent.name)
        there = conn.execute(key.column.table.select().where(key.column == value)).first()
        if value is not None and there is None and number is not None:
            expected = t("{expected} that is in the books", expected=t(key.parent.info["expected"]))
            return BadInput(expected, row=number, column=f"{table.name}.{key.parent.name}", value=value)
    name = " ".join(str(value) for value in row.values() if value is not None)
    return BadInput("that nothing else refers to what is removed", column=table.name, value=name)
