"""Why the probability changed since the last time: inputs swapped one at a time, on the same random numbers.

Starting from the old plan, each group of inputs takes its new value in a fixed order, and the move of the probability
at each swap is that group's part. The last swap completes the new plan, so the parts add up to the change exactly.
A group's part depends on its place in the order; the order below is part of the figure's meaning. The returns and
volatilities of what is held, given or measured, are assumptions and no part of the holdings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from alm.fire.engine import success_probability
from alm.fire.parameters import informed
from alm.fire.plan import Asset, Plan

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("holdings", ("assets",)),
    ("loan", ("loans",)),
    ("credit line", ("lines",)),
    ("cash", ("cash", "cash_target", "cash_rate_pa")),
    ("other debts", ("debts",)),
    ("spending", ("spending", "expenses", "reserve_months", "reserve_pa")),
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
    old, new = informed(old), informed(new)
    values = {spec.name: getattr(old, spec.name) for spec in fields(Plan)}
    before = start = success_probability(old)
    causes = []
    for name, target in _stages(old, new):
        changed = {key: value for key, value in target.items() if value != values[key]}
        if not changed:
            continue
        values |= changed
        after = success_probability(_complete(values))
        causes.append(Cause(name, after - before))
        before = after
    return start, before, tuple(causes)


def _stages(old: Plan, new: Plan) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each group with the values its keys take; the holdings first with the returns they had before."""
    for name, keys in GROUPS:
        values = {key: getattr(new, key) for key in keys}
        if name == "holdings":
            values["assets"] = _with_returns_of(old.assets, new.assets)
        yield name, values | ({"assets": new.assets} if name == "assumptions" else {})


def _with_returns_of(old: tuple[Asset, ...], new: tuple[Asset, ...]) -> tuple[Asset, ...]:
    """What is held now, expected to do what was expected of it then; what was not held then keeps its own figures."""
    before = {asset.name: asset for asset in old}
    return tuple(
        replace(asset, total_return_pa=then.total_return_pa, volatility_pa=then.volatility_pa, measured=then.measured)
        if (then := before.get(asset.name))
        else asset
        for asset in new
    )


def _complete(values: dict[str, Any]) -> Plan:
    """A plan of mixed inputs; holdings pledged to a loan that is not there (yet, or any more) count as free."""
    names = {loan.name for loan in values["loans"]}
    assets = tuple(a if a.pledged_to in names else replace(a, pledged_to="") for a in values["assets"])
    return Plan(**{**values, "assets": assets})
