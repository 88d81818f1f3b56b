"""`alm brief`, `alm settings`, `alm report` and `alm snapshot` as a session at the prompt."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from alm.store.database import create, writing
from alm.store.tables import read_rows, write_rows
from tests.screen.households import demo_database


def alm(*words: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "XDG_CONFIG_HOME": str(home / "config"), "ALM_DB": str(home / "alm.db")}
    command = [sys.executable, "-m", "alm", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    demo_database(folder / "alm.db")
    with writing(folder / "alm.db") as conn:
        write_rows(conn, "settings", [{"name": "fire_paths", "value": "200"}])
    return folder


def test_brief_answers_the_reference_figures_as_json(home):
    shown = alm("brief", "--json", home=home)
    found = json.loads(shown.stdout)
    assert shown.returncode == 0
    assert found["ltv"] == pytest.approx(0.4)
    falls = [found[name] for name in ("fall_to_freeze", "fall_to_call", "fall_to_forced", "max_survivable_fall")]
    assert falls == pytest.approx([0.33333, 0.42857, 0.52941, 0.52667], abs=5e-6)
    named = "as_of verdict binding portfolio_value collateral_value cash debt net_worth runway_months monthly_cash_flow"
    named += " fire_ratio_gross fire_ratio_net crossover_year fire_probability actions changes warnings"
    assert set(named.split()) <= set(found)
    assert set(found["binding"]) == {"name", "level", "value", "limit", "sentence"}
    assert {"probability", "standard_error"} <= set(found["fire_probability"])


def test_piped_it_is_plain_and_fits_eighty_columns(home):
    shown = alm("brief", "--no-fire", home=home)
    assert "\x1b" not in shown.stdout
    assert max(len(line) for line in shown.stdout.splitlines()) <= 80
    assert "Margin ratio (LTV)" in shown.stdout


def test_an_alert_is_exit_status_3(home):
    assert alm("brief", "--no-fire", "--alert", "safe", home=home).returncode == 3
    assert alm("brief", "--no-fire", "--alert", "danger", home=home).returncode == 0
    old = alm("brief", "--no-fire", "--as-of", "2030-01-01", home=home)  # every price is years old: UNKNOWN
    assert old.returncode == 3
    assert old.stdout.startswith("UNKNOWN")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("brief", "--as-of", "yesterday"), "--as-of: 'yesterday' is refused: expected a date such as 2026-01-31."),
        (("settings", "stale_days=soon"), "stale_days: 'soon' is refused: expected a whole number."),
        (("settings", "stale_days"), "'stale_days' is refused: expected NAME=VALUE, such as stale_days=3."),
        (("settings", "language=de"), "language: 'de' is refused: expected en or ja."),
        (("settings", "caution_fall_to_call=1.5"), "caution_fall_to_call: '1.5' is refused: expected a number from 0.0 to 1.0."),
        (("report", "/no/such/folder/a.pdf"), "a.pdf: expected a file that can be written (No such file or directory)."),
        (("drill", "tulips"), "There is no crisis named 'tulips'; known: us-1929"),
        (("brief", "--frobnicate"), "No such option '--frobnicate'."),
        (("brief", "--alert", "maybe"), "Invalid value for '--alert': 'maybe' is not one of"),
        (("frobnicate",), "No such command 'frobnicate'."),
    ],
)  # fmt: skip
def test_a_refusal_is_one_sentence_and_exit_status_2(home, words, sentence):
    with writing(home / "alm.db") as conn:
        before = read_rows(conn, "settings")
    shown = alm(*words, home=home)
    assert shown.returncode == 2
    assert shown.stderr.count("\n") == 1
    assert shown.stderr.startswith(sentence)
    with writing(home / "alm.db") as conn:
        assert read_rows(conn, "settings") == before


def test_settings_change_together_or_not_at_all(home, tmp_path):
    create(tmp_path / "alm.db")
    refused = alm("settings", "stale_days=3", "language=de", home=tmp_path)
    assert refused.returncode == 2
    assert json.loads(alm("settings", "--json", home=tmp_path).stdout)["stale_days"] == 5
    shown = alm("settings", "stale_days=3", "language=ja", home=tmp_path)
    assert shown.returncode == 0
    assert "stale_days" in shown.stdout
    assert "base_currency" not in shown.stdout, "only what was changed"
    assert json.loads(alm("settings", "--json", home=tmp_path).stdout)["stale_days"] == 3


def test_no_database_says_how_to_make_one(tmp_path):
    shown = alm("brief", home=tmp_path)
    assert shown.returncode == 2
    assert (
        shown.stderr
        == f"There is no database at {tmp_path / 'alm.db'}; create one with `alm init` or `alm init --demo`.\n"
    )


def test_a_snapshot_twice_is_one_row_and_the_report_is_a_pdf(home):
    first, again = alm("snapshot", "--json", home=home), alm("snapshot", "--json", home=home)
    assert first.stdout == again.stdout
    written = alm("report", str(home / "r.pdf"), home=home)
    assert written.stdout == f"Written to {home / 'r.pdf'}.\n"
    assert (home / "r.pdf").read_bytes().startswith(b"%PDF")
