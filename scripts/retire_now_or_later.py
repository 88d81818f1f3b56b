"""Retire now, or in three years? The probability of each, on the same simulated lives. Works offline.

python scripts/retire_now_or_later.py [PLAN.toml]
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from alm.errors import AlmError
from alm.fire import simulate
from alm.fire.plan import Plan
from alm.fire.plan_file import read_plan
from alm.settings import data_folder


def answer(plan: Plan, years: tuple[float, ...] = (0.0, 1.0, 3.0, 5.0)) -> list[str]:
    lines = [f"{plan.name}: {plan.paths:,} lives of {plan.years} years, model {plan.market.model}"]
    for year in years:
        result = simulate(replace(plan, retire_year=year))
        when = "now" if year == 0 else f"in {year:.0f} years" if year > 1 else "in a year"
        lines.append(
            f"  stop working {when:>10}: success {result.success_probability:6.1%} ± {result.standard_error:.1%}, "
            f"forced sale {result.p_forced_sale:6.1%}"
        )
    return lines


if __name__ == "__main__":
    try:
        print("\n".join(answer(read_plan(Path((sys.argv[1:] or [data_folder() / "plans" / "two_lives.toml"])[0])))))
    except AlmError as refusal:
        sys.exit(str(refusal))
