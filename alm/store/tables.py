"""Rows in the columns of each table's CSV, in and out: what imports, exports and the page's editor use.

A cell is text, or None where there is nothing. A column that a row leaves out keeps what stands, or takes its default
in a new row. Writing the same rows again changes nothing.
"""
# ruff: noqa: S608  # every name spliced into SQL is one of this schema's own

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection, Table
from sqlalchemy.exc import IntegrityError

from alm.errors import BadInput, StaleEdit, UnknownName
from alm.language import t
from alm.settings import parse_settings
from alm.store.digests import table_version
from alm.store.exact import Cell, Field, field, shown, stored
from alm.store.refusals import explained
from alm.store.schema import INPUTS, day_notes, holdings

_NO_CONTENT = ("fingerprint", "note", "to_ticker", "to_quantity", "cost_share", "parts")
"""What does not make a line of a statement another one."""

Row = Mapping[str, str | None]
Cells = dict[str, Cell]

_TABLES = {table.name: table for table in (*INPUTS, day_notes)}
TABLES = tuple(_TABLES)
"""Names in the order of writing: what is referred to comes before what refers to it."""


@dataclass(frozen=True, slots=True)
class Written:
    """Numbers of rows; rows that were the same already are in none."""

    inserted: int = 0
    updated: int = 0
    deleted: int = 0

    @property
    def changed(self) -> int:
        return self.inserted + self.updated + self.deleted


@cache
def fields(table: str) -> tuple[Field, ...]:
    """The columns of a table's CSV, in order."""
    return tuple(field(column) for column in _table(table).columns if column.name != "id")


@cache
def key(table: str) -> tuple[str, ...]:
    """The columns that tell one row from another."""
    if table == "transactions":
        return ("fingerprint",)
    if table == "holdings":
        return ("account", "ticker", "currency", "pledged_to")
    return tuple(column.name for column in _table(table).primary_key)


def read_rows(conn: Connection, table: str) -> list[dict[str, str | None]]:
    """Every row, in the order of its key; transactions by date."""
    columns = fields(table)
    order = ("date", "id") if table == "transactions" else key(table)
    names = ", ".join(column.name for column in columns)
    found = conn.exec_driver_sql(f"SELECT {names} FROM {table} ORDER BY {', '.join(order)}")
    return [{c.name: shown(c, cell) for c, cell in zip(columns, row, strict=True)} for row in found]


def write_all(conn: Connection, tables: Mapping[str, Iterable[Row]]) -> dict[str, Written]:
    """Rows of several tables, whatever order they come in."""
    for name in tables:
        _table(name)
    return {name: write_rows(conn, name, tables[name]) for name in TABLES if name in tables}


def write_rows(
    conn: Connection,
    table: str,
    rows: Iterable[Row],
    *,
    expected: str | None = None,
    whole: bool = False,
    replaces: Sequence[str] = (),
    defaults: Sequence[str] = (),
) -> Written:
    """Insert or update rows by their key.

    `expected` is the `table_version` the rows were edited from: if the table has changed since, StaleEdit. `whole`
    removes every row that is not among them; `replaces` does so within the accounts it names. `defaults` are columns
    that only a new row takes: the household's own word stands. A row that breaks a rule raises BadInput with its
    number, counted from 1; the caller's transaction then writes nothing.
    """
    if expected is not None and (now := table_version(conn, table)) != expected:
        raise StaleEdit(table, _difference(expected, now))
    written = _complete(conn, table, list(rows), defaults)
    before = _count(conn, table)
    touched = _upsert(conn, table, written)
    inserted = _count(conn, table) - before
    deleted = _remove_others(conn, table, written, None if whole else replaces) if whole or replaces else 0
    if table == "settings":
        parse_settings({str(row["name"]): row["value"] or "" for row in read_rows(conn, table)})
    return Written(inserted, touched - inserted, deleted)


def _table(name: str) -> Table:
    if name not in _TABLES:
        raise UnknownName("table", name, TABLES)
    return _TABLES[name]


def _difference(expected: str, now: str) -> str:
    then, here = expected.partition(":")[0], now.partition(":")[0]
    return t("{then} rows then, {here} now", then=then, here=here) if then != here else "a row was edited"


