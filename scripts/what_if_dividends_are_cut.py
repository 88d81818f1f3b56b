"""What if dividends are cut and stay cut? Total return is kept, so the cut stays in the price. Works offline.

A second column lowers the total return by what is no longer paid: the cut as a loss, not as a retention.

    python scripts/what_if_dividends_are_cut.py [PLAN.toml]
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from alm.errors import AlmError
from alm.fire import simulate
from alm.fire.parameters import informed
from alm.fire.plan import Asset, Plan
from alm.fire.plan_file import read_plan
from alm.settings import data_folder


def cut(asset: Asset, share: float, *, lost: bool) -> Asset:
    """Dividends lower by a share for good, with or without the return they were part of."""
    missing = share * asset.dividends_pa / asset.value if lost and asset.value > 0 else 0.0
    kept = 1.0 - share
    return replace(
        asset, dividends_pa=asset.dividends_pa * kept, reinvest_yield=asset.reinvest_yield * kept,
        total_return_pa=asset.total_return_pa - missing,
    )  # fmt: skip


def answer(plan: Plan, cuts: tuple[float, ...] = (0.0, 0.15, 0.30, 0.50)) -> list[str]:
    plan = informed(plan)
    lines = [f"{plan.name}: {plan.paths:,} lives of {plan.years} years, model {plan.market.model}"]
    for share in cuts:
        kept, lost = (
            simulate(replace(plan, assets=tuple(cut(asset, share, lost=lost) for asset in plan.assets)))
            for lost in (False, True)
        )
        lines.append(
            f"  dividends cut by {share:4.0%}: success {kept.success_probability:6.1%} when the price keeps it, "
            f"{lost.success_probability:6.1%} when it is lost"
        )
    return lines


if __name__ == "__main__":
    try:
        print("\n".join(answer(read_plan(Path((sys.argv[1:] or [data_folder() / "plans" / "reference.toml"])[0])))))
    except AlmError as refusal:
        sys.exit(str(refusal))
