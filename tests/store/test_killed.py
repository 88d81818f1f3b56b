"""Writers killed at any moment, and writers at the same time: nothing acknowledged is lost, nothing is torn."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from alm.errors import StaleEdit
from alm.store import digests, snapshots
from alm.store.database import connect, reading, schema_version, upgrade, writing
from alm.store.schema import SCHEMA_VERSION
from alm.store.tables import read_rows, table_version, write_all, write_rows
from tests.households import reference_household
from tests.store.released import contents, make
from tests.store.rows import account, holding, price

IMPORTED = 50
Writer = Callable[[Path, int], None]


def forked(work: Callable[[int], None]) -> tuple[int, int]:
    """A child that runs `work(its end of a pipe)` and ends; its process id, and our end."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(ours)
            work(theirs)
        finally:
            os._exit(0)
    os.close(theirs)
    return child, ours


def everything(pipe: int) -> bytes:
    with os.fdopen(pipe, "rb") as file:
        return file.read()


def import_(db: Path, number: int) -> None:
    """A file of prices and a new total, landing together."""
    first = date(1950, 1, 1) + timedelta(days=IMPORTED * number)
    days = [(first + timedelta(days=day)).isoformat() for day in range(IMPORTED)]
    with writing(db) as conn:
        write_rows(conn, "prices", [price("7203", day, str(number)) for day in days])
        write_rows(conn, "cash", [{"account": "Broker", "currency": "JPY", "amount": str(number)}])


def edit(db: Path, number: int) -> None:
    """Two cells of a page, from the version it was shown."""
    with reading(db) as conn:
        shown = table_version(conn, "cash")
    rows = [{"account": "Broker", "currency": currency, "amount": str(number)} for currency in ("JPY", "USD")]
    with writing(db) as conn:
        write_rows(conn, "cash", rows, expected=shown)


def snapshot(db: Path, number: int) -> None:
    sheet = reference_household(date(1950, 1, 1) + timedelta(days=number))
    with writing(db) as conn:
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        snapshots.take(conn, sheet, taken_at=moment, verdict="SAFE", figures={"number": float(number)})


def last_import(db: Path) -> int:
    with reading(db) as conn:
        count = conn.exec_driver_sql("SELECT count(*) FROM prices").scalar_one()
        number = int(read_rows(conn, "cash")[0]["amount"] or 0)
    assert count == IMPORTED * number
    return number


def last_edit(db: Path) -> int:
    with reading(db) as conn:
        first, second = (int(row["amount"] or 0) for row in read_rows(conn, "cash"))
    assert first == second
    return first


def last_snapshot(db: Path) -> int:
    with reading(db) as conn:
        taken = snapshots.load(conn)
        assert snapshots.damaged(conn) == ()
    assert [row.figures["number"] for row in taken] == list(range(1, len(taken) + 1))
    return len(taken)


@pytest.fixture
def books(db: Path) -> Path:
    with writing(db) as conn:
        cash = [{"account": "Broker", "currency": currency, "amount": "0"} for currency in ("JPY", "USD")]
        write_all(conn, {"accounts": [account()], "cash": cash, "holdings": [holding("7203")]})
    return db


@pytest.mark.parametrize("kills", [8, pytest.param(200, marks=pytest.mark.soak)])
@pytest.mark.parametrize(
    ("writer", "last"), [(import_, last_import), (edit, last_edit), (snapshot, last_snapshot)], ids=lambda f: f.__name__
)
def test_a_writer_killed_again_and_again_loses_nothing_it_acknowledged(books, writer, last, kills):
    dice, acknowledged = random.Random(kills), 0
    for _ in range(kills):

        def work(pipe: int, start: int = acknowledged) -> None:
            number = start
            while True:
                number += 1
                writer(books, number)
                os.write(pipe, b"%d\n" % number)

        child, pipe = forked(work)
        time.sleep(dice.uniform(0.005, 0.08))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        lines = everything(pipe).split()
        acknowledged = int(lines[-1]) if lines else acknowledged
        number = last(books)
        assert number in (acknowledged, acknowledged + 1)
        acknowledged = number
    assert acknowledged > 0
    with reading(books) as conn:
        assert conn.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert digests.damaged(conn) == ()


@pytest.mark.parametrize("kills", [6, pytest.param(200, marks=pytest.mark.soak)])
def test_a_migration_killed_at_any_moment_is_done_or_not_begun(tmp_path, kills):
    old = make(tmp_path / "old.db", 1)
    rows, dice, seen = contents(old), random.Random(kills), set()
    upgrade(Path(shutil.copy(old, tmp_path / "first.db")))  # so that the children find everything imported
    for number in range(kills):
        db = Path(shutil.copy(old, tmp_path / f"{number}.db"))
        child, pipe = forked(lambda _pipe, db=db: bool(upgrade(db)))
        time.sleep(dice.uniform(0.0, 0.15))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(pipe)
        raw = connect(db, "rw")
        version = int(raw.execute("PRAGMA user_version").fetchone()[0])
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        raw.close()
        assert version in (1, SCHEMA_VERSION)
        assert contents(db) == rows
        upgrade(db)
        with reading(db) as conn:
            assert schema_version(conn) == SCHEMA_VERSION
            assert digests.damaged(conn) == ()
        seen.add(version)
    assert 1 in seen


@pytest.mark.parametrize("attempts", [200, pytest.param(1_000, marks=pytest.mark.soak)])
def test_two_writers_lose_no_update_and_meet_no_lock(books, attempts):
    """Each reads the amount, adds one and writes it; the slowest waits for less than five seconds."""

    def work(pipe: int) -> None:
        slowest = 0.0
        for _ in range(attempts // 2):
            start = time.perf_counter()
            with writing(books) as conn:
                amount = int(read_rows(conn, "cash")[0]["amount"] or 0)
                write_rows(conn, "cash", [{"account": "Broker", "currency": "JPY", "amount": str(amount + 1)}])
            slowest = max(slowest, time.perf_counter() - start)
        os.write(pipe, str(slowest).encode())

    children = [forked(work) for _ in range(2)]
    answers = [everything(pipe) for _, pipe in children]
    for child, _ in children:
        os.waitpid(child, 0)
    assert all(answers), "a writer met an error"
    assert max(map(float, answers)) < 5
    with reading(books) as conn:
        assert read_rows(conn, "cash")[0]["amount"] == str(attempts)


def test_of_two_pages_that_edit_the_same_table_the_second_is_told(books):
    with reading(books) as conn:
        shown = table_version(conn, "cash")
    row = {"account": "Broker", "currency": "JPY"}
    with writing(books) as conn:
        write_rows(conn, "cash", [{**row, "amount": "5"}], expected=shown)
    with pytest.raises(StaleEdit, match="nothing was saved, look again"), writing(books) as conn:
        write_rows(conn, "cash", [{**row, "amount": "6"}], expected=shown)
    with reading(books) as conn:
        assert read_rows(conn, "cash")[0]["amount"] == "5"
