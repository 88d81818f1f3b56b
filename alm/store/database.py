"""Open the one file: create it, read it in one transaction, write it in one transaction, or refuse it in a sentence.

Connections use the DELETE journal with `synchronous=EXTRA`. In a WAL, SQLite before 3.51.3 (bar 3.50.7 and 3.44.6)
can corrupt a file that two connections write, and FULL may lose a commit when power fails as the journal is removed.
Writers take the lock at once (`BEGIN IMMEDIATE`), so none works from what another is about to change.
"""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Literal, NoReturn

from sqlalchemy import Connection, Engine, NullPool, create_engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from alm.errors import DatabaseExists, DatabaseMissing, DatabaseRefused
from alm.language import phrase, t
from alm.settings import resolved
from alm.store import digests
from alm.store.schema import APPLICATION_ID, SCHEMA_VERSION
from alm.text import listed

Mode = Literal["ro", "rw"]

PATIENCE_SECONDS = 30

_REASONS = {
    sqlite3.SQLITE_CORRUPT: "it is damaged; restore a backup with `alm restore`",
    sqlite3.SQLITE_NOTADB: "it is not a database",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "it is read-only",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_PERM: "it cannot be opened",
    sqlite3.SQLITE_AUTH: "it cannot be opened",
    sqlite3.SQLITE_IOERR: "the disk refused to read or write",
    sqlite3.SQLITE_BUSY: phrase("another program has held it for {seconds} seconds", seconds=PATIENCE_SECONDS),
    sqlite3.SQLITE_LOCKED: phrase("another program has held it for {seconds} seconds", seconds=PATIENCE_SECONDS),
}

_SIGNS_OF_DAMAGE = ("Could not decode to UTF-8", "no such table", "no such column", "malformed")
"""Messages about a file whose schema this program wrote itself: it holds what nobody put there."""


def create(path: Path, fill: Callable[[Connection], object] | None = None) -> None:
    """A new database, empty or with what `fill` writes: file 0600, a new folder 0700.

    Never overwrites; half a file, or an empty one that was to be filled, is never seen.
    """
    path = resolved(path)
    if path.exists():
        raise DatabaseExists(path)
    _make_folder(path)
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with refusals(path):
            migrate(draft)
        if fill is not None:
            with writing(draft) as conn:
                fill(conn)
        _publish(draft, path)
    except FileExistsError:
        raise DatabaseExists(path) from None
    except OSError as error:
        raise DatabaseRefused(path, t("it cannot be created ({reason})", reason=error.strerror)) from None
    finally:
        draft.unlink(missing_ok=True)


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseRefused(path, t("its folder cannot be created ({reason})", reason=error.strerror)) from None


