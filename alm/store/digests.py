"""A digest of every part of what the household entered, written with it and compared when it is read.

SQLite has no checksums of its own: a flipped byte can change a total and leave `integrity_check` content. A part is a
table, or one year of one ticker's prices or one currency's rates, or one year of transactions.
"""
# ruff: noqa: S608  # every name spliced into SQL is one of this schema's own

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection

from alm.store.schema import INPUTS, SCHEMA_VERSION, metadata

BY_YEAR = {"prices": "ticker", "fx_rates": "currency", "transactions": None}
"""Tables sealed by the year of their `date`, and the column that divides them further."""

_CELL, _NOTHING, _LINE = "\x1f", "\x1e", "\n"


def seal(conn: Connection) -> None:
    """Write the digest of every part touched in this transaction."""
    layout = _layout(conn)
    parts = [part for (part,) in conn.exec_driver_sql("SELECT part FROM touched")]
    sealed = [(part, *_digest(conn, layout, part)) for part in parts]
    if kept := [row for row in sealed if row[1]]:
        conn.exec_driver_sql("INSERT OR REPLACE INTO digests (part, rows, sha256) VALUES (?, ?, ?)", kept)
    if emptied := [(part,) for part, rows, _ in sealed if not rows]:
        conn.exec_driver_sql("DELETE FROM digests WHERE part = ?", emptied)
    if parts:
        conn.exec_driver_sql("DELETE FROM touched")


def reseal(conn: Connection) -> None:
    """Write every digest again: after a migration, whose rows have other columns."""
    conn.exec_driver_sql("DELETE FROM digests")
    parts = [(part, 1) for part in sorted(every_part(conn))]
    if parts:
        conn.exec_driver_sql("INSERT OR REPLACE INTO touched (part, times) VALUES (?, ?)", parts)
    seal(conn)


def damaged(conn: Connection, parts: Iterable[str] | None = None) -> tuple[str, ...]:
    """The parts (default: all) whose rows are not those that were written; parts another program touched excepted."""
    layout, unsealed = _layout(conn), set(unsealed_parts(conn))
    stored = {part: (rows, sha256) for part, rows, sha256 in conn.exec_driver_sql("SELECT * FROM digests")}
    if parts is None and (strange := _strange_tables(conn)):
        return tuple(f"the schema of {name}" for name in strange)
    looked_at = every_part(conn) | set(stored) if parts is None else set(parts)
    nothing = (0, _sha256(""))
    return tuple(
        part for part in sorted(looked_at - unsealed) if _digest(conn, layout, part) != stored.get(part, nothing)
    )


def unsealed_parts(conn: Connection) -> tuple[str, ...]:
    """Parts that another program changed: their next change through this one accepts them."""
    return tuple(part for (part,) in conn.exec_driver_sql("SELECT part FROM touched ORDER BY part"))


def version(conn: Connection) -> str:
    """A word that changes whenever an input row or a margin call changes or a record comes or goes, and comes back when
    the rows do."""
    recorded = conn.exec_driver_sql("SELECT max(date) || ' ' || count(*) FROM snapshots").scalar()
    sealed = conn.exec_driver_sql("SELECT group_concat(sha256, '') FROM (SELECT sha256 FROM digests ORDER BY part)")
    open_ = conn.exec_driver_sql("SELECT part, times FROM touched ORDER BY part")
    calls = conn.exec_driver_sql("SELECT * FROM calls ORDER BY loan, detected").all()
    return _sha256(f"{recorded}{sealed.scalar()}{open_.all()}{calls or ''}")[:32]


def table_version(conn: Connection, table: str) -> str:
    """The same for one table, with its number of rows in front: what a stale edit is told from."""
    here = f"part = '{table}' OR part LIKE '{table}/%'"
    sealed = conn.exec_driver_sql(f"SELECT part, rows, sha256 FROM digests WHERE {here} ORDER BY part").all()
    open_ = conn.exec_driver_sql(f"SELECT part, times FROM touched WHERE {here} ORDER BY part").all()
    return f"{sum(rows for _, rows, _ in sealed)}:{_sha256(f'{sealed}{open_}')[:32]}"


def every_part(conn: Connection) -> set[str]:
    """The parts that the rows themselves make."""
    found = set()
    for table in _layout(conn):
        if table in BY_YEAR:
            divider = BY_YEAR[table]
            middle = f"{divider} || '/' || " if divider else ""
            query = f"SELECT DISTINCT '{table}/' || {middle}substr(date, 1, 4) FROM {table}"
            found |= {part for (part,) in conn.exec_driver_sql(query)}
        elif conn.exec_driver_sql(f"SELECT 1 FROM {table} LIMIT 1").first():
            found.add(table)
    return found


@dataclass(frozen=True, slots=True)
class _Shape:
    """The columns of a table as it stands in the file, which may be of an earlier schema."""

    cells: tuple[str, ...]
    key: tuple[str, ...]


def _layout(conn: Connection) -> dict[str, _Shape]:
    """The input tables that the file has, without the numbers SQLite gives to rows."""
    found = conn.exec_driver_sql(
        "SELECT m.name, c.name, c.pk FROM sqlite_master m, pragma_table_info(m.name) c"
        " WHERE m.type = 'table' AND c.name <> 'id' ORDER BY m.name, c.cid"
    ).all()
    inputs = {table.name for table in INPUTS}
    columns = {name: [(cell, pk) for table, cell, pk in found if table == name] for name in inputs}
    return {
        name: _Shape(tuple(cell for cell, _ in cells), tuple(cell for cell, pk in cells if pk))
        for name, cells in columns.items()
        if cells
    }


def _strange_tables(conn: Connection) -> list[str]:
    """Tables of a file of the current schema whose columns are not those of the schema."""
    if conn.exec_driver_sql("PRAGMA user_version").scalar() != SCHEMA_VERSION:
        return []
    found = conn.exec_driver_sql(
        "SELECT m.name, group_concat(c.name, ' ') FROM sqlite_master m, pragma_table_info(m.name) c"
        " WHERE m.type = 'table' GROUP BY m.name"
    )
    columns = {row[0]: row[1] for row in found}
    wanted = {table.name: " ".join(column.name for column in table.columns) for table in metadata.sorted_tables}
    return [name for name, names in wanted.items() if columns.get(name) != names]


def _digest(conn: Connection, layout: Mapping[str, _Shape], part: str) -> tuple[int, str]:
    """How many rows the part has, and the SHA-256 of their text in order."""
    table, _, rest = part.partition("/")
    if table not in layout:
        return 0, _sha256("")
    if table not in BY_YEAR:
        row = conn.exec_driver_sql(_query(table, layout[table], "1")).one()
    else:
        owner, _, year = rest.rpartition("/")
        divider = BY_YEAR[table]
        condition = f"{f'{divider} = ? AND ' if divider else ''}date BETWEEN ? AND ?"
        bounds = (f"{year}-01-01", f"{year}-12-31")
        query = _query(table, layout[table], condition)
        row = conn.exec_driver_sql(query, (owner, *bounds) if divider else bounds).one()
    return row[0], _sha256(row[1] or "")


@cache
def _query(table: str, shape: _Shape, condition: str) -> str:
    """Rows as lines of cells, in the order of the primary key or, where that is a mere number, of all cells."""
    line = f" || '{_CELL}' || ".join(f"coalesce({cell}, '{_NOTHING}')" for cell in shape.cells)
    order = ", ".join(shape.key or shape.cells)
    lines = f"SELECT {line} AS line FROM {table} WHERE {condition} ORDER BY {order}"
    return f"SELECT count(*), group_concat(line, '{_LINE}') FROM ({lines})"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
