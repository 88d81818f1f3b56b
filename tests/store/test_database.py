"""Opening the file: every way it can be wrong is one sentence, and it is left exactly as it was."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from alm.errors import BadInput, DatabaseExists, DatabaseMissing, DatabaseRefused
from alm.store import digests
from alm.store.books import load_balance_sheet
from alm.store.database import PATIENCE_SECONDS, connect, create, reading, upgrade, writing
from alm.store.health import examine
from alm.store.schema import SCHEMA_VERSION
from alm.store.tables import read_rows, write_all, write_rows
from tests.raw import raw
from tests.store.rows import account, holding, price


def cash(amount: str) -> dict[str, str | None]:
    return {"account": "Broker", "currency": "JPY", "amount": amount}


@pytest.fixture
def household(db: Path) -> Path:
    days = [date.fromordinal(date(2024, 1, 1).toordinal() + number) for number in range(600)]
    with writing(db) as conn:
        rows = {
            "accounts": [account()],
            "holdings": [holding(f"T{number}") for number in range(4)],
            "cash": [cash("4500000")],
            "prices": [price(f"T{n}", day.isoformat(), "1000.5") for n in range(4) for day in days],
        }
        write_all(conn, rows)
    return db


def foreign(path: Path) -> None:
    with raw(path) as other:
        other.execute("CREATE TABLE notes (text)")


def newer(path: Path) -> None:
    with raw(path) as other:
        other.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")


def truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 4096 * 3)


def zeroed(path: Path) -> None:
    """The page at the root of the holdings."""
    with raw(path) as conn:
        (page,) = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = 'holdings'").fetchone()
    with path.open("r+b") as file:
        file.seek(4096 * (page - 1))
        file.write(bytes(4096))


def foreign_instead(path: Path) -> None:
    path.unlink()
    foreign(path)


BROKEN = [
    (lambda path: path.write_bytes(b""), "it is empty"),
    (lambda path: path.write_bytes(b"ticker,quantity\n7203,100\n" * 9), "it is not a database"),
    (lambda path: path.write_bytes(b"SQLite format 3\0short"), "it is not a database"),
    (foreign_instead, "it is another program's database"),
    (newer, rf"newer version \(schema {SCHEMA_VERSION + 1}, this one knows {SCHEMA_VERSION}\)"),
    (truncated, "it is damaged; restore a backup"),
    (zeroed, "it is damaged; restore a backup"),
]


@pytest.mark.parametrize(("breaks", "reason"), BROKEN)
@pytest.mark.parametrize("access", [reading, writing])
def test_a_file_that_is_wrong_is_refused_in_a_sentence_and_left_as_it_was(household, breaks, reason, access):
    breaks(household)
    before, others = household.read_bytes(), sorted(household.parent.iterdir())
    with pytest.raises(DatabaseRefused, match=reason) as refusal, access(household) as conn:  # noqa: PT012
        for table in ("accounts", "holdings", "prices"):
            read_rows(conn, table)
    assert str(refusal.value).startswith(f"{household} was refused and left as it is: ")
    assert "\n" not in str(refusal.value)
    assert household.read_bytes() == before
    assert sorted(household.parent.iterdir()) == others


def test_no_file_says_how_to_make_one_and_makes_none(tmp_path):
    for access in (reading, writing):
        with pytest.raises(DatabaseMissing, match="create one with `alm init`"), access(tmp_path / "alm.db"):
            pass
    with pytest.raises(DatabaseRefused, match="it cannot be read"), reading(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_read_only_file_is_read_and_not_written(household):
    """As a user whom the file lets read only (root, whom nothing stops, becomes that user first)."""
    with TemporaryDirectory() as place:  # in a folder that any user may pass, unlike pytest's own
        path = Path(place) / "alm.db"
        path.write_bytes(household.read_bytes())
        path.chmod(0o444)
        Path(place).chmod(0o555)
        script = f"""
import os
from pathlib import Path
from alm.store.database import reading, writing
path = Path({str(path)!r})
with reading(path) as conn:
    conn.exec_driver_sql("SELECT 1")
if os.getuid() == 0:
    os.setuid(65534)
with reading(path) as conn:
    print(conn.exec_driver_sql("SELECT count(*) FROM holdings").scalar())
try:
    with writing(path) as conn:
        conn.exec_driver_sql("DELETE FROM cash")
except Exception as error:
    print(type(error).__name__, error)
