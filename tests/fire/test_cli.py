"""`alm fire` as typed, on plan files alone."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alm.cli.fire import command
from alm.errors import BadInput
from alm.fire.plan_file import read_plan, write_plan
from alm.store.database import writing
from alm.store.tables import write_rows
from tests.fire.plans import reference
from tests.screen.households import demo_database


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    file = tmp_path / "plan.toml"
    file.write_text(write_plan(reference()))
    return file


def typed(*words: str) -> Result:
    return CliRunner().invoke(command, list(words))


def test_json_carries_the_promised_fields(plan: Path) -> None:
    found = json.loads(typed("--plan", str(plan), "--paths", "200", "--years", "10", "--json").output)
    assert {"success_probability", "standard_error", "interval", "p_freeze", "p_call", "p_forced_sale", "p_ruin", "fan",
            "ruin_years"} <= set(found)  # fmt: skip
    assert len(found["fan"]) == 11
    assert found["fan"]["0"] == pytest.approx([79.5e6] * 5)
    assert sum(found["ruin_years"]) == pytest.approx(found["p_ruin"])


def test_the_same_command_gives_the_same_figures(plan: Path) -> None:
    once, again = (typed("--plan", str(plan), "--paths", "200", "--json").output for _ in range(2))
    assert once == again


def test_plain_output_fits_80_columns(plan: Path) -> None:
    lines = typed("--plan", str(plan), "--paths", "200").output.splitlines()
    assert max(map(len, lines)) <= 80
    assert re.fullmatch(r"Success [\d.]+% ± \d\.\d\d pt \(.*", lines[0])  # a difference of percentages is in points


def test_solve_set_and_compare(plan: Path) -> None:
    solved = json.loads(
        typed("--plan", str(plan), "--paths", "200", "--solve", "spending", "--target", "0.8", "--json").output
    )
    assert solved["probability"] >= 0.8
    cheaper = typed("--plan", str(plan), "--paths", "200", "--set", "spending.amount_pa=1", "--json")
    assert json.loads(cheaper.output)["success_probability"] > 0.95
    rows = json.loads(typed("--plan", str(plan), "--paths", "200", "--compare", "--json").output)["models"]
    assert [row["model"] for row in rows][-2:] == ["bootstrap", "cohorts"]
    assert {row["parameters"] for row in rows} == {"given", "measured", "estimated", "history"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = demo_database(tmp_path_factory.mktemp("home") / "alm.db", date(2026, 11, 20))
    with writing(path) as conn:
        write_rows(conn, "settings", [{"name": "fire_paths", "value": "200"}])
    return path


def at_home(home: Path, *words: str) -> Result:
    return typed("--db", str(home), "--as-of", "2026-11-20", *words)


def test_the_source_of_the_figures_is_an_option_and_always_told(home: Path) -> None:
    given, measured, estimated = (
        " ".join(at_home(home, "--parameters", name).output.split()) for name in ("given", "measured", "estimated")
    )
    assert "Return and volatility: the plan's own figures (assumptions)." in given
    assert "measured from the holdings' own prices, 2021-11-22 to 2026-11-20 (5.0 years)." in measured
    assert "known to ±" in measured
    assert "annual US history, 1928 to 2024 (97.0 years)" in estimated
    found = json.loads(at_home(home, "--parameters", "measured", "--json").output)
    equity = next(row for row in found["evidence"] if row["asset"].startswith("equity abroad"))
    assert equity["standard_error"] == pytest.approx(equity["volatility_pa"] / equity["years"] ** 0.5)
    low, high = found["mean_band"]
    assert low <= found["success_probability"] <= high


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--model", "bootstrap", "--set", "market.block_years=5"), "1928 to 2024 as they were"),
        (("--model", "bootstrap", "--set", "market.block_years=5"), "A block lasts 5.0 years on average."),
        (("--model", "cohorts"), "Steps inside a year are a bridge that compounds to the year exactly."),
        (("--model", "cohorts"), "Starts overlap, so they say less than their number and the ± is too small."),
        (("--model", "cohorts", "--set", "market.history=monthly"), "each month is the twelfth root of its year."),
    ],
)
def test_a_replayed_history_is_dated_and_says_what_its_months_are(
    home: Path, words: tuple[str, ...], told: str
) -> None:
    assert told in " ".join(at_home(home, *words).output.split())


def test_a_written_plan_carries_what_was_measured_and_stands_alone(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    assert at_home(home, "--parameters", "measured", "--write-plan", str(file)).exit_code == 0
    assert 'parameters = "measured"' in file.read_text()
    own = at_home(home, "--parameters", "measured", "--json")
    assert typed("--plan", str(file), "--json").output == own.output


def test_a_plan_without_prices_cannot_be_measured(plan: Path) -> None:
    refused = typed("--plan", str(plan), "--parameters", "measured")
    assert str(refused.exception) == (
        "Portfolio: measuring its return needs 3 years of its own prices, and there are none."
    )


def test_drivers_a_map_and_a_life(home: Path) -> None:
    found = json.loads(at_home(home, "--set", "retire_year=10", "--drivers", "--json").output)
    assert {lever["name"] for lever in found["levers"]} == {"repay", "spend less", "earn more", "work longer"}
    assert {bar["name"] for bar in found["drivers"]} >= {"expected return", "volatility", "spending", "loan rate"}
    grid = json.loads(at_home(home, "--map", "retire-year", "--json").output)
    assert (len(grid["rows"]), len(grid["columns"])) == (7, 8)
    life = json.loads(at_home(home, "--life", "fifth", "--json").output)
    assert len(life["steps"]) == 480
    assert "Ruin" in life["events"]
    shown = at_home(home, "--life", "0").output
    assert max(map(len, shown.splitlines())) <= 80
    assert "One life, in today's money · 0" in shown
    refused = at_home(home, "--life", "200")
    assert str(refused.exception) == (
        "--life: '200' is refused: expected median, fifth, failing or a number from 0 to 199."
    )


def test_ages_end_the_horizon_and_how_many_outlive_it_is_told(home: Path) -> None:
    told = " ".join(at_home(home, "--age", "60", "--age", "58").output.split())
    assert (
        "It ends with the last life of those aged 60, 58, after 40 years at most; somebody is alive then in 8." in told
    )


def test_a_rule_without_a_floor_says_that_success_says_little(home: Path) -> None:
    free = " ".join(at_home(home, "--rule", "percent").output.split())
    assert "no cut counts as a failure" in free
    floored = at_home(home, "--rule", "percent", "--set", "spending.floor_pa=6000000").output
    assert "¥6,000,000" in floored


def test_without_spending_there_is_nothing_to_sustain(tmp_path: Path) -> None:
    idle = demo_database(tmp_path / "alm.db", date(2026, 11, 20))
    with writing(idle) as conn:
        conn.exec_driver_sql("DELETE FROM expenses")
        write_rows(conn, "settings", [{"name": "fire_paths", "value": "200"}])
    assert str(at_home(idle).exception).startswith("No spending is entered, so there is nothing to sustain")
    assert "Success" in at_home(idle, "--spending", "6000000").output


def test_a_plan_is_written_once(plan: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.toml"
    assert typed("--plan", str(plan), "--write-plan", str(target)).exit_code == 0
    assert read_plan(target) == reference()
    refused = typed("--plan", str(plan), "--write-plan", str(target))
    assert isinstance(refused.exception, BadInput)
