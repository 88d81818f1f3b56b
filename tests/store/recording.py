"""A SQLite VFS that writes down what it is asked to do to the disk, and does it.

Run as a program it makes itself the default VFS of this process, writes to a database through `alm.store`, and leaves
the list of events: create, write, truncate, sync, delete (with or without a sync of the folder), and each commit that
was acknowledged. Everything goes on to SQLite's own "unix" VFS, of which only the methods of interest are replaced.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import pickle
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

SQLITE_OPEN_CREATE = 0x4
VFS_WORDS, METHOD_WORDS = 22, 19
X_OPEN, X_DELETE = 5, 6
X_CLOSE, X_WRITE, X_TRUNCATE, X_SYNC = 1, 3, 4, 5
WORD = ctypes.sizeof(ctypes.c_void_p)

Event = tuple[object, ...]

_open_t = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(ctypes.c_int)
)
_delete_t = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int)
_write_t = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int64)
_truncate_t = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int64)
_sync_t = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)

Words = ctypes.Array[ctypes.c_void_p]


class Recorder:
    """Installed for the life of the process; `events` is what the disk was asked to do."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.events = folder, list[Event]()
        self._names: dict[int, str] = {}
        self._alive: list[object] = []  # what C holds a pointer to
        library = ctypes.CDLL(_sqlite3.__file__)
        library.sqlite3_vfs_find.restype = ctypes.c_void_p
        self._real = library.sqlite3_vfs_find(b"unix")
        vfs = _copy(self._real, VFS_WORDS)
        self._open = _open_t(vfs[X_OPEN])
        self._delete = _delete_t(vfs[X_DELETE])
        self._put(vfs, X_OPEN, _open_t(self.open))
        self._put(vfs, X_DELETE, _delete_t(self.delete))
        name = ctypes.create_string_buffer(b"recording")
        self._alive += [vfs, name]
        vfs[2], vfs[3] = None, ctypes.addressof(name)  # pNext, zName
        assert library.sqlite3_vfs_register(ctypes.byref(vfs), 1) == 0

    def _put(self, words: Words, place: int, function: Callable[..., int]) -> None:
        self._alive.append(function)
        words[place] = ctypes.cast(function, ctypes.c_void_p).value

    def open(self, _vfs: int, name: int | None, file: int, flags: int, out: object) -> int:
        """`name` stays the pointer it is: the VFS keeps it, and what follows it, for as long as the file is open."""
        path = Path(ctypes.string_at(name).decode()) if name else Path()
        new = not path.exists()
        status = self._open(self._real, name, file, flags, out)
        if status == 0 and path.parent == self.folder:
            self._names[file] = path.name
            self._watch(file)
            if new and flags & SQLITE_OPEN_CREATE:
                self.events.append(("create", path.name))
        return int(status)

    def _watch(self, file: int) -> None:
        """Give one open file methods of its own: SQLite's, with four of them replaced."""
        slot = ctypes.c_void_p.from_address(file)
        methods = _copy(slot.value, METHOD_WORDS)
        write, truncate = _write_t(methods[X_WRITE]), _truncate_t(methods[X_TRUNCATE])
        sync, close = _sync_t(methods[X_SYNC]), ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(methods[X_CLOSE])

        def on_write(file: int, data: int, amount: int, offset: int) -> int:
            self.events.append(("write", self._names[file], offset, ctypes.string_at(data, amount)))
            return int(write(file, data, amount, offset))

        def on_truncate(file: int, size: int) -> int:
            self.events.append(("truncate", self._names[file], size))
            return int(truncate(file, size))

        def on_sync(file: int, flags: int) -> int:
            self.events.append(("sync", self._names[file]))
            return int(sync(file, flags))

        def on_close(file: int) -> int:
            self._names.pop(file)
            return int(close(file))

        self._put(methods, X_WRITE, _write_t(on_write))
        self._put(methods, X_TRUNCATE, _truncate_t(on_truncate))
        self._put(methods, X_SYNC, _sync_t(on_sync))
        self._put(methods, X_CLOSE, ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(on_close))
        self._alive.append(methods)
        slot.value = ctypes.addressof(methods)

    def delete(self, _vfs: int, name: bytes, sync_folder: int) -> int:
        if Path(name.decode()).parent == self.folder:
            self.events.append(("delete", Path(name.decode()).name, bool(sync_folder)))
        return int(self._delete(self._real, name, sync_folder))


def _copy(address: int | None, words: int) -> Words:
    assert address is not None
    copy: Words = (ctypes.c_void_p * words)()
    ctypes.memmove(copy, address, words * WORD)
    return copy


def main(db: Path, commits: int, synchronous: str, log: Path) -> None:
    """Edits and, every fifth time, a snapshot; each acknowledged by its number."""
    from alm.store import database, snapshots
    from alm.store.tables import write_rows
    from tests.households import reference_household

    real = database.connect

    def connect(path: Path, mode: database.Mode) -> object:
        conn = real(path, mode)
        conn.execute(f"PRAGMA synchronous = {synchronous}")
        return conn

    database.connect = connect  # type: ignore[assignment]  # the other setting, to see that the test can fail
    recorder = Recorder(db.parent)
    sheet = reference_household()
    for number in range(1, commits + 1):
        with database.writing(db) as conn:
            rows = [{"account": "Broker", "currency": c, "amount": str(number)} for c in ("JPY", "USD")]
            write_rows(conn, "cash", rows)
            if number % 5 == 0:
                on = date(2026, 1, 1) + timedelta(days=number)
                figures = {"number": float(number)}
                moment = datetime(2026, 1, 1, tzinfo=UTC)
                snapshots.take(conn, sheet.with_(as_of=on), taken_at=moment, verdict="SAFE", figures=figures)
        recorder.events.append(("acknowledged", number))
    log.write_bytes(pickle.dumps(recorder.events))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))
