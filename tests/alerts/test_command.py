"""`alm alerts` on a real database with a real receiver: said once, quiet, again while it lasts, over; restarts and dead
channels change nothing. Every run is a process of its own, as the timer starts it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from alm.alerts import memory
from alm.alerts.rules import Said
from alm.store.database import writing
from alm.store.tables import read_rows, write_rows
from tests.alerts.test_channels import ntfy_server
from tests.browser import ROOT
from tests.screen.households import quick_database


def alm(db: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "alm", *words, "--db", str(db)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def setting(db: Path, **values: str) -> None:
    with writing(db) as conn:
        write_rows(conn, "settings", [{"name": name, "value": value} for name, value in values.items()])


def loan(db: Path, balance: str) -> None:
    with writing(db) as conn:
        rows = read_rows(conn, "loans")
        write_rows(conn, "loans", [row | {"balance": balance} for row in rows if row["kind"] == "securities_backed"])


def hours_pass(db: Path, hours: float) -> None:
    """What was said was said that much earlier."""
    said = memory.load(db)
    memory.save(db, {key: Said(what.level, what.at - timedelta(hours=hours)) for key, what in said.items()})


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """The demo household, recorded today: its only concerns are those a test gives it."""
    db = quick_database(tmp_path / "alm.db", alert_level="danger", alert_near="0")
    assert alm(db, "snapshot").returncode == 0
    return db


def test_raised_quiet_repeated_cleared(db):
    with ntfy_server() as (url, received):
        setting(db, alert_ntfy_url=url)

        assert alm(db, "alerts", "send").returncode == 0
        assert received == []  # nothing is wrong

        loan(db, "84000000")  # 67.2 % of 125 million: 4 % above the call at 70 %
        assert alm(db, "alerts", "send").returncode == 0
        first = received.pop()
        assert first["title"].startswith("alm: DANGER")
        assert "Margin distance: DANGER (new)" in first["message"]

        assert alm(db, "alerts", "send").returncode == 0
        assert received == []  # a restart an hour later repeats nothing

        hours_pass(db, 12)
        alm(db, "alerts", "send")
        assert "Margin distance: DANGER (still)" in received.pop()["message"]

        loan(db, "50000000")
        alm(db, "alerts", "send")
        last = received.pop()
        assert last["title"] == "alm: all clear"
        assert "Margin distance: SAFE (over)" in last["message"]

        alm(db, "alerts", "send")
        assert received == []
    assert memory.load(db) == {}


def test_what_no_channel_delivered_is_not_remembered(db):
    loan(db, "84000000")
    with ntfy_server(status=500) as (url, _):
        setting(db, alert_ntfy_url=url)
        failed = alm(db, "alerts", "send")
    assert failed.returncode == 2
    assert failed.stderr.count("\n") == 1
    assert memory.load(db) == {}
    with ntfy_server() as (url, received):
        setting(db, alert_ntfy_url=url)
        assert alm(db, "alerts", "send").returncode == 0
    assert "(new)" in received[0]["message"]


def test_no_amount_is_sent_or_printed_unless_asked_for(db):
    loan(db, "84000000")
    with ntfy_server() as (url, received):
        setting(db, alert_ntfy_url=url)
        done = alm(db, "alerts", "send")
        sent = json.dumps(received, ensure_ascii=False)
        assert not any(char.isdigit() for char in sent.replace("my-topic", ""))
        assert (done.stdout, done.stderr) == ("", "")
        memory.save(db, {})
        setting(db, alert_amounts="yes")
        alm(db, "alerts", "send")
        assert "4.0%" in received[-1]["message"]


def test_a_failed_unit_is_told_by_its_name(db):
    with ntfy_server() as (url, received):
        setting(db, alert_ntfy_url=url, language="ja")
        assert alm(db, "alerts", "failed", "alm-snapshot.service").returncode == 0
    assert received[0]["title"] == "alm: サービスが失敗しました"
    assert "alm-snapshot.service" in received[0]["message"]


def test_books_that_are_refused_are_told_by_the_channels_of_the_last_backup(db):
    with ntfy_server() as (url, received):
        setting(db, alert_ntfy_url=url)
        assert alm(db, "backup", "--rotate", str(db.parent / "backups")).returncode == 0
        db.write_bytes(b"a disk that forgot" * 999)
        assert alm(db, "alerts", "failed", "alm-snapshot.service").returncode == 0
    assert "alm-snapshot.service failed" in received[0]["message"]
    shutil.rmtree(db.parent / "backups")
    lost = alm(db, "alerts", "failed", "alm-snapshot.service")
    assert (lost.returncode, lost.stderr.count("\n")) == (2, 1)
    assert "it is not a database" in lost.stderr


def test_a_snapshot_that_was_not_taken_is_said(tmp_path):
    db = quick_database(tmp_path / "alm.db", alert_level="unknown")
    with ntfy_server() as (url, received):
        setting(db, alert_ntfy_url=url)
        assert alm(db, "alerts", "send").returncode == 0
    assert "Daily snapshot: UNKNOWN (new)" in received[0]["message"]


def test_a_dry_run_sends_and_remembers_nothing(db):
    loan(db, "84000000")
    with ntfy_server() as (url, received):
        setting(db, alert_ntfy_url=url)
        shown = alm(db, "alerts", "send", "--dry-run")
    assert "Margin distance: DANGER (new)" in shown.stdout
    assert received == []
    assert not memory.path_for(db).exists()
