"""The migrations make the schema, from nothing and from every released state of it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from alm.cli.brief import command as brief
from alm.cli.upgrade import command as bring_up
from alm.errors import DatabaseRefused
from alm.store import database, digests, migrate, snapshots
from alm.store.books import load_balance_sheet
from alm.store.database import connect, create, reading, upgrade, writing
from alm.store.feeds import held_back, quote_statuses
from alm.store.health import examine
from alm.store.schema import APPLICATION_ID, INPUTS, SCHEMA_VERSION, metadata
from alm.store.tables import read_rows
from tests.raw import raw
from tests.store.released import FIRST_RECORD, RELEASED, TABLES_THEN, contents, make, make_first

DIALECT = sqlite.dialect()


def normal(sql: str) -> str:
    return re.sub(r"\s+", " ", sql).replace(" ,", ",").replace("( ", "(").replace(" )", ")").strip().rstrip(";")


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection:sqlalchemy.exc.SAWarning")  # compared as text below
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")  # likewise
def test_the_migrated_schema_is_the_schema_check_by_check(db):
    """Alembic compares columns, types, keys and indexes; the text compares checks, STRICT and WITHOUT ROWID too."""
    with reading(db) as conn:
        assert compare_metadata(MigrationContext.configure(conn), metadata) == []
        found = {name: normal(sql) for name, sql in conn.exec_driver_sql("SELECT name, sql FROM sqlite_master") if sql}
    for table in metadata.sorted_tables:
        assert found[table.name] == normal(str(CreateTable(table).compile(dialect=DIALECT)))
        assert found[table.name].endswith("STRICT")
        for index in table.indexes:
            assert found[str(index.name)] == normal(str(CreateIndex(index).compile(dialect=DIALECT)))


def test_the_header_says_whose_file_it_is_and_which_schema(db):
    with raw(db) as conn:
        assert conn.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert conn.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    assert db.read_bytes()[68:72] == b"ALM1"


def test_the_schema_version_is_the_number_of_the_last_step():
    steps = ScriptDirectory(str(migrate.STEPS))
    numbers = [int(step.revision) for step in steps.walk_revisions()]
    assert numbers == list(range(SCHEMA_VERSION, 0, -1))


def test_every_input_table_is_sealed_whatever_is_done_to_it(db):
    with reading(db) as conn:
        triggers = {name for (name,) in conn.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    wanted = {f"{table.name}_{event}_touches" for table in INPUTS for event in ("insert", "update", "delete")}
    assert wanted <= triggers


@pytest.mark.parametrize("version", RELEASED)
def test_an_older_file_is_upgraded_with_every_row_kept_and_a_copy_beside_it(tmp_path, version):
    db = make(tmp_path / "alm.db", version)
    before, rows = db.read_bytes(), contents(db)
    with pytest.raises(DatabaseRefused, match="older version; `alm upgrade` brings it up to date"), reading(db):
        pass
    assert db.read_bytes() == before
    copy = upgrade(db)
    assert contents(db) == rows
    assert copy == tmp_path / f"alm.db.schema-{version}"
    assert contents(copy) == rows
    assert copy.stat().st_mode & 0o777 == 0o600
    with reading(db) as conn:
        assert conn.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert conn.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        assert digests.damaged(conn) == ()
        assert digests.unsealed_parts(conn) == ()
        assert [row["ticker"] for row in read_rows(conn, "holdings")] == ["7203", "VTI"]
    assert not upgrade(db)


FED = """
    INSERT INTO prices VALUES ('VTI', '2026-11-19', '299', 'USD', 'yahoo'), ('VTI', '2026-11-20', '300', 'USD', 'yahoo'),
        ('VTI', '2026-11-18', '298', 'USD', 'manual');
    INSERT INTO fx_rates VALUES ('GBP', 'JPY', '2026-11-19', '199', 'ecb');
    INSERT INTO splits VALUES ('VTI', '2026-06-01', '2', 'yahoo');
    INSERT INTO price_sources (kind, ticker, source, currency) VALUES
        ('price', 'VTI', 'yahoo', NULL), ('price', 'VT', 'yahoo', 'USD');
    INSERT INTO quote_status VALUES ('price', 'VTI', '2026-11-20T21:00:00+00:00', '2026-11-20T21:00:00+00:00', '2026-11-20', '');
    INSERT INTO quarantine (kind, ticker, date, value, currency) VALUES ('price', 'VTI', '2026-11-17', '3', 'USD');
