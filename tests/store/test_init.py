"""`alm init` as a person uses it."""

from __future__ import annotations

import stat
from pathlib import Path

from click.testing import CliRunner

from alm.cli.init import command
from alm.errors import BadInput, DatabaseExists
from alm.store.books import load_settings
from alm.store.database import reading
from alm.store.tables import read_rows


def run(*arguments: str | Path):
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_a_new_file_only_its_owner_can_read_in_a_folder_only_its_owner_can_open(tmp_path):
    db = tmp_path / "household" / "alm.db"
    assert run("--db", db).output == f"Created {db}.\n"
    assert stat.S_IMODE(db.stat().st_mode) == 0o600
    assert stat.S_IMODE(db.parent.stat().st_mode) == 0o700
    assert [path.name for path in db.parent.iterdir()] == ["alm.db"]
    with reading(db) as conn:
        assert read_rows(conn, "holdings") == []
        assert load_settings(conn).base_currency == "JPY"


def test_the_demo_household_is_named_as_what_it_is(tmp_path):
    db = tmp_path / "alm.db"
    assert run("--db", db, "--demo").output == f"Created {db} with the demo household.\n"
    with reading(db) as conn:
        assert all(str(row["name"]).startswith("Demo") for row in read_rows(conn, "holdings"))


def test_a_database_is_never_overwritten(tmp_path):
    db = tmp_path / "alm.db"
    run("--db", db, "--demo")
    before = db.read_bytes()
    assert isinstance(run("--db", db).exception, DatabaseExists)
    assert run("--db", db, "--demo", "--if-missing").exit_code == 0
    assert db.read_bytes() == before


def test_upgrading_what_is_current_changes_nothing(tmp_path):
    db = tmp_path / "alm.db"
    run("--db", db)
    before = db.read_bytes()
    assert run("--db", db, "--upgrade").output == f"{db} is already up to date.\n"
    assert db.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["alm.db"]
    assert isinstance(run("--db", db, "--upgrade", "--demo").exception, BadInput)