def _publish(draft: Path, path: Path) -> None:
    """Give the finished file its name unless somebody else took it meanwhile."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        draft.rename(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make names created or removed in a folder outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def reading(path: Path) -> Iterator[Connection]:
    """One consistent view of the file; nothing is written, not even beside it."""
    path = resolved(path)
    inspect(path)
    with opened(path) as conn:
        _check_version(path, conn)
        yield conn


@contextmanager
def opened(path: Path) -> Iterator[Connection]:
    """The same for a file of any schema: to check it, copy it or upgrade it."""
    path = resolved(path)
    with refusals(path), _engine(path, _read_mode(path)).connect() as conn:
        conn.exec_driver_sql("PRAGMA query_only = ON")
        conn.exec_driver_sql("BEGIN")
        try:
            yield conn
        finally:
            conn.rollback()


@contextmanager
def writing(path: Path) -> Iterator[Connection]:
    """One transaction: everything in it lands when the block ends, or nothing does. Upgrades an older file first."""
    path = resolved(path)
    inspect(path)
    if not os.access(path, os.W_OK):
        raise DatabaseRefused(path, "it is read-only")
    with refusals(path):
        upgrade(path)
        with _engine(path, "rw").connect() as conn:
            conn.exec_driver_sql("BEGIN IMMEDIATE")
            _check_version(path, conn)
            try:
                yield conn
                digests.seal(conn)
                conn.commit()
            finally:
                conn.rollback()


def inspect(path: Path) -> None:
    """Refuse what is plainly not ours, from its header, before anything may be rolled back in it or written to it.

    The file is never opened other than by SQLite: closing such a handle would drop the locks that other threads of
    this process hold on it, and two writers would then meet in one file.
    """
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise DatabaseMissing(path) from None
    except OSError as error:
        raise DatabaseRefused(path, t("it cannot be read ({reason})", reason=error.strerror)) from None
    if not path.is_file() or not os.access(path, os.R_OK):
        raise DatabaseRefused(path, "it cannot be read")
    if size == 0:
        raise DatabaseRefused(path, "it is empty")
    with refusals(path):
        _check_owner(path)


def _check_owner(path: Path) -> None:
    """Without a lock: while a writer is at work, or was stopped, the file may be longer or shorter than it says."""
    try:
        owner = _application_id(path)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        if _interrupted(path):
            return
        owner = _application_id(path)  # a writer that was at work has finished
    if owner != APPLICATION_ID:
        raise DatabaseRefused(path, "it is another program's database")


def _application_id(path: Path) -> int:
    with closing(sqlite3.connect(f"{resolved(path).as_uri()}?immutable=1", uri=True)) as conn:
        return int(conn.execute("PRAGMA application_id").fetchone()[0])


def upgrade(path: Path) -> Path | None:
    """Bring an older file to the current schema, whole or not at all; the copy that is kept, None if it was current."""
    path = resolved(path)
    inspect(path)
    with refusals(path):
        with _engine(path, "rw").connect() as conn:
            found = schema_version(conn)
        if found > SCHEMA_VERSION:
            raise _newer(path, found)
        if found == SCHEMA_VERSION:
            return None
        kept = path.with_name(f"{path.name}.schema-{found}")
        copy(path, kept)
        try:
            migrate(path)
        except OperationalError as error:
            if getattr(error.orig, "sqlite_errorcode", 0) != sqlite3.SQLITE_ERROR:
                raise
            raise DatabaseRefused(path, t("the upgrade was taken back ({reason})", reason=error.orig)) from error
    path.with_name(f"{path.name}.passphrase.json").unlink(missing_ok=True)  # it is in the books now
    return kept


def copy(source: Path, target: Path) -> None:
    """A consistent copy of a database in use, 0600, complete or not there; an older copy of that name is replaced."""
    draft = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with (
            refusals(source),
            closing(connect(source, _read_mode(source))) as here,
            closing(connect(draft, "rw")) as there,
        ):
            here.backup(there)
        draft.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise DatabaseRefused(target, t("it cannot be written ({reason})", reason=error.strerror)) from None
    finally:
        draft.unlink(missing_ok=True)


def path_of(conn: Connection) -> Path:
    return Path(str(conn.exec_driver_sql("PRAGMA database_list").all()[0][2]))


def refuse_damaged(conn: Connection, parts: Sequence[str]) -> NoReturn:
    """Raise the sentence for rows that are not what was written."""
    named = listed(parts, limit=3)
    raise DatabaseRefused(
        path_of(conn), t("{named} is not what was written; restore a backup with `alm restore`", named=named)
    )


def has_table(conn: Connection, name: str) -> bool:
    """Whether the file has it; one of an earlier schema may not."""
    return conn.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)).first() is not None


def schema_version(conn: Connection) -> int:
    return int(conn.exec_driver_sql("PRAGMA user_version").scalar_one())


def _check_version(path: Path, conn: Connection) -> None:
    if conn.exec_driver_sql("PRAGMA application_id").scalar() != APPLICATION_ID:
        raise DatabaseRefused(path, "it is another program's database")
    found = schema_version(conn)
    if found > SCHEMA_VERSION:
        raise _newer(path, found)
    if found < SCHEMA_VERSION:
        raise DatabaseRefused(path, "it was written by an older version; `alm upgrade` brings it up to date")


def _newer(path: Path, found: int) -> DatabaseRefused:
    newer = (
        "it was written by a newer version (schema {found}, this one knows {known}); update this program, or restore a "
        "backup of before"
    )
    return DatabaseRefused(path, t(newer, found=found, known=SCHEMA_VERSION))


def migrate(path: Path) -> None:
    """All missing steps in one transaction, with foreign keys off; what they made is verified before it commits."""
    from alm.store.migrate import upgrade as run

    with _engine(path, "rw").connect() as conn:
        conn.exec_driver_sql("PRAGMA foreign_keys = OFF")
        conn.exec_driver_sql("BEGIN EXCLUSIVE")
        try:
            if schema_version(conn) and (wrong := digests.damaged(conn)):
                refuse_damaged(conn, wrong)
            run(conn)
            digests.reseal(conn)
            _verify(path, conn)
            conn.commit()
        finally:
            conn.rollback()


def _verify(path: Path, conn: Connection) -> None:
    """Pages, references and digests; a day's record is as whole or as damaged as it was."""
    pages = str(conn.exec_driver_sql("PRAGMA integrity_check(1)").scalar())
    if pages != "ok":
        raise DatabaseRefused(path, t("its pages are damaged ({reason})", reason=pages.splitlines()[0]))
    if orphan := conn.exec_driver_sql("PRAGMA foreign_key_check").first():
        broken = "a row of {table} refers to a row of {parent} that is not there"
        raise DatabaseRefused(path, t(broken, table=orphan[0], parent=orphan[2]))
    if wrong := digests.damaged(conn):
        refuse_damaged(conn, wrong)


