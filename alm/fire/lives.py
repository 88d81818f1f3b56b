"""One life of a simulation: which one a name means, what happened in it and when, and its years in today's money."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from alm.errors import BadInput, Infeasible
from alm.fire.engine import path_count, simulate
from alm.fire.kernel import RECORD
from alm.fire.plan import Plan
from alm.language import t
from alm.step.block import EVENTS

Floats = npt.NDArray[np.float64]

NAMES = {
    "freeze": "Lender freezes",
    "call": "Margin call",
    "forced_sale": "Forced sale",
    "line_exhausted": "Credit line exhausted",
    "ruin": "Ruin",
    "end": "Nobody is alive any more",
}
YEARLY = ("assets", "cash", "loans", "spending", "net_worth")


def path_named(plan: Plan, which: str) -> int:
    """`median`, `fifth` (the 5th percentile of final net worth), `failing` (the first that fails), or a number."""
    if which.isdecimal():
        if int(which) < path_count(plan):
            return int(which)
    elif which in ("median", "fifth", "failing"):
        result = simulate(plan)
        found = {"median": result.median_path, "fifth": result.fifth_path, "failing": result.first_failing_path}[which]
        if found is None:
            raise Infeasible(t("None of {paths} lives fails.", paths=f"{result.paths:,}"))
        return found
    raise BadInput(
        t("median, fifth, failing or a number from 0 to {most}", most=path_count(plan) - 1),
        column="--life",
        value=which,
    )


def events_of(first: npt.NDArray[np.int32], plan: Plan) -> tuple[tuple[str, int], ...]:
    """(what happened, the step it first happened in), in the order of time; the horizon itself is no event."""
    steps = dict(zip(EVENTS, map(int, first), strict=True))
    if steps["ruin"] >= 0 or steps["end"] >= plan.steps:
        steps["end"] = -1
    found = [(NAMES[name], step) for name, step in steps.items() if step >= 0]
    return tuple(sorted(found, key=lambda event: event[1]))


def yearly(record: Floats, plan: Plan) -> Iterator[tuple[int, tuple[float, ...]]]:
    """(year, assets, cash, loans, spending of the year, net worth) at year ends that were lived, in today's money."""
    per_year = plan.steps_per_year
    place = [RECORD.index(name) for name in YEARLY]
    for year in range(1, plan.years + 1):
        steps = record[(year - 1) * per_year : year * per_year]
        last = steps[-1]
        if np.isnan(last[0]):
            return
        values = [float(last[column]) for column in place]
        values[YEARLY.index("spending")] = float(steps[:, RECORD.index("spending")].sum())
        yield year, tuple(value / float(last[RECORD.index("prices")]) for value in values)
