"""Why the probability changed since the last time: inputs swapped one at a time, on the same random numbers.

Starting from the old plan, each group of inputs takes its new value in a fixed order, and the move of the probability
at each swap is that group's part. The last swap completes the new plan, so the parts add up to the change exactly.
A group's part depends on its place in the order; the order below is part of the figure's meaning.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from alm.fire.engine import success_probability
from alm.fire.plan import Plan

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("holdings", ("assets",)),
    ("loan", ("loans",)),
    ("credit line", ("lines",)),
    ("cash", ("cash", "cash_target", "cash_rate_pa")),
    ("other debts", ("debts",)),
    ("spending", ("spending", "expenses", "reserve_months")),
    ("income", ("incomes", "retire_year")),
    ("assumptions", ("market", "sale_cost", "waterfall", "surplus", "rebalance", "spend_at", "margin_check",
                     "steps_per_year", "capitalise_interest", "borrow_to_spend", "pledge_more")),
    ("horizon", ("years", "lives")),
    ("sampling", ("seed", "paths")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cause:
    """One group's part of the change, in probability."""

    name: str
    part: float


def attribute(old: Plan, new: Plan) -> tuple[float, float, tuple[Cause, ...]]:
    """(old probability, new probability, causes that moved it); Σ parts = new − old to the last bit of rounding."""
    values = {spec.name: getattr(old, spec.name) for spec in fields(Plan)}
    before = start = success_probability(old)
    causes = []
    for name, keys in GROUPS:
        changed = {key: getattr(new, key) for key in keys if getattr(new, key) != values[key]}
        if not changed:
            continue
        values |= changed
        after = success_probability(_complete(values))
        causes.append(Cause(name, after - before))
        before = after
    return start, before, tuple(causes)


def _complete(values: dict[str, Any]) -> Plan:
    """A plan of mixed inputs; holdings pledged to a loan that is not there (yet, or any more) count as free."""
    names = {loan.name for loan in values["loans"]}
    assets = tuple(a if a.pledged_to in names else replace(a, pledged_to="") for a in values["assets"])
    return Plan(**{**values, "assets": assets})
