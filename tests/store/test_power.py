"""The power fails at any point of the real write sequence: no acknowledged row is lost, none is torn."""

from __future__ import annotations

import pickle
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from alm.store import digests, snapshots
from alm.store.database import reading, writing
from alm.store.tables import read_rows, write_all
from tests.store.power_cut import cuts
from tests.store.recording import Event
from tests.store.rows import account

COMMITS = 40


@pytest.fixture
def start(db: Path) -> Path:
    with writing(db) as conn:
        cash = [{"account": "Broker", "currency": currency, "amount": "0"} for currency in ("JPY", "USD")]
        write_all(conn, {"accounts": [account()], "cash": cash})
    return db


def recorded(db: Path, synchronous: str) -> list[Event]:
    log = db.parent / "events.pickle"
    command = [sys.executable, "-m", "tests.store.recording", str(db), str(COMMITS), synchronous, str(log)]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[2])
    events: list[Event] = pickle.loads(log.read_bytes())
    return events


def found(db: Path) -> int:
    """The number of the last commit in the file, once nothing in it is torn."""
    with reading(db) as conn:
        amounts = {row["amount"] for row in read_rows(conn, "cash")}
        assert conn.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert digests.damaged(conn) == ()
        assert snapshots.damaged(conn) == ()
        number = int(amounts.pop() or 0)
        assert not amounts
        assert len(snapshots.load(conn)) == number // 5
    return number


def outcome(db: Path, synchronous: str, points: int, folder: Path) -> Counter[str]:
    files = {db.name: db.read_bytes()}
    events = recorded(db, synchronous)
    dice = random.Random(points)
    chosen = sorted(dice.randrange(len(events) + 1) for _ in range(points))
    folder.mkdir()
    seen: Counter[str] = Counter()
    for acknowledged in cuts(events, files, folder, chosen, seed=points):
        number = found(folder / db.name)
        seen["lost" if number < acknowledged else "kept"] += 1
        assert number <= acknowledged + 1
    return seen


LONG = pytest.param(1_500, marks=pytest.mark.soak)


@pytest.mark.parametrize("points", [150, LONG])
def test_no_acknowledged_commit_is_lost(start, tmp_path, points):
    assert outcome(start, "EXTRA", points, tmp_path / "after") == {"kept": points}


@pytest.mark.parametrize("points", [150, LONG])
def test_with_synchronous_full_some_are_which_shows_that_this_test_can_fail(start, tmp_path, points):
    """The removal of the journal is not synced: it comes back, and is rolled into what was acknowledged."""
    assert outcome(start, "FULL", points, tmp_path / "after")["lost"] > 0


def test_what_was_recorded_is_a_real_write_sequence(start):
    events = recorded(start, "EXTRA")
    kinds = Counter(str(event[0]) for event in events)
    assert kinds["acknowledged"] == COMMITS
    assert kinds["create"] == kinds["delete"] == COMMITS
    assert kinds["sync"] >= 2 * COMMITS
    assert all(event[2] for event in events if event[0] == "delete")
