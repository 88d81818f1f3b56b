"""`alm snapshot` as a person uses it: the record stands, and what the books say now is said beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from alm.cli.snapshot import command
from alm.errors import BadInput, UnknownName
from alm.settings import Settings, today
from alm.store.database import writing
from tests.screen.households import quick_database

TODAY = today(Settings()).isoformat()


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return quick_database(tmp_path / "alm.db")


def run(db: Path, *words: str):
    return CliRunner().invoke(command, ["--db", str(db), *words])


def test_a_second_run_says_what_stands_and_what_the_books_say_now(db):
    first = run(db).output
    assert first == f"Recorded {TODAY}. Am I safe? SAFE. Am I free? CAUTION.\n"
    assert run(db).output == first  # nothing has changed since
    with writing(db) as conn:
        conn.exec_driver_sql("UPDATE loans SET balance = '84000000' WHERE kind = 'securities_backed'")
    again = run(db).output.splitlines()
    assert again[0] == first.strip()
    assert again[1].startswith("That was recorded at 20")
    assert again[1].endswith(" and stands. The books say now: DANGER and CAUTION.")
    found = json.loads(run(db, "--json").output)
    assert (found["verdict"], found["books_say"]) == ("SAFE", "DANGER")


def test_a_record_set_aside_makes_room_for_another(db):
    run(db)
    with writing(db) as conn:
        conn.exec_driver_sql("UPDATE loans SET balance = '84000000' WHERE kind = 'securities_backed'")
    told = run(db, "--set-aside", TODAY, "--reason", "the loan was entered wrongly")
    assert told.output == f"Set aside: the record of {TODAY}. `alm doctor` lists it.\n"
    assert run(db).output.startswith(f"Recorded {TODAY}. Am I safe? DANGER.")


def test_what_cannot_be_recorded_or_set_aside_is_a_sentence(db):
    assert isinstance(run(db, "--as-of", "2199-01-01").exception, BadInput)
    assert isinstance(run(db, "--set-aside", TODAY).exception, BadInput)
    assert isinstance(run(db, "--reason", "because").exception, BadInput)
    assert isinstance(run(db, "--set-aside", TODAY, "--reason", "because").exception, UnknownName)
    odd = run(db, "--set-aside", "yesterday", "--reason", "because").exception
    assert str(odd) == "--set-aside: 'yesterday' is refused: expected a date such as 2026-01-31."
