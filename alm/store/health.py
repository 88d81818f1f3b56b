"""Is the file sound? Pages, references, the digests of what was entered and of each day's record."""

from __future__ import annotations

import sqlite3
import stat
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from alm.language import t
from alm.store import digests, passphrases, snapshots
from alm.store.database import inspect, opened, schema_version
from alm.store.snapshots import Aside


@dataclass(frozen=True, slots=True)
class Health:
    """`faults`: what is wrong, in words; a backup cures it. The rest is for a person to judge."""

    schema: int
    rows: int
    faults: tuple[str, ...]
    changed_elsewhere: tuple[str, ...]
    """Parts that another program wrote to; the next change through this one accepts them."""
    private: bool
    """Nobody but the owner may read the file."""
    last_snapshot: date | None
    missed: tuple[date, ...]
    """Days without a snapshot since the first one, today excluded."""
    ahead: tuple[date, ...] = ()
    """Days on record that have not come yet."""
    aside: tuple[Aside, ...] = ()


def examine(path: Path, today: date) -> Health:
    """Everything that can be known about the file; it is only read. Raises what `reading` raises but for its age."""
    inspect(path)
    with opened(path) as conn:
        query = "SELECT max(date) FROM snapshots WHERE date <= ?"
        newest = conn.exec_driver_sql(query, (today.isoformat(),)).scalar()
        return Health(
            schema=schema_version(conn),
            rows=int(conn.exec_driver_sql("SELECT coalesce(sum(rows), 0) FROM digests").scalar_one()),
            faults=faults(conn),
            changed_elsewhere=digests.unsealed_parts(conn),
            private=not stat.S_IMODE(path.stat().st_mode) & 0o077,
            last_snapshot=None if newest is None else date.fromisoformat(newest),
            missed=snapshots.gaps(conn, today),
            ahead=snapshots.after(conn, today),
            aside=snapshots.aside(conn),
        )


def faults(conn: Connection) -> tuple[str, ...]:
    """What is not as it was written, most general first; nothing more is asked of a file whose pages are broken."""
    pages = str(conn.exec_driver_sql("PRAGMA integrity_check(1)").scalar())
    if pages != "ok":
        return (t("its pages are damaged ({reason})", reason=pages.splitlines()[0]),)
    orphans = [
        t("a row of {table} refers to nothing", table=row[0])
        for row in conn.exec_driver_sql("PRAGMA foreign_key_check")
    ]
    parts = [t("{part} is not what was written", part=part) for part in digests.damaged(conn)]
    if passphrases.damaged(conn):
        parts.append(t("{part} is not what was written", part=t("the passphrase")))
    days = [t("the snapshot of {day} is not what was written", day=day) for day in snapshots.damaged(conn)]
    return tuple(dict.fromkeys(orphans + parts + days))


def sqlite_version() -> str:
    """Of the library this Python brings, such as `3.45.1`."""
    return sqlite3.sqlite_version
