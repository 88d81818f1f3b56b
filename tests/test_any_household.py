"""Whatever the books accept, every command answers or refuses in a sentence: it neither breaks down nor says NaN.

The morning is never refused, and a figure is the same in every answer that has it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from alm.cli import group
from alm.errors import AlmError
from alm.text import use_language
from tests.any_household import TODAY, any_household

DATED = (
    "brief", "brief --json", "stress", "stress --json", "scenario everything-at-once", "drill us-2007",
    "drill nikkei-1989 --json", "reverse", "reverse --json", "defence", "defence --json", "snowball", "snowball --json",
    "fire", "fire --json", "fire --solve spending", "fire --solve loan", "fire --drivers", "fire --compare",
    "fire --life median", "risk", "risk --json", "rebalance", "rebalance --optimise", "rebalance --new-money 1e6 --no-sales",
    "ledger", "ledger --json", "what-if --cash 1000000", "what-if --repay 1000", "what-if --sell T0=all",
    "what-if --borrow 1000", "what-if --buy NEW=1000=equity", "what-if --weight T0=0.4", "snapshot", "report",
)  # fmt: skip
UNDATED = ("alerts send", "backtest", "doctor", "settings")
NOT_A_FIGURE = re.compile(r"\b(nan|inf|-inf|NaN|Infinity)\b")


@pytest.fixture(autouse=True)
def english_afterwards():
    yield
    use_language("en")


SAME = {
    "stress": ("ltv", "profile", "zone", "max_survivable_fall", "max_survivable_fall_slow"),
    "defence": ("max_survivable_fall", "runway_months"),
    "snowball": (
        "fire_ratio_gross", "fire_ratio_before_interest", "fire_ratio_net", "crossover_year", "dividends_gross",
        "dividends_net",
    ),
}  # fmt: skip


def faults(db: Path, command: str) -> list[str]:
    """What a person would call a crash, and a figure that is none."""
    result = CliRunner().invoke(group, [*command.split(), "--db", str(db)])
    broken = result.exception is not None and not isinstance(result.exception, (SystemExit, AlmError))
    said = [f"{command}: {result.exception!r}"] if broken else []
    return said + [f"{command}: says {found.group()}" for found in NOT_A_FIGURE.finditer(result.output)]


def told(db: Path, command: str) -> dict[str, object] | None:
    """An answer as JSON; None where it is refused."""
    result = CliRunner().invoke(group, [command, "--json", "--as-of", str(TODAY), "--db", str(db)])
    return json.loads(result.stdout) if result.exception is None else None  # type: ignore[no-any-return]


def contradictions(db: Path) -> list[str]:
    """A morning without a verdict, and figures that two answers do not share."""
    morning = told(db, "brief")
    if morning is None or morning["verdict"] not in ("SAFE", "CAUTION", "DANGER", "UNKNOWN"):
        return ["no verdict"]
    others = {command: told(db, command) for command in SAME} if morning["ltv"] is not None else {}
    return [
        f"{name}: {morning[name]} in the morning, {answer[name]} in {command}"
        for command, answer in others.items() if answer is not None
        for name in SAME[command] if answer[name] != morning[name]
    ]  # fmt: skip


def every_fault(folder: Path, seed: int) -> list[str]:
    db = any_household(folder / f"{seed}.db", seed)
    commands = [*(f"{command} --as-of {TODAY}" for command in DATED), *UNDATED]
    return contradictions(db) + [fault for command in commands for fault in faults(db, command)]


@pytest.mark.parametrize("seed", range(16))
def test_every_command_answers_or_refuses(seed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert every_fault(tmp_path, seed) == []


@pytest.mark.soak
def test_every_command_answers_or_refuses_four_hundred_households(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert [(seed, fault) for seed in range(16, 416) for fault in every_fault(tmp_path, seed)] == []
