"""`import alm`: the lines of the documentation run as they stand and say what the commands say."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import alm
from alm.errors import DatabaseMissing, Infeasible
from alm.store.database import create
from tests.screen.households import demo_database, quick_database

ROOT = Path(__file__).parent.parent
AS_OF = date(2026, 11, 20)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return quick_database(tmp_path_factory.mktemp("books") / "alm.db")


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_database(tmp_path_factory.mktemp("books") / "alm.db", AS_OF)


def answered(db: Path, *words: str) -> dict[str, object]:
    command = [sys.executable, "-m", "alm", *words, "--json", "--db", str(db), "--as-of", AS_OF.isoformat()]
    return json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout)


def test_the_lines_of_the_documentation_run_as_they_stand(db):
    text = (ROOT / "docs" / "notebooks.md").read_text(encoding="utf-8")
    script = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], cwd=ROOT, env={**os.environ, "ALM_DB": str(db)}, capture_output=True, text=True
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    said = run.stdout.splitlines()
    assert said[1] == "margin ratio 40.0%, net worth 79,500,000 JPY"
    assert " 30%   57.1% safe     keeps" in said
    assert "40.0% -> 20.0%" in said
    assert said[-1].startswith("There is no crisis named 'the flood'; known: ")


def test_a_loaded_household_says_what_the_commands_say(old):
    home = alm.load(old, AS_OF)
    told, test, crisis = home.brief(simulate=False), home.stress(), home.drill("us-2007")
    assert answered(old, "stress")["max_survivable_fall"] == test.max_survivable_fall == told.max_survivable_fall
    assert answered(old, "drill", "us-2007")["end"]["net_worth"] == crisis.with_line.end.net_worth
    assert (
        answered(old, "fire", "--paths", "500")["success_probability"]
        == home.simulate({"paths": 500}).success_probability
    )


def test_a_what_if_leaves_the_books_and_the_household_as_they_were(old):
    home = alm.load(str(old), AS_OF)
    before = old.read_bytes()
    poorer = replace(home, sheet=home.sheet.with_(cash_balances=()))
    assert poorer.brief(simulate=False).cash == 0
    assert home.brief(simulate=False).cash == pytest.approx(4_500_000)
    assert old.read_bytes() == before


def test_no_books_and_empty_books_are_refused_in_a_sentence(tmp_path):
    with pytest.raises(DatabaseMissing, match="create one with `alm init`"):
        alm.load(tmp_path / "none.db")
    create(tmp_path / "empty.db")
    with pytest.raises(Infeasible, match="Nothing has been entered yet"):
        alm.load(tmp_path / "empty.db")


def test_importing_it_loads_nothing():
    script = "import sys, alm; print([m for m in ('sqlalchemy', 'numpy', 'pandas', 'alm.api') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True).stdout == "[]\n"
    with pytest.raises(AttributeError, match="module 'alm' has no attribute 'nothing'"):
        _ = alm.nothing
