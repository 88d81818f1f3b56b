"""Copies of the books: taken while they are in use, checked row by row, put back as one transaction."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from alm.errors import AlmError, BadInput, DatabaseRefused
from alm.language import t
from alm.settings import resolved
from alm.store import passphrases
from alm.store.database import (
    connect,
    copy,
    inspect,
    migrate,
    opened,
    reading,
    refusals,
    sync_folder,
    upgrade,
    writing,
)
from alm.store.health import faults
from alm.text import listed

KEPT: tuple[tuple[int, Callable[[date], object]], ...] = (
    (7, lambda day: day),
    (5, lambda day: day.isocalendar()[:2]),
    (12, lambda day: (day.year, day.month)),
    (10, lambda day: day.year),
)
"""Rotation: the newest backup of each of the last 7 days, 5 weeks, 12 months and 10 years that have one."""

NIGHTLY = "backups"
"""The folder beside the books that the nightly timer writes to."""

_NAME = re.compile(r"alm-(\d{4}-\d{2}-\d{2})\.db")


@dataclass(frozen=True, slots=True)
class Backup:
    """`sha256` is of every row of every table: equal contents have equal digests, whatever file they are in."""

    path: Path
    rows: int
    sha256: str


def backup(source: Path, target: Path) -> Backup:
    """A copy under a new name, complete and checked; refuses to replace a file."""
    if target.exists():
        raise DatabaseRefused(target, "it exists already; choose another name")
    return _taken(source, target)


def rotate(source: Path, folder: Path, today: date) -> tuple[Backup, tuple[Path, ...]]:
    """Today's backup in the folder, a second one of a day in place of the first, and what was removed as too old.

    Nothing is removed before the new one has been restored into a scratch file and found equal.
    """
    _private_folder(folder)
    taken = _taken(source, folder / f"alm-{today.isoformat()}.db")
    _rehearse(taken)
    there = _by_day(folder)
    old = tuple(there[day] for day in sorted(set(there) - kept(there) - {today}))
    for path in old:
        path.unlink()
    return taken, old


def nightly(folder: Path) -> tuple[Path, ...]:
    """The rotation's backups in the folder, newest first; none where there is no folder."""
    found = _by_day(folder) if folder.is_dir() else {}
    return tuple(found[day] for day in sorted(found, reverse=True))


def _by_day(folder: Path) -> dict[date, Path]:
    return {day_of_backup(path): path for path in folder.iterdir() if _NAME.fullmatch(path.name)}


def day_of_backup(path: Path) -> date:
    """From its name; a name of another form raises ValueError."""
    return date.fromisoformat(path.stem.removeprefix("alm-"))


def _taken(source: Path, target: Path) -> Backup:
    """The copy has its name only once it has been found whole: damaged books never take a good backup's place."""
    inspect(source)
    draft = target.with_name(f".{target.name}.draft")
    try:
        copy(source, draft)
        found = checked(draft)
        draft.replace(target)
        sync_folder(target.parent)
    except DatabaseRefused as refusal:
        raise DatabaseRefused(target if refusal.path == target else source, refusal.reason) from None
    finally:
        draft.unlink(missing_ok=True)
    return replace(found, path=target)


def _rehearse(taken: Backup) -> None:
    """A backup that was never restored is a hope."""
    scratch = taken.path.with_name(f".{taken.path.name}.scratch")
    try:
        if restore(taken.path, scratch).sha256 != taken.sha256:
            raise DatabaseRefused(taken.path, "restored, it is not what was backed up")
    finally:
        scratch.unlink(missing_ok=True)


def second_place(folder: Path) -> Path:
    """A folder on another disk, which must be there: one that is made on the spot would be on this disk."""
    if not folder.is_dir():
        raise DatabaseRefused(folder, "there is no such folder; is its disk mounted?")
    return folder


def kept(days: Iterable[date]) -> set[date]:
    """The days whose backups the rotation keeps."""
    newest_first = sorted(days, reverse=True)
    found = set()
    for count, period in KEPT:
        last_of: dict[object, date] = {}
        for day in newest_first:
            last_of.setdefault(period(day), day)
        found |= set(list(last_of.values())[:count])
    return found