"""


def test_what_a_feed_closed_stays_closed_and_the_rest_becomes_provisional(tmp_path):
    db = make(tmp_path / "alm.db", 4, FED)
    assert upgrade(db)
    with reading(db) as conn:
        assert {(r["ticker"], r["date"][-2:], r["currency"], r["provisional"]) for r in read_rows(conn, "prices")} == {
            ("7203", "19", "JPY", "yes"), ("7203", "20", "JPY", "yes"),
            ("VTI", "18", "USD", "yes"), ("VTI", "19", "USD", "no"), ("VTI", "20", "USD", "yes"),
        }  # fmt: skip
        assert {(r["currency"], r["provisional"]) for r in read_rows(conn, "fx_rates")} == {
            ("USD", "yes"),
            ("GBP", "no"),
        }
        assert [(r["quoted_in"], r["held_before"]) for r in read_rows(conn, "splits")] == [("", None)]
        sources = [(r["ticker"], r["currency"], r["rank"]) for r in read_rows(conn, "price_sources")]
        assert sources == [("VT", "USD", "1"), ("VTI", "", "1")]
        assert list(quote_statuses(conn)) == [("price", "VTI", "USD")]
        assert [(f.ticker, f.quoted_in) for f in held_back(conn)] == [("VTI", "USD")]


@pytest.mark.parametrize("version", [1, 2])
def test_a_file_of_the_first_days_is_up_to_date_when_the_upgrade_says_so(tmp_path, version):
    db = make_first(tmp_path / "alm.db", version)
    told = CliRunner().invoke(bring_up, ["--db", str(db)])
    assert (told.exit_code, told.output) == (0, f"{db} is now up to date.\nBefore the upgrade: {db}.schema-{version}\n")
    assert examine(db, date(2026, 11, 20)).faults == ()
    with reading(db) as conn:
        assert [(found.on.isoformat(), found.taken_at) for found in snapshots.load(conn)] == [FIRST_RECORD]
        assert len(load_balance_sheet(conn, date(2026, 11, 20)).holdings) == 2
    assert CliRunner().invoke(brief, ["--db", str(db), "--as-of", "2026-11-20"]).exit_code in (0, 3)


@pytest.mark.parametrize("version", RELEASED)
def test_the_first_write_upgrades_an_older_file(tmp_path, version):
    db = make(tmp_path / "alm.db", version)
    with writing(db) as conn:
        conn.exec_driver_sql("UPDATE cash SET amount = '1'")
    with reading(db) as conn:
        assert database.schema_version(conn) == SCHEMA_VERSION
        assert read_rows(conn, "cash")[0]["amount"] == "1"


@pytest.mark.parametrize("version", RELEASED)
def test_an_older_file_that_is_damaged_is_not_sealed_as_if_it_were_whole(tmp_path, version):
    db = make(tmp_path / "alm.db", version)
    content = db.read_bytes()
    db.write_bytes(content.replace(b"4500000", b"9500000"))
    with pytest.raises(DatabaseRefused, match="cash is not what was written"):
        upgrade(db)
    with raw(db) as conn:
        assert conn.execute("PRAGMA user_version").fetchone() == (version,)


INTERRUPTED = """
import os, sqlite3, sys
from pathlib import Path
from alm.store import database
point, seen, real = int(sys.argv[2]), 0, database.connect

def connect(path, mode):
    def step(statement):
        global seen
        seen += 1
        if seen == point:
            os.kill(os.getpid(), 9)
    conn = real(path, mode)
    conn.set_trace_callback(step)
    return conn

