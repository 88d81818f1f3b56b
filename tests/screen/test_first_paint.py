"""The verdict of a day that is already recorded is painted from what the books say, and waits for no heavy library."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from alm.gather import record
from tests.screen.households import demo_database

ROOT = Path(__file__).parent.parent.parent
HEAVY = ["pandas", "numba", "llvmlite", "scipy", "pydantic", "holidays", "requests"]
OPENED = f"""
import sys
from alm.screen import loading, morning
from alm.settings import database_path

page = loading.open_page(database_path())
morning.show(page.briefing, checking=page.fire_pending)
print(page.fire_pending, [name for name in {HEAVY!r} if name in sys.modules])
"""


def test_a_recorded_morning_is_shown_without_a_heavy_library(tmp_path):
    db = demo_database(tmp_path / "alm.db")
    record(db, None, datetime.now(UTC))
    own = {**os.environ, "ALM_DB": str(db), "XDG_CONFIG_HOME": str(tmp_path)}
    shown = subprocess.run(
        [sys.executable, "-c", OPENED], cwd=ROOT, env=own, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "False []"
