"""Whose return do I believe: mine, my holdings' own, or a century's? The same lives under each. Works offline.

Write your own plan with `alm fire --write-plan PLAN.toml`: it carries what your holdings' prices did.

    python scripts/whose_return_do_i_believe.py [PLAN.toml]
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from alm.errors import AlmError
from alm.fire import estimate
from alm.fire.parameters import evidence
from alm.fire.plan import SOURCES, Plan, Source
from alm.fire.plan_file import read_plan
from alm.settings import data_folder


def answer(plan: Plan) -> list[str]:
    lines = [f"{plan.name}: {plan.paths:,} lives of {plan.years} years, model {plan.market.model}"]
    for source in SOURCES:
        try:
            lines += believed(replace(plan, market=replace(plan.market, parameters=source)), source)
        except AlmError as refusal:
            lines.append(f"  {source:>9}: {refusal}")
    return lines


def believed(plan: Plan, source: Source) -> list[str]:
    """The answer of one source, then what it knows of each asset and how well."""
    found = estimate(plan)
    band = (
        "" if found.mean_band is None else f", {found.mean_band[0]:.1%} to {found.mean_band[1]:.1%} by the means' error"
    )
    lines = [f"  {source:>9}: success {found.success_probability:6.1%} ± {found.standard_error:.1%}{band}"]
    for row in evidence(plan):
        error = "" if row.standard_error is None else f" ± {row.standard_error:.1%}, {row.first} to {row.last}"
        lines.append(f"             {row.asset}: {row.total_return_pa:.1%} a year{error}")
    return lines


if __name__ == "__main__":
    try:
        print("\n".join(answer(read_plan(Path((sys.argv[1:] or [data_folder() / "plans" / "reference.toml"])[0])))))
    except AlmError as refusal:
        sys.exit(str(refusal))
