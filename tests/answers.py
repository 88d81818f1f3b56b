"""Every reading command's JSON about some databases, by one process: `python -m tests.answers DATABASE …` prints it."""

from __future__ import annotations

import json
import sys

from click.testing import CliRunner

from alm.cli import group
from alm.demo import demo_rows
from alm.errors import AlmError
from alm.settings import FIRE_MODELS
from tests.any_household import TODAY

FEW = "fire --paths 100"
DATED = (
    "brief", "stress --step 0.013", "scenario us-2007", "scenario everything-at-once", "scenario yen-2008",
    "drill nikkei-2008", "drill us-1929", "drill --fall 0.4 --days 30", "reverse", "defence", "defence --survive 0.6",
    "snowball", "snowball --crisis us-2008", "snowball --distribution 100", "snowball --simulate 100",
    *(f"{FEW} --model {model}" for model in FIRE_MODELS if model != "bootstrap"),
    f"{FEW} --model bootstrap --set market.block_years=5", f"{FEW} --parameters measured",
    f"{FEW} --parameters estimated", f"{FEW} --rule vpw --age 60 --age 58", f"{FEW} --solve spending",
    f"{FEW} --solve loan", f"{FEW} --solve retire-year --target 0.5", f"{FEW} --life median", f"{FEW} --drivers",
    f"{FEW} --map loan", "risk", "risk --dividends --years 2", "rebalance", "rebalance --new-money 1000000",
    "rebalance --optimise", "backtest", "backtest --cohorts 1", "backtest --rebalance quarterly --dividends",
    "what-if --cash 1000000", "what-if --repay 1000000", "ledger", "ledger --method fifo --realised",
)  # fmt: skip
UNDATED = ("prices held", "settings", "scenario --list", "drill --list")


def answer(db: str, command: str) -> str:
    """What a command prints, or the sentence it refuses with."""
    result = CliRunner().invoke(group, [*command.split(), "--json", "--db", db])
    if isinstance(result.exception, AlmError):
        return str(result.exception)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def answers(db: str) -> dict[str, str]:
    """By command."""
    commands = [*(f"{command} --as-of {TODAY}" for command in DATED), *UNDATED]
    return {f"alm {command} --db {db}": answer(db, command) for command in commands}


if __name__ == "__main__":
    found = {command: text for db in sys.argv[1:] for command, text in answers(db).items()}
    json.dump(found | {"the demo household": json.dumps(demo_rows(TODAY))}, sys.stdout)
