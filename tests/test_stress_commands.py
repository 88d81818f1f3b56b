"""`alm stress`, `scenario`, `reverse` and `defence` on a real database: the demo household."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from alm.cli import group
from alm.demo import demo_rows
from alm.errors import AlmError, BadInput, UnknownName
from alm.store.database import create, writing
from alm.store.tables import write_all

DATE = "2026-11-20"


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stress") / "alm.db"
    create(path)
    with writing(path) as conn:
        write_all(conn, demo_rows(date.fromisoformat(DATE)))
    return path


def run(db: Path, command: str, *options: str) -> str:
    result = CliRunner().invoke(group, [command, *options, "--db", str(db), "--as-of", DATE])
    if isinstance(result.exception, AlmError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def answer(db: Path, command: str, *options: str) -> dict[str, Any]:
    return json.loads(run(db, command, *options, "--json"))  # type: ignore[no-any-return]


def test_stress_meets_the_reference_table(db: Path) -> None:
    found = answer(db, "stress")
    assert (found["ltv"], found["profile"]) == (pytest.approx(0.4), "standard-60-70-85")
    names = ("max_survivable_fall", "max_survivable_fall_slow", "max_survivable_fall_prepaid")
    assert [found[name] for name in names] == pytest.approx([0.52667, 0.58017, 0.59429], abs=5e-6)
    assert [row["fall"] for row in found["grid"]] == pytest.approx([n / 20 for n in range(1, 15)])
    half = found["grid"][9]
    assert (half["ltv"], half["zone"], half["survives"]) == (pytest.approx(0.8), "call", True)
    assert half["cures"]["freeze"]["pay_cash"] == pytest.approx(12_500_000)
    assert half["cures"]["freeze"]["post_collateral"] == pytest.approx(20_833_333.33)
    assert half["cures"]["freeze"]["sell"] == pytest.approx(31_250_000)
    assert half["cures"]["call"]["pay_cash"] == pytest.approx(6_250_000)
    assert half["cures"]["forced"]["pay_cash"] == 0
    assert half["cures"]["asked"]["pay_cash"] == pytest.approx(12_500_000)
    sources = half["sources"]
    assert (sources["cash"], sources["sale"], sources["unpaid"]) == (4_500_000, 0, 0)
    assert sources["credit_line"] == pytest.approx(8_000_000)
    deep = found["grid"][11]
    assert (deep["ltv"], deep["cures"]["freeze"]["sell"]) == (pytest.approx(1.0), None)
    assert deep["cures"]["forced"]["pay_cash"] == pytest.approx(7_500_000)
    assert [row["survives"] for row in found["grid"]] == [True] * 10 + [False] * 4
    assert [row["outcome"] for row in found["grid"]] == ["nothing asked"] * 8 + ["paid"] * 2 + ["forced"] * 4
    (demand,) = half["demands"]
    assert (demand["target_ltv"], demand["amount"], demand["days"]) == pytest.approx((0.6, 12_500_000, 5))


def test_stress_grid_options(db: Path) -> None:
    assert [row["fall"] for row in answer(db, "stress", "--step", "0.2", "--max", "0.6")["grid"]] == [0.2, 0.4, 0.6]
    (loan,) = answer(db, "stress")["loans"]
    assert answer(db, "stress", "--loan", loan["loan"])["ltv"] == pytest.approx(0.4)
    with pytest.raises(UnknownName, match="no securities-backed loan named 'Other'"):
        run(db, "stress", "--loan", "Other")
    with pytest.raises(BadInput, match=r"step: '0\.0' is refused"):
        run(db, "stress", "--step", "0")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("stress",), "At any speed, cash and committed credit survive a fall of 52.6%"),
        (("scenario", "us-2007", "line-withdrawn"), "Net worth"),
        (("scenario", "--list"), "nikkei-1989"),
        (("reverse",), "Fall of every price"),
        (("defence", "--survive", "0.7"), "A fall of 70.0% is not survived at any speed; the largest is 52.6%."),
    ],
)
def test_plain_output_fits_eighty_columns(db: Path, command: tuple[str, ...], words: str) -> None:
    shown = run(db, *command)
    assert words in shown
    assert max(len(line) for line in shown.splitlines()) <= 80


def test_the_falls_to_the_thresholds_are_never_rounded_up(db: Path) -> None:
    assert answer(db, "stress")["distances"]["call"] == pytest.approx(1 - 0.4 / 0.7)  # 42.857 %
    assert "freeze, call and forced sale at falls of 33.3%, 42.8% and 52.9%." in " ".join(run(db, "stress").split())


def test_a_scenario_before_and_after(db: Path) -> None:
    found = answer(db, "scenario", "income-lost", "line-withdrawn")
    assert [s["name"] for s in found["scenarios"]] == ["income-lost", "line-withdrawn"]
    assert found["scenarios"][0]["shocks"] == {"income_loss": 1.0}
    assert (found["before"]["income_monthly"], found["after"]["income_monthly"]) == (pytest.approx(1e6), 0)
    assert (found["before"]["credit_line"], found["after"]["credit_line"]) == (pytest.approx(1e7), 0)
    assert found["survival_horizon_months"] > 4_500_000 / 883_333.34, "dividends help the cash"


def test_a_scenario_from_a_file(db: Path, tmp_path: Path) -> None:
    path = tmp_path / "half.toml"
    path.write_text('title = "Half"\nfall = 0.5\n')
    found = answer(db, "scenario", str(path))
    assert found["after"]["ltv"] == pytest.approx(0.8)
    assert found["cures"]["call"]["pay_cash"] == pytest.approx(6_250_000)
    assert (found["outcome"], found["survives"]) == ("paid", True)
    path.write_text("fal = 0.5")
    with pytest.raises(BadInput, match=r"half\.toml, key: 'fal' is refused"):
        run(db, "scenario", str(path))
    with pytest.raises(UnknownName, match="no scenario named 'us-2088'"):
        run(db, "scenario", "us-2088")


def test_reverse_names_the_smallest_joint_shock(db: Path) -> None:
    found = answer(db, "reverse")
    assert found["alone"]["equity_fall"] == pytest.approx(0.52667, abs=5e-6)
    assert 0 < found["smallest"]["distance"] < found["alone"]["equity_fall"] / found["units"]["equity_fall"]
    assert [run["years"] for run in found["history"]] == [1, 2, 3]
    assert found["history"][0]["share"] == 0


def test_defence_says_what_to_do(db: Path) -> None:
    """At −70 % the lender would sell from 31.875 of 37.5 million on; 50 are owed."""
    found = answer(db, "defence", "--survive", "0.7")
    assert found["runway_months"] == pytest.approx(4_500_000 / 883_333.33, abs=0.05)
    amounts = {a["action"]: a["amount"] for a in found["actions"]}
    assert amounts["repay"] == pytest.approx(18_125_000)
    assert "add_cash" not in amounts
    assert all(a["why"] for a in (*found["actions"], *found["cannot"]))
    assert found["horizons"][0]["scenario"] == "dividends-cut-30"
    assert found["capacity"][0]["further_borrowing"] == pytest.approx(25_000_000)
    assert answer(db, "defence")["actions"] == []


def test_a_lender_file_that_nobody_names_stops_nothing(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "alm" / "lenders"
    folder.mkdir(parents=True)
    (folder / "broken.toml").write_text("freeze_ltv = ")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert answer(db, "stress")["max_survivable_fall"] == pytest.approx(0.52667, abs=5e-6)
    loans = tmp_path / "loans.csv"
    columns = "name,kind,balance,rate_pa,profile,currency\n"
    loans.write_text(columns + "Other,securities_backed,1000000,0.02,standard-60-70-85,JPY\n")
    assert "Other" in run(db, "import", str(loans), "--dry-run")
    loans.write_text(columns + "Other,securities_backed,1000000,0.02,broken,JPY\n")
    with pytest.raises(BadInput, match=r"broken\.toml"):
        run(db, "import", str(loans), "--dry-run")
