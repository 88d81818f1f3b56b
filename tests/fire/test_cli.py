"""`alm fire` as typed, on plan files alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alm.cli.fire import command
from alm.errors import BadInput
from alm.fire.plan_file import read_plan, write_plan
from tests.fire.plans import reference


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
            "ruin_years", "elapsed_s"} <= set(found)  # fmt: skip
    assert len(found["fan"]) == 11
    assert found["fan"]["0"] == pytest.approx([79.5e6] * 5)
    assert sum(found["ruin_years"]) == pytest.approx(found["p_ruin"])


def test_the_same_command_gives_the_same_figures(plan: Path) -> None:
    once, again = (json.loads(typed("--plan", str(plan), "--paths", "200", "--json").output) for _ in range(2))
    assert {**once, "elapsed_s": 0} == {**again, "elapsed_s": 0}


def test_plain_output_fits_80_columns(plan: Path) -> None:
    lines = typed("--plan", str(plan), "--paths", "200").output.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith("Success ")


def test_solve_set_and_compare(plan: Path) -> None:
    solved = json.loads(
        typed("--plan", str(plan), "--paths", "200", "--solve", "spending", "--target", "0.8", "--json").output
    )
    assert solved["probability"] >= 0.8
    cheaper = typed("--plan", str(plan), "--paths", "200", "--set", "spending.amount_pa=1", "--json")
    assert json.loads(cheaper.output)["success_probability"] > 0.95
    rows = json.loads(typed("--plan", str(plan), "--paths", "200", "--compare", "--json").output)["models"]
    assert [row["model"] for row in rows][3:] == ["bootstrap", "cohorts"]


def test_a_plan_is_written_once(plan: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.toml"
    assert typed("--plan", str(plan), "--write-plan", str(target)).exit_code == 0
    assert read_plan(target) == reference()
    refused = typed("--plan", str(plan), "--write-plan", str(target))
    assert isinstance(refused.exception, BadInput)