def _count(conn: Connection, table: str) -> int:
    return int(conn.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


def _complete(conn: Connection, table: str, rows: list[Row], defaults: Sequence[str]) -> list[Cells]:
    """Rows with every column: from the row, else from what stands, else the default."""
    columns = {column.name: column for column in fields(table)}
    if table == "transactions":
        rows = fingerprinted(rows)
    complete = []
    for number, row in enumerate(rows, start=1):
        if strange := [name for name in row if name not in columns]:
            raise BadInput(t("one of the columns {names}", names=", ".join(columns)), row=number, column=strange[0])
        given: Cells = {name: stored(columns[name], text, number) for name, text in row.items()}
        partial = bool(defaults) or len(given) < len(columns)
        standing = _standing(conn, table, given, number, defaults) if partial else None
        complete.append(_merged(columns, given, standing, defaults, number))
    return complete


def _merged(
    columns: Mapping[str, Field], given: Cells, standing: Cells | None, defaults: Sequence[str], number: int
) -> Cells:
    if standing is not None:
        return standing | {name: cell for name, cell in given.items() if name not in defaults}
    return {name: given[name] if name in given else stored(column, None, number) for name, column in columns.items()}


def _standing(conn: Connection, table: str, given: Cells, number: int, defaults: Sequence[str]) -> Cells | None:
    """The row that the given one is about. A holding that does not say what it secures is the account's only one."""
    by = [name for name in key(table) if name in given and name not in defaults]
    if not by:
        return None
    names = [column.name for column in fields(table)]
    same = " AND ".join(f"{name} IS ?" for name in by)
    query = f"SELECT {', '.join(names)} FROM {table} WHERE {same} LIMIT 2"
    found = conn.exec_driver_sql(query, tuple(given[name] for name in by)).all()
    if len(found) > 1:
        missing = next(name for name in key(table) if len({row[names.index(name)] for row in found}) > 1)
        raise BadInput(
            t(
                "a {missing}, because {names} has several rows",
                missing=missing,
                names=" and ".join(str(given[name]) for name in by),
            ),
            row=number,
        )
    return dict(zip(names, found[0], strict=True)) if found else None


def fingerprinted(rows: Iterable[Row]) -> list[Row]:
    """Transactions with a fingerprint each: the same line of a statement gets the same one at every import, and the
    second of two equal lines another."""
    columns = [column for column in fields("transactions") if column.name not in _NO_CONTENT]
    seen: Counter[str] = Counter()
    done: list[Row] = []
    for number, row in enumerate(rows, start=1):
        content = repr([stored(column, row.get(column.name), number) for column in columns])
        seen[content] += 1
        mark = row.get("fingerprint") or hashlib.sha256(f"{content} {seen[content]}".encode()).hexdigest()[:32]
        done.append({**row, "fingerprint": mark})
    return done


def _upsert(conn: Connection, table: str, rows: list[Cells]) -> int:
    """How many rows were inserted or changed. A refusal is found again row by row, to name the row."""
    if not rows:
        return 0
    names = [column.name for column in fields(table)]
    statement = _upsert_statement(table)
    cells = [tuple(row[name] for name in names) for row in rows]
    conn.exec_driver_sql("SAVEPOINT batch")
    try:
        done = conn.exec_driver_sql(statement, cells).rowcount
    except IntegrityError:
        conn.exec_driver_sql("ROLLBACK TO batch")
        refusal = _first_refusal(conn, table, statement, rows, cells)
        conn.exec_driver_sql("ROLLBACK TO batch")
        conn.exec_driver_sql("RELEASE batch")
        raise refusal from None
    conn.exec_driver_sql("RELEASE batch")
    return done


def _first_refusal(
    conn: Connection, table: str, statement: str, rows: list[Cells], cells: list[tuple[Cell, ...]]
) -> BadInput:
    for number, (row, values) in enumerate(zip(rows, cells, strict=True), start=1):
        try:
            conn.exec_driver_sql(statement, values)
        except IntegrityError as error:
            return explained(conn, _table(table), row, error, number)
    raise AssertionError("a batch was refused and none of its rows")


@cache
def _upsert_statement(table: str) -> str:
    names = [column.name for column in fields(table)]
    target = "account, ticker, currency, coalesce(pledged_to, '')" if table == holdings.name else ", ".join(key(table))
    rest = [name for name in names if name not in key(table)]
    insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))}) ON CONFLICT ({target})"
    changes = ", ".join(f"{name} = excluded.{name}" for name in rest)
    differs = " OR ".join(f"{table}.{name} IS NOT excluded.{name}" for name in rest)
    return f"{insert} DO UPDATE SET {changes} WHERE {differs}"


def _remove_others(conn: Connection, table: str, kept: list[Cells], accounts: Sequence[str] | None) -> int:
    names = key(table)
    where: str = "1"
    values: tuple[str, ...] = ()
    if accounts is not None:
        where, values = f"account IN ({', '.join('?' * len(accounts))})", tuple(accounts)
    standing = conn.exec_driver_sql(f"SELECT {', '.join(names)} FROM {table} WHERE {where}", values)
    written = {tuple(row[name] for name in names) for row in kept}
    gone = [tuple(row) for row in standing if tuple(row) not in written]
    statement = f"DELETE FROM {table} WHERE {' AND '.join(f'{name} IS ?' for name in names)}"
    for row in gone:
        try:
            conn.exec_driver_sql(statement, row)
        except IntegrityError as error:
            raise explained(conn, _table(table), dict(zip(names, row, strict=True)), error, None) from None
    return len(gone)