"""
        shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
        Path(place).chmod(0o755)
        assert shown.stdout == f"4\nDatabaseRefused {path} was refused and left as it is: it is read-only.\n", (
            shown.stderr
        )
        assert path.read_bytes() == household.read_bytes()


def test_reading_never_writes(household):
    before = household.stat().st_mtime_ns, household.read_bytes()
    with reading(household) as conn:
        load_balance_sheet(conn, date(2026, 11, 20))
        with pytest.raises(DatabaseRefused, match="it is read-only"), reading(household) as other:
            other.exec_driver_sql("DELETE FROM cash")
    assert (household.stat().st_mtime_ns, household.read_bytes()) == before
    assert not upgrade(household)
    assert [path.name for path in household.parent.iterdir()] == [household.name]


def test_an_error_in_the_middle_leaves_everything_as_it_was(household):
    with pytest.raises(ZeroDivisionError), writing(household) as conn:  # noqa: PT012
        write_rows(conn, "cash", [cash("1")])
        _ = 1 / 0
    with reading(household) as conn:
        assert read_rows(conn, "cash")[0]["amount"] == "4500000"


def test_the_settings_of_a_connection(household):
    with writing(household) as conn:
        wanted = {"foreign_keys": 1, "synchronous": 3, "busy_timeout": PATIENCE_SECONDS * 1000, "trusted_schema": 0}
        assert {name: conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted} == wanted
        assert conn.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
        assert conn.engine.hide_parameters
        with closing(connect(household, "rw")) as second:
            second.execute("PRAGMA busy_timeout = 0")
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                second.execute("BEGIN IMMEDIATE")


def test_creating_never_overwrites_and_leaves_no_draft(household):
    before = household.read_bytes()
    with pytest.raises(DatabaseExists):
        create(household)
    assert household.read_bytes() == before
    assert [path.name for path in household.parent.iterdir()] == [household.name]


def test_what_cannot_be_filled_is_not_there(tmp_path):
    def fill(conn):
        write_rows(conn, "accounts", [account()])
        write_rows(conn, "cash", [cash("a lot")])

    with pytest.raises(BadInput):
        create(tmp_path / "alm.db", fill)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseRefused, match=r"its folder cannot be created \((Not a directory|File exists)\)"):
        create(tmp_path / "file" / "alm.db")


@pytest.mark.parametrize("named", ["itself", "a link", "a link to a link"])
def test_what_a_killed_writer_left_is_rolled_back_by_the_next_reader(household, tmp_path, named):
    """A hot journal: the one case in which reading has to write, and it puts back what was there. It stands beside the
    file itself, whatever name the file was opened by."""
    opened_as = household
    for number in range({"itself": 0, "a link": 1, "a link to a link": 2}[named]):
        (link := tmp_path / f"elsewhere-{number}" / "books.db").parent.mkdir()
        link.symlink_to(opened_as)
        opened_as = link
    script = f"""
import os, sys
from pathlib import Path
from alm.store.database import writing
with writing(Path({str(opened_as)!r})) as conn:
    conn.exec_driver_sql("PRAGMA cache_size = 1")
    conn.exec_driver_sql("UPDATE prices SET close = '7'")
    os.kill(os.getpid(), {signal.SIGKILL})
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -signal.SIGKILL
    assert household.with_name("alm.db-journal").stat().st_size > 0
    assert b"1000.5" in household.read_bytes()
    assert examine(opened_as, date(2026, 11, 20)).faults == ()
    with reading(opened_as) as conn:
        assert {row["close"] for row in read_rows(conn, "prices")} == {"1000.5"}
        assert digests.damaged(conn) == ()


def test_reading_in_one_thread_leaves_the_writers_lock_in_another_alone(household):
    """POSIX drops a process's locks on a file when it closes any handle on it: a second process must still wait."""
    script = f"""
import sqlite3
conn = sqlite3.connect({str(household)!r}, timeout=0, isolation_level=None)
try:
    conn.execute("BEGIN IMMEDIATE")
    print("in")
except sqlite3.OperationalError as error:
    print(error)
"""
    with writing(household) as conn:
        write_rows(conn, "cash", [cash("1")])
        with reading(household) as other:
            assert read_rows(other, "cash")[0]["amount"] == "4500000"
        shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert shown.stdout == "database is locked\n"


def test_a_full_disk_is_a_sentence_and_the_last_state_stands(household):
    """The size of every file is bounded just above the database's, so that the journal or the file cannot grow."""
    before = household.read_bytes()
    script = f"""
import resource, signal
from pathlib import Path
from alm.store.database import writing
from alm.store.tables import write_rows
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({len(before) + 4096}, {len(before) + 4096}))
try:
    with writing(Path({str(household)!r})) as conn:
        rows = [dict(ticker="X" + str(n), date="2026-01-05", close="1", currency="JPY", source="") for n in range(20_000)]
        write_rows(conn, "prices", rows)
except Exception as error:
    print(type(error).__name__, error)
"""
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert shown.stdout.startswith(f"DatabaseRefused {household} was refused and left as it is: the disk "), (
        shown.stderr
    )
    with reading(household) as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM prices").scalar() == 2_400
        assert conn.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    assert household.read_bytes() == before


def test_nobody_else_may_read_it(household):
    assert stat.S_IMODE(household.stat().st_mode) == 0o600
    with writing(household) as conn:
        write_rows(conn, "cash", [cash("1")])
        journal = household.with_name("alm.db-journal")
        assert stat.S_IMODE(journal.stat().st_mode) == 0o600
    assert not journal.exists()


def test_links_that_lead_in_a_circle_are_a_sentence(tmp_path):
    (tmp_path / "a.db").symlink_to(tmp_path / "b.db")
    (tmp_path / "b.db").symlink_to(tmp_path / "a.db")
    with pytest.raises((BadInput, DatabaseRefused)) as refusal, reading(tmp_path / "a.db"):
        pass
    assert "\n" not in str(refusal.value)


def test_the_page_serves_the_file_its_caller_named(tmp_path):
    """The server starts in the folder of the program: a relative name must not be looked for there."""
    script = """
import os, sys
os.execve = lambda program, words, environment: print(environment["ALM_DB"])
from alm.cli import group
group.main(["dashboard", "--db", "books.db"], standalone_mode=False)
"""
    create(tmp_path / "books.db")
    shown = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert shown.stdout.splitlines()[-1] == str(tmp_path / "books.db"), shown.stderr