def _read_mode(path: Path) -> Mode:
    """A journal left by a crash has to be rolled back before anything can be read; only then is the file opened to
    write."""
    return "rw" if _interrupted(path) and os.access(path, os.W_OK) else "ro"


def _interrupted(path: Path) -> bool:
    """Whether a writer is at work or was stopped in its work: until it is rolled back the file may be half of each."""
    with suppress(OSError):
        real = resolved(path)
        return real.with_name(f"{real.name}-journal").stat().st_size > 0
    return False


@lru_cache(maxsize=32)
def _engine(path: Path, mode: Mode) -> Engine:
    """Connections are opened for each use and closed after it; parameters are kept out of every message."""
    return create_engine("sqlite://", creator=lambda: connect(path, mode), poolclass=NullPool, hide_parameters=True)


def connect(path: Path, mode: Mode) -> sqlite3.Connection:
    """A bare connection with the settings above; transactions are begun by their owner."""
    uri = f"{resolved(path).as_uri()}?mode={mode}"
    conn = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=PATIENCE_SECONDS, check_same_thread=False)
    try:
        conn.execute("PRAGMA foreign_keys = ON")
        conn.execute("PRAGMA trusted_schema = OFF")
        conn.execute("PRAGMA cell_size_check = ON")
        if mode == "rw":
            conn.execute("PRAGMA synchronous = EXTRA")
    except sqlite3.Error:
        conn.close()
        raise
    return conn


@contextmanager
def refusals(path: Path) -> Iterator[None]:
    """SQLite's own refusals, each as one sentence; a broken rule of the schema stays what it is."""
    try:
        yield
    except IntegrityError:
        raise
    except UnicodeDecodeError as error:  # files are decoded before a transaction: in it, the text is SQLite's own
        raise DatabaseRefused(path, _REASONS[sqlite3.SQLITE_CORRUPT]) from error
    except (DBAPIError, sqlite3.DatabaseError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        if str(cause).startswith(_SIGNS_OF_DAMAGE):
            code = sqlite3.SQLITE_CORRUPT
        if code not in _REASONS:
            raise
        raise DatabaseRefused(path, _REASONS[code]) from error
