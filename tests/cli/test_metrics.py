"""`alm metrics`: what a Prometheus server reads back from the text is what the briefing says."""

from __future__ import annotations

import math
import re
import stat
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from alm.briefing import Briefing
from alm.cli.metrics import command
from alm.errors import BadInput
from alm.freedom import Freedom
from alm.gather import morning
from alm.metrics import exposition
from alm.verdict import Check
from tests.screen.households import quick_database, recorded

LINE = re.compile(r'(alm_[a-z_]+)(?:\{((?:[a-z]+="[^"]*",?)+)\})? (\S+)')


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(quick_database(tmp_path_factory.mktemp("books") / "alm.db"))


def run(db: Path, *words: str | Path):
    return CliRunner().invoke(command, ["--db", str(db), *map(str, words)])


def read(text: str) -> dict[tuple[str, str], float]:
    """Read as the format says: comments, then one sample a line; a sample without a HELP and a TYPE is refused."""
    found, typed = {}, set()
    assert text.endswith("\n")
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            typed.add(line.split()[2])
        elif not line.startswith("# HELP "):
            match = LINE.fullmatch(line)
            assert match, line
            assert match[1] in typed
            assert (match[1], match[2] or "") not in found
            found[match[1], match[2] or ""] = float(match[3])
    return found


def test_it_says_what_the_briefing_says(db):
    found, told = read(run(db).output), morning(db, None)
    assert found["alm_verdict", f'level="{told.verdict}"'] == 1
    assert sum(value for (name, _), value in found.items() if name == "alm_verdict") == 1
    assert found["alm_freedom", f'level="{told.freedom.verdict}"'] == 1
    assert found["alm_check", 'check="margin_distance",level="SAFE"'] == 1
    assert found["alm_ltv", ""] == told.ltv == pytest.approx(0.4)
    assert found["alm_fall_to_call", ""] == told.fall_to_call
    assert found["alm_fire_probability", ""] == told.fire_probability.probability
    midnight = datetime.combine(told.as_of, datetime.min.time(), tzinfo=UTC)
    assert found["alm_last_snapshot_timestamp_seconds", ""] == midnight.timestamp()


def test_amounts_are_given_only_where_they_are_asked_for(db):
    assert not any("currency" in labels for _, labels in read(run(db).output))
    assert read(run(db, "--amounts").output)["alm_net_worth", 'currency="JPY"'] == pytest.approx(79_500_000)


def test_what_is_not_known_is_left_out_and_an_unlimited_runway_is_infinite():
    check = Check("data_health", "UNKNOWN", None, None, "Data are missing.")
    nothing = Briefing(date(2026, 11, 20), "JPY", "UNKNOWN", check, (check,), Freedom("UNKNOWN", "Not computed.", 0.8))
    lights = {"alm_verdict", "alm_freedom", "alm_check"}
    assert {name for name, _ in read(exposition(nothing, None, amounts=True))} == lights
    endless = read(exposition(replace(nothing, runway_months=math.inf, ltv=math.nan), None, amounts=False))
    assert endless["alm_runway_months", ""] == math.inf
    assert ("alm_ltv", "") not in endless


def test_the_file_is_whole_readable_by_the_exporter_and_alone(db, tmp_path):
    target = tmp_path / "alm.prom"
    assert run(db, target).output == ""
    assert target.read_text() == run(db).output
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
    assert [path.name for path in tmp_path.iterdir()] == ["alm.prom"]


def test_a_folder_that_is_not_there_and_books_that_are_not_leave_the_old_file(db, tmp_path):
    assert isinstance(run(db, tmp_path / "none" / "alm.prom").exception, BadInput)
    (tmp_path / "alm.prom").write_text("old")
    assert run(tmp_path / "none.db", tmp_path / "alm.prom").exit_code == 1
    assert (tmp_path / "alm.prom").read_text() == "old"