def checked(path: Path) -> Backup:
    """The file's contents, once nothing in it is damaged: pages, references, sealed parts and snapshots."""
    inspect(path)
    with opened(path) as conn:
        if wrong := faults(conn):
            raise DatabaseRefused(path, listed(wrong, limit=1))
        rows, sha256 = _contents(conn.connection.driver_connection)
    return Backup(path, rows, sha256)


def _contents(conn: object) -> tuple[int, str]:
    assert isinstance(conn, sqlite3.Connection)
    tables = conn.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    total, digest = 0, hashlib.sha256()
    for (table,) in tables:
        width = len(conn.execute(f"PRAGMA table_info({table})").fetchall())
        order = ", ".join(str(column) for column in range(1, width + 1))
        for row in conn.execute(f"SELECT * FROM {table} ORDER BY {order}"):  # noqa: S608  # a name out of the file's own schema
            digest.update(repr((table, row)).encode())
            total += 1
    return total, digest.hexdigest()


def restore(source: Path, path: Path) -> Backup:
    """Put a backup in the place of the books, whole or not at all.

    Refuses a backup in which anything is damaged, and to touch books that another program is using. What was there is
    kept as `NAME.before-restore`, or as `NAME.damaged` if it can no longer be read. A passphrase that is set now stays.
    """
    path = resolved(path)
    if not source.is_file() or (path.exists() and source.samefile(path)):
        raise BadInput("a backup that exists, and is not the database itself", file=source)
    checked(source)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.restored")
    try:
        copy(source, draft)
        _take_passphrase(path, draft)
        _replace(path, draft)
    finally:
        draft.unlink(missing_ok=True)
    upgrade(path)
    return checked(path)


def _take_passphrase(path: Path, draft: Path) -> None:
    """Into what will stand in the place of the books: nobody opens the page by restoring an older day."""
    try:
        with reading(path) as conn:
            standing = passphrases.kept(conn)
    except AlmError:
        return
    if standing is not None:
        migrate(draft)
        with writing(draft) as conn:
            passphrases.put(conn, standing)


def _replace(path: Path, draft: Path) -> None:
    if not path.exists():
        copy(draft, path)
        return
    with _alone(path):
        if _readable(path):
            copy(path, path.with_name(f"{path.name}.before-restore"))
            _overwrite(draft, path)
        else:
            _set_aside(path)
            copy(draft, path)


def _readable(path: Path) -> bool:
    try:
        inspect(path)
        with opened(path) as conn:
            return bool(conn.exec_driver_sql("PRAGMA integrity_check(1)").scalar() == "ok")
    except AlmError:
        return False


def _overwrite(source: Path, path: Path) -> None:
    """Page by page under the file's own journal: killed half-way, the next to open it finds what was there before."""

    def give_up(status: int, _remaining: int, _total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise _in_use(path)

    with refusals(path), closing(connect(source, "ro")) as here, closing(connect(path, "rw")) as there:
        there.execute("PRAGMA busy_timeout = 1000")
        here.backup(there, progress=give_up)


def _set_aside(path: Path) -> None:
    """A journal is moved with its file: beside another one it would be rolled into that."""
    for suffix in ("", "-journal", "-wal", "-shm"):
        old = path.with_name(path.name + suffix)
        if old.exists():
            old.rename(path.with_name(f"{path.name}.damaged{suffix}"))
    sync_folder(path.parent)


def _private_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseRefused(folder, t("it cannot be created ({reason})", reason=error.strerror)) from None


_held: dict[tuple[int, int], int] = {}


def hold(path: Path) -> None:
    """Mark the books as in use until this process ends, so that nobody restores others under it. Cheap to repeat.

    The handle is never closed: closing one would drop SQLite's own locks on the file in every thread.
    """
    try:
        found = path.stat()
    except OSError:
        return
    if (found.st_dev, found.st_ino) not in _held:
        handle = os.open(path, os.O_RDONLY)
        _held[found.st_dev, found.st_ino] = handle
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Raise unless no process holds the books."""
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise _in_use(path) from None
    finally:
        os.close(handle)


def _in_use(path: Path) -> DatabaseRefused:
    return DatabaseRefused(path, "another program is using it; stop the dashboard service first")
