"""Imports and edits as exact changes, row by row before and after, kept so that the last one can be undone."""
# ruff: noqa: S608  # every name spliced into SQL is one of this schema's own

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from alm.errors import BadInput, Infeasible, StaleEdit
from alm.store.exact import shown, stored
from alm.store.splits import counted_splits
from alm.store.tables import TABLES, Row, fields, key, read_rows, write_rows

KEPT = 10
"""Journal entries whose rows are kept; older ones keep their date and source only."""
FEW = 5_000
"""Up to this many rows are looked up by key; for more, reading the whole table is faster."""

Key = tuple[str | None, ...]
Rows = dict[Key, dict[str, str | None]]


@dataclass(frozen=True, slots=True)
class Change:
    """One row of a table before and after; None where it was not there, or is no longer."""

    table: str
    before: Row | None
    after: Row | None

    @property
    def kind(self) -> Literal["added", "changed", "removed"]:
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    @property
    def key(self) -> Key:
        row = self.after if self.after is not None else self.before
        assert row is not None
        return _key(self.table, row)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that differ."""
        before, after = self.before or {}, self.after or {}
        return tuple(field.name for field in fields(self.table) if before.get(field.name) != after.get(field.name))


@dataclass(frozen=True, slots=True)
class Entry:
    """A journal entry. `at` is ISO date and time."""

    number: int
    at: str
    source: str
    files: str


def write(
    conn: Connection,
    table: str,
    rows: Sequence[Row],
    *,
    expected: str | None = None,
    whole: bool = False,
    replaces: Sequence[str] = (),
    defaults: Sequence[str] = (),
) -> tuple[Change, ...]:
    """`write_rows`, and what exactly it changed. Of a split that the holdings have come to count nothing is asked."""
    everything = whole or bool(replaces) or len(rows) > FEW
    before = standing(conn, table, None if everything else rows)
    write_rows(conn, table, rows, expected=expected, whole=whole, replaces=replaces, defaults=defaults)
    after = standing(conn, table, None if everything else rows)
    keys = dict.fromkeys([*before, *after])
    found = (Change(table, before.get(k), after.get(k)) for k in keys)
    changed = tuple(change for change in found if change.before != change.after)
    counted = counted_splits(conn) if table == "holdings" else []
    return (*changed, *write(conn, "splits", counted)) if counted else changed


def _key(table: str, row: Row) -> Key:
    return tuple(row.get(name) for name in key(table))


def standing(conn: Connection, table: str, rows: Sequence[Row] | None) -> Rows:
    """The rows of a table by key: those with the keys of `rows` where each states its key, else every one."""
    names = key(table)
    if rows is None or any(not row.get(name) for row in rows for name in names):
        return {_key(table, row): row for row in read_rows(conn, table)}
    columns = fields(table)
    query = f"SELECT {', '.join(c.name for c in columns)} FROM {table} WHERE {' AND '.join(f'{n} = ?' for n in names)}"
    by_name = {column.name: column for column in columns}
    keys = dict.fromkeys(tuple(stored(by_name[n], row[n], 0) for n in names) for row in rows)
    cells = (conn.exec_driver_sql(query, values).first() for values in keys)
    found = ({c.name: shown(c, v) for c, v in zip(columns, row, strict=True)} for row in cells if row is not None)
    return {_key(table, row): row for row in found}


def record(conn: Connection, at: datetime, source: str, files: str, changes: Iterable[Change]) -> int | None:
    """Keep the changes under a new number; None, and nothing is kept, where there are none."""
    rows = [(c.table, _json(c.before), _json(c.after)) for c in changes]
    if not rows:
        return None
    moment = at.isoformat(timespec="seconds")
    entered = conn.exec_driver_sql("INSERT INTO imports (at, source, files) VALUES (?, ?, ?)", (moment, source, files))
    number = int(entered.lastrowid or 0)
    values = [(number, place, *row) for place, row in enumerate(rows, start=1)]
    insert = "INSERT INTO import_changes (import_id, number, part, before, after) VALUES (?, ?, ?, ?, ?)"
    conn.exec_driver_sql(insert, values)
    oldest = "SELECT id FROM imports ORDER BY id DESC LIMIT 1 OFFSET ?"
    conn.exec_driver_sql(f"DELETE FROM import_changes WHERE import_id <= ({oldest})", (KEPT,))
    return number


def _json(row: Row | None) -> str | None:
    return None if row is None else json.dumps(dict(row), ensure_ascii=False)


def last(conn: Connection) -> Entry | None:
    """The newest entry that has not been undone and still has its rows."""
    query = """SELECT id, at, source, files FROM imports WHERE undone_at IS NULL
               AND EXISTS (SELECT 1 FROM import_changes WHERE import_id = id) ORDER BY id DESC LIMIT 1"""
    found = conn.exec_driver_sql(query).first()
    return Entry(*found) if found else None


def changes_of(conn: Connection, number: int) -> tuple[Change, ...]:
    query = "SELECT part, before, after FROM import_changes WHERE import_id = ? ORDER BY number"
    return tuple(
        Change(table, json.loads(before) if before else None, json.loads(after) if after else None)
        for table, before, after in conn.exec_driver_sql(query, (number,))
    )


def undo(conn: Connection, at: datetime) -> tuple[Entry, tuple[Change, ...]]:
    """Put back what the last entry changed, all of it or nothing.

    Raises Infeasible when there is nothing to undo, StaleEdit when one of its rows has been changed since.
    """
    entry = last(conn)
    if entry is None:
        raise Infeasible("There is no import or edit to undo.")
    changes = [change for change in changes_of(conn, entry.number) if not _closed(conn, change)]
    _refuse_stale(conn, changes)
    for table in reversed(TABLES):
        _delete(conn, table, [change.key for change in changes if change.table == table and change.before is None])
    for table in TABLES:
        if rows := [change.before for change in changes if change.table == table and change.before is not None]:
            write_rows(conn, table, rows)
    moment = at.isoformat(timespec="seconds")
    conn.exec_driver_sql("UPDATE imports SET undone_at = ? WHERE id = ?", (moment, entry.number))
    back = tuple(Change(change.table, change.after, change.before) for change in changes)
    return entry, back


def _closed(conn: Connection, change: Change) -> bool:
    """Whether a price or rate that was provisional has been replaced by its feed's close, which stays."""
    if change.table not in ("prices", "fx_rates") or change.after is None or change.after.get("provisional") == "no":
        return False
    now = standing(conn, change.table, [change.after]).get(change.key)
    return now is not None and now["provisional"] == "no"


def _refuse_stale(conn: Connection, changes: Iterable[Change]) -> None:
    by_table: dict[str, list[Change]] = {}
    for change in changes:
        by_table.setdefault(change.table, []).append(change)
    for table, found in by_table.items():
        rows = [change.after if change.after is not None else change.before for change in found]
        now = standing(conn, table, [row for row in rows if row is not None] if len(found) <= FEW else None)
        for change in found:
            if _as_then(now.get(change.key), change.after) != change.after:
                raise StaleEdit(table, " ".join(filter(None, change.key)))


def _as_then(row: Row | None, then: Row | None) -> Row | None:
    """The row in the columns that its table had when the change was recorded."""
    return row if row is None or then is None else {name: row.get(name) for name in then}


def _delete(conn: Connection, table: str, keys: Sequence[Key]) -> None:
    statement = f"DELETE FROM {table} WHERE {' AND '.join(f'{name} IS ?' for name in key(table))}"
    for values in keys:
        try:
            conn.exec_driver_sql(statement, values)
        except IntegrityError:
            name = " ".join(filter(None, values))
            raise BadInput("that nothing else refers to what is taken back", column=table, value=name) from None
