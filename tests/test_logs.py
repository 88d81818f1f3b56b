"""What the timers' commands print goes into the machine's journal, which others may read: no amount is in it."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from alm.store.database import writing
from alm.store.tables import write_rows
from tests.screen.households import quick_database

ROOT = Path(__file__).parent.parent
DANGER = {"name": "safety_fall", "value": "0.9"}


@pytest.fixture(scope="module")
def db(tmp_path_factory) -> Path:
    db = quick_database(tmp_path_factory.mktemp("home") / "alm.db")
    with writing(db) as conn:
        write_rows(conn, "settings", [DANGER, {"name": "alert_command", "value": "true"}])
    return db


def commands(unit: str, db: Path) -> list[list[str]]:
    """The words of a unit's ExecStart lines, for this database."""
    text = (ROOT / "systemd" / unit).read_text()
    lines = re.findall(r'^ExecStart="@PROJECT@/\.venv/bin/alm" (.*)$', text, re.MULTILINE)
    return [shlex.split(line.replace("@DATA@/alm.db", str(db)).replace("@DATA@", str(db.parent))) for line in lines]


@pytest.mark.parametrize("unit", ["alm-snapshot.service", "alm-alerts.service"])
def test_the_timers_print_no_amount(db, unit):
    found = commands(unit, db)
    assert found
    for words in found:
        done = subprocess.run(
            [sys.executable, "-m", "alm", *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr
        said = done.stdout + done.stderr
        assert not re.search(r"[¥$€£%]|\d{1,3}(,\d{3}){2}|\d{7,}\b(?!\w)", said.split(", sha256")[0]), said