database.connect = connect
database.migrate(Path(sys.argv[1]))
"""


def interrupted(db: Path, point: int) -> int:
    return subprocess.run([sys.executable, "-c", INTERRUPTED, str(db), str(point)], check=False).returncode


def check_old_or_new(db: Path, rows: object) -> int:
    with raw(db) as conn:
        version = int(conn.execute("PRAGMA user_version").fetchone()[0])
        tables = {name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert version in (1, SCHEMA_VERSION)
    assert tables >= (TABLES_THEN[1] if version == 1 else set(metadata.tables))
    assert version > 1 or not tables - TABLES_THEN[1]
    assert contents(db) == rows
    return version


@pytest.mark.parametrize("points", [(1, 12, 30, 55, 90), pytest.param(range(1, 101, 2), marks=pytest.mark.soak)])
def test_killed_in_the_middle_of_a_migration_the_file_is_old_or_new(tmp_path, points):
    """The kill comes before the statement of that number; the later points fall after the commit."""
    for point in points:
        db = make(tmp_path / f"{point}.db", 1)
        rows = contents(db)
        status = interrupted(db, point)
        assert status in (0, -signal.SIGKILL)
        version = check_old_or_new(db, rows)
        assert (status == 0) <= (version == SCHEMA_VERSION)
        upgrade(db)
        with reading(db) as conn:
            assert digests.damaged(conn) == ()


def test_a_database_is_there_whole_or_not_at_all(tmp_path):
    """Killed while it is created, there is no file of that name; what is left over is hidden and in nobody's way."""
    db = tmp_path / "alm.db"
    script = f"from pathlib import Path; from alm.store.database import create; create(Path({str(db)!r}))"
    for delay in (0.5, 0.7, 0.9):
        started = subprocess.Popen([sys.executable, "-c", script])
        time.sleep(delay)
        started.kill()
        started.wait()
        if db.exists():
            with reading(db) as conn:
                assert conn.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            db.unlink()
    create(db)
    with closing(connect(db, "ro")) as conn:
        assert conn.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


# --- `alm upgrade` ----------------------------------------------------------------------------------------------------


def upgraded(db: Path, *words: str):
    return CliRunner().invoke(bring_up, ["--db", str(db), *words])


def test_an_upgrade_that_fails_half_way_leaves_the_old_file_and_says_why(tmp_path):
    """Something of the person's own stands where the last step wants to write."""
    db = make(tmp_path / "alm.db", 4)
    with raw(db) as other:
        other.execute("CREATE TABLE set_aside (mine TEXT)")
    rows = contents(db)
    told = upgraded(db)
    assert isinstance(told.exception, DatabaseRefused)
    assert "set_aside" in str(told.exception)
    assert contents(db) == rows
    with raw(db) as other:
        assert other.execute("PRAGMA user_version").fetchone() == (4,)
        assert other.execute("SELECT count(*) FROM sqlite_master WHERE name = 'passphrase'").fetchone() == (0,)


def test_what_the_steps_made_is_verified_before_it_is_committed(tmp_path):
    db = make(tmp_path / "alm.db", 4)
    with raw(db) as other:
        other.execute("PRAGMA foreign_keys = OFF")
        other.execute("DELETE FROM accounts")
    told = upgraded(db)
    assert "refers to a row of accounts that is not there" in str(told.exception)
    with raw(db) as other:
        assert other.execute("PRAGMA user_version").fetchone() == (4,)


def test_a_newer_file_a_foreign_one_and_none_say_what_to_do(tmp_path):
    create(tmp_path / "newer.db")
    with raw(tmp_path / "newer.db") as other:
        other.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with raw(tmp_path / "notes.db") as other:
        other.execute("CREATE TABLE notes (text)")
    before = (tmp_path / "notes.db").read_bytes()
    assert "update this program, or restore a backup of before" in str(upgraded(tmp_path / "newer.db").exception)
    assert "it is another program's database" in str(upgraded(tmp_path / "notes.db").exception)
    assert "create one with `alm init`" in str(upgraded(tmp_path / "none.db").exception)
    assert (tmp_path / "notes.db").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["newer.db", "notes.db"]


def test_for_a_script_the_upgrade_says_what_it_kept(tmp_path):
    db = make(tmp_path / "alm.db", 3)
    kept = json.loads(upgraded(db, "--json").output)
    assert kept == {"db": str(db), "schema": SCHEMA_VERSION, "kept": f"{db}.schema-3"}
    assert json.loads(upgraded(db, "--json").output)["kept"] is None
