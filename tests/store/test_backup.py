"""Backups are good when they are taken under load, and a restore brings back every row or touches nothing."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import sys
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from alm.cli import backup as backup_command
from alm.cli import restore as restore_command
from alm.errors import BadInput, DatabaseMissing, DatabaseRefused
from alm.store import snapshots
from alm.store.backup import backup, checked, kept, restore, rotate
from alm.store.database import reading, writing
from alm.store.tables import read_rows, write_all, write_rows
from tests.raw import raw
from tests.store.released import make
from tests.store.rows import account, holding, price
from tests.store.test_snapshots import take


def cash(amount: int) -> dict[str, str | None]:
    return {"account": "Broker", "currency": "JPY", "amount": str(amount)}


@pytest.fixture
def books(db: Path) -> Path:
    days = [(date(2026, 11, 20) - timedelta(days=number)).isoformat() for number in range(400)]
    with writing(db) as conn:
        rows = {"accounts": [account()], "holdings": [holding("7203")], "cash": [cash(4_500_000)]}
        write_all(conn, rows | {"prices": [price("7203", day, "3000.5") for day in days]})
    take(db)
    return db


def test_a_drill_lose_the_books_and_have_every_row_back(books, tmp_path):
    taken = backup(books, tmp_path / "copy.db")
    assert stat.S_IMODE(taken.path.stat().st_mode) == 0o600
    books.unlink()
    restored = restore(taken.path, books)
    assert (restored.rows, restored.sha256) == (taken.rows, taken.sha256)
    assert stat.S_IMODE(books.stat().st_mode) == 0o600
    with reading(books) as conn:
        assert read_rows(conn, "cash")[0]["amount"] == "4500000"
        assert len(snapshots.load(conn)) == 1


def test_a_backup_put_back_over_later_changes_keeps_those_beside_it(books, tmp_path):
    taken = backup(books, tmp_path / "copy.db")
    with writing(books) as conn:
        write_rows(conn, "cash", [cash(1)])
    later = checked(books)
    assert restore(taken.path, books).sha256 == taken.sha256 != later.sha256
    assert checked(tmp_path / "alm.db.before-restore").sha256 == later.sha256


def test_damaged_books_are_set_aside_with_their_journal(books, tmp_path):
    taken = backup(books, tmp_path / "copy.db")
    books.write_bytes(b"not a database at all" * 99)
    books.with_name("alm.db-journal").write_bytes(b"left over")
    assert restore(taken.path, books).sha256 == taken.sha256
    assert (tmp_path / "alm.db.damaged").read_bytes().startswith(b"not a database")
    assert (tmp_path / "alm.db.damaged-journal").read_bytes() == b"left over"


def flip(path: Path, was: bytes, becomes: bytes) -> None:
    content = path.read_bytes()
    assert was in content
    path.write_bytes(content.replace(was, becomes, 1))


@pytest.mark.parametrize(
    ("was", "becomes", "reason"),
    [
        (b"4500000", b"9500000", "cash is not what was written"),
        (b"3000.5", b"3000.1", "prices/7203/202[56] is not what was written"),
        (b'"ltv":0.4', b'"ltv":0.1', "the snapshot of 2026-11-20 is not what was written"),
        (b"SQLite format 3", b"SQLite format 9", "it is not a database"),
    ],
)
def test_a_damaged_backup_is_refused_and_the_books_are_left_alone(books, tmp_path, was, becomes, reason):
    taken = backup(books, tmp_path / "copy.db")
    flip(taken.path, was, becomes)
    before = books.read_bytes()
    with pytest.raises(DatabaseRefused, match=reason):
        restore(taken.path, books)
    assert books.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["alm.db", "copy.db"]


def test_a_backup_of_damaged_books_is_not_taken_for_a_backup(books, tmp_path):
    flip(books, b"4500000", b"9500000")
    with pytest.raises(DatabaseRefused, match=r"alm\.db was refused .* cash is not what was written"):
        backup(books, tmp_path / "copy.db")
    assert [path.name for path in tmp_path.iterdir()] == ["alm.db"]


def test_damaged_books_never_take_the_place_of_todays_good_backup(books, tmp_path):
    good, _ = rotate(books, tmp_path / "b", date(2026, 11, 20))
    flip(books, b"4500000", b"9500000")
    with pytest.raises(DatabaseRefused, match="cash is not what was written"):
        rotate(books, tmp_path / "b", date(2026, 11, 20))
    assert checked(good.path).sha256 == good.sha256


def test_a_backup_never_replaces_a_file_and_needs_books(books, tmp_path):
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(DatabaseRefused, match="it exists already; choose another name"):
        backup(books, tmp_path / "copy.db")
    with pytest.raises(DatabaseMissing):
        backup(tmp_path / "nothing.db", tmp_path / "other.db")
    for source in (tmp_path / "nothing.db", books):
        with pytest.raises(BadInput, match="expected a backup that exists, and is not the database itself"):
            restore(source, books)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["alm.db", "copy.db"]


HOLDER = """
import sys
from pathlib import Path
from alm.store.backup import hold
hold(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_nothing_is_restored_under_a_service_that_holds_the_books(books, tmp_path):
    taken = backup(books, tmp_path / "copy.db")
    before = books.read_bytes()
    service = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(books)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert service.stdout is not None
    assert service.stdout.readline() == "held\n"
    with pytest.raises(DatabaseRefused, match="another program is using it; stop the dashboard service first"):
        restore(taken.path, books)
    with writing(books) as conn:  # holding is not locking: the household works on
        write_rows(conn, "cash", [cash(4_500_000)])
    service.communicate("")
    assert books.read_bytes() == before
    restore(taken.path, books)


def test_nothing_is_restored_under_a_writer(books, tmp_path):
    taken = backup(books, tmp_path / "copy.db")
    with writing(books) as conn:
        write_rows(conn, "cash", [cash(7)])
        with pytest.raises(DatabaseRefused, match="another program is using it"):
            restore(taken.path, books)
    with reading(books) as conn:
        assert read_rows(conn, "cash")[0]["amount"] == "7"


@pytest.mark.parametrize("copies", [6, pytest.param(60, marks=pytest.mark.soak)])
def test_every_backup_taken_while_two_threads_write_is_good(books, tmp_path, copies):
    """The writer keeps two amounts equal; a copy that is torn has them differ, or fails its checks."""
    stop, written = threading.Event(), [0, 0]
    with writing(books) as conn:
        write_rows(conn, "cash", [{**cash(4_500_000), "currency": "USD"}])

    def work(thread: int) -> None:
        while not stop.is_set():
            with writing(books) as conn:
                amount = int(read_rows(conn, "cash")[0]["amount"] or 0) + 1
                write_rows(conn, "cash", [cash(amount), {**cash(amount), "currency": "USD"}])
                written[thread] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    try:
        for number in range(copies):
            copy = backup(books, tmp_path / f"{number}.db").path
            with reading(copy) as conn:
                yen, dollars = (row["amount"] for row in read_rows(conn, "cash")[:2])
            assert yen == dollars
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert min(written) > 0
    assert sum(written) >= copies


def test_a_backup_of_an_older_version_is_restored_and_brought_up_to_date(tmp_path):
    old = make(tmp_path / "old.db", 1)
    restored = restore(old, tmp_path / "new" / "alm.db")
    with reading(restored.path) as conn:
        assert read_rows(conn, "cash")[0]["amount"] == "4500000"


def test_rotation_keeps_seven_days_five_weeks_twelve_months_and_ten_years():
    last = date(2026, 11, 20)  # a Friday
    days = [last - timedelta(days=number) for number in range(3_000)]
    found = sorted(kept(days), reverse=True)
    assert found[:7] == days[:7]
    sundays = [date(2026, 11, 15), date(2026, 11, 8), date(2026, 11, 1), date(2026, 10, 25)]
    month_ends = [date(2026, 11, 20), date(2026, 10, 31), date(2026, 9, 30), date(2025, 12, 31)]
    year_ends = [date(year, 12, 31) for year in range(2018, 2026)]
    assert set(sundays + month_ends + year_ends) <= set(found)
    assert len(found) == 7 + 3 + 11 + 7
    assert kept(found) == set(found)


def test_two_backups_of_a_day_are_one_file_and_other_files_are_left_alone(books, tmp_path):
    folder = tmp_path / "backups"
    first, _ = rotate(books, folder, date(2026, 11, 19))
    (folder / "alm-holiday.db").write_text("mine")
    for number in range(12):
        rotate(books, folder, date(2026, 11, 20) + timedelta(days=number))
    with writing(books) as conn:
        write_rows(conn, "cash", [cash(1)])
    last, removed = rotate(books, folder, date(2026, 12, 1))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert last.sha256 != first.sha256
    assert removed == ()
    assert {path.name for path in folder.iterdir()} == {
        "alm-holiday.db",
        *(f"alm-2026-11-{day}.db" for day in (22, 25, 26, 27, 28, 29, 30)),
        "alm-2026-12-01.db",
    }


def test_at_the_prompt(books, tmp_path):
    run = CliRunner().invoke
    out = run(backup_command.command, ["--db", str(books), str(tmp_path / "copy.db")]).output
    assert out.startswith(f"{tmp_path / 'copy.db'}: 4")
    assert "rows, checked, sha256" in out
    books.unlink()
    shown = json.loads(run(restore_command.command, ["--db", str(books), str(tmp_path / "copy.db"), "--json"]).output)
    assert shown["sha256"][:16] in out
    rotated = json.loads(
        run(backup_command.command, ["--db", str(books), "--rotate", "--json", str(tmp_path / "b")]).output
    )
    assert rotated["sha256"] == shown["sha256"]


@pytest.mark.parametrize("point", [2, 9, 40])
def test_killed_while_it_is_put_back_the_books_are_what_they_were(books, tmp_path, point):
    taken = backup(books, tmp_path / "copy.db")
    with writing(books) as conn:
        write_rows(conn, "cash", [cash(1)])
    later = checked(books)
    script = f"""
import os
from pathlib import Path
from alm.store.database import connect
def step(status, remaining, total):
    if total - remaining >= {point}:
        os.kill(os.getpid(), 9)
here, there = connect(Path({str(taken.path)!r}), "ro"), connect(Path({str(books)!r}), "rw")
there.execute("PRAGMA cache_size = 1")
here.backup(there, pages=1, progress=step)
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -signal.SIGKILL
    assert checked(books).sha256 == later.sha256
    with raw(books) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def set_second_place(books, folder):
    with writing(books) as conn:
        write_rows(conn, "settings", [{"name": "backup_also", "value": str(folder)}])


def test_a_nightly_backup_is_rehearsed_and_taken_in_a_second_place_too(books, tmp_path):
    (second := tmp_path / "another disk").mkdir()
    set_second_place(books, second)
    shown = CliRunner().invoke(backup_command.command, ["--db", str(books), "--rotate", "--json", str(tmp_path / "b")])
    name = Path(json.loads(shown.output)["path"]).name
    assert checked(tmp_path / "b" / name).sha256 == checked(second / name).sha256 == checked(books).sha256
    assert [path.name for folder in (tmp_path / "b", second) for path in folder.iterdir()] == [name, name]


def test_a_second_place_that_is_not_there_is_a_sentence_and_the_first_backup_stands(books, tmp_path):
    """An unmounted disk: nothing is written where it would be."""
    set_second_place(books, tmp_path / "disk" / "alm")
    done = CliRunner().invoke(backup_command.command, ["--db", str(books), "--rotate", str(tmp_path / "b")])
    assert "disk/alm was refused and left as it is: there is no such folder; is its disk mounted?" in str(
        done.exception
    )
    assert len(list((tmp_path / "b").iterdir())) == 1
    assert not (tmp_path / "disk").exists()
