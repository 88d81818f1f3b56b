"""Repay the securities-backed loan, or keep it? Cash pays first, then pledged holdings. Works offline.

python scripts/repay_or_keep_the_loan.py [PLAN.toml]
"""

from __future__ import annotations

import sys
from pathlib import Path

from alm.errors import AlmError
from alm.fire import simulate
from alm.fire.plan import Plan
from alm.fire.plan_file import read_plan
from alm.fire.solve import with_loan
from alm.settings import data_folder
from alm.text import money


def answer(plan: Plan, kept: tuple[float, ...] = (1.0, 0.75, 0.5, 0.25, 0.0)) -> list[str]:
    owed = sum(loan.balance for loan in plan.loans)
    lines = [f"{plan.name}: {plan.paths:,} lives of {plan.years} years, model {plan.market.model}"]
    for share in kept:
        result = simulate(with_loan(plan, owed * share))
        lines.append(
            f"  loan {money(owed * share, plan.currency):>14}: success {result.success_probability:6.1%} "
            f"± {result.standard_error:.1%}, margin call {result.p_call:6.1%}, forced sale {result.p_forced_sale:6.1%}"
        )
    return lines


if __name__ == "__main__":
    try:
        print("\n".join(answer(read_plan(Path((sys.argv[1:] or [data_folder() / "plans" / "reference.toml"])[0])))))
    except AlmError as refusal:
        sys.exit(str(refusal))
